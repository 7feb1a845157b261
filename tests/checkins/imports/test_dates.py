"""Dates and numbers become moments; what cannot be read in one way only is asked or refused."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from mooring.checkins.models import CheckIn
from tests.checkins.imports.trying import Trier


def moments() -> list[datetime]:
    return list(CheckIn.objects.order_by("occurred_at").values_list("occurred_at", flat=True))


def days() -> list[date]:
    return list(CheckIn.objects.order_by("occurred_at").values_list("local_date", flat=True))


def dated(*written: str) -> str:
    return "id,when,core-10\n" + "".join(f"A1,{text},{10 + n}\n" for n, text in enumerate(written))


def test_a_bare_day_is_its_noon_in_the_clinic(attempt: Trier) -> None:
    attempt(dated("2026-01-05", "2026-04-06"), time="when")
    # Berlin: one hour before UTC in January, two in April.
    assert moments() == [datetime(2026, 1, 5, 11, tzinfo=UTC), datetime(2026, 4, 6, 10, tzinfo=UTC)]


def test_a_time_of_day_is_kept_local_or_with_its_offset(attempt: Trier) -> None:
    attempt(dated("2026-01-05T20:15", "2026-01-06 20:15:30Z", "2026-01-07T20:15+05:30"), time="when")
    assert moments() == [
        datetime(2026, 1, 5, 19, 15, tzinfo=UTC),
        datetime(2026, 1, 6, 20, 15, 30, tzinfo=UTC),
        datetime(2026, 1, 7, 14, 45, tzinfo=UTC),
    ]


def test_midnights_throughout_are_days_as_spreadsheets_write_them(attempt: Trier) -> None:
    attempt(dated("2026-01-05 00:00:00", "2026-02-05 00:00:00"), time="when")
    attempt(dated("2026-01-05", "2026-02-05"), time="when")
    assert days() == [date(2026, 1, 5), date(2026, 2, 5)], "the second file brought nothing new"


@pytest.mark.parametrize(
    ("written", "declared", "meant"),
    [
        ("03.04.2026", "", date(2026, 4, 3)),
        ("03/04/2026", "day-first", date(2026, 4, 3)),
        ("03/04/2026", "month-first", date(2026, 3, 4)),
        ("3-4-2026 08:30", "day-first", date(2026, 4, 3)),
    ],
)
def test_day_or_month_first_as_declared(attempt: Trier, written: str, declared: str, meant: date) -> None:
    attempt(dated(written), time="when", dates=declared)
    assert days() == [meant]


def test_a_date_that_reads_two_ways_is_not_guessed(attempt: Trier) -> None:
    tried = attempt(dated("03/04/2026", "05/06/2025"), time="when")
    assert "How are the values of “when” to be read?" in tried.refused
    assert "--dates day-first, month-first" in tried.refused
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("unit", "number", "meant"), [("days", "10", date(2025, 1, 11)), ("weeks", "2", date(2025, 1, 15))]
)
def test_numbers_count_from_the_start(attempt: Trier, unit: str, number: str, meant: date) -> None:
    attempt(dated("0", number), time="when", dates=unit, start="2025-01-01")
    assert days() == [date(2025, 1, 1), meant]


def test_numbers_without_a_start_are_asked_about(attempt: Trier) -> None:
    tried = attempt("id,day,core-10\nA1,0,10\n")
    assert "The days count from which date" in tried.refused
    assert "--start DATE" in tried.refused


def test_each_person_may_have_a_start_of_their_own(attempt: Trier) -> None:
    columns = attempt.file(
        """
        shape = "occasions"
        person = "id"
        [time]
        column = "week"
        reading = "weeks"
        start_column = "intake"
        [[measures]]
        key = "core-10"
        columns = { core = "total" }
        """,
        "map.toml",
    )
    attempt("id,intake,week,core\nA,2025-01-01,1,10\nB,2025-03-01,1,11\n", map=columns)
    assert days() == [date(2025, 1, 8), date(2025, 3, 8)]


def test_undated_answers_get_the_one_date_that_is_given(attempt: Trier) -> None:
    assert "On which date" in attempt("id,core-10\nA1,10\n").refused
    attempt("id,core-10\nA1,10\n", on="2025-11-03")
    assert days() == [date(2025, 11, 3)]


def test_named_occasions_get_their_times(attempt: Trier) -> None:
    attempt(
        "id,wave,core-10\nA1,pre,10\nA1,post,11\nA1,later,9\n",
        dates="weeks",
        start="2025-01-01",
        occasion=["pre=0", "post=12", "later=2025-09-01"],
    )
    assert days() == [date(2025, 1, 1), date(2025, 3, 26), date(2025, 9, 1)]


def test_every_wrong_date_is_listed_with_its_row(attempt: Trier) -> None:
    tried = attempt(
        dated("2026-01-05", "2026-13-05", "", "soon", "2026-05-14", "1850-01-01", "2026-03-29T02:30"), time="when"
    )
    assert tried.at(3, "when") == "not read as an ISO date"
    assert tried.at(4, "when") == "no date"
    assert tried.at(5, "when") == "not read as an ISO date"
    assert tried.at(6, "when") == "lies in the future"
    assert tried.at(7, "when") == "lies before 1900"
    assert tried.at(8, "when") == "not read as an ISO date", "that wall-clock time did not exist in Berlin"
    assert not CheckIn.objects.exists()


def test_moments_of_a_data_frame_keep_their_zone(attempt: Trier) -> None:
    aware = datetime(2026, 1, 5, 20, 15, tzinfo=UTC)
    frame = pl.DataFrame({"id": ["A1", "A2"], "when": [aware, aware.replace(day=6)], "core-10": [10, 11]})
    frame.write_parquet(attempt.room / "answers.parquet")
    attempt(attempt.room / "answers.parquet", time="when")
    assert moments() == [aware, aware.replace(day=6)]


def test_a_row_a_person_with_a_date_for_each_occasion(attempt: Trier) -> None:
    attempt("id,core10_pre,core10_post\nA1,10,9\n", occasion=["pre=2025-01-01", "post=2025-06-01"])
    assert days() == [date(2025, 1, 1), date(2025, 6, 1)]


def test_a_number_beyond_any_calendar_is_a_problem_not_a_crash(attempt: Trier) -> None:
    tried = attempt("id,day,core-10\nA1,1e9,10\nA1,nan,10\nA1,-400000,10\n", start="2025-01-01")
    assert [tried.at(row, "day") for row in (2, 3, 4)] == ["not read as a day number"] * 3
