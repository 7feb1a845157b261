"""From a series to what the pictures are drawn from: levels on a fine grid, stretches, places on the plane.

Used by the client's pages and the clinician's, so that both see the same river.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString, mark_safe

from mooring.charts import render
from mooring.charts.marks import Spec
from mooring.charts.points import Place, Point, Stretch, woven
from mooring.checkins.models import Series
from mooring.privacy.keyring import keyring
from mooring.science import trajectory
from mooring.science.dynamics import Dynamics, Prior

NINE_IN_TEN = 1.6449  # standard normal quantile of .95: every band and every ± in Mooring is nine in ten
QUARTER_WEEK = 0.25
# How wide the first month is taken, and the shortest time after which a fan is drawn instead of a line's end.
FIRST_MONTH = timedelta(days=35)
# Two answers farther apart than this have a gap between them: no line is claimed there, and words say so.
GAP = timedelta(days=10)
# Below this many answers about somebody nothing is said of a change, to the client or to the clinician.
FEWEST = 3


def levels(series: Series, until: date | None = None) -> tuple[Point, ...]:
    """The level on a quarter-week grid and on every answered day; up to `until` the fan opens after the last answer.

    Empty when the series has no level: then there are scores without error, and no river is drawn.
    """
    if not series.model:
        return ()
    days, t = [date.fromisoformat(p["on"]) for p in series.points], [p["t"] for p in series.points]
    beyond = max(0.0, (until - days[-1]).days / 7) if until else 0.0
    # The fan ends on the day itself; in the first two days there is none.
    end = t[-1] + (beyond if beyond >= QUARTER_WEEK else 0.0)
    grid = np.unique(np.concatenate([t, np.arange(0.0, end, QUARTER_WEEK), [end]]))
    states = trajectory.at(grid, *_as_given(series), steps=dict(series.model["steps"]))
    half = NINE_IN_TEN * states.level_sd
    # A grid time that falls on an answered day would be drawn twice; the answered one is kept.
    drawn: dict[date, tuple[date, float, float, float]] = {}
    for at, level, spread in zip(grid, states.level, half, strict=True):
        day = _day(float(at), t, days)
        if day not in drawn or float(at) in t:
            drawn[day] = (day, float(level), float(level - spread), float(level + spread))
    answers = {day: p["score"] for day, p in zip(days, series.points, strict=True)}
    return woven(drawn.values(), answers, gap_days=GAP.days)


def _as_given(series: Series) -> tuple[Any, Any, Any, Dynamics, Prior]:
    """Weeks, scores, their errors and the parameters, as the trajectory takes them."""
    return (
        [p["t"] for p in series.points],
        [np.nan if p["score"] is None else p["score"] for p in series.points],
        [np.nan if p["se"] is None else p["se"] for p in series.points],
        Dynamics(**series.model["dynamics"]),
        Prior(**series.model["prior"]),
    )


def _day(at: float, t: Sequence[float], days: Sequence[date]) -> date:
    return days[t.index(at)] if at in t else days[0] + timedelta(days=round(at * 7))


def stretches(series: Series, kinds: Iterable[str]) -> list[Stretch]:
    """Days in question, for staff: from the fall until a rule ceased, or until the last answer."""
    wanted = set(kinds)
    return [
        Stretch(date.fromisoformat(s["since"]), date.fromisoformat(s["ceased"] or series.points[-1]["on"]))
        for s in series.stretches
        if s["kind"] in wanted
    ]


def now_and_then(series: Series) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """(level, half-width of nine in ten) now and in the first month; None without a level."""
    if not series.model or series.last_level is None or series.last_sd is None:
        return None
    first = _first_month(series)
    return (series.last_level, NINE_IN_TEN * series.last_sd), (first["level"], NINE_IN_TEN * first["sd"])


def since_first_month(series: Series) -> trajectory.Joint | None:
    """The levels of the first month and of now, together; None while there is nothing after the first month."""
    if not series.model:
        return None
    first, now = series.points.index(_first_month(series)), len(series.points) - 1
    return None if first == now else together(series, first, now)


def together(series: Series, earlier: int, later: int) -> trajectory.Joint:
    """The posterior of the levels at two occasions: their errors are not independent."""
    return trajectory.joint(*_as_given(series), pair=(earlier, later), steps=dict(series.model["steps"]))


def places(series: Iterable[Series]) -> dict[UUID, tuple[Place, Place, tuple[Place, ...]]]:
    """Figure → (now, first month, the way between) on the plane, for figures asked about on both dimensions."""
    by_figure: dict[UUID, dict[str, Series]] = {}
    for one in series:
        if one.figure_id is not None and one.role in {"anxiety", "avoidance"} and one.model:
            by_figure.setdefault(one.figure_id, {})[one.role] = one
    found = {}
    for figure, pair in by_figure.items():
        if len(pair) == 2:
            anxiety, avoidance = pair["anxiety"], pair["avoidance"]
            way = _together(anxiety, avoidance)
            found[figure] = (way[-1], _place(_first_month(anxiety), _first_month(avoidance)), tuple(way))
    return found


def origin(placed: Iterable[tuple[Place, Place, Any]]) -> tuple[float, float]:
    """The middle of the plane: the person's own first month, all figures together."""
    firsts = [first for _, first, _ in placed]
    if not firsts:
        raise ValueError("a plane needs at least one figure")
    return (
        float(np.mean([place.anxiety for place in firsts])),
        float(np.mean([place.avoidance for place in firsts])),
    )


def _together(anxiety: Series, avoidance: Series) -> list[Place]:
    other = {point["checkin"]: point for point in avoidance.points}
    return [_place(point, other[point["checkin"]]) for point in anxiety.points if point["checkin"] in other]


def _place(anxiety: dict[str, Any], avoidance: dict[str, Any]) -> Place:
    return Place(anxiety["level"], avoidance["level"], anxiety["sd"], avoidance["sd"])


def _first_month(series: Series) -> dict[str, Any]:
    """The last point of the series' first month: by then the first answers have settled."""
    start = date.fromisoformat(series.points[0]["on"])
    early: list[dict[str, Any]] = [p for p in series.points if date.fromisoformat(p["on"]) - start < FIRST_MONTH]
    return early[-1]


def picture(spec: Spec | None, name: str, css: str = "picture") -> SafeString:
    """The picture as inline SVG with its one-sentence name; empty when there is nothing to draw.

    Kept by content: the same data are drawn once, whoever looks.
    """
    _forget_the_erased()
    return mark_safe("") if spec is None else mark_safe(_drawn(json.dumps(spec, sort_keys=True), name, css))  # noqa: S308 - render escapes


# In memory only: a picture can hold a client's words, which no cache table may keep readable.
@lru_cache(maxsize=2048)
def _drawn(spec: str, name: str, css: str) -> str:
    return render.svg(json.loads(spec), name=name, css=css)


_known = {"destroyed": 0}


def _forget_the_erased() -> None:
    """Drop every kept picture when a key was destroyed: one of them may hold that person's words."""
    destroyed = keyring().destroyed()
    if destroyed != _known["destroyed"]:
        _drawn.cache_clear()
        _known["destroyed"] = destroyed
