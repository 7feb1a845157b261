"""An address or a form that mixes two people, both of whom one may read, changes nothing of either."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.checkins.models import CheckInPlan, Conversation, DueCheckIn
from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation
from mooring.relationships.models import Figure, Fit
from tests.cast import People, Person
from tests.checkins.answering import security, send
from tests.clock import clock

__all__ = ["clock"]
pytestmark = pytest.mark.usefixtures("clock")
PLAN = {"every_weeks": "1", "weekday": "3", "reading_weekday": "3", "reading_time": "16:50"}


@pytest.fixture
def alice(people: People, sign_in: Any) -> Browser:
    browser: Browser = sign_in(people.alice)
    return browser


def test_ones_check_in_is_not_talked_about_under_the_others_name(
    alice: Browser, sarah: Person, john: Person, now: datetime
) -> None:
    his = send(john, security(john, 5), at=now - timedelta(days=1), topic="Mine").checkin
    address = reverse("caseload:talked", args=[sarah.participation.pk, his.pk])
    assert alice.post(address).status_code == 404
    assert not Conversation.objects.exists()


def test_ones_figure_is_not_asked_about_in_the_others_plan(alice: Browser, sarah: Person, john: Person) -> None:
    his = john.figures["Claire"]
    answer = alice.post(reverse("caseload:plan", args=[sarah.participation.pk]), {**PLAN, "security_figure": his.pk})
    assert answer.status_code == 422
    sarah.plan.refresh_from_db()
    assert sarah.plan.security_figure == sarah.figures["Daniel"]


def test_asking_about_ones_figures_leaves_the_others_alone(alice: Browser, sarah: Person, john: Person) -> None:
    Figure.objects.filter(client=john.client).update(asked=False)
    his, hers = john.figures["Claire"], sarah.figures["Mum"]
    alice.post(reverse("caseload:figures", args=[sarah.participation.pk]), {"asked": [his.pk, hers.pk]})
    assert not Figure.objects.filter(client=john.client, asked=True).exists()
    assert list(Figure.objects.filter(client=sarah.client, asked=True)) == [hers]


def test_a_client_says_nothing_about_somebody_elses_figure(sarah: Person, john: Person, sign_in: Any) -> None:
    given = {"answer": "fits", "anxiety": "same", "avoidance": "same"}
    his = john.figures["Claire"]
    assert sign_in(sarah.user).post(reverse("home:fit", args=[his.pk]), given).status_code == 404
    for route in ("home:river", "home:people"):
        assert sign_in(sarah.user).get(reverse(route, args=[his.pk])).status_code == 404
    assert not Fit.objects.exists()


def test_partners_in_a_course_do_not_reach_each_other(
    clinic: Clinic, people: People, sarah: Person, john: Person, sign_in: Any, now: datetime
) -> None:
    course = Course.objects.create(clinic=clinic, kind=Course.Kind.COUPLE, since=now - timedelta(weeks=2))
    parts = {}
    for person in (sarah, john):
        part = Participation.objects.create(clinic=clinic, course=course, client=person.client)
        CareRelation.objects.create(clinic=clinic, participation=part, clinician=people.alice, since=course.since)
        plan = CheckInPlan.objects.create(
            clinic=clinic, participation=part, since=course.since, zone="Europe/Berlin", weekday=3,
            reader=people.alice, reading_weekday=3, reading_time=person.plan.reading_time,
        )  # fmt: skip
        due = DueCheckIn.objects.create(
            clinic=clinic, plan=plan, participation=part, due_on=now.date(),
            opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=5),
        )  # fmt: skip
        parts[person.user.pk] = (part, due)
    hers, her_due = parts[sarah.user.pk]
    phone = sign_in(john.user)
    for method in (phone.get, phone.post):
        for route in ("checkins:checkin", "checkins:topic", "checkins:decline", "checkins:after_all"):
            answer = method(reverse(route, args=[her_due.pk]))
            assert answer.status_code in {404, 405}
            assert b"Sarah" not in answer.content
    assert phone.post(reverse("home:turn_to"), {"participation": hers.pk}).status_code == 404
    assert b"Sarah" not in phone.get(reverse("home:today")).content
    her_due.refresh_from_db()
    assert her_due.declined_at is None


def test_a_clinician_of_one_half_does_not_see_the_other(
    clinic: Clinic, people: People, sarah: Person, john: Person, sign_in: Any, now: datetime
) -> None:
    course = Course.objects.create(clinic=clinic, kind=Course.Kind.COUPLE, since=now - timedelta(weeks=2))
    hers = Participation.objects.create(clinic=clinic, course=course, client=sarah.client)
    his = Participation.objects.create(clinic=clinic, course=course, client=john.client)
    CareRelation.objects.create(clinic=clinic, participation=hers, clinician=people.bob, since=course.since)
    desk = sign_in(people.bob)
    page = desk.get(reverse("caseload:case", args=[hers.pk])).content.decode()
    assert "Sarah L." in page
    assert "John" not in page
    assert str(his.pk) not in page
    # Nor the same person's other course: care is for a part in a course.
    assert desk.get(reverse("caseload:case", args=[sarah.participation.pk])).status_code == 404


def test_care_in_a_clinic_one_has_left_is_no_care(
    clinic: Clinic, other_clinic: Clinic, people: People, sarah: Person, sign_in: Any, now: datetime
) -> None:
    """Gil works at the other clinic now, and nobody ended his care here."""
    Membership.objects.create(clinic=other_clinic, user=people.gil, role="clinician", since=now - timedelta(days=3))
    desk = sign_in(people.gil)
    assert b"Sarah" not in desk.get(reverse("caseload:everyone")).content
    assert desk.get(reverse("caseload:brief", args=[sarah.participation.pk])).status_code == 404


def test_a_care_relation_that_names_the_wrong_clinic_gives_nothing(
    other_clinic: Clinic, people: People, sarah: Person, sign_in: Any, now: datetime
) -> None:
    CareRelation.objects.create(
        clinic=other_clinic, participation=sarah.participation, clinician=people.dana, since=now - timedelta(days=3)
    )
    desk = sign_in(people.dana)
    assert b"Sarah" not in desk.get(reverse("caseload:everyone")).content
    assert desk.get(reverse("caseload:case", args=[sarah.participation.pk])).status_code == 404


def test_access_ends_within_a_session(people: People, sarah: Person, sign_in: Any, now: datetime) -> None:
    desk = sign_in(people.alice)
    case = reverse("caseload:case", args=[sarah.participation.pk])
    assert desk.get(case).status_code == 200
    Membership.objects.filter(user=people.alice).update(until=now)
    assert desk.get(case).status_code == 404
    Membership.objects.filter(user=people.alice).update(until=None)
    assert desk.get(case).status_code == 200
    people.alice.is_active = False
    people.alice.save()
    assert desk.get(case).status_code == 302
    assert Client.objects.visible_to(people.alice, now).count() == 0
