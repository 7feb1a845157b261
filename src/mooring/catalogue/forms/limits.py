"""What a file may be: how large, how deep, in which letters. Whatever is beyond is refused with its place."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any

from mooring.catalogue.errors import CatalogueError

FILE = 900_000
"""Bytes: a questionnaire with its languages takes a tenth of it, and a page's post must stay below a megabyte."""
DEPTH = 64
"""Of nested brackets in JSON."""
GROUPS = 12
"""Of groups within groups."""
QUESTIONS = 300
STOPS = 101
"""Answers to one question: a line from 0 to 100 has so many."""
TEXT = 2000
LABEL = 300
CODE = 200
LOWEST, HIGHEST = -1000, 1000
"""Values of answers."""

UNSEEN = {"Cc", "Cs", "Co", "Cn"}
# Letters that turn the direction of what stands around them.
TURNING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
STRANGE = re.compile(r"-?(?:NaN|Infinity)\b")


def require_size(data: bytes, file: str) -> None:
    """Refuses a file that is empty or too large."""
    if not data:
        raise CatalogueError(file, "", "is empty", "Choose the questionnaire's file")
    if len(data) > FILE:
        raise CatalogueError(
            file,
            "",
            f"has {len(data):,} bytes",
            f"A questionnaire needs fewer than {FILE:,}: leave out what is not one",
        )


def text_of(data: bytes, file: str) -> str:
    """The file as text. Raises CatalogueError when it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CatalogueError(
            file, f"line {line}", f"is not UTF-8 text (byte {error.start})", "Save it as UTF-8"
        ) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise CatalogueError(file, f"line {line}", "holds a zero byte", "Save it as UTF-8 text")
    return text


def parse_json(data: bytes, file: str) -> Any:
    """The JSON of a file, strictly: no NaN, no name twice, not too deep. Raises CatalogueError with line and column."""
    text = text_of(data, file)
    _require_flat(text, file)
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, file), parse_float=_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CatalogueError(file, where, f"is not JSON: {error.msg}", "Mend it there") from None
    except CatalogueError:
        raise
    except (ValueError, RecursionError) as error:
        raise CatalogueError(
            file, "", f"holds a number that cannot be used: {error}", "Write ordinary numbers"
        ) from None


def _require_flat(text: str, file: str) -> None:
    depth, i, end = 0, 0, len(text)
    while i < end:
        letter = text[i]
        if letter == '"':
            i = _end_of_string(text, i)
        elif letter in "[{":
            depth += 1
            if depth > DEPTH:
                raise CatalogueError(file, _at(text, i), f"is nested more than {DEPTH} deep", "Flatten it")
        elif letter in "]}":
            depth -= 1
        elif letter in "NI-" and STRANGE.match(text, i):
            raise CatalogueError(file, _at(text, i), "is not a number", "Leave it out, or write a whole number")
        i += 1


def _end_of_string(text: str, start: int) -> int:
    i = start + 1
    while i < len(text) and text[i] != '"':
        i += 2 if text[i] == "\\" else 1
    return i


def _at(text: str, index: int) -> str:
    return f"line {text.count(chr(10), 0, index) + 1}, column {index - text.rfind(chr(10), 0, index)}"


def _once(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise CatalogueError(file, twice[:60], "stands twice in the same object", "Keep one of them")
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large")
    return number


def tidy(value: object, file: str, place: str, longest: int = TEXT) -> str:
    """A text on one line, without letters that cannot be seen. Raises CatalogueError for anything else."""
    if not isinstance(value, str):
        raise CatalogueError(file, place, f"{_short(value)} is not text", "Write text")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise CatalogueError(file, place, "holds half of a letter (a lone surrogate)", "Write the text anew")
    seen = (
        " " if unicodedata.category(c) in UNSEEN or c in TURNING else c for c in unicodedata.normalize("NFC", value)
    )
    text = " ".join("".join(seen).split())
    if len(text) > longest:
        raise CatalogueError(file, place, f"has {len(text)} letters", f"Shorten it to {longest}")
    return text


def whole(value: object, file: str, place: str) -> int:
    """The whole number that is an answer's value. Raises CatalogueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise CatalogueError(file, place, f"{_short(value)} is not a whole number", "Give each answer a whole number")
    if not LOWEST <= value <= HIGHEST:
        raise CatalogueError(file, place, f"{_short(value)} is out of range", f"Stay within {LOWEST} to {HIGHEST}")
    return int(value)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
