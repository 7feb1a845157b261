"""From answers to scores: reversed items, missing answers, standard errors, an importer's first checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ALL_ITEMS = 1.0
"""Missing-data rule of a key whose manual states none, or asks for every item."""
HOUSE_PRORATED = 0.8
"""Our house rule for published keys that say so: no manual that could be read states 80 %."""
OWN_SHORT_FORM = 0.5
"""Own short forms score from half of their items, with the standard error widened."""
ONE_SIDED_95 = 1.645
"""Quantile of the standard normal distribution."""


class Scores(NamedTuple):
    """One row an occasion."""

    score: Floats
    """(n,) points; nan where too few items were answered."""
    answered: Ints
    """(n,) items answered."""
    missing: Ints
    """(n,) items missing."""


class RangeError(ValueError):
    """An answer outside its item's range; says which."""

    def __init__(self, row: int, item: str, value: float, minimum: float, maximum: float) -> None:
        super().__init__(f"row {row}, item {item}: {value:g} lies outside {minimum:g} to {maximum:g}")
        self.row, self.item, self.value = row, item, value


def score(
    answers: npt.ArrayLike,
    minimum: npt.ArrayLike,
    maximum: npt.ArrayLike,
    *,
    reversed_items: Sequence[int] = (),
    method: Literal["mean", "sum"] = "mean",
    least_share: float = ALL_ITEMS,
    names: Sequence[str] | None = None,
) -> Scores:
    """Score of each row: mean or sum of the items, reversed ones as min + max − x.

    answers (n, k), nan for a missing answer; minimum and maximum (k,) or one number, points.
    reversed_items are column indices; leave them out for data that are already reversed. A row with fewer
    than least_share · k answers has score nan; above it, missing items count as the mean of the answered
    ones (a prorated sum), which is the published rule only where the key's manual says so. names (k,) are
    used in errors.

    Raises RangeError (a ValueError) naming row (from 0) and item, ValueError for a wrong shape or rule.
    """
    given = _matrix(answers)
    items = given.shape[1]
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), (items,)) for end in (minimum, maximum))
    if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < high).all()):
        raise ValueError("each item's minimum must be finite and below its maximum")
    if not 0 < least_share <= 1:
        raise ValueError(f"least_share must lie above 0 and up to 1, not {least_share}")
    labels = list(names) if names is not None else [str(i) for i in range(items)]
    if len(labels) != items:
        raise ValueError(f"{len(labels)} names for {items} items")
    _require_range(given, low, high, labels)
    turned = given.copy()
    columns = list(reversed_items)
    if any(not 0 <= column < items for column in columns):
        raise ValueError(f"reversed_items must be columns from 0 to {items - 1}: {columns}")
    turned[:, columns] = (low + high)[columns] - turned[:, columns]
    answered = np.isfinite(turned).sum(axis=1)
    enough = (answered > 0) & (answered >= least_share * items - 1e-9)
    means = np.full(given.shape[0], np.nan)
    np.divide(np.nansum(turned, axis=1), answered, out=means, where=enough)
    return Scores(means * (items if method == "sum" else 1), answered, items - answered)


def standard_error(sd: float, reliability: float, items: int, answered: npt.ArrayLike) -> Floats:
    """Standard error of a mean score: SE = sd √(1 − r) √(items / answered), points; nan where answered is 0.

    The first factor is the classical standard error of measurement (Lord & Novick 1968); the second widens
    it for skipped items, as if they were parallel to the answered ones (house rule for own short forms).
    For a sum, give the sd of the sum. answered has any shape, which the result takes. Raises ValueError
    for a sd that is negative, a reliability outside 0 to 1, no items, or more answers than items.
    """
    count = np.asarray(answered, dtype=float)
    if not (np.isfinite(sd) and sd >= 0):
        raise ValueError(f"sd must be finite and not negative, not {sd}")
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability must lie in 0 to 1, not {reliability}")
    if items < 1 or (count < 0).any() or (count > items).any():
        raise ValueError(f"answered must lie in 0 to {items}")
    widened = np.full(count.shape, np.nan)
    np.divide(items, count, out=widened, where=count > 0)
    return np.asarray(sd * np.sqrt(1 - reliability) * np.sqrt(widened), dtype=float)


def cronbach_alpha(answers: npt.ArrayLike) -> float:
    """α = k/(k − 1) · (1 − Σ s²_item / s²_total) over complete rows (Cronbach 1951, doi 10.1007/BF02310555).

    answers (n, k), reversed items already turned. nan with fewer than two items or complete rows, or when
    the total does not vary.
    """
    given = _matrix(answers)
    complete = given[np.isfinite(given).all(axis=1)]
    rows, items = complete.shape
    if items < 2 or rows < 2:
        return float("nan")
    total = complete.sum(axis=1).var(ddof=1)
    if total <= 0:
        return float("nan")
    return float(items / (items - 1) * (1 - complete.var(axis=0, ddof=1).sum() / total))


def item_rest_correlations(answers: npt.ArrayLike) -> Floats:
    """Correlation (k,) of each item with the mean of the other answered ones, over rows that have both.

    answers (n, k), turned as the data are declared. A clearly negative value says that an item is reversed
    and was declared not to be, or the other way round. nan with fewer than three rows or no variation.
    """
    given = _matrix(answers)
    present = np.isfinite(given)
    filled = np.where(present, given, 0.0)
    others = present.sum(axis=1, keepdims=True) - present
    rest = np.full(given.shape, np.nan)
    np.divide(filled.sum(axis=1, keepdims=True) - filled, others, out=rest, where=others > 0)
    result = np.full(given.shape[1], np.nan)
    for item in range(given.shape[1]):
        both = present[:, item] & np.isfinite(rest[:, item])
        x, y = given[both, item], rest[both, item]
        if both.sum() >= 3 and np.ptp(x) > 0 and np.ptp(y) > 0:
            result[item] = np.corrcoef(x, y)[0, 1]
    return result


def clearly_negative(correlations: npt.ArrayLike, persons: int) -> npt.NDArray[np.bool_]:
    """Where a correlation r of so many persons lies below zero with 95 % confidence, one-sided (Fisher 1921):
    atanh r + 1.645 / √(n − 3) < 0. False where r is nan."""
    z = np.arctanh(np.clip(np.asarray(correlations, dtype=float), -0.999999, 0.999999))
    return np.asarray(z + ONE_SIDED_95 / np.sqrt(max(persons - 3, 1)) < 0)


def _matrix(answers: npt.ArrayLike) -> Floats:
    given = np.asarray(answers, dtype=float)
    if given.ndim != 2 or given.shape[1] == 0:
        raise ValueError(f"answers must be a table of occasions by items, not of shape {given.shape}")
    return given


def _require_range(given: Floats, low: Floats, high: Floats, labels: list[str]) -> None:
    wrong = np.argwhere((given < low) | (given > high))
    if wrong.size:
        row, item = (int(i) for i in wrong[0])
        raise RangeError(row, labels[item], float(given[row, item]), float(low[item]), float(high[item]))
