"""The last half-year in a caseload row: small, without axis; its number stands beside it as words."""

from collections.abc import Sequence
from datetime import date

from mooring.charts.marks import (
    Layer,
    Rect,
    Rule,
    Shape,
    Spec,
    band,
    level_line,
    picture,
    rects,
    rules,
    shapes,
)
from mooring.charts.points import Axis, Hue, Measured, Point, Rating, Stretch
from mooring.charts.rating import broken_line
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES

Window = tuple[date, date]

WIDTH, HEIGHT = 200.0, 44.0
_EDGE = 6.0  # room for the end dot
_DOT = 3.5


def spark(points: Sequence[Point], axis: Axis, window: Window, stretch: Stretch | None = None) -> Spec | None:
    """Level and band; amber ground in question. After the last answer the fan opens, the dot stays behind."""
    shown = [p for p in points if window[0] <= p.at <= window[1]]
    if not shown:
        return None
    at = Days(*window, _EDGE, WIDTH - _EDGE)
    level = _near(axis, [value for p in shown for value in (p.lo, p.hi)])
    last = next((p for p in reversed(shown) if p.answered), shown[-1])
    layers = [
        _ground(stretch, window, at),
        band(shown, at, level),
        level_line(shown, at, level),
        level_line(shown, at, level, answered=False),
        shapes([_end(at.px(last.at), level.px(last.level), "ink")]),
    ]
    return picture(WIDTH, HEIGHT, layers)


def spark_alliance(
    client: Sequence[Rating],
    clinician: Sequence[Rating],
    axis: Axis,
    window: Window,
    stretch: Stretch | None = None,
) -> Spec | None:
    """Both raters: the client solid with a filled circle, the clinician dashed with a hollow square."""
    theirs, yours = (_shown(ratings, window) for ratings in (client, clinician))
    scores = [r.score for r in (*theirs, *yours) if r.score is not None]
    if not scores:
        return None
    at, level = Days(*window, _EDGE, WIDTH - _EDGE), _near(axis, scores)
    ends = [*_last(yours, at, level, hollow=True), *_last(theirs, at, level, hollow=False)]
    layers = [
        _ground(stretch, window, at),
        broken_line(yours, at, level, dashed=True),
        broken_line(theirs, at, level, dashed=False),
        shapes(ends),
    ]
    return picture(WIDTH, HEIGHT, layers)


def spark_asked(
    asked: Sequence[Measured], axis: Axis, window: Window, hue: Hue = "slate", stretch: Stretch | None = None
) -> Spec | None:
    """Asked now and then: each estimate with its error, in its hue, and no line pretending to know."""
    shown = [m for m in asked if window[0] <= m.at <= window[1]]
    if not shown:
        return None
    at = Days(*window, _EDGE, WIDTH - _EDGE)
    level = _near(axis, [value for m in shown for value in (m.lo, m.hi)])
    errors = [Rule(at.px(m.at), level.px(m.lo), at.px(m.at), level.px(m.hi), ink=hue, width=1) for m in shown]
    marks = [Shape(at.px(m.at), level.px(m.level), FIGURES["mother"], half=2.6, fill=hue) for m in shown[:-1]]
    marks.append(_end(at.px(shown[-1].at), level.px(shown[-1].level), hue))
    return picture(WIDTH, HEIGHT, [_ground(stretch, window, at), rules(errors), shapes(marks)])


def _near(axis: Axis, values: Sequence[float]) -> Values:
    """Half of the measure's range, or more when the values need it: small, yet a change can be seen."""
    lo, hi = min(values), max(values)
    span = max((axis.hi - axis.lo) / 2, hi - lo)
    low = max(min(axis.lo, lo), min((lo + hi - span) / 2, max(axis.hi, hi) - span))
    return Values(low, low + span, HEIGHT - _EDGE, _EDGE)


def _ground(stretch: Stretch | None, window: Window, at: Days) -> Layer | None:
    if stretch is None or stretch.until < window[0]:
        return None
    start, end = at.px(max(stretch.since, window[0])), at.px(min(stretch.until, window[1]))
    return rects([Rect(start - _EDGE + 1, 0, end + _EDGE - 1, HEIGHT)])


def _shown(ratings: Sequence[Rating], window: Window) -> list[Rating]:
    return [r for r in ratings if window[0] <= r.at <= window[1]]


def _last(ratings: Sequence[Rating], at: Days, level: Values, *, hollow: bool) -> list[Shape]:
    rated = [r for r in ratings if r.score is not None]
    if not rated:
        return []
    x, y = at.px(rated[-1].at), level.px(rated[-1].score or 0)
    if hollow:
        return [Shape(x, y, FIGURES["father"], half=3.5, fill="paper", stroke="slate", width=1.4)]
    return [_end(x, y, "ink")]


def _end(x: float, y: float, ink: str) -> Shape:
    return Shape(x, y, FIGURES["mother"], half=_DOT, fill=ink)
