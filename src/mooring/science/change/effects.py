"""How large a change or a difference is in a group, with intervals. Each says what it is standardised by."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from mooring.science.change.index import points

NODES = np.polynomial.legendre.leggauss(300)


class Interval(NamedTuple):
    low: float
    high: float


class MeanChange(NamedTuple):
    """nan where too few persons, or nobody who differs, tell nothing."""

    n: int
    mean: float
    """Of after − before, points."""
    mean_interval: Interval
    """By Student's t."""
    d_before: float
    """The mean change in standard deviations before, corrected for few persons."""
    d_before_interval: Interval
    d_changes: float
    """The mean change in standard deviations of the changes themselves, uncorrected (d_z)."""
    d_changes_interval: Interval
    level: float


class GroupDifference(NamedTuple):
    n: tuple[int, int]
    g: float
    """second − first over the pooled standard deviation, corrected for few persons."""
    interval: Interval
    level: float


class Share(NamedTuple):
    number: int
    of: int
    share: float
    interval: Interval
    level: float


def mean_change(before: npt.ArrayLike, after: npt.ArrayLike, level: float = 0.95) -> MeanChange:
    """Mean change of a group and its two standardised forms.

    d_before = J D̄ / s₁ (the standardised mean change; Becker 1988, doi 10.1111/j.2044-8317.1988.tb00901.x, read in the
    R package metafor, whose SMCR it is) with J = 1 − 3 / (4 (n − 1) − 1) (Hedges 1981, doi
    10.3102/10769986006002107); its interval J (D̄/s₁ ± t √(s_D²/(n s₁²) + d²/(2 (n − 1)))), by the delta method for
    normal scores, t with n − 1. d_changes = D̄ / s_D, whose interval is exact for normal changes: √n d is a noncentral t
    with n − 1 degrees of freedom (Cumming & Finch 2001, doi 10.1177/0013164401614002). The two are not comparable: s_D
    is smaller the more before and after go together.
    before, after (n,), points, nan for missing (such persons are left out). Raises ValueError for a level outside
    0 to 1, unequal shapes, or an infinite score.
    """
    _require_level(level)
    first, second = points(before), points(after)
    if first.shape != second.shape:
        raise ValueError(f"before and after differ in shape: {first.shape} and {second.shape}")
    both = np.isfinite(first) & np.isfinite(second)
    x, changes = first[both], second[both] - first[both]
    n, nothing = int(x.size), Interval(math.nan, math.nan)
    if n < 2:
        mean = float(changes[0]) if n else math.nan
        return MeanChange(n, mean, nothing, math.nan, nothing, math.nan, nothing, level)
    mean, spread, own = float(changes.mean()), float(changes.std(ddof=1)), float(x.std(ddof=1))
    t = float(stats.t.ppf((1 + level) / 2, n - 1))
    half = t * spread / math.sqrt(n)
    d_before, in_before = math.nan, nothing
    if own > 0:
        d, j = mean / own, _correction(n - 1)
        error = math.sqrt(spread**2 / (n * own**2) + d**2 / (2 * (n - 1)))
        d_before, in_before = j * d, Interval(j * (d - t * error), j * (d + t * error))
    d_changes, in_changes = math.nan, nothing
    if spread > 0:
        d_changes = mean / spread
        in_changes = _scaled(_noncentral(math.sqrt(n) * d_changes, n - 1, level), 1 / math.sqrt(n))
    return MeanChange(n, mean, Interval(mean - half, mean + half), d_before, in_before, d_changes, in_changes, level)


def group_difference(first: npt.ArrayLike, second: npt.ArrayLike, level: float = 0.95) -> GroupDifference:
    """Hedges' g of two groups: J (M₂ − M₁) / s_pooled, J = 1 − 3 / (4 ν − 1), ν = n₁ + n₂ − 2 (Hedges 1981, doi
    10.3102/10769986006002107).

    The interval is exact for normal scores of equal variance: g/J √(n₁ n₂/(n₁ + n₂)) is a noncentral t with ν degrees
    of freedom (Cumming & Finch 2001, doi 10.1177/0013164401614002); its ends are corrected like g. first, second:
    (n₁,), (n₂,), points, nan is left out. nan with fewer than two in a group, or where nobody differs. Raises
    ValueError for a level outside 0 to 1 or an infinite score.
    """
    _require_level(level)
    groups = [points(group) for group in (first, second)]
    x, y = (group[np.isfinite(group)] for group in groups)
    n = (int(x.size), int(y.size))
    if min(n) < 2:
        return GroupDifference(n, math.nan, Interval(math.nan, math.nan), level)
    free = sum(n) - 2
    pooled = math.sqrt(((n[0] - 1) * float(x.var(ddof=1)) + (n[1] - 1) * float(y.var(ddof=1))) / free)
    if pooled == 0:
        return GroupDifference(n, math.nan, Interval(math.nan, math.nan), level)
    root, j = math.sqrt(n[0] * n[1] / sum(n)), _correction(free)
    d = (float(y.mean()) - float(x.mean())) / pooled
    return GroupDifference(n, j * d, _scaled(_noncentral(root * d, free, level), j / root), level)


def share(count: int, of: int, level: float = 0.95) -> Share:
    """A share with Wilson's score interval (1927, doi 10.1080/01621459.1927.10502953); nan of nobody.

    Raises ValueError for a count outside 0 to `of` or a level outside 0 to 1.
    """
    _require_level(level)
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    if of == 0:
        return Share(0, 0, math.nan, Interval(math.nan, math.nan), level)
    z, p = float(stats.norm.ppf((1 + level) / 2)), count / of
    middle = (p + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * math.sqrt(p * (1 - p) / of + z**2 / (4 * of**2)) / (1 + z**2 / of)
    return Share(count, of, p, Interval(max(middle - half, 0.0), min(middle + half, 1.0)), level)


def _require_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")


def _correction(free: int) -> float:
    """Hedges' J; with one degree of freedom it is 0, and nothing is left to correct: nan."""
    return 1 - 3 / (4 * free - 1) if free > 1 else math.nan


def _noncentral(t: float, free: int, level: float) -> Interval:
    """The noncentralities δ under which a t at least, or at most, so large is as rare as (1 − level)/2.

    P(T ≤ t) = ∫ Φ(t u/√ν − δ) dχ_ν(u), by 300 nodes; scipy's own is nan far out.
    """
    low, high = stats.chi.ppf([1e-15, 1 - 1e-15], free)
    u = low + (high - low) / 2 * (NODES[0] + 1)
    weights = (high - low) / 2 * NODES[1] * stats.chi.pdf(u, free)
    means = t * u / math.sqrt(free)

    def end(probability: float) -> float:
        def miss(delta: float) -> float:
            return float(weights @ special.ndtr(means - delta)) - probability

        reach = 4.0
        while miss(t - reach) < 0 or miss(t + reach) > 0:
            reach *= 2
        return float(optimize.brentq(miss, t - reach, t + reach, xtol=1e-10))

    return Interval(end((1 + level) / 2), end((1 - level) / 2))


def _scaled(interval: Interval, by: float) -> Interval:
    return Interval(interval.low * by, interval.high * by)
