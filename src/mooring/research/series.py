"""Series out of a long table, one row an occasion: whole people piece by piece, their times in weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import cells
from mooring.research.columns import listed
from mooring.research.tables import Piece, Table

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DAYS = {"weeks": 7.0, "days": 1.0, "sessions": 7.0}
"""Of one unit of a time that is a number; sessions stand for weeks, one each."""
DATE = r"^\d{4}-\d{2}-\d{2}"
TOGETHER = "Sort the table by person first, so that the rows of each stand together."


@dataclass(frozen=True)
class Columns:
    """Where person and time stand."""

    person: str
    time: str
    unit: str = "weeks"


@dataclass
class Whole:
    """Pieces cut between people; remembers who was seen, so that nobody comes twice."""

    table: Table
    columns: Columns
    hashes: list[npt.NDArray[np.uint64]] = field(default_factory=list)

    @property
    def people(self) -> int:
        """So many were seen when the pieces were last read."""
        return sum(one.size for one in self.hashes)

    def pieces(self, names: list[str]) -> Iterator[Piece]:
        """Pieces of whole people. Raises Refused for a row without a person, and when a person's rows lie apart."""
        held: Piece | None = None
        self.hashes.clear()
        for piece in self.table.pieces(list(dict.fromkeys([self.columns.person, self.columns.time, *names]))):
            self._require_person(piece)
            same = piece if held is None or held.file != piece.file else _joined(held, piece)
            if held is not None and same is piece:
                yield self._seen(held)
            last = int(starts(same.frame[self.columns.person])[-1]) if same.frame.height else 0
            held = _rows(same, last, same.frame.height)
            if last:
                yield self._seen(_rows(same, 0, last))
        if held is not None and held.frame.height:
            yield self._seen(held)
        self._require_together()

    def _seen(self, piece: Piece) -> Piece:
        person = piece.frame[self.columns.person]
        self.hashes.append(person.gather(starts(person)).hash().to_numpy())
        return piece

    def _require_person(self, piece: Piece) -> None:
        person = piece.frame[self.columns.person]
        empty = person.is_null() | (person.is_nan() if person.dtype.is_float() else pl.Series([False]))
        if empty.any():
            row = int(empty.arg_max() or 0)
            raise Refused(cells.place(piece, row, self.columns.person), "it is empty", "Give each row its person.")

    def _require_together(self) -> None:
        every = np.sort(np.concatenate(self.hashes)) if self.hashes else np.empty(0, dtype=np.uint64)
        twice = every[1:][every[1:] == every[:-1]]
        if not twice.size:
            return
        for piece in self.table.pieces([self.columns.person]):
            person = piece.frame[self.columns.person]
            found = person.filter(person.hash() == int(twice[0]))
            if len(found):
                raise Refused(f"{piece.file}, column {person.name}", f"rows of {found[0]} lie apart", TOGETHER)


def require_columns(table: Table, named: dict[str, str]) -> None:
    """option → column. Raises Refused for one that is not there."""
    for option, name in named.items():
        if name not in table.columns:
            raise Refused(option, f"{table.path} has no column “{name}”", f"It has {listed(table.columns)}.")


def starts(person: pl.Series) -> Ints:
    """Rows at which another person begins."""
    differs = (person != person.shift(1)).fill_null(True)
    return np.asarray(differs.arg_true().to_numpy(), dtype=np.int64)


def weeks(piece: Piece, columns: Columns) -> Floats:
    """(n,) times: numbers in the unit, dates, moments, or texts of these. Raises Refused for a row without one."""
    cell = piece.frame[columns.time]
    if cell.dtype == pl.String and cell.str.contains(DATE).any():
        read = cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        broken = read.is_null() & cell.is_not_null()
        if broken.any():
            row = int(broken.arg_max() or 0)
            where = cells.place(piece, row, columns.time)
            raise Refused(where, f"“{cell[row]}” is no date", "Write 2026-03-31, or numbers in the whole column.")
        cell = read
    if cell.dtype in (pl.Date, pl.Datetime):
        milliseconds = cell.cast(pl.Datetime("ms")).cast(pl.Int64).cast(pl.Float64).fill_null(float("nan"))
        found = np.asarray(milliseconds.to_numpy() / (1000 * 86400 * 7), dtype=float)
    else:
        found = cells.numbers(piece, columns.time, (), "times") * (DAYS[columns.unit] / 7)
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found)))
        raise Refused(cells.place(piece, row, columns.time), "there is no time", "Give each row its time.")
    return found


def in_order(offsets: Ints, times: Floats) -> Ints | None:
    """Rows of each person by time, those of one time as they stand; None where they are already."""
    falls = np.diff(times) < 0
    inner = offsets[1:-1]
    falls[inner[inner > 0] - 1] = False
    if not falls.any():
        return None
    owner = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    return np.lexsort((times, owner))


def _joined(first: Piece, second: Piece) -> Piece:
    return Piece(pl.concat([first.frame, second.frame]), first.places.append(second.places), first.file)


def _rows(piece: Piece, first: int, last: int) -> Piece:
    return Piece(piece.frame[first:last], piece.places[first:last], piece.file)
