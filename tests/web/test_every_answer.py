"""What holds for every address: no post without its token, no page in a frame, in a cache or with foreign scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.cast import People, Person
from tests.web.test_access import ACCOUNT, ROUTES, as_role, hers

__all__ = ["as_role", "hers"]
PARTS = {
    "account_confirm_email": {"key": "x"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "x"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
}


@pytest.fixture
def addresses(hers: dict[str, Any]) -> dict[str, str]:
    own = {route: reverse(route, kwargs={part: hers[part] for part in parts}) for route, (_, parts) in ROUTES.items()}
    return own | {route: reverse(route, kwargs=PARTS.get(route, {})) for route in ACCOUNT}


@pytest.mark.parametrize("who", ["sarah", "alice", "nobody"])
def test_no_post_without_its_token(who: str, addresses: dict[str, str], sarah: Person, people: People) -> None:
    browser = Browser(enforce_csrf_checks=True)
    if who != "nobody":
        user = sarah.user if who == "sarah" else people.alice
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.get(reverse("account_login"))
    for given in ({}, {"csrfmiddlewaretoken": "a" * 32}, {"csrfmiddlewaretoken": "\x00"}):
        for route, address in addresses.items():
            status = browser.post(address, given, headers={"x-csrftoken": "b" * 64}).status_code
            # The quick exit leads away in any case: see web.views.leave.
            assert status == (302 if route == "leave" else 403), route


@pytest.mark.parametrize("who", ["sarah", "alice", "nobody"])
@pytest.mark.parametrize("method", ["get", "options"])
def test_every_answer_is_closed(
    who: str, method: str, addresses: dict[str, str], as_role: Callable[[str], Any]
) -> None:
    browser = as_role(who)
    for route, address in {**addresses, "nowhere": "/no/such/page/"}.items():
        answer = getattr(browser, method)(address)
        assert answer.status_code < 500, route
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, route
        assert "frame-ancestors 'none'" in policy, route
        assert "unsafe" not in policy, route
        assert answer["X-Frame-Options"] == "DENY", route
        assert answer["X-Content-Type-Options"] == "nosniff", route
        assert answer["Referrer-Policy"] == "same-origin", route
        assert answer["Cache-Control"] == "no-store", route
        for cookie in answer.cookies.values():
            assert cookie["samesite"] == "Lax", route
            assert cookie["httponly"] or cookie.key == "csrftoken" or not cookie.value, route


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("route", ["account_login", "account_logout", "account_reauthenticate", "home:today", "front"])
def test_no_address_leads_elsewhere(elsewhere: str, route: str, sarah: Person, as_role: Callable[[str], Any]) -> None:
    for browser in (as_role("sarah"), Browser()):
        given = {"login": sarah.user.email, "password": "a quiet harbour at dawn", "next": elsewhere}
        for answer in (browser.get(reverse(route), {"next": elsewhere}), browser.post(reverse(route), given)):
            assert "evil.example" not in answer.headers.get("Location", "").partition("?")[0]
            assert not answer.headers.get("Location", "").startswith("javascript")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", ""])
def test_another_host_is_refused(host: str, db: None) -> None:
    answer = Browser().get(reverse("account_login"), headers={"host": host, "x-forwarded-host": "localhost"})
    assert answer.status_code == 400
