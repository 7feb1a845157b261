"""What stands on the alliance page: both raters' charts, how far they agree, candidates, marks, sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from mooring.checkins import saying
from mooring.checkins.models import CheckIn, Series
from mooring.kit.dates import local_date, zone
from mooring.people.models import Participation, User
from mooring.sessions import agreeing, charted
from mooring.sessions.fetching import called
from mooring.sessions.models import Rupture, Session

LISTED = 8
"""Sessions in sight; earlier ones stand behind a fold."""
ALLIANCE = "alliance"


@dataclass(frozen=True)
class Step:
    """One of the two days that follow a mark, or the form that adds it."""

    step: str
    word: str
    button: str
    on: date | None
    words: str


@dataclass(frozen=True)
class Marked:
    """A rupture that was marked by hand."""

    rupture: Rupture
    noticed: str
    by: str
    note: str
    steps: tuple[Step, Step]
    withdrawn: str


@dataclass(frozen=True)
class Listed:
    """One session."""

    session: Session
    when: str
    kept: str
    by: str
    rated: bool
    may_rate: bool


@dataclass(frozen=True)
class Page:
    """In reading order."""

    charts: list[charted.Chart]
    agreement: list[str]
    candidates: list[charted.Told]
    marked: list[Marked]
    withdrawn: list[Marked]
    sessions: list[Listed]
    earlier: list[Listed]
    today: date


def page(participation: Participation, user: User, at: datetime) -> Page:
    """Fetch and compose the page."""
    today = local_date(at, participation.clinic.zone)
    series = latest(
        Series.objects.filter(participation=participation, role=ALLIANCE).select_related("instrument_version")
    )
    ruptures = list(Rupture.objects.filter(participation=participation).select_related("marked_by").in_order())
    standing = [one for one in ruptures if one.withdrawn_at is None]
    rated = CheckIn.objects.filter(participation=participation, rater=CheckIn.Rater.CLINICIAN)
    known = {one.client_made_id: one.rater_user for one in rated.select_related("rater_user")}
    names = {str(CheckIn.Rater.CLIENT): called(participation), str(CheckIn.Rater.CLINICIAN): _raters(known)}
    found = [(one, charted.charted(one)) for one in series]
    told = [t for one, chart in found for t in charted.candidates(one, chart, names[one.rater], standing, today)]
    sessions = list(Session.objects.of(participation).select_related("clinician").order_by("-at", "-id"))
    listed = [_listed(one, participation, user, set(known), today) for one in sessions]
    return Page(
        [charted.chart(one, chart, names[one.rater], standing, today) for one, chart in found],
        agreeing.sentences(series, called(participation)),
        sorted(told, key=lambda one: one.on, reverse=True),
        [_marked(one, participation.clinic.zone, today) for one in reversed(standing)],
        [_marked(one, participation.clinic.zone, today) for one in reversed(ruptures) if one.withdrawn_at is not None],
        listed[:LISTED],
        listed[LISTED:],
        today,
    )


def latest(series: Iterable[Series]) -> list[Series]:
    """Of each rater the alliance measure answered last; the client's first."""
    found: dict[str, Series] = {}
    for one in sorted(series, key=lambda one: (one.last_on, one.pk)):
        found[one.rater] = one
    return [found[rater] for rater in (CheckIn.Rater.CLIENT, CheckIn.Rater.CLINICIAN) if rater in found]


def _raters(known: Mapping[UUID, User | None]) -> str:
    """Who rated as a clinician, by name."""
    names = sorted({user.name for user in known.values() if user is not None and user.name})
    return ", ".join(names) if names else _("the therapist")


def _marked(rupture: Rupture, zone_name: str, today: date) -> Marked:
    noticed = rupture.noticed_on
    steps = (
        Step(
            "named",
            _("Talked about"),
            _("We talked about it"),
            rupture.named_on,
            _after(_("talked about"), rupture.named_on, noticed, today),
        ),
        Step(
            "repaired",
            _("Repaired"),
            _("It is repaired"),
            rupture.repaired_on,
            _after(_("repaired"), rupture.repaired_on, noticed, today),
        ),
    )
    withdrawn = ""
    if rupture.withdrawn_at is not None:
        withdrawn = _("withdrawn %(on_day)s") % {
            "on_day": saying.on_day(local_date(rupture.withdrawn_at, zone_name), today)
        }
    return Marked(rupture, saying.calendar_day(noticed, today), rupture.marked_by.name, rupture.note, steps, withdrawn)


def _after(word: str, on: date | None, noticed: date, today: date) -> str:
    """“repaired 20 May, 7 days later”."""
    if on is None:
        return _("not yet %(word)s") % {"word": word}
    return _("%(word)s %(day)s, %(time)s") % {
        "word": word,
        "day": saying.calendar_day(on, today),
        "time": later((on - noticed).days),
    }


def later(days: int) -> str:
    """How long between two days."""
    if days == 0:
        return _("the same day")
    return _("one day later") if days == 1 else _("%(n)s days later") % {"n": days}


def _listed(session: Session, participation: Participation, user: User, known: set[UUID], today: date) -> Listed:
    there = session.at.astimezone(zone(participation.clinic.zone))
    words = {
        Session.Kept.HELD: _("held"),
        Session.Kept.MISSED: _("missed"),
        Session.Kept.CANCELLED: _("cancelled"),
    }
    mine = session.rating_id(participation.pk, user.pk) in known
    rated = mine or session.rating_id(participation.pk, session.clinician_id) in known
    held = session.kept == Session.Kept.HELD
    when = _("%(day)s, %(clock)s") % {"day": saying.calendar_day(there.date(), today), "clock": f"{there:%H:%M}"}
    return Listed(session, when, words[Session.Kept(session.kept)], session.clinician.name, rated, held and not mine)
