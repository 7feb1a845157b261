"""Answers of a table as numbers, each judged: missing is what was declared missing, and what cannot be is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.catalogue import Instrument, Item
from mooring.kit.refused import Refused
from mooring.research import cells
from mooring.research.columns import Bound
from mooring.research.tables import Piece, Table

Floats = npt.NDArray[np.float64]
ENOUGH_ANSWERS = 500
"""From so many on, an end of the range that nobody ever chose asks whether the range is right."""


@dataclass(frozen=True)
class Declared:
    """What only whoever made the file can know."""

    answer_range: tuple[float, float] | None = None
    """Lowest and highest answer, where they are not the key's."""
    already_keyed: bool = False
    """Reversed items were turned before they came into the file."""
    missing: tuple[str, ...] = ()
    """Codes that stand for no answer."""


@dataclass(frozen=True)
class Judged:
    """Rows of a table with their answers."""

    answers: Floats
    """(n, k) in the answers' own range and as they stand in the file; nan for missing."""
    others: pl.DataFrame
    """The columns that were asked for beside them."""
    places: pl.Series


@dataclass(frozen=True)
class Answers:
    """The answers of a table, ready to be read in pieces."""

    table: Table
    bound: Bound
    declared: Declared
    low: Floats
    high: Floats
    """(k,) the range of each column."""
    other_range: tuple[float, float] | None = None
    """Of the answers, where it is not the key's own."""

    def pieces(self, others: Sequence[str] = ()) -> Iterator[Judged]:
        """Raises Refused naming file, row and column of an answer that cannot be, and where the range is in doubt."""
        names = list(dict.fromkeys([*self.bound.columns, *others]))
        for number, piece in enumerate(self.table.pieces(names)):
            judged = self.judged(piece, others)
            if number == 0:
                self._require_reached(judged.answers)
            yield judged

    def judged(self, piece: Piece, others: Sequence[str] = ()) -> Judged:
        """One piece; errors as in :meth:`pieces`."""
        columns = self.bound.columns
        given = np.empty((piece.frame.height, len(columns)))
        for place, name in enumerate(columns):
            given[:, place] = cells.numbers(piece, name, self.declared.missing, "answers")
        outside = (given < self.low) | (given > self.high)
        if outside.any():
            self._outside(piece, given, outside)
        fractions = given != np.floor(given)
        if (fractions & np.isfinite(given)).any():
            row, column = np.argwhere(fractions & np.isfinite(given))[0]
            raise Refused(
                cells.place(piece, row, columns[column]),
                f"{given[row, column]:g} is not one of the answers",
                "Give a whole number; an estimated answer is no answer: leave the cell empty.",
            )
        return Judged(given, piece.frame.select(others), piece.places)

    def _require_reached(self, given: Floats) -> None:
        """Asks for the range when an end of it was never chosen; whoever declares it has answered."""
        count = int(np.isfinite(given).sum())
        one_range = len({*self.low}) == 1 and len({*self.high}) == 1
        if self.declared.answer_range is not None or not one_range or count < ENOUGH_ANSWERS:
            return
        lowest, highest = float(np.nanmin(given)), float(np.nanmax(given))
        low, high = float(self.low[0]), float(self.high[0])
        if (lowest, highest) != (low, high):
            seen = f" --range {lowest:g} {highest:g}, or" if lowest < highest else ""
            raise Refused(
                str(self.table.path),
                f"{count:,} answers go from {lowest:g} to {highest:g}, the key's from {low:g} to {high:g}",
                f"Which range could people choose from? Declare it:{seen} --range {low:g} {high:g}.",
            )

    def _outside(self, piece: Piece, given: Floats, outside: npt.NDArray[np.bool_]) -> None:
        row, column = np.argwhere(outside)[0]
        more = int(outside.sum()) - 1
        raise Refused(
            cells.place(piece, row, self.bound.columns[column]),
            f"{given[row, column]:g} lies outside {self.low[column]:g} to {self.high[column]:g}"
            + (f", and {more} more answers near it do" if more else ""),
            f"Correct it; if it stands for a missing answer, declare it: --missing {given[row, column]:g};"
            " if the answers have another range: --range MIN MAX.",
        )


def answers_of(table: Table, bound: Bound, instrument: Instrument, declared: Declared) -> Answers:
    """Raises Refused for a range that does not rise or does not fit, and a missing code that is an answer."""
    own_low = np.array([float(item.minimum) for item in bound.items])
    own_high = np.array([float(item.maximum) for item in bound.items])
    low, high = own_low, own_high
    if declared.answer_range is not None:
        low, high = _declared_range(instrument, bound.items, declared.answer_range)
    same = np.array_equal(low, own_low) and np.array_equal(high, own_high)
    answers = Answers(table, bound, declared, low, high, None if same else declared.answer_range)
    for code in cells.codes(declared.missing):
        within = (code >= low) & (code <= high)
        if within.any():
            item = bound.items[int(np.argmax(within))]
            raise Refused(
                f"--missing {code:g}",
                f"it is one of the answers to {item.code}, which go from {low.min():g} to {high.max():g}",
                "Declare the answers' own range with --range MIN MAX, or leave the code out.",
            )
    return answers


def _declared_range(
    instrument: Instrument, items: Sequence[Item], answer_range: tuple[float, float]
) -> tuple[Floats, Floats]:
    low, high = answer_range
    if not (low < high and low == int(low) and high == int(high)):
        raise Refused("--range", f"{low:g} to {high:g} does not rise in whole numbers", "Write for example: 1 5.")
    if len({(item.minimum, item.maximum) for item in instrument.items}) > 1:
        raise Refused(
            "--range",
            f"the items of {instrument.key} have different ranges, and one range was declared",
            "Turn the answers to the key's own ranges first.",
        )
    return np.full(len(items), float(low)), np.full(len(items), float(high))


def keyed(answers: Floats, items: Sequence[Item], low: Floats, high: Floats, *, already: bool) -> Floats:
    """Answers (n, k) with the reversed items turned, min + max − x, so that more is more; nan stays nan."""
    if already:
        return answers
    turned = answers.copy()
    for place, item in enumerate(items):
        turned[:, place] = item.turned(turned[:, place], (low[place], high[place]))
    return turned
