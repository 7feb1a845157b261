"""Cells, columns and options made to mislead: each is said in words, none is a crash, and none comes in as another."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from mooring.checkins.models import Block, CheckIn
from mooring.people.models import Client
from tests.checkins.imports.trying import NOW, Trier

HEAD = "id,date,gad7\n"


@pytest.mark.parametrize("hidden", ["\x00", "\n", "\x1b[31m", "\u200b", "\u202e", "\u2028"])
def test_a_code_that_holds_what_nobody_sees_is_refused(attempt: Trier, hidden: str) -> None:
    tried = attempt(f'{HEAD}"A{hidden}1",2026-01-05,3\n')
    assert tried.at(2, "id") == "holds a character that cannot be seen"
    assert hidden not in tried.problems[0]["value"]
    assert not Client.objects.filter(code__startswith="A").exists()


def test_so_does_a_prefix(attempt: Trier) -> None:
    assert attempt(f"{HEAD}A1,2026-01-05,3\n", prefix="p\x00").at(2, "id") == "holds a character that cannot be seen"


def test_digits_of_other_scripts_are_asked_about_or_named(attempt: Trier) -> None:
    assert "How are the values of “date” to be read" in attempt(f"{HEAD}A1,٠٥/٠٦/٢٠٢٥,3\n").refused
    assert attempt(f"{HEAD}A1,٠٥/٠٦/٢٠٢٥,3\n", dates="day-first").at(2, "date") == "not read as a date, day-first"
    assert attempt(f"{HEAD}A1,2026-01-05,٣\n").at(2, "gad7") == "not a number"


def test_a_measure_declared_up_to_a_huge_number_is_no_crash(attempt: Trier, tmp_path: Path) -> None:
    sleep = tmp_path / "sleep.toml"
    sleep.write_text(
        'key = "sleep"\nname = "Sleep"\nminimum = 0\nmaximum = 1e300\ndirection = "worse"\nsource = "Made up."\n'
    )
    rows = "A1,2026-01-05,-3\nA2,2026-01-05,1e200\nA2,2026-01-05,2e200\n"
    tried = attempt(f"id,date,sleep\n{rows}", declare=[sleep])
    assert tried.at(2, "sleep").startswith("outside 0 to 1")
    assert tried.at(4, "sleep").startswith("another value")
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("version = 99999999999999999999", "too large"),
        (f"cutoffs = {'[' * 5000}{']' * 5000}", "nested too deeply"),
    ],
)
def test_a_declaration_that_no_database_holds_is_named(
    attempt: Trier, tmp_path: Path, content: str, says: str
) -> None:
    sleep = tmp_path / "sleep.toml"
    sleep.write_text(
        f'key = "sleep"\nname = "S"\nminimum = 0\nmaximum = 9\ndirection = "worse"\nsource = "s"\n{content}\n'
    )
    with pytest.raises(ValueError, match=says):
        attempt("id,date,sleep\nA1,2026-01-05,3\n", declare=[sleep])
