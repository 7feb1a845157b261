"""How wide words will be, and where their lines break, without asking any font.

Widths are Roboto's and Noto Serif's advances in hundredths of an em, widened so that the fonts a reader
really has (up to 15 % wider than Roboto) still fit.
"""

import re
import unicodedata
from typing import Literal

Voice = Literal["sans", "voice"]

_SPACE = re.compile(r"[ \t\r\n]+")  # a no-break space holds words together
# Advances of the characters U+0020 to U+007E.
_SANS = (
    "25 26 32 62 56 73 62 17 34 35 43 57 20 28 26 41 56 56 56 56 56 56 56 56 56 56 24 21 51 55 52 47 90 "
    "65 62 65 66 57 55 68 71 27 55 63 54 87 71 69 63 69 62 59 60 65 64 89 63 60 60 27 41 27 42 45 31 54 "
    "56 52 56 53 35 56 55 24 24 51 24 88 55 57 56 57 34 52 33 55 48 75 50 47 50 34 24 34 68"
)
_SERIF = (
    "26 33 41 56 56 90 74 22 35 35 50 56 25 31 25 29 56 56 56 56 56 56 56 56 56 56 29 29 56 56 56 47 92 "
    "70 65 61 73 62 59 71 79 37 36 70 62 94 76 74 60 74 66 54 61 72 68 105 66 62 59 36 29 36 56 46 27 56 "
    "61 49 61 54 37 54 64 32 30 58 31 94 64 58 61 61 47 45 35 64 58 86 58 56 51 43 56 43 56"
)
_ADVANCES = {"sans": [int(n) for n in _SANS.split()], "voice": [int(n) for n in _SERIF.split()]}
# Noto Serif is itself wide, so it needs less room to spare than Roboto.
_SPARE = {"sans": 1.15, "voice": 1.08}
_BOLD = {"sans": 1.02, "voice": 1.06}
_OTHER = {"–": 56, "—": 82, "\u00a0": 25, "’": 22, "‘": 22, "“": 40, "”": 40, "…": 72, "±": 56, "×": 56}


def width(text: str, px: float, voice: Voice = "sans", *, bold: bool = False) -> float:
    """Room in px to keep free for one line of text."""
    ems = sum(_advance(character, voice) for character in text) / 100
    return ems * px * _SPARE[voice] * (_BOLD[voice] if bold else 1)


def _advance(character: str, voice: Voice) -> int:
    if " " <= character <= "~":
        return _ADVANCES[voice][ord(character) - 32]
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 100
    return _OTHER.get(character) or _base(character, voice)


def _base(character: str, voice: Voice) -> int:
    """An accented letter is as wide as its letter; another script is taken as wide."""
    letter = unicodedata.normalize("NFD", character)[0]
    return _ADVANCES[voice][ord(letter) - 32] if " " <= letter <= "~" else 66


def wrap(text: str, room: float, px: float, voice: Voice = "sans") -> list[str]:
    """Lines no wider than `room`, except for a single word that is wider by itself, which is broken."""
    lines: list[str] = []
    line = ""
    for word in _SPACE.split(text.strip()):
        longer = f"{line} {word}".strip()
        if width(longer, px, voice) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *broken, line = _broken(word, room, px, voice)
        lines += broken
    return [*lines, line] if line else lines


def shapes_of(
    text: str, widest: float, px: float, voice: Voice = "sans", *, bold: bool = False
) -> list[tuple[tuple[str, ...], float]]:
    """The same words with every sensible number of lines, each as narrow as it gets, with its width in px.

    No word is ever broken: without room for the longest word there is nothing.
    """
    if not text.strip():
        return []
    longest = max(width(word, px, voice, bold=bold) for word in _SPACE.split(text.strip()))
    found: dict[int, tuple[tuple[str, ...], float]] = {}
    room = widest
    while room >= longest and room > 0:
        lines = tuple(wrap(text, room, px, voice))
        found[len(lines)] = (lines, max(width(line, px, voice, bold=bold) for line in lines))
        room = min(room - 4, found[len(lines)][1] - 0.1)
    return list(found.values())


def _broken(word: str, room: float, px: float, voice: Voice) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1] + character, px, voice) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def shortened(text: str, characters: int) -> str:
    """At most so many characters, cut between words; a closing quotation mark is kept."""
    text = " ".join(text.split())
    if len(text) <= characters:
        return text
    closing = text[-1] if text[-1] in "”“’»«\"'" else ""
    head = text[: characters - len(closing) - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else head
    return cut.rstrip(" ,;:.–—") + "…" + closing
