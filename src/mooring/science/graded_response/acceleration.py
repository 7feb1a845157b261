"""EM with Anderson's acceleration, kept monotone.

The EM map M is a contraction that creeps along a few directions (all θ shifted or stretched together). With
f = M(x) − x, and the last differences ΔX, ΔF,

    x ← M(x) − (ΔX + ΔF) γ,  γ = argmin ‖f − ΔF γ‖

(Anderson 1965, doi:10.1145/321296.321305; Walker & Ni 2011, doi:10.1137/10078356X). A point at which the
log-likelihood fell is left for the plain EM step from the point before it, which cannot fall; M is otherwise the
parameter-expanded step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mooring.science.graded_response.expectation import Counts
from mooring.science.graded_response.maximisation import maximise
from mooring.science.graded_response.model import Floats
from mooring.science.graded_response.parameters import Parameters, Used, packed, unpacked, within_bounds

MEMORY = 12
"""Differences remembered."""
SLACK = 1e-11
"""Relative fall of the log-likelihood that is rounding."""

Differences = tuple[tuple[Floats, Floats], ...]
EStep = Callable[[Parameters], Counts]
Progress = Callable[[int, float], None]


class Climb(NamedTuple):
    parameters: Parameters
    counts: Counts
    """At these parameters."""
    iterations: int
    """E-steps taken."""
    converged: bool
    differences: Differences
    """What was learnt of the map; holds for other persons who answer alike."""


def climb(
    e_step: EStep,
    start: Parameters,
    used: Used,
    *,
    tolerance: float,
    max_iterations: int,
    progress: Progress | None = None,
    differences: Differences = (),
) -> Climb:
    """Iterate until no parameter would move by more than ``tolerance``, accelerated or not."""
    at, kept = packed(start, used), list(differences)
    before: tuple[Floats, Floats] | None = None  # last accepted point and its f
    highest, best, safe = -np.inf, start, at
    counts = e_step(start)
    for iteration in range(1, max_iterations + 1):
        parameters = unpacked(at, start, used)
        counts = e_step(parameters) if iteration > 1 else counts
        if progress is not None:
            progress(iteration, counts.log_likelihood)
        if before is not None and not counts.log_likelihood >= highest - SLACK * abs(highest):
            at, kept, before = safe, [], None
            continue
        highest, best = counts.log_likelihood, parameters
        next_points = maximise(parameters, counts, used)
        safe, found = packed(next_points.plain, used), packed(next_points.expanded, used) - at
        if before is not None:
            kept = [*kept, (at - before[0], found - before[1])][-MEMORY:]
        ahead = _accelerated(at, found, kept, start, used)
        before = at, found
        if max(np.abs(found).max(initial=0), np.abs(ahead - at).max(initial=0)) < tolerance:
            return Climb(parameters, counts, iteration, True, tuple(kept))
        at = ahead
    return Climb(best, counts if best is parameters else e_step(best), max_iterations, False, tuple(kept))


def _accelerated(at: Floats, found: Floats, kept: list[tuple[Floats, Floats]], like: Parameters, used: Used) -> Floats:
    """The accelerated point, or M(x) where that lies out of bounds."""
    if not kept:
        return at + found
    moves, changes = (np.stack(columns, axis=1) for columns in zip(*kept, strict=True))
    weights, *_ = np.linalg.lstsq(changes, found, rcond=1e-10)
    ahead = at + found - (moves + changes) @ weights
    if np.isfinite(ahead).all() and within_bounds(unpacked(ahead, like, used), used):
        return np.asarray(ahead)
    return at + found
