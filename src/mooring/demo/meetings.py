"""The demonstration's sessions: each week one, how the therapist rated those that were held, and John's rupture.

All of it is drawn from streams of its own, so that no answer of a client moves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import numpy as np

from mooring.catalogue import FULL
from mooring.checkins.models import Block, CheckIn
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import instant_of, local_date
from mooring.people.models import Course, Participation, User
from mooring.science import stories
from mooring.sessions.models import Rupture, Session
from mooring.sessions.rate import MEASURE

AFTER_READING = timedelta(minutes=10)
WRITTEN_DOWN = timedelta(minutes=55)
"""After its beginning a session is over and recorded."""
MISSED, CANCELLED = 0.03, 0.04
SERIES = "alliance:clinician"


@dataclass(frozen=True)
class Meetings:
    """What is true of one course's sessions."""

    seed: int
    weeks: int
    first_on: date
    clock: time
    """When answers are read, on the day of a session."""
    zone: str
    meets: time | None = None
    """When a session begins, where that is not told by when answers are read."""
    kept: Mapping[int, str] = field(default_factory=dict)
    """Week → missed or cancelled, where the story says so."""
    ruptures: Sequence[Mapping[str, Any]] = ()
    """Weeks in which one was noticed, named, repaired, and its note."""


def meet(course: Course, meetings: Meetings, therapist: User, at: datetime) -> dict[int, Session]:
    """Week → the session of that week, as far as it is over at `at`."""
    drawn = stories.stream(meetings.seed, "sessions").random(meetings.weeks)
    found = {}
    for week, chance in enumerate(drawn, start=1):
        day = meetings.first_on + timedelta(weeks=week - 1)
        begins = instant_of(day, meetings.clock, meetings.zone) + AFTER_READING
        if begins + WRITTEN_DOWN > at:
            break
        if meetings.meets is not None:
            begins = instant_of(day, meetings.meets, meetings.zone)
        kept = meetings.kept.get(week) or _kept(float(chance))
        found[week] = Session(
            clinic_id=course.clinic_id,
            course=course,
            client_made_id=uuid4(),
            at=begins,
            clinician=therapist,
            kept=kept,
            recorded_by=therapist,
            recorded_at=begins + WRITTEN_DOWN,
        )
    Session.objects.bulk_create(found.values())
    return found


def _kept(chance: float) -> str:
    if chance < MISSED:
        return Session.Kept.MISSED
    return Session.Kept.CANCELLED if chance < MISSED + CANCELLED else Session.Kept.HELD


def rated(
    participation: Participation, meetings: Meetings, held: Mapping[int, Session], knots: stories.Knots, therapist: User
) -> None:
    """The therapist's ratings of the sessions that were held; call before the series are rebuilt."""
    version = InstrumentVersion.objects.get(clinic=None, key=MEASURE)
    answers = stories.live(stories.Story(meetings.seed, meetings.weeks, (), {SERIES: knots}))[SERIES].answers
    checkins, blocks = [], []
    for week, session in held.items():
        if session.kept != Session.Kept.HELD or np.isnan(answers[week - 1]).all():
            continue
        checkin = CheckIn(
            clinic_id=participation.clinic_id,
            participation=participation,
            client_id=participation.client_id,
            client_made_id=session.rating_id(participation.pk, therapist.pk),
            rater=CheckIn.Rater.CLINICIAN,
            rater_user=therapist,
            source=CheckIn.Source.KIOSK,
            answered_at=session.at,
            received_at=session.recorded_at,
            occurred_at=session.at,
            zone=meetings.zone,
            local_date=local_date(session.at, meetings.zone),
            topic="",
        )
        checkins.append(checkin)
        items = list(version.instrument.forms[FULL].items)
        blocks.append(
            Block(
                clinic_id=participation.clinic_id,
                checkin=checkin,
                instrument_version=version,
                language="en",
                items=items,
                answers=_answers(version, items, answers[week - 1]),
            )
        )
    CheckIn.objects.bulk_create(checkins)
    Block.objects.bulk_create(blocks)


def _answers(version: InstrumentVersion, items: Sequence[str], drawn: Any) -> dict[str, float | None]:
    """The simulated answers in the form's order, one a facet as in the client's, each turned as the bank asks it."""
    form = stories.FORMS["alliance"]
    found: dict[str, float | None] = {}
    for place, code in enumerate(items):
        value, turned = float(drawn[place]), version.instrument.item(code).reversed
        right = value if (place in form.reversed) == turned else form.minimum + form.maximum - value
        found[code] = None if np.isnan(value) else right
    return found


def marked(participation: Participation, meetings: Meetings, held: Mapping[int, Session], therapist: User) -> None:
    """The ruptures that the therapist marked, each step in the session of its week."""
    for told in meetings.ruptures:
        noticed, named, repaired = (held.get(told[step]) for step in ("noticed", "named", "repaired"))
        if noticed is None:
            continue
        steps: dict[str, Any] = {}
        for step, session in (("named", named), ("repaired", repaired)):
            if session is not None:
                on = local_date(session.at, meetings.zone)
                steps |= {f"{step}_on": on, f"{step}_by": therapist, f"{step}_at": session.recorded_at}
        Rupture.objects.create(
            clinic_id=participation.clinic_id,
            participation=participation,
            client_id=participation.client_id,
            client_made_id=uuid4(),
            session=noticed,
            note=told.get("note", ""),
            noticed_on=local_date(noticed.at, meetings.zone),
            marked_by=therapist,
            marked_at=noticed.recorded_at,
            **steps,
        )
