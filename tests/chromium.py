"""The browser that the tests and the pictures of the documents use: found on the machine, without a screen."""

import shutil
from typing import Any

FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
GET_ONE = "no browser: sudo apt-get install --no-install-recommends chromium"
# Without a screen, and without the browser asking the outside for anything.
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Any) -> Any:
    """A running Chromium; the caller closes it."""
    return playwright.chromium.launch(executable_path=FOUND, args=QUIET)
