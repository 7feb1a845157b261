"""The quick exit works whatever state the page was in, and leaves no cookie of ours that says anything."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from tests.cast import People, Person

EXIT = "https://www.wikipedia.org/"


@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": "stale"}])
def test_a_page_that_stood_open_for_long_still_lets_one_leave(token: dict[str, str], sarah: Person) -> None:
    """In another tab somebody signed in again meanwhile, so this page's token is of no use any more."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(sarah.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    browser.get(reverse("home:today"))
    response = browser.post(reverse("leave"), token)
    assert (response.status_code, response["Location"]) == (302, EXIT)
    assert "_auth_user_id" not in browser.session


def test_no_cookie_is_left_that_tells_what_was_here(sarah: Person, people: People, sign_in: Any) -> None:
    browser = sign_in(people.alice)
    browser.post(reverse("caseload:read", args=[sarah.participation.pk]))
    assert "messages" in browser.cookies
    browser.get(reverse("crisis"))
    browser.post(reverse("caseload:read", args=[sarah.participation.pk]))
    browser.post(reverse("leave"))
    assert {name for name, cookie in browser.cookies.items() if cookie.value} <= {"sessionid"}
    assert browser.get(reverse("caseload:caseload")).status_code == 302


def test_what_is_said_once_never_stands_in_the_database(sarah: Person, people: People, sign_in: Any) -> None:
    browser = sign_in(people.alice)
    shown_at = timezone.now().isoformat()
    browser.post(reverse("caseload:read", args=[sarah.participation.pk]), {"shown_at": shown_at})
    assert "Sarah" not in str(dict(browser.session.items()))
    assert "Marked as read. Sarah" in browser.get(reverse("caseload:everyone")).content.decode()


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_only_a_press_leaves(method: str, sarah: Person, sign_in: Any) -> None:
    browser = sign_in(sarah.user)
    assert getattr(browser, method)(reverse("leave")).status_code == 405
    assert "_auth_user_id" in browser.session
