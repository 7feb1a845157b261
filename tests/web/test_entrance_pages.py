"""The pages around signing in: all of them are ours, none needs what our content policy forbids."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client as Browser

from mooring.people.models import Clinic
from tests.cast import PASSWORD, People, Person
from tests.web.conftest import SignIn

TEMPLATES = Path(str(files("mooring.web"))) / "templates"
OPEN_TO_ALL = [
    "/account/login/",
    "/account/signup/",
    "/account/inactive/",
    "/account/confirm-email/",
    "/account/confirm-email/made-up/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-made-up/",
    "/account/password/reset/key/done/",
    "/crisis/",
    "/join/made-up/",
    "/nowhere/",
]
SIGNED_IN = [
    "/account/logout/",
    "/account/email/",
    "/account/password/change/",
    "/account/reauthenticate/",
    "/account/second-factor/",
    "/account/second-factor/totp/activate/",
    "/account/second-factor/webauthn/",
    "/account/second-factor/webauthn/add/",
]


def forbidden(page: str) -> list[str]:
    """Inline scripts, inline styles and inline handlers, which the content policy refuses."""
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    return scripts + re.findall(r"<[^>]+\s(?:style|on[a-z]+)=[^>]*>|<style", page)


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_anybody_s_pages_are_whole(path: str, db: None) -> None:
    page = Browser().get(path).content.decode()
    assert forbidden(page) == []
    assert page.count("<h1") == page.count("</h1>") == 1
    assert 'action="/leave/"' in page


@pytest.mark.parametrize("path", SIGNED_IN)
def test_signed_in_pages_are_whole(path: str, sarah: Person, with_password: SignIn) -> None:
    browser = with_password(sarah.user)
    if "second-factor" in path:
        browser.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = browser.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert forbidden(page) == []
    assert page.count("<h1") == 1
    assert 'action="/leave/"' in page


@pytest.mark.parametrize("path", sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.html")))
def test_every_template_compiles_and_is_short(path: str) -> None:
    get_template(path)
    assert len((TEMPLATES / path).read_text().splitlines()) <= 120


def test_the_page_of_our_own_fault_needs_no_request() -> None:
    page = get_template("500.html").render()
    assert "Something broke on our side" in page
    assert "https://www.wikipedia.org/" in page


def test_a_form_that_waited_too_long_says_so(db: None) -> None:
    answer = Browser(enforce_csrf_checks=True).post("/account/login/", {})
    assert answer.status_code == 403
    assert "That took too long" in answer.content.decode()


def test_a_button_s_address_says_that_nothing_was_done(sarah: Person, with_password: SignIn) -> None:
    """Where one arrives after signing in again, when a button was pressed after being signed out."""
    answer = with_password(sarah.user).get("/today/turn-to/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "nothing was done" in answer.content.decode()
    assert 'href="/home/"' in answer.content.decode()


def test_a_clinic_s_crisis_lines_are_shown_as_checked(sarah: Person, clinic: Clinic, with_password: SignIn) -> None:
    clinic.crisis_lines = [
        {"name": "Harbour line", "number": "0800 111 0 111", "hours": "day and night",
         "checked_on": "2026-05-01", "source": "harbour.example"}
    ]  # fmt: skip
    clinic.save()
    page = with_password(sarah.user).get("/crisis/").content.decode()
    assert 'href="tel:08001110111"' in page
    assert "Checked on 1 May 2026, from harbour.example." in page
    assert "A person answers at these numbers." in page
    assert "Nobody is watching this app" in page


def test_a_clinic_that_named_no_crisis_line_says_so_and_invents_none(sarah: Person, with_password: SignIn) -> None:
    page = with_password(sarah.user).get("/crisis/").content.decode()
    assert "has not named a crisis line" in page
    assert "at these numbers" not in page
    assert "emergency number" in page
    assert "tel:" not in page


def test_the_visitor_is_told_when_we_cannot_know_their_lines(people: People) -> None:
    page = Browser().get("/crisis/").content.decode()
    assert "Before you sign in we do not know" in page


@pytest.mark.parametrize("checked_on", [{}, {"checked_on": None}, {"checked_on": "some day in May"}])
def test_a_crisis_line_is_shown_even_if_its_date_cannot_be_read(
    checked_on: dict[str, Any], sarah: Person, clinic: Clinic, with_password: SignIn
) -> None:
    clinic.crisis_lines = [{"name": "Night line", "number": "0800 000 000", **checked_on}]
    clinic.save()
    page = with_password(sarah.user).get("/crisis/").content.decode()
    assert 'href="tel:0800000000"' in page
    assert "Nobody noted when this was checked." in page
