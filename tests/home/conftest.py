"""The clock, and weeks that have been lived."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest

from mooring.checkins.models import CheckIn
from mooring.people.models import User
from tests.cast import Person
from tests.checkins.answering import block, security, send
from tests.clock import clock

__all__ = ["Lived", "clock"]

Lived = Callable[..., list[CheckIn]]


@pytest.fixture
def lived(now: datetime) -> Lived:
    """Weekly check-ins, the last one a week before now: security as given, distress beside it, words by week."""

    def live(
        person: Person, values: Sequence[float | None], topics: dict[int, str] | None = None, distress: float = 3
    ) -> list[CheckIn]:
        sent = []
        for week, value in enumerate(values, start=1):
            at = now - timedelta(weeks=len(values) + 1 - week)
            if value is None:
                continue
            blocks = (security(person, value), block("distress", distress))
            sent.append(send(person, *blocks, at=at, topic=(topics or {}).get(week, "")).checkin)
        return sent

    return live


def read(checkin: CheckIn, by: User, at: datetime) -> None:
    checkin.readings.create(clinic_id=checkin.clinic_id, by=by, at=at)
