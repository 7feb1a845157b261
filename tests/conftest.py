"""Fixtures for every test. The science runs without Django, so its tests must not need what stands in `cast`."""

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

from tests import chromium

if importlib.util.find_spec("django") is not None:
    from tests.cast import *  # noqa: F403


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """A real browser, one for all tests of a process: Playwright runs once in a thread. Without one the test is
    skipped, and says how to get it."""
    if chromium.FOUND is None:
        pytest.skip(chromium.GET_ONE)
    sync_api = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = chromium.launch(playwright)
        yield running
        running.close()
