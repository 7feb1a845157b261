"""Two correlated dimensions of simple structure."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.graded_response import simulate
from mooring.science.graded_response.answers import frequencies
from mooring.science.graded_response.expectation import add, expected_counts
from mooring.science.graded_response.fit import fit, fit_from_counts
from mooring.science.graded_response.parameters import parameters_of, start_from
from tests.science.graded_response import brute

RNG = np.random.default_rng(21)
BANK = simulate.bank(12, RNG, categories=5, dimensions=2)
THETA = RNG.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 4_000)
ANSWERS = simulate.answers(BANK, THETA, RNG, missing=0.1)


def test_items_and_correlation_are_recovered() -> None:
    found = fit(ANSWERS, dimension=BANK.dimension)
    assert found.converged
    assert found.problems == ()
    assert abs(found.correlation - 0.5) < 3.5 * found.correlation_error < 0.1
    np.testing.assert_allclose(found.items.a, BANK.a, atol=0.3)
    np.testing.assert_allclose(found.items.b, BANK.b, atol=0.3)


def test_no_step_beside_the_maximum_climbs() -> None:
    """The gradient of the likelihood written out in full vanishes, by correlation and by one item's parameters."""
    few = ANSWERS[:200, :4]
    found = fit(few, dimension=BANK.dimension[:4], tolerance=1e-9, categories=5, standard_errors=False)
    best = parameters_of(found.items, correlation=found.correlation)
    people = few[(few >= 0).any(axis=1)]
    none = np.zeros(people.shape[0], dtype=int)

    def height(beside: object) -> float:
        return float(brute.posterior(people, none, beside)[1].sum())  # type: ignore[arg-type]

    top = height(best)
    assert found.log_likelihood == pytest.approx(top, rel=1e-11)
    step = 1e-3
    for sign in (1, -1):
        assert height(best._replace(correlation=best.correlation + sign * step)) < top
        slopes, cuts = best.slopes.copy(), best.intercepts.copy()
        slopes[1] += sign * step
        cuts[2, 0] += sign * step
        assert height(best._replace(slopes=slopes)) < top
        assert height(best._replace(intercepts=cuts)) < top


def test_counts_summed_over_partitions_give_the_same_calibration() -> None:
    whole = fit(ANSWERS, dimension=BANK.dimension, categories=5, tolerance=1e-9, standard_errors=False)
    parts = [ANSWERS[:1_500], ANSWERS[1_500:]]
    start = start_from(np.sum([frequencies(part, 5) for part in parts], axis=0), dimension=BANK.dimension)
    summed = fit_from_counts(
        lambda at: add(expected_counts(part, at) for part in parts), start, tolerance=1e-9, standard_errors=False
    )
    np.testing.assert_allclose(summed.items.b, whole.items.b, atol=1e-8)
    assert summed.correlation == pytest.approx(whole.correlation, abs=1e-8)


def test_answers_to_one_dimension_only_tell_nothing_of_the_correlation() -> None:
    """Half the persons answered the one form, half the other."""
    split = ANSWERS.copy()
    split[:2_000, BANK.dimension == 0] = -1
    split[2_000:, BANK.dimension == 1] = -1
    found = fit(split, dimension=BANK.dimension)
    assert any("not positive definite" in problem for problem in found.problems)
    assert np.isnan(found.correlation_error)


def test_one_dimension_taken_for_two() -> None:
    """The same θ behind both: the correlation stops where the nodes can still tell, and the fit says so."""
    rng = np.random.default_rng(22)
    answers = simulate.answers(BANK._replace(dimension=np.zeros(12, dtype=np.int64)), rng.normal(size=3_000), rng)
    found = fit(answers, dimension=BANK.dimension, standard_errors=False)
    assert found.correlation > 0.98
    assert np.isfinite(found.log_likelihood)
    assert any("cannot be told apart" in problem for problem in found.problems)
