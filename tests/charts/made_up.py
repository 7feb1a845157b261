"""Made-up people for looking at pictures: nobody here exists."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from mooring.charts.points import (
    Axis,
    DayLabel,
    Eddy,
    Figure,
    Measured,
    Place,
    Plane,
    Point,
    Quotation,
    Rating,
    Stretch,
    woven,
)
from mooring.charts.river import Told
from mooring.charts.timeline import Moment, Weeks

START = date(2025, 11, 19)
TODAY = date(2026, 5, 13)
SECURITY = Axis(0, 10, ((0, "0"), (5, "5"), (10, "10")), "0 less secure", "more secure 10")

_SARAH = [3.5, 3.25, 4.0, 3.25, 4.25, None, None, 4.0, 4.75, 5.0, 4.5, 5.5, 5.75, 5.75, 3.25, 3.0, 4.0, 5.25]
_SARAH += [5.5, 6.25, None, 6.0, 5.0, 6.75, 6.5, 7.0]


def week(number: float, start: date = START) -> date:
    """The first day of a week, counted from 1."""
    return start + timedelta(days=round((number - 1) * 7))


def smoothed(
    scores: Sequence[float | None],
    *,
    start: date = START,
    weeks_after: int = 0,
    noise: float = 0.6,
    sway: float = 1.5,
) -> tuple[Point, ...]:
    """A Gaussian process (Matérn 3/2, five weeks) through weekly scores, on a quarter-week grid."""
    answers: Mapping[date, float | None] = {
        week(n, start): score for n, score in enumerate(scores, 1) if score is not None
    }
    known = np.array([(day - start).days / 7 for day in answers])
    values = np.array(list(answers.values()), dtype=float)
    last = len(scores) - 1 + weeks_after
    grid = sorted({round(q * 1.75) for q in range(4 * last + 1)} | {round(w * 7) for w in known})
    asked = np.array(grid) / 7
    mean = values.mean()
    gain = np.linalg.inv(_matern(known, known, sway) + noise**2 * np.eye(len(known)))
    across = _matern(asked, known, sway)
    level = mean + across @ gain @ (values - mean)
    error = 1.645 * np.sqrt(np.maximum(0.01, sway**2 - np.einsum("ij,jk,ik->i", across, gain, across)))
    rows = [
        (start + timedelta(days=day), float(m), float(m - e), float(m + e))
        for day, m, e in zip(grid, level, error, strict=True)
    ]
    return woven(rows, answers)


def _matern(a: np.ndarray, b: np.ndarray, sway: float) -> np.ndarray:
    far = np.abs(a[:, None] - b[None, :]) * np.sqrt(3) / 5
    return sway**2 * (1 + far) * np.exp(-far)


def months(since: date = START, until: date = TODAY) -> tuple[DayLabel, ...]:
    """The first shown day's month, then each month's first day."""
    found = [(since, since.strftime("%b"))]
    day = since
    while day < until:
        day += timedelta(days=1)
        if day.day == 1:
            found.append((day, day.strftime("%b")))
    return tuple(found)


def sarah() -> tuple[Point, ...]:
    return smoothed(_SARAH)


SARAH_EDDY = Eddy(week(14.5), week(19), "eddy", "week 15; back in 4\u00a0weeks (3\u00a0to\u00a05)")
SARAH_SAID = (
    Quotation(week(3.5), "“I never ask. Asking makes people leave.”"),
    Quotation(week(9.5), "“He waited up for me.”"),
    Quotation(week(16), "“No answer all evening. I wrote six more times.”"),
    Quotation(week(22), "“I said I needed the evening. He was glad I asked.”"),
)

_JOHN_DISTRESS = [
    2.6,
    2.75,
    2.5,
    2.6,
    2.4,
    None,
    None,
    2.5,
    2.25,
    2.4,
    2.2,
    2.3,
    2.1,
    2.0,
    None,
    3.0,
    2.7,
    2.3,
]
_JOHN_DISTRESS += [2.2, 2.0, 2.1, None, 1.9, 2.4, 1.8, 1.9]
_JOHN_SECURITY = [4.8, 4.5, 5.0, 4.8, 5.3, None, None, 5.3, 5.0, 5.5, 5.8, 5.5, 6.3, 6.5, None, 3.9, 4.3, 5.3]
_JOHN_SECURITY += [5.9, 6.2, 6.0, None, 6.5, 6.4, 6.8, 7.0]


def john_distress() -> tuple[Point, ...]:
    return smoothed(_JOHN_DISTRESS, noise=0.3, sway=0.5)


def john_security() -> tuple[Point, ...]:
    return smoothed(_JOHN_SECURITY)


JOHN_STRETCH = Stretch(week(14.8), week(17), "rupture named, week 16; repaired, week 17")


def ratings(scores: Sequence[float | None], start: date = START) -> tuple[Rating, ...]:
    return tuple(Rating(week(n, start), score) for n, score in enumerate(scores, 1))


JOHN_RATES = ratings(
    [
        3.5,
        3.7,
        3.5,
        3.8,
        3.7,
        None,
        None,
        3.8,
        4.0,
        3.8,
        4.0,
        4.0,
        4.2,
        4.2,
        None,
        2.8,
        3.8,
        4.2,
        4.3,
        4.2,
        4.3,
        4.5,
        4.3,
        4.3,
        4.5,
        None,
    ]
)
INES_RATES = ratings(
    [
        3.8,
        3.8,
        4.0,
        4.0,
        3.8,
        None,
        None,
        4.0,
        4.2,
        4.0,
        4.2,
        4.3,
        4.2,
        4.3,
        None,
        3.5,
        4.0,
        4.2,
        4.2,
        4.3,
        4.2,
        4.3,
        4.3,
        4.5,
        4.3,
        None,
    ]
)

PLANE = Plane((3.5, 3.5), 2.3, "I worry less", "I worry more", "I come closer", "I keep more distance")
DANIEL = Figure(
    "partner",
    "Daniel",
    Place(3.8, 2.73, 0.2, 0.24, 0.25),
    before=Place(4.87, 2.66, 0.33, 0.38, 0.2),
)
SARAHS_PEOPLE = (
    Figure("father", "Dad", Place(3.24, 5.05, 0.55, 0.5, -0.1), note="few answers"),
    Figure("mother", "Mum", Place(4.45, 4.45, 0.33, 0.32, 0.1)),
    Figure("therapist", "Ines", Place(2.65, 3.45, 0.28, 0.3), note="my therapist"),
    Figure("friend", "Maya", Place(2.3, 2.3, 0.3, 0.32, 0.1)),
    DANIEL,
)

EIGHT = (
    DANIEL,
    *SARAHS_PEOPLE[:4],
    Figure("friend", "Maximiliane Oberhuber", Place(4.1, 4.2, 0.3, 0.3), note="asked twice"),
    Figure("general", "In general", Place(3.5, 3.4, 0.25, 0.25)),
    Figure("other", "Grandma", Place(3.6, 2.9, 0.4, 0.4)),
)
CLAIRE = Figure(
    "partner",
    "Claire",
    Place(3.5, 3.2, 0.26, 0.28),
    before=Place(3.8, 4.4, 0.34, 0.34),
    way=(
        Place(3.7, 4.0, 0.3, 0.3),
        Place(3.6, 3.7, 0.3, 0.3),
        Place(3.95, 4.3, 0.3, 0.3),
        Place(3.6, 3.5, 0.3, 0.3),
    ),
)

MOTHER_ASKED = tuple(
    Measured(week(w), level, level - 0.8, level + 0.8)
    for w, level in [(1, 3.4), (6, 3.2), (10, 3.4), (14, 3.3), (18, 3.5), (22, 4.2), (26, 4.8)]
)


def falling() -> tuple[Point, ...]:
    return smoothed(
        [
            3.2,
            3.5,
            3.4,
            3.9,
            None,
            None,
            4.4,
            4.8,
            5.0,
            5.1,
            5.4,
            5.6,
            5.7,
            5.8,
            5.9,
            6.0,
            None,
            6.1,
            None,
            6.2,
            6.3,
            6.2,
            5.9,
            5.0,
            4.0,
            3.0,
        ]
    )


def silent() -> tuple[Point, ...]:
    return smoothed(
        [
            2.9,
            2.8,
            2.8,
            2.6,
            2.7,
            2.5,
            2.6,
            2.5,
            2.4,
            2.5,
            None,
            None,
            2.3,
            2.4,
            2.3,
            2.2,
            2.3,
            2.2,
            2.1,
            2.2,
            2.1,
            2.1,
            2.0,
        ],
        weeks_after=3,
        noise=0.3,
        sway=0.5,
    )


def hannah() -> tuple[Point, ...]:
    return smoothed(
        [2.5, 2.2, 2.4, 2.5, 2.3, 2.4, None, 2.3, 2.5, 2.4, 2.2, 2.5, 2.6, 2.5, 2.7, 2.6, 3.1, 3.3, 3.4],
        start=date(2026, 1, 7),
        noise=0.3,
        sway=0.5,
    )


DROPPED = ratings([None] * 14 + [4.0, 4.2, 4.0, 4.3, 4.1, 4.3, 4.4, 4.3, 4.2, 4.4, 3.3])
STEADY = ratings([None] * 14 + [3.9, 4.0, 3.9, 4.0, 4.1, 4.0, 4.1, 4.2, 4.1, 4.2, 4.2])

JOHN_WEEKS = Weeks(
    START,
    TODAY,
    tuple((day, day.strftime("%b" if n in (0, 6) else "%B")) for n, (day, _) in enumerate(months())),
    (JOHN_STRETCH,),
    (Moment(week(16), dashed=True), Moment(week(17), dashed=False)),
)


def silent_security() -> tuple[Point, ...]:
    return smoothed([5.5, 5.0, 6.0, None, 5.5, 6.1, 5.2, 4.8, 5.4], weeks_after=5)


def long_river() -> tuple[Point, ...]:
    """Sixty weeks, two setbacks, the second one not over."""
    rng = np.random.default_rng(7)
    rise = np.linspace(3, 7, 60)
    rise[20:25] -= 2
    rise[56:] -= 2.5
    scores = [None if rng.random() < 0.15 else float(np.round(x + rng.normal(0, 0.5), 1)) for x in rise]
    return smoothed(scores)


LONG_TOLD = Told(
    "now between 3.9 and 5.4",
    months(START, week(60)),
    (
        Eddy(week(20), week(26), "eddy", "week 21; back in 5\u00a0weeks (4\u00a0to\u00a07)"),
        Eddy(week(56), week(60), "eddy", "since week 57"),
    ),
    tuple(
        Quotation(week(6 * n), f"“{words}”")
        for n, words in enumerate(
            [
                "I never ask. Asking makes people leave.",
                "He waited up for me.",
                "It was a long quiet Sunday and nobody needed anything, which I found harder than a quarrel would be.",
                "No answer all evening. I wrote six more times.",
                "Fine.",
                "I said I needed the evening. He was glad I asked.",
                "Donaudampfschifffahrtsgesellschaftskapitän",
                "Slept.",
                "We laughed again, over nothing, in the kitchen.",
            ],
            1,
        )
    ),
)
