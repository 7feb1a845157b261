"""The strip's rows as they are shown: who, when, why, their words, a half-year. A page of rows at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from mooring.alerts.models import Kind, Signal
from mooring.caseload import calling, evidence, growing, matters, moments, pictures, pronouns
from mooring.caseload.strip import ORDER, Person
from mooring.charts.points import Stretch
from mooring.checkins import saying
from mooring.checkins.models import CheckIn
from mooring.kit.dates import local_date
from mooring.people.models import Participation


@dataclass
class Row:
    """One person on the strip."""

    participation: Participation
    word: str
    also: str
    """The other kinds that speak about the same person."""
    when: str
    reason: str
    topic: str
    talked: str
    """When the topic was talked about; empty while it waits."""
    small: pictures.Small | None
    unread: str
    """Why it is unread, if it is."""
    opened: list[matters.Matter] = field(default_factory=list)
    open: bool = False

    @property
    def key(self) -> UUID:
        """Names the row in addresses and ids."""
        return self.participation.pk


@dataclass
class News:
    """One piece of good news."""

    participation: Participation
    signal: Signal
    reason: str
    opened: matters.Matter | None = None


@dataclass(frozen=True)
class _Known:
    """What all rows of a page need, fetched once."""

    participations: Mapping[UUID, Participation]
    signals: Mapping[UUID, Signal]
    latest: Mapping[UUID, CheckIn]
    followed: matters.Followed
    at: datetime
    zone: str

    @property
    def today(self) -> date:
        """In the clinic's zone."""
        return local_date(self.at, self.zone)


def rows(
    people: Sequence[Person],
    opened: UUID | None,
    named: Mapping[UUID, Participation],
    at: datetime,
    zone: str,
) -> list[Row]:
    """The rows of these people; the `opened` one with all its evidence."""
    known = _fetch(people, opened, named, at, zone)
    return [_row(person, known, is_open=person.participation == opened) for person in people]


def _fetch(
    people: Sequence[Person],
    opened: UUID | None,
    named: Mapping[UUID, Participation],
    at: datetime,
    zone: str,
) -> _Known:
    keys = [person.participation for person in people]
    shown = [s.pk for p in people for s in (_in_order(p) if p.participation == opened else _in_order(p)[:1])]
    signals = Signal.objects.filter(pk__in=shown).select_related("figure").prefetch_related("growths")
    by_key = {signal.pk: signal for signal in signals}
    unread = [person.participation for person in people if not person.signals]
    latest = {checkin.participation_id: checkin for checkin in latest_checkins(keys)}
    followed = matters.followed(by_key.values(), unread)
    return _Known(named, by_key, latest, followed, at, zone)


def named_ones(keys: Iterable[UUID]) -> dict[UUID, Participation]:
    """Participations with their clients, whose names open on reading."""
    found = Participation.objects.filter(pk__in=keys).select_related("client", "course", "clinic")
    return {participation.pk: participation for participation in found}


def latest_checkins(keys: Iterable[UUID]) -> QuerySet[CheckIn]:
    """The latest check-in of each participation."""
    newest = CheckIn.objects.of_the_client().filter(participation=OuterRef("pk")).order_by("-occurred_at", "-id")
    chosen = Participation.objects.filter(pk__in=keys).annotate(newest=Subquery(newest.values("id")[:1]))
    found: QuerySet[CheckIn] = CheckIn.objects.filter(pk__in=chosen.values("newest")).select_related("conversation")
    return found


def _row(person: Person, known: _Known, *, is_open: bool) -> Row:
    participation = known.participations[person.participation]
    said = pronouns.of(participation.client)
    kinds = person.kinds
    latest = known.latest.get(person.participation)
    opened = []
    if is_open:
        full = [known.signals[signal.pk] for signal in _in_order(person)]
        beside = matters.beside(participation, known.at) if full else None
        opened = [matters.matter(s, known.followed.of(s), said, beside) for s in full if beside is not None]
    return Row(
        participation,
        evidence.kind_word(kinds[0]),
        calling.together([evidence.kind_word(kind).lower() for kind in kinds[1:]]),
        _when(person, known),
        _reason(person, participation, known),
        latest.topic if latest is not None else "",
        _talked(latest, known),
        None if is_open else _small(person, known),
        _unread(person, participation, known),
        opened,
        is_open,
    )


def _talked(latest: CheckIn | None, known: _Known) -> str:
    if latest is None or not hasattr(latest, "conversation"):
        return ""
    return saying.calendar_day(local_date(latest.conversation.at, known.zone), known.today)


def _in_order(person: Person) -> list[Signal]:
    return sorted(person.signals, key=lambda signal: ORDER.index(signal.kind))


def _when(person: Person, known: _Known) -> str:
    if person.next_reading is None:
        return _("no reading agreed")
    return moments.near(person.next_reading, known.at, known.zone)


def _reason(person: Person, participation: Participation, known: _Known) -> str:
    said = pronouns.of(participation.client)
    if person.signals:
        signal = known.signals[_in_order(person)[0].pk]
        about = calling.figure(signal.figure, said) if signal.figure is not None else ""
        over = matters.ceased(signal, known.followed.of(signal))
        return evidence.reason(signal, said, about, known.today, over)
    return _unread(person, participation, known)


def _unread(person: Person, participation: Participation, known: _Known) -> str:
    if person.unread is None:
        return ""
    first = local_date(person.unread.first, known.zone)
    name = participation.client.first_name or participation.client.name
    return evidence.unread_reason(first, person.unread.count > 1, name, known.today)


def _small(person: Person, known: _Known) -> pictures.Small | None:
    signal = known.signals[_in_order(person)[0].pk] if person.signals else None
    series = known.followed.of(signal) if signal is not None else known.followed.distress.get(person.participation)
    if series is None:
        return None
    said = pronouns.of(known.participations[person.participation].client)
    about = calling.figure(signal.figure, said) if signal is not None and signal.figure is not None else ""
    stretch = None
    if signal is not None and signal.kind != Kind.SILENCE:
        over = matters.ceased(signal, series)
        stretch = Stretch(growing.began(signal), over or max(signal.latest_as_of, series.last_on))
    return pictures.small(series, about, known.today, stretch)


def news(
    signals: Sequence[Signal],
    opened: UUID | None,
    named: Mapping[UUID, Participation],
    at: datetime,
    zone: str,
) -> list[News]:
    """Good news in a sentence each; the `opened` one with its evidence."""
    wanted = Signal.objects.filter(pk__in=[s.pk for s in signals])
    full = list(wanted.select_related("figure"))
    # A gain may have been lost again; whatever else is good news is over when it is told.
    followed = matters.followed([s for s in full if s.kind == Kind.GAIN or s.pk == opened])
    today = local_date(at, zone)
    found = []
    for signal in sorted(full, key=lambda signal: (signal.raised_at, signal.pk), reverse=True):
        participation = named[signal.participation_id]
        said = pronouns.of(participation.client)
        about = calling.figure(signal.figure, said) if signal.figure is not None else ""
        shown = None
        if signal.pk == opened:
            shown = matters.matter(signal, followed.of(signal), said, matters.beside(participation, at))
        over = matters.ceased(signal, followed.of(signal)) if signal.kind == Kind.GAIN else None
        found.append(News(participation, signal, evidence.reason(signal, said, about, today, over), shown))
    return found
