"""The control chart by hand, and drops judged against the own baseline."""

from __future__ import annotations

import statistics
import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.science.alliance import Candidate, alliance_drops, candidates, control_chart
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


def found(ratings: list[float], error: float) -> tuple[Candidate, ...]:
    return candidates(control_chart(ratings, error), ratings)


def test_candidates_by_hand() -> None:
    """Ratings 4.0 4.4 4.0 4.2, then 3.8, 3.4, 4.2; error .1.

    Fifth: centre 4.15, ranges .4 .4 .2 give σ = (1/3)/1.128 = .2955, drop .35/.2955 = 1.1844: one SD, and it joins the
    baseline. Sixth: centre (16.6 + 3.8)/5 = 4.08, ranges .4 .4 .2 .4 mean .35 give σ = .3103, drop .68/.3103 = 2.1916:
    two SD. Seventh: 4.2 lies above 4.08: back.
    """
    (one,) = found([4.0, 4.4, 4.0, 4.2, 3.8, 3.4, 4.2], 0.1)
    assert (one.since, one.deepest, one.repair, one.rule, one.baseline) == (4, 5, 6, 2.0, 5)
    assert one.drop == pytest.approx(0.68 / (0.35 / 1.128))
    assert (one.centre, one.rating) == (pytest.approx(4.08), 3.4)


def test_a_drop_of_one_sd_is_a_candidate_that_is_no_signal() -> None:
    ratings = [4.0] * 5 + [3.6, 4.0]
    (one,) = found(ratings, 0.3)
    assert (one.rule, one.since, one.repair) == (1.0, 5, 6)
    assert one.drop == pytest.approx(0.4 / 0.3)
    assert alliance_drops(ratings, 0.3) == ()


def test_what_is_not_back_has_no_repair_and_a_missing_rating_does_not_end_it() -> None:
    (one,) = found([4.2] * 5 + [2.8, NAN, 3.0], 0.3)
    assert (one.since, one.deepest, one.repair) == (5, 5, None)


def test_each_return_ends_its_own_candidate() -> None:
    both = found([4.2] * 5 + [3.5, 4.2, 4.3, 3.0, 4.2], 0.3)
    assert [(one.since, one.repair) for one in both] == [(5, 6), (8, 9)]


def test_every_signalled_drop_lies_in_a_candidate() -> None:
    rng = np.random.default_rng(11)
    for _ in range(50):
        ratings = [float(r) for r in np.clip(rng.normal(4, 0.5, 26), 1, 5)]
        inside = found(ratings, 0.27)
        for drop in alliance_drops(ratings, 0.27):
            assert any(one.since <= drop.spoke <= (one.repair or 26) and one.rule == 2.0 for one in inside)


def second_computation(ratings: list[float], error: float) -> list[tuple[int, int | None, float]]:
    """The same by the definition, without arrays: since, repair, deepest drop."""
    usual: list[float] = []
    runs: list[list[tuple[int, float]]] = []
    ends: list[int | None] = []
    for index, rating in enumerate(ratings):
        if rating != rating:
            continue
        drop = float("-inf")
        if usual:
            steps = [abs(b - a) for a, b in pairwise(usual)]
            sigma = max(error, statistics.fmean(steps) / 1.128 if steps else 0.0)
            drop = (statistics.fmean(usual) - rating) / sigma
        going = len(runs) > len(ends)
        if drop >= 1 and (going or len(usual) >= 4):
            runs[-1].append((index, drop)) if going else runs.append([(index, drop)])
        elif going:
            ends.append(index)
        if drop < 2:
            usual.append(rating)
    return [
        (run[0][0], end, max(drop for _, drop in run))
        for run, end in zip(runs, [*ends, None][: len(runs)], strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_candidates_agree_with_a_second_computation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ratings = [float(r) for r in np.round(np.clip(rng.normal(4.1, 0.6, 30), 1, 5) * 6) / 6]
    ratings[7] = NAN
    ours = [(one.since, one.repair, pytest.approx(one.drop)) for one in found(ratings, 0.25)]
    assert second_computation(ratings, 0.25) == ours


def test_a_chart_of_other_ratings_is_refused() -> None:
    with pytest.raises(ValueError, match="do not belong"):
        candidates(control_chart([4.0, 4.0], 0.3), [4.0])
