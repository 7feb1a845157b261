"""Differential item functioning: do people of equal θ answer an item differently because of the group they are in?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mooring.science.graded_response.answers import as_answers, category_numbers, group_codes
from mooring.science.graded_response.fit import Fit, Group, fit
from mooring.science.graded_response.model import MISSING, Answers, Floats, Items, probabilities

Ints = npt.NDArray[np.int64]

RATE = 0.05
"""False discoveries among those flagged (Benjamini & Hochberg 1995)."""
NODES = np.linspace(-6, 6, 61)


class ItemDif(NamedTuple):
    """One item, tested against the anchors."""

    item: int
    chi_square: float
    degrees: int
    """Parameters that groups of their own add."""
    p: float
    """nan when the item cannot be tested: a group gave it fewer than two different answers, or no anchor is left."""
    adjusted_p: float
    """Benjamini & Hochberg over all items tested."""
    flagged: bool
    slope_p: float
    """Of equal slopes: small says non-uniform, the difference turns with θ. Only for flagged items, else nan."""
    signed: tuple[float, ...]
    """For each group after the first: its expected answer less the reference group's at the same θ, in categories,
    averaged over that group's θ (SIDS; Meade 2010). Non-uniform differences cancel in it."""
    unsigned: tuple[float, ...]
    """The same of the absolute differences (UIDS): they do not."""
    by_group: Items | None
    """Its parameters in each group (G rows), to draw; None when it could not be tested."""


class Dif(NamedTuple):
    items: tuple[ItemDif, ...]
    anchors: tuple[int, ...]
    """Items that functioned alike and hold the scale."""
    groups: tuple[Group, ...]
    """θ in each group, the flagged items free: differences between people, not between readings of an item."""
    rounds: int
    settled: bool
    """Nothing changed in the last round; else the flags are those of anchors still impure."""


def differential_functioning(
    answers: npt.ArrayLike,
    groups: npt.ArrayLike,
    *,
    categories: npt.ArrayLike | None = None,
    rate: float = RATE,
    rounds: int | None = None,
) -> Dif:
    """Likelihood-ratio test of each item between groups (Thissen, Steinberg & Wainer 1993), anchors purified.

    G² = 2 (l with the item's parameters free in each group − l with them equal), θ's mean and sd free in each group
    after the first, so that groups who differ in θ are not flagged for it; χ² with as many degrees as parameters are
    added. First all other items are the anchor; then, round by round, the flagged item (Benjamini–Hochberg at ``rate``)
    with the most G² a degree is freed, and one that is flagged no more taken back, until nothing changes or after
    ``rounds``: a few items that differ drag the scale along, and all others with it, so that freeing all at once would
    leave no anchor. Slopes of the flagged are compared by Wald's test between groups, as if the groups' estimates were
    independent (the anchors they share are nearly fixed).

    answers (N, J), −1 or nan for missing, one dimension; groups (N,) labels, the first in order the reference.
    categories as in :func:`~mooring.science.graded_response.fit.fit`. Raises ValueError as ``fit``; also for fewer than
    two groups or items, and a rate outside 0 to 1.
    """
    given = as_answers(answers)
    labels, codes = group_codes(groups, given.shape[0])
    if len(labels) < 2 or given.shape[1] < 2:
        raise ValueError(f"{len(labels)} groups and {given.shape[1]} items: a comparison needs two of each")
    if not 0 < rate < 1 or (rounds is not None and rounds < 1):
        raise ValueError(f"rate must lie between 0 and 1, rounds be at least 1: {rate}, {rounds}")
    tested = _Comparison(given, codes, category_numbers(given, categories))
    free: frozenset[int] = frozenset()
    taken, settled = 0, False
    while not settled and (rounds is None or taken < rounds) and taken < 2 * given.shape[1]:
        found, base = _round(tested, free, rate)
        after = _after(found, free)
        taken, settled, free = taken + 1, after == free, after
    named = tuple(group._replace(label=label) for group, label in zip(base.groups, labels, strict=True))
    anchors = tuple(j for j in range(given.shape[1]) if not found[j].flagged)
    return Dif(tuple(found), anchors, named, taken, settled)


def _after(found: list[ItemDif], free: frozenset[int]) -> frozenset[int]:
    """Items to free in the next round."""
    more = [one for one in found if one.flagged and one.item not in free]
    if more:
        return free | {max(more, key=lambda one: one.chi_square / one.degrees).item}
    return frozenset(one.item for one in found if one.flagged)


class _Comparison(NamedTuple):
    answers: Answers
    codes: Ints
    sizes: Ints

    @property
    def groups(self) -> int:
        return int(self.codes.max()) + 1

    def fitted(self, free: frozenset[int], *, errors: bool = False) -> Fit:
        """All items, those in ``free`` as one item a group: only that group answered it."""
        columns, sizes = [], []
        for j in range(self.sizes.size):
            own = range(self.groups) if j in free else (None,)
            for g in own:
                column = self.answers[:, j]
                columns.append(column if g is None else np.where(self.codes == g, column, MISSING))
                sizes.append(self.sizes[j])
        table = np.stack(columns, axis=1).astype(np.int8)
        return fit(table, categories=np.array(sizes), groups=self.codes, standard_errors=errors)

    def place(self, item: int, free: frozenset[int]) -> slice:
        """Columns of an item in free among those of the fit."""
        first = item + (self.groups - 1) * sum(other < item for other in free)
        return slice(first, first + self.groups)

    def degrees(self, item: int) -> int:
        """Parameters added by freeing it: categories used in each group less those used at all; 0 when it cannot be."""
        used = [
            np.unique(self.answers[(self.codes == g) & (self.answers[:, item] >= 0), item]) for g in range(self.groups)
        ]
        if min(one.size for one in used) < 2:
            return 0
        return sum(one.size for one in used) - np.unique(np.concatenate(used)).size


def _round(tested: _Comparison, freed: frozenset[int], rate: float) -> tuple[list[ItemDif], Fit]:
    """Every item tested with the others in ``freed`` free, and the fit with all of them free."""
    base = tested.fitted(freed)
    rows = []
    for j in range(tested.sizes.size):
        others, degrees = freed - {j}, tested.degrees(j)
        if degrees == 0 or len(others) >= tested.sizes.size - 1:
            rows.append(_untested(j, tested.groups))
            continue
        equal = base if j not in freed else tested.fitted(others)
        free = base if j in freed else tested.fitted(others | {j})
        rows.append(_tested(tested, j, others | {j}, equal, free, degrees))
    known = np.array([np.isfinite(row.p) for row in rows])
    adjusted = np.full(len(rows), np.nan)
    if known.any():
        adjusted[known] = stats.false_discovery_control(np.array([row.p for row in rows])[known])
    found = [row._replace(adjusted_p=float(q), flagged=bool(q <= rate)) for row, q in zip(rows, adjusted, strict=True)]
    marked = frozenset(row.item for row in found if row.flagged)
    if marked and marked == freed:
        exact = tested.fitted(freed, errors=True)
        found = [row._replace(slope_p=_slopes(tested, row.item, freed, exact)) if row.flagged else row for row in found]
    return found, base


def _tested(tested: _Comparison, item: int, apart: frozenset[int], equal: Fit, free: Fit, degrees: int) -> ItemDif:
    chi = max(2 * (free.log_likelihood - equal.log_likelihood), 0.0)
    own = tested.place(item, apart)
    each = Items(free.items.a[own], free.items.b[own], np.zeros(tested.groups, dtype=np.int64))
    signed, unsigned = _effects(each, free.groups)
    p = float(stats.chi2.sf(chi, degrees))
    return ItemDif(item, chi, degrees, p, np.nan, False, np.nan, signed, unsigned, each)


def _untested(item: int, groups: int) -> ItemDif:
    nothing = (float("nan"),) * (groups - 1)
    nan = float("nan")
    return ItemDif(item, nan, 0, nan, nan, False, nan, nothing, nothing, None)


def _effects(each: Items, groups: tuple[Group, ...]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Signed and unsigned difference of the expected answer, over each later group's θ."""
    signed, unsigned = [], []
    weight: Floats = np.exp(-(NODES**2) / 2)
    weight /= weight.sum()
    for g, group in enumerate(groups[1:], start=1):
        expected = probabilities(each, group.mean + group.sd * NODES) @ np.arange(each.b.shape[1] + 1)
        signed.append(float(weight @ (expected[g] - expected[0])))
        unsigned.append(float(weight @ np.abs(expected[g] - expected[0])))
    return tuple(signed), tuple(unsigned)


def _slopes(tested: _Comparison, item: int, flags: frozenset[int], exact: Fit) -> float:
    """p of Σ (a_g − ā)² / SE_g², ā weighted by 1 / SE²."""
    own = tested.place(item, flags)
    a, errors = exact.items.a[own], exact.standard_errors.a[own]
    if not (np.isfinite(errors).all() and (errors > 0).all()):
        return float("nan")
    mean = np.average(a, weights=errors**-2)
    return float(stats.chi2.sf((((a - mean) / errors) ** 2).sum(), tested.groups - 1))
