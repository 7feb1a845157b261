"""M-step: item parameters by Fisher scoring on the expected counts, the latent distribution by one scoring step.

Items are independent given the counts, so each is a small regression of its answers on θ. Climbing, rather than
maximising, is enough for the EM to converge (generalised EM: Dempster, Laird & Rubin 1977).
"""

from __future__ import annotations

import numpy as np

from mooring.science._kernels import graded
from mooring.science.graded_response.expectation import Counts
from mooring.science.graded_response.model import Floats
from mooring.science.graded_response.parameters import (
    FARTHEST,
    NEAREST,
    STEEPEST,
    Parameters,
    Used,
    latent_weights,
    nodes,
    tied,
)

SCORING_STEPS = 4


def maximise(parameters: Parameters, counts: Counts, used: Used) -> Parameters:
    """Parameters under which the expected complete data are likelier than under ``parameters``."""
    slopes, intercepts = parameters.slopes.copy(), parameters.intercepts.copy()
    bounds = (STEEPEST, FARTHEST, NEAREST)
    at = nodes(parameters.dimensions)
    graded.maximise_items(slopes, intercepts, counts.items, used.categories, used.sizes, at, SCORING_STEPS, bounds)
    moved = parameters._replace(slopes=slopes, intercepts=tied(intercepts, used))
    scores = latent_gradient(parameters, counts)
    persons = counts.latent.sum(axis=1)
    if parameters.dimensions == 2:
        rho = parameters.correlation
        information = persons.sum() * (1 + rho**2)
        step = float(np.clip(scores[0] / max(information, 1e-12), -0.3, 0.3))
        return moved._replace(correlation=float(np.tanh(np.arctanh(rho) + step)))
    if parameters.means.size == 1:
        return moved
    others = parameters.means.size - 1
    many = np.maximum(persons[1:], 1e-12)
    means, sds = parameters.means.copy(), parameters.sds.copy()
    means[1:] += np.clip(scores[:others] * sds[1:] ** 2 / many, -1, 1)
    sds[1:] *= np.exp(np.clip(scores[others:] / (2 * many), -0.5, 0.5))
    return moved._replace(means=means, sds=sds)


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
