"""How many queries a page may cost, however many clients there are."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from mooring.alerts.models import Kind, Signal
from mooring.checkins.models import CheckIn, CheckInPlan, Series
from mooring.checkins.models.series import series_id
from mooring.instruments.publish import current
from mooring.people.models import CareRelation, Client, Clinic, Course, Participation
from mooring.privacy.keyring import keyring
from mooring.privacy.sealed import Sealed
from tests.caseload.conftest import EVIDENCE, Raise, weekly
from tests.cast import People, Person
from tests.checkins.answering import block, send

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def five_hundred(clinic: Clinic, people: People, now: datetime) -> list[Participation]:
    """Five hundred active clients with a plan, a year of check-ins, and every tenth with something to talk about."""
    since = now - timedelta(weeks=52)
    keys = [uuid4() for _ in range(500)]
    keyring().create(keys)
    names = [Sealed.seal(f"Client {number:03}", key) for number, key in enumerate(keys)]
    clients = Client.objects.bulk_create(
        Client(id=key, clinic=clinic, code=f"K-{number:03}", name=name, first_name=name)
        for number, (key, name) in enumerate(zip(keys, names, strict=True))
    )
    courses = Course.objects.bulk_create(Course(clinic=clinic, since=since) for _ in clients)
    parts = Participation.objects.bulk_create(
        Participation(clinic=clinic, course=course, client=client)
        for course, client in zip(courses, clients, strict=True)
    )
    CareRelation.objects.bulk_create(
        CareRelation(clinic=clinic, participation=part, clinician=people.alice, since=since) for part in parts
    )
    CheckInPlan.objects.bulk_create(
        CheckInPlan(
            clinic=clinic, participation=part, since=since, zone="Europe/Berlin", weekday=number % 7,
            reader=people.alice, reading_weekday=number % 7, reading_time=time(9 + number % 9),
        )
        for number, part in enumerate(parts)
    )  # fmt: skip
    _checkins(parts, now)
    _signals(parts, now)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As the server does by itself once rows are committed; without it joins are planned blindly.
            cursor.execute("ANALYZE")
    return parts


def _checkins(parts: list[Participation], now: datetime) -> None:
    CheckIn.objects.bulk_create(
        CheckIn(
            clinic_id=part.clinic_id, participation=part, client_id=part.client_id, client_made_id=uuid4(),
            source=CheckIn.Source.PHONE, answered_at=at, received_at=at, occurred_at=at, zone="Europe/Berlin",
            local_date=at.date(), topic="",
        )
        for part in parts
        for at in (now - timedelta(weeks=week, days=1) for week in range(12))
    )  # fmt: skip
    version = current("distress")
    points = [
        {
            "checkin": str(uuid4()), "on": (now - timedelta(weeks=30 - week)).date().isoformat(), "t": float(week),
            "score": 3.0, "se": 0.36, "answered": 4, "of": 4, "level": 3.0, "sd": 0.2, "filtered": 3.0,
            "filtered_sd": 0.2,
        }
        for week in range(30)
    ]  # fmt: skip
    Series.objects.bulk_create(
        Series(
            id=series_id(part.pk, None, "distress", "distress", "client"), clinic_id=part.clinic_id,
            participation=part, instrument_key="distress", scale="distress", rater="client", role="distress",
            instrument_version=version, science_version="test", precision="assumed", minimum=1, maximum=5,
            direction="worse", first_on=date(2026, 1, 1), last_on=now.date(), last_level=3.0, last_sd=0.2,
            model={
                "dynamics": {"level_diffusion": 0.01, "slope_diffusion": 0.0001, "occasion_sd": 0.2},
                "prior": {"mean": 3.0, "sd": 1.2, "slope_sd": 0.04, "slope_mean": 0.0}, "sd": 0.85,
                "sem": 0.36, "steps": [],
            },
            points=points,
        )
        for part in parts
    )  # fmt: skip


def _signals(parts: list[Participation], now: datetime) -> None:
    Signal.objects.bulk_create(
        Signal(
            clinic_id=part.clinic_id, participation=part, kind=kind, instrument_key="distress", scale="distress",
            since=(now - timedelta(days=9)).date(), as_of=(now - timedelta(days=2)).date(),
            raised_at=now - timedelta(days=2), evidence={**EVIDENCE, "kind": str(kind)},
        )
        for number, part in enumerate(parts)
        for kind in (Kind.DETERIORATION, Kind.RECOVERY)
        if number % (10 if kind == Kind.DETERIORATION else 25) == 0
    )  # fmt: skip


def queries(browser: Browser, address: str, **headers: str) -> list[str]:
    """What one page asks the database, without savepoints."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address, headers=headers).status_code == 200
    return [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]


def test_the_caseload_costs_the_same_with_five_hundred_clients(
    alice: Browser, five_hundred: list[Participation]
) -> None:
    asked = queries(alice, "/caseload/")
    assert len(asked) <= 17, len(asked)
    # Of the series, which carry every point of a history, only the shown rows' are loaded.
    (series,) = [sql for sql in asked if '"checkins_series"' in sql]
    shown = [part for part in five_hundred if str(part.pk) in series or part.pk.hex in series]
    assert len(shown) <= 25


def test_opening_a_row_costs_little_more(alice: Browser, five_hundred: list[Participation]) -> None:
    address = f"/caseload/?open={five_hundred[0].pk}"
    # Three of them for what else was so: check-ins missed, sessions, ruptures.
    assert len(queries(alice, address, hx_request="true")) <= 20


def test_everybody_is_listed_with_few_queries(alice: Browser, five_hundred: list[Participation]) -> None:
    assert len(queries(alice, "/caseload/everyone/")) <= 8


@pytest.fixture
def busy(sarah: Person, raised: Raise, now: datetime) -> Callable[[int], None]:
    """Sarah with weeks of answers about everybody, and signals."""

    def live(weeks: int) -> None:
        weekly(sarah, [6.0] * weeks, now)
        for number, figure in enumerate(sarah.figures.values()):
            for week in range(weeks):
                at = now - timedelta(weeks=week, days=number % 7)
                send(sarah, block("attachment", 3, figure), block("session-alliance", 4), at=at)
        raised(sarah, Kind.DETERIORATION, days_ago=3 + weeks)
        raised(sarah, Kind.SETBACK, days_ago=3 + weeks, figure=sarah.figures["Daniel"], role="security")

    return live


# The case shows sessions and marked ruptures too: one query each.
@pytest.mark.parametrize(("page", "budget"), [("brief/", 18), ("", 20), ("plan/", 10)])
def test_a_case_costs_the_same_however_long_it_runs(
    alice: Browser, sarah: Person, busy: Callable[[int], None], page: str, budget: int
) -> None:
    address = f"/case/{sarah.participation.pk}/{page}"
    busy(2)
    short = queries(alice, address)
    busy(6)
    long = queries(alice, address)
    assert len(short) == len(long)
    assert len(long) <= budget, len(long)


def test_no_page_writes_but_its_audit_row(alice: Browser, sarah: Person, busy: Callable[[int], None]) -> None:
    busy(2)
    for address in ("/caseload/", f"/case/{sarah.participation.pk}/", f"/case/{sarah.participation.pk}/brief/"):
        writes = [sql for sql in queries(alice, address) if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert len(writes) == 1, writes
        assert "privacy_accessentry" in writes[0]
