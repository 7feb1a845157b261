"""What the pictures are drawn from: words already translated, levels on their measure's own scale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["mother", "father", "partner", "friend", "therapist", "general", "other"]
Hue = Literal["slate", "anxiety", "avoidance"]
DayLabel = tuple[date, str]
ValueLabel = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Point:
    """The level on one day: its mean, its band of nine in ten, and that day's answer if there was one.

    `answered` is False inside a gap (strictly between two answers that are far apart, or after the last one):
    there the line is dotted.
    """

    at: date
    level: float
    lo: float
    hi: float
    score: float | None = None
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Axis:
    """A measure's range as drawn. `ticks` are two to four labelled values; `low` and `high` name the ends."""

    lo: float
    hi: float
    ticks: tuple[ValueLabel, ...] = ()
    low: str = ""
    high: str = ""

    def __post_init__(self) -> None:
        if not self.hi > self.lo:
            raise ValueError(f"an axis runs from a lower to a higher value, not from {self.lo} to {self.hi}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in question, for staff: amber ground. `words` stand above it where a picture has room."""

    since: date
    until: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Eddy:
    """A setback as the client sees it: from the fall to the recovery, or to today when it is not over."""

    since: date
    until: date
    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Quotation:
    """What the person wrote that day, with its quotation marks."""

    at: date
    words: str


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating of a session; None breaks the line (a session not rated, or a week without a session)."""

    at: date
    score: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A level asked now and then: its estimate and its error of nine in ten."""

    at: date
    level: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True)
class Place:
    """A position on the plane, worry to the right and distance upwards: standard errors and correlation."""

    anxiety: float
    avoidance: float
    anxiety_se: float
    avoidance_se: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        if not (self.anxiety_se > 0 and self.avoidance_se > 0 and -1 < self.correlation < 1):
            raise ValueError("a place needs positive standard errors and a correlation inside (-1, 1)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A person on the plane. `before` is the first month, `way` the places from it to now, oldest first."""

    kind: Kind
    name: str
    now: Place
    note: str = ""
    before: Place | None = None
    way: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane: the same distance `reach` from `origin` to every side, so that small multiples compare.

    `origin` is (anxiety, avoidance) of the person's own first month. The ends are in the reader's words.
    """

    origin: tuple[float, float]
    reach: float
    less_worry: str = ""
    more_worry: str = ""
    closer: str = ""
    distant: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One answer, last time and this time, on the item's full range."""

    lo: float
    hi: float
    before: float
    now: float


def woven(
    levels: Iterable[tuple[date, float, float, float]],
    answers: Mapping[date, float | None],
    gap_days: int = 10,
) -> tuple[Point, ...]:
    """Points from a smoothed series (day, level, lo, hi) and the answered days (None: answered, no score).

    A day is in a gap when it lies strictly between two answers more than `gap_days` apart, or outside all of
    them. An answered day needs its own level to carry its dot.
    """
    days = sorted(answers)
    gap = timedelta(days=gap_days)
    return tuple(
        Point(at, level, lo, hi, answers.get(at), at in answers or _between_close(at, days, gap))
        for at, level, lo, hi in sorted(levels)
    )


def _between_close(at: date, days: list[date], gap: timedelta) -> bool:
    before = max((day for day in days if day < at), default=None)
    after = min((day for day in days if day > at), default=None)
    return before is not None and after is not None and after - before <= gap
