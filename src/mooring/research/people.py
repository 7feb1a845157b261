"""Persons × occasions out of a table: one row a person, or one row an occasion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import cells
from mooring.research.columns import listed
from mooring.research.tables import Piece, Table

Floats = npt.NDArray[np.float64]
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_OCCASIONS = 1000


class People(NamedTuple):
    codes: list[str]
    """(p,) in the order of the file."""
    scores: Floats
    """(p, n) nan where there is none."""
    occasions: list[list[str]]
    """(p, n) what the file calls each; empty where a person has none."""


@dataclass(frozen=True)
class Layout:
    """Which columns hold what. Either several scores a row, or one with its session or date."""

    code: str
    scores: tuple[str, ...]
    session: str = ""
    date: str = ""
    missing: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for name in (self.code, *self.scores, self.session, self.date) if name))


class _Row(NamedTuple):
    code: str
    place: str
    scores: Floats
    when: float
    called: str


def read_people(table: Table, layout: Layout) -> People:
    """The whole table, in memory. Raises Refused for a column that is not there, a row without a code, a score that is
    no number, and two rows of one person for the same occasion.
    """
    require_columns(table, layout.columns)
    rows = [row for piece in table.pieces(layout.columns) for row in _rows(piece, layout)]
    if layout.session:
        return _by_session(rows, layout)
    if layout.date:
        return _by_date(rows, layout)
    _require_once([(row.code, "") for row in rows], rows, "--id")
    names = [list(layout.scores) for _ in rows]
    return People([row.code for row in rows], np.array([row.scores for row in rows]), names)


def require_columns(table: Table, names: Sequence[str]) -> None:
    absent = [name for name in names if name not in table.columns]
    if absent:
        raise Refused(str(table.path), f"there is no column “{absent[0]}”", f"It has {listed(table.columns)}.")


def texts(piece: Piece, name: str) -> list[str]:
    """A column as text, whole numbers without a point; empty for missing."""
    column = piece.frame[name]
    if column.dtype.is_float():
        return ["" if x is None or x != x else f"{x:.15g}" for x in column.to_list()]
    return ["" if x is None else str(x) for x in column.to_list()]


def _rows(piece: Piece, layout: Layout) -> list[_Row]:
    scores = np.column_stack([cells.numbers(piece, name, layout.missing) for name in layout.scores])
    when, called = np.zeros(len(scores)), [""] * len(scores)
    if layout.session:
        when, called = cells.numbers(piece, layout.session, ()), texts(piece, layout.session)
    elif layout.date:
        when, called = _dates(piece, layout.date), [text[:10] for text in texts(piece, layout.date)]
    codes, rows = texts(piece, layout.code), []
    for place, code in enumerate(codes):
        if not code:
            raise Refused(cells.place(piece, place, layout.code), "it is empty", "Give each row its person.")
        if not np.isfinite(when[place]):
            column = layout.session or layout.date
            raise Refused(cells.place(piece, place, column), "it is empty", "Give each score its occasion.")
        rows.append(_Row(code, f"{piece.file}, row {piece.places[place]}", scores[place], when[place], called[place]))
    return rows


def _dates(piece: Piece, name: str) -> Floats:
    """Days; numbers stay what they are."""
    column = piece.frame[name]
    if column.dtype.is_numeric():
        return cells.numbers(piece, name, ())
    if column.dtype in (pl.Date, pl.Datetime):
        return np.asarray(column.cast(pl.Date).cast(pl.Int32).cast(pl.Float64).fill_null(float("nan")).to_numpy())
    found = np.full(len(column), np.nan)
    for place, text in enumerate(texts(piece, name)):
        if text:
            try:
                found[place] = date.fromisoformat(text[:10]).toordinal() if ISO_DATE.match(text) else float(text)
            except ValueError:
                raise Refused(
                    cells.place(piece, place, name), f"“{text}” is no date", "Write 2026-03-31, or a number of days."
                ) from None
    return found


def _by_session(rows: Sequence[_Row], layout: Layout) -> People:
    """Sessions are whole numbers; one that a person missed is a gap."""
    broken = [row for row in rows if row.when != int(row.when)]
    if broken:
        raise Refused(broken[0].place, f"session {broken[0].when:g} is no whole number", "Use --date for times.")
    _require_once([(row.code, f"{row.when:g}") for row in rows], rows, "--session")
    low, high = int(min(row.when for row in rows)), int(max(row.when for row in rows))
    if high - low >= MOST_OCCASIONS:
        raise Refused(
            layout.session, f"sessions go from {low} to {high}", "Use --date where the numbers are no sessions."
        )
    people = list(dict.fromkeys(row.code for row in rows))
    scores = np.full((len(people), high - low + 1), np.nan)
    at = {code: place for place, code in enumerate(people)}
    for row in rows:
        scores[at[row.code], int(row.when) - low] = row.scores[0]
    return People(people, scores, [[str(k) for k in range(low, high + 1)] for _ in people])


def _by_date(rows: Sequence[_Row], layout: Layout) -> People:
    """The rows of a person in the order of their dates; the next row is the next session."""
    _require_once([(row.code, row.called) for row in rows], rows, "--date")
    own: dict[str, list[_Row]] = {}
    for row in rows:
        own.setdefault(row.code, []).append(row)
    longest = max(len(one) for one in own.values())
    scores, called = np.full((len(own), longest), np.nan), []
    for place, one in enumerate(own.values()):
        one.sort(key=lambda row: row.when)
        scores[place, : len(one)] = [row.scores[0] for row in one]
        called.append([row.called for row in one] + [""] * (longest - len(one)))
    return People(list(own), scores, called)


def _require_once(keys: Sequence[tuple[str, str]], rows: Sequence[_Row], option: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for key, row in zip(keys, rows, strict=True):
        if key in seen:
            when = f" at {key[1]}" if key[1] else ""
            raise Refused(
                row.place, f"a second row of {key[0]}{when}; the first is {seen[key]}", f"Keep one, or see {option}."
            )
        seen[key] = row.place
