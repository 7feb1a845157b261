"""Take the pictures of these documents anew: `make screenshots`.

Starts the demonstration on a port of its own with a fresh clinic, opens it in Chromium and looks around.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright
from tests import chromium

HERE = Path(__file__).parent / "pictures"
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 860}
# Whose case page shows which signal with its evidence.
CARDS = {
    "setback-sarah": ("Sarah L.", "Setback"),
    "setback-john": ("John M.", "Setback"),
    "rupture": ("John M.", "Alliance"),
    "repair": ("John M.", "Repair"),
    "recovery": ("Sarah L.", "Recovery"),
    "deterioration": ("Piotr W.", "Deterioration"),
    "silence": ("Karim B.", "Silence"),
    "gain": ("Andrei M.", "Gain"),
}


def main() -> None:
    """Write every picture into docs/pictures, light and dark."""
    HERE.mkdir(exist_ok=True)
    if chromium.FOUND is None:
        sys.exit(chromium.GET_ONE)
    with tempfile.TemporaryDirectory() as home, closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        server = subprocess.Popen(
            [sys.executable, "-m", "mooring.cli", "demo", "--port", str(port)],
            env={**os.environ, "MOORING_DEMO": f"{home}/demo"},
        )
        try:
            _wait(f"http://localhost:{port}/")
            with sync_playwright() as playwright:
                browser = chromium.launch(playwright)
                for scheme in ("light", "dark"):
                    _phone(browser, port, scheme)
                    _desk(browser, port, scheme)
                browser.close()
        finally:
            server.terminate()
            server.wait(timeout=30)
    _beside("river-light.png", "caseload-light.png", "river-and-caseload.png")


def _wait(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    sys.exit("The demonstration did not answer.")


def _open(browser: Any, port: int, size: dict[str, int], scheme: str, who: str | None) -> Any:
    context = browser.new_context(
        viewport=size,
        base_url=f"http://localhost:{port}",
        color_scheme=scheme,
        device_scale_factor=2,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    page.goto("/")
    if who is not None:
        page.locator(f"form[action='/enter/{who}/'] button").click()
        page.wait_for_load_state("networkidle")
    return page


def _phone(browser: Any, port: int, scheme: str) -> None:
    page = _open(browser, port, PHONE, scheme, "sarah")
    page.screenshot(path=HERE / f"home-{scheme}.png")
    page.get_by_role("link", name="River").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"river-{scheme}.png")
    page.get_by_role("link", name="People").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"people-{scheme}.png")
    page.goto("/today/")
    page.locator("main .pebble").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"checkin-{scheme}.png")
    page.context.close()


def _desk(browser: Any, port: int, scheme: str) -> None:
    page = _open(browser, port, DESK, scheme, None)
    page.screenshot(path=HERE / f"front-{scheme}.png")
    page.locator("form[action='/enter/ines/'] button").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"caseload-{scheme}.png")
    page.get_by_role("link", name="John’s brief").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"brief-{scheme}.png", full_page=True)
    page.goto(page.url.removesuffix("brief/"))
    page.screenshot(path=HERE / f"case-{scheme}.png", full_page=True)
    page.get_by_role("link", name="Alliance", exact=True).click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"alliance-{scheme}.png")
    _cards(page, scheme)
    page.context.close()


def _cards(page: Any, scheme: str) -> None:
    for name, (who, word) in CARDS.items():
        page.goto("/caseload/everyone/")
        page.get_by_role("link", name=who).first.click()
        page.wait_for_load_state("networkidle")
        if page.url.endswith("/brief/"):
            page.goto(page.url.removesuffix("brief/"))
        told = page.locator(".told-row", has=page.locator(".told-word", has_text=word)).first
        told.locator(".told-toggle").click()
        card = page.locator(".told-row.open")
        card.locator("details > summary").first.click()
        page.mouse.move(0, 0)
        page.wait_for_load_state("networkidle")
        path = HERE / f"card-{name}-{scheme}.png"
        card.screenshot(path=path)
        # Flat colours and letters: 128 of them hold it, at a third of the size.
        Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def _beside(phone: str, desk: str, together: str) -> None:
    left, right = Image.open(HERE / phone).convert("RGB"), Image.open(HERE / desk).convert("RGB")
    height = 1100
    left = left.resize((round(left.width * height / left.height), height))
    right = right.resize((round(right.width * height / right.height), height))
    whole = Image.new("RGB", (left.width + 40 + right.width, height), left.getpixel((2, 2)))
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width + 40, 0))
    whole.save(HERE / together, optimize=True)


if __name__ == "__main__":
    main()
