"""Client and clinician side by side: published tables, closed forms, a likelihood by integration, and coverage."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate, optimize, stats

from mooring.science import agreement as module
from mooring.science.agreement import ENOUGH, WhyNot, agreement, both_above, likelihood, margin, profile

Floats = npt.NDArray[np.float64]

WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak flow of 17 persons, first readings, two meters (Bland & Altman 1986, table 1)."""


def ratings(rng: np.random.Generator, n: int, means: tuple[float, float], r: float) -> tuple[Floats, Floats]:
    z = rng.normal(size=(n, 2))
    return means[0] + 0.6 * (r * z[:, 0] + math.sqrt(1 - r * r) * z[:, 1]), means[1] + 0.5 * z[:, 0]


def test_the_paper_s_two_meters() -> None:
    """Mean difference −2.1, s 38.8, its interval −22.0 to 17.8 (Bland & Altman 1986; limits there with 2 for 1.96)."""
    found = agreement(WRIGHT, MINI, 0, 1000)
    assert found.pairs == 17
    assert found.difference == found.mean_difference == pytest.approx(-2.1, abs=0.05)
    assert found.interval == pytest.approx((-22.0, 17.8), abs=0.1)
    assert found.limits == pytest.approx((-2.118 - 1.96 * 38.77, -2.118 + 1.96 * 38.77), abs=0.1)
    assert not found.censored
    assert found.why_not is None


def test_the_difference_is_scipy_s_paired_t_and_the_correlation_scipy_s() -> None:
    x, y = ratings(np.random.default_rng(3), 30, (3.4, 3.1), 0.5)
    found, r = agreement(x, y, 0, 9), stats.pearsonr(x, y)
    assert found.interval == pytest.approx(tuple(stats.ttest_rel(x, y).confidence_interval()), abs=1e-12)
    assert found.correlation == pytest.approx(r.statistic)
    assert found.correlation_interval == pytest.approx(tuple(r.confidence_interval()), abs=1e-5)


def test_intervals_of_the_limits_are_the_paper_s_for_many_pairs() -> None:
    """√(3/n) s_d in the paper; exact to first order is √(1/n + 1.96²/(2 (n − 1))), 2.92 where the paper rounds to 3."""
    x, y = ratings(np.random.default_rng(4), 4000, (3.4, 3.1), 0.5)
    found, spread = agreement(x, y, -9, 19), float((x - y).std(ddof=1))
    for limit, ends in ((found.limits.low, found.low_limit), (found.limits.high, found.high_limit)):
        half = 1.96 * math.sqrt(1 + 1.96**2 / 2) * spread / math.sqrt(4000)
        assert (ends.low, ends.high) == pytest.approx((limit - half, limit + half), rel=2e-3)


def test_a_limit_is_told_from_the_other_from_seven_pairs_on() -> None:
    def width(n: int) -> float:
        near, far = stats.nct.ppf([0.025, 0.975], n - 1, 1.96 * math.sqrt(n)) / math.sqrt(n)
        return float(far - near)

    assert width(ENOUGH) < 2 * 1.96 < width(ENOUGH - 1)


def test_exact_intervals_hold_the_limit_and_the_difference() -> None:
    rng, held = np.random.default_rng(5), np.zeros(3)
    low, high = 0.3 - 1.96 * math.sqrt(0.36 + 0.25 - 0.3), 0.3 + 1.96 * math.sqrt(0.36 + 0.25 - 0.3)
    for _ in range(800):
        found = agreement(*ratings(rng, 9, (3.4, 3.1), 0.5), -20, 20)
        ends = (found.interval, found.low_limit, found.high_limit)
        held += [end.low < true < end.high for end, true in zip(ends, (0.3, low, high), strict=True)]
    assert ((held / 800 > 0.93) & (held / 800 < 0.97)).all()


@pytest.mark.parametrize(("h", "k", "r"), [(0.3, -0.8, 0.6), (1.5, 1.2, -0.7), (0.0, 0.0, 0.95), (-1.0, 2.0, 0.99)])
def test_both_above_is_scipy_s(h: float, k: float, r: float) -> None:
    expected = stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([-h, -k])
    assert both_above(h, k, r) == pytest.approx(expected, abs=1e-7)


def test_the_likelihood_is_the_integral_of_the_bivariate_density() -> None:
    """Behind the ceiling: quadrature over what was not seen."""
    x, y = (np.minimum(each, 5.0) for each in ratings(np.random.default_rng(6), 14, (4.7, 4.6), 0.5))
    minus, _, unit = likelihood(x, y, 5.0)
    density = stats.multivariate_normal([4.8, 4.5], [[0.36, 0.12], [0.12, 0.25]])
    total = 0.0
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if a < 5 and b < 5:
            p = float(density.pdf([a, b]))
        elif a < 5:
            p = integrate.quad(lambda v, a=a: density.pdf([a, v]), 5, 9)[0]
        elif b < 5:
            p = integrate.quad(lambda u, b=b: density.pdf([u, b]), 5, 9)[0]
        else:
            p = integrate.dblquad(lambda v, u: density.pdf([u, v]), 5, 9, 5, 9)[0]
        total += math.log(p)
    theta = [0.3 / unit, (4.5 - y.mean()) / unit, math.log(0.6 / unit), math.log(0.5 / unit), math.atanh(0.4)]
    seen = int((x < 5).sum() + (y < 5).sum())
    assert min(int((x == 5).sum()), int((y == 5).sum()), int(((x == 5) & (y == 5)).sum())) > 0
    assert -minus(np.array(theta)) == pytest.approx(total + seen * math.log(unit), abs=1e-6)


def test_the_profile_without_a_ceiling_is_the_paired_t() -> None:
    """The likelihood ratio of a difference of two normal means is n log(1 + t²/(n − 1)), Hotelling's."""
    x, y = ratings(np.random.default_rng(7), 20, (3.4, 3.1), 0.7)
    minus, start, unit = likelihood(x, y, 99.0)
    best = optimize.minimize(minus, start, method="BFGS")
    for end in stats.ttest_rel(x, y).confidence_interval():
        assert profile(minus, best.x, end / unit) - best.fun == pytest.approx(margin(20), abs=1e-4)


def test_a_ceiling_no_longer_hides_how_far_apart_they_are() -> None:
    x, y = (np.minimum(each, 5.0) for each in ratings(np.random.default_rng(8), 3000, (5.0, 4.6), 0.5))
    found = agreement(x, y, 1, 5)
    assert found.censored
    assert found.mean_difference < 0.27
    assert found.interval.low < 0.4 < found.interval.high
    assert found.difference == pytest.approx(0.4, abs=0.04)
    assert found.client_at_maximum == pytest.approx(0.5, abs=0.03)
    assert found.clinician_at_maximum == pytest.approx(stats.norm.sf(0.8), abs=0.03)
    assert math.isnan(found.low_limit.low)


@pytest.mark.slow
@pytest.mark.parametrize("n", [16, 40])
def test_behind_a_ceiling_the_interval_holds_the_difference(n: int) -> None:
    """Some 30 and 8 of 100 ratings at the maximum; the difference lies in its interval when the likelihood, held
    there, falls no further than the margin."""
    rng, held, told = np.random.default_rng(9), 0, 0
    while told < 900:
        x, y = (np.minimum(each, 5.0) for each in ratings(rng, n, (4.7, 4.3), 0.6))
        if agreement_is_refused(x, y):
            continue
        minus, start, unit = likelihood(x, y, 5.0)
        best = optimize.minimize(minus, start, method="BFGS", options={"gtol": 1e-5})
        held += profile(minus, best.x, 0.4 / unit) - best.fun <= margin(n)
        told += 1
    assert 0.93 < held / told < 0.97


def agreement_is_refused(x: Floats, y: Floats) -> bool:
    return module._why_not(x, y, 5.0, 1.0) is not None


@pytest.mark.parametrize(
    ("client", "clinician", "why"),
    [
        ([], [], WhyNot.FEW),
        ([4.0], [5.0], WhyNot.FEW),
        ([4.0, math.nan] * 6, [3.0, 3.5] * 6, WhyNot.FEW),
        ([4.0, 3.0] * 6, [3.5, 2.5] * 6, WhyNot.NO_SPREAD),
        ([4.0] * 12, [4.0] * 12, WhyNot.NO_SPREAD),
        ([5.0] * 12, [4.0, 3.0] * 6, WhyNot.CEILING),
        ([5.0] * 12, [5.0] * 12, WhyNot.CEILING),
    ],
)
def test_too_little_is_a_stated_answer(client: list[float], clinician: list[float], why: WhyNot) -> None:
    found = agreement(client, clinician, 1, 5)
    assert found.why_not is why
    assert math.isnan(found.interval.low)


def test_one_who_never_changes_correlates_with_nobody() -> None:
    found = agreement([4.0] * 10, np.linspace(2, 4, 10), 1, 5)
    assert math.isnan(found.correlation)
    assert found.why_not is None


@pytest.mark.parametrize(
    ("client", "clinician", "minimum", "message"),
    [
        ([3.0, 6.0], [3.0, 4.0], 1, r"client, occasion 1: 6 lies outside 1 to 5"),
        ([3.0, 4.0], [0.0, 4.0], 1, r"clinician, occasion 0: 0 lies outside"),
        ([3.0], [3.0, 4.0], 1, r"two rows of one length"),
        ([3.0], [4.0], 5, r"minimum must lie below"),
        ([math.inf], [4.0], 1, r"inf lies outside"),
    ],
)
def test_what_cannot_be_is_refused(client: list[float], clinician: list[float], minimum: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        agreement(client, clinician, minimum, 5)
