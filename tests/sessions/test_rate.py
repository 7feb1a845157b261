"""A clinician's rating is a check-in of its own rater: never one of the client's."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from mooring.checkins.models import CheckIn, Series
from mooring.checkins.submit import BadAnswers
from mooring.people.models import Client, Participation
from mooring.sessions.models import Session
from mooring.sessions.rate import CannotRate, rate
from mooring.sessions.record import Took, correct, record
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.sessions.rating import rated

Kept = Session.Kept


@pytest.fixture
def session(sarah: Person, people: People, now: datetime) -> Session:
    yesterday = now - timedelta(days=1)
    return record(
        sarah.participation.course, Took(yesterday, Kept.HELD), made_id=uuid4(), by=people.alice, at=yesterday
    )[0]


def test_it_stands_at_the_sessions_time(session: Session, sarah: Person, people: People, now: datetime) -> None:
    kept = rate(session, sarah.participation, rated(4), by=people.alice, at=now)
    checkin = kept.checkin
    assert kept.fresh
    assert (checkin.rater, checkin.rater_user) == (CheckIn.Rater.CLINICIAN, people.alice)
    assert (checkin.occurred_at, checkin.received_at) == (session.at, now)
    series = Series.objects.get(participation=sarah.participation)
    assert (series.rater, series.role, series.scale) == ("clinician", "alliance", "alliance")
    assert [point["score"] for point in series.points] == [4.0]


def test_sent_twice_it_is_one_rating_and_the_first_counts(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    first = rate(session, sarah.participation, rated(4), by=people.alice, at=now)
    again = rate(session, sarah.participation, rated(2), by=people.alice, at=now + timedelta(minutes=1))
    assert (again.checkin, again.fresh) == (first.checkin, False)
    assert [p["score"] for p in Series.objects.get().points] == [4.0]


def test_both_partners_of_a_couple_are_rated_each(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    other = Client.objects.create(clinic=sarah.client.clinic, code="C-D", name="Daniel L.", first_name="Daniel")
    theirs = Participation.objects.create(clinic=other.clinic, course=sarah.participation.course, client=other)
    rate(session, sarah.participation, rated(4), by=people.alice, at=now)
    rate(session, theirs, rated(2), by=people.alice, at=now)
    scores = {s.participation_id: s.points[0]["score"] for s in Series.objects.all()}
    assert scores == {sarah.participation.pk: 4.0, theirs.pk: 2.0}


def test_the_two_raters_never_share_a_series(session: Session, sarah: Person, people: People, now: datetime) -> None:
    send(sarah, block("session-alliance", 5), at=now)
    rate(session, sarah.participation, rated(3), by=people.alice, at=now)
    found = {(s.rater, s.instrument_key): [p["score"] for p in s.points] for s in Series.objects.all()}
    assert found == {
        ("client", "session-alliance"): [5.0],
        ("clinician", "session-alliance-clinician"): [3.0],
    }


def test_only_a_session_that_was_held_is_rated(session: Session, sarah: Person, people: People, now: datetime) -> None:
    missed, _ = record(sarah.participation.course, Took(now, Kept.MISSED), made_id=uuid4(), by=people.alice, at=now)
    with pytest.raises(CannotRate, match="held"):
        rate(missed, sarah.participation, rated(4), by=people.alice, at=now)


def test_another_courses_session_is_not_rated(session: Session, john: Person, people: People, now: datetime) -> None:
    with pytest.raises(CannotRate, match="another course"):
        rate(session, john.participation, rated(4), by=people.alice, at=now)
    assert not CheckIn.objects.exists()


def test_nothing_answered_is_no_rating_and_a_half_is(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    with pytest.raises(CannotRate, match="No question"):
        rate(session, sarah.participation, {}, by=people.alice, at=now)
    answers = {code: value for number, (code, value) in enumerate(rated(4).items()) if number < 3}
    rate(session, sarah.participation, answers, by=people.alice, at=now)
    point = Series.objects.get().points[0]
    assert (point["score"], point["answered"], point["of"]) == (4.0, 3, 6)


def test_an_answer_outside_its_range_stores_nothing(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    with pytest.raises(BadAnswers, match="not one of the answers"):
        rate(session, sarah.participation, {"clin_bond_1": 6}, by=people.alice, at=now)
    assert not CheckIn.objects.exists()


def test_what_was_corrected_since_the_page_was_opened_counts(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    opened = Session.objects.get(pk=session.pk)
    correct(session, Took(session.at - timedelta(hours=3), Kept.HELD), by=people.bob, at=now)
    kept = rate(opened, sarah.participation, rated(4), by=people.alice, at=now)
    assert kept.checkin.occurred_at == opened.at - timedelta(hours=3)


def test_a_session_found_missed_since_is_not_rated(
    session: Session, sarah: Person, people: People, now: datetime
) -> None:
    opened = Session.objects.get(pk=session.pk)
    correct(session, Took(session.at, Kept.MISSED), by=people.bob, at=now)
    with pytest.raises(CannotRate, match="was held can be rated"):
        rate(opened, sarah.participation, rated(4), by=people.alice, at=now)
    assert not CheckIn.objects.exists()
