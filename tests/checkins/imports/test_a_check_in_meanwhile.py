"""A client answers while an import runs in another process: nobody is refused, and nobody waits long."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.checkins.imports.clinic_of_its_own import finished, founded
from tests.checkins.imports.made_up import answers

SUBMIT = """
import json, sys, time
import django; django.setup()
from datetime import UTC, datetime
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
while len(waits) < int(sys.argv[1]):
    waits.append(once())
    time.sleep(0.15)
print(json.dumps(waits))
"""


@pytest.mark.slow
def test_nobody_is_refused_and_nobody_waits_long(tmp_path: Path) -> None:
    own = founded(tmp_path / "clinic")
    file = tmp_path / "study.csv"
    frame = answers("ecr", 250, seed=1)
    weeks = [frame.with_columns(pl.lit(f"2025-0{m}-03").alias("date")) for m in range(1, 5)]
    pl.concat(weeks).write_csv(file)
    phone = own.python(SUBMIT, "15")
    assert phone.stdout is not None
    assert phone.stdout.readline() == "ready\n"
    importing = own.importing(file, "--raw", "ecr")
    while importing.poll() is None and own.query("SELECT count(*) FROM people_client")[0][0] < 3:
        pass
    out, complaint = phone.communicate("go\n", timeout=120)
    assert phone.returncode == 0, complaint
    assert importing.poll() is None, "the import ran the whole time"
    waits = json.loads(out)
    assert len(waits) == 15
    # A transaction of the import is asked to take 0.1 s; SQLite's waiting polls up to every 0.1 s.
    assert sorted(waits)[7] < 1.5
    assert max(waits) < 10, "far from the 20 s after which a check-in would be refused"
    finished(importing)
    assert own.query("SELECT count(*) FROM people_client") == [(251,)]
