"""Signals as a rule would have raised them, and pages as a clinician reads them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.alerts.models import Kind, Signal
from mooring.checkins.models import CheckIn
from mooring.people.models import CareRelation, Client, Clinic, Course, Participation, User
from tests.cast import People, Person
from tests.checkins.answering import block, security, send
from tests.clock import clock

__all__ = ["clock"]

Raise = Callable[..., Signal]

# A stretch's numbers, in points of the measure; each sentence of a test repeats those it needs.
EVIDENCE = {
    "reference": "start",
    "reference_on": "2026-03-05",
    "reference_level": 2.4,
    "reference_sd": 0.2,
    "level": 3.4,
    "level_sd": 0.25,
    "change": 1.0,
    "change_sd": 0.3,
    "probability": 0.97,
    "asked": 0.95,
    "margin": 0.4,
    "beside": None,
    "role": "distress",
    "direction": "worse",
    "precision": "assumed",
}
ABOUT = {
    Kind.DETERIORATION: ("distress", "distress"),
    Kind.SETBACK: ("state-security", "security"),
    Kind.ALLIANCE_DROP: ("session-alliance", "alliance"),
    Kind.SHIFT: ("attachment", "anxiety"),
    Kind.OFF_COURSE: ("distress", "distress"),
    Kind.RECOVERY: ("state-security", "security"),
    Kind.GAIN: ("distress", "distress"),
    Kind.REPAIR: ("session-alliance", "alliance"),
    Kind.SILENCE: ("", ""),
    Kind.RISK: ("distress-risk", ""),
}


@pytest.fixture
def raised(now: datetime) -> Raise:
    """A signal of that kind; what differs from the usual evidence is given by name."""

    def make(
        person: Any, kind: Kind, days_ago: int = 7, historical: bool = False, figure: Any = None, **given: Any
    ) -> Signal:
        participation = person if isinstance(person, Participation) else person.participation
        key, scale = ABOUT[kind]
        on = (now - timedelta(days=days_ago)).date()
        signal: Signal = Signal.objects.create(
            clinic_id=participation.clinic_id,
            participation=participation,
            figure=figure,
            kind=kind,
            instrument_key=key,
            scale=scale,
            since=on,
            as_of=on,
            raised_at=now - timedelta(days=days_ago),
            historical=historical,
            evidence={**EVIDENCE, "kind": str(kind), **given},
        )
        return signal

    return make


@pytest.fixture
def alice(people: People, sign_in: Any) -> Browser:
    return sign_in(people.alice)


@pytest.fixture
def another(clinic: Clinic, people: People, now: datetime) -> Callable[..., Participation]:
    """One more client of Alice, without answers and without a plan."""

    def make(name: str, code: str, pronouns: str = "they", clinician: User | None = None) -> Participation:
        client = Client.objects.create(
            clinic=clinic, code=code, name=name, first_name=name.split()[0], pronouns=pronouns
        )
        course = Course.objects.create(clinic=clinic, since=now - timedelta(weeks=10))
        participation: Participation = Participation.objects.create(clinic=clinic, course=course, client=client)
        CareRelation.objects.create(
            clinic=clinic, participation=participation, clinician=clinician or people.alice, since=course.since
        )
        return participation

    return make


def shown(browser: Browser, address: str, **headers: str) -> str:
    """The page's text as a reader meets it: one line, entities resolved."""
    response = browser.get(address, headers=headers)
    assert response.status_code == 200, response.status_code
    return text(response)


def text(response: Any) -> str:
    content: str = response.content.decode().replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    return " ".join(content.split())


def weekly(person: Person, values: list[float | None], now: datetime, **topics: str) -> list[CheckIn]:
    """Security week by week with distress at 3, the last a week ago; None is a week without an answer."""
    sent = []
    for number, value in enumerate(values):
        at = now - timedelta(weeks=len(values) - number)
        if value is not None:
            blocks = (security(person, value), block("distress", 3))
            sent.append(send(person, *blocks, at=at, topic=topics.get(f"week{number + 1}", "")).checkin)
    return sent


def read(checkin: CheckIn, by: User, at: datetime) -> None:
    checkin.readings.create(clinic_id=checkin.clinic_id, by=by, at=at)


def day(now: datetime, days_ago: int) -> date:
    return (now - timedelta(days=days_ago)).date()
