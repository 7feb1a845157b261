"""What my answers are for: said yes to, taken back, and nothing assumed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.people.models import Client
from mooring.privacy import consent
from mooring.privacy.models import AccessEntry, ConsentEvent
from tests.cast import Person
from tests.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")
PAGE = "/agreements/"
QUALITY, RESEARCH = ConsentEvent.Purpose.QUALITY, ConsentEvent.Purpose.RESEARCH


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    return sign_in(sarah.user)


def words(browser: Browser) -> str:
    return " ".join(browser.get(PAGE).content.decode().split())


def asked(sarah: Person) -> list[ConsentEvent]:
    return list(ConsentEvent.objects.filter(subject=sarah.client.pk, purpose__in=[QUALITY, RESEARCH]).order_by("at"))


def test_nothing_said_is_a_no(phone: Browser, sarah: Person, now: datetime) -> None:
    assert words(phone).count("Not agreed. Nothing changes for you if it stays so.") == 2
    assert not consent.in_force(QUALITY, sarah.client.pk, now)


def test_a_yes_is_for_one_purpose_and_names_its_wording(
    phone: Browser, sarah: Person, clock: Clock, now: datetime
) -> None:
    phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": "1991"})
    (event,) = asked(sarah)
    assert (event.purpose, event.action, event.text_version) == ("quality", "given", "quality-2026-11-c")
    assert event.actor == sarah.user.pk
    assert consent.in_force(QUALITY, sarah.client.pk, now)
    assert not consent.in_force(RESEARCH, sarah.client.pk, now)
    told = Client.objects.get(pk=sarah.client.pk)
    assert (told.gender, told.birth_year) == ("woman", "1991")
    assert "Agreed on 13 May 2026." in words(phone)


def test_a_double_tap_is_one_yes(phone: Browser, sarah: Person) -> None:
    for _ in range(2):
        phone.post(PAGE, {"purpose": "research", "given": "yes"})
    assert len(asked(sarah)) == 1


def test_taking_it_back_takes_what_was_told_for_it(phone: Browser, sarah: Person, clock: Clock, now: datetime) -> None:
    phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": "1991"})
    clock.at = now.replace(hour=19)
    phone.post(PAGE, {"purpose": "quality", "given": "no"})
    assert [event.action for event in asked(sarah)] == ["given", "withdrawn"]
    assert not consent.in_force(QUALITY, sarah.client.pk, clock.at)
    assert (Client.objects.get(pk=sarah.client.pk).gender, Client.objects.get(pk=sarah.client.pk).birth_year) == (
        "",
        "",
    )


def test_taking_one_back_says_nothing_of_the_other(phone: Browser, clock: Clock, now: datetime) -> None:
    for purpose in ("quality", "research"):
        phone.post(PAGE, {"purpose": purpose, "given": "yes"})
    clock.at = now.replace(hour=19)
    first = phone.post(PAGE, {"purpose": "research", "given": "no"}, follow=True).content.decode()
    assert "What else you agreed to stands" in first
    assert "for your therapy alone" not in first
    second = phone.post(PAGE, {"purpose": "quality", "given": "no"}, follow=True).content.decode()
    assert "for your therapy alone" in second


def test_a_yes_to_an_earlier_wording_stands_and_the_new_one_is_asked(
    phone: Browser, sarah: Person, clock: Clock, now: datetime
) -> None:
    consent.express(
        consent.Action.GIVEN,
        QUALITY,
        subject=sarah.client.pk,
        clinic=sarah.client.clinic_id,
        text_version="quality-2026-11-b",
        actor=sarah.user.pk,
        at=now - timedelta(days=2),
    )
    page = words(phone)
    assert (
        "On 11 May 2026 you agreed to less than this says now. That stands; the rest only if you agree again." in page
    )
    assert "Take it back" in page
    phone.post(PAGE, {"purpose": "quality", "given": "yes"})
    assert [event.text_version for event in asked(sarah)] == ["quality-2026-11-b", "quality-2026-11-c"]
    assert "agreed to less" not in words(phone)
    phone.post(PAGE, {"purpose": "quality", "given": "yes"})
    assert len(asked(sarah)) == 2


def test_what_was_told_is_seen_and_corrected_while_the_yes_stands(phone: Browser, sarah: Person) -> None:
    phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": "1991"})
    assert 'value="1991"' in words(phone)
    phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": "1992"})
    assert Client.objects.get(pk=sarah.client.pk).birth_year == "1992"
    assert len(asked(sarah)) == 1


def test_what_is_wrong_is_said_where_it_was_written_alone(phone: Browser) -> None:
    page = phone.post(PAGE, {"purpose": "research", "given": "yes", "birth_year": "91"}).content.decode()
    assert page.count("four digits") == 1
    assert page.index("research") < page.index("four digits")


@pytest.mark.parametrize("year", ["91", "2025", "1700", "abc", "1e3", "19911", "-1"])
def test_an_impossible_year_is_refused_and_nothing_is_kept(phone: Browser, sarah: Person, year: str) -> None:
    answer = phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": year})
    assert answer.status_code == 422
    assert "four digits" in answer.content.decode()
    assert asked(sarah) == []
    assert Client.objects.get(pk=sarah.client.pk).gender == ""


@pytest.mark.parametrize("posted", [{}, {"purpose": "care", "given": "no"}, {"purpose": "quality", "given": "maybe"}])
def test_another_purpose_or_word_changes_nothing(phone: Browser, sarah: Person, posted: dict[str, str]) -> None:
    assert phone.post(PAGE, posted).status_code == 422
    assert asked(sarah) == []


def test_it_stands_in_the_access_log_without_what_was_said(phone: Browser, sarah: Person) -> None:
    phone.post(PAGE, {"purpose": "quality", "given": "yes", "gender": "woman", "birth_year": "1991"})
    entry = AccessEntry.objects.get(action="agree")
    assert entry.subjects == [str(sarah.client.pk)]
    assert "woman" not in str(entry.detail)
