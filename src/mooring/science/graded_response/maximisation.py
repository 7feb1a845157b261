"""M-step: item parameters by Fisher scoring on the expected counts, the latent distribution by one scoring step.

Items are independent given the counts, so each is a small regression of its answers on θ. Climbing, rather than
maximising, is enough for the EM to converge (generalised EM: Dempster, Laird & Rubin 1977).

What makes the EM creep is that all items move together when θ is shifted or stretched. So a shift and a stretch of θ
are estimated as well, as if the reference group's mean and sd were free, and carried over to the items: the
parameter-expanded EM (Liu, Rubin & Wu 1998, doi:10.1093/biomet/85.4.755). They are taken from the gradient, not from
the posterior's moments, so that the fixed point is the maximum at these very nodes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mooring.science._kernels import graded
from mooring.science.graded_response.expectation import Counts
from mooring.science.graded_response.model import Floats
from mooring.science.graded_response.parameters import (
    FARTHEST,
    FARTHEST_NODE,
    GREATEST_CORRELATION,
    GREATEST_SD,
    LEAST_SD,
    NEAREST,
    STEEPEST,
    Parameters,
    Used,
    latent_weights,
    nodes,
    tied,
)

SCORING_STEPS = 4
LONGEST = 0.3
"""Of a step of the latent distribution."""


class Maximised(NamedTuple):
    plain: Parameters
    """Under which the expected complete data are likelier: the log-likelihood does not fall."""
    expanded: Parameters
    """The same after a shift and a stretch of θ: nearly always nearer to the maximum."""


def maximise(parameters: Parameters, counts: Counts, used: Used) -> Maximised:
    """Both next points of the EM."""
    slopes, intercepts = parameters.slopes.copy(), parameters.intercepts.copy()
    gradients = np.zeros((slopes.size, intercepts.shape[1] + 1))
    at, bounds = nodes(parameters.dimensions), (STEEPEST, FARTHEST, NEAREST)
    graded.maximise_items(
        slopes, intercepts, counts.items, used.categories, used.sizes, at, SCORING_STEPS, bounds, gradients
    )
    moved = parameters._replace(slopes=slopes, intercepts=tied(intercepts, used))
    latent = latent_gradient(parameters, counts)
    shifts = parameters.slopes * gradients[:, 1:].sum(axis=1)
    stretches = parameters.slopes * gradients[:, 0]
    if parameters.dimensions == 2:
        return _two(moved, parameters, counts, used, shifts, stretches, float(latent[0]))
    persons = counts.latent.sum(axis=1)
    others = parameters.means.size - 1
    by_mean, by_sd = latent[:others], latent[others:]
    means, sds = parameters.means.copy(), parameters.sds.copy()
    means[1:] += np.clip(by_mean * sds[1:] ** 2 / persons[1:], -1, 1)
    sds[1:] *= np.exp(np.clip(by_sd / (2 * persons[1:]), -LONGEST, LONGEST))
    moved = _distributed(moved, means, sds)
    # The others' distributions move against the items, so that only the reference group's is tried.
    shift = (shifts.sum() - by_mean.sum()) / persons[0]
    stretch = (stretches.sum() - by_mean @ parameters.means[1:] - by_sd.sum()) / (2 * persons[0])
    return Maximised(moved, _carried(moved, used, np.array([shift]), np.array([stretch])))


def _two(
    moved: Parameters,
    parameters: Parameters,
    counts: Counts,
    used: Used,
    shifts: Floats,
    stretches: Floats,
    by_correlation: float,
) -> Maximised:
    """One scoring step of the bivariate normal: both means, both log sds and atanh of the correlation."""
    persons, rho = counts.latent.sum(), parameters.correlation
    plain = moved._replace(correlation=_turned(rho, by_correlation / (persons * (1 + rho**2))))
    own = parameters.dimension == np.array([[0], [1]])
    shift = np.array([[1, rho], [rho, 1]]) @ (own @ shifts) / persons
    square, rest = rho**2, 1 - rho**2
    information = (
        np.array(
            [[2 - square, -square, -rho * rest], [-square, 2 - square, -rho * rest], [-rho * rest, -rho * rest, 0]]
        )
        / rest
    )
    information[2, 2] = 1 + square
    steps = np.linalg.solve(information, np.array([*(own @ stretches), by_correlation])) / persons
    turned = moved._replace(correlation=_turned(rho, steps[2]))
    return Maximised(plain, _carried(turned, used, shift, steps[:2]))


def _carried(parameters: Parameters, used: Used, shift: Floats, stretch: Floats) -> Parameters:
    """The same model when θ = shift + exp(stretch) z, as parameters of z."""
    moves, grows = np.clip(shift, -LONGEST, LONGEST), np.exp(np.clip(stretch, -LONGEST, LONGEST))
    own = parameters.dimension
    slopes = np.clip(parameters.slopes * grows[own], -STEEPEST, STEEPEST)
    intercepts = np.clip(parameters.intercepts + (parameters.slopes * moves[own])[:, None], -FARTHEST, FARTHEST)
    carried = parameters._replace(slopes=slopes, intercepts=tied(intercepts, used))
    if parameters.means.size == 1:
        return carried
    means, sds = (parameters.means - moves[0]) / grows[0], parameters.sds / grows[0]
    means[0], sds[0] = 0.0, 1.0
    return _distributed(carried, means, sds)


def _distributed(parameters: Parameters, means: Floats, sds: Floats) -> Parameters:
    """With the groups' distributions, kept where the nodes can tell them."""
    far = FARTHEST_NODE
    return parameters._replace(means=np.clip(means, -far, far), sds=np.clip(sds, LEAST_SD, GREATEST_SD))


def _turned(correlation: float, step: float) -> float:
    """The correlation after a step of its atanh."""
    turned = np.tanh(np.arctanh(correlation) + np.clip(step, -LONGEST, LONGEST))
    return float(np.clip(turned, -GREATEST_CORRELATION, GREATEST_CORRELATION))


def latent_gradient(parameters: Parameters, counts: Counts) -> Floats:
    """Of the log-likelihood by the other groups' means and log sds, or by atanh of the correlation."""
    at = nodes(parameters.dimensions)
    weights = latent_weights(parameters)
    if parameters.dimensions == 2:
        rho = parameters.correlation
        squares, product = at[:, None] ** 2 + at[None, :] ** 2, at[:, None] * at[None, :]
        slope = (product * (1 - rho**2) - rho * (squares - 2 * rho * product)) / (1 - rho**2)
        return np.array([((counts.latent - counts.latent.sum() * weights) * slope).sum()])
    z = (at[None, :] - parameters.means[1:, None]) / parameters.sds[1:, None]
    surplus = (counts.latent - counts.latent.sum(axis=1, keepdims=True) * weights)[1:]
    return np.concatenate([(surplus * z).sum(axis=1) / parameters.sds[1:], (surplus * z**2).sum(axis=1)])


def gradient(parameters: Parameters, counts: Counts, used: Used) -> Floats:
    """Of the marginal log-likelihood, in the order of ``packed``: by Fisher's identity that of the complete data."""
    rows = np.zeros((parameters.slopes.size, parameters.intercepts.shape[1] + 1))
    at = nodes(parameters.dimensions)
    graded.item_gradients(parameters.slopes, parameters.intercepts, counts.items, used.categories, used.sizes, at, rows)
    by_cut = [row[1:size] for row, size in zip(rows, used.sizes, strict=True)]
    return np.concatenate([rows[used.sizes > 1, 0], *by_cut, latent_gradient(parameters, counts)])
