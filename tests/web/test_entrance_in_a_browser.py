"""The pages around signing in, in a real browser: accessible, under the strict policy, and quick to leave."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from mooring.people import joining
from mooring.people.models import Clinic, Membership
from tests.cast import PASSWORD, People, Person
from tests.web.conftest import digits_of

pytestmark = pytest.mark.browser

EXIT = "https://www.wikipedia.org/"
# Tall enough for the whole page: axe counts what a window cuts off as too small to touch.
SIZES = {"phone": (360, 1600), "desk": (1280, 1600)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def page(chrome: Browser, served: str) -> Iterator[Page]:
    yield from opened(chrome, served)


def opened(chrome: Browser, origin: str, **options: Any) -> Iterator[Page]:
    context = chrome.new_context(base_url=origin, **options)
    shown = context.new_page()
    shown.route(f"{EXIT}**", lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"))
    yield shown
    context.close()


def sign_in(page: Page, address: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url("/account/login/")


def confirm(page: Page) -> None:
    page.goto("/account/reauthenticate/?next=/account/second-factor/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How I sign in")


def faults(page: Page) -> list[str]:
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            found += [f"{page.url} {size} {scheme}: {v['id']} {v['nodes'][0]['html']}" for v in violations]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} {size}: scrolls sideways")
    return found


def test_pages_before_signing_in_are_accessible(page: Page, clinic: Clinic) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    link = joining.invite(clinic, "new@example.org", at=timezone.now(), role=Membership.Role.CLINICIAN).secret
    found = []
    for path in ("/account/login/", "/account/password/reset/", "/account/signup/", "/crisis/", f"/join/{link}/"):
        page.goto(path)
        found += faults(page)
    page.goto("/account/login/")
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert found + faults(page) == []
    assert refused == []


def test_setting_up_a_second_factor_is_accessible_and_needs_no_mouse(page: Page, people: People) -> None:
    _confirmed_address(people.alice)
    sign_in(page, "alice@example.org")
    confirm(page)
    found = faults(page)
    page.get_by_role("link", name="Set up an app").focus()
    page.keyboard.press("Enter")
    found += faults(page)
    key = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Authenticator code").focus()
    page.keyboard.type(digits_of(key))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    found += faults(page)
    page.goto("/account/second-factor/")
    assert found + faults(page) == []


def test_a_passkey_is_added_and_opens_the_account(page: Page, people: People) -> None:
    _confirmed_address(people.alice)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, "alice@example.org")
    confirm(page)
    page.get_by_role("link", name="Add a passkey").click()
    assert faults(page) == []
    page.get_by_label("Let me sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto("/account/second-factor/webauthn/")
    assert faults(page) == []
    page.goto("/account/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url("/account/login/")
    page.wait_for_load_state()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).not_to_have_url("/account/login/")
    page.goto("/account/second-factor/")
    expect(page.get_by_role("heading", level=1)).to_have_text("How I sign in")


def test_a_passkey_that_does_not_answer_is_said(page: Page, people: People) -> None:
    page.goto("/account/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('none')) }")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing came from the passkey")


def test_quick_exit_leaves_signs_out_and_going_back_shows_nothing(page: Page, sarah: Person) -> None:
    _confirmed_address(sarah.user)
    sign_in(page, "sarah@example.org")
    page.goto("/account/email/")
    page.get_by_role("button", name="Quick exit").click()
    page.wait_for_url(EXIT)
    page.wait_for_timeout(500)
    page.go_back()
    expect(page.get_by_text("sarah@example.org")).to_have_count(0)
    page.goto("/account/email/")
    expect(page).to_have_url("/account/login/?next=/account/email/")


def test_escape_twice_leaves_and_once_does_not(page: Page, sarah: Person) -> None:
    page.goto("/crisis/")
    page.keyboard.press("Escape")
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("If you need someone now")
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(EXIT)


def test_quick_exit_needs_no_javascript(chrome: Browser, served: str, sarah: Person) -> None:
    _confirmed_address(sarah.user)
    for page in opened(chrome, served, java_script_enabled=False):
        sign_in(page, "sarah@example.org")
        page.goto("/account/email/")
        page.get_by_role("button", name="Quick exit").click()
        page.wait_for_url(EXIT)
        page.goto("/account/email/")
        expect(page).to_have_url("/account/login/?next=/account/email/")


def _confirmed_address(user: Any) -> None:
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
