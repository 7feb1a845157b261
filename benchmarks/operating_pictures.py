"""The pictures of docs/operating-points.md: false flags as dots with intervals, delays as curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from mooring.charts.lettering import width
from mooring.charts.marks import Layer, Rect, Rule, Shape, Spec, Word, picture, rects, rules, shapes, words
from mooring.charts.scales import Values
from mooring.charts.tokens import colour

WIDTH = 760
DOT = "M-1,0a1,1 0 1,0 2,0a1,1 0 1,0 -2,0"
ROW, GAP = 20, 26


class Dot(NamedTuple):
    value: float
    low: float
    high: float
    """95 % interval."""


class Panel(NamedTuple):
    title: str
    under: str
    rows: tuple[tuple[str, Dot], ...]
    """Names are written once, at the left of each line of panels."""


class Curve(NamedTuple):
    words: str
    values: tuple[float, ...]
    """Shares at week 0, 1, 2, …"""


class Weeks(NamedTuple):
    title: str
    under: str
    """What week 1 is, or what is counted."""
    curves: tuple[Curve, ...]
    """From the faintest to the strongest."""


# Told apart without hue: dotted, dashed, solid and thick; and named at their ends.
LINES = (("sand", 1.5, (1.0, 4.0)), ("slate", 1.5, (6.0, 3.0)), ("slate", 2.5, ()))


def dots(panels: Sequence[Panel], top: float, ticks: Sequence[float], unit: str) -> Spec:
    """Small multiples of dots with intervals, three in a row; what leaves the picture at the right goes on."""
    left = 14 + max(width(name, 13) for name, _ in panels[0].rows)
    across, deep = (WIDTH - left) / 3, len(panels[0].rows) * ROW
    drawn_rules: list[Rule] = []
    drawn: list[Shape] = []
    text: list[Word] = []
    height = 0.0
    for number, panel in enumerate(panels):
        line, place = divmod(number, 3)
        x, y = left + place * across + 6, line * (deep + 82) + 46
        at = Values(0, top, x, x + across - GAP)
        text += [Word(x, y - 26, panel.title, "ink", weight=500), Word(x, y - 10, panel.under)]
        for row, (name, dot) in enumerate(panel.rows):
            middle = y + row * ROW + ROW / 2
            text += [Word(left - 8, middle + 4, name, align="right")] if place == 0 else []
            drawn_rules.append(Rule(x, middle, at.px(top), middle, "line", 1))
            drawn_rules.append(Rule(at.px(dot.low), middle, at.px(min(dot.high, top)), middle, "slate", 1.5))
            drawn.append(Shape(at.px(dot.value), middle, DOT, 3.5, "slate"))
        bottom = y + deep
        drawn_rules.append(Rule(x, y, x, bottom, "edge", 1))
        for tick in ticks:
            text.append(Word(at.px(tick), bottom + 16, f"{tick:g}", align="center"))
            drawn_rules.append(Rule(at.px(tick), bottom, at.px(tick), bottom + 4, "edge", 1))
        height = max(height, bottom + 24)
    text.append(Word(left - 8, height - 8, unit, align="right"))
    return picture(WIDTH, height, [_ground(height), rules(drawn_rules), shapes(drawn), *words(text)])


def curves(panels: Sequence[Weeks], unit: str) -> Spec:
    """Small multiples of shares by week, three in a row; each line is named at its end."""
    left, across, deep = 48, (WIDTH - 48) / 3, 96
    lines: list[Layer] = []
    drawn_rules: list[Rule] = []
    text: list[Word] = [Word(4, 15, unit)]
    height = 0.0
    for number, panel in enumerate(panels):
        line, place = divmod(number, 3)
        x, y = left + place * across, line * (deep + 86) + 72
        last = max(len(curve.values) for curve in panel.curves) - 1
        weeks, shares = Values(0, last, x, x + across - 64), Values(0, 1, y + deep, y)
        text += [Word(x, y - 26, panel.title, "ink", weight=500), Word(x, y - 10, panel.under)]
        for share in (0, 0.5, 1):
            drawn_rules.append(Rule(x, shares.px(share), weeks.px(last), shares.px(share), "line", 1))
            label = Word(x - 7, shares.px(share) + 4, f"{100 * share:.0f} %", align="right")
            text += [label] if place == 0 else []
        for week in range(0, last + 1, max(4, 4 * round(last / 16))):
            text.append(Word(weeks.px(week), y + deep + 16, str(week), align="center"))
        text.append(Word(weeks.px(last) + 12, y + deep + 16, "weeks"))
        for curve, (ink, stroke, dash) in zip(panel.curves, LINES, strict=True):
            path = [(weeks.px(week), shares.px(share)) for week, share in enumerate(curve.values)]
            lines.append(_line(path, ink, stroke, dash))
        ends = _apart([shares.px(curve.values[-1]) + 4 for curve in panel.curves], 15, y + deep + 4)
        for curve, end in zip(panel.curves, ends, strict=True):
            text.append(Word(weeks.px(last) + 6, end, curve.words, "ink"))
        height = max(height, y + deep + 26)
    return picture(WIDTH, height, [_ground(height), rules(drawn_rules), *lines, *words(text)])


def _ground(height: float) -> Layer | None:
    return rects([Rect(0, 0, WIDTH, height, "paper")])


def _line(path: Sequence[tuple[float, float]], ink: str, stroke: float, dash: Sequence[float]) -> Layer:
    rows = [{"x": round(x, 1), "y": round(y, 1), "week": week} for week, (x, y) in enumerate(path)]
    mark = {
        "type": "line",
        "color": colour(ink),
        "strokeWidth": stroke,
        "strokeCap": "round",
        "strokeJoin": "round",
        **({"strokeDash": list(dash)} if dash else {}),
    }
    own = {"type": "quantitative", "scale": None}
    encoding = {
        "x": {"field": "x", **own},
        "y": {"field": "y", **own},
        "order": {"field": "week", "type": "quantitative"},
    }
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _apart(places: Sequence[float], least: float, lowest: float) -> list[float]:
    """The same places, at least ``least`` apart: moved down, or up where they would fall below the lowest."""
    order = sorted(range(len(places)), key=lambda i: (places[i], -i))
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    for back, one in enumerate(reversed(order)):
        moved[one] = min(moved[one], lowest - back * least)
    return moved
