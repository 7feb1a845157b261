"""The column map: which column holds what. Written as TOML, guessed, or both; "?" marks an open question."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from mooring.catalogue.decode import decode
from mooring.catalogue.reader import parse

OPEN: Final = "?"
Shape = Literal["occasions", "answers", "persons"]
"""What a row is: an occasion of one person, a single answer, or a person with every occasion side by side."""
Reading = Literal["?", "iso", "day-first", "month-first", "days", "weeks", "undated"]
Keyed = Literal["", "?", "raw", "already"]
OWN_ORDER = "own"


@dataclass(frozen=True)
class TimeMap:
    reading: Reading = OPEN
    column: str = ""
    start: str = ""
    """Day 0 of day and week numbers: an ISO date."""
    start_column: str = ""
    """Or the column that holds each person's own day 0, as an ISO date."""
    on: str = ""
    """Undated answers: the one date they all get."""


@dataclass(frozen=True)
class AnswerColumns:
    """Where a row is an answer: which columns name the item and hold its value."""

    value: str
    item: str = ""
    """Empty where each row is the total of a measure that has one scale."""
    measure: str = ""


@dataclass(frozen=True)
class MeasureMap:
    key: str
    columns: Mapping[str, str]
    """Column (or, where a row is an answer, the item's name in the file) → item or scale,
    with "/figure" and "@occasion" where that column is about one."""
    named: str = ""
    """The measure's name in the measure column."""
    keyed: Keyed = ""
    """Whether reversed items were turned before: needed where the measure has some."""
    range: tuple[float, ...] = ()
    """Lowest and highest answer, where it is not the key's."""
    coding: str = ""
    order: str = ""
    order_checked: bool = False
    """Somebody held an order that the catalogue could not confirm against the form."""
    figure: str = ""
    """About whom, where no column says it."""
    rater: Literal["client", "clinician", "partner"] = "client"
    missing: tuple[str, ...] = ()
    accept_negative: tuple[str, ...] = ()
    """Items whose negative item-rest correlation was looked into and is true."""


@dataclass(frozen=True)
class ColumnMap:
    shape: Shape
    person: str = ""
    time: TimeMap = field(default_factory=TimeMap)
    figure: str = ""
    missing: tuple[str, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    """Figure as the file calls it → kind of figure."""
    occasions: Mapping[str, str | int | float] = field(default_factory=dict)
    """Occasion as the file calls it → day or week number, or a date."""
    answers: AnswerColumns | None = None
    measures: tuple[MeasureMap, ...] = ()

    def measure(self, key: str) -> MeasureMap | None:
        """The first entry of a measure."""
        return next((one for one in self.measures if one.key == key), None)

    def with_measure(self, key: str, **changes: Any) -> "ColumnMap":
        """The same map with every entry of that measure changed."""
        changed = tuple(replace(one, **changes) if one.key == key else one for one in self.measures)
        return replace(self, measures=changed)


def read_map(path: Path) -> ColumnMap:
    """The map in a TOML file; raises CatalogueError naming the field."""
    return decode(ColumnMap, _dates_as_text(parse(path)), str(path))


def _dates_as_text(value: Any) -> Any:
    """TOML has dates of its own; the map reads them like dates in quotation marks."""
    if isinstance(value, dict):
        return {name: _dates_as_text(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(held) for held in value]
    return value.isoformat() if isinstance(value, date) else value


def as_toml(columns: ColumnMap) -> str:
    """The map as a file to look over and edit."""
    top = {name: vars(columns)[name] for name in ("shape", "person", "figure", "missing")}
    lines = [
        "# What each column holds. Put an answer in place of each ?.",
        "# shape: a row is an occasion (occasions), one answer (answers), or a person (persons).",
        *_pairs(top),
        "",
        "# reading: iso, day-first, month-first, days or weeks (with start), undated (with on)",
        "[time]",
        *_pairs(vars(columns.time)),
    ]
    if columns.answers is not None:
        lines += ["", "[answers]", *_pairs(vars(columns.answers))]
    if columns.figures:
        lines += ["", "[figures]", *_pairs(columns.figures)]
    if columns.occasions:
        lines += ["", "[occasions]", *_pairs(columns.occasions)]
    for one in columns.measures:
        plain = {name: held for name, held in vars(one).items() if name not in {"columns", "rater"}}
        rater = {} if one.rater == "client" else {"rater": one.rater}
        lines += ["", "[[measures]]", *_pairs({**plain, **rater}), "[measures.columns]", *_pairs(one.columns)]
    return "\n".join(lines) + "\n"


NOTES = {
    "keyed": "raw, or already: were reversed items turned before they came into this file?",
    "order": "in which order the items are numbered",
}


def _pairs(values: Mapping[str, Any]) -> list[str]:
    """TOML lines; what is empty is left out."""
    lines = []
    for name, value in values.items():
        if value == "" or value == () or value is False:
            continue
        held = list(value) if isinstance(value, tuple) else value
        note = f"  # {NOTES[name]}" if value == OPEN and name in NOTES else ""
        bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
        key = name if bare else json.dumps(name, ensure_ascii=False)
        lines.append(f"{key} = {json.dumps(held, ensure_ascii=False)}{note}")
    return lines
