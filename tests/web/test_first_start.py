"""A clinic from nothing, by the commands of docs/clinics.md and in their order."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.own_clinic]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clinic")


def mooring(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    env = {**kept, "MOORING_DATA": str(home / "data"), "MOORING_KEYRING": str(home / "keys" / "keyring.sqlite3")}
    return subprocess.run(
        [sys.executable, "-m", "mooring.cli", *arguments],
        env={**env, **settings}, capture_output=True, text=True, check=False, cwd=home,
    )  # fmt: skip


def said(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


def refused(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


def test_a_clinic_its_crisis_line_and_its_first_member(home: Path) -> None:
    assert "There is none yet." in said(mooring(home, "clinic", "list"))
    assert "not an IANA time zone" in refused(mooring(home, "clinic", "new", "Quayside", "--zone", "Europe/Berln"))
    told = said(mooring(home, "clinic", "new", "Quayside Practice", "--zone", "Europe/Berlin"))
    clinic = re.findall(r"--clinic ([0-9a-f-]{36})", told)[-1]
    assert clinic in said(mooring(home, "clinic", "list"))

    def line(*arguments: str) -> subprocess.CompletedProcess[str]:
        return mooring(home, "clinic", "crisis-line", *arguments, "--clinic", clinic)

    assert "not a telephone number" in refused(line("Harbour line", "call us"))
    assert "Harbour line: 0800 111 0 111" in said(line("Harbour line", "0800 111 0 111", "--hours", "day and night"))
    assert "Harbour line: +49 30 1" in said(line("Harbour line", "+49 30 1"))
    assert "0800" not in said(line("Other line", "112"))
    assert "no crisis line “Nothing”" in refused(line("Nothing"))
    assert "Other line" not in said(line("Other line"))

    here = said(mooring(home, "clinic", "invite", "you@clinic.example", "--clinic", clinic))
    assert "http://localhost:8000/join/" in here
    assert "MOORING_ORIGIN is not set" in here
    there = said(
        mooring(
            home, "clinic", "invite", "a@clinic.example", "--clinic", clinic, MOORING_ORIGIN="https://clinic.example"
        )
    )
    assert "https://clinic.example/join/" in there
    assert "MOORING_ORIGIN" not in there
    assert "There is no clinic" in refused(mooring(home, "clinic", "invite", "a@clinic.example", "--clinic", "x"))
