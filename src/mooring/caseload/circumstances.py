"""What else was so in the weeks of a signal: facts, and not causes. A few queries for all signals of one course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from mooring.alerts.models import GOOD_NEWS, Kind, Signal
from mooring.caseload import calling
from mooring.caseload.pictures import plus_minus
from mooring.checkins import saying
from mooring.checkins.models import DueCheckIn, Series
from mooring.checkins.stretches import PLATEAU
from mooring.kit.dates import local_date
from mooring.people.models import Participation
from mooring.sessions.models import Rupture, Session

# As far before the change as these facts look.
BEFORE = timedelta(weeks=4)


@dataclass(frozen=True)
class Circumstances:
    """Everything of a course that may stand beside a signal."""

    missed: Sequence[date]
    """Check-ins that closed unanswered; “Not this week” is an answer."""
    sessions: Sequence[tuple[date, str]]
    ruptures: Sequence[tuple[date, date | None]]
    """Noticed, and repaired if it was."""


def gather(participation: Participation, at: datetime) -> Circumstances:
    """Fetch them; three queries."""
    closed = DueCheckIn.objects.filter(participation=participation, closes_at__lte=at)
    dues = closed.filter(checkin__isnull=True, declined_at__isnull=True)
    zone = participation.clinic.zone
    held = Session.objects.of(participation).in_order().values_list("at", "kept")
    marked = Rupture.objects.standing().filter(participation=participation).in_order()
    return Circumstances(
        list(dues.order_by("due_on").values_list("due_on", flat=True)),
        [(local_date(at, zone), kept) for at, kept in held],
        list(marked.values_list("noticed_on", "repaired_on")),
    )


def facts(signal: Signal, found: Circumstances, series: Series | None, today: date) -> list[str]:
    """What is known of the weeks from four before the change until the signal was told last."""
    first, last = signal.since - BEFORE, signal.as_of if signal.kind in GOOD_NEWS else signal.latest_as_of
    said = []
    if signal.kind != Kind.SILENCE:
        said += _unanswered([day for day in found.missed if first <= day <= last], today)
    said += _sessions(found.sessions, signal.since, first, last, today)
    said += _strained(found.ruptures, last, today)
    return said + (_stood(series, signal.since, today) if series is not None else [])


def _unanswered(days: Sequence[date], today: date) -> list[str]:
    if not days:
        return []
    if len(days) == 1:
        return [_("The check-in of %(day)s went by unanswered.") % {"day": saying.calendar_day(days[0], today)}]
    listed = calling.together([saying.calendar_day(day, today) for day in days])
    return [_("The check-ins of %(days)s went by unanswered.") % {"days": listed}]


def _sessions(sessions: Sequence[tuple[date, str]], since: date, first: date, last: date, today: date) -> list[str]:
    said = []
    words = {
        Session.Kept.MISSED: (_("Session missed: %(days)s."), _("Sessions missed: %(days)s.")),
        Session.Kept.CANCELLED: (_("Session cancelled: %(days)s."), _("Sessions cancelled: %(days)s.")),
    }
    for kept, (one, more) in words.items():
        days = [saying.calendar_day(day, today) for day, what in sessions if what == kept and first <= day <= last]
        if days:
            said.append((one if len(days) == 1 else more) % {"days": calling.together(days)})
    held = [day for day, what in sessions if what == Session.Kept.HELD and day < since]
    if held:
        apart = (since - held[-1]).days
        sentence = _("The last session before this was on %(day)s, %(n)s days earlier.")
        said.append(sentence % {"day": saying.calendar_day(held[-1], today), "n": apart})
    return said


def _strained(ruptures: Sequence[tuple[date, date | None]], last: date, today: date) -> list[str]:
    open_then = [noticed for noticed, repaired in ruptures if noticed <= last and (repaired is None or repaired > last)]
    if not open_then:
        return []
    return [_("A rupture marked on %(day)s was open.") % {"day": saying.calendar_day(open_then[-1], today)}]


def _stood(series: Series, since: date, today: date) -> list[str]:
    """A level that had stood still until then."""
    for stretch in series.stretches:
        until = stretch["ceased"]
        if stretch["kind"] == PLATEAU and stretch["since"] < since.isoformat() <= (until or since.isoformat()):
            words = {
                "level": plus_minus(stretch["level"], stretch["level_sd"]),
                "weeks": int(stretch["weeks"]),
                "day": saying.calendar_day(date.fromisoformat(stretch["since"]), today),
            }
            return [_("The level had stood at %(level)s for at least %(weeks)s weeks, from %(day)s on.") % words]
    return []
