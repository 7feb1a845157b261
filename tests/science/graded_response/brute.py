"""The E-step and the marginal likelihood written out in full, over the logarithms: slow, and hard to get wrong."""

from __future__ import annotations

import itertools

import numpy as np

from mooring.science.graded_response.parameters import Parameters

Floats = np.ndarray


def category(slope: float, cuts: Floats, theta: Floats, k: int) -> Floats:
    """P(X = k | θ), as the difference of two logistic curves."""

    def reached(at: int) -> Floats:
        if at <= 0:
            return np.ones(theta.size)
        return np.zeros(theta.size) if at > cuts.size else 1 / (1 + np.exp(-(slope * theta + cuts[at - 1])))

    return reached(k) - reached(k + 1)


def grid(parameters: Parameters) -> Floats:
    """Every point of the quadrature (points, D): 61 on ±6, in two dimensions 31 by 31."""
    two = parameters.dimension.max() > 0
    axis = np.linspace(-6, 6, 31 if two else 61)
    return np.array(list(itertools.product(axis, axis))) if two else axis[:, None]


def prior(parameters: Parameters, points: Floats, group: int) -> Floats:
    """Normal density at the points, made to sum to 1."""
    if points.shape[1] == 2:
        covariance = np.array([[1, parameters.correlation], [parameters.correlation, 1]])
        inverse = np.linalg.inv(covariance)
        density = np.array([np.exp(-point @ inverse @ point / 2) for point in points])
    else:
        density = np.exp(-(((points[:, 0] - parameters.means[group]) / parameters.sds[group]) ** 2) / 2)
    return density / density.sum()


def posterior(answers: Floats, groups: Floats, parameters: Parameters) -> tuple[Floats, Floats]:
    """Of each person over the points (N, points), and each person's log-likelihood (N,)."""
    points = grid(parameters)
    shares, log_likelihoods = [], []
    priors = [np.log(prior(parameters, points, group)) for group in range(parameters.means.size)]
    for row, group in zip(answers, groups, strict=True):
        logs = priors[group].copy()
        for j, k in enumerate(row):
            if k >= 0:
                cuts = parameters.intercepts[j][np.isfinite(parameters.intercepts[j])]
                chance = category(parameters.slopes[j], cuts, points[:, parameters.dimension[j]], k)
                logs += np.log(np.maximum(chance, 1e-300))
        top = logs.max()
        total = top + np.log(np.exp(logs - top).sum())
        shares.append(np.exp(logs - total))
        log_likelihoods.append(total)
    return np.array(shares), np.array(log_likelihoods)


def counts(answers: Floats, groups: Floats, parameters: Parameters) -> tuple[Floats, Floats, float]:
    """Item counts (J, K, Q), latent counts (G, Q) or (Q, Q), log-likelihood; persons without answers left out."""
    some = (answers >= 0).any(axis=1)
    answers, groups = answers[some], groups[some]
    shares, log_likelihoods = posterior(answers, groups, parameters)
    points = grid(parameters)
    axis = np.unique(points[:, 0])
    items = np.zeros((answers.shape[1], parameters.intercepts.shape[1] + 1, axis.size))
    for j in range(answers.shape[1]):
        place = np.searchsorted(axis, points[:, parameters.dimension[j]])
        for row, share in zip(answers, shares, strict=True):
            if row[j] >= 0:
                np.add.at(items[j, row[j]], place, share)
    if points.shape[1] == 2:
        return items, shares.sum(axis=0).reshape(axis.size, axis.size), float(log_likelihoods.sum())
    latent = np.array([shares[groups == g].sum(axis=0) for g in range(parameters.means.size)])
    return items, latent, float(log_likelihoods.sum())


def log_likelihood(row: Floats, answers: Floats, categories: int) -> float:
    """One dimension, one group, vectorised for optimisers: row holds a (J,) and then d (J, K − 1)."""
    items = answers.shape[1]
    a, d = row[:items], row[items:].reshape(items, categories - 1)
    theta = np.linspace(-6, 6, 61)
    weights = np.exp(-(theta**2) / 2)
    total = np.zeros((answers.shape[0], 61)) + np.log(weights / weights.sum())
    for j in range(items):
        curve = 1 / (1 + np.exp(-(a[j] * theta[None, :] + d[j][:, None])))
        chance = np.vstack([np.ones(61), curve]) - np.vstack([curve, np.zeros(61)])
        if (chance <= 0).any():
            return -1e10  # finite, for the optimiser's differences
        logs = np.vstack([np.log(chance), np.zeros(61)])  # the last row is a missing answer
        total += logs[answers[:, j]]
    top = total.max(axis=1, keepdims=True)
    return float((top[:, 0] + np.log(np.exp(total - top).sum(axis=1))).sum())
