"""Simulated answers have the model's own frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.graded_response import simulate
from mooring.science.graded_response.model import MISSING, Items, probabilities


def test_each_answer_is_as_frequent_as_the_model_says() -> None:
    rng = np.random.default_rng(1)
    items = simulate.bank(5, rng, categories=(2, 4, 7))
    n = 60_000
    given = simulate.answers(items, np.full(n, 0.4), rng)
    share = np.stack([(given == k).mean(axis=0) for k in range(items.b.shape[1] + 1)], axis=1)
    expected = probabilities(items, 0.4)[:, 0]
    assert (np.abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / n) + 1e-12).all()


def test_a_dimension_answers_its_own_items_only() -> None:
    rng = np.random.default_rng(2)
    items = simulate.bank(8, rng, dimensions=2)
    given = simulate.answers(items, rng.normal(size=(4000, 2)) * [1, 0], rng)
    related = np.corrcoef(given, rowvar=False)
    assert related[0, 2] > 0.2
    assert abs(related[1, 3]) < 0.06
    assert abs(related[0, 1]) < 0.06


def test_missing_answers_leave_the_others_alone() -> None:
    items = simulate.bank(6, np.random.default_rng(3))
    theta = np.linspace(-2, 2, 500)
    whole = simulate.answers(items, theta, np.random.default_rng(4))
    holed = simulate.answers(items, theta, np.random.default_rng(4), missing=0.3)
    assert (holed == MISSING).mean() == pytest.approx(0.3, abs=0.04)
    np.testing.assert_array_equal(holed[holed >= 0], whole[holed >= 0])
    assert (whole >= 0).all()


@pytest.mark.parametrize(("theta", "missing"), [([np.nan], 0.0), ([[0.0, 1.0]], 1.5), ([0.0], 0.0)])
def test_impossible_requests_are_refused(theta: object, missing: float) -> None:
    items = Items(np.ones(2), np.zeros((2, 1)), np.array([0, 1]))
    with pytest.raises(ValueError):
        simulate.answers(items, theta, np.random.default_rng(0), missing=missing)  # type: ignore[arg-type]


def test_an_empty_bank_is_refused() -> None:
    with pytest.raises(ValueError):
        simulate.bank(0, np.random.default_rng(0))
