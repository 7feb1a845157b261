"""Effect sizes: by hand, their intervals by an independent integral, a peer, and simulated coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from mooring.science.change import group_difference, mean_change, share

BEFORE, AFTER = np.array([10.0, 12, 15, 11, 18, 14]), np.array([8.0, 9, 15, 6, 13, 13])


def test_by_hand() -> None:
    """Changes −2 −3 0 −5 −5 −1: mean −8/3, sd √(64 − 6 · 64/9)/√5; before 40/3, sd √(1110 − 6 · 1600/9)/√5."""
    found = mean_change(BEFORE, AFTER)
    spread, own = math.sqrt((64 - 128 / 3) / 5), math.sqrt((1110 - 3200 / 3) / 5)
    assert found.mean == pytest.approx(-8 / 3)
    assert found.d_changes == pytest.approx(-8 / 3 / spread)
    assert found.d_before == pytest.approx((1 - 3 / 19) * -8 / 3 / own)
    low, high = stats.ttest_rel(AFTER, BEFORE).confidence_interval()
    assert found.mean_interval == pytest.approx((low, high))


def test_the_ends_are_where_the_observed_is_rare() -> None:
    """scipy's noncentral t, computed another way, puts 97.5 % and 2.5 % below the observed."""
    found = mean_change(BEFORE, AFTER)
    t = found.d_changes * math.sqrt(6)
    ends = [stats.nct.cdf(t, 5, end * math.sqrt(6)) for end in found.d_changes_interval]
    assert ends == pytest.approx([0.975, 0.025], abs=1e-7)
    g = group_difference(BEFORE, AFTER)
    j = 1 - 3 / 39
    ends = [stats.nct.cdf(g.g / j * math.sqrt(3), 10, end / j * math.sqrt(3)) for end in g.interval]
    assert ends == pytest.approx([0.975, 0.025], abs=1e-7)


@pytest.mark.parametrize(
    ("n", "before", "after", "r", "smcr"),
    [(20, (30.6, 15.0), (38.5, 11.6), 0.47, 0.5056), (9, (0.5, 0.1), (0.7, 0.1), 0.89, 1.8054),
     (14, (34.8, 3.1), (33.4, 6.9), 0.44, -0.4250)],
)  # fmt: skip
def test_in_standard_deviations_before_as_in_metafor(
    n: int, before: tuple[float, float], after: tuple[float, float], r: float, smcr: float
) -> None:
    """Studies of Morris 2008 as metafor's own tests give them (measure SMCR); persons made up with those moments."""
    z = np.random.default_rng(n).normal(size=(n, 2))
    z = np.linalg.qr(z - z.mean(axis=0))[0] * math.sqrt(n - 1)
    x, y = z[:, 0], r * z[:, 0] + math.sqrt(1 - r * r) * z[:, 1]
    found = mean_change(before[0] + before[1] * x, after[0] + after[1] * y)
    assert found.d_before == pytest.approx(smcr, abs=2.5e-3)


def test_hedges_g_by_hand() -> None:
    """Means 3 and 5, both variances 2.5 with five each: d = 2/√2.5, J = 1 − 3/31."""
    assert group_difference([1, 2, 3, 4, 5], [3, 4, 5, 6, 7]).g == pytest.approx((1 - 3 / 31) * 2 / 2.5**0.5)


@pytest.mark.parametrize(("count", "of"), [(0, 10), (3, 10), (26, 40), (40, 40), (1, 1)])
def test_wilson_as_in_statsmodels(count: int, of: int) -> None:
    assert share(count, of).interval == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-12)


def coverage(of: str) -> float:
    """Share of 1,500 simulated groups whose interval holds the true effect."""
    rng, held = np.random.default_rng(12), 0
    for _ in range(1500):
        x = rng.normal(20, 5, 25)
        y = 20 + 0.7 * (x - 20) - 4 + rng.normal(0, 3, 25)
        if of == "group":
            held += (found := group_difference(x, rng.normal(24, 5, 30)).interval).low < 0.8 < found.high
        else:
            change = mean_change(x, y)
            sd = math.hypot(0.3 * 5, 3)
            truth = {"mean": -4, "d_before": -0.8, "d_changes": -4 / sd}[of]
            low, high = getattr(change, f"{of}_interval")
            held += low < truth < high
    return held / 1500


@pytest.mark.parametrize("of", ["mean", "d_before", "d_changes", "group"])
def test_intervals_hold_what_they_say(of: str) -> None:
    assert 0.93 <= coverage(of) <= 0.97


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), max_size=8))
def test_any_group_is_answered(pairs: list[tuple[float, float]]) -> None:
    found = mean_change([x for x, _ in pairs], [y for _, y in pairs])
    assert found.n == len(pairs)
    low, high = found.d_changes_interval
    assert math.isnan(low) or low <= found.d_changes <= high


def test_what_tells_nothing_is_nan() -> None:
    assert math.isnan(mean_change([], []).mean)
    assert mean_change([1], [3]).mean == 2
    assert math.isnan(mean_change([1, 2], [2, 3]).d_changes)
    assert math.isnan(group_difference([1], [2, 3]).g)
    assert math.isnan(group_difference([1, 1], [2, 2]).g)
    assert math.isnan(share(0, 0).share)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        mean_change([1, 2], [2, 4], level=1)
    with pytest.raises(ValueError, match="shape"):
        mean_change([1, 2], [2])
    with pytest.raises(ValueError, match="no share"):
        share(3, 2)
