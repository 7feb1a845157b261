"""Fit statistics: expectations by counting every pattern, p uniform under the model, misfit found where it was put."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mooring.science.graded_response import item_fit, simulate
from mooring.science.graded_response.fit import fit
from mooring.science.graded_response.model import Answers, probabilities
from mooring.science.graded_response.scores import Normal, eap

ITEMS = simulate.bank(8, np.random.default_rng(1), categories=(3, 5))
KNOWN = np.zeros(8, dtype=np.int64)


def simulated(n: int, seed: int) -> Answers:
    rng = np.random.default_rng(seed)
    return simulate.answers(ITEMS, rng.normal(size=n), rng)


def test_expectations_by_every_pattern() -> None:
    """Three items, all 45 patterns, over the nodes: P(x_j = z | total) without any recursion."""
    items = simulate.bank(3, np.random.default_rng(2), categories=(3, 5))
    nodes = np.linspace(-6, 6, 61)
    weight = np.exp(-(nodes**2) / 2) / np.exp(-(nodes**2) / 2).sum()
    chance = probabilities(items, nodes)
    expected = np.zeros((3, int((items.categories - 1).sum()) + 1, items.b.shape[1] + 1))
    for pattern in itertools.product(*(range(k) for k in items.categories)):
        likely = float(np.prod([chance[j, :, z] for j, z in enumerate(pattern)], axis=0) @ weight)
        for j, z in enumerate(pattern):
            expected[j, sum(pattern), z] += likely
    np.testing.assert_allclose(item_fit._joint(items, Normal()), expected, atol=1e-14)


def test_chi_square_by_hand() -> None:
    """One score group of Pearson's statistic, summed plainly where nothing is sparse enough to be joined."""
    items = simulate.bank(2, np.random.default_rng(3), categories=2)
    given = simulate.answers(items, np.random.default_rng(4).normal(size=400), np.random.default_rng(5))
    one = given[given.sum(axis=1) == 1]
    chance = item_fit._joint(items, Normal())[0, 1]
    expected = one.shape[0] * chance / chance.sum()
    observed = np.bincount(one[:, 0], minlength=2)
    found = item_fit.item_fit(items, given, estimated=np.zeros(2, dtype=np.int64))
    assert found.chi_square[0] == pytest.approx(((observed - expected) ** 2 / expected).sum())
    assert found.degrees.tolist() == [1, 1]
    assert found.p[0] == pytest.approx(stats.chi2.sf(found.chi_square[0], 1))


def test_p_is_uniform_where_the_model_holds() -> None:
    """True parameters, and parameters estimated from the same answers less their degrees of freedom."""
    known, estimated = [], []
    for seed in range(50):
        answers = simulated(1200, seed)
        known.extend(item_fit.item_fit(ITEMS, answers, estimated=KNOWN).p)
        own = fit(answers, categories=ITEMS.categories, standard_errors=False).items
        estimated.extend(item_fit.item_fit(own, answers).p)
    for p in (known, estimated):
        assert stats.kstest(p, "uniform").pvalue > 0.01
        assert 0.02 < np.mean(np.array(p) < 0.05) < 0.08


def test_an_item_that_folds_back_is_found() -> None:
    """Those high and those low both answer high: no graded item does that."""
    rng = np.random.default_rng(6)
    theta = rng.normal(size=1500)
    answers = simulate.answers(ITEMS, theta, rng)
    answers[:, 2] = simulate.answers(ITEMS, np.where(theta < -0.5, 1.0, theta), rng)[:, 2]
    own = fit(answers, categories=ITEMS.categories, standard_errors=False).items
    found = item_fit.item_fit(own, answers)
    assert found.p[2] < 1e-4
    assert np.delete(found.p, 2).min() > 1e-3
    assert np.argmax(found.rmsea) == 2
    shown = item_fit.picture(own, answers)
    assert np.abs(shown.residual[2]).max() > 4


def test_residuals_are_standard_where_the_model_holds() -> None:
    residuals = np.concatenate([item_fit.picture(ITEMS, simulated(1000, s)).residual.ravel() for s in range(20)])
    assert residuals.mean() == pytest.approx(0, abs=0.08)
    assert residuals.std() == pytest.approx(1, abs=0.06)


def test_a_picture_counts_everybody_once() -> None:
    answers = simulated(777, 7)
    shown = item_fit.picture(ITEMS, answers, groups=8)
    assert shown.people.sum() == 777
    assert (np.diff(shown.totals) > 0).all()
    np.testing.assert_allclose((shown.observed * shown.people).sum(axis=1), answers.sum(axis=0))


def test_dependence_is_the_plain_correlation_of_residuals() -> None:
    answers = simulated(500, 8)
    expected = probabilities(ITEMS, eap(ITEMS, answers).theta) @ np.arange(5)
    plain = np.corrcoef(answers - expected.T, rowvar=False)
    found = item_fit.local_dependence(ITEMS, answers)
    off = ~np.eye(8, dtype=bool)
    np.testing.assert_allclose(found.q3[off], plain[off], atol=1e-12)
    assert found.average == pytest.approx(-1 / 7, abs=0.04)  # Yen 1993: −1 / (J − 1) where nothing depends


def test_two_items_that_say_the_same_stand_out() -> None:
    rng = np.random.default_rng(9)
    answers = simulated(1500, 10)
    five = np.flatnonzero(ITEMS.categories == ITEMS.categories[0])[:2]
    same = rng.random(1500) < 0.5
    answers[same, five[1]] = answers[same, five[0]]
    found = item_fit.local_dependence(ITEMS, answers).above_average
    assert found[five[0], five[1]] == np.nanmax(found)
    assert found[five[0], five[1]] > 0.2


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 40), st.floats(0, 1))
def test_any_answers_have_figures_or_none(seed: int, size: int, people: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    items = simulate.bank(size, rng, categories=(2, 4))
    answers = simulate.answers(items, rng.normal(size=people), rng, missing=missing)
    if seed % 3 == 0:
        answers[answers > 0] = 0  # a single category answered
    found = item_fit.item_fit(items, answers)
    assert (np.isfinite(found.chi_square) & (found.chi_square >= 0)).all()
    assert (np.isnan(found.p) | ((found.p >= 0) & (found.p <= 1))).all()
    assert found.people == (answers >= 0).all(axis=1).sum()
    shown = item_fit.picture(items, answers, 3)
    assert np.isfinite(shown.residual).all()
    dependence = item_fit.local_dependence(items, answers)
    assert not np.isinf(dependence.q3).any()


def test_no_group_is_no_picture() -> None:
    with pytest.raises(ValueError, match="group"):
        item_fit.picture(ITEMS, simulated(10, 0), groups=0)
