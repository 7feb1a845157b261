"""One million answers from a file into a clinic: seconds and the most memory the process ever held.

    python benchmarks/bench_import.py [answers]

A made-up study: PHQ-9, GAD-7 and the four S's with one figure on ten occasions a person, once with a row an
occasion and once with a row an answer. Asked: at most 1 GiB for 1,000,000 answers, and no transaction that
keeps a check-in waiting for 0.2 s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

OCCASIONS = 10
MEASURES = {
    "phq-9": [f"phq9_{n}" for n in range(1, 10)],
    "gad-7": [f"gad7_{n}" for n in range(1, 8)],
    "state-security": ["sec_safe_1", "sec_seen_1", "sec_soothed_1", "sec_secure_1"],
}
ITEMS = [item for items in MEASURES.values() for item in items]
ASKED_MIB = 1024
MAKE_CLINIC = """
import django; django.setup()
from datetime import UTC, datetime, timedelta
from uuid import UUID
from mooring.people.models import Clinic, Membership, User
from mooring.web.serving import prepare
prepare(print)
clinic = Clinic.objects.create(pk=UUID(int=1), name="Benchmark", zone="Europe/Berlin")
user = User.objects.create_user("ines@example.org", None)
Membership.objects.create(clinic=clinic, user=user, role="clinician", since=datetime.now(UTC) - timedelta(days=9))
"""

# The command's own function, so that the longest transaction can be asked for.
IMPORT = """
import json, os, resource, sys
import django; django.setup()
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from rich.console import Console
from mooring.checkins.imports.options import Options
from mooring.checkins.imports.run import run
options = Options(
    file=Path(sys.argv[1]), clinic=str(UUID(int=1)), clinician="ines@example.org",
    measure=["phq-9", "gad-7", "state-security"], about=["state-security=partner"], start="2024-01-01", yes=True,
)
done = run(options, Console(file=open(os.devnull, "w")), datetime.now(UTC), None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"people": done.people, "longest": done.longest, "mib": peak}))
"""


def study(answers: int) -> pl.DataFrame:
    """Rows of an occasion each, seeded."""
    rng = np.random.default_rng(20261113)
    people = -(-answers // (OCCASIONS * len(ITEMS)))
    level = np.repeat(rng.normal(size=people), OCCASIONS)[:, None] + rng.normal(0, 0.5, (people * OCCASIONS, 1))
    columns: dict[str, object] = {
        "id": np.repeat([f"S{n:06}" for n in range(people)], OCCASIONS),
        "day": np.tile(np.arange(OCCASIONS) * 7, people),
    }
    for item in ITEMS:
        low, high = (0, 10) if item.startswith("sec") else (0, 3)
        spread = (high - low) / 4
        values = (low + high) / 2 + spread * (level[:, 0] + rng.normal(0, 0.8, level.size))
        columns[item] = np.clip(np.rint(values), low, high).astype(int)
    return pl.DataFrame(columns)


def main() -> None:
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    wide = study(answers)
    long = wide.unpivot(index=["id", "day"], variable_name="item", value_name="answer").sort("id", "day")
    for name, frame in (("a row an occasion", wide), ("a row an answer", long)):
        with tempfile.TemporaryDirectory(prefix="bench-import-") as room:
            file = Path(room) / "study.csv"
            frame.write_csv(file)
            seconds, found = imported(file, Path(room))
        print(
            f"{name}: {answers:,} answers of {found['people']:,} people in {seconds:.0f} s, at most"
            f" {found['mib']:.0f} MiB (asked: {ASKED_MIB}); longest transaction {found['longest']:.2f} s"
        )


def imported(file: Path, room: Path) -> tuple[float, dict[str, float]]:
    """Seconds that an import into an empty clinic takes, program start included, and what it says of itself."""
    environment = {**os.environ, "MOORING_DATA": str(room / "data"), "DJANGO_SETTINGS_MODULE": "mooring.web.settings"}
    subprocess.run([sys.executable, "-c", MAKE_CLINIC], env=environment, check=True)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, str(file)], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return time.monotonic() - began, json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
