"""Several series of one person or couple on one time axis, out of a table with one row a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.kit.refused import Refused
from mooring.research import cells
from mooring.research.people import texts
from mooring.research.series import DAYS, Columns, require_columns, weeks
from mooring.research.tables import Piece, Table

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Which option names which column."""

    owner: tuple[str, str]
    """Option and column: whose series lie side by side."""
    series: tuple[str, str]
    """Option and column that tells them apart."""
    time: str
    score: str
    se: str
    """A column, or one number for all."""
    unit: str = "weeks"
    missing: tuple[str, ...] = ()


class Beside(NamedTuple):
    """Of one owner: every time at which something was answered, two answers of one series at a time one after the
    other."""

    times: Floats
    """(n,) weeks, not decreasing."""
    scores: dict[str, Floats]
    """Series → (n,) points, nan for missing."""
    errors: dict[str, Floats]
    """Series → (n,) standard errors."""


class _Row(NamedTuple):
    owner: str
    series: str
    time: float
    score: float
    error: float


def read(table: Table, place: Place) -> dict[str, Beside]:
    """Owner → series, in the order of the file; rows may stand in any order. Raises Refused for a column that is not
    there, an empty owner, series or time, a score that is no number, and a score without a positive standard error.
    """
    fixed = _one_for_all(table, place)
    named = {place.owner[0]: place.owner[1], place.series[0]: place.series[1], "--time": place.time}
    require_columns(table, {**named, "--score": place.score})
    if place.unit not in DAYS:
        raise Refused("--unit", f"“{place.unit}” is no unit of time", f"Write one of {', '.join(DAYS)}.")
    wanted = [*named.values(), place.score, *([place.se] if fixed is None else [])]
    own: dict[str, list[_Row]] = {}
    for piece in table.pieces(list(dict.fromkeys(wanted))):
        for row in _rows(piece, place, fixed):
            own.setdefault(row.owner, []).append(row)
    if not own:
        raise Refused(str(table.path), "there is no row", "Is it the right file?")
    return {owner: _beside(rows) for owner, rows in own.items()}


def _one_for_all(table: Table, place: Place) -> float | None:
    """The number; None where it is a column."""
    if not place.se:
        raise Refused("--se", "it is not given", "Name the column of standard errors, or give one number for all.")
    if place.se in table.columns:
        return None
    try:
        number = float(place.se)
    except ValueError:
        raise Refused(
            "--se", f"“{place.se}” is no column and no number", "Name a column, or give one number."
        ) from None
    if not 0 < number < float("inf"):
        raise Refused("--se", f"{place.se} is no standard error", "It must be above 0 and finite.")
    return number


def _rows(piece: Piece, place: Place, fixed: float | None) -> Iterator[_Row]:
    owners, series = texts(piece, place.owner[1]), texts(piece, place.series[1])
    for names, (option, column) in ((owners, place.owner), (series, place.series)):
        if "" in names:
            where = cells.place(piece, names.index(""), column)
            raise Refused(where, "it is empty", f"Give each row its {option.removeprefix('--')}.")
    times = weeks(piece, Columns(place.owner[1], place.time, place.unit))
    scores = cells.numbers(piece, place.score, place.missing, "scores")
    errors = np.full(scores.size, fixed) if fixed is not None else cells.numbers(piece, place.se, (), "standard errors")
    without = ~np.isnan(scores) & ~(np.isfinite(errors) & (errors > 0))
    if without.any():
        where = cells.place(piece, int(np.argmax(without)), place.se)
        raise Refused(where, "a score without a standard error above 0", "Give one, or one for all: --se 0.4.")
    for row in zip(owners, series, times.tolist(), scores.tolist(), errors.tolist(), strict=True):
        yield _Row(*row)


def _beside(rows: list[_Row]) -> Beside:
    """Rows of one time lie in one row of the result, unless a series answered twice at it."""
    seats: dict[tuple[str, float], int] = {}
    keyed: list[tuple[float, int, _Row]] = []
    for row in rows:
        nth = seats.get((row.series, row.time), 0)
        seats[row.series, row.time] = nth + 1
        keyed.append((row.time, nth, row))
    occasions = {key: place for place, key in enumerate(sorted({(time, nth) for time, nth, _ in keyed}))}
    names = list(dict.fromkeys(row.series for row in rows))
    scores = {name: np.full(len(occasions), np.nan) for name in names}
    errors = {name: np.full(len(occasions), np.nan) for name in names}
    for time, nth, row in keyed:
        at = occasions[time, nth]
        scores[row.series][at], errors[row.series][at] = row.score, row.error
    return Beside(np.array([time for time, _ in occasions]), scores, errors)
