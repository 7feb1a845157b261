"""Where a day or a value stands, in px: the same numbers place the words here and the marks in Vega."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `since` to `until`, laid out from `start` to `end` px."""

    since: date
    until: date
    start: float
    end: float

    def px(self, at: date) -> float:
        share = (at - self.since).days / self.length
        return self.start + share * (self.end - self.start)

    @property
    def length(self) -> int:
        """At least one day, so that a single check-in has a place."""
        return max(1, (self.until - self.since).days)

    def channel(self, field: str = "at") -> dict[str, Any]:
        until = self.since + timedelta(days=self.length)
        domain = [self.since.isoformat(), until.isoformat()]
        scale = {"type": "utc", "domain": domain, "range": [self.start, self.end], "nice": False}
        return {"field": field, "type": "temporal", "axis": None, "scale": scale}


@dataclass(frozen=True, slots=True)
class Values:
    """Values from `lo` to `hi`, laid out from `start` to `end` px."""

    lo: float
    hi: float
    start: float
    end: float

    def px(self, value: float) -> float:
        return self.start + (value - self.lo) / (self.hi - self.lo) * (self.end - self.start)

    def channel(self, field: str) -> dict[str, Any]:
        scale = {"domain": [self.lo, self.hi], "range": [self.start, self.end], "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


Scale = Days | Values


def px(field: str) -> dict[str, Any]:
    """A field that already is in px."""
    return {"field": field, "type": "quantitative", "scale": None}
