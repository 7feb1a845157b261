"""The one-page brief before a session: their topic, what moved and how sure, what to ask, what we do not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import GOOD_NEWS, Signal
from mooring.caseload import asking, beside, calling, evidence, matters, meetings, moments, moved, pronouns, unknown
from mooring.caseload.changes import Change, since_last
from mooring.caseload.pronouns import Pronouns
from mooring.caseload.strip import GOOD_NEWS_STAYS, ORDER
from mooring.checkins import saying
from mooring.checkins.models import Block, CheckIn, CheckInPlan, DueCheckIn, Reading, Series
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import local_date
from mooring.people.models import Participation
from mooring.privacy.sealed import is_readable
from mooring.relationships.models import Figure
from mooring.sessions.models import Rupture

# Whom the clinician is not to ask news of: the therapist is in the room, and so is the client.
NO_NEWS = (Figure.Kind.THERAPIST, Figure.Kind.SELF, Figure.Kind.GENERAL)
# Check-ins a brief looks back on: half a year, so that a figure asked in turn has its time before.
LOOKS_BACK = 30


@dataclass(frozen=True)
class Material:
    """Everything a brief is composed from, fetched once."""

    participation: Participation
    said: Pronouns
    at: datetime
    today: date
    plan: CheckInPlan | None
    checkins: Sequence[CheckIn]
    """Latest first."""
    blocks: Sequence[Block]
    """Of those check-ins, latest first."""
    series: Sequence[Series]
    figures: Mapping[UUID, Figure]
    names: Mapping[Any, str]
    """Figure → what it is called in a sentence."""
    missed: Sequence[DueCheckIn]
    signals: Sequence[Signal]
    """Open ones, and good news of the last two weeks."""
    ruptures: Sequence[Rupture] = ()
    """Marked by hand and not yet repaired."""

    @property
    def latest(self) -> CheckIn | None:
        """The check-in the brief is about."""
        return self.checkins[0] if self.checkins else None

    @property
    def zone(self) -> str:
        """In which days and times are said."""
        return self.participation.clinic.zone

    @property
    def now_blocks(self) -> list[Block]:
        """What was asked this time."""
        return [b for b in self.blocks if self.latest is not None and b.checkin_id == self.latest.pk]

    @property
    def earlier_blocks(self) -> list[Block]:
        """What was asked before, newest first."""
        return [b for b in self.blocks if self.latest is not None and b.checkin_id != self.latest.pk]


@dataclass(frozen=True)
class Line:
    """One sentence of what changed; with a signal where a rule says it."""

    words: SafeString
    word: str = ""
    signal: Signal | None = None
    settles: bool = False


@dataclass(frozen=True)
class Brief:
    """The page's content in reading order."""

    material: Material
    for_when: str
    topic: str
    topic_when: str
    talked: str
    spoken: list[Line]
    """What rules say, however long they have been saying it."""
    since: str
    lines: list[Line]
    """What moved since the time before, and what did not."""
    asks: list[asking.Ask]
    moved: list[beside.MovedLine]
    unknown: list[str]
    pictures: list[beside.Pictured]
    unread: int
    read: str
    foot: str
    strained: list[str]
    """A rupture that waits to be talked about or repaired."""

    @property
    def worth_a_conversation(self) -> bool:
        """Whether any of what rules say asks for one; else it is good news alone."""
        return any(line.settles for line in self.spoken)


def gather(participation: Participation, at: datetime) -> Material:
    """Fetch what a brief needs."""
    today = local_date(at, participation.clinic.zone)
    said = pronouns.of(participation.client)
    figures = list(Figure.objects.filter(client=participation.client_id))
    readings = Prefetch("readings", Reading.objects.select_related("by").order_by("at"))
    checkins = list(
        CheckIn.objects.filter(participation=participation, rater=CheckIn.Rater.CLIENT)
        .select_related("conversation__by")
        .prefetch_related(readings)
        .order_by("-occurred_at", "-id")[:LOOKS_BACK]
    )
    dues = DueCheckIn.objects.filter(
        participation=participation, closes_at__lte=at, due_on__gt=today - unknown.WEEKS_BACK
    )
    return Material(
        participation,
        said,
        at,
        today,
        participation.plans.filter(since__lte=at).order_by("-since").first(),
        checkins,
        _blocks(checkins),
        sorted(
            Series.objects.filter(participation=participation, rater=CheckIn.Rater.CLIENT)
            .select_related("figure")
            .order_by("figure__position", "id"),
            key=lambda one: calling.place(one.role),
        ),
        {figure.pk: figure for figure in figures},
        {figure.pk: calling.figure(figure, said) for figure in figures},
        unknown.closed_unanswered(dues, checkins),
        _signals(participation, at),
        [one for one in meetings.standing(participation) if one.open],
    )


def _blocks(checkins: Sequence[CheckIn]) -> list[Block]:
    """Their blocks, latest first. A version's wording is long, so each is fetched once, not once a block."""
    by_key = {checkin.pk: checkin for checkin in checkins}
    blocks = list(Block.objects.filter(checkin__in=by_key))
    versions = InstrumentVersion.objects.in_bulk({block.instrument_version_id for block in blocks})
    for block in blocks:
        block.checkin = by_key[block.checkin_id]
        block.instrument_version = versions[block.instrument_version_id]
    place = {key: number for number, key in enumerate(by_key)}
    return sorted(blocks, key=lambda block: (place[block.checkin_id], block.position))


def _signals(participation: Participation, at: datetime) -> list[Signal]:
    open_ones = Signal.objects.open().filter(participation=participation)
    found = open_ones.select_related("figure").prefetch_related("growths")
    shown = [
        signal
        for signal in found.order_by("raised_at", "pk")
        if signal.kind not in GOOD_NEWS or signal.raised_at > at - GOOD_NEWS_STAYS
    ]
    # In the strip's order; good news last.
    return sorted(shown, key=lambda signal: ORDER.index(signal.kind) if signal.kind in ORDER else len(ORDER))


def brief(material: Material, reader: UUID) -> Brief:
    """Compose the page for the user who reads it; no query."""
    latest = material.latest
    changes = [] if latest is None else since_last(material.series, latest.pk)
    moved_most = moved.most_moved(material.now_blocks, material.earlier_blocks)
    skipped = moved.skipped(material.now_blocks)
    names = [_quoted(name, block.figure_id, material) for block, name in skipped]
    spoken = [_spoken(signal, material) for signal in material.signals]
    figures, last = list(material.figures.values()), unknown.last_asked(material.series)
    facts = asking.Facts(
        material.said,
        material.today,
        _waiting(material),
        _left_open(material),
        spoken,
        [(c, calling.series(c.series, material.names)) for c in changes if c.moved],
        [(one, material.names.get(one.figure, "")) for one in moved_most],
        names,
        [due.due_on for due in material.missed if latest is None or due.due_on > latest.local_date],
        _long_ago(figures, last, material),
    )
    not_known = [
        *unknown.missing_weeks(material.missed, material.today),
        *unknown.skipped(names),
        *unknown.hardly_asked(figures, last, material.names, material.today),
        *unknown.precision(material.series),
    ]
    return Brief(
        material,
        _for_when(material),
        "" if latest is None else latest.topic,
        "" if latest is None or _fresh(material) else saying.calendar_day(latest.local_date, material.today),
        _talked(material),
        [_signal_line(one) for one in spoken],
        _since(material),
        _lines(changes, material),
        asking.asks(facts) if latest is not None else [],
        beside.moved_lines(moved_most, material.figures, material.names, _previous_day(material), material.today),
        not_known,
        beside.pictures(
            material.series, changes, _in_question(material), material.names, material.said, material.today
        ),
        sum(not c.readings.all() for c in material.checkins if c.source != CheckIn.Source.IMPORT),
        _read(material, reader),
        _foot(material),
        [meetings.waiting(one, material.today) for one in material.ruptures],
    )


def _fresh(material: Material) -> bool:
    """Whether the latest check-in is of these weeks, and not what was last heard of somebody silent."""
    latest = material.latest
    return latest is not None and (material.today - latest.local_date).days <= 14


def _waiting(material: Material) -> str:
    """The latest topic, while it is of these weeks and nobody has marked it as talked about."""
    latest = material.latest
    if latest is None or hasattr(latest, "conversation") or not _fresh(material) or not is_readable(latest.topic):
        return ""
    return str(latest.topic)


def _quoted(name: str, figure: UUID | None, material: Material) -> str:
    """A question's short name: “guard down” with Daniel."""
    if figure not in material.names:
        return _("“%(name)s”") % {"name": name}
    return _("“%(name)s” with %(figure)s") % {"name": name, "figure": material.names[figure]}


def _long_ago(figures: Sequence[Figure], last: Mapping[UUID, date], material: Material) -> tuple[str, date] | None:
    """Somebody out in the world whom nobody asked about for long: there is no news to tell of the one who asks."""
    old = unknown.long_ago(figures, last, material.today)
    return next(((material.names[f.pk], last[f.pk]) for f in old if f.kind not in NO_NEWS), None)


def _spoken(signal: Signal, material: Material) -> asking.Spoken:
    about = material.names.get(signal.figure_id, "")
    over = matters.ceased(signal, matters.chosen(signal, {one.pk: one for one in material.series}))
    return asking.Spoken(signal, about, evidence.reason(signal, material.said, about, material.today, over))


def _in_question(material: Material) -> list[Series]:
    """The series that open signals are about."""
    by_key = {one.pk: one for one in material.series}
    found = (matters.chosen(signal, by_key) for signal in material.signals if signal.instrument_key)
    return [one for one in found if one is not None]


def _signal_line(one: asking.Spoken) -> Line:
    good = one.signal.kind in GOOD_NEWS
    return Line(format_html("{}", one.reason), evidence.kind_word(one.signal.kind), one.signal, settles=not good)


def _previous_day(material: Material) -> date | None:
    return material.checkins[1].local_date if len(material.checkins) > 1 else None


def _left_open(material: Material) -> tuple[date, str] | None:
    for checkin in material.checkins[1:4]:
        if checkin.topic and is_readable(checkin.topic) and not hasattr(checkin, "conversation"):
            return checkin.local_date, checkin.topic
    return None


def _for_when(material: Material) -> str:
    plan = material.plan
    if plan is None or (plan.until is not None and plan.until <= material.at):
        return _("no reading agreed")
    moment = plan.next_reading(material.at)
    day = local_date(moment, material.zone)
    return _("for %(day)s, %(time)s") % {
        "day": moments.long_day(day),
        "time": moments.clock(moment, material.zone),
    }


def _since(material: Material) -> str:
    before, latest = _previous_day(material), material.latest
    if before is None or latest is None:
        return _("The first check-in")
    if not _fresh(material):
        days = (saying.calendar_day(day, material.today) for day in (before, latest.local_date))
        return _("From %(before)s to the last check-in on %(latest)s") % dict(
            zip(("before", "latest"), days, strict=True)
        )
    return _("Since %(day)s") % {"day": moments.long_day(before)}


def _talked(material: Material) -> str:
    latest = material.latest
    if latest is None or not hasattr(latest, "conversation"):
        return ""
    return _("You talked about this %(on_day)s.") % {"on_day": _past_day(latest.conversation.at, material)}


def _past_day(moment: datetime, material: Material) -> str:
    """“Today”, “yesterday”, “on 10 May”: “on Sunday” would be taken for the coming one, which the head names."""
    day, today = local_date(moment, material.zone), material.today
    if (today - day).days <= 1:
        return saying.on_day(day, today)
    return _("on %(day)s") % {"day": saying.calendar_day(day, today)}


def _read(material: Material, reader: UUID) -> str:
    latest = material.latest
    reading = next(iter(latest.readings.all()), None) if latest is not None else None
    if reading is None:
        return ""
    when = _("%(on_day)s at %(clock)s") % {
        "on_day": _past_day(reading.at, material),
        "clock": moments.clock(reading.at, material.zone),
    }
    if reading.by_id == reader:
        return _("Read %(on_day_at)s.") % {"on_day_at": when}
    return _("Read by %(name)s %(on_day_at)s.") % {"name": reading.by.name, "on_day_at": when}


def _foot(material: Material) -> str:
    latest = material.latest
    if latest is None:
        return ""
    asked = sum(len(block.items) for block in material.now_blocks)
    given = sum(v is not None for block in material.now_blocks for v in block.answers.values())
    words = {
        "on_day": saying.on_day(latest.local_date, material.today),
        "time": moments.clock(latest.occurred_at, latest.zone),
        "given": given,
        "asked": asked,
        "counted": calling.given(material.now_blocks),
        "name": material.participation.client.first_name or material.participation.client.name,
    }
    if latest.source == CheckIn.Source.IMPORT:
        said = [_("Imported, answered %(on_day)s: %(counted)s.")]
    elif given == asked:
        said = [_("Answered %(on_day)s at %(time)s, all %(asked)s questions. %(name)s saw this first.")]
    else:
        said = [_("Answered %(on_day)s at %(time)s, %(given)s of %(asked)s questions. %(name)s saw this first.")]
    said.append(_("Nothing here is a diagnosis; a change is in the answers, not in the person."))
    return " ".join(said) % words


def _lines(changes: Sequence[Change], material: Material) -> list[Line]:
    """What did not move in one sentence, and each level that did in its own."""
    still = [calling.series(c.series, material.names) for c in changes if not c.moved]
    lines = []
    if len(still) == 1:
        lines.append(_("{measures} is where it was, within its error."))
    elif still:
        lines.append(_("{measures} are where they were, within their error."))
    said = [Line(format_html(line, measures=calling.begin(calling.together(still)))) for line in lines]
    return said + [Line(beside.moved_sentence(c, material.names, material.today)) for c in changes if c.moved]
