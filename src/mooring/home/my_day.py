"""A client's today: the one thing that is asked, what became of what they sent, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import Acknowledgement, Kind
from mooring.charts.waterline import waterline
from mooring.checkins import drawing, saying
from mooring.checkins.invitation import Invitation, called, invitation, nobody
from mooring.checkins.models import CheckIn, CheckInPlan, DueCheckIn, Reading, Series
from mooring.checkins.models.plan import carers
from mooring.home import my_river, river_words
from mooring.kit.dates import local_date, zone
from mooring.people.models import Participation
from mooring.privacy.sealed import is_readable

# What was talked about longer ago than this has been said; it stays in the river.
CAME_BACK = timedelta(weeks=4)
RECENT = 8


@dataclass(frozen=True)
class CameBack:
    """Something that was talked about: the client's own words, or a sentence about whom it was."""

    at: datetime
    said: str
    topic: str = ""


@dataclass(frozen=True)
class Day:
    now: str
    greeting: str
    water: SafeString
    asked: Invitation | None
    nothing: str
    """Said when nothing is asked."""
    sent: str
    """What became of the last check-in."""
    came_back: tuple[CameBack, ...]


def asked_now(own: Sequence[Participation], at: datetime) -> dict[UUID, DueCheckIn]:
    """Participation → the check-in it is asked for at that moment, declined or not.

    Ended courses ask nothing, and nobody is asked what nobody would read.
    """
    rows = (
        DueCheckIn.objects.filter(
            participation__in=[one for one in own if one.course.until is None or one.course.until > at],
            plan__in=CheckInPlan.objects.in_force(at),
            opens_at__lte=at,
            closes_at__gt=at,
            checkin__isnull=True,
        )
        .with_carers(at)
        .select_related("plan__reader", "plan__participation", "participation__course", "draft")
        .order_by("-opens_at")
    )
    return {row.participation_id: row for row in rows if row.cared_for}


def day(participation: Participation, due: DueCheckIn | None, at: datetime) -> Day:
    """Today as of `at`; `due` is what is asked now."""
    plan = _plan(participation, at) if due is None else due.plan
    where = plan.zone if plan else participation.client.clinic.zone
    there = at.astimezone(zone(where))
    asked = invitation(due, at) if due else None
    recent = list(
        CheckIn.objects.filter(participation=participation, rater=CheckIn.Rater.CLIENT)
        .exclude(source=CheckIn.Source.IMPORT)
        .select_related("conversation__by", "due__plan__reader")
        .annotate(**carers(at, "participation", "due__plan__reader"))
        .order_by("-occurred_at")[:RECENT]
    )
    return Day(
        now=f"{date_format(there, 'l j F')}, {date_format(there, 'H:i')}",
        greeting=_greeting(there, participation.client.first_name),
        water=_water(participation, plan),
        asked=asked,
        nothing="" if asked else _nothing(participation, plan, recent, at, where),
        sent=_sent(recent[0], at) if recent else "",
        came_back=tuple(_came_back(participation, recent, at, where)),
    )


def _plan(participation: Participation, at: datetime) -> CheckInPlan | None:
    plans = CheckInPlan.objects.in_force(at).annotate(**carers(at, "participation", "reader"))
    found: CheckInPlan | None = plans.filter(participation=participation).first()
    return found


def _greeting(there: datetime, name: str) -> str:
    if 5 <= there.hour < 12:
        said, named = _("Good morning."), _("Good morning, %(name)s.")
    elif 12 <= there.hour < 18:
        said, named = _("Good afternoon."), _("Good afternoon, %(name)s.")
    else:
        said, named = _("Good evening."), _("Good evening, %(name)s.")
    return named % {"name": name} if name and is_readable(name) else said


def _water(participation: Participation, plan: CheckInPlan | None) -> SafeString:
    """The client's own security, with the figure it is asked about; before the first check-in there is no water."""
    found = list(
        Series.objects.filter(
            participation=participation, role=my_river.SECURITY, rater=CheckIn.Rater.CLIENT
        ).select_related("figure")
    )
    about = plan.security_figure_id if plan else None
    series = my_river.series_of(found, my_river.SECURITY, about) or my_river.usual(found)
    if series is None:
        return SafeString("")
    spec = waterline(drawing.levels(series), my_river.axis(series))
    return drawing.picture(spec, river_words.name(series, ()), "picture waterline")


def _nothing(
    participation: Participation, plan: CheckInPlan | None, recent: Sequence[CheckIn], at: datetime, where: str
) -> str:
    course = participation.course
    if course.until is not None and course.until <= at:
        ended = saying.on_day(local_date(course.until, where), local_date(at, where))
        return _("This course of therapy ended %(when)s. What you wrote is still here to look at.") % {"when": ended}
    if plan is None:
        return _("No check-in is planned yet. You and your therapist choose when one makes sense.")
    if not plan.cared_for:
        return nobody()
    coming = (
        DueCheckIn.objects.filter(plan=plan, opens_at__gt=at).order_by("opens_at").values_list("opens_at", flat=True)
    ).first()
    if coming is None:
        return _("Nothing is asked of you today.")
    when = saying.on_day_at(coming, at, where)
    if recent:
        return _("The next check-in opens %(when)s.") % {"when": when}
    return _("Nothing is asked of you today. Your first check-in opens %(when)s.") % {"when": when}


def _sent(last: Any, at: datetime) -> str:
    """Whether the last check-in has been read, and by whom; an unread one says so."""
    read = Reading.objects.filter(checkin=last).select_related("by").order_by("at").first()
    on = saying.on_day(last.local_date, local_date(at, last.zone))
    if last.due is None:
        return "" if read else _("Your check-in sent %(on)s has not been read yet.") % {"on": on}
    plan = last.due.plan
    if read is not None:
        if at - read.at > CAME_BACK:
            return ""
        when = saying.on_day_at(read.at, at, plan.zone)
        return _("%(reader)s read your check-in %(when)s.") % {"reader": called(read.by)["Reader"], "when": when}
    if not last.cared_for:
        return _("You sent a check-in %(on)s. It has not been read, and nobody is watching it.") % {"on": on}
    words = {"on": on, **called(plan.reader if last.reader_cares else None)}
    agreed = plan.next_reading(last.received_at)
    words["when"] = saying.on_day_at(agreed, at, plan.zone)
    if agreed > at:
        return (
            _(
                "You sent a check-in %(on)s. It has not been read yet: %(reader)s reads it %(when)s. "
                "Until then nobody is watching it."
            )
            % words
        )
    return _("You sent a check-in %(on)s. It has not been read yet, though it was to be read %(when)s.") % words


def _came_back(participation: Participation, recent: Sequence[CheckIn], at: datetime, where: str) -> list[CameBack]:
    today = local_date(at, where)
    found = [
        CameBack(
            one.conversation.at,
            _("You and %(reader)s talked about this %(when)s")
            % {"reader": saying.reader(one.conversation.by), "when": _day(one.conversation.at, today, where)},
            one.topic,
        )
        for one in recent
        if hasattr(one, "conversation") and one.topic and is_readable(one.topic)
    ]
    talked = (
        Acknowledgement.objects.filter(
            signal__participation=participation, kind=Acknowledgement.Kind.TALKED, at__gt=at - CAME_BACK
        )
        .select_related("signal__figure", "by")
        .order_by("-at")
        .first()
    )
    if talked is not None:
        found.append(CameBack(talked.at, _talked_about(talked, _day(talked.at, today, where))))
    fresh = [one for one in found if at - one.at < CAME_BACK]
    latest = max((local_date(one.at, where) for one in fresh), default=None)
    return [one for one in fresh if local_date(one.at, where) == latest][:2]


def _day(at: datetime, today: date, where: str) -> str:
    return saying.on_day(local_date(at, where), today)


def _talked_about(talked: Acknowledgement, when: str) -> str:
    """Whom or what it was about; never how much, nor a rule."""
    signal = talked.signal
    words = {"reader": saying.reader(talked.by), "when": when}
    if signal.figure is not None:
        words["figure"] = saying.second_person(signal.figure)
        return _("You and %(reader)s talked %(when)s about how things are with %(figure)s.") % words
    if signal.kind == Kind.ALLIANCE_DROP:
        return _("You and %(reader)s talked %(when)s about how you work together.") % words
    if signal.kind == Kind.SILENCE:
        return _("You and %(reader)s talked %(when)s about the weeks without a check-in.") % words
    return _("You and %(reader)s talked %(when)s about how you have been.") % words
