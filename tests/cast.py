"""The cast. Sarah is a client of Alice at Quayside; everybody else should see nothing of hers.

Alice: Sarah's therapist. Bob: a colleague at the same clinic who does not care for her. Charlie: a stranger
with an account and no clinic. Dana: therapist at another clinic. Frank: was Sarah's therapist until last week.
Gil: left the clinic last week, though nobody ended his care relation. Olga: the clinic's administrator.
John: another client of Alice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client as Browser

from mooring.checkins.models import CheckInPlan
from mooring.checkins.schedule import schedule
from mooring.instruments.publish import publish_catalogue
from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation, User
from mooring.privacy.append_only import arming, disarming
from mooring.privacy.keyring import keyring
from mooring.relationships.models import Figure

__all__ = [
    "_armed_again",
    "clinic",
    "clinic_of",
    "fresh_keyring",
    "john",
    "now",
    "other_clinic",
    "people",
    "real_transactions",
    "sarah",
    "sign_in",
]

PASSWORD = "a quiet harbour at dawn"


@pytest.fixture(autouse=True)
def fresh_keyring(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MOORING_KEYRING = tmp_path / "keyring" / "keyring.sqlite3"
    keyring().make()
    return


APPEND_ONLY = (
    "alerts_growth",
    "privacy_accessentry",
    "privacy_consentevent",
    "instruments_instrumentversion",
    "instruments_licenceattestation",
    "checkins_calibration",
    "checkins_calibrationinforce",
    "checkins_learned",
)


@pytest.fixture
def _armed_again(django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in arming(connection.vendor, table):
                cursor.execute(statement)


@pytest.fixture
def real_transactions(_armed_again: None, transactional_db: None) -> Iterator[None]:
    """Transactions that commit, for threads. The tables that refuse deletion are disarmed for the clean-up."""
    yield
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in disarming(connection.vendor, table):
                cursor.execute(statement)


@pytest.fixture
def now() -> datetime:
    """A Wednesday, 20:51 in Berlin."""
    return datetime(2026, 5, 13, 18, 51, tzinfo=UTC)


@pytest.fixture
def clinic(db: None) -> Clinic:
    publish_catalogue()
    return Clinic.objects.create(name="Quayside Practice", zone="Europe/Berlin")


@pytest.fixture
def other_clinic(db: None) -> Clinic:
    return Clinic.objects.create(name="Hillside", zone="Europe/Berlin")


def clinic_of(user: User, clinic: Clinic, role: str, since: datetime, until: datetime | None = None) -> User:
    Membership.objects.create(clinic=clinic, user=user, role=role, since=since, until=until)
    return user


@dataclass
class People:
    alice: User
    bob: User
    charlie: User
    dana: User
    frank: User
    gil: User
    olga: User


@pytest.fixture
def people(clinic: Clinic, other_clinic: Clinic, now: datetime) -> People:
    long_ago, last_week = now - timedelta(days=400), now - timedelta(days=7)
    made = {
        name: User.objects.create_user(f"{name}@example.org", PASSWORD, name=name.capitalize())
        for name in People.__annotations__
    }
    clinic_of(made["alice"], clinic, "clinician", long_ago)
    clinic_of(made["bob"], clinic, "clinician", long_ago)
    clinic_of(made["dana"], other_clinic, "clinician", long_ago)
    clinic_of(made["frank"], clinic, "clinician", long_ago)
    clinic_of(made["gil"], clinic, "clinician", long_ago, last_week)
    clinic_of(made["olga"], clinic, "admin", long_ago)
    return People(**made)


@dataclass
class Person:
    user: User
    client: Client
    participation: Participation
    figures: dict[str, Figure]
    plan: CheckInPlan


def in_therapy(name: str, clinic: Clinic, people: People, figures: dict[str, str], now: datetime) -> Person:
    since = now - timedelta(weeks=26)
    user = User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, name=name)
    client = Client.objects.create(clinic=clinic, user=user, code=f"C-{name[0]}", name=f"{name} L.", first_name=name)
    course = Course.objects.create(clinic=clinic, since=since)
    participation = Participation.objects.create(clinic=clinic, course=course, client=client)
    for clinician, until in (
        (people.alice, None),
        (people.frank, now - timedelta(days=7)),
        (people.gil, None),
    ):
        CareRelation.objects.create(
            clinic=clinic, participation=participation, clinician=clinician, since=since, until=until
        )
    known = {
        who: Figure.objects.create(clinic=clinic, client=client, kind=kind, name=who, position=position)
        for position, (who, kind) in enumerate(figures.items())
    }
    plan = CheckInPlan.objects.create(
        clinic=clinic,
        participation=participation,
        since=since,
        zone="Europe/Berlin",
        weekday=3,
        security_figure=next(iter(known.values())),
        reader=people.alice,
        reading_weekday=3,
        reading_time=time(16, 50),
    )
    schedule(plan, now)
    return Person(user, client, participation, known, plan)


@pytest.fixture
def sarah(clinic: Clinic, people: People, now: datetime) -> Person:
    figures = {"Daniel": "partner", "Mum": "mother", "Dad": "father", "Maya": "friend", "Ines": "therapist"}
    return in_therapy("Sarah", clinic, people, figures, now)


@pytest.fixture
def john(clinic: Clinic, people: People, now: datetime) -> Person:
    return in_therapy("John", clinic, people, {"Claire": "partner", "Marcus": "friend"}, now)


@pytest.fixture
def sign_in(db: None) -> Any:
    """A browser without a screen, signed in as that user; everybody has a second factor."""

    def signed_in(user: User | None) -> Browser:
        browser = Browser()
        if user is not None:
            Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
            browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in
