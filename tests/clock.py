"""The clock on the wall of a test: pages read the present moment from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

__all__ = ["Clock", "clock"]


@dataclass
class Clock:
    at: datetime

    def wait(self, **how_long: float) -> datetime:
        self.at += timedelta(**how_long)
        return self.at


@pytest.fixture
def clock(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It stands at `now` until a test moves it."""
    clock = Clock(now)
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return clock
