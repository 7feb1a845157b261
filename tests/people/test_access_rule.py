"""The one access rule: yourself, and whoever cares for you now as a member of that clinic."""

from datetime import datetime, timedelta

import pytest

from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation, User
from tests.cast import People, Person, clinic_of


def visible(user: User, at: datetime) -> set[str]:
    return {client.code for client in Client.objects.visible_to(user, at)}


def test_a_client_sees_themselves_only(sarah: Person, john: Person, now: datetime) -> None:
    assert visible(sarah.user, now) == {"C-S"}
    assert list(Participation.objects.visible_to(sarah.user, now)) == [sarah.participation]


def test_the_therapist_sees_whom_she_cares_for(sarah: Person, john: Person, people: People, now: datetime) -> None:
    assert visible(people.alice, now) == {"C-S", "C-J"}


@pytest.mark.parametrize("who", ["bob", "charlie", "dana", "frank", "gil", "olga"])
def test_nobody_else_sees_anything(sarah: Person, people: People, now: datetime, who: str) -> None:
    user = getattr(people, who)
    assert visible(user, now) == set()
    assert not Participation.objects.visible_to(user, now).exists()


def test_a_former_therapist_saw_her_while_it_lasted(sarah: Person, people: People, now: datetime) -> None:
    assert visible(people.frank, now - timedelta(days=8)) == {"C-S"}
    assert visible(people.frank, now - timedelta(days=7)) == set()


def test_a_deactivated_account_sees_nothing(sarah: Person, people: People, now: datetime) -> None:
    people.alice.is_active = False
    sarah.user.is_active = False
    assert visible(people.alice, now) == set()
    assert visible(sarah.user, now) == set()


def test_being_a_member_elsewhere_does_not_help(
    sarah: Person, people: People, other_clinic: Clinic, now: datetime
) -> None:
    # Gil still stands in a care relation at Quayside, where his membership ended; he works at Hillside now.
    clinic_of(people.gil, other_clinic, "clinician", now - timedelta(days=7))
    assert visible(people.gil, now) == set()


def test_a_care_relation_written_with_the_wrong_clinic_opens_nothing(
    sarah: Person, people: People, other_clinic: Clinic, now: datetime
) -> None:
    CareRelation.objects.create(
        clinic=other_clinic, participation=sarah.participation, clinician=people.dana, since=now
    )
    assert visible(people.dana, now) == set()


def test_an_administrator_in_a_care_relation_reads_nobody(sarah: Person, people: People, now: datetime) -> None:
    CareRelation.objects.create(
        clinic=sarah.client.clinic, participation=sarah.participation, clinician=people.olga, since=now
    )
    assert visible(people.olga, now) == set()


def test_a_supervisor_sees_whom_she_supervises(sarah: Person, people: People, now: datetime) -> None:
    Membership.objects.filter(user=people.bob).update(role="supervisor")
    CareRelation.objects.create(
        clinic=sarah.client.clinic,
        participation=sarah.participation,
        clinician=people.bob,
        capacity="supervisor",
        since=now,
    )
    assert visible(people.bob, now) == {"C-S"}


def test_partners_in_a_couple_course_do_not_see_each_other(sarah: Person, john: Person, now: datetime) -> None:
    course = Course.objects.create(clinic=sarah.client.clinic, kind="couple", since=now)
    for person in (sarah, john):
        Participation.objects.create(clinic=person.client.clinic, course=course, client=person.client)
    assert {p.client_id for p in Participation.objects.visible_to(sarah.user, now)} == {sarah.client.pk}
