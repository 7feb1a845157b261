"""The page's SVG in a real browser: dark mode, a strict content policy, and fonts wider than ours."""

from typing import Any

import pytest

from mooring.charts.render import svg
from mooring.charts.tokens import STYLESHEET, theme
from tests import chromium
from tests.charts import gallery

sync_api = pytest.importorskip("playwright.sync_api")

POLICY = "default-src 'none'; style-src 'self'"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.FOUND is None, reason=chromium.GET_ONE),
]

SPECS = {name: draw() for name, draw in gallery.pictures().items()}
# 15 % wider than Roboto and 8 % wider than Noto Serif, by letter spacing, so that it holds for any glyph
WIDER = """
text[font-family="var(--sans)"] { font-family: Roboto, sans-serif; letter-spacing: .07em }
text[font-family="var(--voice)"] { font-family: "Noto Serif", serif; letter-spacing: .035em }
"""
BOXES = """svg => {
  const view = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text:not([stroke])')].filter(t => t.textContent.trim()).map(t => {
    const b = t.getBoundingClientRect();
    return [t.textContent, b.left - view.left, b.right - view.left, b.top - view.top, b.bottom - view.top];
  });
}"""


def opened(chrome: Any, css: str = "", **options: Any) -> tuple[Any, list[str]]:
    """A page with all pictures, and what its console complains about."""
    widths = "".join(f".{name} {{ width: {spec['width']}px }}\n" for name, spec in SPECS.items())
    sheet = f"{STYLESHEET.read_text('utf-8')}\nbody {{ background: var(--paper) }}\n{widths}{css}"
    body = "".join(svg(spec, name=f"Picture {name}", css=name) for name, spec in SPECS.items())
    html = f'<!doctype html><html lang="en"><link rel="stylesheet" href="/style.css"><body>{body}</body></html>'
    page = chrome.new_page(**options)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))

    def answer(route: Any) -> None:
        if route.request.url.endswith("style.css"):
            route.fulfill(body=sheet, content_type="text/css")
        else:
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    page.route("**/*", answer)
    page.goto("http://pictures.test/")
    return page, [text for text in complaints if "favicon" not in text]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_readers_scheme_under_a_strict_policy(chrome: Any, scheme: str):
    page, complaints = opened(chrome, color_scheme=scheme)
    tokens = theme("light" if scheme == "light" else "dark")

    def painted(selector: str, attribute: str) -> str:
        return page.locator(selector).first.evaluate(f"e => getComputedStyle(e)['{attribute}']")

    def rgb(token: str) -> str:
        return "rgb({}, {}, {})".format(*(int(tokens[token][i : i + 2], 16) for i in (1, 3, 5)))

    assert painted(".river .band path, .river path.band", "fill") == rgb("slate-wash")
    assert painted('.river path[stroke-width="2"]', "stroke") == rgb("slate")
    assert painted('.people text[font-weight="600"]', "fill") == rgb("ink")
    assert painted(".people stop", "stopColor") == rgb("slate")
    assert painted(".timeline rect, .timeline path[fill='var(--talk-wash)']", "fill") == rgb("talk-wash")
    assert "Roboto" in painted(".river text", "fontFamily")
    assert complaints == []
    page.close()


def test_wider_fonts_still_fit_and_overlap_nowhere(chrome: Any):
    page, _ = opened(chrome, WIDER)
    for name, spec in SPECS.items():
        boxes = page.locator(f"svg.{name}").evaluate(BOXES)
        for text, left, right, top, bottom in boxes:
            assert left >= -1, (name, text)
            assert right <= spec["width"] + 1, (name, text)
            assert top >= -3, (name, text)
            assert bottom <= spec["height"] + 3, (name, text)
        # line boxes are taller than their letters: 5 px of two neighbours may meet without touching
        for i, (a, left, right, top, bottom) in enumerate(boxes):
            for b, left2, right2, top2, bottom2 in boxes[i + 1 :]:
                meet = left < right2 and left2 < right and top + 5 < bottom2 and top2 + 5 < bottom
                assert not meet, (name, a, b)
    page.close()


def test_a_reader_who_asks_for_more_contrast_can_get_an_edge(chrome: Any):
    edge = "@media (prefers-contrast: more) { .band { stroke: var(--slate); stroke-width: 1px } }"
    page, _ = opened(chrome, edge, contrast="more")
    stroke = page.locator(".river .band").first.evaluate("e => getComputedStyle(e).strokeWidth")
    assert stroke == "1px"
    page.close()
