"""From keyed answers to the categories of the item model: values that hardly anybody chose go with a neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import MISSING, Answers, Floats

FEWEST = 5
"""House rule: a value that fewer people chose has no threshold of its own; it goes with its rarer neighbour."""


@dataclass(frozen=True)
class Categories:
    """Of one item: the lowest keyed value of each category, ascending; of all its values."""

    code: str
    values: tuple[float, ...]
    """Keyed, in the answers' own range."""
    lowest: tuple[float, ...]

    @property
    def joined(self) -> list[tuple[float, ...]]:
        """The categories that hold several values."""
        ends = [*self.lowest[1:], float("inf")]
        held = [
            tuple(value for value in self.values if low <= value < end)
            for low, end in zip(self.lowest, ends, strict=True)
        ]
        return [values for values in held if len(values) > 1]


def coded(keyed: Floats, low: Floats) -> Answers:
    """Keyed answers (n, k), nan for missing, as steps above the lowest answer (k,), −1 for missing."""
    steps = np.where(np.isfinite(keyed), keyed - low, MISSING)
    return np.ascontiguousarray(steps, dtype=np.int8)


def counted(steps: Answers, most: int) -> npt.NDArray[np.int64]:
    """How many chose each step (k, most)."""
    table = np.zeros((steps.shape[1], most), dtype=np.int64)
    for place in range(steps.shape[1]):
        table[place] = np.bincount(steps[:, place].astype(np.int64) + 1, minlength=most + 1)[1:]
    return table


def collapsed(code: str, counts: Sequence[int], low: float) -> Categories:
    """Neighbours joined, rarest first, until :data:`FEWEST` people chose each category; one is left at least."""
    groups = [[step] for step in range(len(counts))]
    numbers = [int(count) for count in counts]
    while len(numbers) > 1 and min(numbers) < FEWEST:
        rare = numbers.index(min(numbers))
        beside = [place for place in (rare - 1, rare + 1) if 0 <= place < len(numbers)]
        other = min(beside, key=lambda place: numbers[place])
        first, second = sorted((rare, other))
        groups[first] += groups.pop(second)
        numbers[first] += numbers.pop(second)
    values = tuple(low + step for step in range(len(counts)))
    return Categories(code, values, tuple(low + group[0] for group in groups))


def categorised(steps: Answers, categories: Sequence[Categories]) -> Answers:
    """Steps (n, k) as categories (n, k) from 0, −1 for missing."""
    result = np.empty_like(steps)
    for place, one in enumerate(categories):
        table = np.full(len(one.values) + 1, MISSING, dtype=np.int8)
        table[:-1] = np.searchsorted(one.lowest, one.values, side="right") - 1
        result[:, place] = table[steps[:, place]]  # −1 takes the last entry: missing
    return result
