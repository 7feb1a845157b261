"""A check-in sent: everything that `submit` does, beside the bare insert of the same rows in the same database.

    python benchmarks/bench_submit.py

The demonstration's people with half a year of check-ins each send one more: as a bare insert (the occasion and its
answers in one transaction, taken away again outside the clock) and whole (judged, rebuilt, every signal decided,
audited), now the one first, now the other. Asked: at the median less than 15 ms beyond the bare insert. SQLite as a
clinic uses it, flushed at each commit.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

ASKED_MS = 15.0
WEEKS = 24
"""Check-ins that a person must have sent before."""
WARM = 4
"""The first ones load what a process loads once."""


def main() -> None:
    if "MOORING_DEMO" in os.environ:
        measure()
        return
    with tempfile.TemporaryDirectory(prefix="bench-submit-") as room:
        environment = {
            **os.environ,
            "MOORING_DEMO": f"{room}/demo",
            "DJANGO_SETTINGS_MODULE": "mooring.demo.settings",
        }
        subprocess.run([sys.executable, __file__], env=environment, check=True)


def measure() -> None:
    from mooring.demo.run import reset

    reset(lambda line: None)
    bare, whole = [], []
    for number, (participation, answered, by) in enumerate(_people()):
        # One is measured after the other has warmed the caches: by turns.
        for inserting in (number % 2 == 0, number % 2 == 1):
            start = time.perf_counter()
            made = _insert(participation, answered) if inserting else _submit(participation, answered, by)
            (bare if inserting else whole).append(1000 * (time.perf_counter() - start))
            if inserting:
                made.delete()
    bare, whole = bare[WARM:], whole[WARM:]
    beyond = statistics.median(w - b for w, b in zip(whole, bare, strict=True))
    insert, sent = statistics.median(bare), statistics.median(whole)
    print(
        f"a check-in sent after half a year ({len(whole)} people): bare insert {insert:.1f} ms, whole submit"
        f" {sent:.1f} ms = {sent / insert:.1f} x; {beyond:.1f} ms beyond it (asked: under {ASKED_MS:g})"
    )


def _people() -> Iterator[tuple[Any, Any, Any]]:
    """Each participation with a long series, the check-in that it sends next, and who sends it."""
    from mooring.checkins.models import CheckIn, CheckInPlan
    from mooring.checkins.submit import Answered

    for plan in CheckInPlan.objects.select_related("participation__course", "participation__clinic", "reader"):
        mine = CheckIn.objects.filter(participation=plan.participation, rater=CheckIn.Rater.CLIENT)
        if mine.count() >= WEEKS:
            latest = mine.order_by("-occurred_at").first()
            answered = Answered(uuid4(), datetime.now(UTC) - timedelta(minutes=1), plan.zone, _blocks(latest))
            yield plan.participation, answered, plan.reader


def _blocks(latest: Any) -> list[Any]:
    """What the last check-in asked and was answered, asked once more."""
    from mooring.checkins.submit import BlockAnswers

    return [
        BlockAnswers(block.instrument_version, block.figure_id, block.language, block.items, block.answers)
        for block in latest.blocks.select_related("instrument_version")
    ]


def _submit(participation: Any, answered: Any, by: Any) -> Any:
    from mooring.checkins.submit import submit

    return submit(participation, answered, by=by, at=datetime.now(UTC))


def _insert(participation: Any, answered: Any) -> Any:
    from mooring.checkins.models import Block, CheckIn
    from mooring.kit.dates import local_date
    from mooring.kit.transactions import write

    at = answered.answered_at
    with write():
        checkin = CheckIn.objects.create(
            clinic_id=participation.clinic_id,
            participation=participation,
            client_id=participation.client_id,
            client_made_id=uuid4(),
            source=answered.source,
            answered_at=at,
            received_at=at,
            occurred_at=at,
            zone=answered.zone,
            local_date=local_date(at, answered.zone),
        )
        Block.objects.bulk_create(
            Block(
                clinic_id=participation.clinic_id,
                checkin=checkin,
                instrument_version=block.instrument_version,
                figure_id=block.figure_id,
                language=block.language,
                position=position,
                items=list(block.items),
                answers=dict(block.answers),
            )
            for position, block in enumerate(answered.blocks)
        )
    return checkin


if __name__ == "__main__":
    main()
