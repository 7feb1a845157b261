"""An import killed in the middle and run again leaves the clinic as one that was never disturbed."""

import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.checkins.imports.clinic_of_its_own import OwnClinic, finished, founded
from tests.checkins.imports.made_up import answers

PEOPLE = 90
# Columns that hold a moment of receipt, and random keys: of an audit row, of a signal.
OF_RECEIPT = {"received_at", "made_at", "raised_at", "at", "applied"}
# Who was written together depends on the machine's speed, so the audit is compared by its subjects.
TABLES = (
    "people_client",
    "people_course",
    "people_participation",
    "people_carerelation",
    "relationships_figure",
    "checkins_checkin",
    "checkins_block",
    "checkins_series",
    "instruments_reference",
    "alerts_signal",
)


def study(room: Path) -> Path:
    """Items of two occasions and a total that gets worse, so that there are signals."""
    first = answers("ecr", PEOPLE, seed=1).with_columns(pl.lit("2025-03-03").alias("date"))
    weeks = [
        first.with_columns(
            pl.lit(f"2025-{4 + w // 4:02}-{1 + 7 * (w % 4):02}").alias("date"),
            pl.lit(8 if w < 4 else 29).alias("core10_total"),
        )
        for w in range(8)
    ]
    pl.concat(weeks).write_csv(room / "study.csv")
    return room / "study.csv"


def rows(own: OwnClinic, table: str) -> list[tuple[Any, ...]]:
    """Every row without its moments of receipt, sealed texts (each seal is random) and random keys."""
    names = [name for _, name, *_ in own.query(f"PRAGMA table_info({table})")]
    left_out = OF_RECEIPT | {"name", "first_name", "gender", "birth_year", "topic"}
    if table in ("alerts_signal", "instruments_reference"):
        left_out = left_out | {"id"}
    if table == "people_carerelation":
        left_out = left_out | {"since"}
    # The catalogue's versions got random keys in each clinic; they are compared by what they are.
    version = "(SELECT digest FROM instruments_instrumentversion v WHERE v.id = instrument_version_id)"
    kept = [version if name == "instrument_version_id" else name for name in names if name not in left_out]
    return sorted(own.query(f"SELECT {', '.join(kept)} FROM {table}"), key=repr)


@pytest.mark.slow
@pytest.mark.own_clinic
def test_killed_anywhere_and_run_again_it_is_the_same_clinic(tmp_path: Path) -> None:
    file = study(tmp_path)
    words = ("--raw", "ecr")
    calm, disturbed = founded(tmp_path / "calm"), founded(tmp_path / "disturbed")
    finished(calm.importing(file, *words))
    for enough in (5, 35):
        _kill_after(disturbed, disturbed.importing(file, *words), enough)
        count = disturbed.query("SELECT count(*) FROM people_client")[0][0] - 1
        assert enough <= count < PEOPLE
    finished(disturbed.importing(file, *words))
    for table in TABLES:
        assert rows(disturbed, table) == rows(calm, table), table
    assert len(rows(calm, "people_client")) == PEOPLE + 1
    assert rows(calm, "alerts_signal")
    assert "Nothing changed" in finished(disturbed.importing(file, *words))


def _kill_after(own: OwnClinic, process: Any, people: int) -> None:
    """SIGKILL as soon as that many are there: at whatever line the import then happens to be."""
    deadline = time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if own.query("SELECT count(*) FROM people_client")[0][0] - 1 >= people:
                break
        except sqlite3.OperationalError:
            pass
        time.sleep(0.002)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()
