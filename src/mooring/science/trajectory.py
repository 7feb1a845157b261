"""Where a level is, where it was, and how sure we are: a local linear trend in continuous time.

    level(t + h) = level + h slope + noise,  slope(t + h) = slope + noise,
    Cov(noise) = Q(h) = [[q_l h + q_s h³/3, q_s h²/2], [q_s h²/2, q_s h]],
    score_t = level_t + error_t,  Var(error_t) = R_t = SE_t² + τ².

Times in weeks, scores in points. Occasions may be irregular or simultaneous (h = 0); a nan score is a missed
week. The filter sees the past only, the smoother everything. The prior holds at the first time given. Harvey
1989, Forecasting, Structural Time Series Models and the Kalman Filter (ISBN 9780521405737); the smoother is
the modified Bryson–Frazier recursion (Bierman 1973, Int. J. Control 18:65–75), which inverts no matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science import _kernels
from mooring.science.dynamics import Dynamics, Prior

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class States(NamedTuple):
    """Normal posteriors of level and slope, one entry an occasion."""

    level: Floats
    """(n,) points."""
    slope: Floats
    """(n,) points a week."""
    level_variance: Floats
    covariance: Floats
    """(n,) of level and slope."""
    slope_variance: Floats

    @property
    def level_sd(self) -> Floats:
        """(n,) points."""
        return np.asarray(np.sqrt(self.level_variance), dtype=float)


class Trajectory(NamedTuple):
    """One series."""

    times: Floats
    filtered: States
    """Given the scores up to each occasion."""
    smoothed: States
    """Given all scores."""
    log_likelihood: float


class Panel(NamedTuple):
    """Many series of one scale; series i is the rows offsets[i]:offsets[i + 1]."""

    offsets: Ints
    """(p + 1,)"""
    times: Floats
    """(n,) weeks, not decreasing within a series."""
    scores: Floats
    """(n,) points, nan for a missed week."""
    standard_errors: Floats
    """(n,) points."""


class PanelTrajectories(NamedTuple):
    filtered: States
    smoothed: States
    log_likelihood: Floats
    """(p,)"""


class Joint(NamedTuple):
    """Normal posterior of the levels at two occasions."""

    mean: Floats
    """(2,)"""
    covariance: Floats
    """(2, 2)"""


def trajectory(
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    dynamics: Dynamics,
    prior: Prior,
    steps: Mapping[int, float] | None = None,
) -> Trajectory:
    """Filter and smooth one series.

    times (n,) weeks, not decreasing; scores (n,) points, nan for a missed week; standard_errors (n,) or
    one number, points, ignored where the score is nan. With no occasion the result is empty and the
    log-likelihood 0. Raises ValueError naming the occasion for times out of order or not finite, an
    infinite score, an error of an answered occasion that is not finite or negative, and for R = 0 or
    negative dynamics.
    """
    at, given, errors = series_arrays(times, scores, standard_errors)
    panel = Panel(np.array([0, at.size]), at, given, errors)
    result = _trajectories(panel, dynamics, prior, _step_variances(steps, at.size))
    return Trajectory(at, result.filtered, result.smoothed, float(result.log_likelihood[0]))


def trajectories(panel: Panel, dynamics: Dynamics, prior: Prior) -> PanelTrajectories:
    """Filter and smooth every series of a panel; arguments, units and errors as in :func:`trajectory`."""
    return _trajectories(panel, dynamics, prior, _kernels.NO_STEPS)


def _trajectories(panel: Panel, dynamics: Dynamics, prior: Prior, steps: Floats) -> PanelTrajectories:
    offsets = np.ascontiguousarray(panel.offsets, dtype=np.int64)
    at, given, errors = series_arrays(panel.times, panel.scores, panel.standard_errors, offsets)
    variances = observation_variances(given, errors, dynamics)
    numbers = model(dynamics, prior)
    filtered, smoothed, log_likelihood = _kernels.smooth(offsets, at, given, variances, numbers, steps)
    return PanelTrajectories(States(*filtered), States(*smoothed), log_likelihood)


def at(
    grid: npt.ArrayLike,
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    dynamics: Dynamics,
    prior: Prior,
    steps: Mapping[int, float] | None = None,
) -> States:
    """Smoothed states at any ``grid`` (g,) of weeks: between occasions, and after the last one, as a fan.

    A grid time is a week without a score, so the band widens by itself where nothing was answered. When exactly a
    step happened between two occasions nobody knows: its variance is spread evenly over the time between them, which
    leaves the levels at the occasions as they are. Other arguments and errors as in :func:`trajectory`; also
    ValueError for a grid time before the first occasion, where the model says nothing, and for a grid without any
    occasion.
    """
    occasions, given, errors = series_arrays(times, scores, standard_errors)
    wanted = np.asarray(grid, dtype=float)
    if occasions.size == 0 or wanted.ndim != 1 or not np.isfinite(wanted).all():
        raise ValueError("a grid needs an occasion, and finite times in one row")
    if wanted.size and wanted.min() < occasions[0]:
        raise ValueError(f"grid time {wanted.min():g} lies before the first occasion, {occasions[0]:g}")
    every = np.concatenate([occasions, wanted])
    order = np.argsort(every, kind="stable")
    blank = np.full(wanted.size, np.nan)
    all_scores, all_errors = np.concatenate([given, blank])[order], np.concatenate([errors, blank])[order]
    place = np.empty(every.size, dtype=np.int64)
    place[order] = np.arange(every.size)
    placed = _spread(_step_variances(steps, occasions.size), place[: occasions.size], every[order])
    states = trajectory(every[order], all_scores, all_errors, dynamics, prior, placed).smoothed
    return States(*(column[place[occasions.size :]] for column in states))


def joint(
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    dynamics: Dynamics,
    prior: Prior,
    pair: tuple[int, int],
    upto: int | None = None,
    steps: Mapping[int, float] | None = None,
) -> Joint:
    """Posterior of the levels at the two occasions ``pair``, given the scores up to occasion ``upto`` (all).

    Cov(l_i, l_j | y) = e₁' P_i|i F' C' … F' (I − m_j P_j|j−1) e₁ with the smoother's adjoint m. Occasions are
    indices from 0; other arguments and errors as in :func:`trajectory`; also ValueError for a pair outside
    0 to upto.
    """
    occasions, given, errors = series_arrays(times, scores, standard_errors)
    now = occasions.size - 1 if upto is None else upto
    first, second = sorted(pair)
    if not 0 <= first <= second <= now < occasions.size:
        raise ValueError(f"pair {pair} must lie in 0 to {now}, and {now} among {occasions.size} occasions")
    variances = observation_variances(given, errors, dynamics)
    predicted, filtered = np.empty((3, occasions.size)), np.empty((5, occasions.size))
    seen = np.empty((occasions.size, 7))
    series = (occasions, given, variances)
    _kernels.filter_one(*series, model(dynamics, prior), _step_variances(steps, occasions.size), predicted, filtered)
    _kernels.look_back(*series, predicted, filtered, now, seen)
    covariance = np.diag(seen[[first, second], 1])
    if first == second:
        covariance[:] = seen[first, 1]
    else:
        shared = _kernels.covariance_of(*series, predicted, filtered, seen, first, second)
        covariance[0, 1] = covariance[1, 0] = shared
    joined = Joint(seen[[first, second], 0], covariance)
    return joined if pair[0] == first else Joint(joined.mean[::-1], covariance[::-1, ::-1])


def _spread(variances: Floats, rows: Ints, times: Floats) -> dict[int, float]:
    """Steps before occasions, as steps before the rows (in order of ``times``) since the occasion before."""
    placed = {}
    for occasion in np.flatnonzero(variances):
        last = int(rows[occasion])
        first = int(rows[occasion - 1]) + 1 if occasion else last
        waits = np.diff(times[first - 1 : last + 1]) if occasion else np.zeros(1)
        shares = waits / waits.sum() if waits.sum() > 0 else np.eye(1, waits.size, waits.size - 1)[0]
        for row, share in zip(range(first, last + 1), shares, strict=True):
            placed[row] = float(np.sqrt(variances[occasion] * share))
    return placed


def _step_variances(steps: Mapping[int, float] | None, occasions: int) -> Floats:
    if not steps:
        return _kernels.NO_STEPS
    variances = np.zeros(occasions)
    for occasion, sd in steps.items():
        if not (0 <= occasion < occasions and np.isfinite(sd)):
            raise ValueError(f"step {occasion}: {sd} needs an occasion of the series and a finite size")
        variances[occasion] = sd**2
    return variances


def observation_variances(scores: Floats, standard_errors: Floats, dynamics: Dynamics) -> Floats:
    """R = SE² + τ² (n,), points²; nan where nothing was answered."""
    variances = np.where(np.isnan(scores), np.nan, standard_errors**2 + dynamics.occasion_sd**2)
    if (variances <= 0).any():
        raise ValueError("an answer without any error (SE and τ both 0) has no place in this model")
    return np.asarray(variances, dtype=float)


def model(dynamics: Dynamics, prior: Prior) -> tuple[float, float, float, float, float, float]:
    """Numbers in the kernels' order; raises ValueError for negative, infinite or missing ones."""
    values = (*dynamics, prior.sd, prior.slope_sd)
    if not np.isfinite([*values, prior.mean, prior.slope_mean]).all() or min(values) < 0:
        raise ValueError(f"dynamics and prior must be finite, variances not negative: {dynamics}, {prior}")
    return (
        float(dynamics.level_diffusion),
        float(dynamics.slope_diffusion),
        float(prior.mean),
        float(prior.slope_mean),
        float(prior.sd) ** 2,
        float(prior.slope_sd) ** 2,
    )


def series_arrays(
    times: npt.ArrayLike, scores: npt.ArrayLike, standard_errors: npt.ArrayLike, offsets: Ints | None = None
) -> tuple[Floats, Floats, Floats]:
    """Checked and contiguous; errors as in :func:`trajectory`."""
    occasions = np.ascontiguousarray(times, dtype=float)
    given = np.ascontiguousarray(scores, dtype=float)
    if occasions.ndim != 1 or given.shape != occasions.shape:
        raise ValueError(f"times {occasions.shape} and scores {given.shape} must be rows of one length")
    errors = np.ascontiguousarray(np.broadcast_to(np.asarray(standard_errors, dtype=float), given.shape))
    answered = ~np.isnan(given)
    _first(~np.isfinite(occasions), "time is not finite")
    _first(np.isinf(given), "score is infinite")
    _first(answered & ~(np.isfinite(errors) & (errors >= 0)), "standard error must be finite, not negative")
    falls = np.zeros(occasions.size, dtype=bool)
    falls[1:] = np.diff(occasions) < 0
    if offsets is not None:
        if offsets.size < 1 or offsets[0] != 0 or offsets[-1] != given.size or (np.diff(offsets) < 0).any():
            raise ValueError(f"offsets must rise from 0 to {given.size}")
        falls[offsets[:-1][offsets[:-1] < given.size]] = False
    _first(falls, "time lies before the one before it")
    return occasions, given, errors


def _first(wrong: npt.NDArray[np.bool_], what: str) -> None:
    if wrong.any():
        raise ValueError(f"occasion {int(np.argmax(wrong))}: {what}")
