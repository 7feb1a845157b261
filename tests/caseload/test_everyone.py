"""Everybody in one's care, by name: sealed names are sorted and found after they were opened."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.people.models import CareRelation, Client, Clinic, Course, Membership, Participation
from mooring.privacy.models import AccessEntry
from tests.caseload.conftest import shown, text
from tests.cast import People, Person

pytestmark = pytest.mark.usefixtures("clock")
EVERYONE = "/caseload/everyone/"
Another = Callable[..., Participation]


def found(browser: Browser, wanted: str, **headers: str) -> str:
    response = browser.post(EVERYONE, {"find": wanted}, headers=headers)
    assert response.status_code == 200
    return text(response)


def in_order(page: str, *names: str) -> bool:
    places = [page.index(name) for name in names]
    return places == sorted(places)


def test_names_are_sorted_without_regard_to_case_and_accents(alice: Browser, sarah: Person, another: Another) -> None:
    another("élodie", "E-1")
    another("Zoë", "Z-1")
    another("Adam", "A-1")
    page = shown(alice, EVERYONE)
    assert in_order(page, "Adam", "élodie", "Sarah L.", "Zoë")
    assert "4 people" in page
    assert "tomorrow 16:50" in page


@pytest.mark.parametrize("wanted", ["zoe", "ZOË", "oe", "z-1"])
def test_a_part_of_the_name_or_code_finds_them(alice: Browser, sarah: Person, another: Another, wanted: str) -> None:
    another("Zoë", "Z-1")
    page = found(alice, wanted)
    assert "Zoë" in page
    assert "Sarah" not in page


def test_nobody_found_is_said(alice: Browser, sarah: Person) -> None:
    assert "Nobody of that name is in your care." in found(alice, "nobody")


def test_whoever_has_no_clients_yet_is_not_told_of_a_name(people: People, sign_in: Any) -> None:
    page = shown(sign_in(people.bob), "/caseload/everyone/")
    assert "Nobody is in your care here yet." in page
    assert "of that name" not in page
    assert "0 people" not in page


def test_nobody_elses_clients_are_found(alice: Browser, people: People, another: Another) -> None:
    another("Bruno", "B-1", clinician=people.bob)
    assert "Bruno</span>" not in found(alice, "bruno")


def test_those_whose_course_ended_come_last_and_say_so(
    alice: Browser, sarah: Person, another: Another, now: datetime
) -> None:
    adam = another("Adam", "A-1")
    Course.objects.filter(pk=adam.course_id).update(until=now - timedelta(days=1))
    page = shown(alice, EVERYONE)
    assert in_order(page, "Sarah L.", "Adam")
    assert "A-1, ended" in page


def test_typing_answers_with_the_list_alone(alice: Browser, sarah: Person) -> None:
    answer = found(alice, "sa", hx_request="true")
    assert answer.startswith('<div id="everyone">')
    assert "Sarah L." in answer


def test_only_those_who_are_shown_are_written_down(alice: Browser, sarah: Person, john: Person) -> None:
    before = AccessEntry.objects.count()
    found(alice, "sarah")
    (entry,) = AccessEntry.objects.all()[before:]
    assert entry.subjects == [str(sarah.client.pk)]


def test_whom_one_looks_for_is_never_part_of_an_address(alice: Browser, sarah: Person) -> None:
    """It would stand in the browser's history, and in the log of the web server before us."""
    page = shown(alice, EVERYONE)
    (form,) = re.findall(r"<form[^>]*find.*?</form>", page)
    assert 'method="post"' in form
    assert "csrfmiddlewaretoken" in form
    assert "hx-get" not in form
    assert "Sarah" in shown(alice, f"{EVERYONE}?find=somebody-else")


def test_who_works_in_two_clinics_leaves_a_row_in_each(
    alice: Browser, people: People, sarah: Person, other_clinic: Clinic, now: datetime
) -> None:
    Membership.objects.create(clinic=other_clinic, user=people.alice, role="clinician", since=now - timedelta(days=1))
    client = Client.objects.create(clinic=other_clinic, code="H-1", name="Hilda")
    course = Course.objects.create(clinic=other_clinic, since=now - timedelta(days=1))
    hilda = Participation.objects.create(clinic=other_clinic, course=course, client=client)
    CareRelation.objects.create(
        clinic=other_clinic, participation=hilda, clinician=people.alice, since=now - timedelta(days=1)
    )
    before = AccessEntry.objects.count()
    assert "Hilda" in shown(alice, EVERYONE)
    written = {entry.clinic: entry.subjects for entry in AccessEntry.objects.all()[before:]}
    assert written == {sarah.client.clinic_id: [str(sarah.client.pk)], other_clinic.pk: [str(client.pk)]}
