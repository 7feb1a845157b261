"""Panel maximum likelihood against the dense Gaussian, statsmodels, numeric slopes, and people whose truth is known."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from mooring.science import panel as panels
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.panel import Parameters, fit, forecast, log_likelihood
from mooring.science.simulate import trend_path
from mooring.science.trajectory import Panel
from tests.science import dense

Floats = NDArray[np.float64]
TRUE = Parameters(0.08, 0.0004, 0.25, 9.0, 0.01, 5.0, 0.02)
DYNAMICS, PRIOR = Dynamics(0.08, 0.0004, 0.5), Prior(5.0, 3.0, 0.1, 0.02)


def people(count: int, seed: int, occasions: int = 12, error: float = 0.6) -> tuple[Panel, list[Floats]]:
    """A panel of irregular weeks with some missing, and the true levels."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 26, (count, occasions)), axis=1)
    levels = [trend_path(row, DYNAMICS, PRIOR, rng) for row in times]
    scores = np.array(levels) + rng.normal(0, np.hypot(error, 0.5), times.shape)
    scores[rng.random(times.shape) < 0.1] = np.nan
    offsets = np.arange(count + 1) * occasions
    return Panel(offsets, times.ravel(), scores.ravel(), np.full(times.size, error)), levels


def dense_log_likelihood(panel: Panel, given: Parameters) -> float:
    dynamics = Dynamics(given.level_diffusion, given.slope_diffusion, given.occasion_variance**0.5)
    spread = given.prior_variance**0.5, given.prior_slope_variance**0.5
    prior = Prior(given.prior_mean, *spread, given.prior_slope_mean)
    total = 0.0
    for first, last in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        rows = slice(first, last)
        total += dense.posterior(panel.times[rows], panel.scores[rows], panel.standard_errors[rows], dynamics, prior)[2]
    return total


def test_the_log_likelihood_is_the_dense_one() -> None:
    panel, _ = people(15, 1)
    assert log_likelihood(panel, TRUE) == pytest.approx(dense_log_likelihood(panel, TRUE), rel=1e-10)


def test_slopes_and_information_are_those_of_the_dense_one() -> None:
    """Numeric differences of the dense log-likelihood, and their mean square over many panels for the information."""
    panel, _ = people(6, 2)
    place = panels._place(panels.data_of(panel, None), np.array(TRUE))
    for j, name in enumerate(Parameters._fields):
        h = 1e-5 * max(abs(TRUE[j]), 0.01)
        up, down = TRUE._replace(**{name: TRUE[j] + h}), TRUE._replace(**{name: TRUE[j] - h})
        slope = (dense_log_likelihood(panel, up) - dense_log_likelihood(panel, down)) / (2 * h)
        assert place.gradient[j] == pytest.approx(slope, rel=1e-5, abs=1e-5), name
    np.testing.assert_allclose(place.information, place.information.T, rtol=1e-10)


def test_the_information_is_the_slopes_second_moment() -> None:
    """E[g g'] = I at the truth: 3,000 people, one slope each."""
    panel, _ = people(3000, 3)
    total = panels._place(panels.data_of(panel, None), np.array(TRUE)).information
    squares = np.zeros((7, 7))
    for i in range(3000):
        rows = slice(panel.offsets[i], panel.offsets[i + 1])
        one = Panel(np.array([0, 12]), panel.times[rows], panel.scores[rows], panel.standard_errors[rows])
        slope = panels._place(panels.data_of(one, None), np.array(TRUE)).gradient
        squares += np.outer(slope, slope)
    scale = np.sqrt(np.diag(total))
    np.testing.assert_allclose(squares / np.outer(scale, scale), total / np.outer(scale, scale), atol=0.12)


@pytest.mark.slow
def test_a_general_optimiser_on_the_dense_likelihood_finds_nothing_higher() -> None:
    panel, _ = people(15, 4)
    ours = fit(panel)
    assert ours.converged

    def climbed(theta: Floats) -> float:
        return -dense_log_likelihood(panel, Parameters(*np.exp(theta[:5]), *theta[5:]))

    start = np.append(np.log([0.2, 0.001, 0.3, 5.0, 0.02]), [4.0, 0.0])
    theirs = minimize(climbed, start, method="L-BFGS-B", options={"maxiter": 40})
    assert ours.log_likelihood >= -theirs.fun - 1e-6 * abs(theirs.fun)


def test_equals_statsmodels_on_a_regular_grid() -> None:
    """Random walk with a fixed slope variance: their maximum over the same three parameters."""
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    rng = np.random.default_rng(5)
    scores = np.array([trend_path(np.arange(80.0), DYNAMICS, PRIOR, rng)]) + rng.normal(0, 0.5, (1, 80))
    peer = MLEModel(scores[0], k_states=2, k_posdef=2)
    peer["design"], peer["selection"] = np.array([[1.0, 0.0]]), np.eye(2)
    peer["transition"] = np.array([[1.0, 1.0], [0.0, 1.0]])
    peer.initialize_known(np.array([5.0, 0.02]), np.diag([9.0, 0.01]))

    def climbed(theta: Floats) -> float:
        ql, qs, tau2 = np.exp(theta)
        peer["obs_cov"] = np.array([[tau2]])
        peer["state_cov"] = np.array([[ql + qs / 3, qs / 2], [qs / 2, qs]])
        return -float(peer.ssm.loglike())

    theirs = minimize(climbed, np.log([0.1, 0.001, 0.3]), method="L-BFGS-B", options={"ftol": 1e-13})
    panel = Panel(np.array([0, 80]), np.arange(80.0), scores[0], np.zeros(80))
    known = {"prior_mean": 5.0, "prior_slope_mean": 0.02, "prior_variance": 9.0, "prior_slope_variance": 0.01}
    ours = fit(panel, known)
    assert ours.log_likelihood == pytest.approx(-theirs.fun, rel=1e-7)
    np.testing.assert_allclose(ours.parameters[:3], np.exp(theirs.x), rtol=1e-3)
    assert np.isnan(ours.standard_errors[3:]).all()


@pytest.mark.slow
def test_recovers_the_truth_and_says_how_sure() -> None:
    """60 panels of 400: means of the estimates, and how often ± 1.96 standard errors hold the truth."""
    found = [fit(people(400, 100 + seed)[0]) for seed in range(60)]
    estimates = np.array([one.parameters for one in found])
    errors = np.array([one.standard_errors for one in found])
    z = (estimates - TRUE) / errors
    assert all(one.converged for one in found)
    assert np.abs(np.nanmean(z, axis=0)).max() < 0.6
    covered = np.nanmean(np.abs(z) < 1.96, axis=0)
    assert 0.93 < covered.mean() < 0.97, covered
    assert covered.min() > 0.88, covered
    np.testing.assert_allclose(np.nanstd(estimates, axis=0) / np.nanmedian(errors, axis=0), 1.0, atol=0.35)


def test_bands_and_forecasts_with_what_was_fitted_cover() -> None:
    """Fitted on 400 people; the next score of 2,000 others falls into 95 % intervals in 93 to 97 of 100."""
    found = fit(people(400, 6)[0])
    others, _ = people(2000, 7)
    inside = []
    for i in range(2000):
        rows = slice(others.offsets[i], others.offsets[i + 1])
        times, scores = others.times[rows], others.scores[rows]
        if np.isnan(scores[-1]):
            continue
        ahead = forecast(times[-1:], times[:-1], scores[:-1], 0.6, found.dynamics, found.prior, error=0.6)
        low, high = ahead.interval()
        inside.append(low[0] <= scores[-1] <= high[0])
    assert 0.93 < np.mean(inside) < 0.97


def test_a_forecast_equals_the_dense_solution() -> None:
    times, scores = np.array([0.0, 1.0, 4.0]), np.array([5.0, 4.0, 6.0])
    padded = np.append(times, 9.0), np.append(scores, np.nan), np.full(4, 0.6)
    mean, covariance, _ = dense.posterior(*padded, DYNAMICS, PRIOR)
    ahead = forecast([9.0], times, scores, 0.6, DYNAMICS, PRIOR, error=0.3)
    assert ahead.level[0] == pytest.approx(mean[3])
    assert ahead.score_sd[0] ** 2 == pytest.approx(covariance[3, 3] + 0.25 + 0.09)


def test_people_seen_once_tell_no_movement() -> None:
    rng = np.random.default_rng(8)
    once = Panel(np.arange(51), np.zeros(50), rng.normal(5, 2, 50), np.full(50, 0.5))
    found = fit(once)
    assert {"level_diffusion", "slope_diffusion", "prior_slope_variance", "prior_slope_mean"} <= set(found.undetermined)
    assert {"occasion_variance", "prior_variance"} <= set(found.undetermined) | set(found.at_zero)
    assert found.parameters.prior_mean == pytest.approx(np.mean(once.scores), abs=1e-6)
    assert found.parameters.occasion_variance + found.parameters.prior_variance == pytest.approx(
        np.var(once.scores) - 0.25, rel=1e-4
    )


def test_constant_scores_without_error_are_refused_and_with_error_stand_still() -> None:
    same = Panel(np.array([0, 4, 8]), np.tile(np.arange(4.0), 2), np.full(8, 3.0), np.full(8, 0.4))
    found = fit(same)
    assert found.converged
    assert found.parameters[:5] == (0.0,) * 5
    assert len(found.at_zero) == 5
    with pytest.raises(ValueError, match="one number, without error"):
        fit(same._replace(standard_errors=np.zeros(8)))


def test_a_weight_is_a_person_counted_so_often() -> None:
    panel, _ = people(30, 9)
    weights = np.ones(30)
    weights[:3] = 2.0
    twice = Panel(
        np.arange(34) * 12,
        *(np.concatenate([column[:36], column]) for column in (panel.times, panel.scores, panel.standard_errors)),
    )
    np.testing.assert_allclose(fit(panel, weights=weights).parameters, fit(twice).parameters, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(
    ("known", "weights", "message"),
    [
        ({"drift": 1.0}, None, "no such parameter: drift"),
        ({"prior_variance": -1.0}, None, "not negative"),
        ({}, [1.0], "weights"),
        ({}, [-1.0] * 5, "weights"),
        ({}, [0.0] * 5, "nobody"),
    ],
)
def test_what_cannot_be_is_named(known: dict[str, float], weights: list[float] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit(people(5, 10)[0], known, weights)


def test_reversed_times_name_their_occasion() -> None:
    panel = Panel(np.array([0, 2]), np.array([1.0, 0.0]), np.array([1.0, 2.0]), np.ones(2))
    with pytest.raises(ValueError, match="occasion 1: time lies before"):
        fit(panel)
    with pytest.raises(ValueError, match="nothing to foresee"):
        forecast([0.5], [0.0, 1.0], [1.0, 2.0], 0.5, DYNAMICS, PRIOR)


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    gaps=st.lists(st.sampled_from([0.0, 1e-9, 1.0, 500.0]), min_size=24, max_size=24),
    scores=st.lists(st.sampled_from([float("nan"), 0.0, 1.0, 1.5, 7.0, -300.0]), min_size=24, max_size=24),
    error=st.sampled_from([0.0, 0.5]),
)
def test_any_panel_has_a_finite_answer_or_a_stated_refusal(
    sizes: list[int], gaps: list[float], scores: list[float], error: float
) -> None:
    offsets = np.append(0, np.cumsum(sizes))
    n = int(offsets[-1])
    panel = Panel(offsets, np.cumsum(gaps[:n]), np.array(scores[:n]), np.full(n, error))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = fit(panel)
        except ValueError as refused:
            assert "nobody" in str(refused) or "one number" in str(refused)  # noqa: PT017
            return
    assert np.isfinite(found.parameters).all()
    assert min(found.parameters[:5]) >= 0
    assert np.isfinite(found.log_likelihood)


def test_a_published_trial_is_climbed_to_the_top() -> None:
    """ENRICHD depression scores: no start of a general optimiser gets higher, and the slope stands still."""
    folder = os.environ.get("MOORING_REFERENCE_DATA")
    if not folder:
        pytest.skip("set MOORING_REFERENCE_DATA to a folder with longitudinal/enrichd_bdi_third.csv")
    table = np.genfromtxt(Path(folder) / "longitudinal" / "enrichd_bdi_third.csv", delimiter=",", names=True)
    first = np.unique(table["ID"], return_index=True)[1]
    panel = Panel(np.append(first, table.size), table["time"] / 7, table["BDI"], np.zeros(table.size))
    ours = fit(panel)
    assert ours.converged
    for seed in range(3):
        start = np.append(np.log([4, 0.01, 8, 40, 0.1]) + np.random.default_rng(seed).normal(0, 1, 5), [16.0, -0.5])
        theirs = minimize(
            lambda theta: -log_likelihood(panel, Parameters(*np.exp(theta[:5]), *theta[5:])), start, method="L-BFGS-B"
        )
        assert ours.log_likelihood >= -theirs.fun - 1e-6
    assert ours.at_zero == ("slope_diffusion", "prior_slope_variance")


def test_compiled_and_interpreted_kernels_agree() -> None:
    from mooring.science._kernels import panel_likelihood

    plain = getattr(panel_likelihood.score, "py_func", panel_likelihood.score)
    data = panels.data_of(people(3, 11)[0], None)
    gradient, information = np.empty(7), np.empty((7, 7))
    value = plain(*data, np.array(TRUE), gradient, information)
    place = panels._place(data, np.array(TRUE))
    assert value == pytest.approx(place.value, rel=1e-12)
    np.testing.assert_allclose(gradient, place.gradient, rtol=1e-9)
    np.testing.assert_allclose(information, place.information, rtol=1e-9)
