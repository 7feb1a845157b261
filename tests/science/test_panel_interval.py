"""Intervals of a panel's parameters: closed forms, a dense likelihood, statsmodels' t, and how often they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from mooring.science.dynamics import Dynamics
from mooring.science.panel import Parameters, fit
from mooring.science.panel_interval import critical, excess, interval
from mooring.science.trajectory import Panel
from tests.science import test_panel
from tests.science.test_panel import TRUE, dense_log_likelihood, people

RANDOM_INTERCEPTS = {
    "level_diffusion": 0.0,
    "slope_diffusion": 0.0,
    "prior_slope_variance": 0.0,
    "prior_slope_mean": 0.0,
}


def balanced(persons: int, each: int, seed: int, between: float = 4.0, within: float = 1.0) -> Panel:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, math.sqrt(between), (persons, 1)) + rng.normal(0, math.sqrt(within), (persons, each))
    times = np.tile(np.arange(each, dtype=float), persons)
    return Panel(np.arange(persons + 1) * each, times, scores.ravel(), np.zeros(times.size))


def balanced_deviance(panel: Panel, each: int, between: float, within: float) -> float:
    """−2 log-likelihood of persons' variance and a day's, mean at its best: closed form of the one-way layout."""
    scores = np.asarray(panel.scores).reshape(-1, each)
    means = scores.mean(axis=1)
    inside = ((scores - means[:, None]) ** 2).sum()
    wide = within + each * between
    free = scores.shape[0] * (each - 1)
    spread = each * ((means - means.mean()) ** 2).sum()
    constant = scores.size * math.log(2 * math.pi)
    return constant + free * math.log(within) + inside / within + scores.shape[0] * math.log(wide) + spread / wide


def test_the_ends_are_those_of_the_one_way_layout() -> None:
    """A balanced random-intercept panel: its profile in closed form, the day's variance at its best by one search."""
    panel = balanced(40, 5, 1)
    found = fit(panel, RANDOM_INTERCEPTS)
    ours = interval(panel, found, "prior_variance", RANDOM_INTERCEPTS)

    def profiled(between: float) -> float:
        return float(
            optimize.minimize_scalar(
                lambda within: balanced_deviance(panel, 5, between, within), bounds=(0.2, 5), method="bounded",
                options={"xatol": 1e-10},
            ).fun
        )  # fmt: skip

    least = profiled(found.parameters.prior_variance)
    for end in (ours.low, ours.high):
        assert profiled(end) - least == pytest.approx(stats.chi2.ppf(0.95, 1), abs=2e-3)
    assert not ours.edge
    assert ours.words == f"{ours.low:.3g} to {ours.high:.3g}"


def test_the_held_likelihood_is_the_dense_one_climbed_by_a_general_optimiser() -> None:
    panel, _ = people(25, 4)
    known = {"slope_diffusion": 0.0, "prior_slope_variance": 0.01, "prior_slope_mean": 0.0, "prior_mean": 5.0}
    found = fit(panel, known)
    beyond, _ = excess(panel, found, 0, known, 0.95)
    value = found.parameters.level_diffusion + 0.2

    def deviance(theta: np.ndarray) -> float:
        day, person = np.exp(theta)
        return -2 * dense_log_likelihood(panel, Parameters(value, 0.0, day, person, 0.01, 5.0, 0.0))

    theirs = optimize.minimize(deviance, np.log([0.3, 8.0]), method="Nelder-Mead").fun + 2 * found.log_likelihood
    assert beyond(value) == pytest.approx(theirs - stats.chi2.ppf(0.95, 1), abs=1e-3)


def test_a_mean_s_interval_is_student_s_for_many() -> None:
    panel = balanced(400, 1, 2)
    known = RANDOM_INTERCEPTS | {"prior_variance": 4.0}
    ours = interval(panel, fit(panel, known), "prior_mean", known)
    theirs = stats.ttest_1samp(panel.scores, 0).confidence_interval()
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=4e-3)


@pytest.mark.parametrize("edge", [0.0, 0.05, 0.3, 1.0, 1.5, 1.95, 1.97, 3.0])
def test_the_critical_ratio_holds_95_of_100_normal_estimates(edge: float) -> None:
    """x ~ N(δ, 1), the estimate max(x, 0): the share of a million draws whose ratio stays below c(δ)."""
    x = np.random.default_rng(3).normal(edge, 1, 1_000_000)
    ratio = np.where(x > 0, (x - edge) ** 2, edge**2 - 2 * x * edge)
    assert (ratio <= critical(edge, 0.95) + 1e-12).mean() == pytest.approx(0.95, abs=1e-3)


def test_on_the_edge_it_is_the_mixture_s_and_far_from_it_chi_square_s() -> None:
    """Self & Liang 1987: ½ χ²₀ + ½ χ²₁."""
    assert critical(0.0, 0.95) == pytest.approx(stats.chi2.ppf(0.9, 1))
    assert critical(1e-3, 0.95) == pytest.approx(stats.chi2.ppf(0.9, 1), abs=0.02)
    assert critical(2.0, 0.95) == critical(math.inf, 0.95) == pytest.approx(stats.chi2.ppf(0.95, 1))


def test_a_variance_of_which_nothing_is_seen_has_an_upper_end_only() -> None:
    panel = balanced(30, 6, 5, between=0.0)
    found = fit(panel, RANDOM_INTERCEPTS)
    ours = interval(panel, found, "prior_variance", RANDOM_INTERCEPTS)
    assert ours.edge
    assert ours.low == 0
    assert ours.high > 0
    assert ours.words.startswith("at the edge: at most")


def test_what_was_given_or_is_not_told_has_no_interval() -> None:
    once = Panel(np.arange(51), np.zeros(50), np.random.default_rng(8).normal(5, 2, 50), np.full(50, 0.5))
    found = fit(once)
    assert interval(once, found, "slope_diffusion").words == "these data cannot tell it apart"
    given = fit(once, RANDOM_INTERCEPTS)
    assert interval(once, given, "slope_diffusion", RANDOM_INTERCEPTS).words == "given, not estimated"
    with pytest.raises(ValueError, match="no such parameter: drift"):
        interval(once, found, "drift")
    with pytest.raises(ValueError, match="level"):
        interval(once, found, "prior_mean", level=1.0)


def share_held(monkeypatch: pytest.MonkeyPatch, places: list[int], slope: float, panels: int) -> list[float]:
    """In how many of so many panels of 150 people each true value lies in its interval."""
    monkeypatch.setattr(test_panel, "DYNAMICS", Dynamics(0.08, slope, 0.5))
    true, held = TRUE._replace(slope_diffusion=slope), np.zeros(len(places))
    for seed in range(panels):
        panel, _ = people(150, 20_000 + seed)
        found = fit(panel)
        held += [excess(panel, found, place, {}, 0.95)[0](true[place]) <= 0 for place in places]
    return (held / panels).tolist()


@pytest.mark.slow
def test_intervals_of_150_people_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = share_held(monkeypatch, list(range(7)), 4e-4, 600)
    assert all(0.93 < share < 0.97 for share in shares), shares


@pytest.mark.slow
def test_near_the_edge_they_hold_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of the slope diffusion above: 0 lies in most of the intervals."""
    (share,) = share_held(monkeypatch, [1], 1e-4, 600)
    assert 0.93 < share < 0.97
