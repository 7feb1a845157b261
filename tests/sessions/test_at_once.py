"""Two clinicians about one session at the same moment: what is stored fits together, whoever was first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mooring.checkins.models import CheckIn
from mooring.sessions.models import Session
from mooring.sessions.rate import CannotRate, rate
from mooring.sessions.record import CannotRecord, Took, correct, record
from tests.cast import People, Person
from tests.sessions.rating import rated

pytestmark = pytest.mark.usefixtures("real_transactions")
Kept = Session.Kept


def both(one: Callable[[], Any], other: Callable[[], Any]) -> None:
    start = Barrier(2)

    def act(what: Callable[[], Any]) -> None:
        try:
            start.wait()
            what()
        except (CannotRate, CannotRecord):
            pass  # the other was first
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, (one, other)))


@pytest.mark.parametrize("kept", [Kept.MISSED, Kept.HELD])
def test_a_rating_beside_a_correction_never_stands_elsewhere_than_its_session(
    sarah: Person, people: People, now: datetime, kept: Session.Kept
) -> None:
    moved = timedelta(0) if kept == Kept.MISSED else timedelta(hours=3)
    for day in range(1, 6):
        at = now - timedelta(days=day)
        session, _ = record(sarah.participation.course, Took(at, Kept.HELD), made_id=uuid4(), by=people.alice, at=now)
        both(
            partial(rate, Session.objects.get(pk=session.pk), sarah.participation, rated(4), by=people.alice, at=now),
            partial(correct, session, Took(at - moved, kept), by=people.bob, at=now),
        )
        session.refresh_from_db()
        rating = CheckIn.objects.filter(client_made_id=session.rating_id(sarah.participation.pk, people.alice.pk))
        expected = [session.at] if session.kept == Kept.HELD else []
        # Where it was missed and rated, the rating came first and the correction was refused.
        assert list(rating.values_list("occurred_at", flat=True)) == expected
