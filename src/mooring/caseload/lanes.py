"""The case page's timeline: one axis of weeks, a lane for everything that is known about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import Kind
from mooring.caseload import calling, meetings, moments, standing
from mooring.caseload import pictures as drawn
from mooring.caseload.pronouns import Pronouns
from mooring.charts import timeline
from mooring.charts.points import DayLabel, Rating, Stretch
from mooring.checkins import drawing, saying
from mooring.checkins.models import Series
from mooring.kit.dates import WEEK
from mooring.sessions.models import Rupture, Session

# The picture's longest stretch: over more than a year single weeks could not be told apart.
LONGEST = timedelta(weeks=52)
# And its shortest: one check-in alone stands at now, not where a course would begin.
SHORTEST = timedelta(weeks=4)
# How long after the last answer the axis still runs to today: that is where silence shows.
AFTERWARDS = timedelta(weeks=8)
IN_QUESTION = (Kind.DETERIORATION, Kind.SETBACK, Kind.ALLIANCE_DROP)
ALLIANCE = "alliance"
Kept = Session.Kept
SECURITIES = 2
OTHERS = 2


@dataclass(frozen=True)
class Drawn:
    """The timeline for a wide and for a narrow page, and the same in words."""

    wide: SafeString
    narrow: SafeString
    words: list[str]
    since: date


@dataclass(frozen=True)
class Weeks:
    """The days that are drawn, and what day the first week began."""

    first: date
    since: date
    until: date
    today: date

    def number(self, day: date) -> int:
        """Which week of the answers a day lies in, from 1."""
        return (day - self.first).days // 7 + 1


@dataclass(frozen=True)
class Came:
    """Days of check-ins that were answered, days of those that were not, and what else stands on the weeks."""

    done: Sequence[date]
    missed: Sequence[date]
    met: meetings.Meetings


def drawn_lanes(
    series: Sequence[Series], came: Came, names: Mapping[Any, str], said: Pronouns, today: date
) -> Drawn | None:
    """The timeline; None before the first answer."""
    if not came.done:
        return None
    weeks, met = _weeks(came.done, today), came.met
    chosen, rated = _chosen(series, weeks), _rated_too(met, weeks)
    stretches = [*_in_question(chosen, names, weeks), *_strains(met.ruptures, weeks)]
    lanes: list[timeline.Lane] = [*_sessions(met, weeks), _checkins(came.done, came.missed, weeks)]
    lanes += [_lane(one, names, said, weeks) for one in chosen if one.role != ALLIANCE]
    lanes += _alliance([one for one in chosen if one.role == ALLIANCE], rated, names, said, weeks)
    axis = timeline.Weeks(
        weeks.since,
        weeks.until,
        _months(weeks),
        tuple(Stretch(s.since, s.until, s.words) for s in stretches),
        tuple(m for m in meetings.moments(met.ruptures) if weeks.since <= m.at <= weeks.until),
    )
    name = _("Check-ins, levels with their bands, and weeks in question, from %(since)s to %(until)s.") % {
        "since": saying.calendar_day(weeks.since, today),
        "until": saying.calendar_day(weeks.until, today),
    }
    wide, narrow = (timeline.timeline(lanes, axis, width=w) for w in (timeline.WIDE, timeline.NARROW))
    words = [*filter(None, [meetings.counted(met)]), *(_in_words(one, names, weeks) for one in chosen)]
    words += [_rated_in_words(one, names, weeks) for one in rated]
    words += [_said(s, weeks) for s in stretches if not s.marked]
    words += [meetings.told(one, today) for one in met.ruptures]
    return Drawn(
        drawing.picture(wide, name, "picture wide-picture"),
        drawing.picture(narrow, name, "picture narrow-picture"),
        words,
        weeks.since,
    )


def _weeks(done: Sequence[date], today: date) -> Weeks:
    first, last = min(done), max(done)
    until = max(last, min(today, last + AFTERWARDS))
    return Weeks(first, min(max(first, until - LONGEST), until - SHORTEST), until, today)


def _chosen(series: Sequence[Series], weeks: Weeks) -> list[Series]:
    """Distress, security with the figures asked last, other measures, and the alliance at the foot."""
    shown = sorted((s for s in series if s.last_on >= weeks.since), key=lambda s: s.last_on, reverse=True)
    by_role = {role: [s for s in shown if s.role == role] for role in ("distress", "security", ALLIANCE)}
    others = [s for s in shown if s.role not in {*by_role, "anxiety", "avoidance"}]
    return [
        *by_role["distress"][:OTHERS],
        *by_role["security"][:SECURITIES],
        *others[:OTHERS],
        *by_role[ALLIANCE][:1],
    ]


def _checkins(done: Sequence[date], missed: Sequence[date], weeks: Weeks) -> timeline.CheckinLane:
    inside = tuple(day for day in sorted(set(done)) if weeks.since <= day <= weeks.until)
    open_ones = tuple(day for day in sorted(set(missed) - set(done)) if weeks.since <= day <= weeks.until)
    shows_today = weeks.until == weeks.today
    return timeline.CheckinLane(
        _("Check-ins"), inside, open_ones, weeks.today if shows_today else None, _("today") if shows_today else ""
    )


def _sessions(met: meetings.Meetings, weeks: Weeks) -> list[timeline.Lane]:
    """A tick a session held, an open circle one missed or cancelled; no lane without any."""

    def inside(days: Sequence[date]) -> tuple[date, ...]:
        return tuple(day for day in days if weeks.since <= day <= weeks.until)

    held, others = inside(met.kept(Kept.HELD)), inside(met.kept(Kept.MISSED, Kept.CANCELLED))
    return [timeline.CheckinLane(_("Sessions"), held, others)] if held or others else []


def _rated_too(met: meetings.Meetings, weeks: Weeks) -> list[Series]:
    """The therapist's own ratings, while there are some in these weeks."""
    return [met.rated] if met.rated is not None and met.rated.last_on >= weeks.since else []


def _alliance(
    client: Sequence[Series], rated: Sequence[Series], names: Mapping[Any, str], said: Pronouns, weeks: Weeks
) -> list[timeline.Lane]:
    """Both raters on one lane where their scales are one, else each on a lane of their own."""
    lanes = [_lane(one, names, said, weeks) for one in client]
    for one in rated:
        yours = _rated_lane(one, names, weeks)
        for place, (lane, theirs) in enumerate(zip(lanes, client, strict=True)):
            if isinstance(lane, timeline.RatingLane) and _range(theirs) == _range(one):
                axis = _rated_axis(one, [*lane.client, *yours.clinician])
                lanes[place] = replace(lane, axis=axis, clinician=yours.clinician, clinician_name=yours.clinician_name)
                break
        else:
            lanes.append(yours)
    return lanes


def _range(one: Series) -> tuple[float, float]:
    return one.minimum, one.maximum


def _rated_lane(one: Series, names: Mapping[Any, str], weeks: Weeks) -> timeline.RatingLane:
    given = tuple(r for r in drawn.ratings(one) if r.at >= weeks.since)
    name = _("therapist, %(number)s") % {"number": drawn.now(one, weeks.today)} if one.model else _("therapist")
    title = calling.begin(calling.scale(one))
    return timeline.RatingLane(
        title, _note(one, names), _rated_axis(one, given), (), clinician=given, clinician_name=name
    )


def _lane(one: Series, names: Mapping[Any, str], said: Pronouns, weeks: Weeks) -> timeline.Lane:
    title = calling.begin(calling.scale(one))
    if one.role == ALLIANCE or not one.model:
        given = tuple(r for r in drawn.ratings(one) if r.at >= weeks.since)
        return timeline.RatingLane(
            title,
            _note(one, names),
            _rated_axis(one, given),
            given,
            client_name=_rated_now(one, said, weeks.today),
            usual=drawn.usual(one),
            usual_name=_("shaded: %(their)s usual") % said.words if drawn.usual(one) else "",
        )
    points = tuple(p for p in drawing.levels(one, until=weeks.until) if p.at >= weeks.since)
    return timeline.LevelLane(
        title,
        _note(one, names),
        drawn.near(points, one, ticks=4),
        points,
        drawn.now(one, weeks.today),
        _first_month(one),
        _back(one, weeks),
    )


def _first_month(one: Series) -> str:
    """“first month 2.6 ± 0.3”; empty while the first month is also now."""
    pair = drawing.now_and_then(one)
    if pair is None or drawing.since_first_month(one) is None:
        return ""
    return _("first month %(number)s") % {"number": drawn.with_error(*pair[1])}


def _rated_now(one: Series, said: Pronouns, today: date) -> str:
    """“hers, now 4.5 ± 0.4”: whose line it is, and where it ends."""
    if not one.model:
        return said.theirs
    return _("%(theirs)s, %(number)s") % {"theirs": said.theirs, "number": drawn.now(one, today)}


def _note(one: Series, names: Mapping[Any, str]) -> str:
    words = {"low": f"{one.minimum:g}", "high": f"{one.maximum:g}", "figure": names.get(one.figure_id, "")}
    up = {"worse": _("up is worse"), "better": _("up is better")}.get(one.direction, "")
    sentence = _("with %(figure)s, %(low)s to %(high)s") if words["figure"] else _("%(low)s to %(high)s")
    return "; ".join(part for part in (sentence % words, up) if part)


def _rated_axis(one: Series, given: Sequence[Rating]) -> Any:
    axis = drawn.rated(one, given)
    whole = [float(mark) for mark in range(int(axis.lo), int(axis.hi) + 1)]
    marks = whole if len(whole) <= 5 else [axis.lo, axis.hi]
    return type(axis)(axis.lo, axis.hi, tuple((mark, f"{mark:g}") for mark in marks))


def _back(one: Series, weeks: Weeks) -> tuple[timeline.Remark, ...]:
    """Where a level was back: a bracket from the fall to the day, with its interval."""
    found = []
    for stretch in one.stretches:
        if stretch["kind"] != Kind.RECOVERY:
            continue
        since = date.fromisoformat(stretch["since"])
        if since >= weeks.since:
            until, words = back_in(stretch, since, weeks)
            found.append(timeline.Remark(since, words, min(until, weeks.until)))
    return tuple(found)


def back_in(stretch: Mapping[str, Any], since: date, weeks: Weeks) -> tuple[date, str]:
    """The day a level was back, and the words for its week; in whole weeks, as the client's river counts them."""
    said_then = [stretch.get(key) for key in ("weeks", "weeks_low", "weeks_high")]
    took, low, high = stretch.get("hindsight") or said_then
    # Under a week the estimate says that the level hardly fell, not when it was back.
    if took is None or took < 1:
        spoke = date.fromisoformat(stretch["spoke"])
        return spoke, _("back by week %(week)s") % {"week": weeks.number(spoke)}
    back, earliest, latest = (None if n is None else since + round(n) * WEEK for n in (took, low, high))
    assert back is not None
    if earliest is None or latest is None:
        return back, _("back by week %(week)s") % {"week": weeks.number(back)}
    return back, _("back by week %(week)s (%(low)s to %(high)s)") % {
        "week": weeks.number(back),
        "low": weeks.number(earliest),
        "high": weeks.number(latest),
    }


@dataclass(frozen=True)
class InQuestion:
    """Weeks in question, however many measures spoke in them."""

    since: date
    until: date
    words: str
    marked: bool = False
    """By a person, not by a rule."""


def _strains(ruptures: Sequence[Rupture], weeks: Weeks) -> list[InQuestion]:
    """From where a rupture was noticed until it was repaired, or until now."""
    found = []
    for one in ruptures:
        until = weeks.until if one.repaired_on is None else min(one.repaired_on, weeks.until)
        if one.noticed_on > weeks.until or until < weeks.since:
            continue
        said = [_("rupture, week %(n)s") % {"n": weeks.number(one.noticed_on)}]
        if one.repaired_on is not None:
            said.append(_("repaired, week %(n)s") % {"n": weeks.number(one.repaired_on)})
        words = calling.begin("; ".join(said))
        found.append(InQuestion(max(one.noticed_on, weeks.since), until, words, marked=True))
    return found


def _in_question(series: Sequence[Series], names: Mapping[Any, str], weeks: Weeks) -> list[InQuestion]:
    """Stretches in which a rule spoke, overlapping ones told together."""
    spoken = sorted(
        (stretch.since, stretch.until, str(kind), calling.series(one, names))
        for one in series
        for kind in IN_QUESTION
        for stretch in drawing.stretches(one, [kind])
        if stretch.until >= weeks.since
    )
    merged: list[list[tuple[date, date, str, str]]] = []
    for one in spoken:
        if merged and one[0] <= max(other[1] for other in merged[-1]):
            merged[-1].append(one)
        else:
            merged.append([one])
    return [_told(group, weeks) for group in merged]


def _told(group: Sequence[tuple[date, date, str, str]], weeks: Weeks) -> InQuestion:
    since, until = min(one[0] for one in group), max(one[1] for one in group)
    kinds = {
        Kind.DETERIORATION: _("deterioration"),
        Kind.SETBACK: _("setback"),
        Kind.ALLIANCE_DROP: _("alliance"),
    }
    words = calling.together(list(dict.fromkeys(kinds[Kind(one[2])] for one in group)))
    first, last = weeks.number(since), weeks.number(until)
    if first == last:
        said = _("%(words)s, week %(first)s") % {"words": words, "first": first}
    else:
        said = _("%(words)s, weeks %(first)s to %(last)s") % {"words": words, "first": first, "last": last}
    return InQuestion(since, until, calling.begin(said))


def _said(one: InQuestion, weeks: Weeks) -> str:
    return _("%(what)s: from %(since)s to %(until)s.") % {
        "what": one.words,
        "since": saying.calendar_day(one.since, weeks.today),
        "until": saying.calendar_day(one.until, weeks.today),
    }


def _in_words(one: Series, names: Mapping[Any, str], weeks: Weeks) -> str:
    parts = [drawn.now(one, weeks.today), *filter(None, [_first_month(one)])]
    parts += [remark.words for remark in _back(one, weeks)]
    parts += standing.stood(one, weeks.since, weeks.today)
    return _("%(measure)s, %(range)s: %(numbers)s.") % {
        "measure": calling.begin(calling.measure(one.role, one.instrument_key, one.scale)),
        "range": _note(one, names),
        "numbers": "; ".join(parts),
    }


def _rated_in_words(one: Series, names: Mapping[Any, str], weeks: Weeks) -> str:
    return _("%(measure)s as the therapist rates it, %(range)s: %(number)s.") % {
        "measure": calling.begin(calling.measure(one.role, one.instrument_key, one.scale)),
        "range": _note(one, names),
        "number": drawn.now(one, weeks.today),
    }


def _months(weeks: Weeks) -> tuple[DayLabel, ...]:
    """The first of each month, and the first day drawn when its month has room for a name."""
    day = (weeks.since.replace(day=1) + timedelta(days=32)).replace(day=1)
    room = (day - weeks.since) * 8 > weeks.until - weeks.since or day > weeks.until
    found = [(weeks.since, moments.month(weeks.since))] if room else []
    while day <= weeks.until:
        found.append((day, moments.month(day)))
        day = (day + timedelta(days=32)).replace(day=1)
    return tuple(found)
