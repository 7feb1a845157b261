"""Cells, columns and options made to mislead: each is said in words, none is a crash, and none comes in as another."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mooring.checkins.imports import run as running
from mooring.checkins.models import Block, CheckIn
from mooring.people.models import Client
from tests.checkins.imports.trying import Trier

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
def test_a_declaration_that_no_database_holds_is_named(attempt: Trier, tmp_path: Path, content: str, says: str) -> None:
    sleep = tmp_path / "sleep.toml"
    sleep.write_text(
        f'key = "sleep"\nname = "S"\nminimum = 0\nmaximum = 9\ndirection = "worse"\nsource = "s"\n{content}\n'
    )
    with pytest.raises(ValueError, match=says):
        attempt("id,date,sleep\nA1,2026-01-05,3\n", declare=[sleep])


@pytest.fixture
def parquet(tmp_path: Path) -> Any:
    def write(**columns: Any) -> Path:
        file = tmp_path / "answers.parquet"
        pl.DataFrame({"id": ["A1"], "date": ["2026-01-05"], **columns}).write_parquet(file)
        return file

    return write


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e20])
def test_an_infinite_or_huge_number_of_a_data_frame_is_not_a_missing_answer(
    attempt: Trier, parquet: Any, value: float
) -> None:
    tried = attempt(parquet(gad7_1=[value], gad7_2=[1.0]))
    assert tried.at(1, "gad7_1") in ("not a number", "outside 0 to 3")
    assert not CheckIn.objects.exists()


def test_not_a_number_is_how_a_data_frame_says_missing(attempt: Trier, parquet: Any) -> None:
    attempt(parquet(gad7_1=[float("nan")], gad7_2=[1.0]))
    (block,) = Block.objects.all()
    assert (block.answers["gad7_1"], block.answers["gad7_2"]) == (None, 1)


@pytest.mark.parametrize("name", ["*", "^.*$", "§row"])
def test_a_column_whose_name_stands_for_others_is_refused(attempt: Trier, parquet: Any, name: str) -> None:
    assert f"“{name}”" in attempt(f"{name},date,gad7\nA1,2026-01-05,3\n", person=name).refused
    assert f"“{name}”" in attempt(parquet(**{name: ["A1"], "gad7": [3]}), person=name).refused


def test_bytes_that_are_no_text_are_said_even_far_down(attempt: Trier, tmp_path: Path) -> None:
    file = tmp_path / "answers.parquet"
    ids = [f"A{n}".encode() for n in range(3000)]
    rows = {"id": [*ids, b"\xff\xfe"], "date": ["2026-01-05"] * 3001, "gad7": [3] * 3001}
    pl.DataFrame(rows).write_parquet(file)
    assert "it is not a Parquet file that can be read (invalid utf8" in attempt(file).refused


def test_a_header_of_ten_thousand_columns_is_read(attempt: Trier) -> None:
    names = ",".join(f"another_column_{n}" for n in range(10_000))
    text = f"{HEAD.strip()},{names}\nA1,2026-01-05,3{',x' * 10_000}\n"
    assert attempt(text, measure=["gad-7"]).loaded.blocks == 1


@pytest.mark.parametrize("coded", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_wide_characters_is_recognised_without_its_mark(attempt: Trier, tmp_path: Path, coded: str) -> None:
    file = tmp_path / "wide.csv"
    file.write_bytes(f"{HEAD}A1,2026-01-05,3\n".encode(coded))
    assert "UTF-16" in attempt(file).refused


def test_what_looks_like_markup_or_steers_a_terminal_is_printed_as_it_is(attempt: Trier) -> None:
    tried = attempt(f"{HEAD}[/bold],2026-01-05,[/x]\nA2,2026-01-05,\x1b]0;title\x07[bold]7\n")
    assert tried.at(2, "gad7") == "not a number"
    assert "[/x]" in tried.said
    assert "[bold]7" in tried.said
    assert "\x1b" not in tried.said


def test_a_formula_in_a_list_of_problems_is_not_run_by_a_spreadsheet(attempt: Trier) -> None:
    tried = attempt(f"{HEAD}A1,2026-01-05,=HYPERLINK(1)\nA2,2026-01-05,-99\n")
    assert [one["value"] for one in tried.problems] == ["'=HYPERLINK(1)", "-99"]


@pytest.mark.parametrize("offset", ["+99:99", "+24:00", "-15:00", "+01:75"])
def test_an_offset_that_no_clock_has_is_no_date(attempt: Trier, offset: str) -> None:
    tried = attempt(f"{HEAD}A1,2026-01-05T10:00{offset},3\nA1,2026-01-05T10:00-03:30,3\n")
    assert tried.at(2, "date") == "not read as an ISO date"
    assert tried.at(3, "date") == ""


def test_today_before_noon_says_why_it_has_to_wait(attempt: Trier) -> None:
    morning = datetime(2026, 5, 13, 6, tzinfo=UTC)
    rows = "A1,2026-05-13,3\nA1,2026-05-14,3\n"
    tried = attempt(HEAD + rows, at=morning)
    assert tried.at(2, "date").startswith("is today")
    assert tried.at(3, "date") == "lies in the future"
    assert "is today" in attempt("id,gad7\nA1,3\n", on="2026-05-13", at=morning).refused
    assert attempt(f"{HEAD}A1,2026-05-13T07:00,3\n", at=morning).loaded.blocks == 1
    assert attempt(f"{HEAD}A2,2026-05-13,3\n").loaded.blocks == 1


@pytest.mark.parametrize(("on", "says"), [("2099-01-01", "future"), ("9999-12-31", "future"), ("0001-01-01", "1900")])
def test_the_one_date_of_undated_answers_is_judged_like_any_other(attempt: Trier, on: str, says: str) -> None:
    assert says in attempt("id,gad7\nA1,3\n", on=on).refused
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("span", ["-inf:inf", "0:inf", "nan:3"])
def test_a_range_without_an_end_is_refused(attempt: Trier, span: str) -> None:
    assert "range of gad-7" in attempt(f"{HEAD}A1,2026-01-05,3\n", range=[f"gad-7={span}"]).refused


def test_two_declarations_of_one_key_are_not_one_of_them(attempt: Trier, tmp_path: Path) -> None:
    files = []
    for maximum in (9, 40):
        files.append(tmp_path / f"{maximum}.toml")
        files[-1].write_text(
            f'key = "sleep"\nname = "S"\nminimum = 0\nmaximum = {maximum}\ndirection = "worse"\nsource = "s"\n'
        )
    assert "declared already" in attempt("id,date,sleep\nA1,2026-01-05,3\n", declare=files).refused


def test_codes_that_differ_in_what_people_overlook_are_pointed_out(attempt: Trier) -> None:
    tried = attempt(
        f"{HEAD}K-07,2026-01-05,3\nk-07,2026-01-12,4\nK 07,2026-01-19,5\n7,2026-01-05,3\n7.0,2026-01-12,3\n"
    )
    for code, other in (("k-07", "K-07"), ("K 07", "K-07"), ("7.0", "7")):
        assert f"“{code}” and “{other}” are taken for two people" in tried.said
    assert "“k07” and “K 07”" in attempt(f"{HEAD}k07,2026-01-05,3\n", dry_run=True).said


def test_a_file_that_changes_while_it_is_looked_through_is_not_half_of_each(
    attempt: Trier, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = attempt.file(f"{HEAD}A1,2026-01-05,3\n")
    looked = running.check

    def saved_anew(*given: Any) -> Any:
        checked = looked(*given)
        file.write_text(f"{HEAD}A1,2026-01-05,21\n")
        return checked

    monkeypatch.setattr(running, "check", saved_anew)
    assert "it changed while it was looked through" in attempt(file).refused
    assert not CheckIn.objects.exists()
