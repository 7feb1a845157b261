"""Whether a session took place is recorded once, and a wrong entry is put right."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mooring.checkins.models import Series
from mooring.people.models import Client, Participation
from mooring.privacy.models import AccessEntry
from mooring.sessions.models import Session
from mooring.sessions.rate import rate
from mooring.sessions.record import CannotRecord, Took, correct, record
from tests.cast import People, Person
from tests.sessions.rating import rated

Kept = Session.Kept


def held(person: Person, people: People, at: datetime, now: datetime) -> Session:
    return record(person.participation.course, Took(at, Kept.HELD), made_id=uuid4(), by=people.alice, at=now)[0]


def test_a_form_sent_twice_is_one_session(sarah: Person, people: People, now: datetime) -> None:
    made, course = uuid4(), sarah.participation.course
    first, fresh = record(course, Took(now, Kept.HELD), made_id=made, by=people.alice, at=now)
    again = record(
        course, Took(now - timedelta(hours=1), Kept.MISSED), made_id=made, by=people.alice, at=now + timedelta(hours=1)
    )
    assert fresh
    assert again == (first, False)
    stored = Session.objects.get()
    assert (stored.at, stored.kept, stored.clinician, stored.recorded_at) == (now, Kept.HELD, people.alice, now)
    assert AccessEntry.objects.filter(action="record-session").count() == 1


def test_a_couples_session_is_one_row_and_names_both_in_the_audit(sarah: Person, people: People, now: datetime) -> None:
    course = sarah.participation.course
    other = Client.objects.create(clinic=sarah.client.clinic, code="C-D", name="Daniel L.", first_name="Daniel")
    theirs = Participation.objects.create(clinic=other.clinic, course=course, client=other)
    kept = held(sarah, people, now, now)
    assert list(Session.objects.of(theirs)) == list(Session.objects.of(sarah.participation)) == [kept]
    entry = AccessEntry.objects.get(action="record-session")
    assert entry.subjects == sorted([str(sarah.client.pk), str(other.pk)])


def test_another_persons_sessions_are_not_among_hers(
    sarah: Person, john: Person, people: People, now: datetime
) -> None:
    held(john, people, now, now)
    assert not Session.objects.of(sarah.participation).exists()


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(minutes=1), "has not come yet"),
        (-timedelta(weeks=27), "before the therapy began"),
    ],
)
def test_a_session_lies_within_the_therapy_and_not_ahead(
    sarah: Person, people: People, now: datetime, off: timedelta, said: str
) -> None:
    with pytest.raises(CannotRecord, match=said):
        held(sarah, people, now + off, now)
    assert not Session.objects.exists()


def test_after_the_end_only_what_was_before_it_is_recorded(sarah: Person, people: People, now: datetime) -> None:
    course = sarah.participation.course
    course.until = now - timedelta(days=3)
    course.save()
    with pytest.raises(CannotRecord, match="after the therapy ended"):
        held(sarah, people, now, now)
    assert held(sarah, people, now - timedelta(days=4), now).pk


def test_a_time_without_a_zone_and_an_unknown_word_are_refused(sarah: Person, people: People, now: datetime) -> None:
    course = sarah.participation.course
    with pytest.raises(CannotRecord, match="no zone"):
        record(course, Took(now.replace(tzinfo=None), Kept.HELD), made_id=uuid4(), by=people.alice, at=now)
    with pytest.raises(CannotRecord, match="held, missed or cancelled"):
        record(course, Took(now, "late"), made_id=uuid4(), by=people.alice, at=now)  # type: ignore[arg-type]
    assert not Session.objects.exists()


def test_two_sessions_never_begin_at_once(sarah: Person, people: People, now: datetime) -> None:
    first = held(sarah, people, now, now)
    with pytest.raises(CannotRecord, match="recorded already"):
        held(sarah, people, now, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(
            clinic=first.clinic,
            course=first.course,
            client_made_id=uuid4(),
            at=now,
            clinician=people.alice,
            kept=Kept.MISSED,
            recorded_by=people.alice,
            recorded_at=now,
        )


def test_a_wrong_entry_is_corrected_and_the_audit_has_what_stood_there(
    sarah: Person, people: People, now: datetime
) -> None:
    kept = held(sarah, people, now - timedelta(days=1), now)
    later = now + timedelta(hours=2)
    assert correct(kept, Took(now, Kept.CANCELLED), by=people.bob, at=later)
    kept.refresh_from_db()
    assert (kept.at, kept.kept, kept.corrected_by, kept.corrected_at) == (now, Kept.CANCELLED, people.bob, later)
    assert (kept.recorded_by, kept.recorded_at) == (people.alice, now)
    entry = AccessEntry.objects.get(action="correct-session")
    assert entry.detail["was"] == "held"
    assert entry.detail["was_at"] == (now - timedelta(days=1)).isoformat()
    assert not correct(kept, Took(now, Kept.CANCELLED), by=people.alice, at=later)
    assert AccessEntry.objects.filter(action="correct-session").count() == 1


def test_a_correction_never_lands_on_another_session(sarah: Person, people: People, now: datetime) -> None:
    first, second = (held(sarah, people, now - timedelta(days=days), now) for days in (1, 2))
    with pytest.raises(CannotRecord, match="recorded already"):
        correct(second, Took(first.at, Kept.HELD), by=people.alice, at=now)
    second.refresh_from_db()
    assert second.at == now - timedelta(days=2)


def test_a_session_that_was_rated_was_held(sarah: Person, people: People, now: datetime) -> None:
    kept = held(sarah, people, now, now)
    rate(kept, sarah.participation, rated(4), by=people.alice, at=now)
    with pytest.raises(CannotRecord, match="was rated"):
        correct(kept, Took(now, Kept.MISSED), by=people.bob, at=now)
    kept.refresh_from_db()
    assert kept.kept == Kept.HELD


def test_ratings_move_with_their_sessions_time_and_no_others(sarah: Person, people: People, now: datetime) -> None:
    first, second = (held(sarah, people, now - timedelta(days=days), now) for days in (9, 2))
    for session, value in ((first, 4), (second, 2)):
        rate(session, sarah.participation, rated(value), by=people.alice, at=now)
    correct(first, Took(now - timedelta(days=1), Kept.HELD), by=people.alice, at=now)
    series = Series.objects.get(participation=sarah.participation)
    assert [(point["on"], point["score"]) for point in series.points] == [("2026-05-11", 2.0), ("2026-05-12", 4.0)]
