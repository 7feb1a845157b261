"""The control chart of one rater's alliance series: the picture, its numbers in words, and candidates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import numpy as np
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.charts import control
from mooring.charts.points import Axis, Rating
from mooring.charts.timeline import NARROW, WIDE, Moment
from mooring.checkins import drawing, saying
from mooring.checkins.estimate import column
from mooring.checkins.models import CheckIn, Series
from mooring.science import alliance
from mooring.science.operating_point import ASSUMED
from mooring.sessions.models import Rupture

GAP = timedelta(days=21)
"""Ratings farther apart have no line between them."""
NEAR = timedelta(days=7)
"""A mark so close to a candidate is taken for the same strain."""


FEWEST = ASSUMED.alliance_baseline
"""Ratings that a baseline needs before a drop is marked."""


@dataclass(frozen=True)
class Chart:
    """One rater."""

    title: str
    measure: str
    wide: SafeString
    narrow: SafeString
    words: list[str]


@dataclass(frozen=True)
class Told:
    """Where a rupture may have been, with the rule that fired."""

    on: date
    day: str
    who: str
    words: str
    rule: str
    repair: str
    marked: bool
    made_id: UUID


def error_of(series: Series) -> float | None:
    """Standard error of one rating with the wobble of a day, as the signals take it; None where it is unknown."""
    if not series.model:
        return None
    return float(np.hypot(series.model["sem"], series.model["dynamics"]["occasion_sd"]))


def charted(series: Series) -> alliance.Chart | None:
    """The chart of its ratings; None while the error of one is unknown."""
    error = error_of(series)
    return None if error is None else alliance.control_chart(column(series.points, "score"), error)


def chart(series: Series, found: alliance.Chart | None, who: str, marks: Sequence[Rupture], today: date) -> Chart:
    """Drawn for a wide and a narrow page, and in words."""
    title = _("As %(who)s rates it") % {"who": who}
    measure = _measure(series)
    if found is None:
        return Chart(title, measure, SafeString(""), SafeString(""), [_("The error of this measure is not known.")])
    days = _days(series)
    limits = [
        control.Limit(
            day, None if np.isnan(centre) else float(centre), float(sigma), float(drop) if n >= FEWEST else 0.0
        )
        for day, centre, sigma, drop, n in zip(days, *found, strict=True)
    ]
    known = [limit for limit in limits if limit.centre is not None]
    named = control.Named()
    if known:
        centre, sigma = known[-1].centre or 0.0, known[-1].sigma
        named = control.Named(
            _("usual %(n)s") % {"n": _number(centre)},
            _("1 SD below %(n)s") % {"n": _number(centre - sigma)},
            _("2 SD below %(n)s") % {"n": _number(centre - 2 * sigma)},
        )
    named = replace(named, moments=_marked(marks))
    name = _("Control chart of the alliance as %(who)s rates it, from %(since)s to %(until)s.") % {
        "who": who,
        "since": saying.calendar_day(days[0], today),
        "until": saying.calendar_day(days[-1], today),
    }
    wide, narrow = (
        drawing.picture(
            control.control(
                ratings(series), limits, _axis(series, limits), named, _months(days), moments(marks),
                hollow=series.rater == CheckIn.Rater.CLINICIAN, width=width,
            ),
            name,
            f"picture {css}-picture",
        )
        for css, width in (("wide", WIDE), ("narrow", NARROW))
    )  # fmt: skip
    return Chart(title, measure, wide, narrow, _words(series, found))


def candidates(
    series: Series, found: alliance.Chart | None, who: str, marks: Sequence[Rupture], today: date
) -> list[Told]:
    """Each with its rule; whether something is marked near it."""
    if found is None:
        return []
    days, scores = _days(series), column(series.points, "score")
    return [_told(one, days, who, marks, today) for one in alliance.candidates(found, scores)]


def ratings(series: Series) -> list[Rating]:
    """Scores as given; a long gap breaks the line."""
    found: list[Rating] = []
    for point, day in zip(series.points, _days(series), strict=True):
        if found and day - found[-1].at > GAP and point["score"] is not None:
            found.append(Rating(day - timedelta(days=1), None))
        found.append(Rating(day, point["score"]))
    return found


def moments(marks: Sequence[Rupture]) -> list[Moment]:
    """A rupture where it was noticed, dashed; a repair where it was repaired, solid."""
    found = [Moment(one.noticed_on, dashed=True) for one in marks]
    return found + [Moment(one.repaired_on, dashed=False) for one in marks if one.repaired_on is not None]


def _marked(marks: Sequence[Rupture]) -> tuple[tuple[date, str], ...]:
    """What stands beside the rules, one for a rupture that was repaired soon after."""
    return tuple(
        (one.noticed_on, _("rupture") if one.repaired_on is None else _("rupture, repaired"))
        for one in sorted(marks, key=lambda one: one.noticed_on)
    )


def _told(one: alliance.Candidate, days: Sequence[date], who: str, marks: Sequence[Rupture], today: date) -> Told:
    on = days[one.since]
    until = days[one.repair] if one.repair is not None else days[-1]
    rule = {
        alliance.DRAWN_SD: _("Rule: at least one standard deviation below the usual. It is drawn and never signalled."),
        alliance.MAY_SIGNAL_SD: _("Rule: at least two standard deviations below the usual."),
    }[one.rule]
    words = _("%(who)s rated %(rating)s, where %(centre)s is usual: %(drop)s standard deviations below.") % {
        "who": who,
        "rating": _number(one.rating),
        "centre": _number(one.centre),
        "drop": _number(one.drop),
    }
    repair = _("Not back within one standard deviation since.")
    if one.repair is not None:
        repair = _("Back within one standard deviation on %(day)s: that may be the repair.") % {
            "day": saying.calendar_day(days[one.repair], today)
        }
    marked = any(on - NEAR <= mark.noticed_on <= until for mark in marks)
    deepest = saying.calendar_day(days[one.deepest], today)
    return Told(days[one.deepest], deepest, who, words, rule, repair, marked, uuid4())


def _words(series: Series, found: alliance.Chart) -> list[str]:
    """The baseline and σ before the latest rating, each with how it was reached."""
    if not found.baseline[-1]:
        return [_("There is one rating. A baseline needs more.")]
    centre, sigma, n = float(found.centre[-1]), float(found.sigma[-1]), int(found.baseline[-1])
    error = error_of(series)
    assert error is not None
    words = {"centre": _number(centre), "sigma": _number(sigma, 2), "n": n, "error": _number(error, 2)}
    said = [
        _("Usual: %(centre)s, the mean of the %(n)s ratings before the latest that were not two standard deviations "
          "below the usual of their own time.") % words,
    ]  # fmt: skip
    if sigma > error:
        said.append(
            _("One standard deviation (SD): %(sigma)s points, the mean difference between one rating and the next "
              "divided by 1.128. That is more than the error of one rating, %(error)s.") % words
        )  # fmt: skip
    else:
        said.append(
            _("One standard deviation (SD): %(sigma)s points, the error of one rating. The mean difference between one "
              "rating and the next, divided by 1.128, is not more than that.") % words
        )  # fmt: skip
    if series.assumed:
        said.append(_("The error is assumed: this measure is not validated yet."))
    return said


def _measure(series: Series) -> str:
    instrument = series.instrument_version.instrument
    wording = instrument.wording.get("en") or next(iter(instrument.wording.values()), None)
    title = wording.title if wording is not None else instrument.title
    return _("%(title)s; %(low)s to %(high)s; up is better") % {
        "title": title,
        "low": f"{series.minimum:g}",
        "high": f"{series.maximum:g}",
    }


def _axis(series: Series, limits: Sequence[control.Limit]) -> Axis:
    """The upper part of the range where everything lies: ratings of alliance crowd at the top."""
    scores = [point["score"] for point in series.points if point["score"] is not None]
    lines = [limit.centre - 2 * limit.sigma for limit in limits if limit.centre is not None]
    low = max(series.minimum, float(np.floor(min([*scores, *lines], default=series.minimum))))
    low = min(low, series.maximum - 1)
    marks = np.linspace(low, series.maximum, int(series.maximum - low) + 1) if series.maximum - low <= 5 else [low]
    ticks = [float(mark) for mark in marks]
    ticks = ticks if ticks[-1] == series.maximum else [*ticks, series.maximum]
    return Axis(low, series.maximum, tuple((mark, f"{mark:g}") for mark in ticks))


def _months(days: Sequence[date]) -> list[tuple[date, str]]:
    """The first of each month within, and the first day."""
    found = [(days[0], date_format(days[0], "F"))]
    for before, day in pairwise([days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]):
        if day.month != before.month:
            found.append((day, date_format(day, "F")))
    return found


def _days(series: Series) -> list[date]:
    return [date.fromisoformat(point["on"]) for point in series.points]


def _number(value: float, places: int = 1) -> str:
    return str(number_format(round(value, places), places))
