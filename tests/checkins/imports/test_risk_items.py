"""Endorsed risk items come in as they were given, and are listed: nobody was alerted."""

import polars as pl

from mooring.alerts.models import Signal
from mooring.checkins.models import Block
from tests.checkins.imports.trying import Trier

HEAD = "id,date," + ",".join(f"core10_{n}" for n in range(1, 11))
CORE = (
    f"{HEAD},phq9_9\nA1,2026-01-05,1,3,2,2,0,0,4,1,2,3,0\nA1,2026-02-05,1,3,2,2,0,2,4,1,2,3,\n"
    "B2,2026-03-05,1,3,2,2,0,,4,1,2,3,1\n"
)


def test_they_are_listed_with_dates_the_latest_first(attempt: Trier) -> None:
    risks = attempt.room / "risks.csv"
    tried = attempt(CORE, raw=["core-10"], risks=risks)
    assert "2 endorsed answers to risk items. Historical: nobody was alerted." in tried.said
    assert pl.read_csv(risks).rows() == [
        ("B2", "2026-03-05", "phq-9", "phq9_9", 1.0, 4),
        ("A1", "2026-02-05", "core-10", "core10_6", 2.0, 3),
    ]


def test_the_dry_run_lists_them_too(attempt: Trier) -> None:
    tried = attempt(CORE, raw=["core-10"], dry_run=True)
    assert " B2       2026-03-05   phq-9 phq9_9       1 " in tried.said


def test_they_are_stored_raw_and_raise_no_alarm(attempt: Trier) -> None:
    attempt(CORE, raw=["core-10"])
    block = Block.objects.get(checkin__local_date="2026-02-05")
    assert block.answers["core10_6"] == 2
    assert not Signal.objects.filter(kind="risk").exists()


def test_a_total_hides_the_risk_item_and_that_is_said(attempt: Trier) -> None:
    tried = attempt("id,date,core-10,gad7\nA1,2026-01-05,12,3\n")
    assert "core-10 has a risk item; totals do not show how it was answered." in tried.said
    assert "gad-7 has a risk item" not in tried.said
