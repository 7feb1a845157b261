"""Intervals hold the truth as often as they say, and the information is the likelihood's own curvature."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.graded_response import simulate
from mooring.science.graded_response.expectation import expected_counts
from mooring.science.graded_response.fit import fit
from mooring.science.graded_response.parameters import parameters_of, used_categories
from mooring.science.graded_response.standard_errors import covariance, observed_information
from tests.science.graded_response import brute


def test_the_information_is_the_curvature_of_the_likelihood() -> None:
    """Second differences of the likelihood written out in full."""
    rng = np.random.default_rng(2)
    bank = simulate.bank(3, rng, categories=3)
    answers = simulate.answers(bank, rng.normal(size=200), rng, missing=0.1)
    answers = answers[(answers >= 0).any(axis=1)]
    found = fit(answers, tolerance=1e-9, standard_errors=False)
    best = parameters_of(found.items)
    counts = expected_counts(answers, best)
    used = used_categories(counts.items.sum(axis=2) > 0.5)
    ours = observed_information(lambda at: expected_counts(answers, at), best, counts, used)
    row = np.concatenate([best.slopes, best.intercepts.ravel()])
    step = 1e-3
    theirs = np.empty_like(ours)
    for i in range(row.size):
        for k in range(row.size):
            corners = [
                one * other * brute.log_likelihood(row + step * (one * np.eye(9)[i] + other * np.eye(9)[k]), answers, 3)
                for one in (1, -1)
                for other in (1, -1)
            ]
            theirs[i, k] = -sum(corners) / (4 * step**2)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)


def test_an_information_matrix_of_something_unidentified_has_no_inverse() -> None:
    assert covariance(np.ones((2, 2))) is None
    assert covariance(np.array([[1.0, 0.0], [0.0, -1.0]])) is None
    assert covariance(np.array([[np.nan]])) is None
    np.testing.assert_allclose(covariance(np.diag([4.0, 0.25])), np.diag([0.25, 4.0]))


@pytest.mark.slow
def test_intervals_hold_the_truth_19_times_in_20() -> None:
    """300 samples of 600 persons in two groups, a tenth missing: 2,400 slopes, 9,600 thresholds."""
    rng = np.random.default_rng(3)
    bank, group = simulate.bank(8, rng, categories=5), np.repeat([0, 1], 300)
    slopes, thresholds, latent = [], [], []
    for _ in range(300):
        theta = rng.normal(np.where(group, 0.5, 0.0), np.where(group, 1.3, 1.0))
        found = fit(simulate.answers(bank, theta, rng, missing=0.1), groups=group, categories=5)
        other = found.groups[1]
        slopes.append(np.abs(found.items.a - bank.a) < 1.96 * found.standard_errors.a)
        thresholds.append(np.abs(found.items.b - bank.b) < 1.96 * found.standard_errors.b)
        latent.append([abs(other.mean - 0.5) < 1.96 * other.mean_error, abs(other.sd - 1.3) < 1.96 * other.sd_error])
    assert 0.93 < np.mean(slopes) < 0.97
    assert 0.93 < np.mean(thresholds) < 0.97
    assert 0.93 < np.mean(latent) < 0.97


@pytest.mark.slow
def test_intervals_in_two_dimensions_hold_the_truth_19_times_in_20() -> None:
    rng = np.random.default_rng(4)
    bank = simulate.bank(10, rng, categories=4, dimensions=2)
    held, correlations = [], []
    for _ in range(200):
        theta = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 500)
        found = fit(simulate.answers(bank, theta, rng), dimension=bank.dimension, categories=4)
        held.append(np.abs(found.items.a - bank.a) < 1.96 * found.standard_errors.a)
        held.append((np.abs(found.items.b - bank.b) < 1.96 * found.standard_errors.b).mean(axis=1))
        correlations.append(abs(found.correlation - 0.4) < 1.96 * found.correlation_error)
    assert 0.93 < np.mean(held) < 0.97
    assert 0.90 < np.mean(correlations) < 0.99  # of 200
