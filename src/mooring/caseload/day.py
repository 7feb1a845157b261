"""Today as a line: who is read when, and how long until the next one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from mooring.caseload import moments
from mooring.caseload.strip import Person
from mooring.charts.lettering import width
from mooring.kit.dates import instant_of, local_date
from mooring.people.models import Participation

WIDTH, EDGE = 660.0, 10.0
LINE = 18.0  # px from one row of words to the next
GAP = 10.0
ROWS = 2
# As many readings as one line can hold: the latest that passed, and those to come.
PASSED, AHEAD = 4, 10


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
    """A reading on the line, in px as text, so that no language writes them with a comma; empty: no room."""

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
    more: int
    """Readings of today that are not named: a day has only so much room."""
    next_up: Participation | None
    next_when: str


@dataclass(frozen=True)
class Planned:
    """Who is read when today, before anybody's name was opened."""

    moments: dict[datetime, list[UUID]]
    more: int
    coming: Person | None
    at: datetime
    zone: str

    @property
    def keys(self) -> set[UUID]:
        """Whose names the day needs."""
        named = {key for keys in self.moments.values() for key in keys}
        return named | ({self.coming.participation} if self.coming else set())


def planned(everybody: Iterable[Person], at: datetime, zone: str) -> Planned:
    """Today's readings among these people: the latest that passed, and those to come."""
    today = local_date(at, zone)
    morning = instant_of(today, time(0), zone) - timedelta(microseconds=1)
    found: dict[datetime, list[UUID]] = {}
    coming: Person | None = None
    for person in everybody:
        if person.plan is None or person.next_reading is None:
            continue
        if coming is None or _sooner(person, coming):
            coming = person
        moment = person.plan.next_reading(morning)
        if local_date(moment, zone) == today:
            found.setdefault(moment, []).append(person.participation)
    passed = sorted(moment for moment in found if moment <= at)[-PASSED:]
    ahead = sorted(moment for moment in found if moment > at)[:AHEAD]
    shown = {moment: sorted(found[moment]) for moment in (*passed, *ahead)}
    count = sum(map(len, found.values())) - sum(map(len, shown.values()))
    return Planned(shown, count, coming, at, zone)


def _sooner(person: Person, other: Person) -> bool:
    assert person.next_reading is not None
    assert other.next_reading is not None
    return (person.next_reading, person.participation) < (other.next_reading, other.participation)


def day(plan: Planned, named: Mapping[UUID, Participation]) -> Day:
    """The day with names and times, earliest first."""
    at, zone = plan.at, plan.zone
    first = next((moment for moment in plan.moments if moment > at), None)
    readings = [
        _reading(moment, [named[key] for key in keys], at, zone, is_next=moment == first)
        for moment, keys in plan.moments.items()
    ]
    if plan.coming is None or plan.coming.next_reading is None:
        return Day(readings, plan.more, None, "")
    when = moments.near(plan.coming.next_reading, at, zone)
    return Day(readings, plan.more, named[plan.coming.participation], when)


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
    first = next((i for i, reading in enumerate(readings) if reading.is_next), 0)
    names = _spread(spots, [width(r.names, 16, "voice", bold=r.is_next) for r in readings], first)
    whens = _spread(spots, [width(r.when, 13, bold=r.is_next) for r in readings], first)
    water = 24 + LINE * max(row for _, row in names.values())
    placed = [
        Placed(
            reading,
            _px(spot),
            *_word(names.get(number), water - 12, -LINE),
            *_word(whens.get(number), water + 22, LINE),
        )
        for number, (reading, spot) in enumerate(zip(readings, spots, strict=True))
    ]
    height = water + 30 + LINE * max(row for _, row in whens.values())
    return Line(placed, _px(x(at)), _px(height), _px(water), (_px(water - 6), _px(water + 6)))


def _spread(spots: Sequence[float], widths: Sequence[float], first: int) -> dict[int, tuple[float, int]]:
    """Which words find room, each with its centre and its row; the `first` one always does.

    Words of one row never meet, and there are two rows; what finds no room is only in the list.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    found: dict[int, tuple[float, int]] = {}
    for number in sorted(range(len(spots)), key=lambda i: (i != first, i)):
        half = widths[number] / 2
        centre = min(max(spots[number], half), WIDTH - half)
        start, end = centre - half - GAP, centre + half + GAP
        row = next((i for i, own in enumerate(taken) if all(end <= a or b <= start for a, b in own)), None)
        if row is not None:
            taken[row].append((centre - half, centre + half))
            found[number] = (centre, row)
    return found


def _word(place: tuple[float, int] | None, base: float, step: float) -> tuple[str, str]:
    return ("", "") if place is None else (_px(place[0]), _px(base + step * place[1]))


def _px(value: float) -> str:
    return f"{value:.1f}"
