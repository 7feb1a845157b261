"""A measure of one's own from its file to its export, in a real browser, in each format; by keyboard; half done and
found again; marks that differ stop it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from mooring.catalogue.forms import r4
from tests.browser import bringing
from tests.browser.conftest import DESK, PHONE
from tests.catalogue.forms import made_up

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.mark.parametrize("name", made_up.FILES)
def test_from_the_file_to_the_export(name: str, visit: Callable[..., Any]) -> None:
    ines = visit("ines", PHONE if name == "redcap" else DESK)
    bringing.walk(ines, name, f"calm-{name}")
    assert ines.get_by_text("Step 7 of 7").is_visible()
    ines.get_by_role("button", name="Publish").click()
    ines.wait_for_url(re.compile("/measures/[0-9a-f-]+/$"))
    assert ines.get_by_text("scored by scales of your own: Calm").is_visible()
    assert ines.get_by_text("Our own work.").is_visible()
    with ines.expect_download() as download:
        ines.get_by_role("link", name="Export as a FHIR Questionnaire").click()
    exported = json.loads(download.value.path().read_text())
    assert r4.problems(exported) == []
    texts = [item.get("text") for item in exported["item"]]
    assert set(made_up.TEXTS) <= set(texts)
    ines.goto("/measures/")
    assert ines.get_by_text(re.compile(f"calm-{name}, version 1")).is_visible()


def test_marks_that_differ_stop_it_until_they_are_corrected(visit: Callable[..., Any]) -> None:
    # The browser itself notes an answer that was refused.
    ines = visit("ines", PHONE, tolerated="422")
    bringing.walk(ines, "fhir", "calm-differs", "wording")
    bringing.mark(ines, ("wind", "rest"))
    told = ines.get_by_role("alert")
    sync_api.expect(told).to_contain_text("I slept through the storm. You marked it")
    sync_api.expect(told).to_contain_text("I checked the knots again and again. You did not mark it")
    ines.goto(ines.url.replace("wording", "publish"))
    assert re.search("/(wording|examples)/$", ines.url)
    ines.goto(re.sub("(wording|examples)/$", "wording/", ines.url))
    bringing.mark(ines)
    bringing.work_out(ines, "3")
    assert ines.get_by_text("The form gives another score.").is_visible()
    bringing.work_out(ines)
    assert ines.get_by_text("Step 7 of 7").is_visible()


def test_without_agreement_it_is_published_unscored(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    bringing.walk(ines, "table", "calm-unscored", "wording")
    bringing.mark(ines, ())
    ines.get_by_role("button", name="Go on without a score").click()
    assert ines.get_by_text("Step 6 of 6").is_visible()
    ines.get_by_role("button", name="Publish").click()
    assert ines.get_by_text("it could not be settled which is right").first.is_visible()


def test_left_and_found_again_and_given_up(visit: Callable[..., Any]) -> None:
    ines = visit("ines", PHONE)
    bringing.walk(ines, "table", "calm-later", "licence")
    ines.goto("/measures/")
    ines.get_by_role("link", name="Go on with Harbour calm").last.click()
    assert ines.get_by_text("Step 4 of 7").is_visible()
    ines.get_by_role("link", name="Back").click()
    assert ines.get_by_label("Name of scale 1").input_value() == "Calm"
    ines.get_by_text("Leave, or give it up").click()
    here = ines.url
    ines.get_by_role("button", name="Give it up and forget the file").click()
    ines.wait_for_url(re.compile("/measures/$"))
    assert ines.request.get(here).status == 404


def test_a_wrong_file_is_refused_in_words(visit: Callable[..., Any]) -> None:
    ines = visit("ines", PHONE, tolerated="422")
    ines.goto("/measures/add/")
    file = {"name": "a.json", "mimeType": "application/json", "buffer": b'{"title":\n NaN}'}
    ines.get_by_label("The questionnaire’s file").set_input_files(files=[file])
    bringing.go_on(ines)
    assert ines.get_by_text("a.json: line 2, column 2: is not a number").is_visible()


def test_the_whole_way_by_keyboard(visit: Callable[..., Any]) -> None:
    ines = visit("ines", DESK)
    bringing.walk(ines, "table", "calm-keys", "measure")

    def tab_to(locator: Any) -> None:
        for _ in range(80):
            if locator.evaluate("e => e === document.activeElement"):
                return
            ines.keyboard.press("Tab")
        pytest.fail("the keyboard does not come there")

    tab_to(ines.get_by_label("Short name"))
    ines.keyboard.press("Control+a")
    ines.keyboard.type("calm-keys")
    ines.keyboard.press("Tab")
    ines.keyboard.press("ArrowDown")
    assert ines.get_by_label("By scales that I describe").is_checked()
    tab_to(ines.locator("main .pebble"))
    ines.keyboard.press("Enter")
    ines.wait_for_url(re.compile("/questions/$"))
    tab_to(ines.get_by_label("On it", exact=True).first)
    ines.keyboard.type("higher is better")
    tab_to(ines.locator("main .pebble"))
    ines.keyboard.press("Enter")
    ines.wait_for_url(re.compile("/licence/$"))
