"""A river in sentences, in reading order: the same facts as its picture, rounded alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import Kind
from mooring.charts.points import Eddy, Quotation
from mooring.checkins import drawing, saying
from mooring.checkins.models import CheckIn, Series
from mooring.kit.dates import WEEK
from mooring.privacy.sealed import is_readable

SECURITY = "security"
FALLS = (Kind.SETBACK, Kind.DETERIORATION)
NBSP = "\u00a0"


@dataclass(frozen=True)
class Line:
    """One sentence, and whether the client said it."""

    day: str
    text: str
    said: bool = False


def lines(series: Series, sent: Sequence[CheckIn], today: date) -> Iterator[Line]:
    """Check-ins, gaps, eddies and the client's own words, oldest first."""
    facts = [
        *((on, 0, Line(_day(on, today), text)) for on, text in _levels(series)),
        *((since, 1, Line(_day(since, today), text)) for since, text in _gaps(series, today)),
        *((eddy.since, 2, Line(_day(eddy.since, today), f"{eddy.name}: {eddy.words}")) for eddy in eddies(series)),
        *((q.at, 3, Line(_day(q.at, today), q.words, said=True)) for q in quotations(series, sent)),
    ]
    for _on, _order, line in sorted(facts, key=lambda fact: fact[:2]):
        yield line


def name(series: Series, swirls: Sequence[Eddy]) -> str:
    """The picture in one sentence."""
    known = drawing.now_and_then(series)
    if known is None:
        return ""
    now_, first = known
    about = {
        "whom": saying.second_person(series.figure) if series.figure else "",
        "first": between(series, *first),
        "now": between(series, *now_),
    }
    if series.role == SECURITY:
        said = _("How secure you felt with %(whom)s: in the first month %(first)s, now %(now)s.")
    else:
        said = _("How you have been: in the first month %(first)s, now %(now)s; lower is easier.")
    told = "; ".join(f"{eddy.name}: {eddy.words}" for eddy in swirls)
    return f"{said % about} {told}".strip().replace(NBSP, " ")


def now(series: Series) -> str:
    """“Now between 6.4 and 7.5”, at the last answer; empty without a level."""
    known = drawing.now_and_then(series)
    return _("now %(between)s") % {"between": between(series, *known[0])} if known else ""


def between(series: Series, level: float, half: float) -> str:
    """A level as its band of nine in ten, inside the range of the measure."""
    low, high = max(series.minimum, level - half), min(series.maximum, level + half)
    return _("between %(low)s and %(high)s") % {"low": _tenths(low), "high": _tenths(high)}


def _tenths(value: float) -> str:
    # Django's own formatting cuts the digits off instead of rounding.
    return number_format(round(value, 1), 1)


def few(series: Series) -> str:
    """What can be said while there are one or two check-ins."""
    scored = sum(point["score"] is not None for point in series.points)
    if scored == 0:
        return _("Too few of these questions were answered to say where you are. Skipping is fine.")
    if scored == 1:
        return _("One check-in so far: a place, and no direction yet.")
    if scored == 2:
        return _("Two check-ins so far: too few to say where it is going.")
    return ""


def eddies(series: Series) -> list[Eddy]:
    """Falls below the level held before, to the recovery; to the last answer while one is not over."""
    ended = {(s["of"], s["since"]): s for s in series.stretches if s["kind"] == Kind.RECOVERY}
    falls = sorted((s for s in series.stretches if s["kind"] in FALLS), key=lambda s: str(s["since"]))
    found: list[Eddy] = []
    for fall in falls:
        since = date.fromisoformat(fall["since"])
        if found and since <= found[-1].until:
            # Worse than before, then worse than at the start: to the person it is one and the same.
            continue
        week = (since - series.first_on).days // WEEK.days + 1
        back = ended.get((fall["kind"], fall["since"]))
        if back is None:
            words = _("week %(week)s; not back yet") % {"week": week}
            found.append(Eddy(since, series.last_on, _("eddy"), words))
            continue
        weeks, low, high = back["hindsight"]
        words = _("week %(week)s; back in %(weeks)s") % {"week": week, "weeks": _weeks(weeks, low, high)}
        found.append(Eddy(since, min(since + weeks * WEEK, series.last_on), _("eddy"), words))
    return found


def quotations(series: Series, sent: Sequence[CheckIn]) -> list[Quotation]:
    """What the client wanted to talk about, in the time of this river, in their own words."""
    return [
        Quotation(one.local_date, _("“%(words)s”") % {"words": " ".join(one.topic.split())})
        for one in sent
        if one.topic.strip() and is_readable(one.topic) and series.first_on <= one.local_date <= series.last_on
    ]


def _day(on: date, today: date) -> str:
    return saying.calendar_day(on, today)


def _levels(series: Series) -> Iterator[tuple[date, str]]:
    for point in series.points:
        on = date.fromisoformat(point["on"])
        if point["score"] is None:
            yield on, _("too few answers to say")
        elif "level" in point:
            yield on, between(series, point["level"], drawing.NINE_IN_TEN * point["sd"])


def _gaps(series: Series, today: date) -> Iterator[tuple[date, str]]:
    days = [date.fromisoformat(point["on"]) for point in series.points]
    for before, after in pairwise([*days, today]):
        if after - before > drawing.GAP and after == today:
            yield before, _("no check-in since")
        elif after - before > drawing.GAP:
            yield before, _("no check-in until %(day)s") % {"day": _day(after, today)}


def _weeks(took: float, earliest: float, latest: float | None) -> str:
    """“4 weeks (3 to 5)”, its numbers kept beside their words."""
    weeks, low = round(took), round(earliest)
    said = ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
    if latest is not None:
        span = _("%(low)s to %(high)s") % {"low": low, "high": round(latest)}
        span = span.replace(" ", NBSP)
    elif low > 0:
        span = _("at least %(low)s") % {"low": low}
    else:
        span = _("unsure")
    return f"{said.replace(' ', NBSP)} ({span})"
