"""Anxiety and avoidance at once: two levels whose movements, days and errors are correlated.

    level_k(t + h) = level_k + h slope_k + noise,   slope_k(t + h) = slope_k + noise,   k = 1, 2,
    Cov of the noise = [[h Q_l + h³/3 Q_s, h²/2 Q_s], [h²/2 Q_s, h Q_s]] with (2, 2) matrices Q_l and Q_s,
    score_t = level_t + error_t,   Cov(error_t) = S_t C S_t + T,  S_t = diag(SE_t), C their correlation, T of the day.

Where nothing is correlated this is :mod:`mooring.science.trajectory` twice. What one scale's answers tell about the
other's level is used, most where one of them is missing, and the joint covariance of a point on the plane is what a
region's probability needs. Scores are taken one at a time (Durbin & Koopman 2012, section 6.4, ISBN 9780199641178);
the smoother is the modified Bryson–Frazier recursion (Bierman 1973, Int. J. Control 18:65–75).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science._kernels import joint_trend
from mooring.science.dynamics import Dynamics, Prior

Floats = npt.NDArray[np.float64]


class JointDynamics(NamedTuple):
    """Movement of two levels, in points and weeks; each (2, 2), symmetric, not negative."""

    level_diffusion: Floats
    """Q_l, points² per week."""
    slope_diffusion: Floats
    """Q_s, points² per week³."""
    occasion: Floats
    """T, points²: one day's deviation of both scores."""


class JointPrior(NamedTuple):
    """Belief before the first answer; levels and slopes independent of each other."""

    level: Floats
    """(2,) points."""
    slope: Floats
    """(2,) points a week."""
    level_covariance: Floats
    """(2, 2)"""
    slope_covariance: Floats
    """(2, 2)"""


class JointStates(NamedTuple):
    """Normal posteriors, one entry an occasion."""

    mean: Floats
    """(n, 4) both levels, then both slopes."""
    covariance: Floats
    """(n, 4, 4)"""

    @property
    def level(self) -> Floats:
        """(n, 2) points."""
        return self.mean[:, :2]

    @property
    def level_covariance(self) -> Floats:
        """(n, 2, 2), for :mod:`mooring.science.regions`."""
        return self.covariance[:, :2, :2]


class JointTrajectory(NamedTuple):
    times: Floats
    filtered: JointStates
    """Given the scores up to each occasion."""
    smoothed: JointStates
    """Given all scores."""
    log_likelihood: float


def correlated(first: Dynamics, second: Dynamics, correlation: float) -> JointDynamics:
    """Two scales' own movements, all with one correlation. Raises ValueError for one outside −1 to 1."""
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation must lie in -1 to 1, not {correlation}")
    between = np.array([[1.0, correlation], [correlation, 1.0]])
    pairs = [
        np.sqrt([first.level_diffusion, second.level_diffusion]),
        np.sqrt([first.slope_diffusion, second.slope_diffusion]),
        np.array([first.occasion_sd, second.occasion_sd]),
    ]
    return JointDynamics(*(between * np.outer(sd, sd) for sd in pairs))


def correlated_prior(first: Prior, second: Prior, correlation: float) -> JointPrior:
    """Two scales' own priors, levels and slopes with one correlation. Raises ValueError for one outside −1 to 1."""
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation must lie in -1 to 1, not {correlation}")
    between = np.array([[1.0, correlation], [correlation, 1.0]])
    sds, slopes = np.array([first.sd, second.sd]), np.array([first.slope_sd, second.slope_sd])
    return JointPrior(
        np.array([first.mean, second.mean]),
        np.array([first.slope_mean, second.slope_mean]),
        between * np.outer(sds, sds),
        between * np.outer(slopes, slopes),
    )


def joint_trajectory(
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    dynamics: JointDynamics,
    prior: JointPrior,
    error_correlation: float = 0.0,
) -> JointTrajectory:
    """Filter and smooth two scales of one person.

    times (n,) weeks, not decreasing (two at one time are two answers); scores (n, 2) points, nan for missing, each by
    itself; standard_errors (n, 2), (2,) or one number, points, ignored where the score is nan; error_correlation: C.
    With no occasion the result is empty and the log-likelihood 0. Raises ValueError naming the occasion for times out
    of order or not finite, infinite scores and errors that are not finite or negative; for matrices that are not
    (2, 2), symmetric and without negative eigenvalues, and where an answer would have no error at all.
    """
    at, given = np.ascontiguousarray(times, dtype=float), np.asarray(scores, dtype=float)
    if at.ndim != 1 or given.size != 2 * at.size:
        raise ValueError(f"scores {given.shape} must be two columns for {at.shape} times")
    given = np.ascontiguousarray(given.reshape(at.size, 2))
    errors = np.broadcast_to(np.asarray(standard_errors, dtype=float), given.shape)
    _require_occasions(at, given, errors)
    for name, matrix in (*dynamics._asdict().items(), *list(prior._asdict().items())[2:]):
        _require_covariance(name, matrix)
    if not -1 <= error_correlation <= 1:
        raise ValueError(f"error_correlation must lie in -1 to 1, not {error_correlation}")
    start = np.concatenate([np.asarray(prior.level, dtype=float), np.asarray(prior.slope, dtype=float)])
    if start.shape != (4,) or not np.isfinite(start).all():
        raise ValueError("the prior's means must be two finite levels and two finite slopes")
    spread = np.zeros((4, 4))
    spread[:2, :2], spread[2:, 2:] = prior.level_covariance, prior.slope_covariance
    noise = _noise(given, errors, np.asarray(dynamics.occasion, dtype=float), error_correlation)
    level_noise = np.ascontiguousarray(dynamics.level_diffusion, dtype=float)
    slope_noise = np.ascontiguousarray(dynamics.slope_diffusion, dtype=float)
    after, after_p, smoothed, smoothed_p, found = joint_trend.smooth(
        at, given, noise, level_noise, slope_noise, start, spread
    )
    return JointTrajectory(at, JointStates(after, after_p), JointStates(smoothed, smoothed_p), float(found))


def _noise(given: Floats, errors: Floats, occasion: Floats, correlation: float) -> Floats:
    """(n, 2, 2); nothing is asked of the error of a missing score."""
    present = ~np.isnan(given)
    known = np.where(present, errors, 1.0)
    between = np.array([[1.0, correlation], [correlation, 1.0]])
    noise = known[:, :, None] * known[:, None, :] * between + occasion
    alone = np.where(present, noise[:, [0, 1], [0, 1]], 1.0)
    both = present.all(axis=1)
    left = alone[:, 0] * alone[:, 1] - noise[:, 0, 1] ** 2
    if (alone <= 0).any() or (both & (left <= 1e-12 * alone.prod(axis=1))).any():
        raise ValueError(
            "an answer without any error of its own (SE and the day's deviation) has no place in this model"
        )
    return np.ascontiguousarray(noise)


def _require_occasions(at: Floats, given: Floats, errors: Floats) -> None:
    answered = ~np.isnan(given)
    falls = np.zeros(at.size, dtype=bool)
    falls[1:] = np.diff(at) < 0
    for wrong, what in (
        (~np.isfinite(at), "time is not finite"),
        (np.isinf(given).any(axis=1), "score is infinite"),
        (
            (answered & ~(np.isfinite(errors) & (errors >= 0))).any(axis=1),
            "standard error must be finite, not negative",
        ),
        (falls, "time lies before the one before it"),
    ):
        if wrong.any():
            raise ValueError(f"occasion {int(np.argmax(wrong))}: {what}")


def _require_covariance(name: str, matrix: npt.ArrayLike) -> None:
    found = np.asarray(matrix, dtype=float)
    if found.shape != (2, 2) or not np.isfinite(found).all() or not np.allclose(found, found.T):
        raise ValueError(f"{name} must be a symmetric (2, 2) matrix of finite numbers")
    if np.linalg.eigvalsh(found)[0] < -1e-12 * max(np.trace(found), 1e-300):
        raise ValueError(f"{name} must have no negative eigenvalue")
