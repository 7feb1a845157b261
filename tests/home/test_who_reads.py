"""No page promises a reader who has left, and nobody is asked what nobody would read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.checkins.models import CheckIn, Draft, DueCheckIn
from mooring.people.models import CareRelation, Course, Membership, User
from tests.cast import People, Person
from tests.checkins.answering import security, send
from tests.clock import Clock, clock

__all__ = ["clock"]
pytestmark = pytest.mark.usefixtures("clock")
NOBODY = "Nobody reads your check-ins at present"


def ends_care(alice: User, at: datetime) -> None:
    CareRelation.objects.filter(clinician=alice).update(until=at)


def leaves_the_clinic(alice: User, at: datetime) -> None:
    Membership.objects.filter(user=alice).update(until=at)


def account_is_closed(alice: User, at: datetime) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)


def becomes_administrator(alice: User, at: datetime) -> None:
    Membership.objects.filter(user=alice).update(role="admin")


GONE = [ends_care, leaves_the_clinic, account_is_closed, becomes_administrator]
Going = Callable[[User, datetime], None]


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    browser: Browser = sign_in(sarah.user)
    return browser


@pytest.fixture
def due(sarah: Person, now: datetime) -> DueCheckIn:
    return DueCheckIn.objects.open(now).get(participation=sarah.participation)


def page(browser: Browser, route: str, *parts: Any) -> str:
    response = browser.get(reverse(route, args=parts))
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


@pytest.mark.parametrize("gone", GONE)
def test_when_the_only_therapist_is_gone_nothing_is_asked(
    gone: Going, phone: Browser, due: DueCheckIn, people: People, now: datetime
) -> None:
    gone(people.alice, now)
    for shown in (page(phone, "home:today"), page(phone, "checkins:checkin", due.pk)):
        assert NOBODY in shown
        assert "reads it" not in shown
        assert "Begin" not in shown
    phone.post(reverse("checkins:checkin", args=[due.pk]))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("gone", GONE)
def test_what_was_begun_is_not_taken_as_if_somebody_read_it(
    gone: Going, phone: Browser, due: DueCheckIn, people: People, now: datetime
) -> None:
    phone.post(reverse("checkins:checkin", args=[due.pk]))
    gone(people.alice, now)
    answer = phone.post(reverse("checkins:topic", args=[due.pk]), {"topic": "Is anybody there"}, follow=True)
    shown = answer.content.decode()
    assert NOBODY in shown
    assert "What you had begun was not sent, and nobody reads it." in shown
    assert not CheckIn.objects.exists()


def test_who_reads_in_anothers_place_is_not_called_by_their_name(
    phone: Browser, sarah: Person, due: DueCheckIn, people: People, now: datetime
) -> None:
    CareRelation.objects.create(
        clinic=sarah.client.clinic, participation=sarah.participation, clinician=people.bob, since=now
    )
    ends_care(people.alice, now)
    assert "Your therapist reads it tomorrow at 16:50." in page(phone, "home:today")
    phone.post(reverse("checkins:checkin", args=[due.pk]))
    shown = page(phone, "checkins:question", due.pk, 1)
    assert "Your therapist reads this tomorrow at 16:50." in shown
    assert "Alice" not in shown
    sent = phone.post(reverse("checkins:topic", args=[due.pk]), {"topic": ""}, follow=True).content.decode()
    assert "Sent. Your therapist reads it tomorrow at 16:50." in sent
    assert "your therapist reads it tomorrow" in page(phone, "home:today")


def test_an_unread_answer_is_not_promised_to_somebody_who_left(
    phone: Browser, sarah: Person, due: DueCheckIn, people: People, now: datetime
) -> None:
    send(sarah, security(sarah, 5), at=now, due=due)
    assert "Alice reads it tomorrow" in page(phone, "home:today")
    leaves_the_clinic(people.alice, now)
    shown = page(phone, "home:today")
    assert "It has not been read, and nobody is watching it." in shown
    assert "Alice" not in shown
    again = phone.get(reverse("checkins:checkin", args=[due.pk]), follow=True).content.decode()
    assert NOBODY in again
    assert "Alice" not in again


def test_who_has_read_it_is_named_not_who_agreed_to(
    phone: Browser, sarah: Person, due: DueCheckIn, people: People, now: datetime
) -> None:
    checkin = send(sarah, security(sarah, 5), at=now, due=due).checkin
    checkin.readings.create(clinic_id=checkin.clinic_id, by=people.bob, at=now)
    assert "Bob read your check-in today" in page(phone, "home:today")


def test_with_the_course_its_open_check_in_ends(
    phone: Browser, sarah: Person, due: DueCheckIn, clock: Clock, now: datetime
) -> None:
    phone.post(reverse("checkins:checkin", args=[due.pk]))
    Course.objects.filter(pk=sarah.participation.course_id).update(until=now)
    clock.wait(hours=1)
    shown = page(phone, "checkins:checkin", due.pk)
    # Not when the week would have been over: that lies ahead.
    assert "This check-in closed today at 20:51. What you had begun was not sent, and nobody reads it." in shown
    assert "Alice" not in shown
    phone.post(reverse("checkins:topic", args=[due.pk]), {"topic": "After the end"})
    assert not CheckIn.objects.exists()


def test_with_the_agreement_its_open_check_in_ends_when_it_ended(
    phone: Browser, sarah: Person, due: DueCheckIn, clock: Clock, now: datetime
) -> None:
    sarah.plan.until = now - timedelta(hours=2)
    sarah.plan.save()
    assert "This check-in closed today at 18:51." in page(phone, "checkins:checkin", due.pk)
