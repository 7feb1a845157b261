"""The expected course: a person's own level over where the finished courses of others lay, in weeks since the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mooring.charts.lettering import width as lettered
from mooring.charts.marks import DASHED, Layer, Rule, Spec, Word, picture, rules, series, words
from mooring.charts.points import Axis, Point
from mooring.charts.scales import Days, Values
from mooring.charts.tokens import colour

WIDE, NARROW = 760.0, 312.0
_TOP, _BELOW, _APART = 10.0, 26.0, 17.0
_STEPS = (1, 2, 4, 8, 13, 26, 52)  # weeks between two labels


@dataclass(frozen=True, slots=True)
class Usual:
    """One day of the expected course, points: its middle, nine in ten answers, and the line beyond which an answer
    counts as off course."""

    at: date
    middle: float
    lo: float
    hi: float
    limit: float


@dataclass(frozen=True, slots=True)
class Named:
    """Words at the ends of the lines, and below the axis; `week` holds a place for its number."""

    now: str
    usual: str
    limit: str
    start: str
    week: str


def expected(
    points: Sequence[Point], course: Sequence[Usual], axis: Axis, named: Named, *, width: float
) -> Spec | None:
    """None without an answer or without a course."""
    if not points or not course:
        return None
    height = 190.0 if width > 500 else 170.0
    beside = max(lettered(text, 13, bold=True) for text in (named.now, named.usual, named.limit)) + 12
    left = max(lettered(label, 13) for _, label in axis.ticks) + 10
    start = course[0].at
    at = Days(start, max(points[-1].at, start + timedelta(days=7)), left, width - beside)
    level = Values(axis.lo, axis.hi, height - _BELOW, _TOP)
    shown = [one for one in course if one.at <= at.until]
    ends = [
        (level.px(points[-1].level), Word(0, 0, named.now, "ink", weight=600)),
        (level.px(shown[-1].middle), Word(0, 0, named.usual)),
        (level.px(_within(shown[-1].limit, axis)), Word(0, 0, named.limit)),
    ]
    ground = [Rule(left, level.px(value), at.end, level.px(value)) for value, _ in axis.ticks]
    ticks = [Word(left - 8, level.px(value) + 4.5, label, align="right") for value, label in axis.ticks]
    layers: list[Layer | None] = [
        _band(shown, axis, at, level),
        rules(ground),
        *series([point for point in points if point.at >= start], at, level),
        _line([(one.at, one.middle) for one in shown], at, level, "sand", 1.5),
        _line([(one.at, one.limit) for one in shown if axis.lo <= one.limit <= axis.hi], at, level, "edge", 1.2),
        *words([*ticks, *_weeks(at, named, height), *_apart(ends, at.end + 8, height)]),
    ]
    return picture(width, height, layers)


def _within(value: float, axis: Axis) -> float:
    return min(max(value, axis.lo), axis.hi)


def _band(course: Sequence[Usual], axis: Axis, at: Days, level: Values) -> Layer:
    """Sand: where others usually were."""
    rows = [{"at": one.at.isoformat(), "lo": _within(one.lo, axis), "hi": _within(one.hi, axis)} for one in course]
    encoding = {"x": at.channel(), "y": level.channel("lo"), "y2": {"field": "hi"}}
    return {"data": {"values": rows}, "mark": {"type": "area", "color": colour("sand-wash")}, "encoding": encoding}


def _line(ends: Sequence[tuple[date, float]], at: Days, level: Values, ink: str, wide: float) -> Layer | None:
    if len(ends) < 2:
        return None
    rows = [{"at": day.isoformat(), "value": value} for day, value in ends]
    mark = {"type": "line", "color": colour(ink), "strokeWidth": wide, "strokeDash": DASHED}
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": at.channel(), "y": level.channel("value")}}


def _weeks(at: Days, named: Named, height: float) -> list[Word]:
    """As many weeks as have room for their words; the start always."""
    last = at.length // 7
    room = lettered(named.week % {"week": last}, 13) + 16
    share = (at.end - at.start) / max(at.length / 7, 1)
    step = next((step for step in _STEPS if step * share >= room), last + 1)
    y = height - _BELOW + 19
    written = [Word(at.start, y, named.start)]
    for week in range(step, last + 1, step):
        x = at.px(at.since + timedelta(weeks=week))
        if x - room / 2 > at.start + lettered(named.start, 13):
            written.append(Word(x, y, named.week % {"week": week}, align="center"))
    return written


def _apart(ends: Sequence[tuple[float, Word]], x: float, height: float) -> list[Word]:
    """Each word at its line's end, moved apart where they would meet, and never off the picture."""
    ordered = sorted(ends, key=lambda end: end[0])
    ys: list[float] = []
    for y, _ in ordered:
        ys.append(max(y, ys[-1] + _APART) if ys else max(y, _TOP))
    floor = height - _BELOW + 4
    for place in range(len(ys) - 1, -1, -1):
        ys[place] = min(ys[place], floor)
        floor = ys[place] - _APART
    return [Word(x, y + 4.5, word.text, word.ink, weight=word.weight) for y, (_, word) in zip(ys, ordered, strict=True)]
