"""A calibration killed in the middle: the old one is in force, or the new one and `recompute` ends the work."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.checkins.imports.clinic_of_its_own import OwnClinic, finished

SET_UP = """
import django; django.setup()
from datetime import UTC, datetime
from mooring.demo import survey
from mooring.kit.transactions import write
from mooring.web.serving import prepare_database
prepare_database(print)
survey.PEOPLE = 210
with write():
    survey.answer_the_survey(datetime.now(UTC))
"""
IN_FORCE = """
    SELECT number FROM checkins_calibrationinforce f JOIN checkins_calibration c ON c.id = calibration_id ORDER BY f.id
"""


def command(own: OwnClinic, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mooring.cli", *words],
        env=own.environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def publish(own: OwnClinic) -> subprocess.Popen[str]:
    """Another calibration than the one before: its people are said to be made up."""
    return command(own, "calibrate", "--instrument", "distress", "--publish", "--simulated")


def series(own: OwnClinic) -> list[tuple[Any, ...]]:
    """Every series, its calibration by number: the key is random."""
    names = [name for _, name, *_ in own.query("PRAGMA table_info(checkins_series)") if name != "calibration_id"]
    number = "(SELECT number FROM checkins_calibration c WHERE c.id = calibration_id)"
    return sorted(own.query(f"SELECT {', '.join(names)}, {number} FROM checkins_series"))


def resting_on(own: OwnClinic, number: int) -> int:
    return sum(row[-1] == number for row in series(own))


def copied(own: OwnClinic, room: Path) -> OwnClinic:
    shutil.copytree(own.room, room)
    return OwnClinic(room)


def killed(own: OwnClinic, when: Callable[[], bool]) -> None:
    """SIGKILL as soon as it is so."""
    process, deadline = publish(own), time.monotonic() + 200
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if when():
                break
        except sqlite3.OperationalError:
            pass
        time.sleep(0.002)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.own_clinic
def test_killed_anywhere_one_calibration_is_in_force_and_recompute_ends_the_work(tmp_path: Path) -> None:
    before = OwnClinic(tmp_path / "before")
    before.room.mkdir()
    finished(before.python(SET_UP))
    finished(command(before, "calibrate", "--instrument", "distress", "--publish"))
    old = series(before)
    calm = copied(before, tmp_path / "calm")
    finished(publish(calm))
    new = series(calm)
    assert old != new
    assert "; 0 differ" in finished(command(calm, "recompute"))

    def moments(own: OwnClinic) -> dict[str, Callable[[], bool]]:
        return {
            "written down": lambda: own.query("SELECT count(*) FROM checkins_calibration") == [(2,)],
            "in force": lambda: own.query(IN_FORCE)[-1] == (2,),
            "some rebuilt": lambda: resting_on(own, 2) >= 30,
        }

    for name in moments(before):
        own = copied(before, tmp_path / name)
        killed(own, moments(own)[name])
        if own.query(IN_FORCE)[-1] == (1,):
            assert series(own) == old, name
            finished(publish(own))
        else:
            finished(command(own, "recompute"))
        assert series(own) == new, name
        assert own.query(IN_FORCE) == [(1,), (2,)], name
