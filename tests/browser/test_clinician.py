"""The clinician's pages in a real browser: evidence by keyboard and without a script, the brief on one sheet."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESK

sync_api = pytest.importorskip("playwright.sync_api")


def test_evidence_opens_and_closes_with_the_keyboard_and_keeps_the_focus(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    toggle = ines.locator(".strip-toggle a").first
    toggle.focus()
    ines.keyboard.press("Enter")
    sync_api.expect(ines.locator(".strip-row.open")).to_have_count(1)
    open_now = ines.locator(".strip-row.open .strip-toggle a")
    sync_api.expect(open_now).to_be_focused()
    sync_api.expect(open_now).to_have_attribute("aria-expanded", "true")
    ines.keyboard.press("Enter")
    sync_api.expect(ines.locator(".strip-row.open")).to_have_count(0)
    sync_api.expect(ines.locator(".strip-toggle a").first).to_be_focused()
    assert ines.url.endswith("/caseload/")


def test_evidence_opens_without_a_script(chrome: Any, demo_address: str) -> None:
    context = chrome.new_context(viewport=DESK, base_url=demo_address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("form[action='/enter/ines/'] button").click()
    page.locator(".strip-toggle a").first.click()
    assert page.locator(".strip-row.open").count() == 1
    assert re.search("open=", page.url)
    page.locator(".strip-row.open .strip-toggle a").click()
    assert page.locator(".strip-row.open").count() == 0
    context.close()


def test_who_was_signed_out_meanwhile_is_led_to_sign_in_and_back(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    ines.context.clear_cookies()
    ines.locator(".strip-row").first.get_by_role("link", name=re.compile("Evidence")).click()
    ines.wait_for_url(re.compile("/account/login/"))
    sync_api.expect(ines.locator(".strip-row")).to_have_count(0)
    ines.get_by_label("Email").fill("ines@demo.example")
    ines.get_by_label("Password").fill("quayside")
    ines.get_by_role("button", name="Sign in").click()
    sync_api.expect(ines.locator(".strip-row.open")).to_be_visible()


def sheets(page: Any) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_every_brief_is_one_sheet_of_paper(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    ines.goto("/caseload/everyone/")
    cases = [link.get_attribute("href") for link in ines.locator(".everyone a").all()]
    assert len(cases) > 10
    for case in cases:
        ines.goto(f"{case}brief/")
        assert sheets(ines) == 1, ines.locator("h1").inner_text()


def test_a_brief_with_much_to_say_is_still_one_sheet(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    ines.goto("/caseload/everyone/")
    ines.get_by_role("link", name="Hannah B.").click()
    ines.get_by_role("link", name="Brief").click()
    # As much as a client may write, and a line for every rule.
    ines.evaluate(
        """() => {
          const topic = document.querySelector(".brief-part");
          topic.querySelectorAll("blockquote, .lead").forEach((old) => old.remove());
          const quote = Object.assign(document.createElement("blockquote"), {className: "quotation topic-long"});
          quote.textContent = "And then he said that it was nothing, and I said that it was. ".repeat(32);
          topic.append(quote);
          const line = document.querySelector(".brief-line");
          for (let i = 0; i < 3; i++) line.after(line.cloneNode(true));
        }"""
    )
    assert sheets(ines) == 1


def test_printing_is_a_button_only_where_it_works(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    ines.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    ines.goto("/caseload/everyone/")
    ines.locator(".everyone a").first.click()
    ines.get_by_role("link", name="Brief").click()
    ines.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1; }; }")
    ines.get_by_role("button", name="Print").click()
    assert ines.evaluate("window.printed") == 1
