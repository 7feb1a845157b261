"""What an invitation must not do: open another's account, tell its password, be used twice, or break."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from mooring.people import joining
from mooring.people.models import Client, Clinic, Invitation, Membership, User
from tests.cast import PASSWORD, People, Person

FORM = {"name": "Nora", "password": PASSWORD, "zone": "Europe/Berlin", "consent": "on"}


@pytest.fixture
def today() -> datetime:
    """The views ask the clock, so an invitation has to be of today."""
    return timezone.now()


@pytest.fixture
def record(clinic: Clinic) -> Client:
    return Client.objects.create(clinic=clinic, code="C-N", name="Nora K.")


def join(secret: str, browser: Browser | None = None, **changed: str) -> Any:
    return (browser or Browser()).post(f"/join/{secret}/", {**FORM, **changed})


def test_tries_of_a_known_accounts_password_are_counted(people: People, record: Client, today: datetime) -> None:
    """Whoever invites a colleague holds a link for their address: it must not be a way round the sign-in's limit."""
    secret = joining.invite(record.clinic, people.bob.email, at=today, client=record).secret
    for number in range(5):
        assert "not the password" in join(secret, password=f"a guess, number {number}").content.decode()
    assert "Too many tries" in join(secret).content.decode()
    record.refresh_from_db()
    assert record.user is None


def test_the_tries_count_together_with_those_of_the_sign_in(people: People, record: Client, today: datetime) -> None:
    secret = joining.invite(record.clinic, people.bob.email, at=today, client=record).secret
    for number in range(5):
        join(secret, password=f"a guess, number {number}")
    answer = Browser().post("/account/login/", {"login": people.bob.email, "password": PASSWORD})
    assert "Too many tries" in answer.content.decode()


def test_someone_with_an_account_is_not_signed_in_by_a_link(people: People, record: Client, today: datetime) -> None:
    """Their second factor would be passed by."""
    secret = joining.invite(record.clinic, people.bob.email, at=today, client=record).secret
    browser = Browser()
    assert join(secret, browser).headers["Location"] == "/account/login/"
    assert "_auth_user_id" not in browser.session


def test_an_account_that_came_to_be_meanwhile_is_not_signed_in_either(
    record: Client, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = joining.invite(record.clinic, "nora@example.org", at=today, client=record).secret
    known, asked = joining.account_of, []

    def late(email: str) -> User | None:
        asked.append(email)
        if len(asked) == 1:
            User.objects.create_user(email, PASSWORD, name="Nora")
            return None
        return known(email)

    monkeypatch.setattr(joining, "account_of", late)
    browser = Browser()
    assert join(secret, browser).headers["Location"] == "/account/login/"
    assert "_auth_user_id" not in browser.session


def test_a_closed_account_gains_nothing(people: People, other_clinic: Clinic, today: datetime) -> None:
    secret = joining.invite(other_clinic, people.bob.email, at=today, role=Membership.Role.CLINICIAN).secret
    User.objects.filter(pk=people.bob.pk).update(is_active=False)
    assert "not the password" in join(secret).content.decode()
    assert not Membership.objects.filter(clinic=other_clinic, user=people.bob).exists()
    with pytest.raises(joining.InvitationUnusable):
        joining.accept(secret, name="Bob", password=PASSWORD, zone="UTC", at=today)


def test_one_account_opens_one_record_of_a_clinic(sarah: Person, record: Client, today: datetime) -> None:
    secret = joining.invite(record.clinic, sarah.user.email, at=today, client=record).secret
    answer = join(secret)
    assert answer.status_code == 200
    assert "another record of this clinic" in answer.content.decode()
    record.refresh_from_db()
    assert record.user is None
    assert Invitation.objects.get().accepted_at is None


def test_an_address_that_somebody_added_to_their_account_is_theirs(
    people: People, other_clinic: Clinic, today: datetime
) -> None:
    EmailAddress.objects.create(user=people.bob, email="bob@home.example", verified=True)
    secret = joining.invite(other_clinic, "bob@home.example", at=today, role=Membership.Role.CLINICIAN).secret
    assert join(secret, password="somebody else's password").status_code == 200
    assert join(secret).headers["Location"] == "/account/login/"
    assert Membership.objects.filter(clinic=other_clinic, user=people.bob).count() == 1
    assert not User.objects.filter(email="bob@home.example").exists()


def test_a_link_that_was_taken_back_does_not_open_though_it_was_found_before(
    record: Client, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = joining.invite(record.clinic, "nora@example.org", at=today, client=record).secret
    found = joining.find(secret, today)
    Invitation.objects.update(expires_at=today)
    monkeypatch.setattr(joining, "find", lambda *_: found)
    with pytest.raises(joining.InvitationUnusable, match="too old"):
        joining.accept(secret, name="Nora", password=PASSWORD, zone="UTC", at=today + timedelta(seconds=1))


def test_whoever_is_signed_in_as_somebody_else_becomes_the_new_one(
    people: People, record: Client, sign_in: Any, today: datetime
) -> None:
    secret = joining.invite(record.clinic, "nora@example.org", at=today, client=record).secret
    browser = sign_in(people.bob)
    before = browser.session.session_key
    join(secret, browser)
    assert browser.session["_auth_user_id"] == str(User.objects.get(email="nora@example.org").pk)
    assert browser.session.session_key != before


def test_a_program_that_only_looks_at_a_link_may(record: Client, today: datetime) -> None:
    secret = joining.invite(record.clinic, "nora@example.org", at=today, client=record).secret
    assert Browser().head(f"/join/{secret}/").status_code == 200


@pytest.mark.usefixtures("real_transactions")
def test_six_at_once_make_one_account(clinic: Clinic, record: Client, today: datetime) -> None:
    secret = joining.invite(clinic, "nora@example.org", at=today, client=record).secret
    start = Barrier(6)

    def one(number: int) -> str:
        try:
            start.wait()
            joining.accept(secret, name=f"Nora {number}", password=f"{PASSWORD} {number}", zone="UTC", at=today)
        except joining.InvitationUnusable:
            return "refused"
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert sorted(answers) == ["in", *["refused"] * 5]
    assert User.objects.count() == 1
