"""Calibration finds the maximum that an optimiser without EM finds, and the truth behind simulated answers."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.optimize import minimize

from mooring.science.graded_response import simulate
from mooring.science.graded_response.answers import frequencies
from mooring.science.graded_response.expectation import add, expected_counts
from mooring.science.graded_response.fit import Fit, fit, fit_from_counts
from mooring.science.graded_response.model import Items
from mooring.science.graded_response.parameters import start_from
from tests.science.graded_response import brute


@cache
def simulated(persons: int, items: int, categories: int, missing: float = 0.0) -> tuple[Items, np.ndarray]:
    rng = np.random.default_rng(persons + items + categories)
    bank = simulate.bank(items, rng, categories=categories, centre_sd=0.3)
    return bank, simulate.answers(bank, rng.normal(size=persons), rng, missing=missing)


def intercepts(found: Fit) -> np.ndarray:
    return -found.items.a[:, None] * found.items.b


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_the_maximum_is_that_of_a_general_optimiser(missing: float) -> None:
    """BFGS on the likelihood written out in full, from another start."""
    _, answers = simulated(300, 4, 3, missing)
    answers = answers[(answers >= 0).any(axis=1)]
    ours = fit(answers, tolerance=1e-8, standard_errors=False)
    start = np.concatenate([np.ones(4), np.tile([1.0, -1.0], 4)])
    theirs = minimize(lambda row: -brute.log_likelihood(row, answers, 3), start, method="BFGS", jac="3-point")
    assert ours.converged
    assert ours.log_likelihood == pytest.approx(-theirs.fun, rel=1e-9)
    np.testing.assert_allclose(ours.items.a, theirs.x[:4], atol=1e-4)
    np.testing.assert_allclose(intercepts(ours), theirs.x[4:].reshape(4, 2), atol=1e-4)
    row = np.concatenate([ours.items.a, intercepts(ours).ravel()])
    assert ours.log_likelihood == pytest.approx(brute.log_likelihood(row, answers, 3), rel=1e-12)


def test_the_truth_is_recovered() -> None:
    bank, answers = simulated(20_000, 12, 5)
    found = fit(answers)
    assert found.converged
    assert found.problems == ()
    assert found.n == 20_000
    np.testing.assert_allclose(found.items.a, bank.a, atol=0.12)
    np.testing.assert_allclose(found.items.b, bank.b, atol=0.12)
    z = (found.items.b - bank.b) / found.standard_errors.b
    assert 0.6 < z.std() < 1.4


def test_the_default_tolerance_leaves_parameters_within_a_ten_thousandth() -> None:
    _, answers = simulated(20_000, 12, 5)
    loose, tight = (fit(answers, tolerance=tolerance, standard_errors=False) for tolerance in (1e-5, 1e-10))
    np.testing.assert_allclose(loose.items.a, tight.items.a, atol=2e-5)
    np.testing.assert_allclose(loose.items.b, tight.items.b, atol=2e-5)
    assert loose.log_likelihood == pytest.approx(tight.log_likelihood, rel=1e-11)


def test_counts_summed_over_partitions_give_the_same_calibration() -> None:
    _, answers = simulated(2_000, 8, 4, 0.1)
    whole = fit(answers, categories=4, tolerance=1e-9)
    parts = [answers[first : first + 450] for first in range(0, 2_000, 450)]
    start = start_from(np.sum([frequencies(part, 4) for part in parts], axis=0))
    summed = fit_from_counts(lambda at: add(expected_counts(part, at) for part in parts), start, tolerance=1e-9)
    np.testing.assert_allclose(summed.items.a, whole.items.a, atol=1e-8)
    np.testing.assert_allclose(summed.items.b, whole.items.b, atol=1e-8)
    np.testing.assert_allclose(summed.standard_errors.b, whole.standard_errors.b, rtol=1e-4)
    assert summed.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    assert (summed.n, summed.problems) == (whole.n, whole.problems)


def test_the_log_likelihood_never_falls() -> None:
    _, answers = simulated(2_000, 8, 4, 0.1)
    climbed: list[float] = []
    fit(answers, progress=lambda _, log_likelihood: climbed.append(log_likelihood), standard_errors=False)
    assert len(climbed) > 3
    assert (np.diff(climbed) > -1e-9 * abs(climbed[0])).all()


def test_the_order_of_persons_and_items_does_not_matter() -> None:
    _, answers = simulated(2_000, 8, 4, 0.1)
    rng = np.random.default_rng(0)
    persons, items = rng.permutation(2_000), rng.permutation(8)
    one = fit(answers, tolerance=1e-9, standard_errors=False)
    other = fit(answers[persons][:, items], tolerance=1e-9, standard_errors=False)
    np.testing.assert_allclose(other.items.a, one.items.a[items], atol=1e-7)
    np.testing.assert_allclose(other.items.b, one.items.b[items], atol=1e-7)


def test_identical_persons_are_counted_together() -> None:
    """Three dichotomous items have eight patterns; each person twice is twice the log-likelihood."""
    _, answers = simulated(3_000, 3, 2)
    once, twice = fit(answers, tolerance=1e-9), fit(np.repeat(answers, 2, axis=0), tolerance=1e-9)
    np.testing.assert_allclose(twice.items.a, once.items.a, atol=1e-6)
    np.testing.assert_allclose(twice.standard_errors.a, once.standard_errors.a / np.sqrt(2), rtol=1e-3)
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood, rel=1e-10)


def test_a_start_at_the_end_ends_there_at_once() -> None:
    _, answers = simulated(2_000, 8, 4, 0.1)
    found = fit(answers, tolerance=1e-8, standard_errors=False)
    again = fit(answers, start=found.items, tolerance=1e-5, standard_errors=False)
    assert again.iterations == 1
    assert again.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-13)


def test_answers_of_any_kind_of_number() -> None:
    _, answers = simulated(300, 4, 3, 0.25)
    whole = fit(answers, standard_errors=False)
    real = np.where(answers < 0, np.nan, answers)
    for given in (answers.astype(np.int64), real, real.astype(np.float32), answers.tolist()):
        assert fit(given, standard_errors=False).log_likelihood == whole.log_likelihood


def test_items_of_different_numbers_of_categories() -> None:
    rng = np.random.default_rng(8)
    bank = simulate.bank(9, rng, categories=(2, 4, 7))
    answers = simulate.answers(bank, rng.normal(size=5_000), rng)
    found = fit(answers, categories=bank.categories)
    np.testing.assert_array_equal(found.items.categories, bank.categories)
    np.testing.assert_allclose(found.items.b, bank.b, atol=0.3)
    assert not np.isnan(found.standard_errors.b[np.isfinite(bank.b)]).any()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([0, 1, 2], "persons by items"),
        ([["a"]], "table of numbers"),
        ([[0, 1], [0, 1.5]], r"person 1, item 1: 1.5 is no category"),
        ([[0, 1], [-2, 1]], r"person 1, item 0: -2 is no category"),
        ([[0, np.inf]], "person 0, item 1: inf"),
        (np.array([[0, -3]], dtype=np.int8), "person 0, item 1: -3"),
        ([[0, 3], [1, 1]], "item 1: answer 3, but its categories are 0 to 2"),
        (np.empty((5, 0), dtype=np.int8), "no item"),
        (np.full((5, 2), -1), "no answer at all"),
        (np.empty((0, 2)), "no answer at all"),
    ],
)
def test_what_cannot_be_calibrated_is_named(answers: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit(answers, categories=3)  # type: ignore[arg-type]


def test_impossible_wishes_are_refused() -> None:
    bank, answers = simulated(300, 4, 3)
    with pytest.raises(ValueError, match="one label a person"):
        fit(answers, groups=[1, 2])
    with pytest.raises(ValueError, match="person 7 has no group"):
        fit(answers, groups=np.where(np.arange(300) == 7, np.nan, 1.0))
    with pytest.raises(ValueError, match="of group 'b'"):
        fit(np.where(np.arange(300)[:, None] == 0, -1, answers), groups=["b"] + ["a"] * 299)
    with pytest.raises(ValueError, match="0 or 1 for each"):
        fit(answers, dimension=[0, 1, 2, 0])
    with pytest.raises(ValueError, match="one dimension only"):
        fit(answers, dimension=[0, 1, 0, 1], groups=np.arange(300) % 2)
    with pytest.raises(ValueError, match="as many thresholds"):
        fit(answers, start=bank._replace(b=bank.b[:, :1]))
    with pytest.raises(ValueError, match="must be above 0"):
        fit(answers, tolerance=0)
