"""Marking as read, and what they wanted to talk about: it comes back to the client."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.checkins.models import CheckIn, Conversation, Reading
from mooring.checkins.read import mark_read, talked
from mooring.privacy.models import AccessEntry
from tests.caseload.conftest import shown
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")


def brief(person: Person) -> str:
    return f"/case/{person.participation.pk}/brief/"


def test_marking_as_read_covers_every_unread_checkin(
    alice: Browser, sarah: Person, people: People, now: datetime
) -> None:
    sent = [send(sarah, block("distress", 3), at=now - timedelta(days=d)).checkin for d in (9, 2)]
    assert "Mark as read" in shown(alice, brief(sarah))
    response = alice.post(f"/case/{sarah.participation.pk}/read/", {"shown_at": now.isoformat()})
    assert response["Location"] == brief(sarah)
    assert {(r.checkin_id, r.by, r.at) for r in Reading.objects.all()} == {(c.pk, people.alice, now) for c in sent}
    page = shown(alice, brief(sarah))
    assert "Marked as read. Sarah’s screen says so." in page
    assert "Read today at 20:51." in page
    assert "Mark as read" not in page


def test_an_answer_that_came_in_after_the_page_was_made_stays_unread(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    seen = send(sarah, block("distress", 3), at=now - timedelta(hours=2)).checkin
    send(sarah, block("distress", 5), at=now - timedelta(minutes=1))
    shown_at = (now - timedelta(minutes=10)).isoformat()
    alice.post(f"/case/{sarah.participation.pk}/read/", {"shown_at": shown_at})
    assert Reading.objects.get().checkin == seen
    assert CheckIn.objects.unread().count() == 1


@pytest.mark.parametrize(
    "shown_at",
    ["", "yesterday", "2026-05-13T20:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-45"],
)
def test_what_was_on_the_screen_has_to_be_known(alice: Browser, sarah: Person, now: datetime, shown_at: str) -> None:
    send(sarah, block("distress", 5), at=now - timedelta(minutes=1))
    address = f"/case/{sarah.participation.pk}/read/"
    for given in ({"shown_at": shown_at}, {}):
        assert alice.post(address, given)["Location"] == brief(sarah)
    assert "Nothing was marked." in shown(alice, brief(sarah))
    assert CheckIn.objects.unread().count() == 1


def test_a_page_from_the_future_marks_what_is_there_now(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", 5), at=now - timedelta(minutes=1))
    later = (now + timedelta(days=400)).isoformat()
    alice.post(f"/case/{sarah.participation.pk}/read/", {"shown_at": later})
    assert Reading.objects.get().at == now


def test_marking_twice_is_one_reading(sarah: Person, people: People, now: datetime) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=1))
    assert mark_read(sarah.participation, by=people.alice, at=now) == 1
    before = AccessEntry.objects.count()
    assert mark_read(sarah.participation, by=people.alice, at=now) == 0
    assert (Reading.objects.count(), AccessEntry.objects.count()) == (1, before)


def test_imported_answers_are_not_marked(sarah: Person, people: People, now: datetime) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=1), source=CheckIn.Source.IMPORT)
    assert mark_read(sarah.participation, by=people.alice, at=now) == 0


def test_talked_about_comes_back_to_the_client(
    alice: Browser, sarah: Person, people: People, now: datetime, sign_in: Any
) -> None:
    checkin = send(sarah, block("distress", 3), at=now - timedelta(days=1), topic="The wedding.").checkin
    address = f"/case/{sarah.participation.pk}/talked/{checkin.pk}/"
    for _ in range(2):
        assert alice.post(address)["Location"] == brief(sarah)
    kept = Conversation.objects.get()
    assert (kept.checkin, kept.by, kept.at) == (checkin, people.alice, now)
    assert "You talked about this today." in shown(alice, brief(sarah))
    home = shown(sign_in(sarah.user), "/today/")
    assert "The wedding." in home


def test_the_first_to_say_so_counts(sarah: Person, people: People, now: datetime, clock: Clock) -> None:
    checkin = send(sarah, block("distress", 3), at=now, topic="A").checkin
    first = talked(checkin, by=people.alice, at=now)
    again = talked(checkin, by=people.bob, at=clock.wait(hours=1))
    assert (again.pk, again.by, again.at) == (first.pk, people.alice, now)


def test_a_checkin_of_somebody_else_cannot_be_named(alice: Browser, sarah: Person, john: Person, now: datetime) -> None:
    his = send(john, block("distress", 3), at=now, topic="Dad.").checkin
    assert alice.post(f"/case/{sarah.participation.pk}/talked/{his.pk}/").status_code == 404
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "dana", "frank", "gil", "olga"])
def test_strangers_mark_nothing(who: str, people: People, sarah: Person, now: datetime, sign_in: Any) -> None:
    checkin = send(sarah, block("distress", 3), at=now, topic="A").checkin
    browser = sign_in(getattr(people, who))
    assert browser.post(f"/case/{sarah.participation.pk}/read/").status_code == 404
    assert browser.post(f"/case/{sarah.participation.pk}/talked/{checkin.pk}/").status_code == 404
    assert not Reading.objects.exists()
    assert not Conversation.objects.exists()
