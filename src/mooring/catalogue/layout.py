"""How a measure is written in TOML, and its assembly into an Instrument.

The file is terser than the Instrument: items are referred to by number or code, scales list what is reversed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import (
    FULL,
    Answer,
    Coding,
    Cutoff,
    Direction,
    Form,
    Golden,
    Instrument,
    Item,
    MissingRule,
    Norm,
    Order,
    Precision,
    ReliableChange,
    Role,
    Scale,
    Source,
    Wording,
)

ItemRef = str | int
SKIPPED = "-"


@dataclass(frozen=True)
class ScaleFile:
    code: str
    title: str
    score: Literal["mean", "sum"]
    direction: Direction
    role: Role | None = None
    items: tuple[ItemRef, ...] = ()
    facets: Mapping[str, tuple[ItemRef, ...]] = field(default_factory=dict)
    """Instead of ``items``: facet → its items."""
    reversed: tuple[ItemRef, ...] = ()
    missing: MissingRule | None = None
    precision: Precision | None = None
    norms: tuple[Norm, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    reliable_change: tuple[ReliableChange, ...] = ()


@dataclass(frozen=True)
class FormFile:
    code: str
    items: tuple[ItemRef, ...]
    reason: str
    precision: Mapping[str, Precision] = field(default_factory=dict)
    open: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodingFile:
    code: str
    turned: tuple[ItemRef, ...]
    note: str
    source: str


@dataclass(frozen=True)
class GoldenFile:
    name: str
    answers: str
    """In the form's order, parted by spaces; "-" is a missing answer."""
    how: str
    form: str = FULL
    scores: Mapping[str, float] = field(default_factory=dict)
    no_score: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstrumentFile:
    key: str
    version: int
    title: str
    kind: Literal["bank", "key"]
    licence: str
    minimum: int
    maximum: int
    validated: bool
    per_figure: bool = False
    items: tuple[str, ...] = ()
    """Item codes in the order shown; or ``count`` items named prefix_1, prefix_2, …"""
    count: int = 0
    prefix: str = ""
    ranges: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Items whose range differs: number or code → [minimum, maximum]."""
    risk: tuple[ItemRef, ...] = ()
    missing: MissingRule | None = None
    """For every scale that has no rule of its own."""
    open: tuple[str, ...] = ()
    scales: tuple[ScaleFile, ...] = ()
    forms: tuple[FormFile, ...] = ()
    orders: tuple[Order, ...] = ()
    codings: tuple[CodingFile, ...] = ()
    golden: tuple[GoldenFile, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordedItem:
    text: str
    short: str


@dataclass(frozen=True)
class WordingFile:
    language: str
    title: str
    instructions: str
    timeframe: str
    items: Mapping[str, WordedItem]
    scales: Mapping[str, str] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    """One label a stop, lowest first; or ``ends``, the labels of the two outer stops."""
    ends: tuple[str, ...] = ()
    item_answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)
    before: str = ""


class Assembly:
    """One file on its way to an Instrument: it knows the item codes, and where to point when one is wrong."""

    def __init__(self, content: InstrumentFile, file: str) -> None:
        self.content, self.file = content, file
        if bool(content.items) == bool(content.count):
            raise CatalogueError(file, "items", "either items or count is needed", "Give one of the two")
        self.codes = content.items or tuple(f"{content.prefix}_{n}" for n in range(1, content.count + 1))

    def code(self, ref: ItemRef, place: str) -> str:
        if isinstance(ref, int) and self.content.count and 1 <= ref <= self.content.count:
            return self.codes[ref - 1]
        if isinstance(ref, str) and ref in self.codes:
            return ref
        raise CatalogueError(self.file, place, f"unknown item {ref!r}", "Name an item of the list")

    def codes_of(self, refs: tuple[ItemRef, ...], place: str) -> tuple[str, ...]:
        return tuple(self.code(ref, place) for ref in refs)

    def instrument(self, wording: Mapping[str, Wording]) -> Instrument:
        content = self.content
        items = self._items()
        return Instrument(
            key=content.key,
            version=content.version,
            title=content.title,
            kind=content.kind,
            licence=content.licence,
            validated=content.validated,
            per_figure=content.per_figure,
            items=items,
            scales=tuple(self._scale(scale, items) for scale in content.scales),
            forms=self._forms(),
            wording=wording,
            orders=content.orders,
            codings=tuple(
                Coding(c.code, self.codes_of(c.turned, f"codings.{c.code}.turned"), c.note, c.source)
                for c in content.codings
            ),
            golden=tuple(self._golden(case) for case in content.golden),
            sources=content.sources,
            notes=content.notes,
            not_found=content.not_found,
        )

    def _items(self) -> tuple[Item, ...]:
        home: dict[str, tuple[str | None, str | None]] = {}
        turned: set[str] = set()
        for scale in self.content.scales:
            own = self._facets(scale)
            for code, facet in own.items():
                home.setdefault(code, (scale.code, facet))
            for code in self.codes_of(scale.reversed, f"scales.{scale.code}.reversed"):
                if code not in own:
                    place = f"scales.{scale.code}.reversed"
                    raise CatalogueError(self.file, place, f"{code} is not on this scale", "List it there or drop it")
                turned.add(code)
        risk = set(self.codes_of(self.content.risk, "risk"))
        ranges = self._ranges()
        items = []
        for number, code in enumerate(self.codes, start=1):
            scale_code, facet = home.get(code, (None, None))
            minimum, maximum = ranges[code]
            items.append(Item(code, number, scale_code, facet, code in turned, minimum, maximum, risk=code in risk))
        return tuple(items)

    def _facets(self, scale: ScaleFile) -> dict[str, str | None]:
        """Item code → facet, for one scale."""
        place = f"scales.{scale.code}"
        if bool(scale.items) == bool(scale.facets):
            raise CatalogueError(self.file, place, "either items or facets is needed", "Give one of the two")
        pairs = [(ref, None) for ref in scale.items] + [
            (ref, facet) for facet, refs in scale.facets.items() for ref in refs
        ]
        facets: dict[str, str | None] = {}
        for ref, facet in pairs:
            code = self.code(ref, place)
            if code in facets:
                raise CatalogueError(self.file, place, f"{code} is listed twice", "List it once")
            facets[code] = facet
        return facets

    def _ranges(self) -> dict[str, tuple[int, int]]:
        ranges = dict.fromkeys(self.codes, (self.content.minimum, self.content.maximum))
        for name, limits in self.content.ranges.items():
            code = self.code(int(name) if name.isdigit() else name, "ranges")
            if len(limits) != 2:
                raise CatalogueError(self.file, f"ranges.{name}", "two numbers are needed", "Give [low, high]")
            ranges[code] = (limits[0], limits[1])
        return ranges

    def _scale(self, scale: ScaleFile, items: tuple[Item, ...]) -> Scale:
        missing = scale.missing or self.content.missing
        if missing is None:
            raise CatalogueError(self.file, f"scales.{scale.code}", "no missing-data rule", "Add [missing]")
        codes = tuple(code for code in self.codes if code in self._facets(scale))
        own = [item for item in items if item.code in codes]
        share = 1 if scale.score == "sum" else len(own)
        return Scale(
            code=scale.code,
            title=scale.title,
            score=scale.score,
            items=codes,
            minimum=sum(item.minimum for item in own) / share,
            maximum=sum(item.maximum for item in own) / share,
            direction=scale.direction,
            missing=missing,
            role=scale.role,
            precision=scale.precision,
            norms=scale.norms,
            cutoffs=scale.cutoffs,
            reliable_change=scale.reliable_change,
        )

    def _forms(self) -> dict[str, Form]:
        forms = {FULL: Form(FULL, self.codes, open=self.content.open)}
        for form in self.content.forms:
            place = f"forms.{form.code}"
            if form.code in forms:
                raise CatalogueError(self.file, place, "this form is given twice", "Name each form once")
            codes = self.codes_of(form.items, place)
            forms[form.code] = Form(form.code, codes, form.precision, form.reason, form.open)
        return forms

    def _golden(self, case: GoldenFile) -> Golden:
        place = f"golden.{case.name}"
        try:
            answers = tuple(None if word == SKIPPED else int(word) for word in case.answers.split())
        except ValueError:
            raise CatalogueError(
                self.file, place, f"{case.answers!r} is no row of answers", 'Write whole numbers and "-"'
            ) from None
        scores: dict[str, float | None] = {**dict.fromkeys(case.no_score), **case.scores}
        return Golden(case.name, case.form, answers, scores, case.how)


def worded(content: WordingFile, items: tuple[Item, ...], file: str) -> Wording:
    """The wording of one language; labels are set against the items' ranges."""
    known = {item.code: item for item in items}
    common = [item for item in items if item.code not in content.item_answers]
    answers: tuple[Answer, ...] = ()
    if common:
        if len({(item.minimum, item.maximum) for item in common}) > 1:
            raise CatalogueError(
                file, "answers", "the items have different ranges", "Give item_answers for those that differ"
            )
        answers = _stops(content.answers, content.ends, common[0], file, "answers")
    own = {}
    for code, labels in content.item_answers.items():
        if code not in known:
            raise CatalogueError(file, f"item_answers.{code}", "unknown item", "Name an item of the measure")
        own[code] = _stops(labels, (), known[code], file, f"item_answers.{code}")
    return Wording(
        language=content.language,
        title=content.title,
        instructions=content.instructions,
        timeframe=content.timeframe,
        items={code: item.text for code, item in content.items.items()},
        short={code: item.short for code, item in content.items.items()},
        scales=content.scales,
        facets=content.facets,
        answers=answers,
        item_answers=own,
        open=content.open,
        before=content.before,
    )


def _stops(labels: tuple[str, ...], ends: tuple[str, ...], item: Item, file: str, place: str) -> tuple[Answer, ...]:
    values = range(item.minimum, item.maximum + 1)
    if ends and not labels:
        if len(ends) != 2:
            raise CatalogueError(file, "ends", f"{len(ends)} labels", "Give two: the lowest and the highest")
        labels = (ends[0], *[""] * (len(values) - 2), ends[1])
    if len(labels) != len(values):
        raise CatalogueError(
            file,
            place,
            f"{len(labels)} labels for {len(values)} stops ({item.minimum} to {item.maximum})",
            "Give one label a stop, or two ends",
        )
    return tuple(Answer(value, label) for value, label in zip(values, labels, strict=True))
