"""A real Chromium on the real demonstration: `mooring demo`, served by its own process on a port of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import chromium

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 860}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.browser)
            # One demonstration for all of them, so one worker.
            item.add_marker(pytest.mark.xdist_group("browser"))
            if chromium.FOUND is None:
                item.add_marker(pytest.mark.skip(reason=chromium.GET_ONE))


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def demo_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a freshly filled demonstration."""
    home = tmp_path_factory.mktemp("demo")
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mooring.cli", "demo", "--port", str(port)],
            env={**env, "MOORING_DEMO": str(home / "demo")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://localhost:{port}"
    try:
        _wait_for(address, server, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _note(line: Any, tolerated: str, errors: list[str]) -> None:
    if line.type == "error" and tolerated not in line.text:
        errors.append(line.text)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"the demonstration did not start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"the demonstration did not answer:\n{log.read_text()}")


@pytest.fixture
def visit(chrome: Any, demo_address: str) -> Iterator[Callable[..., Any]]:
    """Open the demonstration as somebody: `visit("sarah", PHONE)`; the page fails its test on a script error."""
    contexts, errors = [], []

    def open_as(who: str | None, size: dict[str, int] = PHONE, scheme: str = "light", tolerated: str = "\0") -> Any:
        context = chrome.new_context(
            viewport=size, base_url=demo_address, color_scheme=scheme, reduced_motion="reduce", locale="en-GB"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: _note(line, tolerated, errors))
        if who is not None:
            page.goto("/")
            page.locator(f"form[action='/enter/{who}/'] button").click()
            page.wait_for_load_state("load")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == [], "the page complained"
