"""Off the expected course: when a person's answers leave, on the worse side, what the clinic's closed courses were.

With L_t and U_t the tolerance limits of the person's intake band (:func:`mooring.science.growth.tolerance_limits`:
with a confidence of .95 at least .90 of all scores at time t lie between them), w = +1 where higher is worse,

    beyond_t = y_t > U_t  (w = +1)   or   y_t < L_t  (w = −1),

and the rule, which looks at nothing but the past:

    speaks  at the first t with beyond_t and beyond_{t−1}, half a week or more after the first of them;
    ceases  at the first t thereafter with neither beyond_t nor beyond_{t−1}.

So one bad week raises nothing and one good week ends nothing. t runs over the answers that can be judged: after the
intake, and not later than the last time learned from. No standard error of a single answer enters: the course's σ²
holds days and measurement error together, so an answer from fewer items than usual is judged as if from all of them.

The idea of judging sessions by tolerance limits around the course of similar intakes: Finch, Lambert & Schaalje 2001,
Clin. Psychol. Psychother. 8:231–242. Their levels could not be read and are not used. Ours: nine in ten, as every
band of Mooring, and two answers, so that of people who are drawn from the course itself few are spoken of
(:func:`false_flags`; tests/science/test_off_course.py). This is no test of a hypothesis: of people who do as the
closed courses did, some must lie outside of where nine in ten of them lay.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science import growth
from mooring.science.growth import Courses, Growth, Limits
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]


class Rule(NamedTuple):
    """What is asked of the answers."""

    content: float = 0.90
    """Share of all scores between the limits; half of the rest lies on the worse side."""
    confidence: float = 0.95
    """That at least so many do."""
    apart: float = 0.5
    """Weeks between the first answer beyond and the one on which the rule speaks: two of one day are one occasion."""


RULE = Rule()


class OffCourse(NamedTuple):
    """One stretch. The places are those of the answers as they were given; numbers in points, when the rule spoke."""

    since: int
    """The first answer beyond the limit."""
    spoke: int
    """The answer on which the rule spoke."""
    ceased: int | None
    """The second of two answers that were not beyond; None while it holds."""
    time: float
    score: float
    expected: float
    low: float
    high: float


def off_course(
    course: Growth, times: npt.ArrayLike, scores: npt.ArrayLike, *, worse: int, rule: Rule = RULE
) -> tuple[OffCourse, ...]:
    """Every stretch of one person off the course of their band, oldest first.

    times (n,) weeks since the first answer, not falling; scores (n,) points, nan for missing; worse +1 or −1. Fewer
    than three answers (the intake and two more) give none. Raises ValueError for another ``worse``, times that fall,
    and as :func:`mooring.science.growth.beside` does.
    """
    if worse not in (1, -1):
        raise ValueError(f"worse must be 1 or -1, not {worse}")
    at, given = np.atleast_1d(np.asarray(times, dtype=float)), np.atleast_1d(np.asarray(scores, dtype=float))
    if (np.diff(at) < 0).any():
        raise ValueError("times must not fall: an answer is judged by those before it")
    rows, limits, side = growth.beside(course, at, given, rule.content, rule.confidence)
    found: list[OffCourse] = []
    run = holding = 0  # answers running that are beyond, or while the rule holds: that are not
    spoken: OffCourse | None = None
    for place, beyond in enumerate(side == worse):
        if spoken is None:
            run = run + 1 if beyond else 0
            first = place - run + 1
            if run >= 2 and at[rows[place]] - at[rows[first]] >= rule.apart:
                spoken, holding = _spoken(rows, limits, given, first, place), 0
            continue
        holding = 0 if beyond else holding + 1
        if holding == 2:
            found.append(spoken._replace(ceased=int(rows[place])))
            spoken, run = None, 0
    return (*found, spoken) if spoken is not None else tuple(found)


def drawn(course: Growth, times: npt.ArrayLike, people: int, rng: np.random.Generator) -> Panel:
    """So many people of this course, each with an answer at all of these times (g,)."""
    at = np.atleast_1d(np.asarray(times, dtype=float))
    x = np.log1p(at)
    own = rng.multivariate_normal([course.intercept, course.slope], course.covariance, people)
    days = rng.normal(0.0, np.sqrt(course.residual_variance), (people, at.size))
    scores = own[:, :1] + own[:, 1:] * x + days
    offsets = np.arange(people + 1) * at.size
    return Panel(offsets, np.tile(at, people), scores.ravel(), np.zeros(people * at.size))


def false_flags(courses: Courses, panel: Panel, *, worse: int, rule: Rule = RULE) -> float:
    """Share of a panel's people of whom the rule speaks at least once: learn from some, ask of others.

    People in a band without a course are never spoken of, and count. nan for a panel of nobody.
    """
    spoken = []
    for start, end in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        at, given = np.asarray(panel.times)[start:end], np.asarray(panel.scores)[start:end]
        course = courses.of(at, given)
        spoken.append(course is not None and bool(off_course(course, at, given, worse=worse, rule=rule)))
    return float(np.mean(spoken)) if spoken else float("nan")


def _spoken(rows: npt.NDArray[np.int64], limits: Limits, given: Floats, first: int, place: int) -> OffCourse:
    numbers = (float(one[place]) for one in (limits.times, given[rows], limits.expected, limits.low, limits.high))
    return OffCourse(int(rows[first]), int(rows[place]), None, *numbers)
