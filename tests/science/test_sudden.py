"""Sudden gains as they can be told: by hand, and against the whole panel cut off at each check-in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from mooring.science import sudden
from mooring.science.dynamics import assumed_dynamics, assumed_prior
from mooring.science.gains import MET, Rule, sudden_gains
from mooring.science.operating_point import ASSUMED, POINTS
from mooring.science.signals import Series

NAN = float("nan")
# The scale of the hand-worked cases: 0 to 63, and 1.96 √2 SEM = 7 points as on the BDI.
SEM = 7 / (1.96 * np.sqrt(2))


def series(scores: ArrayLike, times: ArrayLike | None = None, sem: float = SEM) -> Series:
    given_scores = np.asarray(scores, dtype=float)
    weeks = np.arange(given_scores.size, dtype=float) if times is None else times
    return Series(weeks, given_scores, sem, sem, assumed_dynamics(10.0), assumed_prior(30.0, 10.0))


def test_by_hand() -> None:
    """30 31 29 | 19 18: a fall of 10 ≥ 7; 10 / 29 ≥ 25 %; means 30 and 18.5; pooled SD √((2 + 0.5) / 3) = 0.913, and
    with five scores t = 3.182, so 11.5 > 2.905. With two scores after the step it can be said, at the fifth."""
    (found,) = sudden.gains(series([30, 31, 29, 19, 18]), 1, 0.0)
    assert (found.before, found.after, found.spoke, found.ceased) == (2, 3, 4, None)
    assert (found.drop, found.share, found.share_asked) == pytest.approx((10, 10 / 29, 0.25))
    assert found.cut_off == pytest.approx(7)
    assert (found.mean_before, found.mean_after) == pytest.approx((30, 18.5))
    assert found.pooled_sd == pytest.approx(np.sqrt(2.5 / 3))
    assert found.critical == pytest.approx(3.182, abs=5e-4)
    assert (found.n_before, found.n_after) == (3, 2)
    assert sudden.gains(series([30, 31, 29, 19]), 1, 0.0) == (), "one score after the step is too few"


def test_where_higher_is_better_the_scores_stay_as_they_are() -> None:
    (found,) = sudden.gains(series(63 - np.array([30, 31, 29, 19, 18])), -1, 63.0)
    assert (found.drop, found.share, found.mean_before, found.mean_after) == pytest.approx((10, 10 / 29, 33, 44.5))


def test_a_third_session_may_still_say_it() -> None:
    """34 31 25 | 15 19.9: means 30 and 17.45, SD √((42 + 12) / 3) = 4.24, t = 3.182: 12.55 < 13.5. With a third score
    of 15 the mean is 16.63, SD √((42 + 16) / 4) = 3.81, t = 2.776: 13.37 > 10.6."""
    assert sudden.gains(series([34, 31, 25, 15, 19.9]), 1, 0.0) == ()
    (found,) = sudden.gains(series([34, 31, 25, 15, 19.9, 15]), 1, 0.0)
    assert (found.before, found.spoke, found.n_after) == (2, 5, 3)


def test_what_lost_half_before_it_could_be_said_is_not_said() -> None:
    """30 31 29 | 18 25.5: 8.25 < 3.182 √(30.1 / 3) = 10.1. With 17: 9.83 > 2.776 √(44.2 / 4) = 9.2, all three are met;
    but half of 11 from 29 is 23.5, and 25.5 had lost it."""
    assert sudden_gains([30, 31, 29, 18, 25.5, 17], Rule(7)).events.session.tolist() == [2]
    assert sudden.gains(series([30, 31, 29, 18, 25.5, 17]), 1, 0.0) == ()


@pytest.mark.parametrize(("gap", "found"), [(0.6, 1), (1.0, 1), (1.4, 1), (1.5, 0), (2.0, 0), (9.0, 0)])
def test_scores_over_a_missed_session_are_no_neighbours(gap: float, found: int) -> None:
    times = np.array([0, 1, 2, 2 + gap, 3 + gap, 4 + gap])
    assert len(sudden.gains(series([30, 31, 29, 19, 18, 18], times), 1, 0.0)) == found


def test_a_missed_week_counts_as_one_whether_it_has_a_row_or_not() -> None:
    rows = sudden.gains(series([30, 31, NAN, 29, 19, NAN, 18]), 1, 0.0)
    gaps = sudden.gains(series([30, 31, 29, 19, 18], [0.0, 1, 3, 4, 6]), 1, 0.0)
    (one,), (other,) = rows, gaps
    assert (one.before, one.after, one.spoke) == (3, 4, 6)
    assert (other.before, other.after, other.spoke) == (2, 3, 4)
    assert (one.n_before, one.n_after) == (2, 2), "the window is of sessions: the missed ones stay empty"
    assert one[4:] == pytest.approx(other[4:])


def test_of_doubled_times_the_first_score_counts() -> None:
    scores, times = [30, 31, 31, 29, 19, 50, 18], [0.0, 1, 1, 2, 3, 3.4, 4]
    (found,) = sudden.gains(series(scores, times), 1, 0.0)
    assert (found.before, found.after, found.spoke, found.ceased) == (3, 4, 6, None)


@pytest.mark.parametrize("scores", [[], [5.0], [30, 10], [30, 31, 10], [NAN] * 9, [20.0] * 30])
def test_short_empty_and_constant_series_say_nothing(scores: list[float]) -> None:
    assert sudden.gains(series(scores), 1, 0.0) == ()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="occasion 1: -2 lies beyond"):
        sudden.gains(series([3, -2, 3, 4, 5]), 1, 0.0)
    with pytest.raises(ValueError, match="sem"):
        sudden.gains(series([3, 2], sem=0.0), 1, 0.0)


weekly = st.lists(st.one_of(st.just(NAN), st.integers(0, 40).map(float)), min_size=0, max_size=16)


@settings(max_examples=150, deadline=None)
@given(scores=weekly, scale=st.sampled_from([1.0, 0.3, 0.1]))
def test_it_equals_the_panel_cut_off_at_each_check_in(scores: list[float], scale: float) -> None:
    """science.gains sees whole courses; given only what was known at each check-in it says the same steps as ours.

    Our own is one call for all check-ins, on windows; this is the whole panel anew for each of them. A step that was
    already reversed when the criteria were first met is not said (see the docstring).
    """
    sem = SEM * scale
    cut = Rule(1.96 * np.sqrt(2) * sem)
    said: dict[int, int] = {}
    for now in range(1, len(scores) + 1):
        if np.isfinite(scores[now - 1]):
            events = sudden_gains(scores[:now], cut).events
            for session, reversal in zip(events.session, events.reversal, strict=True):
                if reversal != MET:
                    said.setdefault(int(session), now - 1)
    found = sudden.gains(series(scores, sem=sem), 1, 0.0)
    assert {gain.before: gain.spoke for gain in found} == said
    for gain in found:
        half = (scores[gain.before] + scores[gain.after]) / 2
        later = [t for t in range(gain.spoke + 1, len(scores)) if scores[t] >= half - 1e-9]
        assert gain.ceased == (later[0] if later else None)


@settings(max_examples=60, deadline=None)
@given(scores=weekly)
def test_once_said_it_stays_said(scores: list[float]) -> None:
    whole = sudden.gains(series(scores, sem=SEM / 3), 1, 0.0)
    for now in range(len(scores)):
        part = sudden.gains(series(scores[:now], sem=SEM / 3), 1, 0.0)
        known = tuple(
            gain._replace(ceased=gain.ceased if gain.ceased is not None and gain.ceased < now else None)
            for gain in whole
            if gain.spoke < now
        )
        assert part == known


def test_a_quieter_point_asks_for_a_larger_step_and_none_for_a_smaller() -> None:
    (usual,), quiet = (
        sudden.gains(series([30, 31, 29, 21, 20]), 1, 0.0, POINTS[name]) for name in ("usual", "quieter")
    )
    assert usual.drop == pytest.approx(8)
    assert quiet == (), "8 points are 1.96 S_diff, not 2.5 (8.93)"
    assert sudden.gains(series([30, 31, 29, 23, 22]), 1, 0.0, ASSUMED._replace(gain=1.0)) == ()
