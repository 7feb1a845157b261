"""Fill the demonstration: the stories' answers, written as if each had been sent in its week.

Everything goes through the same rebuild and the same rules as a real check-in. What is known beforehand is
the truth behind the answers (stories.toml), never what the rules make of it.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from typing import Any
from uuid import uuid4

import numpy as np
from allauth.account.models import EmailAddress

from mooring.alerts.models import GOOD_NEWS, Acknowledgement, Signal
from mooring.checkins.judge import raise_all
from mooring.checkins.models import Block, CheckIn, CheckInPlan, Conversation, DueCheckIn, Reading, Series
from mooring.checkins.rebuild import rebuild
from mooring.checkins.schedule import schedule
from mooring.checkins.silence import raise_silence
from mooring.checkins.weekly import ALLIANCE, ATTACHMENT, compose
from mooring.demo import meetings
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import publish_catalogue
from mooring.kit.dates import instant_of, local_date, zone
from mooring.kit.transactions import write
from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation, User
from mooring.privacy import consent
from mooring.relationships.models import Figure
from mooring.science import stories
from mooring.science.simulate import Simulated

PASSWORD = "quayside"  # noqa: S105 - printed at start, works in the demonstration only
WEEKS = 26
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Part:
    """One person of the demonstration: who they are, what they wrote, and what is true of them."""

    code: str
    name: str
    first_name: str
    pronouns: str
    story: stories.Story
    figures: Mapping[str, tuple[str, str]]
    """Key in the story → (kind, name)."""
    topics: Mapping[int, str]
    therapist: str
    due_days_ago: int
    reading_time: time
    reading_days_after: int = 1
    email: str | None = None
    weeks: int = WEEKS
    kind: Course.Kind = Course.Kind.INDIVIDUAL
    course_key: str = field(default="")
    off: Mapping[int, str] = field(default_factory=dict)
    """Week → why its session was not held, where the story says so."""
    rated: stories.Knots | None = None
    """How the therapist saw the alliance, week by week."""
    ruptures: Sequence[Mapping[str, Any]] = ()
    meets: time | None = None
    """When sessions begin, where that is not told by the reading time."""


def seed(at: datetime, tell: Callable[[str], None] = lambda _: None) -> None:
    """Write the whole clinic as of `at`; the database must be empty."""
    publish_catalogue()
    words, numbers = _toml("words.toml"), _toml("stories.toml")
    clinic = Clinic.objects.create(
        name=words["clinic"]["name"],
        zone=words["clinic"]["zone"],
        crisis_lines=words["clinic"]["crisis_lines"],
    )
    began = at - timedelta(weeks=60)
    therapists = {key: _therapist(clinic, entry, began) for key, entry in words["therapists"].items()}
    courses: dict[str, Course] = {}
    parts = [*_told(words, numbers, at), *_simulated(words, numbers)]
    for number, part in enumerate(parts, start=1):
        with write():
            _live(clinic, part, therapists, courses, at)
        if number % 11 == 0 or number == len(parts):
            tell(f"{number} of {len(parts)} people")
    raise_silence(at)


def is_there() -> bool:
    """Whether the database holds a clinic at all."""
    return bool(Clinic.objects.exists())


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("mooring.demo") / name).read_text())


def _therapist(clinic: Clinic, entry: Mapping[str, str], since: datetime) -> User:
    user = _account(entry["email"], entry["name"])
    Membership.objects.create(clinic=clinic, user=user, role=Membership.Role.CLINICIAN, since=since)
    return user


def _account(email: str, name: str) -> User:
    user: User = User.objects.create_user(email, PASSWORD, name=name, zone=ZONE)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _told(words: Mapping[str, Any], numbers: Mapping[str, Any], at: datetime) -> list[Part]:
    # Sarah is due today and read tomorrow; John answered yesterday and is read within the hour, so that whoever
    # comes as his therapist finds his brief next, at whatever time of the day the clinic was filled.
    soon = _within_the_hour(at)
    rhythm = {
        "sarah": (0, time(16, 50), 1),
        "john": (1, soon.time(), (soon.date() - local_date(at, ZONE)).days + 1),
        "mara": (0, time(18, 0), 3),
        "jonas": (0, time(18, 0), 3),
    }
    parts = []
    for number, (key, entry) in enumerate(words["people"].items(), start=1):
        numbered = numbers["people"][key]
        couple = key in {"mara", "jonas"}
        days_ago, reading_time, after = rhythm[key]
        parts.append(
            Part(
                code=f"Q-{number:03}",
                name=entry["name"],
                first_name=entry["first_name"],
                pronouns=entry["pronouns"],
                story=stories.told(numbered, WEEKS),
                figures={f: (kind, entry["figures"][f]) for f, kind in numbered["figures"].items()},
                topics={int(week): text for week, text in entry["topics"].items()},
                therapist="ines",
                due_days_ago=days_ago,
                reading_time=reading_time,
                reading_days_after=after,
                email=entry["email"],
                kind=Course.Kind.COUPLE if couple else Course.Kind.INDIVIDUAL,
                course_key="mara and jonas" if couple else key,
                off={int(week): kept for week, kept in numbered.get("sessions", {}).items()},
                rated=numbered["as_the_therapist_sees_it"],
                ruptures=[{**one, "note": entry["ruptures"][n]} for n, one in enumerate(numbered.get("ruptures", []))],
                # His reading time follows whoever fills the clinic; his sessions don't.
                meets=time(16, 0) if key == "john" else None,
            )
        )
    return parts


def _within_the_hour(at: datetime) -> datetime:
    """A round ten minutes, at least a quarter of an hour from now, on the clinic's clock."""
    local = (at + timedelta(minutes=25)).astimezone(zone(ZONE))
    return local.replace(minute=local.minute // 10 * 10, second=0, microsecond=0)


def _simulated(words: Mapping[str, Any], numbers: Mapping[str, Any]) -> list[Part]:
    own = words["simulated"]
    parts = []
    for index, entry in enumerate(numbers["simulated"]):
        story = stories.drawn(entry, numbers["archetypes"][entry["archetype"]])
        name, pronouns = own["names"][index]
        # Ines cares for those with whom something happens, and for some with whom nothing does.
        therapist = "ines" if index >= 20 or index % 8 == 1 else "tomas"
        called = {
            "mother": ("mother", "Mum"),
            "father": ("father", "Dad"),
            "partner": ("partner", own["partners"][index % len(own["partners"])]),
            "friend": ("friend", own["friends"][index % len(own["friends"])]),
            "therapist": ("therapist", words["therapists"][therapist]["name"].split()[0]),
        }
        present = {series.partition(":")[2] for series in story.series} - {""}
        last, before = (own["topics"][(index * 7 + step) % len(own["topics"])] for step in (0, 5))
        parts.append(
            Part(
                code=f"Q-{index + 101}",
                name=name,
                first_name=name.split()[0],
                pronouns=pronouns,
                story=story,
                figures={key: value for key, value in called.items() if key in present},
                topics={entry["weeks"]: last, entry["weeks"] - 1: before} if index % 5 else {},
                therapist=therapist,
                due_days_ago=index % 7,
                reading_time=time(9 + index % 8, 30 * (index // 8 % 2)),
                weeks=entry["weeks"],
                course_key=f"simulated {index}",
                off={
                    entry["weeks"] + before: kept
                    for before, kept in numbers["archetypes"][entry["archetype"]].get("sessions", [])
                    if entry["weeks"] + before > 0
                },
                rated=_as_the_therapist_sees_it(story) if therapist == "ines" else None,
            )
        )
    return parts


def _as_the_therapist_sees_it(story: stories.Story) -> stories.Knots:
    """The client's own alliance, moved by what this therapist sees differently: as much, week for week."""
    apart = stories.stream(story.seed, "as the therapist sees it").normal(-0.1, 0.3)
    low, high = 1.5, 4.6
    return [(week, float(min(max(level + apart, low), high))) for week, level in story.series["alliance"]]


def _live(clinic: Clinic, part: Part, therapists: Mapping[str, User], courses: dict[str, Course], at: datetime) -> None:
    today = local_date(at, ZONE)
    # The latest week of the story fell due one week before the check-in that is open now.
    last_due = today - timedelta(days=part.due_days_ago or 7)
    first_due = last_due - timedelta(weeks=part.weeks - 1)
    since = instant_of(first_due - timedelta(days=6), time(9), ZONE)
    course = (
        courses.setdefault(part.course_key, _course(clinic, part, since))
        if part.course_key not in courses
        else courses[part.course_key]
    )
    client, participation = _join(clinic, part, course, therapists[part.therapist], since)
    figures = {
        key: Figure.objects.create(clinic=clinic, client=client, kind=kind, name=name, position=position)
        for position, (key, (kind, name)) in enumerate(part.figures.items())
    }
    about = next(key.partition(":")[2] for key in part.story.series if key.startswith("security:"))
    plan = CheckInPlan.objects.create(
        clinic=clinic,
        participation=participation,
        since=since,
        zone=ZONE,
        weekday=first_due.weekday(),
        security_figure=figures[about],
        reader=therapists[part.therapist],
        reading_weekday=(last_due + timedelta(days=part.reading_days_after)).weekday(),
        reading_time=part.reading_time,
    )
    schedule(plan, at)
    _answer(part, plan, figures, first_due, at)
    _meet(part, participation, therapists[part.therapist], first_due, at)
    series = rebuild(participation)
    talked = _talked(plan, series, at)
    raised = raise_all(participation, series, at=at, talked=talked)
    _talk(part, participation, therapists[part.therapist], at)
    _settle(raised, therapists[part.therapist], talked)


def _meet(part: Part, participation: Participation, therapist: User, first_due: date, at: datetime) -> None:
    """A session after each reading; a couple's were made with the first of the two."""
    first_on = first_due + timedelta(days=part.reading_days_after)
    told = meetings.Meetings(
        part.story.seed, part.weeks, first_on, part.reading_time, ZONE, part.meets, part.off, part.ruptures
    )
    course = participation.course
    if course.sessions.exists():
        start = local_date(course.sessions.earliest("at").at, ZONE)
        held = {(local_date(one.at, ZONE) - start).days // 7 + 1: one for one in course.sessions.all()}
    else:
        held = meetings.meet(course, told, therapist, at)
    if part.rated is not None:
        meetings.rated(participation, told, held, part.rated, therapist)
    meetings.marked(participation, told, held, therapist)


def _course(clinic: Clinic, part: Part, since: datetime) -> Course:
    created: Course = Course.objects.create(clinic=clinic, kind=part.kind, since=since)
    return created


def _join(clinic: Clinic, part: Part, course: Course, therapist: User, since: datetime) -> tuple[Client, Participation]:
    user = _account(part.email, part.first_name) if part.email else None
    client = Client.objects.create(
        clinic=clinic,
        user=user,
        code=part.code,
        name=part.name,
        first_name=part.first_name,
        pronouns=part.pronouns,
    )
    participation = Participation.objects.create(clinic=clinic, course=course, client=client)
    CareRelation.objects.create(clinic=clinic, participation=participation, clinician=therapist, since=since)
    if user is not None:
        consent.express(
            consent.Action.GIVEN,
            consent.Purpose.CARE,
            subject=client.pk,
            clinic=clinic.pk,
            text_version="care-2026-11",
            actor=user.pk,
            at=since,
        )
    return client, participation


def _answer(part: Part, plan: CheckInPlan, figures: Mapping[str, Figure], first_due: date, at: datetime) -> None:
    lived = stories.live(part.story)
    keys = {figure.pk: key for key, figure in figures.items()}
    versions = {str(v.pk): v for v in InstrumentVersion.objects.filter(clinic=None)}
    jitter = np.random.default_rng([part.story.seed, 7])
    checkins, blocks = [], []
    for due in DueCheckIn.objects.filter(plan=plan, due_on__lt=first_due + timedelta(weeks=part.weeks)).order_by(
        "due_on"
    ):
        week = (due.due_on - first_due).days // 7
        moment = due.opens_at + timedelta(minutes=int(jitter.integers(30, 300)))
        if np.isnan(lived["distress"].answers[week]).all() or moment >= at:
            continue
        checkin = _checkin(part, plan, due, moment, part.topics.get(week + 1, ""))
        checkins.append(checkin)
        for position, block in enumerate(compose(plan, due.due_on)):
            version = versions[block.instrument_version]
            figure = None if block.figure is None else next(k for f, k in keys.items() if str(f) == block.figure)
            answers = {item: _given(lived, version, item, figure, week) for item in block.items}
            blocks.append(
                Block(
                    clinic_id=plan.clinic_id,
                    checkin=checkin,
                    instrument_version=version,
                    figure_id=block.figure,
                    language=block.language,
                    position=position,
                    items=list(block.items),
                    answers=answers,
                )
            )
    CheckIn.objects.bulk_create(checkins)
    Block.objects.bulk_create(blocks)


def _checkin(part: Part, plan: CheckInPlan, due: DueCheckIn, moment: datetime, topic: str) -> CheckIn:
    return CheckIn(
        clinic_id=plan.clinic_id,
        participation_id=plan.participation_id,
        client_id=plan.participation.client_id,
        due=due,
        client_made_id=uuid4(),
        source=CheckIn.Source.PHONE,
        answered_at=moment,
        received_at=moment,
        occurred_at=moment,
        zone=plan.zone,
        local_date=local_date(moment, plan.zone),
        topic=topic,
    )


def _given(
    lived: Mapping[str, Simulated], version: InstrumentVersion, item: str, figure: str | None, week: int
) -> float | None:
    """The simulated answer to one item, turned to the way the bank asks it."""
    instrument = version.instrument
    asked = instrument.item(item)
    name = asked.scale if version.key not in {ATTACHMENT, "state-security"} else f"{asked.scale}:{figure}"
    if version.key == ALLIANCE:
        name = "alliance"
    form = stories.FORMS[str(asked.scale)]
    place = [i.code for i in instrument.scored_items(str(asked.scale), "short")].index(item)
    value = float(lived[str(name)].answers[week, place])
    if np.isnan(value):
        return None
    turned_there, turned_here = place in form.reversed, asked.reversed
    return value if turned_there == turned_here else form.minimum + form.maximum - value


def _talk(part: Part, participation: Participation, therapist: User, at: datetime) -> None:
    """What was due for reading has been read, and what was written was talked about."""
    sent = list(CheckIn.objects.of_the_client().filter(participation=participation).in_order())
    plan = participation.plans.get()
    readings, talks = [], []
    for checkin in sent:
        read_at = plan.next_reading(checkin.received_at)
        if read_at >= at:
            continue
        readings.append(Reading(clinic_id=participation.clinic_id, checkin=checkin, by=therapist, at=read_at))
        if checkin.topic:
            talks.append(
                Conversation(
                    clinic_id=participation.clinic_id,
                    checkin=checkin,
                    by=therapist,
                    at=read_at + timedelta(hours=1),
                )
            )
    Reading.objects.bulk_create(readings)
    Conversation.objects.bulk_create(talks)


def _talked(plan: CheckInPlan, series: Iterable[Series], at: datetime) -> Callable[[Signal], datetime | None]:
    """When a signal was talked about: after the next reading, once it was over; the rest waits for a visitor."""
    goes_on = {
        (stretch["kind"], one.scale, one.figure_id, stretch["since"])
        for one in series
        for stretch in one.stretches
        if stretch["ceased"] is None
    }

    def talked(signal: Signal) -> datetime | None:
        read_at = plan.next_reading(signal.raised_at)
        over = (signal.kind, signal.scale, signal.figure_id, signal.since.isoformat()) not in goes_on
        return read_at + timedelta(hours=1) if over and read_at < at else None

    return talked


def _settle(signals: Iterable[Signal], therapist: User, talked: Callable[[Signal], datetime | None]) -> None:
    for signal in signals:
        moment = talked(signal)
        if moment is not None and signal.kind not in GOOD_NEWS:
            Acknowledgement.objects.create(
                clinic_id=signal.clinic_id,
                client_id=signal.participation.client_id,
                signal=signal,
                by=therapist,
                kind=Acknowledgement.Kind.TALKED,
                at=moment,
            )
