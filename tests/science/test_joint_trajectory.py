"""Two levels at once against one dense Gaussian, and against two single trajectories where nothing is shared."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mooring.science.dynamics import Dynamics, Prior
from mooring.science.joint_trajectory import (
    JointDynamics,
    JointPrior,
    correlated,
    correlated_prior,
    joint_trajectory,
)
from mooring.science.trajectory import trajectory

Floats = NDArray[np.float64]
DYNAMICS = JointDynamics(
    np.array([[0.08, 0.05], [0.05, 0.1]]),
    np.array([[0.0016, -0.0004], [-0.0004, 0.001]]),
    np.array([[0.25, 0.1], [0.1, 0.16]]),
)
PRIOR = JointPrior(
    np.array([5.0, 4.0]),
    np.array([0.05, 0.0]),
    np.array([[9.0, 3.0], [3.0, 4.0]]),
    np.array([[0.04, 0.01], [0.01, 0.02]]),
)


def dense(times: Floats, scores: Floats, errors: Floats, correlation: float) -> tuple[Floats, Floats, float]:
    """Posterior mean (4n,) and covariance of all states, integrated by hand; state order: occasion, then the four."""
    n = times.size
    at = times - times[0] if n else times
    covariance, mean = np.zeros((n, 4, n, 4)), np.zeros((n, 4))
    for i in range(n):
        mean[i] = np.append(PRIOR.level + at[i] * PRIOR.slope, PRIOR.slope)
        for j in range(n):
            s, t = at[i], at[j]
            m, top = min(s, t), max(s, t)
            levels = PRIOR.level_covariance + s * t * PRIOR.slope_covariance
            levels = levels + m * DYNAMICS.level_diffusion + m**2 * (3 * top - m) / 6 * DYNAMICS.slope_diffusion
            slopes = PRIOR.slope_covariance + m * DYNAMICS.slope_diffusion

            def across(level_at: float, slope_at: float) -> Floats:
                shared = level_at**2 / 2 if level_at <= slope_at else slope_at * (level_at - slope_at / 2)
                return level_at * PRIOR.slope_covariance + shared * DYNAMICS.slope_diffusion

            covariance[i, :2, j, :2], covariance[i, 2:, j, 2:] = levels, slopes
            covariance[i, :2, j, 2:], covariance[i, 2:, j, :2] = across(s, t), across(t, s)
    whole, flat = covariance.reshape(4 * n, 4 * n), mean.ravel()
    seen = np.flatnonzero(np.column_stack([np.isfinite(scores), np.zeros((n, 2), dtype=bool)]).ravel())
    if seen.size == 0:
        return flat, whole, 0.0
    noise = np.zeros((4 * n, 4 * n))
    for i in range(n):
        own = np.nan_to_num(errors[i])
        between = np.array([[1, correlation], [correlation, 1]])
        noise[4 * i : 4 * i + 2, 4 * i : 4 * i + 2] = np.outer(own, own) * between + DYNAMICS.occasion
    total = (whole + noise)[np.ix_(seen, seen)]
    values = np.column_stack([scores, np.zeros((n, 2))]).ravel()
    miss = values[seen] - flat[seen]
    weights = np.linalg.solve(total, whole[seen]).T
    log_likelihood = -0.5 * (np.linalg.slogdet(2 * np.pi * total)[1] + miss @ np.linalg.solve(total, miss))
    return flat + weights @ miss, whole - weights @ whole[seen], float(log_likelihood)


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0.0, 0.1, 1.0, 3.7, 60.0]), min_size=0, max_size=8),
    missing=st.lists(st.booleans(), min_size=16, max_size=16),
    correlation=st.sampled_from([-0.6, 0.0, 0.3]),
    seed=st.integers(0, 2**31),
)
def test_equals_the_dense_solution_on_any_calendar(
    gaps: list[float], missing: list[bool], correlation: float, seed: int
) -> None:
    rng, n = np.random.default_rng(seed), len(gaps)
    times = np.cumsum(gaps)
    scores = np.where(np.reshape(missing[: 2 * n], (n, 2)), np.nan, rng.normal(5, 2, (n, 2)))
    errors = np.where(np.isnan(scores), np.nan, rng.uniform(0.2, 1.5, (n, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = joint_trajectory(times, scores, errors, DYNAMICS, PRIOR, correlation)
    mean, covariance, log_likelihood = dense(times, scores, errors, correlation)
    np.testing.assert_allclose(ours.smoothed.mean.ravel(), mean, rtol=1e-8, atol=1e-8)
    for t in range(n):
        block = covariance[4 * t : 4 * t + 4, 4 * t : 4 * t + 4]
        np.testing.assert_allclose(ours.smoothed.covariance[t], block, rtol=1e-7, atol=1e-8)
        past, _, _ = dense(times[: t + 1], scores[: t + 1], errors[: t + 1], correlation)
        np.testing.assert_allclose(ours.filtered.mean[t], past[-4:], rtol=1e-8, atol=1e-8)
    assert ours.log_likelihood == pytest.approx(log_likelihood, rel=1e-8, abs=1e-8)


def test_with_nothing_shared_it_is_two_trajectories() -> None:
    rng = np.random.default_rng(3)
    times, scores = np.cumsum(rng.uniform(0, 3, 10)), rng.normal(5, 2, (10, 2))
    moves = Dynamics(0.08, 0.0016, 0.5), Dynamics(0.2, 0.001, 0.3)
    priors = Prior(5.0, 3.0, 0.2, 0.05), Prior(4.0, 2.0, 0.1)
    together = joint_trajectory(times, scores, 0.6, correlated(*moves, 0.0), correlated_prior(*priors, 0.0))
    alone = [trajectory(times, scores[:, k], 0.6, moves[k], priors[k]) for k in range(2)]
    for k in range(2):
        np.testing.assert_allclose(together.smoothed.level[:, k], alone[k].smoothed.level, rtol=1e-10)
        np.testing.assert_allclose(
            together.smoothed.level_covariance[:, k, k], alone[k].smoothed.level_variance, rtol=1e-9
        )
    assert together.log_likelihood == pytest.approx(sum(one.log_likelihood for one in alone), rel=1e-10)


def test_the_other_scale_tells_about_a_missing_one() -> None:
    moves, prior = Dynamics(0.2, 0.0, 0.3), Prior(5.0, 2.0, 0.0)
    scores = np.array([[5.0, 5.0], [np.nan, 8.0]])
    apart, shared = (
        joint_trajectory(
            [0.0, 2.0], scores, 0.5, correlated(moves, moves, r), correlated_prior(prior, prior, r)
        ).smoothed
        for r in (0.0, 0.8)
    )
    assert shared.level[1, 0] > apart.level[1, 0] + 0.3
    assert shared.level_covariance[1, 0, 0] < apart.level_covariance[1, 0, 0]


def test_its_ellipses_cover_as_they_say() -> None:
    """2,000 people drawn from the model: the level pair lies in the 95 % ellipse in 93 to 97 of 100."""
    rng = np.random.default_rng(5)
    times, inside = np.arange(6.0) * 2, []
    noise = 0.6**2 * np.array([[1, 0.3], [0.3, 1]]) + DYNAMICS.occasion
    level_root, slope_root = (np.linalg.cholesky(m) for m in (DYNAMICS.level_diffusion, DYNAMICS.slope_diffusion))
    for _ in range(2000):
        level = rng.multivariate_normal(PRIOR.level, PRIOR.level_covariance)
        slope = rng.multivariate_normal(PRIOR.slope, PRIOR.slope_covariance)
        levels = []
        for h in np.diff(times, prepend=0.0):
            b, c = slope_root @ rng.normal(size=2), slope_root @ rng.normal(size=2)
            level = level + h * slope + h**1.5 * (b / 2 + c / 12**0.5) + h**0.5 * level_root @ rng.normal(size=2)
            slope = slope + h**0.5 * b
            levels.append(level)
        scores = np.array(levels) + rng.multivariate_normal([0, 0], noise, times.size)
        found = joint_trajectory(times, scores, 0.6, DYNAMICS, PRIOR, 0.3).smoothed
        off = found.level[3] - levels[3]
        inside.append(off @ np.linalg.solve(found.level_covariance[3], off) < 5.991464547107979)
    assert 0.93 < np.mean(inside) < 0.97


@pytest.mark.parametrize(
    ("times", "scores", "errors", "message"),
    [
        ([1.0, 0.0], [[1.0, 1.0]] * 2, 0.5, "occasion 1: time lies before"),
        ([np.nan], [[1.0, 1.0]], 0.5, "occasion 0: time is not finite"),
        ([0.0], [[1.0, np.inf]], 0.5, "occasion 0: score is infinite"),
        ([0.0], [[1.0, 1.0]], [[0.5, -1.0]], "occasion 0: standard error"),
        ([0.0], [1.0], 0.5, "two columns"),
    ],
)
def test_bad_input_names_the_occasion(times: object, scores: object, errors: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        joint_trajectory(times, scores, errors, DYNAMICS, PRIOR)  # type: ignore[arg-type]


def test_impossible_models_are_refused() -> None:
    for wrong in (np.eye(3), np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([[1.0, 0.5], [0.0, 1.0]])):
        with pytest.raises(ValueError, match="level_diffusion"):
            joint_trajectory([0.0], [[1.0, 1.0]], 0.5, DYNAMICS._replace(level_diffusion=wrong), PRIOR)
    with pytest.raises(ValueError, match="without any error"):
        joint_trajectory([0.0], [[1.0, 1.0]], 0.0, DYNAMICS._replace(occasion=np.zeros((2, 2))), PRIOR)
    with pytest.raises(ValueError, match="correlation"):
        joint_trajectory([0.0], [[1.0, 1.0]], 0.5, DYNAMICS, PRIOR, 1.5)
    for make in (lambda: correlated(Dynamics(1, 1, 1), Dynamics(1, 1, 1), 2.0),
                 lambda: correlated_prior(Prior(0, 1, 1), Prior(0, 1, 1), -2.0)):  # fmt: skip
        with pytest.raises(ValueError, match="correlation"):
            make()


def test_compiled_and_interpreted_kernels_agree() -> None:
    from mooring.science._kernels import joint_trend

    rng = np.random.default_rng(7)
    scores = rng.normal(5, 2, (5, 2))
    scores[2, 0] = np.nan
    noise = np.tile(0.36 * np.eye(2) + DYNAMICS.occasion, (5, 1, 1))
    start = np.concatenate([PRIOR.level, PRIOR.slope])
    moves = DYNAMICS.level_diffusion, DYNAMICS.slope_diffusion
    given_arrays = (np.arange(5.0), scores, noise, *moves, start, np.eye(4))
    plain = getattr(joint_trend.smooth, "py_func", joint_trend.smooth)
    for compiled, interpreted in zip(joint_trend.smooth(*given_arrays), plain(*given_arrays), strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-9, atol=1e-12)
