"""Information against mirt's, closed forms, and differences of the probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.graded_response import information, scores, simulate
from mooring.science.graded_response.model import Items, probabilities
from mooring.science.graded_response.scores import Normal
from tests.science.graded_response import reference

ITEMS = simulate.bank(7, np.random.default_rng(1), categories=(2, 4, 7), dimensions=2)
GRID = np.linspace(-4, 4, 33)


def test_it_is_the_squared_slope_over_the_chance() -> None:
    h = 1e-5
    slope = (probabilities(ITEMS, GRID + h) - probabilities(ITEMS, GRID - h)) / (2 * h)
    chance = probabilities(ITEMS, GRID)
    own = chance > 0
    expected = (np.where(own, slope, 0) ** 2 / np.where(own, chance, 1)).sum(axis=2)
    np.testing.assert_allclose(information.item_information(ITEMS, GRID), expected, rtol=1e-5, atol=1e-9)


def test_two_categories_tell_a_squared_p_q() -> None:
    item = Items(np.array([1.4]), np.array([[0.3]]), np.zeros(1, dtype=np.int64))
    p = 1 / (1 + np.exp(-1.4 * (GRID - 0.3)))
    np.testing.assert_allclose(information.item_information(item, GRID)[0], 1.4**2 * p * (1 - p), rtol=1e-12)


def test_no_item_tells_more_than_a_third_of_a_squared() -> None:
    """The information of a logistic variable about its place: a² / 3, the limit of ever finer categories."""
    fine = Items(np.array([2.0]), np.linspace(-8, 8, 400)[None], np.zeros(1, dtype=np.int64))
    assert information.item_information(fine, 0.0)[0, 0] == pytest.approx(4 / 3, rel=1e-3)
    assert information.item_information(fine, 0.0)[0, 0] < 4 / 3


def test_a_dimension_has_the_sum_of_its_items() -> None:
    total = information.test_information(ITEMS, GRID)
    each = information.item_information(ITEMS, GRID)
    np.testing.assert_allclose(total[1], each[ITEMS.dimension == 1].sum(axis=0))
    np.testing.assert_allclose(information.expected_error(ITEMS, GRID)[0], total[0] ** -0.5)


def test_items_agree_with_mirt() -> None:
    """mirt's iteminfo(), fscores' metric; four figures because its parameters are quoted to ten."""
    table = np.genfromtxt(reference.folder() / "expected_iteminfo_dev_ax.csv", delimiter=",", skip_header=1)
    ours = information.item_information(reference.items("dev_ax"), table[:, 0])
    np.testing.assert_allclose(ours.T, table[:, 1:], rtol=2e-4)


@pytest.mark.parametrize("name", ["av", "ax"])
def test_the_whole_agrees_with_mirt(name: str) -> None:
    expected = reference.facts()[f"testinfo_dev_{name}"]
    ours = information.test_information(reference.items(f"dev_{name}"), expected["theta"])
    np.testing.assert_allclose(ours[0], expected["info"], rtol=1e-6)


def test_reliability_expected_is_reliability_found() -> None:
    """Also against the squared correlation with the truth, which is what it claims to be."""
    items = simulate.bank(10, np.random.default_rng(2), categories=5)
    rng = np.random.default_rng(3)
    population = Normal(0.5, 1.2)
    theta = rng.normal(population.mean, population.sd, 40_000)
    scored = scores.eap(items, simulate.answers(items, theta, rng), population)
    expected = information.marginal_reliability(items, population)[0]
    assert information.empirical_reliability(scored) == pytest.approx(expected, abs=0.02)
    assert information.empirical_reliability(scored) == pytest.approx(
        np.corrcoef(theta, scored.theta)[0, 1] ** 2, abs=0.005
    )


def test_nobody_scored_has_no_reliability() -> None:
    items = simulate.bank(3, np.random.default_rng(4))
    assert np.isnan(information.empirical_reliability(scores.eap(items, np.full((4, 3), -1))))


@pytest.mark.parametrize("theta", [[np.nan], [[0.0]], [np.inf]])
def test_a_place_that_is_none_is_refused(theta: object) -> None:
    with pytest.raises(ValueError, match="theta"):
        information.item_information(ITEMS, theta)  # type: ignore[arg-type]
