"""When somebody's key is destroyed, everybody else's pages go on; when the keyring is away, nothing is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mooring.checkins import drawing
from mooring.checkins.models import CheckIn, Draft
from mooring.people.joining import invite
from mooring.people.models import Invitation, User
from mooring.privacy.keyring import KeyringUnusable, keyring
from mooring.web import serving
from tests.cast import People, Person
from tests.checkins.answering import security, send
from tests.web.test_access import ROUTES, SECRETS, as_role, hers

__all__ = ["as_role", "hers"]
AsRole = Callable[[str], Any]
CLINICIANS = ("caseload:caseload", "caseload:everyone", "caseload:case", "caseload:brief", "caseload:plan")
CLIENTS = ("home:today", "home:river", "home:how_i_have_been", "home:people", "checkins:checkin", "crisis")


def address(route: str, parts: dict[str, Any]) -> str:
    return reverse(route, kwargs={part: parts[part] for part in ROUTES[route][1]})


@pytest.fixture
def erased(hers: dict[str, Any], as_role: AsRole, sarah: Person) -> dict[str, Any]:
    """Sarah's key is destroyed after everybody has looked at her pages."""
    for route in CLINICIANS:
        as_role("alice").get(address(route, hers))
    for route in CLIENTS:
        as_role("sarah").get(address(route, hers))
    keyring().destroy(sarah.client.pk)
    return hers


@pytest.mark.parametrize("route", CLINICIANS)
def test_a_clinicians_pages_go_on_without_an_erased_person(route: str, erased: dict[str, Any], as_role: AsRole) -> None:
    for extra in ("", f"?open={erased['participation']}", f"?open={erased['signal']}"):
        response = as_role("alice").get(address(route, erased) + extra)
        page = response.content.decode()
        assert response.status_code == 200, extra
        assert not any(secret in page for secret in SECRETS)
        assert "[erased]" in page
    if route == "caseload:everyone":
        assert "John L." in page


def test_nobody_is_asked_what_an_erased_person_meant(erased: dict[str, Any], as_role: AsRole) -> None:
    page = as_role("alice").get(address("caseload:brief", erased)).content.decode()
    assert "They wrote nothing" not in page
    assert "“[erased]”" in page
    assert '<q class="words">[erased]' not in page


@pytest.mark.parametrize("route", CLIENTS)
def test_their_own_pages_open_without_words(route: str, erased: dict[str, Any], as_role: AsRole) -> None:
    response = as_role("sarah").get(address(route, erased))
    assert response.status_code == 200
    assert not any(secret in response.content.decode() for secret in SECRETS)


def test_a_greeting_leaves_the_name_out(erased: dict[str, Any], as_role: AsRole) -> None:
    page = as_role("sarah").get(address("home:today", erased)).content.decode()
    assert "[erased]" not in page.split("<h1>")[1].split("</h1>")[0]


def test_nothing_can_be_added_to_an_erased_person(erased: dict[str, Any], as_role: AsRole, sarah: Person) -> None:
    before = CheckIn.objects.count()
    response = as_role("sarah").post(address("checkins:checkin", erased))
    assert response.status_code == 410
    assert "These texts were erased" in response.content.decode()
    figure = as_role("alice").post(address("caseload:figure", erased), {"kind": "friend", "name": "Noor"})
    assert figure.status_code == 410
    assert (CheckIn.objects.count(), Draft.objects.count(), len(sarah.figures)) == (before, 0, 5)


def test_an_invitation_into_an_erased_record_opens_no_account(sarah: Person, client: Any) -> None:
    sarah.client.user = None
    sarah.client.save()
    secret = invite(sarah.client.clinic, "new@example.org", at=timezone.now(), client=sarah.client).secret
    keyring().destroy(sarah.client.pk)
    given = {"name": "New", "password": "a quiet harbour at dawn", "consent": "on"}
    page = client.post(reverse("join", args=[secret]), given).content.decode()
    assert "Please ask your clinic" in page
    assert not User.objects.filter(email="new@example.org").exists()
    assert Invitation.objects.get().accepted_at is None


def test_no_picture_with_their_words_stays_in_memory(hers: dict[str, Any], as_role: AsRole, sarah: Person) -> None:
    for route in ("home:people", "home:river"):
        as_role("sarah").get(address(route, hers))
    assert drawing._drawn.cache_info().currsize > 1
    keyring().destroy(sarah.client.pk)
    as_role("sarah").get(address("home:people", hers))
    # The one that was drawn since, and nothing from before.
    assert drawing._drawn.cache_info().currsize == 1


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_the_keyring_a_page_says_so_and_nothing_is_stored(
    damage: str, hers: dict[str, Any], as_role: AsRole, tmp_path: Path
) -> None:
    as_role("sarah").post(address("checkins:checkin", hers))
    before, browsers = CheckIn.objects.count(), {role: as_role(role) for role in ("sarah", "alice")}
    kept = keyring().path.rename(tmp_path / "kept")
    if damage == "damaged":
        keyring().path.write_bytes(b"no keyring" * 500)
    for role, route in (("sarah", "home:today"), ("alice", "caseload:caseload"), ("alice", "caseload:brief")):
        response = browsers[role].get(address(route, hers))
        page = response.content.decode()
        assert response.status_code == 503
        assert "Texts cannot be opened right now" in page
        assert reverse("crisis") in page
        assert "keyring" not in page
    assert browsers["sarah"].post(address("checkins:topic", hers), {"topic": "Hear me"}).status_code == 503
    assert browsers["sarah"].get(reverse("crisis")).status_code == 200
    assert CheckIn.objects.count() == before
    keyring().path.unlink(missing_ok=True)
    kept.rename(keyring().path)
    sent = browsers["sarah"].post(address("checkins:topic", hers), {"topic": "Hear me"})
    assert sent.status_code == 302
    assert CheckIn.objects.in_order().last().topic == "Hear me"


def test_a_clinic_does_not_start_without_its_keyring(people: People, tmp_path: Path) -> None:
    keyring().path.rename(tmp_path / "away")
    with pytest.raises(KeyringUnusable, match="MOORING_KEYRING"):
        serving.prepare_database(lambda _: None)
    assert not keyring().path.exists()


def test_a_new_installation_begins_a_keyring(db: None, tmp_path: Path, settings: Any) -> None:
    settings.MOORING_KEYRING = tmp_path / "new" / "keyring.sqlite3"
    serving.prepare_database(lambda _: None)
    keyring().require()


def test_a_start_with_an_older_keyring_says_how_many_are_missing(people: People, sarah: Person, tmp_path: Path) -> None:
    told: list[str] = []
    older = tmp_path / "older"
    older.write_bytes(keyring().path.read_bytes())
    joined = User.objects.create_user("late@example.org", name="Late")
    older.replace(keyring().path)
    serving.prepare_database(told.append)
    assert f"lacks the keys of 1 of {User.objects.count() + 1} people" in told[0]
    assert User.objects.get(pk=joined.pk).name == "[cannot be read]"
    assert User.objects.get(pk=people.alice.pk).name == "Alice"


def test_a_river_leaves_erased_words_out(sarah: Person, as_role: AsRole, now: datetime) -> None:
    for week in range(6):
        send(sarah, security(sarah, 5), at=now - timedelta(weeks=6 - week), topic=f"The letter {week}")
    assert "The letter 5" in as_role("sarah").get(reverse("home:river")).content.decode()
    keyring().destroy(sarah.client.pk)
    page = as_role("sarah").get(reverse("home:river")).content.decode()
    assert "The letter" not in page
    assert "“[erased]”" not in page
