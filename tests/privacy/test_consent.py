"""The latest word counts, per purpose; nothing said is a no."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from mooring.privacy import consent
from mooring.privacy.consent import Action, Purpose

pytestmark = pytest.mark.django_db


def test_the_latest_word_counts(now: datetime) -> None:
    who: Any = uuid4()
    common = {"subject": who, "clinic": uuid4(), "text_version": "r-1", "actor": who}
    day = timedelta(days=1)
    assert not consent.in_force(Purpose.RESEARCH, who, now)
    consent.express(Action.GIVEN, Purpose.RESEARCH, at=now, **common)
    consent.express(Action.WITHDRAWN, Purpose.RESEARCH, at=now + day, **common)
    assert not consent.in_force(Purpose.RESEARCH, who, now - day)
    assert consent.in_force(Purpose.RESEARCH, who, now)
    assert not consent.in_force(Purpose.RESEARCH, who, now + day)
    assert not consent.in_force(Purpose.CARE, who, now)
