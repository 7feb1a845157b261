"""What is too large is refused before it is read; tries are counted by the address that the proxy saw."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import RequestFactory

from mooring.web.accounts import AccountAdapter
from tests.cast import Person
from tests.web.conftest import SignIn

LOGIN = "/account/login/"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json", "text/plain"]
)
def test_a_large_body_is_refused_and_never_reaches_the_disk(kind: str, db: None, tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"a" * 4_000_000 + b"\r\n--x--\r\n"
    )
    response = Browser().post(LOGIN, body, content_type=kind)
    assert response.status_code == 413
    assert "Nothing was stored." in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert list(tmp_path.glob("*.upload")) == []


@pytest.mark.parametrize("announced", ["-1", "many", "1e9", "9" * 400])
def test_a_length_that_is_none_is_refused(announced: str, db: None) -> None:
    response = Browser().post(LOGIN, {"login": "x"}, headers={"content-length": announced})
    assert response.status_code == 413


def test_a_wish_of_two_thousand_characters_is_not_large(sarah: Person, with_password: SignIn) -> None:
    assert with_password(sarah.user).post("/today/turn-to/", {"participation": "x" * 900_000}).status_code == 302


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("somebody else, 203.0.113.7", "203.0.113.7"),
        ("", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_a_visitor_cannot_choose_their_address(forwarded: str, seen: str, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded} if forwarded else {})
    assert AccountAdapter(request).get_client_ip(request) == seen


def test_without_a_proxy_the_header_counts_for_nothing(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    request = RequestFactory().get("/", headers={"x-forwarded-for": "203.0.113.7"})
    assert AccountAdapter(request).get_client_ip(request) == "127.0.0.1"


def test_one_visitors_wrong_tries_do_not_lock_the_clinic_out(
    sarah: Person, with_password: SignIn, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(12):
        guess = {"login": f"nobody{number}@example.org", "password": "a guess"}
        Browser().post(LOGIN, guess, headers={"x-forwarded-for": "203.0.113.7"})
    locked = Browser().post(LOGIN, guess, headers={"x-forwarded-for": "203.0.113.7"})
    assert "Too many tries" in locked.content.decode()
    other = Browser().post(LOGIN, guess, headers={"x-forwarded-for": "203.0.113.8"})
    assert "Too many tries" not in other.content.decode()
