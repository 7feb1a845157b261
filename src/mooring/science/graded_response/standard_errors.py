"""Standard errors from the observed information.

    I = −∂² log L / ∂x ∂x′ = −∂g / ∂x′,  g(x) = ∂ log L / ∂x = Σ E[∂ log L_complete / ∂x | answers]

By Fisher's identity the gradient g follows from the counts of one E-step at x, so I follows from E-steps at points
beside the estimate, one for each parameter (Jamshidian & Jennrich 2000,
doi:10.1111/1467-9868.00230). Thresholds, standard deviations and the correlation by the delta method. The same
information as Oakes' (1999, doi:10.1111/1467-9868.00188) and Louis' (1982), without their formulas.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mooring.science.graded_response.acceleration import EStep
from mooring.science.graded_response.expectation import Counts
from mooring.science.graded_response.maximisation import gradient
from mooring.science.graded_response.model import Floats
from mooring.science.graded_response.parameters import Parameters, Used, items_of, packed, unpacked

STEP = 1e-5
"""Of a difference, in units of a slope, an intercept, a log sd or an atanh correlation: its own error and that of
rounding are then both some 1e-5 of the information."""
LEAST_EIGENVALUE = 1e-9
"""Of the information scaled to a unit diagonal; below it something is not identified."""


class ItemErrors(NamedTuple):
    """Standard errors of items; nan where there is none."""

    a: Floats
    """(J,)"""
    b: Floats
    """(J, K − 1)"""


class Errors(NamedTuple):
    """Standard errors of everything that was estimated; nan where there is none, also in the reference group."""

    items: ItemErrors
    means: Floats
    """(G,)"""
    sds: Floats
    """(G,)"""
    correlation: float


def observed_information(e_step: EStep, parameters: Parameters, counts: Counts, used: Used) -> Floats:
    """(P, P) in the order of ``packed``: slopes, cuts, then the latent distribution. counts: at the parameters."""
    at, here = packed(parameters, used), gradient(parameters, counts, used)
    rows = np.empty((at.size, at.size))
    for i, step in enumerate(_steps(parameters, used, at.size)):
        beside = at.copy()
        beside[i] -= step
        moved = unpacked(beside, parameters, used)
        rows[i] = (gradient(moved, e_step(moved), used) - here) / step
    return (rows + rows.T) / 2


def _steps(parameters: Parameters, used: Used, size: int) -> Floats:
    """Half a cut's distance to its neighbour at most: cuts must stay in order."""
    steps = np.full(size, STEP)
    first = int((used.sizes > 1).sum())
    for row, free in zip(parameters.intercepts, used.cuts, strict=True):
        own = row[free]
        gaps = np.concatenate([[np.inf], -np.diff(own), [np.inf]])
        steps[first : first + own.size] = np.minimum(STEP, np.minimum(gaps[:-1], gaps[1:]) / 4)
        first += own.size
    return steps


def covariance(information: Floats) -> Floats | None:
    """Its inverse, or None where it is not positive definite."""
    diagonal = np.diag(information)
    if not np.isfinite(information).all() or (diagonal <= 0).any():
        return None
    scale = 1 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(information * scale[:, None] * scale[None, :])
    if values.size and values[0] < LEAST_EIGENVALUE:
        return None
    return np.asarray((vectors / values) @ vectors.T * scale[:, None] * scale[None, :])


def unknown(parameters: Parameters) -> Errors:
    """No standard error anywhere."""
    none = np.full(parameters.means.size, np.nan)
    items = ItemErrors(np.full(parameters.slopes.size, np.nan), np.full(parameters.intercepts.shape, np.nan))
    return Errors(items, none, none.copy(), float("nan"))


def errors_of(spread: Floats, parameters: Parameters, used: Used) -> Errors:
    """From the covariance of what ``packed`` holds: Var b = (Var d + 2 b Cov(a, d) + b² Var a) / a²."""
    errors = unknown(parameters)
    free = np.flatnonzero(used.sizes > 1)
    items = items_of(parameters)
    place = free.size
    for i, j in enumerate(free):
        errors.items.a[j] = np.sqrt(spread[i, i])
        own = np.flatnonzero(used.cuts[j])
        cut = np.arange(place, place + own.size)
        b = items.b[j, own]
        variance = spread[cut, cut] + 2 * b * spread[i, cut] + b**2 * spread[i, i]
        errors.items.b[j, own] = np.sqrt(np.maximum(variance, 0)) / abs(items.a[j])
        place += own.size
    latent = np.sqrt(np.diag(spread)[place:])
    if parameters.dimensions == 2:
        return errors._replace(correlation=float(latent[0] * (1 - parameters.correlation**2)))
    others = parameters.means.size - 1
    errors.means[1:], errors.sds[1:] = latent[:others], latent[others:] * parameters.sds[1:]
    return errors
