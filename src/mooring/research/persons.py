"""The calibrated people, as far as fitting needs them: in memory here, in many files in `partitions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mooring.research.categories import Categories, categorised, counted
from mooring.science.graded_response.fit import Fit, fit
from mooring.science.graded_response.model import Answers

Ints = npt.NDArray[np.int64]
Progress = Callable[[int, float], None]


@dataclass(frozen=True)
class Asked:
    """One fit: which columns, with which categories, on how many dimensions."""

    places: Sequence[int]
    categories: Sequence[Categories]
    dimension: Ints | None = None
    standard_errors: bool = True

    @property
    def sizes(self) -> Ints:
        return np.array([len(one.lowest) for one in self.categories], dtype=np.int64)


class Persons(Protocol):
    """Whoever can count answers and fit items."""

    def counts(self) -> Ints:
        """(k, values) how many chose each value, lowest first."""

    def fit(self, asked: Asked, progress: Progress | None) -> Fit:
        """Raises ValueError where nothing can be fitted."""


@dataclass(frozen=True)
class InMemory:
    """All answers as one table of steps above the lowest answer, −1 for missing."""

    steps: Answers
    most: int
    """Number of values an item has."""

    def counts(self) -> Ints:
        return counted(self.steps, self.most)

    def fit(self, asked: Asked, progress: Progress | None) -> Fit:
        return fit(
            categorised(self.steps[:, list(asked.places)], asked.categories),
            categories=asked.sizes,
            dimension=asked.dimension,
            standard_errors=asked.standard_errors,
            progress=progress,
        )
