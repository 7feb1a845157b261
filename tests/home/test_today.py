"""Today: the one thing that is asked, what became of what was sent, and what came back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.alerts.models import Acknowledgement, Kind, Signal
from mooring.checkins.models import CheckIn, CheckInPlan, DueCheckIn
from mooring.checkins.read import talked
from mooring.people.models import CareRelation, Course, Participation
from mooring.privacy.models import AccessEntry
from tests.cast import People, Person
from tests.checkins.answering import block, security, send
from tests.clock import Clock
from tests.home.conftest import Lived, read

pytestmark = pytest.mark.usefixtures("clock")
TODAY = "/today/"


def shown(browser: Browser) -> str:
    response = browser.get(TODAY)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    return sign_in(sarah.user)


def test_it_greets_and_asks_one_thing(phone: Browser) -> None:
    page = shown(phone)
    assert "Wednesday 13 May, 20:51" in page
    assert "Good evening, Sarah." in page
    said = "Tomorrow’s check-in is here: 16 questions, about two minutes. Alice reads it tomorrow at 16:50."
    assert said in page
    assert "Begin" in page
    assert "Not this week" in page
    assert "Nobody is watching this app." in page
    assert reverse("crisis") in page


def test_the_greeting_follows_the_hour_where_the_client_is(
    sarah: Person, sign_in: Any, clock: Clock, now: datetime
) -> None:
    clock.at = now.replace(hour=5)  # 07:00 in Berlin
    assert "Good morning, Sarah." in shown(sign_in(sarah.user))
    clock.at = now.replace(hour=12)
    assert "Good afternoon, Sarah." in shown(sign_in(sarah.user))


def test_a_new_client_without_a_plan_is_told_so(sarah: Person, sign_in: Any) -> None:
    CheckInPlan.objects.all().delete()
    page = shown(sign_in(sarah.user))
    assert "No check-in is planned yet." in page
    assert "Begin" not in page


def test_between_two_checkins_it_says_when_the_next_one_opens(
    sarah: Person, sign_in: Any, clock: Clock, now: datetime
) -> None:
    DueCheckIn.objects.filter(opens_at__lte=now).delete()
    page = shown(sign_in(sarah.user))
    assert "Nothing is asked of you today. Your first check-in opens on 20 May at 18:00." in page


def test_an_ended_course_asks_nothing(sarah: Person, phone: Browser, now: datetime) -> None:
    Course.objects.update(until=now - timedelta(days=2))
    page = shown(phone)
    assert "This course of therapy ended on Monday." in page
    assert "Begin" not in page


def test_an_unread_checkin_says_that_it_is_unread(
    sarah: Person, phone: Browser, people: People, now: datetime, clock: Clock, sign_in: Any
) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    sent = send(sarah, security(sarah, 6), block("distress", 2), at=now, due=due).checkin
    assert (
        "You sent a check-in today. It has not been read yet: Alice reads it tomorrow at 16:50. "
        "Until then nobody is watching it." in shown(phone)
    )
    clock.wait(days=3)
    page = shown(sign_in(sarah.user))
    assert "It has not been read yet, though it was to be read on Thursday at 16:50." in page
    read(sent, people.alice, now + timedelta(days=1))
    assert "Alice read your check-in on Thursday at 20:51." in shown(sign_in(sarah.user))


def test_what_was_talked_about_comes_back_in_their_own_words(
    sarah: Person, phone: Browser, people: People, lived: Lived, now: datetime
) -> None:
    _first, last = lived(sarah, [5, 6], {1: "Something long ago.", 2: "The message I did not send."})
    assert "talked about this" not in shown(phone)
    talked(last, by=people.alice, at=now - timedelta(days=6))
    page = shown(phone)
    assert "You and Alice talked about this on Thursday" in page
    assert "“The message I did not send.”" in page
    assert "Something long ago." not in page


def test_what_was_talked_about_long_ago_does_not_come_back_forever(
    sarah: Person, phone: Browser, people: People, lived: Lived, now: datetime
) -> None:
    (last,) = lived(sarah, [5], {1: "The message I did not send."})
    talked(last, by=people.alice, at=now - timedelta(weeks=5))
    assert "talked about this" not in shown(phone)


def acknowledged(person: Person, people: People, kind: Kind, now: datetime, **about: Any) -> None:
    signal = Signal.objects.create(
        clinic=person.client.clinic,
        participation=person.participation,
        kind=kind,
        since=now.date(),
        as_of=now.date(),
        raised_at=now,
        evidence={"probability": 0.987, "change": -2.5},
        **about,
    )
    Acknowledgement.objects.create(
        clinic=signal.clinic,
        client_id=person.client.pk,
        signal=signal,
        by=people.alice,
        kind=Acknowledgement.Kind.TALKED,
        at=now - timedelta(hours=2),
    )


def test_a_signal_that_was_talked_about_comes_back_without_a_number(
    sarah: Person, phone: Browser, people: People, now: datetime
) -> None:
    acknowledged(sarah, people, Kind.SETBACK, now, figure=sarah.figures["Daniel"], scale="security")
    page = shown(phone)
    assert "You and Alice talked today about how things are with Daniel." in page
    assert "setback" not in page
    assert "0.98" not in page


def test_and_without_a_figure_it_says_what_it_was_about(
    sarah: Person, phone: Browser, people: People, now: datetime
) -> None:
    acknowledged(sarah, people, Kind.ALLIANCE_DROP, now, scale="alliance")
    assert "You and Alice talked today about how you work together." in shown(phone)


@pytest.fixture
def couple(sarah: Person, people: People, now: datetime) -> Participation:
    """Sarah's couple course, with a check-in of its own open."""
    course = Course.objects.create(clinic=sarah.client.clinic, kind="couple", since=now - timedelta(weeks=60))
    part = Participation.objects.create(clinic=course.clinic, course=course, client=sarah.client)
    CareRelation.objects.create(clinic=course.clinic, participation=part, clinician=people.bob, since=course.since)
    plan = CheckInPlan.objects.create(
        clinic=course.clinic,
        participation=part,
        since=now - timedelta(weeks=4),
        zone="Europe/Berlin",
        weekday=3,
        reader=people.bob,
        reading_weekday=4,
        reading_time=sarah.plan.reading_time,
    )
    DueCheckIn.objects.create(
        clinic=course.clinic,
        plan=plan,
        participation=part,
        due_on=now.date(),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=6),
    )
    return part


def test_individual_and_couple_therapy_never_mix(
    sarah: Person, couple: Participation, sign_in: Any, lived: Lived, people: People, now: datetime
) -> None:
    (last,) = lived(sarah, [5], {1: "Only for Alice."})
    talked(last, by=people.alice, at=now)
    phone = sign_in(sarah.user)
    page = shown(phone)
    assert "This is about your individual therapy." in page
    assert "A check-in is there." in page
    assert "Only for Alice." in page
    phone.post(reverse("home:turn_to"), {"participation": couple.pk})
    page = shown(phone)
    assert "This is about your couple therapy." in page
    assert "Bob reads it" in page
    assert "Only for Alice." not in page
    assert "Only for Alice." not in phone.get(reverse("home:river")).content.decode()


def test_nobody_turns_to_a_course_that_is_not_theirs(sarah: Person, john: Person, sign_in: Any) -> None:
    phone = sign_in(john.user)
    assert phone.post(reverse("home:turn_to"), {"participation": sarah.participation.pk}).status_code == 404
    assert "Good evening, John." in shown(phone)


def test_whoever_is_nobodys_client_has_no_today(people: People, sign_in: Any) -> None:
    for user in vars(people).values():
        assert sign_in(user).get(TODAY).status_code == 404
    assert Browser().get(TODAY).url.startswith("/account/login/")


def test_it_is_one_row_in_the_access_log(sarah: Person, phone: Browser) -> None:
    phone.get(TODAY)
    (entry,) = AccessEntry.objects.filter(action="read")
    assert (entry.route, entry.actor, entry.subjects) == ("home:today", sarah.user.pk, [str(sarah.client.pk)])


def test_it_is_cheap_also_after_half_a_year(
    sarah: Person, phone: Browser, lived: Lived, people: People, now: datetime, django_assert_max_num_queries: Any
) -> None:
    sent = lived(sarah, [5, 6] * 13, dict.fromkeys(range(1, 27), "words"))
    for checkin in sent:
        read(checkin, people.alice, now)
        talked(checkin, by=people.alice, at=now)
    assert CheckIn.objects.count() == 26
    with django_assert_max_num_queries(14):
        phone.get(TODAY)
