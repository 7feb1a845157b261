"""What moved since the time before, and what did not: the change of each level with its own error."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from mooring.checkins import drawing
from mooring.checkins.drawing import FIRST_MONTH, NINE_IN_TEN
from mooring.checkins.models import Series


@dataclass(frozen=True)
class Change:
    """The level now against one earlier occasion, in points of the scale."""

    series: Series
    on: date
    """Of the earlier occasion."""
    before: tuple[float, float]
    """Level and its standard deviation."""
    now: tuple[float, float]
    difference: float
    sd: float

    @property
    def moved(self) -> bool:
        """Beyond its error, nine in ten."""
        return abs(self.difference) > NINE_IN_TEN * self.sd

    @property
    def size(self) -> float:
        """In its own standard errors."""
        return abs(self.difference) / self.sd


def since_last(series: Iterable[Series], checkin: UUID) -> list[Change]:
    """Changes of what this check-in answered, each since the time before that it was answered."""
    found = []
    for one in series:
        known = answered(one)
        if len(known) > 1 and one.points[known[-1]]["checkin"] == str(checkin):
            found.append(change(one, known[-2], known[-1]))
    return found


def since_first_month(series: Series) -> Change | None:
    """The change since the last answer of the first month; None while there is nothing after it."""
    known = answered(series)
    if not known:
        return None
    start = date.fromisoformat(series.points[0]["on"])
    early = [i for i in known if date.fromisoformat(series.points[i]["on"]) - start < FIRST_MONTH]
    first = early[-1] if early else known[0]
    return change(series, first, known[-1]) if first < known[-1] else None


def answered(series: Series) -> list[int]:
    """Occasions with a score, in a series that has levels."""
    if not series.model:
        return []
    return [i for i, point in enumerate(series.points) if point["score"] is not None]


def change(series: Series, earlier: int, later: int) -> Change:
    """The joint posterior of both levels: their errors are not independent, so the sd is of the difference."""
    points = series.points
    joint = drawing.together(series, earlier, later)
    spread = joint.covariance
    variance = spread[0, 0] + spread[1, 1] - 2 * spread[0, 1]
    return Change(
        series,
        date.fromisoformat(points[earlier]["on"]),
        (float(joint.mean[0]), float(np.sqrt(spread[0, 0]))),
        (float(joint.mean[1]), float(np.sqrt(spread[1, 1]))),
        float(joint.mean[1] - joint.mean[0]),
        # Equal moments give no variance at all: then nothing can have moved.
        float(np.sqrt(max(variance, 1e-12))),
    )
