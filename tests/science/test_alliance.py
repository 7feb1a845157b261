"""The control chart by hand, and drops judged against the own baseline."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.science.alliance import alliance_drops, control_chart
from mooring.science.operating_point import ASSUMED

NAN = float("nan")


def test_sigma_is_the_mean_moving_range_over_d2() -> None:
    """Ratings 4.0 4.4 4.0 4.2: ranges .4 .4 .2, mean 1/3, over 1.128 = 0.2955; mean 4.15."""
    chart = control_chart([4.0, 4.4, 4.0, 4.2, 3.5], error=0.1)
    assert chart.centre[4] == pytest.approx(4.15)
    assert chart.sigma[4] == pytest.approx(1 / 3 / 1.128)
    assert chart.drop[4] == pytest.approx((4.15 - 3.5) / (1 / 3 / 1.128))
    assert chart.baseline[4] == 4


def test_sigma_is_at_least_the_error_and_the_stricter_of_within_and_between() -> None:
    equal = [4.0] * 5 + [3.0]
    assert control_chart(equal, error=0.27).sigma[5] == 0.27
    assert control_chart(equal, error=0.27, between_sd=0.7).sigma[5] == 0.7


def test_each_rating_is_judged_by_those_before_it() -> None:
    ratings = np.random.default_rng(0).normal(4, 0.3, 12)
    whole = control_chart(ratings, error=0.2)
    for n in range(1, 12):
        part = control_chart(ratings[:n], error=0.2)
        np.testing.assert_array_equal(part.drop, whole.drop[:n])


def test_a_rupture_does_not_become_the_usual() -> None:
    chart = control_chart([4.2, 4.2, 4.2, 4.2, 2.8, 4.2], error=0.3)
    assert chart.centre[5] == pytest.approx(4.2)


def test_a_drop_is_told_once_and_ceases_when_back() -> None:
    (drop,) = alliance_drops([4.2, 4.1, 4.3, 4.2, NAN, 2.8, 3.0, 4.2], error=0.3)
    assert (drop.spoke, drop.ceased, drop.baseline) == (5, 7, 4)
    assert drop.drop >= drop.asked == ASSUMED.alliance_sd
    assert drop.rating == 2.8


def test_low_from_the_first_is_no_drop() -> None:
    assert alliance_drops([2.0, 2.1, 2.0, 1.9, 2.0, 2.0], error=0.3) == ()


def test_a_baseline_needs_its_ratings() -> None:
    assert alliance_drops([4.2, 4.2, 4.2, 2.0], error=0.3) == ()


def test_never_below_two_standard_deviations() -> None:
    lax = ASSUMED._replace(alliance_sd=1.0)
    assert alliance_drops([4.0] * 5 + [4.0 - 1.9 * 0.3], error=0.3, point=lax) == ()
    assert len(alliance_drops([4.0] * 5 + [4.0 - 2.1 * 0.3], error=0.3, point=lax)) == 1


def test_a_drop_that_is_not_over_stays_open() -> None:
    (drop,) = alliance_drops([4.2] * 5 + [2.8, 2.9], error=0.3)
    assert drop.ceased is None


@given(st.lists(st.one_of(st.floats(1, 5), st.just(NAN)), max_size=12))
def test_any_ratings_get_an_answer_and_no_warning(ratings: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = control_chart(ratings, error=0.3)
        drops = alliance_drops(ratings, error=0.3)
    assert not np.isinf(chart.drop).any()
    assert all(np.isfinite(drop.drop) for drop in drops)


@pytest.mark.parametrize("error", [0.0, -1.0, NAN])
def test_a_rating_without_error_is_refused(error: float) -> None:
    with pytest.raises(ValueError, match="error"):
        control_chart([4.0], error=error)
