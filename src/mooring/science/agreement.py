"""Do client and clinician rate alike? Their mean difference, how far apart they may be, and what a ceiling hides.

    d̄ = mean(client − clinician),  interval d̄ ± t s_d / √n  (paired t, n − 1 degrees of freedom)
    limits of agreement  d̄ ± 1.96 s_d  (Bland & Altman 1986, Lancet 327:307–310, doi 10.1016/S0140-6736(86)90837-8)

The limits are estimates too. Bland and Altman's ± t √(3 s_d²/n) is for many pairs; for normal differences
√n (d̄ + 1.96 s_d − the true limit)/s_d follows from a noncentral t with noncentrality 1.96 √n, and these exact ends are
given.

A rating at the maximum says "at least this". Where one lies there, the two are a bivariate normal of which only
min(value, maximum) was seen (Tobin 1958, Econometrica 26:24–36, doi 10.2307/1907382, for one variable), fitted by
maximum likelihood over five numbers: both means, both standard deviations, their correlation. The interval of the
difference of the means is that of the likelihood ratio, held against n log(1 + t²/(n − 1)), of which the paired t is
the case without a ceiling: exactly, whatever the correlation. Ratings of one pair follow each other; the intervals
treat occasions as independent, and hold less where differences linger from session to session.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

Floats = npt.NDArray[np.float64]
APART = 1.96
"""Standard deviations from the mean difference to a limit of agreement: 95 of 100 differences lie between."""
ENOUGH = 7
"""Pairs. The exact interval of a limit is 3.55 s_d wide with seven and 4.12 with six, while the limits lie 3.92 s_d
apart: with fewer, one limit is not told from the other."""
BELOW = 7
"""Ratings of each below the maximum, for a difference behind a ceiling; by the simulation in the tests."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)


class WhyNot(StrEnum):
    FEW = "fewer than seven occasions with both ratings"
    NO_SPREAD = "the two always differ by the same amount"
    CEILING = "fewer than seven ratings of one of the two lie below the maximum"


class Interval(NamedTuple):
    low: float
    high: float


NOTHING = Interval(math.nan, math.nan)


class Agreement(NamedTuple):
    """Points; nan where nothing can be said, and why_not says why."""

    pairs: int
    """Occasions with both ratings."""
    mean_difference: float
    """Of client − clinician, as rated."""
    difference: float
    """The same; behind a ceiling, of what the ratings would be without a maximum."""
    interval: Interval
    """95 %, of the difference."""
    censored: bool
    """A rating lay at the maximum, so the difference is an estimate behind the ceiling."""
    limits: Interval
    """95 of 100 differences lie between, if normal; as rated, also under a ceiling."""
    low_limit: Interval
    """95 % of the lower limit; nan under a ceiling, where differences as rated are not normal."""
    high_limit: Interval
    correlation: float
    """Over the occasions, as rated: a ceiling lowers it. nan where one rating never changes."""
    correlation_interval: Interval
    """95 %, Fisher's z; nan under a ceiling."""
    client_at_maximum: float
    """Share of the pairs."""
    clinician_at_maximum: float
    why_not: WhyNot | None


def agreement(client: npt.ArrayLike, clinician: npt.ArrayLike, minimum: float, maximum: float) -> Agreement:
    """How far a client's and a clinician's ratings of the same occasions lie apart; see the module.

    client, clinician (n,), points on one scale from minimum to maximum, nan for missing: an occasion without both is
    left out. Too few pairs, differences that are all the same, or too few ratings below the maximum: no interval, and
    why_not says so. Raises ValueError for unequal shapes, a minimum not below the maximum, and ratings outside them.
    """
    one, other = _paired(client, clinician, minimum, maximum)
    n, apart = int(one.size), one - other
    at_top, at_other_top = (float((each == maximum).mean()) if n else math.nan for each in (one, other))
    mean, censored = float(apart.mean()) if n else math.nan, bool(n and max(at_top, at_other_top) > 0)
    spread = float(apart.std(ddof=1)) if n > 1 else math.nan
    correlation, r_ends = _correlation(one, other)
    why = _why_not(one, other, maximum, spread)
    difference, ends = (math.nan, NOTHING) if censored else (mean, NOTHING)
    limits = low = high = NOTHING
    if why not in (WhyNot.FEW, WhyNot.NO_SPREAD):
        limits = Interval(mean - APART * spread, mean + APART * spread)
    if why is None and censored:
        difference, ends = _behind_the_ceiling(one, other, maximum)
    elif why is None:
        half = float(stats.t.ppf(0.975, n - 1)) * spread / math.sqrt(n)
        ends, low, high = Interval(mean - half, mean + half), *_limit_ends(mean, spread, n)
    r_ends = NOTHING if censored or why else r_ends
    return Agreement(
        n, mean, difference, ends, censored, limits, low, high, correlation, r_ends, at_top, at_other_top, why
    )


def _paired(client: npt.ArrayLike, clinician: npt.ArrayLike, minimum: float, maximum: float) -> tuple[Floats, Floats]:
    one, other = np.asarray(client, dtype=float), np.asarray(clinician, dtype=float)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"the ratings must be two rows of one length, not {one.shape} and {other.shape}")
    if not minimum < maximum or not math.isfinite(maximum - minimum):
        raise ValueError(f"the minimum must lie below the maximum, not {minimum} and {maximum}")
    for name, each in (("client", one), ("clinician", other)):
        outside = ~np.isnan(each) & ~((each >= minimum) & (each <= maximum))
        if outside.any():
            where = int(np.argmax(outside))
            raise ValueError(f"{name}, occasion {where}: {each[where]:g} lies outside {minimum:g} to {maximum:g}")
    both = ~np.isnan(one) & ~np.isnan(other)
    return one[both], other[both]


def _why_not(one: Floats, other: Floats, maximum: float, spread: float) -> WhyNot | None:
    if one.size < ENOUGH:
        return WhyNot.FEW
    below = min(int((each < maximum).sum()) for each in (one, other))
    if below < min(BELOW, one.size):
        return WhyNot.CEILING
    return WhyNot.NO_SPREAD if spread <= _rounding(one, other) else None


def _rounding(one: Floats, other: Floats) -> float:
    """A standard deviation up to this is none."""
    return 1e-9 * (1 + float(max(np.abs(one).max(), np.abs(other).max())))


def _correlation(one: Floats, other: Floats) -> tuple[float, Interval]:
    if one.size < 2 or min(one.std(), other.std()) <= _rounding(one, other):
        return math.nan, NOTHING
    r = float(np.clip(np.corrcoef(one, other)[0, 1], -1, 1))
    if one.size < 4 or abs(r) == 1:
        return r, NOTHING
    half = APART / math.sqrt(one.size - 3)
    return r, Interval(math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def _limit_ends(mean: float, spread: float, n: int) -> tuple[Interval, Interval]:
    root = math.sqrt(n)
    near, far = (float(q) * spread / root for q in stats.nct.ppf([0.025, 0.975], n - 1, APART * root))
    return Interval(mean - far, mean - near), Interval(mean + near, mean + far)


def _behind_the_ceiling(one: Floats, other: Floats, maximum: float) -> tuple[float, Interval]:
    minus, start, unit = likelihood(one, other, maximum)
    best = optimize.minimize(minus, start, method="BFGS", options={"gtol": 1e-5})
    top, found = np.asarray(best.x, dtype=float), float(best.fun)

    def beyond(value: float) -> float:
        return profile(minus, top, value) - found - margin(one.size)

    ends = []
    for side in (-1.0, 1.0):
        step = 0.5
        while beyond(float(top[0]) + side * step) < 0 and step < 64:
            step *= 2
        reached = float(top[0]) + side * step
        ends.append(side * math.inf if step >= 64 else float(optimize.brentq(beyond, top[0], reached, xtol=1e-3)))
    return float(top[0]) * unit, Interval(ends[0] * unit, ends[1] * unit)


def margin(n: int) -> float:
    """How far the log-likelihood may fall inside the interval: n log(1 + t²/(n − 1)) / 2."""
    return n * math.log1p(float(stats.t.ppf(0.975, n - 1)) ** 2 / (n - 1)) / 2


def profile(minus: Callable[[Floats], float], top: Floats, difference: float) -> float:
    """Least minus log-likelihood with the difference held."""

    def rest(theta: Floats) -> float:
        return minus(np.insert(theta, 0, difference))

    return float(optimize.minimize(rest, top[1:], method="BFGS", options={"gtol": 1e-5}).fun)


def likelihood(one: Floats, other: Floats, maximum: float) -> tuple[Callable[[Floats], float], Floats, float]:
    """Minus the log-likelihood of θ = (difference, the other's mean, log sd (2), artanh r) in units of one sd; where
    to start; and that unit, points."""
    unit = float(np.sqrt((one.var() + other.var()) / 2))
    middle = float(other.mean())
    x, y, top = (one - middle) / unit, (other - middle) / unit, (maximum - middle) / unit
    seen_x, seen_y = one < maximum, other < maximum
    both, only_x, only_y = seen_x & seen_y, seen_x & ~seen_y, ~seen_x & seen_y
    hidden = int((~seen_x & ~seen_y).sum())
    xs, ys, x_alone, y_alone = x[both], y[both], x[only_x], y[only_y]

    def minus(theta: Floats) -> float:
        if np.abs(theta).max() > 50 or np.abs(theta[2:]).max() > 8:
            return 1e10
        s_x, s_y, r = math.exp(theta[2]), math.exp(theta[3]), math.tanh(theta[4])
        m_x, m_y, left = theta[1] + theta[0], theta[1], 1 / math.cosh(theta[4])
        u, v = (xs - m_x) / s_x, (ys - m_y) / s_y
        h, k = (top - m_x) / s_x, (top - m_y) / s_y
        value = float(((u * u - 2 * r * u * v + v * v).sum()) / (2 * left**2))
        value += xs.size * (math.log(2 * math.pi * left) + theta[2] + theta[3])
        for alone, m, log_s, mine in ((x_alone, m_x, theta[2], k), (y_alone, m_y, theta[3], h)):
            if alone.size:
                w = (alone - m) / math.exp(log_s)
                value += float((w * w).sum()) / 2 + alone.size * (math.log(2 * math.pi) / 2 + log_s)
                value -= float(special.log_ndtr((r * w - mine) / left).sum())
        if hidden:
            value -= hidden * math.log(max(both_above(h, k, r), 1e-300))
        return float(value)

    start = np.array([x.mean() - y.mean(), y.mean(), math.log(max(x.std(), 0.1)), math.log(max(y.std(), 0.1)), 0.0])
    return minus, start, unit


def both_above(h: float, k: float, r: float) -> float:
    """P(X > h, Y > k) of two standard normals with correlation r.

    Φ(−h) Φ(−k) + 1/(2π) ∫ exp(−(h² + k² − 2 h k sin a)/(2 cos² a)) da over 0 to arcsin r, by 48 nodes (Plackett 1954's
    derivative in r, with r = sin a).
    """
    end = math.asin(r)
    a = end * (NODES + 1) / 2
    inside = np.exp(-(h * h + k * k - 2 * h * k * np.sin(a)) / (2 * np.cos(a) ** 2))
    return float(special.ndtr(-h) * special.ndtr(-k) + end / 2 * (WEIGHTS @ inside) / (2 * math.pi))
