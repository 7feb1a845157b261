"""The main job, as a person does it: answer on a phone, be read, be talked with, see that it was.

Sarah answers a check-in that is much worse than her last weeks; her river moves. Ines sees the new point, the
reason, the brief, and marks it talked about; Sarah sees that.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE

sync_api = pytest.importorskip("playwright.sync_api")
CALM = 450  # ms
TOPIC = "The call on Friday, and what I did not say."


def expect(locator: Any) -> Any:
    return sync_api.expect(locator)


def question(page: Any, number: int) -> Any:
    """The form of that question, once it is the one on the page."""
    form = page.locator(f"form.question-form[action$='/{number}/']")
    expect(form).to_be_visible()
    expect(page.locator("#count")).to_have_text(re.compile(f"^{number} of"))
    # A tap right after a question came is taken for the second half of a double tap, and ignored.
    page.wait_for_timeout(CALM)
    return form


def answer_from(page: Any, number: int, choose: Callable[[Any], Any]) -> None:
    """Answer every question from that one to the last page."""
    last = int(page.locator("#count").inner_text().split()[-1])
    assert last in {14, 16}
    for asked in range(number, last + 1):
        choose(question(page, asked).locator("button.stop")).click()
    expect(page.get_by_label("What do you want to talk about?")).to_be_visible()


def lowest_security_highest_distress(stops: Any) -> Any:
    return stops.first if stops.count() == 11 else stops.last


def test_the_main_job(visit: Callable[..., Any]) -> None:
    sarah = visit("sarah", PHONE)
    sarah.get_by_role("link", name="River").click()
    river_before = sarah.locator("svg.picture").first.get_attribute("aria-label")
    drawn_before = sarah.locator("svg.picture").first.inner_html()

    sarah.get_by_role("link", name="Today").click()
    sarah.get_by_role("button", name="Begin").click()
    question(sarah, 1).locator("button.stop").nth(3).click()
    question(sarah, 2)

    # Back shows the answer that was given, and a second thought replaces it.
    sarah.get_by_role("link", name="Back").click()
    expect(question(sarah, 1).locator("button.stop[aria-pressed=true]")).to_have_text(re.compile("^3"))
    question(sarah, 1).locator("button.stop").first.click()
    question(sarah, 2).get_by_role("button", name="Skip this one").click()
    question(sarah, 3)

    # Leaving and coming back goes on where it was left.
    sarah.goto("/today/")
    sarah.get_by_role("button", name="Go on").click()
    answer_from(sarah, 3, lowest_security_highest_distress)

    sarah.wait_for_timeout(CALM)
    expect(sarah.get_by_role("button", name="Leave empty and send")).to_be_visible()
    sarah.get_by_label("What do you want to talk about?").fill(TOPIC)
    # Words that stand there are not thrown away by a tap that missed “Send”.
    expect(sarah.get_by_role("button", name="Leave empty and send")).to_be_hidden()
    sarah.get_by_role("button", name="Send", exact=True).dblclick()
    expect(sarah.get_by_text("Sent.")).to_be_in_viewport()
    # The river opens at now, and the way out stays in reach.
    expect(sarah.get_by_role("button", name="Quick exit")).to_be_in_viewport(ratio=1)
    expect(sarah.locator("svg.picture").first).to_be_visible()
    assert sarah.locator("svg.picture").first.inner_html() != drawn_before
    assert sarah.locator("svg.picture").first.get_attribute("aria-label") != river_before

    sarah.goto("/today/")
    expect(sarah.get_by_text("has not been read yet")).to_be_visible()
    expect(sarah.get_by_role("button", name="Begin")).to_have_count(0)

    ines = visit("ines", DESK)
    ines.get_by_role("link", name="Everyone in your care").click()
    ines.get_by_role("link", name="Sarah L.").click()
    ines.wait_for_url(re.compile("/case/"))
    expect(ines.get_by_text(TOPIC).first).to_be_visible()
    case = ines.url
    ines.get_by_role("link", name="Brief").click()
    expect(ines.get_by_text(TOPIC).first).to_be_visible()
    expect(ines.get_by_text("Consider asking")).to_be_visible()
    # One question was skipped, and the brief says which kind of thing is not known.
    expect(ines.get_by_text("What we do not know")).to_be_visible()
    ines.get_by_role("button", name="Mark as read").click()
    expect(ines.get_by_text(re.compile("Read today"))).to_be_visible()
    ines.get_by_role("button", name="We talked about it").first.click()
    expect(ines.get_by_text(re.compile("[Tt]alked about")).first).to_be_visible()
    assert "/case/" in case

    sarah.goto("/today/")
    expect(sarah.get_by_text("You and Ines talked about this today")).to_be_visible()
    expect(sarah.get_by_text(TOPIC)).to_be_visible()
    expect(sarah.get_by_text("has not been read yet")).to_have_count(0)


def test_evidence_opens_in_place_and_a_matter_talked_about_leaves_the_strip(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    row = ines.locator(".strip-row", has_text="Setback").last
    name = row.locator(".strip-who a").inner_text()
    row.get_by_role("link", name=re.compile("Evidence")).click()
    opened = ines.locator(".strip-row.open")
    expect(opened.get_by_text(re.compile("probability")).first).to_be_visible()
    expect(opened.get_by_text(re.compile("simulated")).first).to_be_visible()
    expect(opened.get_by_text(re.compile("not yet validated")).first).to_be_visible()
    opened.get_by_role("button", name="We talked about it").click()
    expect(ines.locator(".strip-row", has_text="Setback").filter(has_text=name)).to_have_count(0)


def test_the_phone_answers_with_the_keyboard_alone(visit: Callable[..., Any]) -> None:
    mara = visit("mara", PHONE)
    mara.get_by_role("button", name=re.compile("Begin|Go on")).focus()
    mara.keyboard.press("Enter")
    expect(mara.locator("#statement")).to_be_focused()
    number = int(mara.locator("#count").inner_text().split()[0])
    mara.keyboard.press("Tab")
    expect(mara.locator("button.stop").first).to_be_focused()
    mara.keyboard.press("ArrowDown")
    expect(mara.locator("button.stop").nth(1)).to_be_focused()
    mara.keyboard.press("Enter")
    question(mara, number + 1)
    expect(mara.locator("#statement")).to_be_focused()
    mara.keyboard.press("4")
    expect(mara.locator("button.stop[value='4']")).to_be_focused()
    mara.keyboard.press("Enter")
    question(mara, number + 2)
    mara.get_by_role("link", name="Back").focus()
    mara.keyboard.press("Enter")
    expect(question(mara, number + 1).locator("button.stop[aria-pressed=true]")).to_have_text(re.compile("^4"))


def test_the_second_half_of_a_double_tap_answers_nothing(visit: Callable[..., Any]) -> None:
    jonas = visit("jonas", PHONE)
    jonas.get_by_role("button", name=re.compile("Begin|Go on")).click()
    expect(jonas.locator("#statement")).to_be_focused()
    number = int(jonas.locator("#count").inner_text().split()[0])
    question(jonas, number).locator("button.stop").nth(2).dblclick()
    question(jonas, number + 1)
    expect(jonas.locator("button.stop[aria-pressed=true]")).to_have_count(0)


def test_quick_exit_leaves_nothing_behind(visit: Callable[..., Any]) -> None:
    mara = visit("mara", PHONE)
    # The outside is not asked for: the request is answered here.
    mara.context.route("https://**", lambda route: route.fulfill(body="an ordinary page"))
    mara.get_by_role("button", name="Quick exit").click()
    expect(mara.get_by_text("an ordinary page")).to_be_visible()
    mara.goto("/today/")
    expect(mara.get_by_label(re.compile("[Ee]-?mail"))).to_be_visible()


def test_without_javascript_a_checkin_can_be_answered(chrome: Any, demo_address: str) -> None:
    context = chrome.new_context(viewport=PHONE, base_url=demo_address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("form[action='/enter/jonas/'] button").click()
    page.get_by_role("button", name=re.compile("Begin|Go on")).click()
    answer_from(page, int(page.locator("#count").inner_text().split()[0]), lambda stops: stops.nth(2))
    page.get_by_role("button", name="Leave empty and send").click()
    assert page.get_by_text("Sent.").is_visible()
    context.close()
