"""axe (WCAG 2.2 AA), nothing wider than the screen, and every control within reach of the keyboard, on every page,
at phone and desk size, light and dark."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import bringing
from tests.browser.conftest import DESK, PHONE

axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# A bar that stands at the window's foot cuts off what scrolls under it, and axe takes the rest for the target:
# a window taller than the page shows every target whole.
TALL = 4200

PAGES: dict[str, tuple[str | None, Callable[[Any], None]]] = {
    "front": (None, lambda page: None),
    "sign in": (None, lambda page: page.goto("/account/login/")),
    "password reset": (None, lambda page: page.goto("/account/password/reset/")),
    "crisis": (None, lambda page: page.goto("/crisis/")),
    "not found": (None, lambda page: page.goto("/nothing-here/")),
    "today": ("mara", lambda page: page.goto("/today/")),
    "river": ("sarah", lambda page: page.goto("/river/")),
    "how I have been": ("sarah", lambda page: page.goto("/river/how-i-have-been/")),
    "people": ("sarah", lambda page: page.goto("/people/")),
    "agreements": ("sarah", lambda page: page.get_by_role("link", name="What my answers are for").click()),
    "question": ("mara", lambda page: page.get_by_role("button", name="Begin").or_(
        page.get_by_role("button", name="Go on")).click()),
    "to talk about": ("mara", lambda page: _to_the_last_page(page)),
    "second factor": ("sarah", lambda page: page.goto("/account/second-factor/")),
    "caseload": ("ines", lambda page: page.goto("/caseload/")),
    "evidence": ("ines", lambda page: page.locator(".strip-toggle a").first.click()),
    "signals": ("ines", lambda page: page.goto("/clinic/signals/")),
    "everyone": ("ines", lambda page: page.goto("/caseload/everyone/")),
    "admit": ("ines", lambda page: page.goto("/caseload/add/")),
    "case": ("ines", lambda page: _case_of(page, "John M.")),
    "brief": ("ines", lambda page: (_case_of(page, "John M."), page.get_by_role("link", name="Brief").click())),
    "case of a couple": ("ines", lambda page: _case_of(page, "Mara K.")),
    "after the session": ("ines", lambda page: (
        _case_of(page, "John M."), page.get_by_role("link", name="After the session").click())),
    "alliance": ("ines", lambda page: (_case_of(page, "John M."), _alliance(page))),
    "alliance, a mark by hand": ("ines", lambda page: (
        _case_of(page, "Sarah L."), _alliance(page), page.get_by_text("Mark one yourself").click())),
    "correct a session": ("ines", lambda page: (
        _case_of(page, "John M."), _alliance(page), page.get_by_role("link", name="Correct").first.click())),
    "rate a session": ("ines", lambda page: _rating(page)),
    "plan": ("ines", lambda page: (
        _case_of(page, "John M."), page.get_by_role("link", name="Check-ins and people").click())),
    "measures": ("ines", lambda page: page.goto("/measures/")),
    "bring a measure": ("ines", lambda page: page.goto("/measures/add/")),
    "measure, what it is": ("ines", lambda page: page.goto(_draft(page))),
    "measure, its questions": ("ines", lambda page: page.goto(_draft(page) + "questions/")),
    "measure, the right to use it": ("ines", lambda page: page.goto(_draft(page) + "licence/")),
    "measure, how it is worded": ("ines", lambda page: page.goto(_draft(page) + "wording/")),
    "measure, worked examples": ("ines", lambda page: page.goto(_draft(page) + "examples/")),
    "measure, look it over": ("ines", lambda page: page.goto(_draft(page) + "publish/")),
    "measure by a key, its questions": ("ines", lambda page: page.goto(_draft(page, "gad-7") + "questions/")),
    "measure by a key, worked examples": ("ines", lambda page: page.goto(_draft(page, "gad-7") + "examples/")),
    "measure, published": ("ines", lambda page: _published(page)),
}  # fmt: skip


def _to_the_last_page(page: Any) -> None:
    page.get_by_role("button", name="Begin").or_(page.get_by_role("button", name="Go on")).click()
    page.goto(page.url.rsplit("/", 2)[0] + "/to-talk-about/")


_drafts: dict[str, str] = {}


def _draft(page: Any, key: str = "") -> str:
    """A draft that is decided to the end, brought once for every page and look of it."""
    if key not in _drafts:
        walk = bringing.walk_by_key if key else bringing.walk
        walk(page, "table", f"{key or 'own'}-of-ours")
        _drafts[key] = page.url.removesuffix("publish/")
    return _drafts[key]


def _published(page: Any) -> None:
    if "published" not in _drafts:
        bringing.walk(page, "fhir", "published")
        bringing.go_on(page)
        _drafts["published"] = page.url
    page.goto(_drafts["published"])


def _alliance(page: Any) -> None:
    page.get_by_role("link", name="Alliance", exact=True).click()


def _rating(page: Any) -> None:
    """Of a session that was held and is not rated yet: one is recorded first."""
    _case_of(page, "Sarah L.")
    _alliance(page)
    if not page.get_by_role("link", name="Rate it").count():
        page.get_by_role("link", name="After the session").click()
        page.get_by_role("button", name="Record this session").click()
    page.get_by_role("link", name="Rate it").first.click()


def _case_of(page: Any, name: str) -> None:
    page.goto("/caseload/everyone/")
    page.get_by_role("link", name=name).click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_in_order(name: str, size: dict[str, int], visit: Callable[..., Any]) -> None:
    who, go = PAGES[name]
    # The browser itself notes that this one was not found.
    page = visit(who, {**size, "height": TALL}, "light", "404" if name == "not found" else "\0")
    if who is None:
        page.goto("/")
    go(page)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "wider than the screen"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = axe_module.Axe().run(page, options=OPTIONS)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    assert _unreachable(page) == []


def _unreachable(page: Any) -> list[str]:
    """Visible controls that Tab does not come to, walking the page once."""
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
             .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.type !== 'hidden')
             .filter(e => e.tabIndex >= 0)
             .map((e, i) => { e.dataset.walk = i; return i + ': ' + (e.innerText || e.name || e.tagName).trim(); })"""
    )
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    reached: set[str] = set()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        at = page.evaluate("() => document.activeElement?.dataset?.walk ?? null")
        if at is not None:
            reached.add(at)
    # A group of stops or radio buttons is one stop of Tab; the arrows move within it.
    grouped = page.evaluate(
        """() => [...document.querySelectorAll('.rope button, input[type=radio]')].map(e => e.dataset.walk)"""
    )
    return [one for one in wanted if one.split(":")[0] not in reached and one.split(":")[0] not in grouped]
