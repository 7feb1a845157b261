"""What the name of a column says: which measure, which item or scale of it, about whom, at which occasion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mooring.catalogue.model import Instrument

ITEM_WORDS = {"item", "q", "i", "question", "frage", "nr", "no"}
TOTAL_WORDS = {"total", "sum", "score", "mean", "tot", "summe", "gesamt"}
STEM = re.compile(r"([a-z]+)(\d+)|(\d+)([a-z]+)")
LONE_OCCASIONS = {"pre", "post", "baseline", "bl", "intake", "start", "end", "followup", "fu", "mid"}
STEMS = LONE_OCCASIONS | {"s", "t", "w", "wk", "week", "d", "day", "v", "visit", "session", "time", "m", "wave"}
_SPOKEN = {
    "mother": "mother mum mom mama mutter",
    "father": "father dad papa vater",
    "partner": "partner spouse husband wife",
    "friend": "friend bestfriend bf freund freundin",
    "therapist": "therapist therapeut therapeutin",
    "general": "general global others",
    "self": "self myself",
}
WORDS = {word: kind for kind, words in _SPOKEN.items() for word in words.split()}
"""How files and columns call them."""


@dataclass(frozen=True)
class Target:
    """What one column holds."""

    code: str
    figure: str = ""
    occasion: str = ""

    @classmethod
    def read(cls, text: str) -> Target:
        rest, _, occasion = text.partition("@")
        code, _, figure = rest.partition("/")
        return cls(code.strip(), figure.strip(), occasion.strip())

    def __str__(self) -> str:
        figure = f"/{self.figure}" if self.figure else ""
        return f"{self.code}{figure}{f'@{self.occasion}' if self.occasion else ''}"


@dataclass(frozen=True)
class Guess:
    """A column that looks like one thing of a measure."""

    measure: str
    target: Target
    numbered: int | None = None
    """The number it goes by, when it was recognised by number: then the order matters."""


class Names:
    """Reads a column's name: which measure, which item or scale, about whom, at which occasion."""

    def __init__(self, measures: Mapping[str, Instrument]) -> None:
        self.measures = measures
        self.codes = {tuple(words_of(item.code)): (key, item.code) for key, m in measures.items() for item in m.items}
        # "PHQ" for phq-9. Our own banks go by their whole names: "session" alone is no measure.
        stems = Counter(key.split("-")[0] for key in measures)
        short = {key.split("-")[0]: key for key, m in measures.items() if m.kind != "bank"}
        self.aliases = {stem: key for stem, key in short.items() if stems[stem] == 1}
        self.aliases |= {squashed(key): key for key in measures}
        with_items = [key for key, m in measures.items() if m.items]
        # "Q1" alone names an item only where a single measure can be meant.
        self.only = with_items[0] if len(measures) == 1 and with_items else None

    def read(self, name: str) -> Guess | None:
        """What that name most likely says, or None when a part of it is not understood."""
        return next(self.readings(name), None)

    def readings(self, name: str) -> Iterator[Guess]:
        """Everything that name can say, likeliest first: "core_10" is a measure, and the tenth item of one."""
        words = words_of(name)
        for first, last in _runs(len(words)):
            known = self.codes.get(tuple(words[first:last]))
            if known and (one := self._parts(known[0], words[:first] + words[last:], known[1])):
                yield one
        for first, last in _runs(len(words)):
            joined = "".join(words[first:last])
            rest = words[:first] + words[last:]
            if (key := self.aliases.get(joined)) and (one := self._parts(key, rest)):
                yield one
            stem = joined.rstrip("0123456789")
            # "gad7" is a measure, and beside gad1 to gad6 the seventh item of it.
            alone = last - first == 1 and (joined not in self.aliases or len(words) == 1) and stem != joined
            if alone and (key := self.aliases.get(stem)) and (one := self._parts(key, [joined[len(stem) :], *rest])):
                yield one
        if self.only and (one := self._parts(self.only, words, bare=True)):
            yield one

    def is_item(self, one: Guess) -> bool:
        """Whether it is an item rather than a total."""
        codes = {item.code for item in self.measures[one.measure].items}
        return one.numbered is not None or one.target.code in codes

    def read_within(self, measure: str, item: str) -> Guess | None:
        """What an item's name says where another column names the measure: there "10" after "CORE" is an item."""
        key = self.aliases.get(squashed(measure))
        return self._parts(key, words_of(item)) if key and item else None

    def _parts(self, key: str, words: Sequence[str], item: str = "", *, bare: bool = False) -> Guess | None:
        instrument = self.measures[key]
        figure = occasion = scale = ""
        number: int | None = None
        words = [word for word in _joined(words) if word not in TOTAL_WORDS]
        for word in words:
            if not item and number is None and (count := _item_number(word, instrument)) is not None:
                number = count
            elif word in WORDS and not figure:
                figure = WORDS[word]
            elif not item and not scale and (named := _scale(word, instrument)):
                scale = named
            elif not occasion and (_is_occasion(word) or (word.isdigit() and (item or number or not instrument.items))):
                occasion = word
            else:
                return None
        if number is not None and not scale:
            # Where a measure is printed in several orders, a number is a place on the form at hand.
            code = str(number) if instrument.orders else instrument.items[number - 1].code
            return Guess(key, Target(code, figure, occasion), number)
        if item and instrument.orders:
            # Anybody would call the seventh answer ecrr_7, in whatever order the form was printed.
            number = instrument.item(item).number
            return Guess(key, Target(str(number), figure, occasion), number)
        if item:
            return Guess(key, Target(item, figure, occasion))
        code = scale or (instrument.scales[0].code if len(instrument.scales) == 1 else "")
        return Guess(key, Target(code, figure, occasion)) if code and not bare and number is None else None


def read_together(columns: Sequence[str], reader: Names) -> dict[str, Guess]:
    """Each column's likeliest meaning; a total beside items of its measure may rather be one of the items."""
    found = {name: one for name in columns if (one := reader.read(name)) is not None}
    items = {_place(one) for one in found.values() if reader.is_item(one)}
    for name, one in found.items():
        if not reader.is_item(one) and any(place[:3] == _place(one)[:3] for place in items):
            others = [other for other in reader.readings(name) if reader.is_item(other) and _place(other) not in items]
            if others:
                found[name] = others[0]
                items.add(_place(others[0]))
    return found


def _place(one: Guess) -> tuple[str, str, str, str]:
    return one.measure, one.target.figure, one.target.occasion, one.target.code


def _item_number(word: str, instrument: Instrument) -> int | None:
    match = re.fullmatch(r"([a-z]*?)(\d+)", word)
    if match is None or (match[1] and match[1] not in ITEM_WORDS):
        return None
    known = {item.number for item in instrument.items}.union(*(order.positions for order in instrument.orders))
    return int(match[2]) if int(match[2]) in known else None


def _scale(word: str, instrument: Instrument) -> str:
    if len(word) < 3:
        return ""
    return next((scale.code for scale in instrument.scales if scale.code.startswith(word)), "")


def _is_occasion(word: str) -> bool:
    match = STEM.fullmatch(word)
    return word in LONE_OCCASIONS or bool(match and (match[1] or match[4]) in STEMS)


def _joined(words: Sequence[str]) -> list[str]:
    """ "week", "4" as "week4": a word that needs a number takes the one after it."""
    joined: list[str] = []
    for word in words:
        if joined and word.isdigit() and joined[-1] in (STEMS | ITEM_WORDS) - LONE_OCCASIONS:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def words_of(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9äöüß]+", name.casefold()) if word]


def squashed(name: str) -> str:
    return "".join(words_of(name))


def _runs(count: int) -> list[tuple[int, int]]:
    """Every run of neighbouring words, longest first."""
    runs = [(first, last) for first in range(count) for last in range(first + 1, count + 1)]
    return sorted(runs, key=lambda run: run[0] - run[1])
