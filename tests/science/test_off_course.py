"""When a person leaves the expected course: the rule on answers whose limits are known, and how often by chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from mooring.science import growth
from mooring.science.growth import Growth
from mooring.science.off_course import OffCourse, Rule, drawn, false_flags, off_course

# Everybody starts at 3 and stays there: between people 0.09, between days 0.16, so a score has the SD 0.5 at the
# start. No error of the parameters, so every limit is z = 1.6449 (nine in ten) standard deviations from 3.
FLAT = Growth(
    3.0, 0.0, np.array([[0.09, 0.0], [0.0, 0.0]]), 0.16, np.zeros((2, 2)), np.zeros((4, 4)), 0.0, "reml", 99, 999, 40.0
)
HIGH = 3.0 + norm.ppf(0.95) * 0.5
IN, OUT, BETTER = 3.2, HIGH + 0.01, 3.0 - norm.ppf(0.95) * 0.5 - 0.01
GONE = float("nan")
# As distress: a fall that slows, people apart, days apart; points and log weeks.
USUAL = Growth(
    3.0,
    -0.25,
    np.array([[0.30, -0.03], [-0.03, 0.03]]),
    0.16,
    np.zeros((2, 2)),
    np.zeros((4, 4)),
    0.0,
    "reml",
    99,
    999,
    60.0,
)


def said(scores: list[float], worse: int = 1, times: list[float] | None = None) -> list[tuple[int, int, int | None]]:
    weeks = list(range(len(scores))) if times is None else times
    return [(one.since, one.spoke, one.ceased) for one in off_course(FLAT, weeks, scores, worse=worse)]


def test_one_bad_week_raises_nothing_two_do() -> None:
    assert said([IN, OUT, IN, OUT, IN]) == []
    assert said([IN, IN, OUT, OUT]) == [(2, 3, None)]


def test_it_is_decided_from_the_past_alone() -> None:
    scores = [IN, OUT, OUT, IN, OUT, IN, IN, OUT, OUT]
    whole = said(scores)
    assert whole == [(1, 2, 6), (7, 8, None)]
    for upto in range(1, len(scores) + 1):
        now = said(scores[:upto])
        # What was said by then stands, but for its end, which is not known before it comes.
        assert [one[:2] for one in now] == [one[:2] for one in whole if one[1] < upto]
        assert [one[2] for one in now] == [
            one[2] if (one[2] or upto) < upto else None for one in whole if one[1] < upto
        ]


def test_the_intake_never_counts_and_neither_does_a_skipped_week() -> None:
    assert said([OUT, OUT]) == []
    assert said([OUT, OUT, OUT]) == [(1, 2, None)]
    assert said([GONE, OUT, OUT, OUT]) == [(2, 3, None)]  # the first answer is the intake
    assert said([IN, OUT, GONE, OUT]) == [(1, 3, None)]
    assert said([GONE, GONE]) == [] == said([])


def test_two_answers_of_one_day_are_one_occasion() -> None:
    assert said([IN, OUT, OUT], times=[0, 3, 3]) == []
    assert said([IN, OUT, OUT, OUT], times=[0, 3, 3, 4]) == [(1, 3, None)]


def test_the_worse_side_is_what_the_scale_says() -> None:
    scores = [IN, BETTER, BETTER, OUT, OUT]
    assert said(scores, worse=1) == [(3, 4, None)]
    assert said(scores, worse=-1) == [(1, 2, 4)]
    with pytest.raises(ValueError, match="1 or -1"):
        said(scores, worse=0)
    with pytest.raises(ValueError, match="fall"):
        said(scores, times=[0, 2, 1, 3, 4])


def test_beyond_what_was_learned_nothing_is_said() -> None:
    assert said([IN, OUT, OUT], times=[0, 41, 42]) == []
    assert said([IN, OUT, OUT], times=[0, 39, 40]) == [(1, 2, None)]


def test_the_evidence_is_the_limit_of_that_week() -> None:
    (found,) = off_course(FLAT, [0, 5, 6], [IN, OUT, OUT], worse=1)
    assert found == OffCourse(1, 2, None, 6.0, OUT, 3.0, pytest.approx(6.0 - HIGH), pytest.approx(HIGH))


def test_more_content_or_less_certain_courses_move_the_limit_outwards() -> None:
    scores = [IN, OUT, OUT]
    assert off_course(FLAT, [0, 1, 2], scores, worse=1, rule=Rule(content=0.95)) == ()
    unsure = FLAT._replace(fixed_covariance=np.diag([0.01, 0.0]))
    assert off_course(unsure, [0, 1, 2], scores, worse=1) == ()


@pytest.mark.parametrize(("closed", "edges", "most"), [(60, (), 0.08), (300, (2.8, 3.3), 0.10)])
def test_of_people_who_go_as_the_closed_courses_went_few_are_spoken_of(
    closed: int, edges: tuple[float, ...], most: float
) -> None:
    """Measured with 500 people in each of several draws: 5 to 8 of 100 half-years (docs/clinicians.md)."""
    rng = np.random.default_rng(3)
    courses = growth.learn(drawn(USUAL, np.arange(27), closed, rng), edges)
    share = false_flags(courses, drawn(USUAL, np.arange(27), 500, rng), worse=1)
    assert 0.02 <= share <= most


def test_who_stays_as_they_came_while_others_mend_is_found() -> None:
    """A course of its own: no fall at all, half a standard deviation above the middle at the start."""
    rng = np.random.default_rng(4)
    courses = growth.learn(drawn(USUAL._replace(slope=-0.5), np.arange(27), 200, rng), [])
    stuck = USUAL._replace(intercept=3.5, slope=0.0, covariance=np.diag([0.01, 1e-4]))
    assert false_flags(courses, drawn(stuck, np.arange(27), 200, rng), worse=1) > 0.8


def test_people_of_a_band_without_a_course_are_not_spoken_of() -> None:
    rng = np.random.default_rng(5)
    nothing = growth.learn(drawn(USUAL, np.arange(9), 49, rng), [])
    assert nothing.bands == (None,)
    assert false_flags(nothing, drawn(USUAL, np.arange(9), 20, rng), worse=1) == 0.0
