"""Two levels that pull at each other over time, and which one moves first.

    dη = −K (η − μ) dt + noise,  Cov(noise) = Q dt,  score_i(t) = η_i(t) + error,  Var(error) = SE²

a bivariate Ornstein–Uhlenbeck process in continuous time, from its stationary start (Oravecz, Tuerlinckx &
Vandekerckhove 2011, doi 10.1037/a0024375, for one person's affect; abstract read). Occasions may be irregular,
simultaneous or half missing. −K₂₁ is the pull of the first level on the second: by how many points a week the second is
drawn up for each point the first stands above its mean, whatever the second does by itself. Errors of measurement are
known and taken out, so a noisy first score does not lend its future to the second.

The intervals are those of the likelihood ratio (profile), held against n log(1 + F/(n − 9)) with F of 1 and n − 9
degrees of freedom instead of χ²: exact for a regression with nine coefficients, it makes up for few occasions (by
simulation at 60, χ² held the truth in 91 %, this in 96 %). Below :data:`ENOUGH` nothing is estimated: nine numbers
would be asked of too few. A pull says what came first in these two series, not what caused it; something third may
have moved both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from mooring.science._kernels.coupled import log_likelihood

Floats = npt.NDArray[np.float64]
ENOUGH = 60
"""Occasions at which both were answered; house rule, by the simulation in tests/science/test_coupled.py."""
PARAMETERS = 9
FARTHEST = 20.0
"""Pulls beyond so many a week, on standardised scores, are not looked for; the end is then infinite."""


class Pull(NamedTuple):
    """nan where nothing was estimated."""

    rate: float
    """Points of the follower a week, for each point of the leader."""
    low: float
    high: float
    p: float
    """Of no pull, by the likelihood ratio against F."""


class Coupling(NamedTuple):
    first_on_second: Pull
    second_on_first: Pull
    occasions: int
    """At which both were answered."""
    log_likelihood: float
    why_not: str
    """Empty, or why nothing was estimated."""
    level: float


NONE = Pull(math.nan, math.nan, math.nan, math.nan)


def couple(times: npt.ArrayLike, scores: npt.ArrayLike, errors: npt.ArrayLike, level: float = 0.95) -> Coupling:
    """Which of two levels pulls at the other, with intervals; or why that cannot be said.

    times (n,) weeks, not decreasing; scores (n, 2) points, nan for missing; errors: standard errors that broadcast to
    (n, 2), positive. Too few occasions, no time between them, or a constant series: nothing is estimated, and why_not
    says so. Raises ValueError for times that go back, shapes that do not fit, errors that are not positive.
    """
    at, given, variances = _checked(times, scores, errors)
    both = int(np.isfinite(given).all(axis=1).sum())
    why = _why_not(at, given, both)
    if why:
        return Coupling(NONE, NONE, both, math.nan, why, level)
    middle, spread = np.nanmean(given, axis=0), np.nanstd(given, axis=0)
    minus = _minus_log_likelihood(at, (given - middle) / spread, variances / spread**2)
    best = _best(minus)
    start = np.asarray(best.x, dtype=float)
    pulls = []
    for place in (5, 4):
        leader, follower = (0, 1) if place == 5 else (1, 0)
        unit = float(spread[follower] / spread[leader])
        pulls.append(_pull(minus, (start, float(best.fun)), place, unit, both, level))
    value = -float(best.fun) - float((np.isfinite(given).sum(axis=0) * np.log(spread)).sum())
    return Coupling(pulls[0], pulls[1], both, value, "", level)


def profile(minus: Callable[[Floats], float], start: Floats, place: int, value: float) -> float:
    """Least minus log-likelihood with one coordinate held."""
    free = np.delete(np.arange(9), place)

    def rest(theta: Floats) -> float:
        return minus(np.insert(theta, place, value))

    starts = (start[free], np.where(np.isin(free, (4, 5)), 0.0, start[free]), _start(0.4)[free])
    return min(float(optimize.minimize(rest, one, method="BFGS", options={"gtol": 1e-4}).fun) for one in starts)


def margin(occasions: int, level: float) -> float:
    """How far the log-likelihood may fall inside an interval."""
    free = occasions - PARAMETERS
    return occasions * math.log1p(float(stats.f.ppf(level, 1, free)) / free) / 2


def holm(chances: Sequence[float]) -> list[float]:
    """p values corrected for having asked so often: of m, the smallest times m, the next times m − 1, and so on, none
    smaller than the one before and none above 1 (Holm 1979, Scand J Stat 6:65–70,
    JSTOR 4615733). nan was not asked, and stays."""
    asked = sorted((p, place) for place, p in enumerate(chances) if not math.isnan(p))
    corrected, largest = [math.nan] * len(chances), 0.0
    for rank, (p, place) in enumerate(asked):
        largest = max(largest, min(p * (len(asked) - rank), 1.0))
        corrected[place] = largest
    return corrected


def _chance(fall: float, occasions: int) -> float:
    """p of a fall of the log-likelihood."""
    free = occasions - PARAMETERS
    return float(stats.f.sf(free * math.expm1(2 * max(fall, 0.0) / occasions), 1, free))


def _pull(
    minus: Callable[[Floats], float], found: tuple[Floats, float], place: int, unit: float, occasions: int, level: float
) -> Pull:
    start, best = found
    limit = margin(occasions, level)

    def beyond(value: float) -> float:
        return profile(minus, start, place, value) - best - limit

    ends = []
    for side in (-1, 1):
        step, inner, outer = 0.1, float(start[place]), math.inf
        while step < FARTHEST:
            there = float(start[place]) + side * step
            if beyond(there) > 0:
                outer = there
                break
            inner, step = there, step * 2
        ends.append(side * math.inf if math.isinf(outer) else float(optimize.brentq(beyond, inner, outer, xtol=1e-3)))
    # The coordinate is K; the pull is −K.
    p = _chance(profile(minus, start, place, 0.0) - best, occasions)
    return Pull(-float(start[place]) * unit, -ends[1] * unit, -ends[0] * unit, p)


def _minus_log_likelihood(at: Floats, given: Floats, variances: Floats) -> Callable[[Floats], float]:
    """Of θ = mean (2), log K11, log K22, K12, K21, then the root of Q: log, plain, log."""

    def minus(theta: Floats) -> float:
        if np.abs(theta).max() > 30:
            return 1e10
        root = math.exp(theta[6]), theta[7], math.exp(theta[8])
        q = (root[0] ** 2, root[0] * root[1], root[1] ** 2 + root[2] ** 2)
        k = (math.exp(theta[2]), theta[4], theta[5], math.exp(theta[3]))
        value = log_likelihood(at, given, variances, (theta[0], theta[1]), k, q)
        return -float(value) if math.isfinite(value) else 1e10

    return minus


def _best(minus: Callable[[Floats], float]) -> optimize.OptimizeResult:
    """From a slow and a fast start."""
    tries = [optimize.minimize(minus, _start(rate), method="BFGS", options={"gtol": 1e-4}) for rate in (0.2, 0.4, 1.0)]
    return min(tries, key=lambda one: float(one.fun))


def _start(rate: float) -> Floats:
    """Two levels that leave each other alone and vary by 1."""
    log, root = math.log(rate), math.log(2 * rate) / 2
    return np.array([0, 0, log, log, 0, 0, root, 0, root])


def _checked(times: npt.ArrayLike, scores: npt.ArrayLike, errors: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    at, given = np.asarray(times, dtype=float), np.array(scores, dtype=float)
    if at.ndim != 1 or given.shape != (at.size, 2):
        raise ValueError(f"times {at.shape} and scores {given.shape} do not fit (n,) and (n, 2)")
    if not np.isfinite(at).all() or (np.diff(at) < 0).any():
        raise ValueError("times must be finite and must not go back")
    if np.isinf(given).any():
        raise ValueError("a score is infinite")
    spread = np.broadcast_to(np.asarray(errors, dtype=float), given.shape)
    if not (spread[np.isfinite(given)] > 0).all():
        raise ValueError("standard errors must be positive")
    return np.ascontiguousarray(at), given, np.ascontiguousarray(spread**2)


def _why_not(at: Floats, given: Floats, both: int) -> str:
    if both < ENOUGH:
        return f"{both} occasions with both; at least {ENOUGH} are needed to tell who moves first"
    seen = at[np.isfinite(given).all(axis=1)]
    if np.unique(seen).size < ENOUGH:
        return f"{np.unique(seen).size} different times; at least {ENOUGH} are needed"
    if (np.nanstd(given, axis=0) <= 1e-9 * (1 + np.abs(np.nanmean(given, axis=0)))).any():
        return "one of the two never changes"
    return ""
