"""Signing in with address and password, and what a stranger at the door can learn: nothing."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser

from tests.cast import PASSWORD, People, Person
from tests.web.conftest import SignIn


def attempt(browser: Browser, address: str, password: str) -> Any:
    return browser.post("/account/login/", {"login": address, "password": password})


def without_tokens(page: str, address: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", page).replace(address, "")


def test_a_client_signs_in_and_is_led_to_the_front(sarah: Person, with_password: SignIn) -> None:
    browser = with_password(sarah.user)
    assert browser.session["_auth_user_id"] == str(sarah.user.pk)
    assert browser.get("/account/login/").headers["Location"] == "/home/"
    assert browser.get("/home/").headers["Location"] == browser.get("/").headers["Location"] == "/today/"


def test_signing_in_forgets_when_the_browser_closes(sarah: Person, with_password: SignIn) -> None:
    assert with_password(sarah.user).session.get_expire_at_browser_close()


def test_a_wrong_password_and_an_unknown_address_look_the_same(sarah: Person) -> None:
    EmailAddress.objects.create(user=sarah.user, email=sarah.user.email, verified=True, primary=True)
    known = attempt(Browser(), "sarah@example.org", "not her password")
    unknown = attempt(Browser(), "nobody@example.org", "not her password")
    assert known.status_code == unknown.status_code == 200
    assert len(known.context["form"].non_field_errors()) == 1
    assert without_tokens(known.content.decode(), "sarah@example.org") == without_tokens(
        unknown.content.decode(), "nobody@example.org"
    )


def test_after_five_wrong_passwords_even_the_right_one_waits(sarah: Person) -> None:
    EmailAddress.objects.create(user=sarah.user, email=sarah.user.email, verified=True, primary=True)
    browser = Browser()
    for _ in range(5):
        attempt(browser, "sarah@example.org", "guessing")
    refused = attempt(browser, "sarah@example.org", PASSWORD)
    assert refused.status_code == 200
    assert "Too many tries" in refused.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_closed_account_does_not_open(sarah: Person, with_password: SignIn) -> None:
    sarah.user.is_active = False
    sarah.user.save()
    assert "_auth_user_id" not in with_password(sarah.user).session


def test_nobody_signs_up_unasked(db: None) -> None:
    page = Browser().get("/account/signup/")
    assert "People join by invitation" in page.content.decode()
    secret = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    Browser().post("/account/signup/", secret)
    assert not EmailAddress.objects.exists()


def test_a_forgotten_password_says_the_same_to_everyone(sarah: Person) -> None:
    EmailAddress.objects.create(user=sarah.user, email=sarah.user.email, verified=True, primary=True)
    answers = [
        Browser().post("/account/password/reset/", {"email": address}, follow=True)
        for address in ("sarah@example.org", "nobody@example.org")
    ]
    assert [answer.redirect_chain for answer in answers] == [[("/account/password/reset/done/", 302)]] * 2
    to_her, to_nobody = mail.outbox
    assert "/account/password/reset/key/" in to_her.body
    assert "No account here has this address" in to_nobody.body


def test_the_link_in_the_mail_changes_the_password(sarah: Person) -> None:
    EmailAddress.objects.create(user=sarah.user, email=sarah.user.email, verified=True, primary=True)
    browser = Browser()
    browser.post("/account/password/reset/", {"email": "sarah@example.org"})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None
    form = browser.get(link[1], follow=True)
    action = form.redirect_chain[-1][0]
    browser.post(action, {"password1": "another calm morning", "password2": "another calm morning"})
    sarah.user.refresh_from_db()
    assert sarah.user.check_password("another calm morning")
    again = Browser().get(link[1], follow=True)
    assert "This link no longer works" in again.content.decode()


def test_without_a_mail_server_no_mail_is_promised(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = Browser().get("/account/password/reset/").content.decode()
    assert "sends no mail" in page
    assert "Send me the link" not in page


def test_signing_out_ends_the_session(sarah: Person, with_password: SignIn) -> None:
    browser = with_password(sarah.user)
    browser.post("/account/logout/")
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("who", ["sarah", "stranger"])
def test_the_quick_exit_signs_out_and_leads_away(who: str, sarah: Person, with_password: SignIn) -> None:
    browser = with_password(sarah.user) if who == "sarah" else Browser()
    answer = browser.post("/leave/")
    assert answer.headers["Location"] == "https://www.wikipedia.org/"
    assert "_auth_user_id" not in browser.session


def test_browsers_let_the_quick_exit_through(db: None) -> None:
    policy = Browser().get("/account/login/").headers["Content-Security-Policy"]
    assert "form-action 'self' https://www.wikipedia.org" in policy


def test_staff_sign_in_ends_at_their_second_factor(people: People, with_password: SignIn) -> None:
    browser = with_password(people.alice)
    assert browser.get("/").headers["Location"] == "/account/second-factor/"
