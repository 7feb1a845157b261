"""Simulated clients who really changed: how soon the rules say so. The steady ones stand in science/operating.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science import operating, signals, simulate, stories
from mooring.science.operating import DISTRESS, SECURITY, WEEKS, Condition, Flag
from mooring.science.operating_point import ASSUMED, OperatingPoint

EVENT_WEEK = 15
"""The first week at the new level, where a change happens from one week to the next."""

LATE_FIGURE = operating.FIGURES[-1]
WORSE = ("deterioration", "setback")


class Change(NamedTuple):
    """A true change, in reliable-change units of each scale that it moves, of clients who are steady otherwise."""

    name: str
    moves: Mapping[str, float]
    """Series → direction and share of the size."""
    lasts: int | None = None
    """Weeks at the new level; None to stay."""
    recovers: int = 3
    """Weeks that the way back takes."""
    takes: int = 1
    """Weeks that the change takes."""
    begins: int = EVENT_WEEK - 1
    """Last week before it."""
    starts: Mapping[str, float] = {}
    """Series → level before, points, where it is not a steady client's own."""
    mends: bool = False
    """Whether the client otherwise goes as a clinic's closed courses went."""


class Detected(NamedTuple):
    """A change, and what counts as having noticed it."""

    words: str
    change: Change
    kinds: tuple[str, ...]
    series: tuple[str, ...] = ()
    """Only flags of these; empty for any."""
    counted_from: int = EVENT_WEEK
    """The week that counts as the first, 1."""
    weeks: int = WEEKS
    after: Literal["always", "when flagged"] = "always"
    """Of whom the delay is told: everybody, or those whose change for the worse was flagged."""


# Who gains and who mends starts further from the healthy end than the usual steady client, or there is no room.
TROUBLED = {DISTRESS: 3.6, SECURITY: 4.0}
BOTH_WORSE = {DISTRESS: 1.0, SECURITY: -1.0}
BOTH_BETTER = {DISTRESS: -1.0, SECURITY: 1.0}
PASSING = Change("both", BOTH_WORSE, 2)

DETECTED: Mapping[str, Detected] = {
    "deterioration": Detected("distress and security worse, and stay so", Change("both stay", BOTH_WORSE), WORSE),
    "setback": Detected("distress and security worse for two weeks, three weeks to recover", PASSING, WORSE),
    "distress": Detected("distress alone worse, and stays so", Change("distress", {DISTRESS: 1.0}), WORSE),
    "security": Detected("security alone worse, and stays so", Change("security", {SECURITY: -1.0}), WORSE),
    "dip": Detected("both worse for one week: a dip", Change("dip", BOTH_WORSE, 1, 1), WORSE),
    "alliance drop": Detected(
        "alliance lower, and stays so", Change("alliance", {"alliance": -1.0}), ("alliance drop",)
    ),
    "shift": Detected(
        "anxiety with a figure asked twice afterwards",
        Change("anxiety", {f"anxiety:{LATE_FIGURE}": 1.0}),
        ("shift",),
    ),
    "off course": Detected(
        "on course until week 14, then within eight weeks this far away from it",
        Change("drift", BOTH_WORSE, takes=8, mends=True),
        (operating.OFF_COURSE,),
    ),
    "gain": Detected(
        "distress and security better from one week to the next, and stay so",
        Change("gain", BOTH_BETTER, starts=TROUBLED),
        ("gain",),
    ),
    "recovery": Detected(
        "the setback above, once flagged; weeks count from the return to the level before",
        PASSING,
        ("recovery",),
        counted_from=EVENT_WEEK + 2 - 1 + 3,
        weeks=WEEKS + 8,
        after="when flagged",
    ),
    "repair": Detected(
        "alliance lower for six weeks, then back; once flagged, weeks count from the return",
        Change("rupture", {"alliance": -1.0}, 6, 1),
        ("repair",),
        counted_from=EVENT_WEEK + 6,
        weeks=WEEKS + 10,
        after="when flagged",
    ),
    "plateau": Detected(
        "distress this much better over thirteen weeks, then it stands still",
        Change("stops", {DISTRESS: -1.0}, takes=13, begins=1, starts=TROUBLED),
        (operating.PLATEAU,),
        (DISTRESS,),
        weeks=EVENT_WEEK + 24,
    ),
}


def changed(seed: int, change: Change, size: float, condition: Condition, weeks: int = WEEKS) -> stories.Story:
    """A client whose series move by ``size`` reliable-change units."""
    story = (operating.on_course if change.mends else operating.steady)(seed, condition, weeks)
    at = np.arange(1, weeks + 1, dtype=float)
    there = float(change.begins + change.takes)
    shape = [(float(change.begins), 0.0), (there, 1.0)]
    if change.lasts is not None:
        last = there + change.lasts - 1
        shape += [(last, 1.0)] if change.lasts > 1 else []
        shape.append((last + change.recovers, 0.0))
    moved = dict(story.series)
    for name, share in change.moves.items():
        form = stories.FORMS[name.partition(":")[0]]
        begun: stories.Knots = [(1.0, change.starts[name])] if name in change.starts else story.series[name]
        step = share * size * form.reliable_change
        levels = simulate.path(begun, at) + step * simulate.path(shape, at)
        moved[name] = list(zip(at.tolist(), levels.tolist(), strict=True))
    return story._replace(series=moved)


def delays(
    clients: int,
    row: Detected,
    size: float,
    condition: Condition,
    seed: int,
    points: Mapping[str, OperatingPoint],
) -> dict[str, npt.NDArray[np.float64]]:
    """Point → weeks (clients,) from the counted week to the first flag that counts, 0 being that week; inf if none.

    A plateau may have been said before (negative), and a recovery before the level was fully back. With
    ``after`` "when flagged", clients whose change for the worse was not flagged are left out.
    """
    found: dict[str, list[float]] = {name: [] for name in points}
    expected = operating.courses() if operating.OFF_COURSE in row.kinds else None
    for i in range(clients):
        lived = stories.live(changed(seed + i, row.change, size, condition, row.weeks))
        one = operating.watched(lived, condition.wrong_by)
        for name, point in points.items():
            flags = operating.said(one, point, expected)
            if row.after == "always" or _flagged(flags, row):
                found[name].append(_first(flags, row) - row.counted_from)
    return {name: np.asarray(weeks, dtype=float) for name, weeks in found.items()}


def by_week(weeks: npt.NDArray[np.float64], within: int) -> float:
    """Share noticed by the end of week ``within``, the counted week being 1; nan of nobody."""
    return float(np.mean(weeks < within)) if weeks.size else float("nan")


class BackAgain(NamedTuple):
    """Setbacks that were flagged and got better, and how often the time of it lay in its interval."""

    flagged: int
    recovered: int
    held: int
    """As it could be said."""
    held_later: int
    """In hindsight, 40 weeks after the start."""


def recovery_coverage(size: float, lasts: int, recovers: int, clients: int, seed: int) -> BackAgain:
    """Of both worse by ``size`` units for so many weeks, and so many more to come back: are the told times true?

    True is the time from the first occasion of the fall, as the rule saw it, until the true level came within the
    rule's margin of where it had been before.
    """
    change, usual, counts = PASSING._replace(lasts=lasts, recovers=recovers), operating.CONDITIONS[0], np.zeros(4, int)
    for i in range(clients):
        story = changed(seed + i, change, size, usual, 40)
        lived = stories.live(story._replace(series={name: story.series[name] for name in BOTH_WORSE}))
        one = operating.watched(lived)
        for stretch in signals.worsenings(one.distress, one.security):
            if stretch.spoke_time < EVENT_WEEK:
                continue
            name, worse = stretch.series, 1 if stretch.series == DISTRESS else -1
            series = lived_series(one, name)
            counts[0] += 1
            said = signals.recovery(series, worse, stretch)
            if said is not None:
                later = signals.time_to_recover(series, worse, stretch, said)
                away = worse * (lived[name].level - lived[name].level[0]) - series.sem
                true = _last_crossing(lived[name].weeks, away) - stretch.since_time
                counts[1:] += (1, _holds(said, true), _holds(later, true))
            break
    return BackAgain(*(int(count) for count in counts))


def told_back(size: float, clients: int, seed: int) -> tuple[int, int]:
    """Of both worse by ``size`` units for good: how many were flagged, and of how many of these a recovery was told.

    Within the twelve weeks that are left of the half-year.
    """
    change, usual, flagged, back = Change("stay", BOTH_WORSE), operating.CONDITIONS[0], 0, 0
    for i in range(clients):
        story = changed(seed + i, change, size, usual)
        lived = stories.live(story._replace(series={name: story.series[name] for name in BOTH_WORSE}))
        flags = operating.flags(lived, ASSUMED)
        first = min((f.week for f in flags if f.kind in WORSE and f.week >= EVENT_WEEK), default=WEEKS)
        flagged += first < WEEKS
        back += any(flag.kind == "recovery" and flag.week > first for flag in flags)
    return flagged, back


def lived_series(one: operating.Watched, name: str) -> signals.Series:
    """Distress, or the security with a figure."""
    if name != DISTRESS:
        return one.security[name.partition(":")[2]]
    assert one.distress is not None
    return one.distress


def _holds(told: signals.Recovery, true: float) -> bool:
    return told.weeks_low <= true and (told.weeks_high is None or true <= told.weeks_high)


def _last_crossing(weeks: npt.NDArray[np.float64], away: npt.NDArray[np.float64]) -> float:
    """When ``away`` falls below zero for good, linear between weeks as the simulated level is."""
    last = int(np.flatnonzero(away > 0)[-1])
    return float(weeks[last] + away[last] / (away[last] - away[last + 1]))


def _first(flags: list[Flag], row: Detected) -> float:
    # What was said before the change is no notice of it; a plateau and a return may be seen coming.
    earliest = 1 if operating.PLATEAU in row.kinds else EVENT_WEEK
    return min(
        (
            float(flag.week)
            for flag in flags
            if flag.kind in row.kinds and flag.week >= earliest and (not row.series or flag.series in row.series)
        ),
        default=np.inf,
    )


def _flagged(flags: list[Flag], row: Detected) -> bool:
    worse = ("alliance drop",) if "repair" in row.kinds else WORSE
    return any(flag.kind in worse and EVENT_WEEK <= flag.week < row.counted_from for flag in flags)


def silent_for(point: OperatingPoint = ASSUMED) -> int:
    """Weeks until a silence is said, by construction: so many due check-ins must go by."""
    return point.missed_checkins
