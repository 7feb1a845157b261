"""Make answers for tests: what a phone would send."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from mooring.checkins.models import CheckIn
from mooring.checkins.submit import Answered, BlockAnswers, Submitted, submit
from mooring.instruments.publish import current
from tests.cast import Person


def block(key: str, values: Mapping[str, float | None] | float | None, figure: Any = None) -> BlockAnswers:
    """The short form of a measure; one number answers every item so that the score is that number."""
    version = current(key)
    instrument = version.instrument
    items = instrument.forms["short"].items

    def given(code: str) -> float | None:
        if isinstance(values, Mapping):
            return values.get(code)
        item = instrument.item(code)
        if values is None:
            return None
        return item.minimum + item.maximum - values if item.reversed else values

    return BlockAnswers(version, figure.pk if figure else None, "en", items, {code: given(code) for code in items})


def security(person: Person, value: Any, who: str | None = None) -> BlockAnswers:
    figure = person.figures[who] if who else next(iter(person.figures.values()))
    return block("state-security", value, figure)


def send(
    person: Person,
    *blocks: BlockAnswers,
    at: datetime,
    answered_at: datetime | None = None,
    made: UUID | None = None,
    due: Any = None,
    topic: str = "",
    source: CheckIn.Source = CheckIn.Source.PHONE,
) -> Submitted:
    return submit(
        person.participation,
        Answered(made or uuid4(), answered_at or at, "Europe/Berlin", blocks, topic, source),
        by=person.user,
        at=at,
        due=due,
    )
