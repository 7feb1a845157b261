"""`mooring import` as a command: it starts without Django, explains itself, and ends with a status."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkins.imports.clinic_of_its_own import founded

pytestmark = pytest.mark.own_clinic


def test_the_other_commands_start_without_django_and_polars() -> None:
    program = "import sys, mooring.cli; print(sorted({'django', 'polars', 'numba'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_its_help_names_every_decision() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mooring.cli", "import", "--help"], capture_output=True, text=True, check=True
    )
    for option in ("--dry-run", "--map", "--raw", "--already-keyed", "--range", "--missing", "--duplicates", "--join"):
        assert option in done.stdout


@pytest.mark.slow
def test_a_refusal_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    own = founded(tmp_path / "clinic")
    file = tmp_path / "answers.csv"
    file.write_text("id,date,gad7\nA1,2026-01-05,22\n")
    process = own.importing(file)
    out, complaint = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "outside 0 to 21" in out
    assert complaint.strip() == "answers.csv: 1 problem, listed above. Nothing was imported."
    file.write_text("id,date,gad7\nA1,2026-01-05,12\n")
    process = own.importing(file)
    out, complaint = process.communicate(timeout=120)
    assert (process.returncode, complaint) == (0, "")
    assert "1 person, 1 check-in, 1 block of answers imported" in out


def test_a_clinic_that_was_never_started_is_said_to_be(tmp_path: Path) -> None:
    from tests.checkins.imports.clinic_of_its_own import OwnClinic

    (tmp_path / "answers.csv").write_text("id,date,gad7\nA1,2026-01-05,12\n")
    process = OwnClinic(tmp_path / "nothing").importing(tmp_path / "answers.csv")
    _, complaint = process.communicate(timeout=120)
    assert process.returncode == 1
    assert complaint.startswith("The clinic's database: it is not ready")
    assert "Run `mooring serve` once" in complaint
