"""The demonstration empties its folder without asking: it must never be somebody else's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mooring.demo.folder import NotADemonstration, claim, empty


def files(home: Path) -> set[str]:
    return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


@pytest.fixture
def a_clinic(tmp_path: Path) -> Path:
    """What lies at /srv/mooring where a clinic keeps its data in /srv/mooring/data."""
    for name in ("data/mooring.sqlite3", "data-keyring/keyring.sqlite3", "letters/to-keep.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("somebody's")
    return tmp_path


def test_a_folder_that_holds_anything_else_is_refused_and_left_alone(a_clinic: Path) -> None:
    before = files(a_clinic)
    for act in (claim, empty):
        with pytest.raises(NotADemonstration, match="MOORING_DEMO"):
            act(a_clinic)
    assert files(a_clinic) == before


@pytest.mark.parametrize("arguments", [("--reset",), ("--port", "1")])
def test_the_command_does_not_touch_it_either(a_clinic: Path, arguments: tuple[str, ...]) -> None:
    before = files(a_clinic)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "mooring.cli", "demo", *arguments],
        env={**kept, "MOORING_DEMO": str(a_clinic)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "holds something that is not a demonstration" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(a_clinic) == before


def test_only_what_it_made_itself_is_taken_away(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    claim(home)
    for name in ("data/mooring.sqlite3", "data-keyring/secret.key", "filled", "a-visitors-notes.txt"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).touch()
    empty(home)
    assert files(home) == {"this-is-a-demonstration", "a-visitors-notes.txt"}
    assert (home / "data").is_dir()


def test_an_empty_folder_may_become_one(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    claim(home)
    claim(home)
    assert files(home) == {"this-is-a-demonstration"}
