"""A plateau: for weeks the level has stood where it was, as sure as asked. An event of a course, not a signal.

With the trend of :mod:`mooring.science.trajectory` and the scores y_1..n up to now, the levels are jointly normal.
Occasion n stands since occasion i when for each j from i to n

    P(|l_n − l_j| < m | y_1..n) = Φ((m − d_j) / s_j) − Φ((−m − d_j) / s_j) ≥ asked,  m = 1.96 √2 SEM,
    d_j = E(l_n − l_j | y_1..n),  s_j² = Var l_n + Var l_j − 2 Cov(l_n, l_j),

all of :func:`mooring.science.trajectory.joint`. A plateau is said once that has lasted for the weeks and the occasions
that the operating point asks, and ceases when the level is no longer more likely than not within m of where it began.
Nothing here is a clinical cut-off: weeks and probability were chosen from simulated courses
(docs/operating-points.md). Standing still is no failure: a plateau at a good level is a result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mooring.science import _kernels
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.signals import Series
from mooring.science.trajectory import model, observation_variances, series_arrays

RELIABLE = 1.96 * np.sqrt(2)
"""One reliable change in standard errors of measurement (Jacobson & Truax 1991, doi 10.1037/0022-006X.59.1.12)."""


class Plateau(NamedTuple):
    """Occasions are indices into the given series; levels in points, as known at `spoke`."""

    since: int
    """First occasion of the level that has been held."""
    spoke: int
    """Occasion at which it could first be said."""
    ceased: int | None
    """Occasion at which it no longer held; None while it does."""
    level: float
    level_sd: float
    weeks: float
    """From `since` to `spoke`."""
    probability: float
    """The least, over the stretch, that the level at `spoke` lies within the margin of an earlier one."""
    asked: float
    margin: float
    """One reliable change, points."""
    gained: float
    """How much better the level is than at the first answer, points in the good direction; negative when worse."""
    gained_sd: float


def plateaus(series: Series, worse: int, point: OperatingPoint = ASSUMED) -> tuple[Plateau, ...]:
    """The plateaus of one series, in order, each decided from the scores up to it.

    worse: +1 where higher is worse, −1 where lower is. Too few or too close answers give none; missed weeks count
    as time, not as occasions. Errors as in :func:`mooring.science.signals.compared`.
    """
    times, scores, errors = series_arrays(series.times, series.scores, series.standard_errors)
    if not (np.isfinite(series.sem) and series.sem > 0):
        raise ValueError(f"sem must be positive and finite, not {series.sem}")
    variances = observation_variances(scores, errors, series.dynamics)
    seen = np.flatnonzero(np.isfinite(scores))
    given = (times[seen], scores[seen], variances[seen])
    margin = float(RELIABLE * series.sem)
    rule = (margin, point.plateau, point.release, point.plateau_weeks, point.plateau_occasions)
    rows, numbers = _kernels.plateaus(*given, model(series.dynamics, series.prior), *rule)
    return tuple(
        Plateau(
            since=int(seen[since]),
            spoke=int(seen[spoke]),
            ceased=None if ceased < 0 else int(seen[ceased]),
            level=float(level),
            level_sd=float(np.sqrt(variance)),
            weeks=float(given[0][spoke] - given[0][since]),
            probability=float(least),
            asked=point.plateau,
            margin=margin,
            gained=float(-worse * moved),
            gained_sd=float(np.sqrt(moved_variance)),
        )
        for (since, spoke, ceased), (least, level, variance, moved, moved_variance) in zip(rows, numbers, strict=True)
    )
