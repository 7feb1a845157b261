"""The conversation strip: who is worth a conversation and why, a row a person.

Ordered by what it is about (safety, deterioration, alliance, silence, setback, expected course, shift, unread) and
then by who is read next; never by severity. Only the rows that are shown load their series.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import GOOD_NEWS, Kind, Signal
from mooring.caseload import calling
from mooring.caseload.evidence import UNREAD
from mooring.checkins.models import CheckIn, CheckInPlan
from mooring.people.models import Participation, User

ORDER = (
    Kind.RISK,
    Kind.DETERIORATION,
    Kind.ALLIANCE_DROP,
    Kind.SILENCE,
    Kind.SETBACK,
    Kind.OFF_COURSE,
    Kind.SHIFT,
    UNREAD,
)
ROWS = 25
# Good news leaves by itself: nobody has to clear it away.
GOOD_NEWS_STAYS = timedelta(weeks=2)
# Checked in lately: since the last two weekly check-ins.
LATELY = timedelta(weeks=2)


@dataclass(frozen=True)
class Unread:
    """Check-ins that nobody has marked as read by the agreed time."""

    first: datetime
    """When the oldest of them came in."""
    count: int


@dataclass
class Person:
    """One participation on the strip, and what speaks about it, most pressing kind first."""

    participation: UUID
    plan: CheckInPlan | None
    next_reading: datetime | None
    signals: list[Signal] = field(default_factory=list)
    unread: Unread | None = None

    @property
    def kinds(self) -> list[str]:
        """What speaks, each kind once, in the strip's order."""
        found: list[str] = [signal.kind for signal in self.signals]
        if self.unread:
            found.append(UNREAD)
        return sorted(set(found), key=ORDER.index)


@dataclass
class Strip:
    """Everybody in somebody's care, sorted into who is worth a conversation, who has good news, and the others."""

    people: list[Person]
    good_news: list[Signal]
    everybody: list[Person]
    others_checked_in: int
    others_not: int
    not_begun: int
    """Of whom there is no check-in at all."""

    def find(self, participation: UUID) -> Person | None:
        """The row of one participation."""
        return next((p for p in self.people if p.participation == participation), None)


def strip(user: User, at: datetime) -> Strip:
    """The strip of everybody whom this user cares for now, in courses that go on."""
    # The access rule is asked once: what follows is about these and nobody else.
    cared_for = list(going_on(user, at).values_list("pk", flat=True))
    plans = _plans(cared_for, at)
    people = {key: _person(key, plans.get(key), at) for key in cared_for}
    good: list[Signal] = []
    for signal in _light(Signal.objects.open(), cared_for):
        if signal.kind not in GOOD_NEWS:
            people[signal.participation_id].signals.append(signal)
        elif signal.raised_at > at - GOOD_NEWS_STAYS:
            good.append(signal)
    for participation, unread in _unread(cared_for, plans, at).items():
        people[participation].unread = unread
    spoken = sorted((p for p in people.values() if p.signals or p.unread), key=_place)
    good.reverse()
    others = people.keys() - {p.participation for p in spoken} - {s.participation_id for s in good}
    lately = others & _checked_in_since(cared_for, at - LATELY)
    begun = _of_these(others - lately)
    return Strip(spoken, good, list(people.values()), len(lately), len(begun), len(others) - len(lately) - len(begun))


def going_on(user: User, at: datetime) -> QuerySet[Participation]:
    """What this user may read as a clinician now, where the course has not ended."""
    return Participation.objects.cared_for_by(user, at).filter(course__until__isnull=True)


def _plans(cared_for: Collection[UUID], at: datetime) -> dict[UUID, CheckInPlan]:
    """The plan in force, else the latest one: an answer given under it still has its agreed reading."""
    plans = CheckInPlan.objects.filter(participation__in=cared_for, since__lte=at).order_by("since")
    return {plan.participation_id: plan for plan in plans}


def _person(key: UUID, plan: CheckInPlan | None, at: datetime) -> Person:
    runs = plan is not None and (plan.until is None or plan.until > at)
    return Person(key, plan if runs else None, plan.next_reading(at) if plan and runs else None)


def _light(signals: QuerySet[Signal], cared_for: Collection[UUID]) -> QuerySet[Signal]:
    """Without the evidence, which only the rows that are shown need."""
    return signals.filter(participation__in=cared_for).defer("evidence").order_by("raised_at", "pk")


def _place(person: Person) -> tuple[int, datetime, UUID]:
    """By kind, then by who is read next; who is not read at all comes last."""
    moment = person.next_reading or datetime.max.replace(tzinfo=UTC)
    return (ORDER.index(person.kinds[0]), moment, person.participation)


def _unread(cared_for: Collection[UUID], plans: Mapping[UUID, CheckInPlan], at: datetime) -> dict[UUID, Unread]:
    """Whose oldest unread check-in is past its agreed reading."""
    rows = (
        CheckIn.objects.unread()
        .filter(participation__in=cared_for)
        .values("participation")
        .annotate(first=Min("received_at"), count=Count("id"))
    )
    return {
        row["participation"]: Unread(row["first"], row["count"])
        for row in rows
        if agreed_reading(plans.get(row["participation"]), row["first"]) <= at
    }


def agreed_reading(plan: CheckInPlan | None, received: datetime) -> datetime:
    """When somebody agreed to read what came in then; where nobody did, a week later."""
    return plan.next_reading(received) if plan is not None else received + timedelta(weeks=1)


def _checked_in_since(cared_for: Collection[UUID], since: datetime) -> set[UUID]:
    rows = CheckIn.objects.of_the_client().filter(participation__in=cared_for, occurred_at__gte=since)
    return set(rows.values_list("participation", flat=True))


def _of_these(participations: set[UUID]) -> set[UUID]:
    """Those who have ever checked in."""
    if not participations:
        return set()
    rows = CheckIn.objects.of_the_client().filter(participation__in=participations)
    return set(rows.values_list("participation", flat=True).distinct())


def headline(found: Strip) -> str:
    """How many people are worth a conversation; never an all-clear."""
    count = len(found.people)
    if not found.everybody:
        return _("Nobody is in your care here yet.")
    if not count and found.not_begun == len(found.everybody):
        return _("Nobody has checked in yet.")
    if not count:
        return _("No rule spoke for anybody. That is not the same as nothing there.")
    sentence = ngettext("%(n)s person is worth a conversation.", "%(n)s people are worth a conversation.", count)
    return calling.begin(sentence % {"n": calling.number(count)})


def others(found: Strip) -> list[str]:
    """What is known of everybody else."""
    said = []
    if (count := found.others_checked_in) and not found.people and not found.good_news:
        # The headline has said that no rule spoke, and there is nobody whom these would be the others of.
        sentence = ngettext(
            "%(n)s person checked in these two weeks.", "%(n)s people checked in these two weeks.", count
        )
        said.append(calling.begin(sentence % {"n": calling.number(count)}))
    elif count:
        sentence = ngettext(
            "The other one checked in and no rule spoke.",
            "The other %(n)s checked in and no rule spoke.",
            count,
        )
        said.append(sentence % {"n": calling.number(count)})
        said.append(_("That is not the same as nothing there."))
    if count := found.others_not:
        sentence = ngettext(
            "%(n)s person has not checked in for two weeks, or is not asked.",
            "%(n)s people have not checked in for two weeks, or are not asked.",
            count,
        )
        said.append(calling.begin(sentence % {"n": calling.number(count)}))
    if count := found.not_begun:
        sentence = ngettext("%(n)s person has not begun yet.", "%(n)s people have not begun yet.", count)
        said.append(calling.begin(sentence % {"n": calling.number(count)}))
    return said
