"""A person's slope over all occasions beside the group's: the multilevel index of reliable change.

    y_it = β₀ + β₁ t + b_i0 + b_i1 t + e_it,  b_i ~ N(0, D),  e_it ~ N(0, σ²)   (REML),
    rc_i = E(b_i1 | y_i) / SD(b_i1 | y_i),    Cov(b_i | y_i) = D − D Z' (Z D Z' + σ² I)⁻¹ Z D.

So it asks whether a person's slope differs from the group's, not whether the person changed: somebody who improves as
fast as everybody is "unchanged". ``rate`` says how fast they moved. The index is that of the R package
clinicalsignificance (its source, read; results at 863dc77, doi 10.18637/jss.v111.i01).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science import growth
from mooring.science.change.index import TWO_SIDED_95
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
NOTHING = 1e-8
"""Of the answers' variance: slopes that vary less over the whole time do not differ."""


class Slopes(NamedTuple):
    """One entry a person; nan for a person without an answer."""

    rate: Floats
    """β₁ + E(b_i1), points for each unit of time."""
    rc: Floats
    """How far the person's slope lies from the group's, in standard errors."""
    reliable: Bools
    """|rc| > 1.96."""
    group: float
    """β₁"""


def slopes(panel: Panel) -> Slopes:
    """The index of each person of a panel: times (n,) in any unit and order, scores in points, nan for missing.

    A person with one answer, or several at one time, has an index too, shrunk towards the group. Raises ValueError as
    :func:`mooring.science.growth.fit` does, for times that are not finite, and where people's slopes do not differ.
    """
    times, scores = np.asarray(panel.times, dtype=float), np.asarray(panel.scores, dtype=float)
    answered = ~np.isnan(scores)
    if not np.isfinite(times).all():
        raise ValueError(f"occasion {int(np.argmin(np.isfinite(times)))}: time is not finite")
    first, last = (float(end(times[answered])) if answered.any() else 0.0 for end in (np.min, np.max))
    span = last - first or 1.0
    # The course is linear in log(1 + time), and so in what is given here; one unit is the whole time.
    at = np.where(answered, (times - first) / span, 0.0)
    course = growth.fit(panel._replace(times=np.expm1(at)))
    if course.covariance[1, 1] <= NOTHING * float(np.var(scores[answered])):
        raise ValueError("people's slopes do not differ: there is nothing to set a person's beside")
    offsets = np.asarray(panel.offsets, dtype=np.int64)
    means, errors = np.full(offsets.size - 1, np.nan), np.full(offsets.size - 1, np.nan)
    for person, (start, end) in enumerate(pairwise(offsets)):
        rows = np.flatnonzero(answered[start:end]) + start
        if rows.size:
            means[person], errors[person] = _own(course, at[rows], scores[rows])
    rc = means / errors
    return Slopes((course.slope + means) / span, rc, np.abs(rc) > TWO_SIDED_95, course.slope / span)


def _own(course: growth.Growth, at: Floats, scores: Floats) -> tuple[float, float]:
    """Mean and standard deviation of b_i1 given the person's scores."""
    z = np.column_stack([np.ones(at.size), at])
    shared = course.covariance @ z.T
    total = z @ shared + course.residual_variance * np.eye(at.size)
    gain = np.linalg.solve(total, shared.T).T
    mean = gain @ (scores - course.intercept - course.slope * at)
    left = course.covariance - gain @ shared.T
    return float(mean[1]), float(np.sqrt(left[1, 1]))
