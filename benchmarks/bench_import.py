"""One million answers from a file into a clinic: seconds and the most memory the process ever held.

    python benchmarks/bench_import.py [answers] [people|occasions]

A made-up study: PHQ-9, GAD-7 and the four S's with one figure on ten occasions a person, once with a row an
occasion and once with a row an answer. Asked: at most 1 GiB for 1,000,000 answers, and no transaction that
keeps a check-in waiting for 0.2 s.
"""

from __future__ import annotations

import os
import re
import resource
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
from django.core.management import call_command
from mooring.people.models import Clinic, Membership, User
call_command("migrate", verbosity=0)
clinic = Clinic.objects.create(pk=UUID(int=1), name="Benchmark", zone="Europe/Berlin")
user = User.objects.create_user("ines@example.org", None)
Membership.objects.create(clinic=clinic, user=user, role="clinician", since=datetime.now(UTC) - timedelta(days=9))
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
            seconds, longest, said = imported(file, Path(room))
            size = file.stat().st_size / 2**20
        # Of the largest child so far: the second figure can only be larger than the first.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{name}: {answers:,} answers, {size:.0f} MiB of CSV: {seconds:.0f} s, at most {peak:.0f} MiB", end="")
        print(f" (asked: {ASKED_MIB}); {said}")


def imported(file: Path, room: Path) -> tuple[float, float, str]:
    """Seconds that `mooring import` takes into an empty clinic, and its last words."""
    environment = {**os.environ, "MOORING_DATA": str(room / "data"), "DJANGO_SETTINGS_MODULE": "mooring.web.settings"}
    subprocess.run([sys.executable, "-c", MAKE_CLINIC], env=environment, check=True)
    command = [sys.executable, "-m", "mooring.cli", "import", str(file), "--yes", "--about", "state-security=partner"]
    command += ["--clinic", "00000000-0000-0000-0000-000000000001", "--clinician", "ines@example.org"]
    command += ["--start", "2024-01-01", *(word for key in MEASURES for word in ("--measure", key))]
    began = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - began
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr)
    words = " ".join(done.stdout.split("\n\n")[-1].split())
    return seconds, 0.0, re.sub(r" Nobody was notified\.", "", words)


if __name__ == "__main__":
    main()
