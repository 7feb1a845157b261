"""A client answers while an import runs in another process: nobody is refused, and nobody waits long."""

import json
import time
from pathlib import Path

import polars as pl
import pytest

from tests.checkins.imports.clinic_of_its_own import finished, founded
from tests.checkins.imports.made_up import answers

SUBMIT = """
import json, sys, time
import django; django.setup()
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4
from mooring.checkins.submit import Answered, BlockAnswers, submit
from mooring.instruments.publish import current
from mooring.people.models import Participation, User
participation, alice = Participation.objects.get(pk=UUID(int=5)), User.objects.get(pk=UUID(int=1))
version = current("distress")
items = version.instrument.forms["short"].items

def once():
    block = BlockAnswers(version, None, "en", items, {item: 2 for item in items})
    now = datetime.now(UTC)
    began = time.monotonic()
    submit(participation, Answered(uuid4(), now, "Europe/Berlin", [block]), by=alice, at=now)
    return time.monotonic() - began

once()
print("ready", flush=True)
sys.stdin.readline()
waits = []
while not Path(sys.argv[1]).exists():
    waits.append(once())
    time.sleep(0.15)
print(json.dumps(waits))
"""


@pytest.mark.slow
@pytest.mark.own_clinic
def test_nobody_is_refused_and_nobody_waits_long(tmp_path: Path) -> None:
    own = founded(tmp_path / "clinic")
    file, over = tmp_path / "study.csv", tmp_path / "over"
    frame = answers("ecr", 200, seed=1)
    weeks = [frame.with_columns(pl.lit(f"2025-0{m}-03").alias("date")) for m in range(1, 5)]
    pl.concat(weeks).write_csv(file)
    phone = own.python(SUBMIT, str(over))
    assert phone.stdout is not None
    assert phone.stdin is not None
    assert phone.stdout.readline() == "ready\n"
    importing = own.importing(file, "--raw", "ecr")
    while importing.poll() is None and own.query("SELECT count(*) FROM people_client")[0][0] < 3:
        time.sleep(0.01)
    phone.stdin.write("go\n")
    phone.stdin.flush()
    finished(importing)
    over.touch()
    out, complaint = phone.communicate(timeout=60)
    assert phone.returncode == 0, complaint
    waits = json.loads(out)
    assert len(waits) >= 5, "they were sent while the import ran"
    # A transaction of the import is asked to take 0.06 s; SQLite's waiting polls up to every 0.1 s.
    assert sorted(waits)[len(waits) // 2] < 1.5
    assert max(waits) < 10, "far from the 20 s after which a check-in would be refused"
    assert own.query("SELECT count(*) FROM people_client") == [(201,)]
    assert own.query("SELECT count(*) FROM checkins_checkin WHERE source = 'phone'") == [(len(waits) + 1,)]
