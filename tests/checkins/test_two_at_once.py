"""Double taps and two tabs, for real: threads with connections of their own, on transactions that commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mooring.checkins.draft import begin
from mooring.checkins.models import Block, CheckIn, Draft, DueCheckIn, Series
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


def test_six_taps_on_send_are_one_checkin(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    made = uuid4()
    results = at_once(lambda n: send(sarah, security(sarah, n), block("distress", 3), at=now, due=due, made=made))
    assert sum(result.fresh for result in results) == 1
    assert len({result.checkin.pk for result in results}) == 1
    assert (CheckIn.objects.count(), Block.objects.count()) == (1, 2)
    (point,) = Series.objects.get(role="security").points
    assert point["checkin"] == str(results[0].checkin.pk)


def test_two_tabs_with_identifiers_of_their_own_are_one_checkin(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    results = at_once(lambda n: send(sarah, security(sarah, n), at=now, due=due, made=uuid4()))
    assert len({result.checkin.pk for result in results}) == 1
    assert CheckIn.objects.count() == 1


def test_six_tabs_begin_one_draft(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    at_once(lambda _: begin(DueCheckIn.objects.get(pk=due.pk), now))
    assert Draft.objects.count() == 1


def test_six_different_answers_all_count(sarah: Person, now: datetime) -> None:
    at_once(lambda n: send(sarah, security(sarah, n), at=now))
    series = Series.objects.get(role="security")
    assert sorted(point["score"] for point in series.points) == list(range(AT_ONCE))
