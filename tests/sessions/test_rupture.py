"""A rupture is marked by hand, talked about, repaired, each on a day; a mark made in error is withdrawn and stays."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from mooring.kit.dates import local_date
from mooring.privacy.models import AccessEntry
from mooring.sessions.models import Rupture, Session
from mooring.sessions.record import Took, record
from mooring.sessions.rupture import CannotMark, Noticed, mark, name, repair, withdraw
from tests.cast import People, Person


@pytest.fixture
def today(now: datetime) -> date:
    return local_date(now, "Europe/Berlin")


@pytest.fixture
def rupture(sarah: Person, people: People, now: datetime, today: date) -> Rupture:
    noticed = Noticed(today - timedelta(weeks=2), note="Went quiet after the question about her father.")
    return mark(sarah.participation, noticed, made_id=uuid4(), by=people.alice, at=now)[0]


def test_a_form_sent_twice_is_one_mark(sarah: Person, people: People, now: datetime, today: date) -> None:
    made = uuid4()
    first, fresh = mark(sarah.participation, Noticed(today), made_id=made, by=people.alice, at=now)
    again = mark(sarah.participation, Noticed(today - timedelta(days=1)), made_id=made, by=people.alice, at=now)
    assert fresh
    assert again == (first, False)
    assert (first.noticed_on, first.marked_by, first.marked_at) == (today, people.alice, now)
    assert AccessEntry.objects.filter(action="mark-rupture").count() == 1


def test_one_mark_stands_a_day_from_two_tabs_too(
    rupture: Rupture, sarah: Person, people: People, now: datetime
) -> None:
    with pytest.raises(CannotMark, match="already"):
        mark(sarah.participation, Noticed(rupture.noticed_on), made_id=uuid4(), by=people.alice, at=now)
    withdraw(rupture, by=people.alice, at=now)
    anew, fresh = mark(sarah.participation, Noticed(rupture.noticed_on), made_id=uuid4(), by=people.alice, at=now)
    assert fresh
    assert anew.pk != rupture.pk


def test_the_note_is_sealed_in_the_database(rupture: Rupture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM mooring_sessions_rupture")
        (stored,) = cursor.fetchone()
    assert "father" not in stored
    assert "father" in Rupture.objects.get().note


def test_it_is_talked_about_and_repaired_each_on_its_day(rupture: Rupture, people: People, now: datetime) -> None:
    assert rupture.open
    assert name(rupture, rupture.noticed_on + timedelta(days=7), by=people.alice, at=now)
    assert repair(rupture, rupture.noticed_on + timedelta(days=14), by=people.bob, at=now)
    rupture.refresh_from_db()
    assert rupture.named_on is not None
    assert rupture.repaired_on is not None
    assert (rupture.named_on - rupture.noticed_on).days == 7
    assert (rupture.repaired_on - rupture.noticed_on).days == 14
    assert (rupture.named_by, rupture.repaired_by, rupture.named_at) == (people.alice, people.bob, now)
    assert not rupture.open


def test_a_day_said_again_is_put_right_and_the_audit_has_the_first(
    rupture: Rupture, people: People, now: datetime
) -> None:
    first, second = (rupture.noticed_on + timedelta(days=days) for days in (3, 7))
    assert name(rupture, first, by=people.alice, at=now)
    assert not name(rupture, first, by=people.alice, at=now)
    assert name(rupture, second, by=people.bob, at=now)
    rupture.refresh_from_db()
    assert (rupture.named_on, rupture.named_by) == (second, people.bob)
    entries = AccessEntry.objects.filter(action="named-rupture").order_by("id")
    assert [entry.detail.get("was") for entry in entries] == [None, first.isoformat()]


@pytest.mark.parametrize("step", [name, repair])
def test_no_step_comes_before_it_was_noticed_or_lies_ahead(
    rupture: Rupture, people: People, now: datetime, today: date, step: object
) -> None:
    assert callable(step)
    for day, said in ((rupture.noticed_on - timedelta(days=1), "before"), (today + timedelta(days=1), "not come")):
        with pytest.raises(CannotMark, match=said):
            step(rupture, day, by=people.alice, at=now)
    rupture.refresh_from_db()
    assert (rupture.named_on, rupture.repaired_on) == (None, None)


def test_the_database_holds_the_order_too(rupture: Rupture, people: People, now: datetime) -> None:
    rupture.repaired_on, rupture.repaired_by, rupture.repaired_at = date(2025, 1, 1), people.alice, now
    with pytest.raises(IntegrityError), transaction.atomic():
        rupture.save()


def test_days_outside_the_therapy_are_refused(sarah: Person, people: People, now: datetime, today: date) -> None:
    course = sarah.participation.course
    course.until = now - timedelta(days=7)
    course.save()
    for day in (today + timedelta(days=1), today - timedelta(weeks=30), today):
        with pytest.raises(CannotMark):
            mark(sarah.participation, Noticed(day), made_id=uuid4(), by=people.alice, at=now)
    assert not Rupture.objects.exists()


def test_the_day_is_the_clinics(sarah: Person, people: People, now: datetime) -> None:
    """At half past midnight in Berlin it is still the day before in UTC."""
    late = now.replace(hour=22, minute=30)
    tomorrow_there = date(2026, 5, 14)
    made, _ = mark(sarah.participation, Noticed(tomorrow_there), made_id=uuid4(), by=people.alice, at=late)
    assert made.noticed_on == tomorrow_there


def test_a_withdrawn_mark_stays_and_takes_no_further_step(rupture: Rupture, people: People, now: datetime) -> None:
    assert withdraw(rupture, by=people.alice, at=now)
    assert not withdraw(rupture, by=people.bob, at=now + timedelta(hours=1))
    kept = Rupture.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at) == (people.alice, now)
    assert not Rupture.objects.standing().exists()
    with pytest.raises(CannotMark, match="withdrawn"):
        repair(kept, kept.noticed_on, by=people.alice, at=now)


def test_it_belongs_to_a_session_of_its_own_course(
    sarah: Person, john: Person, people: People, now: datetime, today: date
) -> None:
    theirs, _ = record(
        john.participation.course, Took(now, Session.Kept.HELD), made_id=uuid4(), by=people.alice, at=now
    )
    with pytest.raises(CannotMark, match="another course"):
        mark(sarah.participation, Noticed(today, theirs), made_id=uuid4(), by=people.alice, at=now)


def test_a_note_has_an_end(sarah: Person, people: People, now: datetime, today: date) -> None:
    with pytest.raises(CannotMark, match="1001 characters"):
        mark(sarah.participation, Noticed(today, note="a" * 1001), made_id=uuid4(), by=people.alice, at=now)
