"""Staff read other people's answers: nothing opens before a second factor, and its secrets are sealed."""

import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import connection
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

from mooring.web.second_factor import OPEN_ROUTES
from tests.cast import PASSWORD, People, Person
from tests.web.conftest import SignIn, digits_of

INDEX = "/account/second-factor/"
TOTP = "/account/second-factor/totp/activate/"


def routes(
    resolver: URLResolver | None = None, within: str = "", given: dict[str, Any] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """Every named route with something in place of its arguments."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        filled = {**(given or {}), **stand_ins(entry.pattern)}
        if isinstance(entry, URLResolver):
            found += routes(entry, f"{within}{entry.namespace}:" if entry.namespace else within, filled)
        elif isinstance(entry, URLPattern) and entry.name:
            found.append((within + entry.name, filled))
    return found


def stand_ins(pattern: Any) -> dict[str, Any]:
    # The links in mails are regular expressions, which have groups in place of converters.
    return {name: stand_in(pattern.converters.get(name)) for name in pattern.regex.groupindex}


def stand_in(converter: object) -> object:
    if isinstance(converter, IntConverter):
        return 1
    return uuid.UUID(int=0) if isinstance(converter, UUIDConverter) else "a-b"


def confirmed(browser: Browser) -> Browser:
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    return browser


def test_every_page_leads_staff_to_its_set_up(people: People, with_password: SignIn) -> None:
    browser = with_password(people.alice)
    shut = [(name, filled) for name, filled in routes() if name not in OPEN_ROUTES]
    assert len(shut) > 10
    for name, filled in shut:
        answer = browser.get(reverse(name, kwargs=filled))
        assert (name, answer.headers.get("Location")) == (name, INDEX)


def test_set_up_says_why(people: People, with_password: SignIn) -> None:
    page = with_password(people.alice).get(INDEX).content.decode()
    assert "You read other people’s answers" in page


def test_a_client_may_do_without(sarah: Person, with_password: SignIn) -> None:
    browser = with_password(sarah.user)
    assert browser.get("/account/password/change/").status_code == 200
    assert "It is up to you" in browser.get(INDEX).content.decode()


def test_who_has_left_the_clinic_is_no_staff(people: People, with_password: SignIn) -> None:
    assert with_password(people.gil).get("/account/password/change/").status_code == 200


def test_changing_factors_asks_for_the_password_again(people: People, with_password: SignIn) -> None:
    answer = with_password(people.alice).get(TOTP)
    assert answer.headers["Location"].startswith("/account/reauthenticate/")


@pytest.fixture
def set_up(people: People, with_password: SignIn) -> tuple[Browser, str]:
    """Alice with an authenticator app, and the app's key."""
    browser = confirmed(with_password(people.alice))
    secret = browser.get(TOTP).context["form"].secret
    answer = browser.post(TOTP, {"code": digits_of(secret)})
    assert answer.headers["Location"] == "/account/second-factor/recovery-codes/"
    return browser, secret


def test_an_app_is_set_up_and_the_rest_opens(set_up: tuple[Browser, str]) -> None:
    browser, _ = set_up
    assert browser.get("/account/password/change/").status_code == 200


def test_a_wrong_code_sets_nothing_up(people: People, with_password: SignIn) -> None:
    browser = confirmed(with_password(people.alice))
    right = digits_of(browser.get(TOTP).context["form"].secret)
    answer = browser.post(TOTP, {"code": f"{(int(right) + 500_000) % 1_000_000:06d}"})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_the_key_cannot_be_read_in_the_database(set_up: tuple[Browser, str]) -> None:
    _, secret = set_up
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        rows = [str(row) for row in cursor.fetchall()]
    assert len(rows) == 2  # the app, and the recovery codes that came with it
    assert not any(secret in row for row in rows)
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert not any(decrypt(seed) in row for row in rows)
    # Sealed, not lost: the app still opens the account.
    assert Authenticator.objects.get(type="totp").wrap().validate_code(digits_of(secret))


def test_the_app_is_asked_for_at_the_next_sign_in(
    set_up: tuple[Browser, str], people: People, with_password: SignIn
) -> None:
    browser = with_password(people.alice)
    assert "_auth_user_id" not in browser.session
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser.post("/account/second-factor/authenticate/", {"code": codes[0]})
    assert browser.session["_auth_user_id"] == str(people.alice.pk)


def test_a_recovery_code_opens_once(set_up: tuple[Browser, str], people: People, with_password: SignIn) -> None:
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    for opens in (True, False):
        browser = with_password(people.alice)
        browser.post("/account/second-factor/authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in browser.session) is opens


def test_the_key_is_shown_as_words_too(people: People, with_password: SignIn) -> None:
    page = confirmed(with_password(people.alice)).get(TOTP)
    shown = page.content.decode().split('class="secret"')[1].split("</p>")[0].split(">", 1)[1]
    assert shown.replace(" ", "") == page.context["form"].secret


def test_a_passkey_can_be_added(people: People, with_password: SignIn) -> None:
    page = confirmed(with_password(people.alice)).get("/account/second-factor/webauthn/add/")
    assert page.status_code == 200
    assert page.context["js_data"]["creation_options"]["publicKey"]["rp"]["id"] == "testserver"


@pytest.mark.parametrize("path", ["", "totp/activate/", "webauthn/", "webauthn/add/", "recovery-codes/generate/"])
def test_a_stranger_sees_no_factor(path: str, db: None) -> None:
    answer = Browser().get(INDEX + path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


def test_recovery_codes_alone_are_no_factor(people: People, with_password: SignIn) -> None:
    Authenticator.objects.create(user=people.alice, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x"})
    browser = Browser()
    browser.force_login(people.alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get(reverse("caseload:caseload")).headers["Location"] == INDEX


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}, {"x-requested-with": "XMLHttpRequest"}])
def test_no_way_of_asking_goes_round_it(
    method: str, headers: dict[str, str], people: People, sarah: Person, with_password: SignIn
) -> None:
    browser = with_password(people.alice)
    for route, parts in (("caseload:caseload", []), ("caseload:brief", [sarah.participation.pk])):
        answer = getattr(browser, method)(reverse(route, args=parts), headers=headers)
        assert answer.headers["Location"] == INDEX
        assert b"Sarah" not in answer.content
