"""What was consented to and who read whom can be added to, never changed."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from mooring.alerts.models import Growth, Signal
from mooring.checkins.models import Calibration, CalibrationInForce, Learned
from mooring.instruments.models import InstrumentVersion, LicenceAttestation
from mooring.instruments.publish import current
from mooring.people.models import Clinic, User
from mooring.privacy import audit, consent
from mooring.privacy.models import AccessEntry, ConsentEvent
from tests.cast import Person


@pytest.fixture
def entry(db: None, now: datetime) -> AccessEntry:
    audit.record("read", "home:today", actor=uuid4(), subjects=[uuid4()], at=now)
    return AccessEntry.objects.get()


def test_an_access_entry_cannot_be_changed(entry: AccessEntry) -> None:
    entry.route = "nowhere"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()


def test_an_access_entry_cannot_be_deleted(entry: AccessEntry) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessEntry.objects.all().delete()


def test_consent_cannot_be_rewritten(clinic: Clinic, now: datetime) -> None:
    who = uuid4()
    consent.express(
        consent.Action.WITHDRAWN,
        consent.Purpose.RESEARCH,
        subject=who,
        clinic=clinic.pk,
        text_version="r-1",
        actor=who,
        at=now,
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ConsentEvent.objects.update(action="given")


def test_a_published_measure_cannot_be_changed(clinic: Clinic) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        InstrumentVersion.objects.update(content="{}")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        InstrumentVersion.objects.all().delete()


TABLES = (
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
def _rows(clinic: Clinic, entry: AccessEntry, sarah: Person, now: datetime) -> None:
    who = uuid4()
    signal = Signal.objects.create(
        clinic=clinic, participation=sarah.participation, kind="silence", since=now.date(), as_of=now.date(),
        raised_at=now, evidence={},
    )  # fmt: skip
    Growth.objects.create(clinic=clinic, signal=signal, anew=False, as_of=now.date(), at=now, evidence={})
    consent.express(
        consent.Action.GIVEN, consent.Purpose.CARE, subject=who, clinic=clinic.pk, text_version="c", actor=who, at=now
    )
    version = current("distress")
    made = Calibration.objects.create(clinic=clinic, instrument_version=version, number=1, content="{}", made_at=now)
    CalibrationInForce.objects.create(clinic=clinic, instrument_version=version, calibration=made, at=now)
    Learned.objects.create(
        clinic=clinic, number=1, what="movement", instrument_version=version, persons=0, occasions=0, made_at=now
    )
    by = User.objects.create_user("by@example.org")
    LicenceAttestation.objects.create(
        id=uuid4(), clinic=clinic, instrument_version=version, by=by, at=now, words="w", terms="t"
    )


def refuses(statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize("table", TABLES)
def test_no_statement_changes_or_takes_a_row(table: str) -> None:
    statements = [
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE 1 = 1",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    ]
    if connection.vendor == "sqlite":
        statements += [f"REPLACE INTO {table} SELECT * FROM {table}", f"UPDATE OR REPLACE {table} SET id = id"]
    else:
        statements += [f"TRUNCATE {table} CASCADE", f"DELETE FROM {table} USING people_clinic"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a truncation waits for none
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        before = cursor.fetchall()
    assert before
    for statement in statements:
        refuses(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        assert cursor.fetchall() == before


def test_a_measure_cannot_take_anothers_place(clinic: Clinic) -> None:
    """REPLACE by another row of the same key and version."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows REPLACE")
    refuses(
        "REPLACE INTO instruments_instrumentversion (id, clinic_id, key, version, digest, content)"
        " SELECT lower(hex(randomblob(16))), clinic_id, key, version, digest, '{}' FROM instruments_instrumentversion"
    )


def test_a_commit_is_on_the_disk(db: None) -> None:
    """A power cut after “Sent” loses nothing: every commit is synced, in the log and in the database."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL syncs by itself")
    with connection.cursor() as cursor:
        for pragma, value in (("synchronous", 2), ("journal_mode", "wal"), ("recursive_triggers", 1)):
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone()[0] == value, pragma
