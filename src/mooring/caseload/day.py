"""Today as a line: who is read when, and how long until the next one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from mooring.caseload import moments
from mooring.caseload.rows import named
from mooring.caseload.strip import Person
from mooring.charts.lettering import width
from mooring.kit.dates import instant_of, local_date
from mooring.people.models import Participation

WIDTH, EDGE = 660.0, 10.0
LINE = 18.0  # px from one row of words to the next
GAP = 10.0


@dataclass(frozen=True)
class Reading:
    """One agreed moment of today and everybody who is read then."""

    moment: datetime
    people: tuple[Participation, ...]
    names: str
    when: str
    """The time, or for the next one how long until then."""
    is_next: bool
    passed: bool


@dataclass(frozen=True)
class Placed:
    """A reading on the line, in px as text, so that no language writes them with a comma."""

    reading: Reading
    x: str
    name_x: str
    name_y: str
    when_x: str
    when_y: str


@dataclass(frozen=True)
class Day:
    """The agreed readings of one day, and the one that comes next at all."""

    readings: list[Reading]
    next_up: Participation | None
    next_at: datetime | None
    next_when: str


def day(everybody: Iterable[Person], at: datetime, zone: str) -> Day:
    """Today's readings among these people, earliest first; and whose brief is wanted next."""
    today = local_date(at, zone)
    morning = instant_of(today, time(0), zone) - timedelta(microseconds=1)
    planned = [p for p in everybody if p.plan is not None and p.next_reading is not None]
    found: dict[datetime, list[UUID]] = {}
    for person in planned:
        assert person.plan is not None
        moment = person.plan.next_reading(morning)
        if local_date(moment, zone) == today:
            found.setdefault(moment, []).append(person.participation)
    coming = min(planned, key=lambda p: (p.next_reading, p.participation), default=None)
    people = named({key for keys in found.values() for key in keys} | ({coming.participation} if coming else set()))
    first = min((moment for moment in found if moment > at), default=None)
    readings = [
        _reading(moment, [people[key] for key in keys], at, zone, is_next=moment == first)
        for moment, keys in sorted(found.items())
    ]
    if coming is None or coming.next_reading is None:
        return Day(readings, None, None, "")
    when = moments.near(coming.next_reading, at, zone)
    return Day(readings, people[coming.participation], coming.next_reading, when)


def _reading(moment: datetime, people: list[Participation], at: datetime, zone: str, *, is_next: bool) -> Reading:
    names = sorted(participation.client.name for participation in people)
    soon = is_next and moment - at < timedelta(hours=1)
    when = moments.until(moment, at) if soon else moments.clock(moment, zone)
    return Reading(moment, tuple(people), ", ".join(names), when, is_next, moment <= at)


@dataclass(frozen=True)
class Line:
    """The picture of a day, in px."""

    placed: list[Placed]
    now: str
    height: str
    water: str
    """Where the line runs."""
    tick: tuple[str, str]


def line(readings: Sequence[Reading], at: datetime) -> Line | None:
    """Places the names above and the times below one line; words that would meet go a row farther out."""
    if not readings:
        return None
    since = min(at, readings[0].moment) - timedelta(minutes=50)
    until = max(at, readings[-1].moment) + timedelta(minutes=50)

    def x(moment: datetime) -> float:
        return EDGE + (moment - since) / (until - since) * (WIDTH - 2 * EDGE)

    spots = [x(reading.moment) for reading in readings]
    name_xs, name_rows = _spread(spots, [width(r.names, 16, "voice", bold=r.is_next) for r in readings])
    when_xs, when_rows = _spread(spots, [width(r.when, 13, bold=r.is_next) for r in readings])
    water = 24 + LINE * max(name_rows)
    placed = [
        Placed(r, _px(spot), _px(nx), _px(water - 12 - LINE * nr), _px(wx), _px(water + 22 + LINE * wr))
        for r, spot, nx, nr, wx, wr in zip(readings, spots, name_xs, name_rows, when_xs, when_rows, strict=True)
    ]
    height = water + 30 + LINE * max(when_rows)
    return Line(placed, _px(x(at)), _px(height), _px(water), (_px(water - 6), _px(water + 6)))


def _spread(spots: Sequence[float], widths: Sequence[float]) -> tuple[list[float], list[int]]:
    """Centres inside the picture and the row of each word, so that no two words of a row meet."""
    ends: list[float] = []
    centres, rows = [], []
    for spot, wide in zip(spots, widths, strict=True):
        centre = min(max(spot, wide / 2), WIDTH - wide / 2)
        row = next((i for i, end in enumerate(ends) if end + GAP <= centre - wide / 2), len(ends))
        ends[row : row + 1] = [centre + wide / 2]
        centres.append(centre)
        rows.append(row)
    return centres, rows


def _px(value: float) -> str:
    return f"{value:.1f}"
