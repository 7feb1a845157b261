"""What was consented to and who read whom can be added to, never changed."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic
from mooring.privacy import audit, consent
from mooring.privacy.models import AccessEntry, ConsentEvent


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
