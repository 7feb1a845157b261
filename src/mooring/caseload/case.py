"""One course of therapy on a page: the weeks, each relationship, the signals and what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import GOOD_NEWS, Acknowledgement, Signal
from mooring.caseload import calling, evidence, growing, lanes, matters, meetings, moments, planes, pronouns
from mooring.caseload.expected import Expected, expected
from mooring.checkins import saying
from mooring.checkins.models import Block, CheckIn, CheckInPlan, DueCheckIn, Reading, Series
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import local_date
from mooring.people.models import Course, Participation, User
from mooring.relationships.models import Figure, Fit

TABLE = 30


@dataclass(frozen=True)
class Told:
    """A signal in the list: its sentence, what was done, and its evidence when it is opened."""

    signal: Signal
    word: str
    reason: str
    raised: str
    acts: list[str]
    opened: matters.Matter | None
    open: bool
    """Nobody has talked about it or set it aside, and it asks for that."""


@dataclass(frozen=True)
class Listed:
    """One check-in in the list."""

    day: str
    answered: str
    read: str
    topic: str
    talked: str


@dataclass(frozen=True)
class Risk:
    """A risk answer that came with an import: known, and nobody was alerted."""

    day: str
    measure: str
    answer: str


@dataclass(frozen=True)
class Case:
    """The page's content in reading order."""

    heading: str
    sentence: str
    topic: str
    timeline: lanes.Drawn | None
    relationships: list[planes.Relationship]
    against: str
    signals: list[Told]
    historical: list[Told]
    risks: list[Risk]
    checkins: list[Listed]
    earlier: int
    others: list[Participation]
    expected: Expected | None


def case(participation: Participation, user: User, opened: UUID | None, at: datetime) -> Case:
    """Fetch and compose one case; `opened` is a signal whose evidence is shown."""
    today = local_date(at, participation.clinic.zone)
    said = pronouns.of(participation.client)
    figures = list(Figure.objects.filter(client=participation.client_id))
    names = {figure.pk: calling.figure(figure, said) for figure in figures}
    every = list(
        Series.objects.filter(participation=participation)
        .filter(Q(rater=CheckIn.Rater.CLIENT) | Q(rater=CheckIn.Rater.CLINICIAN, role=lanes.ALLIANCE))
        .select_related("instrument_version")
        .order_by("figure__position", "id")
    )
    series = [one for one in every if one.rater == CheckIn.Rater.CLIENT]
    met = meetings.gather(participation, [one for one in every if one.rater == CheckIn.Rater.CLINICIAN])
    checkins = _checkins(participation)
    dues = DueCheckIn.objects.filter(participation=participation, closes_at__lte=at, checkin__isnull=True)
    related, moved = planes.relationships(figures, series, names, _fits(participation, today))
    told = _signals(participation, series, said, opened, at)
    return Case(
        _heading(participation, checkins, at),
        planes.head([*planes.levels(series, names), *moved]),
        checkins[0].topic if checkins else "",
        lanes.drawn_lanes(
            series,
            lanes.Came([checkin.local_date for checkin in checkins], list(dues.values_list("due_on", flat=True)), met),
            names,
            said,
            today,
        ),
        related,
        planes.against(series, said),
        [one for one in told if not one.signal.historical],
        [one for one in told if one.signal.historical],
        _risks(participation, checkins, today),
        _listed(checkins[:TABLE], participation.clinic.zone, today),
        max(0, len(checkins) - TABLE),
        _others(participation, user, at),
        expected(series, names, said, participation.clinic, at),
    )


def _fits(participation: Participation, today: date) -> dict[UUID, str]:
    """Figure → what the client answered last to “does this fit?”, and when."""
    words = {
        Fit.Answer.FITS: _("Asked whether the map fits, %(they)s said yes %(on_day)s."),
        Fit.Answer.PARTLY: _("Asked whether the map fits, %(they)s said partly %(on_day)s."),
        Fit.Answer.NO: _("Asked whether the map fits, %(they)s said no %(on_day)s."),
    }
    said, zone = pronouns.of(participation.client), participation.clinic.zone
    return {
        fit.figure_id: words[Fit.Answer(fit.answer)]
        % {**said.words, "on_day": saying.on_day(local_date(fit.at, zone), today)}
        for fit in Fit.objects.filter(participation=participation).order_by("at")
    }


def _checkins(participation: Participation) -> list[CheckIn]:
    """Latest first, with who read them and whether they were talked about."""
    readings = Prefetch("readings", Reading.objects.select_related("by").order_by("at"))
    return list(
        CheckIn.objects.filter(participation=participation, rater=CheckIn.Rater.CLIENT)
        .select_related("conversation")
        .prefetch_related(readings)
        .order_by("-occurred_at", "-id")
    )


def _heading(participation: Participation, checkins: Sequence[CheckIn], at: datetime) -> str:
    zone, course = participation.clinic.zone, participation.course
    today = local_date(at, zone)
    kind = _("couple") if course.kind == Course.Kind.COUPLE else _("individual")
    said = [
        _("%(kind)s, since %(day)s") % {"kind": kind, "day": saying.calendar_day(local_date(course.since, zone), today)}
    ]
    if course.until is not None and course.until <= at:
        said.append(_("ended %(day)s") % {"day": saying.calendar_day(local_date(course.until, zone), today)})
    if count := len(checkins):
        said.append(ngettext("%(n)s check-in", "%(n)s check-ins", count) % {"n": count})
    plan: CheckInPlan | None = participation.plans.in_force(at).first()
    said.append(
        _("next read %(when)s") % {"when": moments.near(plan.next_reading(at), at, zone)}
        if plan is not None
        else _("no check-in agreed")
    )
    return "; ".join(said)


def _signals(
    participation: Participation,
    series: Sequence[Series],
    said: pronouns.Pronouns,
    opened: UUID | None,
    at: datetime,
) -> list[Told]:
    """Newest first, each with its acts."""
    acts = Prefetch("acknowledgements", Acknowledgement.objects.select_related("by").order_by("at"))
    found = (
        Signal.objects.filter(participation=participation)
        .select_related("figure")
        .prefetch_related(acts, "growths")
        .order_by("-as_of", "-raised_at", "pk")
    )
    by_key, zone = {one.pk: one for one in series}, participation.clinic.zone
    beside = matters.beside(participation, at) if opened is not None else None
    return [
        _told(signal, by_key, said, zone, local_date(at, zone), beside if signal.pk == opened else None)
        for signal in found
    ]


def _told(
    signal: Signal,
    series: dict[UUID, Series],
    said: pronouns.Pronouns,
    zone: str,
    today: date,
    beside: matters.Beside | None,
) -> Told:
    """With `beside`, opened."""
    about = calling.figure(signal.figure, said) if signal.figure is not None else ""
    done = list(signal.acknowledgements.all())
    matter = None
    if beside is not None:
        matter = matters.matter(signal, matters.chosen(signal, series), said, beside, settled=bool(done))
    return Told(
        signal,
        evidence.kind_word(signal.kind),
        evidence.reason(signal, said, about, today, matters.ceased(signal, matters.chosen(signal, series))),
        saying.calendar_day(local_date(signal.raised_at, zone), today),
        [*filter(None, [growing.grown(signal, today)]), *(_act(one, zone, today) for one in done)],
        matter,
        not done and not signal.historical and signal.kind not in GOOD_NEWS,
    )


def _act(act: Acknowledgement, zone: str, today: date) -> str:
    words = {
        "name": act.by.name,
        "day": saying.calendar_day(local_date(act.at, zone), today),
        "reason": act.reason,
    }
    if act.kind == Acknowledgement.Kind.TALKED:
        return _("Talked about: %(name)s, %(day)s.") % words
    if act.reason:
        return _("Dismissed: %(name)s, %(day)s. “%(reason)s”") % words
    return _("Dismissed: %(name)s, %(day)s.") % words


def _risks(participation: Participation, checkins: Iterable[CheckIn], today: date) -> list[Risk]:
    """Imported risk answers above their lowest, newest first."""
    imported = {c.pk: c for c in checkins if c.source == CheckIn.Source.IMPORT}
    if not imported:
        return []
    own = Block.objects.filter(checkin__participation=participation, checkin__source=CheckIn.Source.IMPORT)
    used = own.values_list("instrument_version", flat=True).distinct()
    versions = {v.pk: v for v in InstrumentVersion.objects.filter(pk__in=used) if v.instrument.risk_items}
    found = []
    for block in own.filter(instrument_version__in=versions) if versions else []:
        instrument, checkin = versions[block.instrument_version_id].instrument, imported.get(block.checkin_id)
        for item in instrument.risk_items:
            value = block.answers.get(item.code)
            low = item.minimum if block.minimum is None else block.minimum
            high = item.maximum if block.maximum is None else block.maximum
            if checkin is not None and value is not None and value > low:
                answer = _("item %(number)s answered %(value)s, on %(low)s to %(high)s") % {
                    "number": item.number,
                    "value": f"{value:g}",
                    "low": f"{low:g}",
                    "high": f"{high:g}",
                }
                day = saying.calendar_day(checkin.local_date, today)
                found.append((checkin.local_date, Risk(day, instrument.title, answer)))
    return [risk for _day, risk in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _listed(checkins: Sequence[CheckIn], zone: str, today: date) -> list[Listed]:
    blocks: dict[UUID, list[Block]] = {}
    rows = Block.objects.filter(checkin__in=[c.pk for c in checkins]).only("checkin", "items", "answers", "totals")
    for block in rows:
        blocks.setdefault(block.checkin_id, []).append(block)
    return [_row(checkin, blocks.get(checkin.pk, []), zone, today) for checkin in checkins]


def _row(checkin: CheckIn, blocks: Sequence[Block], zone: str, today: date) -> Listed:
    first = next(iter(checkin.readings.all()), None)
    if first is not None:
        read = _("%(name)s, %(day)s") % {
            "name": first.by.name,
            "day": saying.calendar_day(local_date(first.at, zone), today),
        }
    else:
        read = _("imported") if checkin.source == CheckIn.Source.IMPORT else _("nobody yet")
    talked = ""
    if hasattr(checkin, "conversation"):
        talked = saying.calendar_day(local_date(checkin.conversation.at, zone), today)
    return Listed(saying.calendar_day(checkin.local_date, today), calling.given(blocks), read, checkin.topic, talked)


def _others(participation: Participation, user: User, at: datetime) -> list[Participation]:
    """The other half of a couple's course, where the same clinician cares for them. Only the name: never data."""
    if participation.course.kind != Course.Kind.COUPLE:
        return []
    mine = Participation.objects.cared_for_by(user, at).filter(course=participation.course_id)
    return list(mine.exclude(pk=participation.pk).select_related("client").order_by("client__code"))
