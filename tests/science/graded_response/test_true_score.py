"""The score in points that a θ stands for: against sums by hand, differences, and many simulated answers."""

import numpy as np
import pytest

from mooring.science.graded_response.model import Items
from mooring.science.graded_response.simulate import answers, bank
from mooring.science.graded_response.true_score import population, true_scores

ITEMS = Items(np.array([1.0, 2.0]), np.array([[0.0, np.nan], [-1.0, 1.0]]), np.zeros(2, dtype=np.int64))
VALUES = np.array([[1.0, 2.0, np.nan], [1.0, 4.0, 7.0]])


def test_a_score_is_the_mean_of_what_each_answer_counts() -> None:
    # At θ = 0: item 1 is a coin toss between 1 and 2; item 2 is symmetric about 4.
    assert true_scores(ITEMS, VALUES, 0.0).points == pytest.approx((1.5 + 4) / 2)


def test_the_slope_is_the_derivative() -> None:
    at, h = np.array([-2.0, 0.3, 1.7]), 1e-5
    up, down = (true_scores(ITEMS, VALUES, at + step).points for step in (h, -h))
    assert true_scores(ITEMS, VALUES, at).slope == pytest.approx((up - down) / (2 * h), rel=1e-7)


def test_it_is_what_people_there_score_on_average() -> None:
    rng = np.random.default_rng(11)
    items = bank(6, rng, categories=5)
    values = np.tile(np.arange(1.0, 6.0), (6, 1))
    given = answers(items, np.full(40_000, 0.8), rng) + 1.0
    se = given.mean(axis=1).std() / np.sqrt(given.shape[0])
    assert abs(given.mean() - true_scores(items, values, 0.8).points) < 4 * se


def test_the_population_is_the_calibrated_people() -> None:
    rng = np.random.default_rng(12)
    items = bank(8, rng, categories=7)
    values = np.tile(np.arange(1.0, 8.0), (8, 1))
    drawn = true_scores(items, values, rng.standard_normal(200_000)).points
    mean, sd = population(items, values)
    assert mean == pytest.approx(drawn.mean(), abs=0.01)
    assert sd == pytest.approx(drawn.std(), abs=0.01)


def test_missing_stays_missing_and_other_shapes_are_refused() -> None:
    assert np.isnan(true_scores(ITEMS, VALUES, np.array([np.nan, 0.0])).points).tolist() == [True, False]
    with pytest.raises(ValueError, match=r"values has shape \(2, 2\)"):
        true_scores(ITEMS, VALUES[:, :2], 0.0)
