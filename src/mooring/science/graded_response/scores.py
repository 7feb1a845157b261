"""One person's θ from the answers: expected a posteriori, maximum likelihood, weighted likelihood.

Each comes with its standard error, in units of θ. No answer gives no score (nan), never zero, and the reason is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from mooring.science._kernels import graded_scores as kernels
from mooring.science.graded_response.answers import as_answers
from mooring.science.graded_response.model import Answers, Floats, Items, probabilities

Ints = npt.NDArray[np.int64]

SPACING = 0.2
"""Of the quadrature's nodes, prior standard deviations, as mirt has it; closer where the answers are more exact."""
REACH, FAR_REACH = 6.0, 8.0
"""It reaches so many to each side of the reference group, of another prior: a forecast can be far from the answers."""
FLOOR = 1e-35
"""Least likelihood of a pair of answers relative to its greatest: keeps contradictory answers from underflowing."""
GRADED_MOST = 4 / 3
"""No graded item tells more than a² / 3 (many even categories); two categories tell a² / 4."""
GRID = 160
BEYOND = 30.0
"""A threshold with a |b| of this or more says that nobody chose the categories beyond it; it measures nothing."""
ROWS_A_THREAD = 4096


class Reason(IntEnum):
    """Why there is a score, or none."""

    SCORED = 0
    NO_ANSWERS = 1
    ALL_LOWEST = 2
    """Maximum likelihood lies at −∞."""
    ALL_HIGHEST = 3
    """Maximum likelihood lies at +∞."""
    UNDECIDED = 4
    """The weighted likelihood has several peaks: the answers contradict each other on items far apart."""


class Normal(NamedTuple):
    """What is believed of θ before the answers."""

    mean: float = 0.0
    sd: float = 1.0


STANDARD = Normal()
WIDE = Normal(0.0, 3.0)
"""For the likelihood alone: wide enough that those far from the reference group's mean are measured as well."""


class Scores(NamedTuple):
    """θ of n persons."""

    theta: Floats
    """(n,) nan for none."""
    standard_error: Floats
    """(n,) of EAP the posterior standard deviation; nan for none."""
    answered: Ints
    """(n,) number of answers it rests on."""
    reason: npt.NDArray[np.int64]
    """(n,) values of :class:`Reason`."""


class PlaneScores(NamedTuple):
    """θ of n persons in two dimensions."""

    theta: Floats
    """(n, 2) nan on an axis without answers."""
    covariance: Floats
    """(n, 2, 2)"""
    answered: Ints
    """(n, 2)"""
    reason: npt.NDArray[np.int64]
    """(n, 2) values of :class:`Reason`."""

    @property
    def standard_error(self) -> Floats:
        """(n, 2)"""
        return np.asarray(np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2)), dtype=float)


def eap(items: Items, answers: npt.ArrayLike, prior: Normal = STANDARD) -> Scores:
    """Posterior mean and standard deviation: ∫ θ L(θ) φ(θ) dθ / ∫ L φ (Bock & Mislevy 1982).

    answers (n, J), −1 or nan for a missing one; by rectangles on 61 nodes to ±6 (81 to ±8 standard deviations of any
    other prior), more where the items know θ closer than their spacing. All-lowest and all-highest rows have a finite
    score like any other. Pulled toward the prior's mean: for a filter, which has a prior of its own, see
    :func:`likelihood_alone`. Raises ValueError for items of several dimensions or out of order, answers of another
    shape or beyond an item's last category (naming the person and the item), and a prior that is not finite or has no
    spread.
    """
    given = checked(items, answers)
    nodes = _nodes(items, prior)
    tables = pair_tables(items, nodes)
    weight = _mass((nodes - prior.mean) / prior.sd)
    found, answered = np.empty((given.shape[0], 2)), np.empty(given.shape[0], dtype=np.int64)
    base = items.b.shape[1] + 2

    def rows(first: int, last: int) -> None:
        kernels.posterior_moments(given, tables, base, nodes - prior.mean, weight, first, last, found, answered)

    _in_threads(rows, given.shape[0])
    reason = np.where(answered > 0, Reason.SCORED, Reason.NO_ANSWERS)
    found[answered == 0] = np.nan
    return Scores(found[:, 0] + prior.mean, np.sqrt(found[:, 1]), answered, reason)


def ml(items: Items, answers: npt.ArrayLike) -> Scores:
    """The θ at which Σ l'_j(θ) = 0, l' = a (1 − P*_x − P*_x+1), with SE = 1 / √I(θ) (Samejima 1969).

    l is concave, so the root is the only one. Rows all at the lowest or all at the highest category have it at
    infinity: nan, and the reason. Arguments and errors as in :func:`eap`.
    """
    return _peaks(items, answers, False)


def wle(items: Items, answers: npt.ArrayLike) -> Scores:
    """The θ at which Σ l'_j + J / 2I = 0, J = Σ_j Σ_k P'P'' / P, with SE = 1 / √I(θ).

    Warm (1989, Psychometrika 54:427–450, doi 10.1007/BF02294627), for graded categories as in Magis (2015,
    Psychometrika 80:200–204): takes the bias of first order, −J / 2I², out of ML, and is finite for every row that has
    an answer. Where the answers contradict each other on items far apart there may be several roots; then nothing is
    claimed (nan, UNDECIDED). Arguments and errors as in :func:`eap`.
    """
    return _peaks(items, answers, True)


def without_prior(scores: Scores, prior: Normal = STANDARD) -> Scores:
    """What the answers alone say, from an EAP: 1/v = 1/PSD² − 1/v₀, y = v (EAP/PSD² − μ₀/v₀), SE = √v.

    The normal likelihood that, with that prior, has exactly this posterior mean and variance; v is positive, as the
    likelihood is log-concave. nan where the answers say next to nothing (1/v not above 1e-9 of 1/v₀). Raises
    ValueError for a prior that is not finite or has no spread.
    """
    _require(prior)
    with np.errstate(invalid="ignore"):
        posterior = 1 / scores.standard_error**2
        precision = posterior - 1 / prior.sd**2
        told = precision > 1e-9 / prior.sd**2
    precision[~told] = np.nan
    theta = (scores.theta * posterior - prior.mean / prior.sd**2) / precision
    reason = np.where(told | (scores.reason != Reason.SCORED), scores.reason, Reason.UNDECIDED)
    return Scores(theta, 1 / np.sqrt(precision), scores.answered, reason)


def likelihood_alone(items: Items, answers: npt.ArrayLike, prior: Normal = WIDE) -> Scores:
    """What a filter is fed: EAP under a wide prior, with that prior divided out again; finite for every answered row.

    A filter brings the forecast as its prior, so it must be given the likelihood and nothing else: fed with plain EAP,
    history counts twice. Of the three likelihoods this one covers best. 1,500 simulated persons × 20 weeks, 4 / 8 / 12
    items a week, share of filtered 95 % intervals that hold the true level, for persons about the reference mean and,
    after the stroke, 1.5 sd above it: this .95 .95 .95 | .94 .94 .95; WLE .94 .95 .94 | .88 .89 .90 (its normal curve
    is narrow where the likelihood is flat: at the ends of the scale); ML, which has nothing to say of all-highest
    rows and so loses the worst weeks, .93 .95 .95 | .85 .88 .90; plain EAP .86 .91 .92 | .66 .78 .82. Its error was
    also the smallest. Arguments and errors as in :func:`eap`.
    """
    return without_prior(eap(items, answers, prior), prior)


def eap_plane(items: Items, answers: npt.ArrayLike, correlation: float) -> PlaneScores:
    """EAP of both θ of simple structure: posterior ∝ L₁(θ₁) L₂(θ₂) φ₂(θ; ρ), standard normal with correlation ρ.

    The answers to either dimension inform both through ρ; an axis without any answer of its own stays nan: one
    construct is not scored from another. Arguments and errors as in :func:`eap`; also ValueError unless the items have
    dimensions 0 and 1, or |ρ| ≥ 1.
    """
    if not -1 < correlation < 1:
        raise ValueError(f"a correlation lies between -1 and 1, not {correlation}")
    given = checked(items, answers, dimensions=2)
    axes = [only(items, axis) for axis in (0, 1)]
    nodes = max((_nodes(axis, STANDARD, np.sqrt(1 - correlation**2)) for axis in axes), key=len)
    tables = [pair_tables(axis, nodes) for axis in axes]
    columns = [np.ascontiguousarray(given[:, items.dimension == axis]) for axis in (0, 1)]
    square = nodes[:, None] ** 2 - 2 * correlation * np.outer(nodes, nodes) + nodes**2
    joint = np.exp(-square / (2 * (1 - correlation**2)))
    moments = np.empty((given.shape[0], 5))
    answered = np.empty((2, given.shape[0]), dtype=np.int64)
    base = items.b.shape[1] + 2
    like = np.empty((2, min(ROWS_A_THREAD, max(given.shape[0], 1)), nodes.size))
    for first in range(0, given.shape[0], ROWS_A_THREAD):
        last = min(first + ROWS_A_THREAD, given.shape[0])
        for axis in (0, 1):
            kernels.likelihoods(columns[axis], tables[axis], base, first, last, like[axis], answered[axis])
        moments[first:last] = _plane_moments(like[0, : last - first], like[1, : last - first], joint, nodes)
    return _plane(moments, answered.T)


def by_axis(items: Items, answers: npt.ArrayLike, score: Callable[[Items, npt.ArrayLike], Scores]) -> PlaneScores:
    """:func:`ml` or :func:`wle` on each of two dimensions.

    Under simple structure the likelihood is a product, one factor a dimension, so the errors are uncorrelated
    whatever ρ is. Errors as in :func:`eap_plane`.
    """
    given = checked(items, answers, dimensions=2)
    both = [score(only(items, axis), given[:, items.dimension == axis]) for axis in (0, 1)]
    theta, error, answered, reason = (np.stack(column, axis=1) for column in zip(*both, strict=True))
    covariance = np.zeros((given.shape[0], 2, 2))
    covariance[:, [0, 1], [0, 1]] = error**2
    return PlaneScores(theta, covariance, answered, reason)


def only(items: Items, dimension: int) -> Items:
    """The items of one dimension, as a bank of their own."""
    own = items.dimension == dimension
    return Items(items.a[own], items.b[own], np.zeros(int(own.sum()), dtype=np.int64))


def checked(items: Items, answers: npt.ArrayLike, dimensions: int = 1) -> Answers:
    """Answers (n, J) as the loops want them; errors as in :func:`eap`."""
    check_items(items, dimensions)
    given = as_answers(answers)
    if given.shape[1] != items.a.size:
        raise ValueError(f"answers must be persons by {items.a.size} items, not of shape {given.shape}")
    wrong = kernels.first_beyond(given, items.categories)
    if wrong >= 0:
        person, item = divmod(int(wrong), items.a.size)
        last = int(items.categories[item]) - 1
        raise ValueError(
            f"person {person}, item {item}: {given[person, item]} is no category, they go from 0 to {last}"
        )
    return given


def check_items(items: Items, dimensions: int = 1) -> None:
    """Raises ValueError for parameters that are no graded response model, or dimensions other than 0 … D − 1."""
    present = np.isfinite(items.b)
    if items.b.ndim != 2 or items.a.shape != items.b.shape[:1] or items.a.shape != items.dimension.shape:
        raise ValueError(f"items: a {items.a.shape}, b {items.b.shape}, dimension {items.dimension.shape}")
    if not np.array_equal(np.unique(items.dimension), np.arange(dimensions)):
        raise ValueError(f"items must have the dimensions 0 to {dimensions - 1}, not {np.unique(items.dimension)}")
    wrong = ~(np.isfinite(items.a) & (items.a > 0)) | ~present[:, 0] | (present[:, 1:] > present[:, :-1]).any(axis=1)
    wrong |= (np.diff(items.b, axis=1) < 0).any(axis=1)
    if wrong.any():
        raise ValueError(f"item {int(np.argmax(wrong))}: a must be positive, thresholds finite and ascending")


def pair_tables(items: Items, nodes: Floats) -> Floats:
    """Likelihood (P, base², Q) of the answers to items 2p and 2p + 1, base = K + 1; code (x + 1) base + (y + 1).

    The greatest of a row is 1, the least :data:`FLOOR`.
    """
    pairs = (items.a.size + 1) // 2
    chance = np.ones((2 * pairs, items.b.shape[1] + 2, nodes.size))
    chance[: items.a.size, 1:] = probabilities(items, nodes).transpose(0, 2, 1)
    tables = chance[::2, :, None] * chance[1::2, None, :]
    top = tables.max(axis=3, keepdims=True)
    np.divide(tables, top, out=tables, where=top > 0)
    return np.asarray(np.maximum(tables, FLOOR, out=tables).reshape(pairs, -1, nodes.size), dtype=float)


def _peaks(items: Items, answers: npt.ArrayLike, warm: bool) -> Scores:
    given = checked(items, answers)
    grid = _grid(items)
    slopes = np.zeros((items.a.size, items.b.shape[1] + 1, grid.size))
    informations, leans = np.zeros((2, items.a.size, grid.size))
    reached = reached_of(items, grid)
    for j, k in enumerate(items.categories):
        s = 1 - reached[j, :k] - reached[j, 1 : k + 1]
        chance, spread = -np.diff(reached[j, : k + 1], axis=0), reached[j] * (1 - reached[j])
        slopes[j, :k] = items.a[j] * s
        informations[j] = items.a[j] ** 2 * (chance * s**2).sum(axis=0)
        leans[j] = items.a[j] ** 3 * (chance * s * (s**2 - spread[:k] - spread[1 : k + 1])).sum(axis=0)
    found = np.empty((given.shape[0], 2))
    reason, answered = np.empty((2, given.shape[0]), dtype=np.int64)
    parameters = np.ascontiguousarray(items.a, dtype=float), np.ascontiguousarray(items.b, dtype=float)
    lowest = (items.a[:, None] * items.b <= -BEYOND).sum(axis=1)
    highest = items.categories - 1 - (items.a[:, None] * items.b >= BEYOND).sum(axis=1)

    def rows(first: int, last: int) -> None:
        tables = slopes, informations, leans
        kernels.likelihood_peaks(
            given,
            *parameters,
            items.categories,
            lowest,
            highest,
            grid,
            tables,
            warm,
            first,
            last,
            found,
            reason,
            answered,
        )

    _in_threads(rows, given.shape[0])
    return Scores(found[:, 0], found[:, 1], answered, reason)


def reached_of(items: Items, theta: Floats) -> Floats:
    """P(X_j ≥ k | θ_q) (J, K + 1, Q): 1 for k = 0, and 0 from an item's own last category on."""
    reached = np.zeros((items.a.size, items.b.shape[1] + 2, theta.size))
    reached[:, 0] = 1
    reached[:, 1:-1] = expit(items.a[:, None, None] * (theta - items.b[:, :, None]))
    return np.asarray(np.nan_to_num(reached, nan=0.0), dtype=float)


def _grid(items: Items) -> Floats:
    """Where peaks are looked for: from 12 / a below the lowest threshold to as much above the highest one."""
    reach = 12 / items.a.min()
    within = items.b[np.abs(items.a[:, None] * items.b) < BEYOND]
    ends = (within.min(), within.max()) if within.size else (0.0, 0.0)
    return np.linspace(ends[0] - reach, ends[1] + reach, GRID)


def _nodes(items: Items, prior: Normal, narrower: float = 1.0) -> Floats:
    """Equally spaced θ about the prior's mean, not further apart than the posterior can become narrow."""
    _require(prior)
    information = (items.a**2).sum() / 4 * GRADED_MOST
    least = 1 / np.sqrt(information + 1 / (narrower * prior.sd) ** 2)
    reach = REACH if prior == STANDARD else FAR_REACH
    count = 2 * int(np.ceil(reach * max(prior.sd / least, 1 / SPACING) - 1e-9)) + 1
    return prior.mean + np.linspace(-reach, reach, count) * prior.sd


def _mass(z: Floats) -> Floats:
    density = np.exp(-(z**2) / 2)
    return np.asarray(density / density.sum(), dtype=float)


def _require(prior: Normal) -> None:
    if not (np.isfinite(prior).all() and prior.sd > 0):
        raise ValueError(f"a prior needs a finite mean and a spread above 0: {prior}")


def _in_threads(rows: Callable[[int, int], None], n: int) -> None:
    """Calls rows(first, last) over blocks, side by side when there are enough; the loops let go of the GIL."""
    workers = min(os.cpu_count() or 1, n // ROWS_A_THREAD)
    if workers < 2:
        rows(0, n)
        return
    edges = np.linspace(0, n, workers + 1).astype(int)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(rows, edges[:-1].tolist(), edges[1:].tolist()))


def _plane_moments(first: Floats, second: Floats, joint: Floats, nodes: Floats) -> Floats:
    """Means, variances and covariance (n, 5) of both θ, from likelihoods (n, Q) and the prior's mass (Q, Q)."""
    plain, once, twice = (first * ((second * nodes**power) @ joint) for power in (0, 1, 2))
    total = plain.sum(axis=1)
    x, y = plain @ nodes / total, once.sum(axis=1) / total
    xx, yy = plain @ nodes**2 / total - x**2, twice.sum(axis=1) / total - y**2
    return np.stack([x, y, xx, yy, once @ nodes / total - x * y], axis=1)


def _plane(moments: Floats, answered: Ints) -> PlaneScores:
    theta, covariance = moments[:, :2].copy(), np.empty((moments.shape[0], 2, 2))
    covariance[:, 0, 0], covariance[:, 1, 1] = moments[:, 2], moments[:, 3]
    covariance[:, 0, 1] = covariance[:, 1, 0] = moments[:, 4]
    silent = answered == 0
    theta[silent] = np.nan
    covariance[silent] = np.nan
    covariance.transpose(0, 2, 1)[silent] = np.nan
    return PlaneScores(theta, covariance, answered, np.where(silent, Reason.NO_ANSWERS, Reason.SCORED))
