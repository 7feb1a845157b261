"""A measure as data: items, scales, key, wording, provenance. Nothing here reads a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

Direction = Literal["worse", "better", "none"]
"""What a higher score means. Attachment anxiety and avoidance have no universal bad direction."""
Role = Literal["distress", "security", "anxiety", "avoidance", "alliance", "satisfaction"]
Kind = Literal["bank", "key", "declared", "form"]
"""A form is a clinic's own questionnaire: its wording, scored by one of our keys, by scales of its own, or not."""
PrecisionStatus = Literal["assumed", "published", "calibrated"]
Evidence = Literal["read", "two sources", "computed", "declared"]
"""How a fact was confirmed: one good source read, two that agree, recomputed by us, or the importer's own."""

FIGURE = "{figure}"
"""Where an item names the person it is about; filled with "my mother", "Daniel", "people in general"."""
FULL = "full"
"""The form that every measure with items has: all of them, in the measure's own order."""


Value = TypeVar("Value", float, npt.NDArray[np.float64])


@dataclass(frozen=True)
class Item:
    code: str
    number: int
    """Its place, from 1, in the measure's own order."""
    scale: str | None
    """The first scale that scores it; none for an item that is never scored."""
    facet: str | None
    reversed: bool
    minimum: int
    maximum: int
    risk: bool = False
    """A risk item counts as endorsed with any answer above its minimum."""

    def turned(self, answer: Value, ends: tuple[float, float] | None = None) -> Value:
        """An answer, or a column of them, so that more is more: min + max − x where the item is reversed.

        ends: the range of the answers where it is not the key's own.
        """
        if not self.reversed:
            return answer
        low, high = ends or (self.minimum, self.maximum)
        return low + high - answer


@dataclass(frozen=True)
class MissingRule:
    """How many answers a score needs. Below that there is no score; missing is never zero."""

    kind: Literal["all", "share"]
    source: str
    share: float = 1.0
    """Least answered share of the scale's items in the form; the rest is prorated (mean of the answered)."""
    widen: bool = False
    """Whether the standard error grows by sqrt(items / answered)."""


@dataclass(frozen=True)
class Precision:
    """Mean and standard deviation between persons, in points of the score; reliability of one occasion."""

    mean: float | None
    sd: float | None
    reliability: float | None
    status: PrecisionStatus
    source: str


@dataclass(frozen=True)
class Norm:
    group: str
    mean: float
    sd: float
    source: str
    evidence: Evidence
    n: int | None = None
    functional: bool = False
    """A general population, not people in care."""


@dataclass(frozen=True)
class Cutoff:
    """A screening border, never a disorder; for staff only."""

    value: float
    relation: Literal["at least", "above", "below"]
    meaning: str
    source: str
    evidence: Evidence


@dataclass(frozen=True)
class ReliableChange:
    """The change, in points, that a source calls reliable; confidence is none where the source is silent."""

    amount: float
    source: str
    evidence: Evidence
    confidence: float | None = None


@dataclass(frozen=True)
class Scale:
    code: str
    title: str
    score: Literal["mean", "sum"]
    items: tuple[str, ...]
    minimum: float
    maximum: float
    direction: Direction
    missing: MissingRule
    role: Role | None = None
    precision: Precision | None = None
    """Of the full form; a short form carries its own."""
    norms: tuple[Norm, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliable_change: tuple[ReliableChange, ...] = ()

    @property
    def middle(self) -> float:
        return (self.minimum + self.maximum) / 2


@dataclass(frozen=True)
class Form:
    """A choice of the items, in the order shown, with the precision each scale then has."""

    code: str
    items: tuple[str, ...]
    precision: Mapping[str, Precision] = field(default_factory=dict)
    reason: str = ""
    open: tuple[str, ...] = ()
    """Codes of the open questions that follow the items."""


@dataclass(frozen=True)
class Order:
    """Another order in which the measure is printed somewhere."""

    code: str
    positions: tuple[int, ...]
    """For item number 1, 2, …: the position, from 1, at which that form prints it. Gaps belong to others."""
    note: str
    source: str
    confirmed: bool
    """Unconfirmed: not to be scored until somebody has checked it against the form at hand."""


@dataclass(frozen=True)
class Coding:
    """A way in which some files hold the answers other than the key expects."""

    code: str
    turned: tuple[str, ...]
    """Items to turn (minimum + maximum − x) before this key is applied."""
    note: str
    source: str


@dataclass(frozen=True)
class Golden:
    """A scoring case worked by hand."""

    name: str
    form: str
    answers: tuple[int | None, ...]
    """As given, in the form's order; none is a missing answer."""
    scores: Mapping[str, float | None]
    """Scale to score; none is "too few answers"."""
    how: str


@dataclass(frozen=True)
class Source:
    fact: str
    citation: str
    evidence: Evidence


@dataclass(frozen=True)
class Answer:
    value: int
    label: str
    """Empty for a stop between two worded ends."""


@dataclass(frozen=True)
class Wording:
    """What a person reads, in one language."""

    language: str
    title: str
    instructions: str
    timeframe: str
    """Follows the figure or stands alone: "this past week"."""
    items: Mapping[str, str]
    short: Mapping[str, str]
    """Two to four words an item, where answers that moved are listed."""
    scales: Mapping[str, str]
    facets: Mapping[str, str]
    answers: tuple[Answer, ...] = ()
    item_answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    """Where an item has answers of its own."""
    open: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    """Said before the first item is shown; never empty when one of them is a risk item."""

    def answers_to(self, code: str) -> tuple[Answer, ...]:
        """The stops of one item in the order shown: lowest value first, except where a form prints them otherwise."""
        return self.item_answers.get(code, self.answers)

    def statement(self, code: str, figure: str = "") -> str:
        """The item with the figure as the client calls them in the first person: "my mother", "Daniel"."""
        return self.items[code].replace(FIGURE, figure)


@dataclass(frozen=True)
class Instrument:
    key: str
    version: int
    title: str
    kind: Kind
    licence: str
    validated: bool
    """Whether published research has tested the measure; a result of one that is not says so."""
    per_figure: bool
    """Asked, scored and followed separately for each figure."""
    items: tuple[Item, ...] = ()
    scales: tuple[Scale, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    wording: Mapping[str, Wording] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    codings: tuple[Coding, ...] = ()
    golden: tuple[Golden, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    """What to watch for when data or forms come from elsewhere."""
    not_found: tuple[str, ...] = ()
    """Values that no source we could read confirms. They are left out, not guessed."""
    of: str = ""
    """Of a form: the key it is scored by, as key and version, e.g. "phq-9 v1"; empty with scales of its own."""
    unscored: str = ""
    """Of a form without scales: why nothing is scored."""

    def item(self, code: str) -> Item:
        """Raises KeyError when there is no such item."""
        found = self._by_code.get(code)
        if found is None:
            raise KeyError(f"{self.key} has no item {code!r}")
        return found

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def scale(self, code: str) -> Scale:
        """Raises KeyError when there is no such scale."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(f"{self.key} has no scale {code!r}")

    def scored_items(self, scale: str, form: str = FULL) -> tuple[Item, ...]:
        """The items of a scale that a form asks, in the form's order."""
        chosen = set(self.scale(scale).items)
        return tuple(self.item(code) for code in self.forms[form].items if code in chosen)

    def precision(self, scale: str, form: str = FULL) -> Precision | None:
        """Precision of a scale as that form measures it; none where nothing is known."""
        own = self.forms[form].precision.get(scale) if form in self.forms else None
        return own or (self.scale(scale).precision if form == FULL else None)

    @property
    def risk_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.risk)
