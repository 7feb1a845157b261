"""An account begins with an invitation, and an invitation opens one account, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from mooring.people import joining
from mooring.people.models import Client, Clinic, Invitation, Membership, User
from mooring.privacy.models import ConsentEvent
from tests.cast import PASSWORD, People

FORM = {"name": "Nora", "password": PASSWORD, "zone": "Europe/Berlin", "consent": "on"}


@pytest.fixture
def today() -> datetime:
    """The views ask the clock, so an invitation has to be of today."""
    return timezone.now()


@pytest.fixture
def record(clinic: Clinic) -> Client:
    return Client.objects.create(clinic=clinic, code="C-N", name="Nora K.")


@pytest.fixture
def for_client(clinic: Clinic, record: Client, today: datetime) -> str:
    return joining.invite(clinic, "nora@example.org", at=today, client=record).secret


@pytest.fixture
def for_staff(clinic: Clinic, today: datetime) -> str:
    return joining.invite(clinic, "nora@example.org", at=today, role=Membership.Role.CLINICIAN).secret


def join(secret: str, browser: Browser | None = None, **changed: str) -> Any:
    data = {key: value for key, value in {**FORM, **changed}.items() if value}
    return (browser or Browser()).post(f"/join/{secret}/", data)


def test_a_client_joins_with_consent_and_is_signed_in(for_client: str, record: Client) -> None:
    browser = Browser()
    assert join(for_client, browser).headers["Location"] == "/home/"
    user = User.objects.get(email="nora@example.org")
    record.refresh_from_db()
    assert (record.user, record.first_name, user.zone) == (user, "Nora", "Europe/Berlin")
    assert browser.session["_auth_user_id"] == str(user.pk)
    consent = ConsentEvent.objects.get()
    assert (consent.subject, consent.purpose, consent.action) == (record.pk, "care", "given")
    assert not user.memberships.exists()


def test_without_consent_nothing_is_stored(for_client: str) -> None:
    answer = join(for_client, consent="")
    assert answer.status_code == 200
    assert "consent" in answer.context["form"].errors
    assert not User.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_staff_join_with_a_role_and_are_led_to_their_second_factor(for_staff: str, clinic: Clinic) -> None:
    browser = Browser()
    join(for_staff, browser)
    membership = Membership.objects.get()
    assert (membership.clinic, membership.role, membership.until) == (clinic, "clinician", None)
    assert browser.get("/").headers["Location"] == "/account/second-factor/"
    assert "consent" not in Browser().get(f"/join/{for_staff}/").content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"password": "short"}, "password"), ({"name": ""}, "name"), ({"zone": "Nowhere/Land"}, "zone")],
)
def test_a_fault_is_named_by_its_field_and_stores_nothing(changed: dict[str, str], field: str, for_client: str) -> None:
    answer = join(for_client, **changed)
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].errors[field][0] in answer.content.decode().replace("&#x27;", "'")
    assert not User.objects.exists()
    assert Invitation.objects.get().accepted_at is None


def test_a_link_opens_once(for_client: str) -> None:
    join(for_client)
    again = join(for_client, password="somebody else's words")
    assert again.status_code == 410
    assert "has been used" in again.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_two_that_read_the_same_link_make_one_account(for_staff: str, today: datetime) -> None:
    # Both have seen the form; the second one's answer arrives after the first one's.
    joining.find(for_staff, today)
    joining.accept(for_staff, name="Nora", password=PASSWORD, zone="UTC", at=today)
    with pytest.raises(joining.InvitationUnusable, match="has been used"):
        joining.accept(for_staff, name="Eve", password=PASSWORD, zone="UTC", at=today)
    assert Membership.objects.count() == User.objects.count() == 1


def test_an_old_link_does_not_open(clinic: Clinic, today: datetime) -> None:
    made = today - joining.VALID_FOR - timedelta(seconds=1)
    secret = joining.invite(clinic, "nora@example.org", at=made, role=Membership.Role.CLINICIAN).secret
    answer = join(secret)
    assert answer.status_code == 410
    assert "too old" in answer.content.decode()
    assert not User.objects.exists()


def test_an_unknown_link_does_not_open(db: None) -> None:
    answer = Browser().get("/join/made-up/")
    assert answer.status_code == 410
    assert "not one of ours" in answer.content.decode()


def test_the_secret_is_not_in_the_database(for_client: str) -> None:
    assert for_client not in str(Invitation.objects.values().get())


def test_someone_with_an_account_adds_a_clinic_to_it(people: People, other_clinic: Clinic, today: datetime) -> None:
    secret = joining.invite(other_clinic, "alice@example.org", at=today, role=Membership.Role.SUPERVISOR).secret
    wrong = join(secret, password="not her password")
    assert wrong.status_code == 200
    assert not people.alice.memberships.filter(clinic=other_clinic).exists()
    assert join(secret).headers["Location"] == "/account/login/"
    assert people.alice.memberships.get(clinic=other_clinic).role == "supervisor"
    people.alice.refresh_from_db()
    assert people.alice.name == "Alice"
