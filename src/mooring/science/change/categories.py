"""What became of a person: a reliable change, and a cut-off crossed or not.

    recovered      reliably better, and from the clinical to the functional side of the cut-off
    improved       reliably better, without that crossing
    unchanged      not reliably different
    deteriorated   reliably worse, without the crossing back
    harmed         reliably worse, and from the functional to the clinical side

The first four are Jacobson and Truax's (1991, doi 10.1037/0022-006X.59.1.12); the fifth, the mirror of the first, is
that of the R package clinicalsignificance (doi 10.18637/jss.v111.i01). The word says where a person ended, not why.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.change.index import points
from mooring.science.change.methods import ONE_SIDED_95

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class Category(IntEnum):
    MISSING = -1
    """A score is missing: nothing can be said."""
    RECOVERED = 0
    IMPROVED = 1
    UNCHANGED = 2
    DETERIORATED = 3
    HARMED = 4


CATEGORIES = tuple(Category)[1:]


class Crossing(NamedTuple):
    """A score on the cut-off itself is on neither side."""

    recovered: Bools
    """From the clinical to the functional side."""
    harmed: Bools
    """From the functional to the clinical side."""


def crossing(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    cut: float,
    *,
    higher_is_better: bool,
    certain: npt.ArrayLike | None = None,
) -> Crossing:
    """Who went from which side of a cut-off to which.

    before, after (n,), points; a missing score crosses nothing. certain: the steps of :func:`beyond_cut_off`; then a
    side counts only beyond 1.65 (Hageman & Arrindell 1999, one-sided). Raises ValueError for a cut-off that is not
    finite and an infinite score.
    """
    if not np.isfinite(cut):
        raise ValueError(f"the cut-off must be finite, not {cut}")
    sign = 1.0 if higher_is_better else -1.0
    first = sign * (points(before) - cut)
    second = sign * (points(after) - cut)
    if certain is None:
        better, worse = second > 0, second < 0
    else:
        step = sign * np.asarray(certain, dtype=float)
        better, worse = step > ONE_SIDED_95, step < -ONE_SIDED_95
    return Crossing(np.asarray((first < 0) & better), np.asarray((first > 0) & worse))


def categorise(
    rc: npt.ArrayLike, reliable: npt.ArrayLike, crossed: Crossing | None = None, *, higher_is_better: bool
) -> Ints:
    """One :class:`Category` a person.

    rc, reliable (n,): of :func:`index` or :func:`difference`; nan in rc is MISSING. crossed: without one
    nobody is recovered or harmed.
    """
    given, sure = np.asarray(rc, dtype=float), np.asarray(reliable, dtype=bool)
    better = given > 0 if higher_is_better else given < 0
    found = np.full(given.shape, int(Category.UNCHANGED), dtype=np.int64)
    found[sure & better] = Category.IMPROVED
    found[sure & ~better] = Category.DETERIORATED
    if crossed is not None:
        found[sure & better & crossed.recovered] = Category.RECOVERED
        found[sure & ~better & crossed.harmed] = Category.HARMED
    found[~np.isfinite(given)] = Category.MISSING
    return found
