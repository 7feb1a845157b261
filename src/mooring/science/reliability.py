"""How well a scale's total holds what its items share, and where a person stands among others.

Cronbach's α is :func:`mooring.science.scales.cronbach_alpha`; here are its error, McDonald's ω and norms by stratum.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mooring.science.scales import cronbach_alpha

Floats = npt.NDArray[np.float64]

LEAST_ITEMS = 3
"""One factor of two items is not identified."""
SMALLEST_UNIQUE = 0.005
"""Least share of an item's variance that stays its own, as in R's factanal: a Heywood case is seen, not followed."""
STEP = 1e-5
"""Of differences, relative."""
LEAST_PEOPLE = 300
"""House rule: below it a stratum's norms stay locked."""
PERCENTS = (5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0)


class Coefficient(NamedTuple):
    """A reliability coefficient and how sure it is."""

    value: float
    """nan when it cannot be had."""
    standard_error: float
    low: float
    """95 % interval, on log(1 − coefficient) and so never above 1."""
    high: float
    people: int
    """Complete rows it rests on."""
    reason: str
    """Empty, or why there is none or what is wrong with it."""


class OneFactor(NamedTuple):
    """x = μ + λ f + ε with Var f = 1, Var ε_j = ψ_j."""

    loadings: Floats
    """(k,) λ, in the items' units; their sum is not negative."""
    uniquenesses: Floats
    """(k,) ψ."""
    discrepancy: float
    """log |Σ| + tr(S Σ⁻¹) − log |S| − k at the minimum; × (n − 1) it is the χ² of fit with
    k (k − 3) / 2 degrees of freedom."""
    improper: bool
    """Some ψ lies at its bound (Heywood case)."""


def one_factor(covariance: npt.ArrayLike) -> OneFactor:
    """Maximum likelihood of Σ = λλ' + Ψ for a covariance matrix (k, k), by the concentrated likelihood (Jöreskog 1967).

    For given Ψ the best λ is √Ψ ω √(θ − 1), with θ, ω the first eigenpair of Ψ^−½ S Ψ^−½, and the discrepancy is
    Σ_{m>1} θ_m − log θ_m − 1: minimised over log ψ. Raises ValueError for a matrix that is not symmetric and positive
    definite, or of fewer than three items.
    """
    s = np.asarray(covariance, dtype=float)
    if s.ndim != 2 or s.shape[0] != s.shape[1] or s.shape[0] < LEAST_ITEMS:
        raise ValueError(f"one factor needs the covariance of at least {LEAST_ITEMS} items, not shape {s.shape}")
    if not np.isfinite(s).all() or not np.allclose(s, s.T) or np.linalg.eigvalsh(s)[0] <= 1e-12 * np.trace(s):
        raise ValueError("a covariance matrix must be finite, symmetric and positive definite")
    own = np.diag(s)
    at = _lowest(s)
    psi = np.exp(at)
    improper = bool((psi <= SMALLEST_UNIQUE * own * (1 + 1e-6)).any())
    return OneFactor(_loadings(at, s), psi, _discrepancy(at, s)[0], improper)


def omega(answers: npt.ArrayLike) -> Coefficient:
    """ω = (Σ λ)² / ((Σ λ)² + Σ ψ): share of the total's variance that one factor explains (McDonald 1999).

    answers (n, k), reversed items already turned, nan for a missing one; complete rows only. λ and ψ by
    :func:`one_factor` on the covariance matrix of the answers, as the score is a plain sum of them (not on polychoric
    correlations, which would be the reliability of a score nobody computes). The standard error takes nothing to be
    normal: delta method with the influence of each row on the covariances. No value, with the reason, below three
    items or ten rows more than items, or where an item does not vary.
    """
    given, reason = _complete(answers, LEAST_ITEMS)
    if reason:
        return _none(given, reason)
    covariance = np.cov(given, rowvar=False)
    if np.linalg.eigvalsh(covariance)[0] <= 1e-12 * np.trace(covariance):
        return _none(given, "an item is a sum of others")
    factor = one_factor(covariance)
    value = _omega(np.log(factor.uniquenesses), covariance)
    why = "an item has no variance of its own (Heywood case)" if factor.improper else ""
    return _with_error(value, given, _slopes(factor, covariance), why)


def alpha(answers: npt.ArrayLike) -> Coefficient:
    """Cronbach's α of complete rows with an error that takes nothing to be normal.

    Maydeu-Olivares, Coffman & Hartmann (2007, Psychological Methods 12:157–176). No value, with the reason, below two
    items or ten rows more than items, or where an item does not vary.
    """
    given, reason = _complete(answers, 2)
    if reason:
        return _none(given, reason)
    covariance = np.cov(given, rowvar=False)
    k, trace, total = given.shape[1], np.trace(covariance), covariance.sum()
    slopes = k / (k - 1) * (trace / total**2 - np.eye(k) / total)
    return _with_error(cronbach_alpha(given), given, slopes, "")


class Interval(NamedTuple):
    value: float
    low: float
    high: float
    """95 %; nan where too few people stand beyond."""


class Norms(NamedTuple):
    """How a stratum scored: a reference, not a verdict. Locked (everything but the counts None) below the least."""

    people: int
    missing: int
    """How many more people unlock it; 0 when unlocked."""
    mean: Interval | None
    sd: Interval | None
    percentiles: tuple[tuple[float, Interval], ...]
    """(percent, score)."""


def norms(
    scores: npt.ArrayLike,
    strata: Sequence[Hashable] | None = None,
    least: int = LEAST_PEOPLE,
    percents: Sequence[float] = PERCENTS,
) -> dict[Hashable, Norms]:
    """Mean, standard deviation and percentiles of each stratum, with 95 % intervals; one stratum (None) without strata.

    scores (n,) one a person, nan for none (not counted). Mean ± t s/√n; the sd's error takes nothing to be normal:
    Var(s) ≈ (m₄ − s⁴) / 4 n s². A percentile is Hyndman & Fan's (1996) seventh, its interval the order statistics
    between which it lies with at least 95 % whatever the distribution (binomial). Raises ValueError for scores and
    strata of different length, an infinite score, fewer than two people asked for, and percents outside 0 to 100.
    """
    given = np.asarray(scores, dtype=float)
    labels = [None] * given.size if strata is None else list(strata)
    if given.ndim != 1 or len(labels) != given.size or np.isinf(given).any():
        raise ValueError(f"scores {given.shape} must be one finite number a person, or nan, and strata as many")
    if least < 2 or any(not 0 < p < 100 for p in percents):
        raise ValueError(f"at least two people a stratum, not {least}; percents between 0 and 100: {percents}")
    found: dict[Hashable, Norms] = {}
    for label in dict.fromkeys(labels):
        own = np.sort(given[[other == label for other in labels]])
        own = own[np.isfinite(own)]
        if own.size < least:
            found[label] = Norms(own.size, least - own.size, None, None, ())
        else:
            ranks = tuple((float(p), _percentile(own, p)) for p in percents)
            found[label] = Norms(own.size, 0, _mean(own), _sd(own), ranks)
    return found


def _mean(own: Floats) -> Interval:
    reach = stats.t.ppf(0.975, own.size - 1) * own.std(ddof=1) / np.sqrt(own.size)
    return Interval(float(own.mean()), float(own.mean() - reach), float(own.mean() + reach))


def _sd(own: Floats) -> Interval:
    sd = float(own.std(ddof=1))
    if sd == 0:
        return Interval(0.0, 0.0, 0.0)
    fourth = ((own - own.mean()) ** 4).mean()
    error = np.sqrt(max(fourth - sd**4, 0.0) / (4 * own.size * sd**2))
    return Interval(sd, float(max(sd - 1.959964 * error, 0.0)), float(sd + 1.959964 * error))


def _percentile(own: Floats, percent: float) -> Interval:
    """own (n,) sorted. P(X₍l₎ ≤ q ≤ X₍u₎) ≥ P(l ≤ Bin(n, p) < u)."""
    below = stats.binom(own.size, percent / 100)
    lower, upper = int(below.ppf(0.025)) - 1, int(below.ppf(0.975))
    low = float(own[lower]) if lower >= 0 else float("nan")
    high = float(own[upper]) if upper < own.size else float("nan")
    return Interval(float(np.percentile(own, percent)), low, high)


def _discrepancy(log_psi: Floats, s: Floats) -> tuple[float, Floats]:
    """Of the concentrated likelihood, Σ_{m>1} θ_m − log θ_m − 1, and its slope along log ψ: Σ_{m>1} (1 − θ_m) ω_m²."""
    values, vectors = _scaled(log_psi, s)
    rest = values[:-1]
    slope = ((1 - rest) * vectors[:, :-1] ** 2).sum(axis=1)
    return float((rest - np.log(rest) - 1).sum()), slope


def _scaled(log_psi: Floats, s: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, ascending, and eigenvectors of Ψ^−½ S Ψ^−½."""
    root = np.exp(-log_psi / 2)
    values, vectors = np.linalg.eigh(s * np.outer(root, root))
    return values, vectors


def _bend(at: Floats, s: Floats) -> Floats:
    """Second derivatives of the discrepancy along log ψ (k, k), by central differences of its slope."""
    along = STEP * np.eye(at.size)
    bend = np.stack([_discrepancy(at + d, s)[1] - _discrepancy(at - d, s)[1] for d in along]) / (2 * STEP)
    return np.asarray((bend + bend.T) / 2, dtype=float)


def _lowest(s: Floats) -> Floats:
    """log ψ of the least discrepancy within the bounds, by projected Newton's steps, halved until they lead down."""
    low, high = np.log(SMALLEST_UNIQUE * np.diag(s)), np.log(np.diag(s))
    at = np.clip(-np.log(np.diag(np.linalg.inv(s))), low, high)  # 1 / S^jj: what the other items leave over
    value, slope = _discrepancy(at, s)
    for _ in range(200):
        free = ~((at <= low) & (slope > 0)) & ~((at >= high) & (slope < 0))
        if not free.any():
            break
        values, vectors = np.linalg.eigh(_bend(at, s)[np.ix_(free, free)])
        step = np.zeros(at.size)
        step[free] = vectors @ ((vectors.T @ slope[free]) / np.maximum(np.abs(values), 1e-3 * np.abs(values).max()))
        share = 1.0
        while share > 1e-8:
            there = np.clip(at - share * step, low, high)
            found, steepness = _discrepancy(there, s)
            if found <= value:
                break
            share /= 2
        moved = np.abs(there - at).max()
        if found > value:
            break
        at, value, slope = there, found, steepness
        if moved < 1e-12:
            break
    return at


def _loadings(log_psi: Floats, s: Floats) -> Floats:
    values, vectors = _scaled(log_psi, s)
    found = np.exp(log_psi / 2) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    return np.asarray(found if found.sum() >= 0 else -found, dtype=float)


def _omega(log_psi: Floats, s: Floats) -> float:
    common = _loadings(log_psi, s).sum() ** 2
    return float(common / (common + np.exp(log_psi).sum()))


def _slopes(factor: OneFactor, s: Floats) -> Floats:
    """∂ω/∂s_ij (k, k), symmetric, so that dω = Σ_ij slope_ij ds_ij.

    ψ follows s so that the slope g of the discrepancy stays zero: dω = ω_s ds − ω_ψ (∂g/∂ψ)⁻¹ g_s ds, with each part by
    central differences; a ψ at its bound stays there.
    """
    at, k, step = np.log(factor.uniquenesses), s.shape[0], STEP
    free = factor.uniquenesses > SMALLEST_UNIQUE * np.diag(s) * (1 + 1e-6)
    along = step * np.eye(k)
    bend = _bend(at, s)
    pull = np.array([_omega(at + d, s) - _omega(at - d, s) for d in along]) / (2 * step)
    follow = np.zeros(k)
    follow[free] = np.linalg.solve(bend[np.ix_(free, free)], pull[free])
    scale = np.sqrt(np.diag(s))
    slopes = np.empty((k, k))
    for i in range(k):
        for j in range(i + 1):
            moved = np.zeros((k, k))
            moved[i, j] = moved[j, i] = step * scale[i] * scale[j]
            direct = _omega(at, s + moved) - _omega(at, s - moved)
            through = follow @ (_discrepancy(at, s + moved)[1] - _discrepancy(at, s - moved)[1])
            slopes[i, j] = slopes[j, i] = (direct - through) / (2 * moved[i, j]) / (1 if i == j else 2)
    return slopes


def _with_error(value: float, given: Floats, slopes: Floats, reason: str) -> Coefficient:
    """Standard error √(Σ influence² / n (n − 1)); interval of log(1 − value) (Bonett 2002)."""
    n = given.shape[0]
    apart = given - given.mean(axis=0)
    influence = np.einsum("ni,ij,nj->n", apart, slopes, apart)
    error = float(influence.std(ddof=1) / np.sqrt(n))
    left = 1 - value
    reach = 1.959964 * error / left
    return Coefficient(value, error, float(1 - left * np.exp(reach)), float(1 - left * np.exp(-reach)), n, reason)


def _complete(answers: npt.ArrayLike, least: int) -> tuple[Floats, str]:
    table = np.asarray(answers, dtype=float)
    if table.ndim != 2:
        raise ValueError(f"answers must be a table of persons by items, not of shape {table.shape}")
    given = table[np.isfinite(table).all(axis=1)]
    people, items = given.shape
    if items < least:
        return given, f"{items} items, at least {least} are needed"
    if people < items + 10:
        return given, f"{people} complete rows, at least {items + 10} are needed"
    if (np.ptp(given, axis=0) == 0).any():
        return given, f"item {int(np.argmin(np.ptp(given, axis=0)))} does not vary"
    return given, "" if np.ptp(given.sum(axis=1)) > 0 else "the total does not vary"


def _none(given: Floats, reason: str) -> Coefficient:
    nan = float("nan")
    return Coefficient(nan, nan, nan, nan, given.shape[0], reason)
