"""Scoring: reversed items, missing answers, ranges; reliability against published and hand-worked figures."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mooring.science import scales

NAN = float("nan")


def test_reversed_items_are_turned_within_their_own_range() -> None:
    scored = scales.score([[1, 0, 5]], [1, 0, 1], [7, 10, 5], reversed_items=[0, 1])
    assert scored.score[0] == pytest.approx((7 + 10 + 5) / 3)


def test_a_sum_of_complete_answers_is_plain() -> None:
    assert scales.score([[0, 1, 2, 3]], 0, 3, method="sum").score[0] == 6


@pytest.mark.parametrize(
    ("least", "expected"),
    [(scales.ALL_ITEMS, NAN), (scales.HOUSE_PRORATED, 5.0), (scales.OWN_SHORT_FORM, 5.0)],
)
def test_the_rule_decides_about_one_missing_of_five(least: float, expected: float) -> None:
    scored = scales.score([[1, 1, 1, 1, NAN]], 0, 3, method="sum", least_share=least)
    assert scored.score[0] == pytest.approx(expected, nan_ok=True)
    assert scored.missing[0] == 1
    assert scored.answered[0] == 4


def test_own_short_forms_score_from_half() -> None:
    rows = np.array([[4, NAN, 6, NAN], [4, NAN, NAN, NAN], [NAN] * 4])
    scored = scales.score(rows, 0, 10, least_share=scales.OWN_SHORT_FORM)
    np.testing.assert_array_equal(scored.score, [5, NAN, NAN])
    np.testing.assert_array_equal(scored.missing, [2, 3, 4])


def test_missing_is_never_zero() -> None:
    scored = scales.score([[NAN, NAN]], 0, 3, method="sum", least_share=1e-9)
    assert np.isnan(scored.score[0])


@pytest.mark.parametrize("wrong", [0, 8, np.inf, -np.inf])
def test_an_answer_out_of_range_names_its_row_and_item(wrong: float) -> None:
    with pytest.raises(scales.RangeError, match=r"row 1, item B: .* outside 1 to 7") as caught:
        scales.score(np.array([[1, 2], [3, wrong]]), 1, 7, names=["A", "B"])
    assert (caught.value.row, caught.value.item, caught.value.value) == (1, "B", wrong)


@pytest.mark.parametrize(
    ("answers", "options"),
    [
        ([1, 2], {}),
        ([[1, 2]], {"reversed_items": [2]}),
        ([[1, 2]], {"least_share": 0}),
        ([[1, 2]], {"names": ["only one"]}),
    ],
)
def test_a_wrong_shape_or_rule_is_refused(answers: object, options: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        scales.score(answers, 1, 7, **options)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(st.integers(1, 7).map(float), st.just(NAN)), min_size=4, max_size=4), max_size=6))
def test_a_mean_score_stays_in_the_range_or_is_missing(rows: list[list[float]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scored = scales.score(np.array(rows).reshape(-1, 4), 1, 7, reversed_items=[1], least_share=0.5)
    present = np.isfinite(scored.score)
    assert ((scored.score[present] >= 1) & (scored.score[present] <= 7)).all()
    assert (present == (scored.answered >= 2)).all()


def test_turning_twice_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    answers = rng.integers(1, 8, (20, 4)).astype(float)
    again = 8 - answers
    once = scales.score(answers, 1, 7, reversed_items=[0, 1, 2, 3]).score
    np.testing.assert_allclose(once, scales.score(again, 1, 7).score)


def test_the_standard_error_widens_with_skipped_items() -> None:
    """By hand: 2.0 √.15 = 0.7746; twice the variance with half of the items."""
    errors = scales.standard_error(2.0, 0.85, 4, [4, 2, 0])
    np.testing.assert_allclose(errors, [0.7745967, 0.7745967 * np.sqrt(2), NAN], rtol=1e-6)


@pytest.mark.parametrize("bad", [(-1, 0.8, 4, 4), (1, 1.2, 4, 4), (1, 0.8, 4, 5), (1, 0.8, 0, 0)])
def test_impossible_errors_are_refused(bad: tuple[float, float, int, int]) -> None:
    with pytest.raises(ValueError):
        scales.standard_error(*bad)


def test_alpha_by_hand() -> None:
    """Items 1 2 3 and 2 2 5: variances 1 and 3, total 3 4 8 with variance 7; α = 2 (1 − 4/7) = 6/7."""
    assert scales.cronbach_alpha(np.array([[1, 2], [2, 2], [3, 5], [NAN, 4]])) == pytest.approx(6 / 7)


def test_alpha_of_parallel_items_is_spearman_brown() -> None:
    """k parallel items with correlation ρ have α = kρ / (1 + (k − 1)ρ)."""
    rng = np.random.default_rng(1)
    answers = rng.normal(size=(60_000, 1)) + rng.normal(size=(60_000, 4))
    assert scales.cronbach_alpha(answers) == pytest.approx(4 * 0.5 / (1 + 3 * 0.5), abs=0.01)


@pytest.mark.parametrize("answers", [[[1, 2]], [[1], [2]], [[2, 2], [2, 2]], [[NAN, 1], [2, NAN]]])
def test_alpha_without_variation_is_missing(answers: list[list[float]]) -> None:
    assert np.isnan(scales.cronbach_alpha(answers))


def test_an_item_declared_wrongly_stands_out() -> None:
    rng = np.random.default_rng(2)
    answers = np.clip(np.round(4 + rng.normal(size=(400, 1)) + rng.normal(size=(400, 5))), 1, 7)
    answers[:, 3] = 8 - answers[:, 3]
    answers[rng.random(answers.shape) < 0.05] = NAN
    correlations = scales.item_rest_correlations(answers)
    assert correlations[3] < 0
    assert (np.delete(correlations, 3) > 0).all()


def test_item_rest_correlation_of_complete_data_is_the_plain_one() -> None:
    answers = np.random.default_rng(3).normal(size=(50, 3))
    expected = np.corrcoef(answers[:, 0], answers[:, 1] + answers[:, 2])[0, 1]
    assert scales.item_rest_correlations(answers)[0] == pytest.approx(expected)


def test_item_rest_correlations_without_variation_are_missing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(scales.item_rest_correlations([[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]])).all()
        assert np.isnan(scales.item_rest_correlations(np.full((4, 2), NAN))).all()
