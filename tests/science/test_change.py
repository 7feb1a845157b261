"""Reliable change against the figures of Jacobson & Truax (1991)."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.science.change import Sample, cut_offs, difference, reliable_change


def test_the_worked_example_of_the_paper() -> None:
    """Jacobson & Truax 1991, p. 14: 32.5 → 47.5, s 7.5, r .80: RC = 3.16."""
    change = reliable_change(32.5, 47.5, 7.5, 0.80)
    assert change.rc == pytest.approx(3.16, abs=0.005)
    assert change.reliable
    assert change.amount == pytest.approx(1.96 * 7.5 * np.sqrt(2 * 0.2))


def test_the_cut_offs_of_the_paper() -> None:
    """Jacobson & Truax 1991, table 1: clinical 40 (7.5), functional 60 (7.5)."""
    assert cut_offs(Sample(40, 7.5), Sample(60, 7.5)) == pytest.approx((55, 45, 50))


def test_the_second_cut_off_uses_the_functional_deviation() -> None:
    """By hand; a peer program uses the clinical deviation and gets 60 − 2·10 = 40."""
    cuts = cut_offs(Sample(40, 10), Sample(60, 5))
    assert cuts == pytest.approx((60, 50, (10 * 60 + 5 * 40) / 15))


def test_where_lower_is_healthier_the_signs_turn() -> None:
    assert cut_offs(Sample(60, 7.5), Sample(40, 7.5)) == pytest.approx((45, 55, 50))


def test_a_missing_score_is_no_reliable_change() -> None:
    change = reliable_change([10, np.nan], [np.nan, 3], 5, 0.8)
    assert np.isnan(change.rc).all()
    assert not change.reliable.any()


def test_two_errors_make_the_error_of_a_difference() -> None:
    change = difference(1.0, 0.3, 2.0, 0.4)
    assert change.rc == pytest.approx(2.0)  # √(0.09 + 0.16) = 0.5
    assert change.reliable


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.1, 20), st.floats(0, 0.99))
def test_turning_the_scale_turns_the_sign(before: float, after: float, sd: float, reliability: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        there = reliable_change(before, after, sd, reliability)
        back = reliable_change(-before, -after, sd, reliability)
    assert there.rc == -back.rc
    assert np.isfinite(there.rc)
    assert there.reliable == back.reliable == (abs(there.change) > there.amount)


@pytest.mark.parametrize(("sd", "reliability"), [(0, 0.8), (-1, 0.8), (5, 1), (5, -0.1), (np.nan, 0.8)])
def test_impossible_psychometrics_are_refused(sd: float, reliability: float) -> None:
    with pytest.raises(ValueError):
        reliable_change(1, 2, sd, reliability)


def test_equal_means_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="equal"):
        cut_offs(Sample(40, 5), Sample(40, 6))


def test_a_difference_without_error_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        difference(1.0, 0.0, 2.0, 0.0)
