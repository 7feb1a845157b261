"""Everybody in one's care, by name: sealed names are sorted and found after they were opened."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from mooring.people.models import Course, Participation
from mooring.privacy.models import AccessEntry
from tests.caseload.conftest import shown
from tests.cast import People, Person

pytestmark = pytest.mark.usefixtures("clock")
EVERYONE = "/caseload/everyone/"
Another = Callable[..., Participation]


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
    page = shown(alice, f"{EVERYONE}?find={wanted}")
    assert "Zoë" in page
    assert "Sarah" not in page


def test_nobody_found_is_said(alice: Browser, sarah: Person) -> None:
    assert "Nobody of that name is in your care." in shown(alice, f"{EVERYONE}?find=nobody")


def test_nobody_elses_clients_are_found(alice: Browser, people: People, another: Another) -> None:
    another("Bruno", "B-1", clinician=people.bob)
    assert "Bruno</span>" not in shown(alice, f"{EVERYONE}?find=bruno")


def test_those_whose_course_ended_come_last_and_say_so(
    alice: Browser, sarah: Person, another: Another, now: datetime
) -> None:
    adam = another("Adam", "A-1")
    Course.objects.filter(pk=adam.course_id).update(until=now - timedelta(days=1))
    page = shown(alice, EVERYONE)
    assert in_order(page, "Sarah L.", "Adam")
    assert "A-1, ended" in page


def test_typing_answers_with_the_list_alone(alice: Browser, sarah: Person) -> None:
    answer = shown(alice, f"{EVERYONE}?find=sa", hx_request="true")
    assert answer.startswith('<div id="everyone">')
    assert "Sarah L." in answer


def test_only_those_who_are_shown_are_written_down(alice: Browser, sarah: Person, john: Person) -> None:
    before = AccessEntry.objects.count()
    shown(alice, f"{EVERYONE}?find=sarah")
    (entry,) = AccessEntry.objects.all()[before:]
    assert entry.subjects == [str(sarah.client.pk)]
