"""A matter is told once, however many submits and workers come at once: threads on transactions that commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from mooring.alerts.models import Growth, Kind, Signal
from mooring.checkins.silence import raise_silence
from tests.cast import Person
from tests.checkins.answering import block, security, send

pytestmark = pytest.mark.usefixtures("real_transactions")
AT_ONCE = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    start = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        try:
            start.wait()
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def lived(person: Person, values: list[int], now: datetime) -> None:
    """Security with the first figure, a week apart, the last one a week ago."""
    for index, value in enumerate(values):
        send(person, security(person, value), at=now - timedelta(weeks=len(values) - index))


def test_six_answers_at_once_raise_a_matter_once(sarah: Person, now: datetime) -> None:
    lived(sarah, [9, 9, 9, 9, 9, 9, 4], now)
    at_once(lambda n: send(sarah, security(sarah, 4), block("distress", 3), at=now + timedelta(minutes=n)))
    assert list(Signal.objects.values_list("kind", flat=True)) == [Kind.DETERIORATION]
    assert not Growth.objects.exists()


def test_six_answers_at_once_let_it_grow_once(sarah: Person, now: datetime) -> None:
    lived(sarah, [9, 9, 9, 9, 9, 9, 6, 6, 6, 1], now)
    assert Signal.objects.filter(kind=Kind.DETERIORATION).count() == 1
    at_once(lambda n: send(sarah, security(sarah, 1), at=now + timedelta(minutes=n)))
    signal = Signal.objects.get(kind=Kind.DETERIORATION)
    days = list(signal.growths.values_list("as_of", flat=True))
    assert days
    assert len(days) == len(set(days))


def test_six_workers_tell_a_silence_once_and_its_growth_once(sarah: Person, now: datetime) -> None:
    at_once(lambda _: raise_silence(now))
    assert Signal.objects.filter(participation=sarah.participation, kind=Kind.SILENCE).count() == 1
    at_once(lambda _: raise_silence(now + timedelta(weeks=1)))
    assert Signal.objects.filter(participation=sarah.participation).count() == 1
    assert Growth.objects.count() == 1
