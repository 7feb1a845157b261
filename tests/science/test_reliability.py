"""ω against statsmodels and its population value, errors against the bootstrap, norms against order statistics."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mooring.science import reliability
from mooring.science.reliability import Floats

LOADINGS = np.linspace(0.4, 1.1, 6)
UNIQUE = np.linspace(0.5, 1.2, 6)
OMEGA = LOADINGS.sum() ** 2 / (LOADINGS.sum() ** 2 + UNIQUE.sum())
ALPHA = 6 / 5 * (1 - (LOADINGS**2 + UNIQUE).sum() / (LOADINGS.sum() ** 2 + UNIQUE.sum()))


def some_answers(n: int, rng: np.random.Generator, *, skewed: bool = False) -> Floats:
    factor = rng.exponential(size=(n, 1)) - 1 if skewed else rng.normal(size=(n, 1))
    return np.asarray(factor * LOADINGS + rng.normal(size=(n, 6)) * np.sqrt(UNIQUE))


def test_a_matrix_of_one_factor_gives_it_back() -> None:
    found = reliability.one_factor(np.outer(LOADINGS, LOADINGS) + np.diag(UNIQUE))
    np.testing.assert_allclose(found.loadings, LOADINGS, atol=1e-5)
    np.testing.assert_allclose(found.uniquenesses, UNIQUE, atol=1e-5)
    assert found.discrepancy == pytest.approx(0, abs=1e-10)


def test_three_items_in_closed_form() -> None:
    """λ₁² = s₁₂ s₁₃ / s₂₃ (Spearman)."""
    s = np.array([[1.0, 0.5, 0.4], [0.5, 1.2, 0.3], [0.4, 0.3, 0.9]])
    assert reliability.one_factor(s).loadings[0] ** 2 == pytest.approx(0.5 * 0.4 / 0.3, rel=1e-5)


def test_loadings_agree_with_statsmodels() -> None:
    factor = pytest.importorskip("statsmodels.multivariate.factor")
    answers = some_answers(400, np.random.default_rng(1), skewed=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = factor.Factor(answers, n_factor=1, method="ml").fit()
    theirs = np.abs(peer.loadings[:, 0]) * answers.std(axis=0, ddof=1)
    np.testing.assert_allclose(reliability.one_factor(np.cov(answers, rowvar=False)).loadings, theirs, atol=1e-4)


def test_it_is_the_lowest_point_of_the_discrepancy() -> None:
    s = np.cov(some_answers(200, np.random.default_rng(2)), rowvar=False)
    found = reliability.one_factor(s)

    def discrepancy(loadings: Floats, unique: Floats) -> float:
        model = np.outer(loadings, loadings) + np.diag(unique)
        return float(np.linalg.slogdet(model)[1] + np.trace(s @ np.linalg.inv(model)) - np.linalg.slogdet(s)[1] - 6)

    least = discrepancy(found.loadings, found.uniquenesses)
    assert least == pytest.approx(found.discrepancy, abs=1e-9)
    rng = np.random.default_rng(3)
    for _ in range(100):
        a, b = rng.normal(0, 0.01, (2, 6))
        assert discrepancy(found.loadings + a, found.uniquenesses * np.exp(b)) > least


def test_omega_and_alpha_of_many_people_are_the_population_s() -> None:
    answers = some_answers(60_000, np.random.default_rng(4))
    assert reliability.omega(answers).value == pytest.approx(OMEGA, abs=0.005)
    assert reliability.alpha(answers).value == pytest.approx(ALPHA, abs=0.005)
    assert OMEGA > ALPHA


def test_omega_of_equal_loadings_is_alpha() -> None:
    """Tau-equivalent items: 4 λ² / (4 λ² + ψ) either way."""
    s = np.full((4, 4), 0.6) + np.diag([0.4, 0.7, 0.9, 0.5])
    factor = reliability.one_factor(s)
    common = factor.loadings.sum() ** 2
    assert common / (common + factor.uniquenesses.sum()) == pytest.approx(4 / 3 * (1 - np.trace(s) / s.sum()), abs=1e-6)


@pytest.mark.parametrize("coefficient", [reliability.omega, reliability.alpha])
@pytest.mark.parametrize("skewed", [False, True])
def test_the_error_is_the_bootstrap_s(coefficient: type, skewed: bool) -> None:
    rng = np.random.default_rng(5)
    answers = some_answers(600, rng, skewed=skewed)
    found = coefficient(answers)
    again = [coefficient(answers[rng.integers(0, 600, 600)]).value for _ in range(150)]
    assert found.standard_error == pytest.approx(np.std(again), rel=0.2)


@pytest.mark.parametrize(("coefficient", "truth"), [(reliability.omega, OMEGA), (reliability.alpha, ALPHA)])
def test_intervals_hold_the_truth(coefficient: type, truth: float) -> None:
    rng = np.random.default_rng(6)
    found = [coefficient(some_answers(250, rng)) for _ in range(400)]
    assert 0.92 < np.mean([one.low < truth < one.high for one in found]) < 0.98


def test_only_complete_rows_count() -> None:
    answers = some_answers(300, np.random.default_rng(7))
    holed = np.vstack([answers, np.full((5, 6), np.nan)])
    holed[-1, :3] = 1
    assert reliability.omega(holed) == reliability.omega(answers)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (np.zeros((50, 2)), "2 items"),
        (np.random.default_rng(0).normal(size=(12, 5)), "12 complete rows, at least 15"),
        (np.column_stack([np.random.default_rng(0).normal(size=(50, 3)), np.ones(50)]), "item 3 does not vary"),
        (np.full((40, 4), np.nan), "0 complete rows"),
        (np.random.default_rng(0).normal(size=(50, 3)) @ np.array([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1.0]]), "sum"),
    ],
)
def test_without_enough_there_is_a_reason_and_no_number(answers: Floats, reason: str) -> None:
    found = reliability.omega(answers)
    assert np.isnan([found.value, found.standard_error, found.low, found.high]).all()
    assert reason in found.reason


def test_an_item_without_variance_of_its_own_is_named_as_a_problem() -> None:
    """λ₁² = .9 · .9 / .7 would be more than the item's variance."""
    wanted = np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.7], [0.9, 0.7, 1.0]])
    raw = np.random.default_rng(8).normal(size=(100, 3))
    raw -= raw.mean(axis=0)
    answers = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T @ np.linalg.cholesky(wanted).T
    found = reliability.omega(answers)
    assert "Heywood" in found.reason
    assert np.isfinite([found.value, found.standard_error]).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(0, 60), st.integers(1, 4))
def test_any_table_has_a_coefficient_or_a_reason(seed: int, items: int, people: int, categories: int) -> None:
    rng = np.random.default_rng(seed)
    answers = rng.integers(0, categories, (people, items)).astype(float)
    answers[rng.random(answers.shape) < 0.05] = np.nan
    for found in (reliability.omega(answers), reliability.alpha(answers)):
        assert np.isfinite(found.value) or found.reason
        assert not np.isinf([*found[:4]]).any()
        assert np.isnan(found.value) or found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("matrix", [np.eye(2), np.ones((3, 3)), np.full((3, 3), np.nan), np.zeros((3, 4))])
def test_what_is_no_covariance_is_refused(matrix: Floats) -> None:
    with pytest.raises(ValueError):
        reliability.one_factor(matrix)


def test_below_the_least_a_stratum_is_locked_and_says_how_many_are_missing() -> None:
    scores = np.concatenate([np.arange(300.0), np.arange(299.0), [np.nan]])
    found = reliability.norms(scores, ["a"] * 300 + ["b"] * 300)
    assert found["a"].missing == 0
    assert found["a"].mean is not None
    assert found["b"] == reliability.Norms(299, 1, None, None, ())


def test_norms_by_hand() -> None:
    """0 … 399: mean 199.5, s² = n(n + 1)/12; the median lies between the 180th and the 221st.

    P(180 ≤ Bin(400, ½) ≤ 220) = .9598.
    """
    norm = reliability.norms(np.random.default_rng(0).permutation(400))[None]
    assert norm.mean is not None
    assert norm.sd is not None
    assert norm.mean.value == pytest.approx(199.5)
    assert norm.sd.value == pytest.approx(np.sqrt(400 * 401 / 12))
    expected = stats.ttest_1samp(np.arange(400), 0).confidence_interval()
    assert (norm.mean.low, norm.mean.high) == pytest.approx((expected.low, expected.high))
    median = dict(norm.percentiles)[50.0]
    assert median == (199.5, 179, 220)


def test_intervals_of_norms_hold_the_truth() -> None:
    rng = np.random.default_rng(9)
    truth = stats.gamma(2)
    hits = {"mean": 0, "sd": 0, **dict.fromkeys(reliability.PERCENTS, 0)}
    for _ in range(600):
        norm = reliability.norms(truth.rvs(400, random_state=rng))[None]
        assert norm.mean is not None
        assert norm.sd is not None
        hits["mean"] += norm.mean.low < truth.mean() < norm.mean.high
        hits["sd"] += norm.sd.low < truth.std() < norm.sd.high
        for percent, one in norm.percentiles:
            hits[percent] += one.low <= truth.ppf(percent / 100) <= one.high
    assert 0.92 < hits.pop("mean") / 600 < 0.98
    assert 0.90 < hits.pop("sd") / 600 < 0.98  # the fourth moment of skewed scores is itself uncertain
    assert min(hits.values()) / 600 > 0.93


def test_few_people_have_no_interval_at_the_far_percentiles() -> None:
    norm = reliability.norms(np.arange(20.0), least=20)[None]
    assert np.isnan(dict(norm.percentiles)[5.0].low)
    assert np.isnan(dict(norm.percentiles)[95.0].high)


@pytest.mark.parametrize(
    "request_",
    [
        {"scores": [np.inf]},
        {"scores": [1.0], "strata": []},
        {"scores": [1.0], "least": 1},
        {"scores": [], "percents": [0]},
    ],
)
def test_impossible_norms_are_refused(request_: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        reliability.norms(**request_)  # type: ignore[arg-type]
