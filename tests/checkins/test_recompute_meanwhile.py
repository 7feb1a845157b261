"""Recompute runs beside people who answer: the answer that comes in between reading and writing is not rubbed out."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection

from mooring.checkins import rebuild as rebuilding
from mooring.checkins.models import Series
from mooring.checkins.recompute import recompute
from mooring.kit import transactions
from mooring.science.operating_point import OperatingPoint
from tests.cast import Person
from tests.checkins.answering import security, send

pytestmark = pytest.mark.usefixtures("real_transactions")


def test_an_answer_while_it_rebuilds_stays_in_the_series(
    sarah: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(sarah, security(sarah, 6), at=now - timedelta(weeks=1))
    phones: list[threading.Thread] = []
    watch = rebuilding.watch

    def answer() -> None:
        try:
            send(sarah, security(sarah, 3), at=now)
        finally:
            connection.close()

    def watched(series: Sequence[Series], *point: OperatingPoint) -> None:
        if not phones:
            # Recompute has read the answers and has written nothing yet.
            phones.append(threading.Thread(target=answer))
            phones[0].start()
            phones[0].join(timeout=2)
        watch(series, *point)

    monkeypatch.setattr(rebuilding, "watch", watched)
    recompute()
    phones[0].join(timeout=30)
    monkeypatch.undo()
    assert [point["score"] for point in Series.objects.get(role="security").points] == [6, 3]
    assert recompute().changed == 0


def test_between_two_people_another_process_gets_its_turn(
    sarah: Person, john: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's waiters poll: two long runs without a gap left a third writer with “database is locked” after 20 s."""
    for person in (sarah, john):
        send(person, security(person, 6), at=now)
    rests: list[float] = []
    monkeypatch.setattr(transactions.time, "sleep", rests.append)
    recompute()
    assert len(rests) == (2 if connection.vendor == "sqlite" else 0)
    assert all(rest > 0 for rest in rests)
