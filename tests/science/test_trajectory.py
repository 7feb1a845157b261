"""The filter and smoother against one dense Gaussian, statsmodels, and clients whose levels are known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mooring.science import trajectory
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.operating import band_coverage
from tests.science import dense

Floats = NDArray[np.float64]
DYNAMICS, PRIOR = Dynamics(0.08, 0.0016, 0.5), Prior(5.0, 3.0, 0.2, 0.05)


def an_irregular_series() -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(11)
    times = np.array([0.0, 1.0, 1.0, 2.3, 7.0, 7.1, 9.0, 20.0, 21.0])
    scores = 5 + rng.normal(size=9).cumsum()
    scores[[3, 7]] = np.nan
    return times, scores, rng.uniform(0.3, 1.2, 9)


def assert_equals_dense(times: Floats, scores: Floats, errors: Floats, dynamics: Dynamics, prior: Prior) -> None:
    n = times.size
    mean, covariance, log_likelihood = dense.posterior(times, scores, errors, dynamics, prior)
    ours = trajectory.trajectory(times, scores, errors, dynamics, prior)
    np.testing.assert_allclose(ours.smoothed.level, mean[:n], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(ours.smoothed.slope, mean[n:], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(ours.smoothed.level_variance, np.diag(covariance)[:n], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(ours.smoothed.slope_variance, np.diag(covariance)[n:], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(ours.smoothed.covariance, np.diag(covariance[:n, n:]), rtol=1e-8, atol=1e-8)
    assert ours.log_likelihood == pytest.approx(log_likelihood, abs=1e-8, rel=1e-8)
    for now in range(n):
        past = slice(0, now + 1)
        mean, covariance, _ = dense.posterior(times[past], scores[past], errors[past], dynamics, prior)
        np.testing.assert_allclose(ours.filtered.level[now], mean[now], rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(ours.filtered.level_variance[now], covariance[now, now], rtol=1e-8, atol=1e-8)


def test_equals_the_dense_solution() -> None:
    assert_equals_dense(*an_irregular_series(), DYNAMICS, PRIOR)


@pytest.mark.parametrize(
    ("dynamics", "prior"),
    [
        (Dynamics(0.0, 0.0, 0.5), Prior(5.0, 3.0, 0.2)),
        (Dynamics(0.1, 0.0, 0.5), Prior(5.0, 3.0, 0.0)),
        (Dynamics(0.0, 0.01, 0.5), Prior(5.0, 0.0, 0.0)),
    ],
    ids=["nothing moves", "a random walk without slope", "a known start"],
)
def test_equals_the_dense_solution_where_something_stands_still(dynamics: Dynamics, prior: Prior) -> None:
    assert_equals_dense(*an_irregular_series(), dynamics, prior)


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0.0, 0.1, 1.0, 3.7, 60.0]), min_size=1, max_size=12),
    missing=st.lists(st.booleans(), min_size=12, max_size=12),
    seed=st.integers(0, 2**31),
)
def test_equals_the_dense_solution_on_any_calendar(gaps: list[float], missing: list[bool], seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(gaps)
    scores = np.where(missing[: times.size], np.nan, rng.normal(5, 2, times.size))
    assert_equals_dense(times, scores, rng.uniform(0.2, 1.5, times.size), DYNAMICS, PRIOR)


def test_equals_statsmodels_on_a_regular_grid() -> None:
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    rng = np.random.default_rng(3)
    scores = 5 + rng.normal(size=20).cumsum()
    scores[[4, 11]] = np.nan
    peer = MLEModel(scores, k_states=2, k_posdef=2)
    ql, qs, tau = DYNAMICS
    peer["design"] = np.array([[1.0, 0.0]])
    peer["obs_cov"] = np.array([[0.7**2 + tau**2]])
    peer["transition"] = np.array([[1.0, 1.0], [0.0, 1.0]])
    peer["selection"] = np.eye(2)
    peer["state_cov"] = np.array([[ql + qs / 3, qs / 2], [qs / 2, qs]])
    peer.initialize_known(np.array([PRIOR.mean, PRIOR.slope_mean]), np.diag([PRIOR.sd**2, PRIOR.slope_sd**2]))
    theirs = peer.ssm.smooth()
    ours = trajectory.trajectory(np.arange(20.0), scores, 0.7, DYNAMICS, PRIOR)
    np.testing.assert_allclose(ours.smoothed.level, theirs.smoothed_state[0], rtol=1e-8)
    np.testing.assert_allclose(ours.smoothed.slope, theirs.smoothed_state[1], atol=1e-8)
    np.testing.assert_allclose(ours.smoothed.level_variance, theirs.smoothed_state_cov[0, 0], rtol=1e-8)
    np.testing.assert_allclose(ours.smoothed.slope_variance, theirs.smoothed_state_cov[1, 1], rtol=1e-8)
    assert ours.log_likelihood == pytest.approx(theirs.llf_obs.sum(), rel=1e-10)


def test_the_joint_of_any_two_levels_equals_the_dense_one() -> None:
    times, scores, errors = an_irregular_series()
    for now in range(times.size):
        past = slice(0, now + 1)
        mean, covariance, _ = dense.posterior(times[past], scores[past], errors[past], DYNAMICS, PRIOR)
        for i in range(now + 1):
            for j in range(now + 1):
                pair = trajectory.joint(times, scores, errors, DYNAMICS, PRIOR, (i, j), now)
                np.testing.assert_allclose(pair.mean, mean[[i, j]], rtol=1e-8)
                np.testing.assert_allclose(pair.covariance, covariance[np.ix_([i, j], [i, j])], rtol=1e-8)


def test_the_joint_carries_its_own_variance() -> None:
    times, scores, errors = an_irregular_series()
    ours = trajectory.trajectory(times, scores, errors, DYNAMICS, PRIOR)
    same = trajectory.joint(times, scores, errors, DYNAMICS, PRIOR, (2, 2))
    np.testing.assert_allclose(same.covariance, ours.smoothed.level_variance[2])


def test_between_and_after_the_occasions() -> None:
    """A grid time is an occasion without a score: the dense solution with nan there."""
    times, scores, errors = an_irregular_series()
    grid = np.array([30.0, 0.0, 1.0, 4.4, 21.0])
    every = np.concatenate([times, grid])
    order = np.argsort(every, kind="stable")
    padded = np.concatenate([scores, np.full(grid.size, np.nan)])[order]
    widened = np.concatenate([errors, np.ones(grid.size)])[order]
    mean, covariance, _ = dense.posterior(every[order], padded, widened, DYNAMICS, PRIOR)
    where = np.argsort(order)[times.size :]
    states = trajectory.at(grid, times, scores, errors, DYNAMICS, PRIOR)
    np.testing.assert_allclose(states.level, mean[where], rtol=1e-8)
    np.testing.assert_allclose(states.level_variance, np.diag(covariance)[where], rtol=1e-8)
    assert states.level_sd[0] > states.level_sd[4], "the fan opens after the last answer"


def test_a_panel_is_its_series_one_by_one() -> None:
    times, scores, errors = an_irregular_series()
    panel = trajectory.Panel(
        np.array([0, 9, 9, 12]),
        np.concatenate([times, times[:3]]),
        np.concatenate([scores, scores[:3] + 1]),
        np.concatenate([errors, errors[:3]]),
    )
    together = trajectory.trajectories(panel, DYNAMICS, PRIOR)
    alone = trajectory.trajectory(times[:3], scores[:3] + 1, errors[:3], DYNAMICS, PRIOR)
    np.testing.assert_array_equal(together.smoothed.level[9:], alone.smoothed.level)
    np.testing.assert_array_equal(together.filtered.slope[9:], alone.filtered.slope)
    assert together.log_likelihood[1] == 0.0
    assert together.log_likelihood[2] == alone.log_likelihood


def test_the_band_covers_with_true_parameters() -> None:
    assert 0.93 < band_coverage(1.0, 21) < 0.97


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_band_with_parameters_wrong_by_two_is_still_a_band(factor: float) -> None:
    # The figures themselves are printed in docs/operating-points.md.
    assert 0.85 < band_coverage(factor, 22) < 1.0


numbers = st.floats(-1e3, 1e3)


@settings(max_examples=80, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0.0, 1e-9, 1.0, 1e4]), min_size=0, max_size=10),
    scores=st.lists(st.one_of(numbers, st.just(float("nan"))), min_size=10, max_size=10),
)
def test_any_series_has_a_finite_answer_and_no_warning(gaps: list[float], scores: list[float]) -> None:
    times = np.cumsum(gaps)
    given_scores = np.array(scores[: times.size])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = trajectory.trajectory(times, given_scores, 0.4, DYNAMICS, PRIOR)
    for states in (ours.filtered, ours.smoothed):
        assert all(np.isfinite(column).all() for column in states)
        assert (states.level_variance >= 0).all()
        assert (states.slope_variance >= 0).all()
    assert np.isfinite(ours.log_likelihood)


def test_all_missing_is_the_prior_carried_on() -> None:
    ours = trajectory.trajectory([0.0, 10.0], [np.nan, np.nan], 0.4, DYNAMICS, PRIOR)
    np.testing.assert_allclose(ours.smoothed.level, [5.0, 5.5])
    assert ours.log_likelihood == 0.0


def test_one_occasion_is_the_normal_mean_of_prior_and_score() -> None:
    ours = trajectory.trajectory([3.0], [9.0], 0.5, Dynamics(0.1, 0.1, 0.0), Prior(5.0, 1.0, 1.0))
    assert ours.smoothed.level[0] == pytest.approx(5 + 4 * 1 / 1.25)
    assert ours.smoothed.level_variance[0] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("times", "scores", "errors", "message"),
    [
        ([2.0, 1.0], [1.0, 1.0], 0.5, "occasion 1: time lies before"),
        ([0.0, np.inf], [1.0, 1.0], 0.5, "occasion 1: time is not finite"),
        ([0.0, 1.0], [1.0, np.inf], 0.5, "occasion 1: score is infinite"),
        ([0.0, 1.0], [1.0, 1.0], [0.5, np.nan], "occasion 1: standard error"),
        ([0.0, 1.0], [1.0, 1.0], [-0.5, 0.5], "occasion 0: standard error"),
        ([0.0, 1.0], [1.0], 0.5, "one length"),
    ],
)
def test_bad_input_names_the_occasion(times: object, scores: object, errors: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        trajectory.trajectory(times, scores, errors, DYNAMICS, PRIOR)  # type: ignore[arg-type]


def test_impossible_models_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        trajectory.trajectory([0.0], [1.0], 0.5, Dynamics(-0.1, 0.0, 0.5), PRIOR)
    with pytest.raises(ValueError, match="without any error"):
        trajectory.trajectory([0.0], [1.0], 0.0, Dynamics(0.1, 0.0, 0.0), PRIOR)


def test_a_grid_before_the_first_occasion_is_refused() -> None:
    with pytest.raises(ValueError, match="before the first occasion"):
        trajectory.at([-1.0], [0.0], [1.0], 0.5, DYNAMICS, PRIOR)


def test_compiled_and_interpreted_kernels_agree() -> None:
    script = """
import json, numpy as np
from mooring.science import trajectory
from tests.science.test_trajectory import DYNAMICS, PRIOR, an_irregular_series
times, scores, errors = an_irregular_series()
ours = trajectory.trajectory(times, scores, errors, DYNAMICS, PRIOR)
pair = trajectory.joint(times, scores, errors, DYNAMICS, PRIOR, (2, 6), 7)
numbers = [*map(list, ours.smoothed), [ours.log_likelihood], list(pair.mean), list(pair.covariance[0])]
print(json.dumps(numbers))
"""

    def run(disabled: str) -> list[list[float]]:
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
            text=True,
        )
        numbers: list[list[float]] = json.loads(done.stdout)
        return numbers

    for compiled, interpreted in zip(run("0"), run("1"), strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-12)


def test_agrees_with_a_published_clinical_series() -> None:
    """ENRICHD depression scores smoothed by statsmodels 0.15, in a folder that is no part of the project."""
    folder = os.environ.get("MOORING_REFERENCE_DATA")
    if not folder:
        pytest.skip("set MOORING_REFERENCE_DATA to a folder with longitudinal/expected_smoother_third.csv")
    expected = Path(folder) / "longitudinal"
    table = np.genfromtxt(expected / "expected_smoother_third.csv", delimiter=",", names=True)
    facts = json.loads((expected / "expected_smoother_third.json").read_text())
    dynamics = Dynamics(facts["ql"], facts["qs"], 0.0)
    prior = Prior(facts["init_mean"][0], facts["init_var"][0] ** 0.5, facts["init_var"][1] ** 0.5)
    for person in np.unique(table["ID"]):
        rows = table[table["ID"] == person]
        error = facts["obs_var"] ** 0.5
        ours = trajectory.trajectory(rows["week"], rows["BDI"], error, dynamics, prior)
        np.testing.assert_allclose(ours.filtered.level, rows["filt_level"], rtol=1e-7)
        np.testing.assert_allclose(ours.smoothed.level, rows["smooth_level"], rtol=1e-7)
        np.testing.assert_allclose(ours.smoothed.slope, rows["smooth_slope"], atol=1e-7)
        np.testing.assert_allclose(ours.smoothed.level_variance, rows["var_level"], rtol=1e-7)
        assert ours.log_likelihood == pytest.approx(facts["loglik_by_id"][str(int(person))], rel=1e-8)


def test_a_step_equals_the_dense_solution() -> None:
    """A step before occasion 4 is a covariance shared by all levels from there on."""
    times, scores, errors = an_irregular_series()
    n, seen = times.size, np.isfinite(scores)
    covariance = dense.level_and_slope_covariance(times, DYNAMICS, PRIOR)[:n, :n]
    covariance[4:, 4:] += 1.3**2
    mean = PRIOR.mean + PRIOR.slope_mean * times
    total = covariance[np.ix_(seen, seen)] + np.diag(errors[seen] ** 2 + DYNAMICS.occasion_sd**2)
    gain = np.linalg.solve(total, covariance[seen]).T
    ours = trajectory.trajectory(times, scores, errors, DYNAMICS, PRIOR, {4: 1.3}).smoothed
    np.testing.assert_allclose(ours.level, mean + gain @ (scores - mean)[seen], rtol=1e-8)
    np.testing.assert_allclose(ours.level_variance, np.diag(covariance - gain @ covariance[seen]), rtol=1e-8)
    pair = trajectory.joint(times, scores, errors, DYNAMICS, PRIOR, (2, 6), steps={4: 1.3})
    shared = (covariance - gain @ covariance[seen])[np.ix_([2, 6], [2, 6])]
    np.testing.assert_allclose(pair.covariance, shared, rtol=1e-8)
    grid = trajectory.at(np.linspace(times[0], 30.0, 61), times, scores, errors, DYNAMICS, PRIOR, {4: 1.3})
    assert np.isfinite(grid.level).all()
    at_occasions = trajectory.at(times, times, scores, errors, DYNAMICS, PRIOR, {4: 1.3})
    np.testing.assert_allclose(at_occasions.level, ours.level, rtol=1e-8)
    np.testing.assert_allclose(at_occasions.level_variance, ours.level_variance, rtol=1e-8)


def test_a_step_between_two_occasions_is_drawn_as_a_slope() -> None:
    """Nobody knows on which day it happened: halfway, the mean of a pure step is halfway."""
    still = DYNAMICS._replace(level_diffusion=1e-9, slope_diffusion=1e-12)
    flat = PRIOR._replace(slope_sd=1e-6)
    times, scores = np.arange(8.0), np.repeat([6.0, 2.0], 4)
    level = trajectory.at([3.0, 3.25, 3.5, 4.0], times, scores, 0.3, still, flat, {4: 5.0}).level
    assert level[2] == pytest.approx((level[0] + level[3]) / 2, abs=1e-6)
    assert level[1] == pytest.approx(0.75 * level[0] + 0.25 * level[3], abs=1e-6)


def test_a_step_needs_an_occasion() -> None:
    times, scores, errors = an_irregular_series()
    with pytest.raises(ValueError, match="step 9"):
        trajectory.trajectory(times, scores, errors, DYNAMICS, PRIOR, {9: 1.0})
