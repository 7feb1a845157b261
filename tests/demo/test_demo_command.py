"""`mooring demo` as one starts it: filled once, kept on a second call, started over on request, plain about a port."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.own_clinic, pytest.mark.xdist_group("demo command")]


def command(home: Path, *arguments: str) -> subprocess.Popen[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "mooring.cli", "demo", *arguments],
        env={**env, "MOORING_DEMO": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> str:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=2) as page:
                text: str = page.read().decode()
            return text
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail("the demonstration did not answer")


def counted(home: Path, table: str) -> int:
    with closing(sqlite3.connect(home / "data" / "mooring.sqlite3")) as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return count


def clinic(home: Path) -> str:
    with closing(sqlite3.connect(home / "data" / "mooring.sqlite3")) as database:
        name: str = database.execute("SELECT name FROM people_clinic").fetchone()[0]
    return name


def test_the_life_of_a_demonstration(tmp_path: Path) -> None:
    home, port = tmp_path / "demo", free_port()
    first = command(home, "--port", str(port))
    try:
        assert "Sarah" in wait_for(port)
        assert counted(home, "checkins_checkin") > 900
        refused = command(home, "--reset").communicate(timeout=120)[0]
        assert "is running" in refused
    finally:
        first.terminate()
        told = first.communicate(timeout=60)[0]
    assert f"http://localhost:{port}/" in told
    assert "sarah@demo.example" in told

    with closing(sqlite3.connect(home / "data" / "mooring.sqlite3")) as database, database:
        database.execute("UPDATE people_clinic SET name = 'Renamed by a visitor'")
    second = command(home, "--port", str(port))
    try:
        wait_for(port)
        assert clinic(home) == "Renamed by a visitor"
    finally:
        second.terminate()
        assert "Filling" not in second.communicate(timeout=60)[0]


def test_a_taken_port_is_said_plainly(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = command(tmp_path / "demo", "--port", str(port))
        told = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    assert f"Port {port} is taken" in told
    assert f"PORT={port + 1} make demo" in told
    assert "Traceback" not in told
    assert not (tmp_path / "demo" / "data" / "mooring.sqlite3").exists()


def test_a_filling_that_was_interrupted_begins_again(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    half = command(home, "--reset")
    for _ in range(200):
        if (home / "data" / "mooring.sqlite3").exists():
            break
        time.sleep(0.1)
    time.sleep(3)
    half.kill()
    half.communicate(timeout=60)
    assert not (home / "filled").exists()
    port = free_port()
    again = command(home, "--port", str(port))
    try:
        assert "Sarah" in wait_for(port)
        assert counted(home, "people_client") == 44
    finally:
        again.terminate()
        again.communicate(timeout=60)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filled") / "demo"
    assert command(home, "--reset").wait(timeout=240) == 0
    return home


@pytest.mark.parametrize("damage", ["cut off", "overwritten", "keys gone"])
def test_a_damaged_demonstration_says_how_to_start_over_and_loses_nothing(
    filled: Path, tmp_path: Path, damage: str
) -> None:
    home = tmp_path / "demo"
    shutil.copytree(filled, home)
    database = home / "data" / "mooring.sqlite3"
    whole = database.read_bytes()
    if damage == "cut off":
        database.write_bytes(whole[: len(whole) // 2])
    elif damage == "overwritten":
        database.write_bytes(whole[:40960] + b"\xa5" * 81920 + whole[122880:])
    else:
        (home / "data-keyring" / "keyring.sqlite3").unlink()
    before = database.stat().st_size
    process = command(home, "--port", str(free_port()))
    told = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    assert "cannot be read" in told
    assert "make demo-reset" in told
    assert "Traceback" not in told
    assert database.stat().st_size == before


def test_a_reset_takes_away_what_was_entered_and_damaged(filled: Path, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    shutil.copytree(filled, home)
    with closing(sqlite3.connect(home / "data" / "mooring.sqlite3")) as database, database:
        database.execute("UPDATE people_clinic SET name = 'Renamed by a visitor'")
    (home / "data-keyring" / "keyring.sqlite3").unlink()
    assert command(home, "--reset").wait(timeout=240) == 0
    assert clinic(home) == "Quayside Practice"
    assert counted(home, "people_client") == 44


def test_a_folder_whose_clinic_is_gone_is_filled_anew(filled: Path, tmp_path: Path) -> None:
    home, port = tmp_path / "demo", free_port()
    shutil.copytree(filled, home)
    shutil.rmtree(home / "data")
    again = command(home, "--port", str(port))
    try:
        assert "Sarah" in wait_for(port)
        assert counted(home, "people_client") == 44
    finally:
        again.terminate()
        assert "made anew" in again.communicate(timeout=60)[0]
