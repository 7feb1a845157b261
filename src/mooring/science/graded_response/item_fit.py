"""Where the model does not describe the answers: item by item, in pictures, and between pairs of items."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mooring.science.graded_response.model import Floats, Items, probabilities
from mooring.science.graded_response.scores import STANDARD, Normal, checked, eap

Ints = npt.NDArray[np.int64]

LEAST_EXPECTED = 1.0
"""Cells are joined with a neighbour until this many answers are expected (Orlando & Thissen 2000)."""
NODES = np.linspace(-6, 6, 61)


class ItemFit(NamedTuple):
    """S-X² of each item."""

    chi_square: Floats
    """(J,)"""
    degrees: Ints
    """(J,) cells after joining, less one a score group, less the parameters estimated."""
    p: Floats
    """(J,) nan where no degree of freedom is left."""
    rmsea: Floats
    """(J,) √(max(χ² − df, 0) / (df (n − 1))): size of the misfit, where with many people p is always small."""
    people: int
    """Complete rows it rests on."""


class Picture(NamedTuple):
    """Mean answer of each item in G groups of like total, beside what the model expects."""

    totals: Floats
    """(G,) mean total of the group."""
    people: Ints
    """(G,)"""
    observed: Floats
    """(J, G) mean category."""
    expected: Floats
    """(J, G)"""
    residual: Floats
    """(J, G) difference over its standard error; about standard normal where the model holds."""


class Dependence(NamedTuple):
    """What pairs of items share beyond θ."""

    q3: Floats
    """(J, J) correlation of residuals, diagonal nan."""
    average: float
    """Mean over the pairs: below 0, as the residuals of one person must balance."""

    @property
    def above_average(self) -> Floats:
        """(J, J) Q3 less the average; .2 is where Christensen, Makransky & Horton (2017) begin to look."""
        return np.asarray(self.q3 - self.average, dtype=float)


def item_fit(
    items: Items, answers: npt.ArrayLike, population: Normal = STANDARD, *, estimated: Ints | None = None
) -> ItemFit:
    """S-X² of Orlando & Thissen (2000), for graded categories as Kang & Chen (2008).

    For persons with total s, E_sz = ∫ P_z(θ) f(s − z | θ) φ(θ) dθ / Σ_z' (the same), f the distribution of the other
    items' total by the recursion of Lord & Wingersky (1984); χ² = Σ_s N_s Σ_z (O_sz − E_sz)² / E_sz. Neighbouring
    categories of a score group are joined until at least one answer is expected.

    answers (n, J), one dimension; complete rows only, as totals are compared. population: of θ in these people.
    estimated (J,): how many parameters of each item were estimated from these answers; as many as it has by default,
    zeros for parameters from elsewhere. Errors as in :func:`~mooring.science.graded_response.scores.eap`.
    """
    given, joint = _complete(items, answers), _joint(items, population)
    totals = given.sum(axis=1, dtype=np.int64)
    count = items.categories if estimated is None else np.asarray(estimated, dtype=np.int64)
    chi, degrees = np.zeros(items.a.size), np.zeros(items.a.size, dtype=np.int64)
    for j, k in enumerate(items.categories):
        observed = np.bincount(totals * k + given[:, j], minlength=joint.shape[1] * k).reshape(-1, k)
        for seen, chance in zip(observed, joint[j, :, :k], strict=True):
            if seen.sum() and chance.sum() > 0:
                cells = _joined(seen, seen.sum() * chance / chance.sum())
                chi[j] += ((cells[0] - cells[1]) ** 2 / cells[1]).sum()
                degrees[j] += cells.shape[1] - 1
    degrees = degrees - count
    left = np.maximum(degrees, 1)
    known = degrees > 0
    rmsea = np.sqrt(np.maximum(chi - degrees, 0) / (left * max(given.shape[0] - 1, 1)))
    p = np.where(known, stats.chi2.sf(chi, left), np.nan)
    return ItemFit(chi, degrees, p, np.where(known, rmsea, np.nan), given.shape[0])


def picture(items: Items, answers: npt.ArrayLike, groups: int = 10, population: Normal = STANDARD) -> Picture:
    """Observed and expected mean category by groups of like total, about equally many people in each.

    The expectation is that of :func:`item_fit`; residual Σ (x − E) / √Σ Var over a group's people. Fewer groups where
    totals are alike. Errors as in :func:`item_fit`; also ValueError for fewer than one group.
    """
    if groups < 1:
        raise ValueError(f"at least one group, not {groups}")
    given, joint = _complete(items, answers), _joint(items, population)
    totals = given.sum(axis=1, dtype=np.int64)
    if not totals.size:
        empty = np.empty((items.a.size, 0))
        return Picture(np.empty(0), np.empty(0, dtype=np.int64), empty, empty, empty)
    cuts = np.unique(np.quantile(totals, np.linspace(0, 1, groups + 1)[1:-1], method="inverted_cdf"))
    _, own = np.unique(np.searchsorted(cuts, totals), return_inverse=True)
    mass = joint.sum(axis=2)
    worth = np.arange(joint.shape[2])
    mean = np.divide(joint @ worth, mass, out=np.zeros_like(mass), where=mass > 0)
    square = np.divide(joint @ worth**2, mass, out=np.zeros_like(mass), where=mass > 0)
    people = np.bincount(own)
    observed, expected, spread = np.empty((3, items.a.size, people.size))
    for j in range(items.a.size):
        observed[j] = np.bincount(own, given[:, j])
        expected[j] = np.bincount(own, mean[j, totals])
        spread[j] = np.bincount(own, (square - mean**2)[j, totals])
    residual = np.divide(
        observed - expected, np.sqrt(np.maximum(spread, 0)), out=np.zeros_like(observed), where=spread > 1e-12
    )
    return Picture(np.bincount(own, totals) / people, people, observed / people, expected / people, residual)


def local_dependence(items: Items, answers: npt.ArrayLike, population: Normal = STANDARD) -> Dependence:
    """Q3 (Yen 1984): correlation over persons of d_j = x_j − E[X_j | θ̂], θ̂ the EAP; pairs both answered.

    nan with fewer than three persons, or without variation. Errors as in :func:`item_fit`.
    """
    given = checked(items, answers)
    theta = eap(items, given, population).theta
    scored = np.isfinite(theta)
    given, theta = given[scored], theta[scored]
    expected = (
        probabilities(items, theta) @ np.arange(items.b.shape[1] + 1) if theta.size else np.empty((items.a.size, 0))
    )
    present = (given >= 0).astype(float)
    apart = np.where(given >= 0, given - expected.T, 0.0)
    n, x, xx, xy = present.T @ present, apart.T @ present, (apart**2).T @ present, apart.T @ apart
    with np.errstate(invalid="ignore", divide="ignore"):
        shared = xy - x * x.T / n
        spread = np.maximum(xx - x**2 / n, 0)
        q3 = np.where((n >= 3) & (spread > 1e-12) & (spread.T > 1e-12), shared / np.sqrt(spread * spread.T), np.nan)
    np.fill_diagonal(q3, np.nan)
    pairs = q3[np.isfinite(q3)]
    return Dependence(q3, float(pairs.mean()) if pairs.size else float("nan"))


def _complete(items: Items, answers: npt.ArrayLike) -> npt.NDArray[np.int64]:
    given = checked(items, answers)
    return given[(given >= 0).all(axis=1)].astype(np.int64)


def _joint(items: Items, population: Normal) -> Floats:
    """P(X_j = z, total = s) (J, S, K) over the population: ∫ P_z f(s − z | θ, without j) φ dθ."""
    nodes = population.mean + population.sd * NODES
    weight = np.exp(-(NODES**2) / 2)
    weight /= weight.sum()
    chance = probabilities(items, nodes).transpose(0, 2, 1)
    tops = items.categories - 1
    most = int(tops.sum())
    joint = np.zeros((items.a.size, most + 1, items.b.shape[1] + 1))
    for j in range(items.a.size):
        others = np.zeros((most + 1, nodes.size))
        others[0], reached = weight, 0
        for i in np.flatnonzero(np.arange(items.a.size) != j):
            before = others[: reached + 1].copy()
            others[: reached + 1] = before * chance[i, 0]
            for z in range(1, tops[i] + 1):
                others[z : reached + 1 + z] += before * chance[i, z]
            reached += int(tops[i])
        for z in range(tops[j] + 1):
            joint[j, z : z + reached + 1, z] = others[: reached + 1] @ chance[j, z]
    return joint


def _joined(seen: Ints, expected: Floats) -> Floats:
    """Observed and expected (2, cells), neighbours joined from the lowest until each has enough expected."""
    cells: list[list[float]] = [[0.0, 0.0]]
    for o, e in zip(seen, expected, strict=True):
        if cells[-1][1] >= LEAST_EXPECTED:
            cells.append([0.0, 0.0])
        cells[-1][0] += o
        cells[-1][1] += e
    if len(cells) > 1 and cells[-1][1] < LEAST_EXPECTED:
        last = cells.pop()
        cells[-1][0] += last[0]
        cells[-1][1] += last[1]
    return np.array(cells).T
