"""The case page's expected course: a person's own beside the finished ones of this clinic, or why there is none yet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import Kind
from mooring.caseload import calling
from mooring.caseload import pictures as drawn
from mooring.caseload.evidence import decimal
from mooring.caseload.lanes import AFTERWARDS
from mooring.caseload.pronouns import Pronouns
from mooring.charts import expected as chart
from mooring.charts.points import Axis, Point
from mooring.checkins import drawing, saying
from mooring.checkins.learned import read_growth, rule_of
from mooring.checkins.learners import closed_courses
from mooring.checkins.models import Series
from mooring.checkins.watch import TOGETHER
from mooring.kit.dates import local_date
from mooring.people.models import Clinic
from mooring.science import growth

SHOWN = 2
"""Pictures: distress, and the security that was asked last."""
QUARTER = 0.25


@dataclass(frozen=True)
class Beside:
    """One measure's picture, and the same in words."""

    title: str
    note: str
    picture: SafeString
    words: list[str]


@dataclass(frozen=True)
class Expected:
    measures: list[Beside]
    not_yet: str
    """Said while there is none."""
    note: str


@dataclass(frozen=True)
class _Course:
    """The course of this person's band, and its limits in the weeks that are drawn."""

    model: Mapping[str, Any]
    learned: growth.Growth
    began: date
    """The first answer: week 0."""
    prediction: growth.Limits
    tolerance: growth.Limits
    worse: int

    @property
    def limit(self) -> Any:
        return self.tolerance.high if self.worse > 0 else self.tolerance.low

    def usual(self) -> list[chart.Usual]:
        days = [self.began + timedelta(days=round(7 * float(week))) for week in self.prediction.times]
        limits = (self.prediction.expected, self.prediction.low, self.prediction.high, self.limit)
        return [chart.Usual(day, *map(float, row)) for day, *row in zip(days, *limits, strict=True)]


def expected(
    series: Sequence[Series], names: Mapping[Any, str], said: Pronouns, clinic: Clinic, at: datetime
) -> Expected | None:
    """None before a measure was answered that has an expected course. One query where none was learned yet."""
    watched = [one for one in series if one.role in TOGETHER and one.model]
    if not watched:
        return None
    known = [one for one in watched if "expected" in one.model]
    if not known:
        return Expected([], _not_yet(closed_courses(clinic, at), said), "")
    today = local_date(at, clinic.zone)
    first = sorted(known, key=lambda one: (one.role != "distress", -one.last_on.toordinal(), str(one.pk)))
    chosen = [*(one for one in first if one.role == "distress"), *(one for one in first if one.role == "security")][
        :SHOWN
    ]
    return Expected([_beside(one, names, said, today) for one in chosen], "", _note(chosen))


def _note(shown: Sequence[Series]) -> str:
    told = [_("This is what happened to others here. It does not say what will come now, nor why.")]
    taught = [one.model["movement"]["persons"] for one in shown if isinstance(one.model.get("movement"), dict)]
    if taught:
        moves = _("How far a level may move from week to week is learned too, from the answers of %(n)s people here.")
        told.append(moves % {"n": max(taught)})
    return " ".join(told)


def _not_yet(courses: int, said: Pronouns) -> str:
    can = ngettext(
        "%(n)s finished course here can be learned from; an expected course needs %(least)s.",
        "%(n)s finished courses here can be learned from; an expected course needs %(least)s.",
        courses,
    )
    if courses >= growth.LEAST:
        can = _(
            "%(n)s finished courses here can be learned from. Whoever runs Mooring here does so with “mooring learn”."
        )
    until = _("Until then this page shows %(their)s own course alone.")
    return f"{can} {until}" % {**said.words, "n": courses or _("No"), "least": growth.LEAST}


def _beside(one: Series, names: Mapping[Any, str], said: Pronouns, today: date) -> Beside:
    points = list(drawing.levels(one, until=min(today, one.last_on + AFTERWARDS)))
    course = _course(one, points)
    usual = course.usual()
    axis = _axis(one, points, usual)
    title = calling.begin(calling.series(one, names))
    named = chart.Named(drawn.now(one, today), _("usual here"), _("off course"), _("start"), _("week %(week)s"))
    name = _("%(measure)s since the start, over where nine in ten answers of finished courses lay.") % {
        "measure": title
    }
    up = _("up is worse") if course.worse > 0 else _("up is better")
    return Beside(
        title,
        _("%(low)s to %(high)s; %(up)s") % {"low": f"{one.minimum:g}", "high": f"{one.maximum:g}", "up": up},
        drawn.both(lambda width: chart.expected(points, usual, axis, named, width=width), name, wide=chart.WIDE),
        _words(one, course, said, today),
    )


def _course(one: Series, points: Sequence[Point]) -> _Course:
    model = one.model["expected"]
    found = read_growth(model["growth"])
    began = date.fromisoformat(next(point["on"] for point in one.points if point["score"] is not None))
    last = min(found.until, max((points[-1].at - began).days / 7, 1.0))
    times = np.append(np.arange(0.0, last, QUARTER), last)
    rule = rule_of(model)
    return _Course(
        model,
        found,
        began,
        growth.prediction_limits(found, times, rule.content),
        growth.tolerance_limits(found, times, rule.content, rule.confidence),
        1 if one.direction == "worse" else -1,
    )


def _axis(one: Series, points: Sequence[Point], usual: Sequence[chart.Usual]) -> Axis:
    """Whole numbers around both, inside the measure's range."""
    values = [
        value for point in points for value in (point.lo, point.hi, point.level if point.score is None else point.score)
    ]
    values += [value for day in usual for value in (day.lo, day.hi, day.limit)]
    low = max(one.minimum, math.floor(min(values)))
    high = min(one.maximum, math.ceil(max(values)))
    if high - low < 2:
        low, high = max(one.minimum, high - 2), min(one.maximum, low + 2)
    step = max(1, math.ceil((high - low) / 3))
    marks = [low + step * place for place in range(4) if low + step * place <= high + 1e-9]
    return Axis(low, high, tuple((mark, f"{mark:g}") for mark in marks))


def _words(one: Series, course: _Course, said: Pronouns, today: date) -> list[str]:
    limits = course.prediction
    words = {
        **said.words,
        "courses": _courses(course.model),
        "week": round(float(limits.times[-1])),
        "low": decimal(max(float(limits.low[-1]), one.minimum)),
        "high": decimal(min(float(limits.high[-1]), one.maximum)),
        "middle": decimal(float(limits.expected[-1])),
        "limit": decimal(float(course.limit[-1])),
        "now": drawn.now(one, today),
    }
    told = [
        _("Of %(courses)s, nine in ten answers in week %(week)s lay between %(low)s and %(high)s, about %(middle)s.")
        % words
    ]
    if one.minimum < float(course.limit[-1]) < one.maximum:
        above, below = (
            _("Two answers running above %(limit)s are off that course."),
            _("Two answers running below %(limit)s are off that course."),
        )
        told.append((above if course.worse > 0 else below) % words)
    else:
        told.append(_("In that week no answer could lie beyond: they reach to the end of the scale.") % words)
    told.append(_where(one, course, today))
    return [*told, _("%(Their)s own level: %(now)s.") % {**words, "Their": said.their.capitalize()}]


def _courses(model: Mapping[str, Any]) -> str:
    """64 finished courses here that began between 2.5 and 3.2."""
    low, high = model["from"], model["to"]
    words = {
        "n": model["courses"],
        "low": "" if low is None else decimal(low),
        "high": "" if high is None else decimal(high),
    }
    if model["simulated"]:
        which = _("%(n)s made-up finished courses here") % words
    else:
        which = _("%(n)s finished courses here") % words
    if low is None and high is None:
        return which
    if low is None:
        began = _("that began below %(high)s") % words
    elif high is None:
        began = _("that began at %(low)s or above") % words
    else:
        began = _("that began between %(low)s and %(high)s") % words
    return f"{which} {began}"


def _where(one: Series, course: _Course, today: date) -> str:
    """Whether the rule speaks now; else where the latest answer lies."""
    speaking = [s for s in one.stretches if s["kind"] == Kind.OFF_COURSE and s["ceased"] is None]
    if speaking:
        day = saying.calendar_day(date.fromisoformat(speaking[-1]["since"]), today)
        return _("Off that course since %(day)s.") % {"day": day}
    given = [point for point in one.points if point["score"] is not None]
    weeks = [point["t"] - given[0]["t"] for point in given]
    rule = rule_of(course.model)
    rows, _limits, side = growth.beside(
        course.learned, weeks, [point["score"] for point in given], rule.content, rule.confidence
    )
    if len(given) < 2:
        return _("The first answer is where a course begins; it lies on none yet.")
    if not rows.size or rows[-1] != len(given) - 1:
        return _("Nothing was learned beyond week %(week)s.") % {"week": math.floor(course.learned.until)}
    if side[-1] == course.worse:
        return _("The latest answer lies beyond it; one alone says nothing yet.")
    if side[-1] == -course.worse:
        return _("The latest answer is better than those of nine in ten.")
    return _("The latest answer lies within it.")
