"""The grammar of all pictures: each function gives one Vega-Lite layer.

Levels and bands stay in their own units on explicit scales; words, rules and shapes are placed in px.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Literal

from mooring.charts.lettering import Voice, width
from mooring.charts.points import Point
from mooring.charts.scales import Days, Values, px
from mooring.charts.tokens import GENERIC, colour, size

Spec = dict[str, Any]
Layer = dict[str, Any]
Align = Literal["left", "center", "right"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
DOTTED = [0.1, 5]  # with round caps: a row of dots
DASHED = [4, 3]


def picture(width: float, height: float, layers: Iterable[Layer | None], **meta: Any) -> Spec:
    """A whole picture without any axis, legend or title of Vega's own: what is not given is not drawn."""
    drawn = [_named(number, layer) for number, layer in enumerate(layers) if layer]
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": round(height, 2),
        "padding": 0,
        "autosize": "none",
        "background": colour("paper"),
        "config": {"view": {"stroke": None}, "aria": False},
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "layer": drawn,
        "usermeta": {key: value for key, value in meta.items() if value},
    }


def _named(number: int, layer: Layer) -> Layer:
    """Bands get a name of their own, by which a page may give them an edge when more contrast is asked."""
    return {"name": f"band{number}", **layer} if layer["mark"]["type"] == "area" else layer


def band(points: Sequence[Point], at: Days, level: Values, *, vertical: bool = False) -> Layer | None:
    """Nine in ten, drawn first. A single point has a band without length: a short thick rule."""
    if not points:
        return None
    rows = [{"at": p.at.isoformat(), "lo": p.lo, "hi": p.hi} for p in points]
    days, lows = at.channel(), level.channel("lo")
    upper = {"field": "hi"}
    across = {"y": days, "x": lows, "x2": upper} if vertical else {"x": days, "y": lows, "y2": upper}
    wash = colour("slate-wash")
    mark: dict[str, Any] = {"type": "area", "color": wash, "orient": "horizontal" if vertical else "vertical"}
    if len(points) == 1:
        mark = {"type": "rule", "color": wash, "strokeWidth": 10, "strokeCap": "round"}
    return {"data": {"values": rows}, "mark": mark, "encoding": across}


def level_line(
    points: Sequence[Point], at: Days, level: Values, *, vertical: bool = False, answered: bool = True
) -> Layer | None:
    """The level where it was answered (solid) or where it was not (dotted)."""
    rows = [
        {"at": p.at.isoformat(), "level": p.level, "run": number}
        for number, (kind, run) in enumerate(runs(points))
        if kind == answered
        for p in run
    ]
    if not rows:
        return None
    days, levels = at.channel(), level.channel("level")
    across = {"y": days, "x": levels} if vertical else {"x": days, "y": levels}
    mark = {
        "type": "line",
        "color": colour("slate"),
        "strokeWidth": size("stroke-level"),
        "strokeCap": "round",
        "strokeJoin": "round",
        **({} if answered else {"strokeDash": DOTTED}),
    }
    order = {"field": "at", "type": "temporal"}
    encoding = {**across, "order": order, "detail": {"field": "run", "type": "nominal"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def runs(points: Sequence[Point]) -> list[tuple[bool, list[Point]]]:
    """Consecutive stretches, answered or not; neighbours share their border point."""
    steps = [(a.answered and b.answered, a, b) for a, b in pairwise(points)]
    found = []
    for answered, group in groupby(steps, key=lambda step: step[0]):
        members = list(group)
        found.append((answered, [members[0][1], *(b for _, _, b in members)]))
    return found


def dots(points: Sequence[Point], at: Days, level: Values, *, vertical: bool = False) -> Layer | None:
    """One dot an answered check-in, at its own score: it may leave the band, which is the level's."""
    rows = [{"at": p.at.isoformat(), "score": p.score} for p in points if p.score is not None]
    if not rows:
        return None
    days, scores = at.channel(), level.channel("score")
    across = {"y": days, "x": scores} if vertical else {"x": days, "y": scores}
    mark = {"type": "point", "shape": "circle", "size": (2 * size("dot")) ** 2, "filled": True, "opacity": 1}
    return {"data": {"values": rows}, "mark": {**mark, "color": colour("slate")}, "encoding": across}


def series(points: Sequence[Point], at: Days, level: Values, *, vertical: bool = False) -> list[Layer | None]:
    """Band, line, dots: in this order, always."""
    return [
        band(points, at, level, vertical=vertical),
        level_line(points, at, level, vertical=vertical),
        level_line(points, at, level, vertical=vertical, answered=False),
        dots(points, at, level, vertical=vertical),
    ]


@dataclass(frozen=True, slots=True)
class Word:
    """Lines of text; (x, y) is the baseline of the first. A `halo` keeps hairlines out of the letters."""

    x: float
    y: float
    text: str
    ink: str = "ink-soft"
    px: float = 13
    voice: Voice = "sans"
    weight: int = 400
    align: Align = "left"
    leading: float = 0
    halo: str = ""

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def line_height(self) -> float:
        return self.leading or round(self.px * 1.25)

    @property
    def width(self) -> float:
        return max(width(line, self.px, self.voice, bold=self.weight > 500) for line in self.lines)


def words(written: Iterable[Word]) -> list[Layer]:
    """One layer for all words, and one beneath it for their halos."""
    shown = [word for word in written if word.text]
    halos = [word for word in shown if word.halo]
    return [layer for layer in (_text(halos, halo=True), _text(shown, halo=False)) if layer]


def _text(written: Sequence[Word], *, halo: bool) -> Layer | None:
    if not written:
        return None
    rows = [
        {
            "x": round(w.x, 2),
            "y": round(w.y, 2),
            "text": w.text,
            "ink": colour(w.halo if halo else w.ink),
            "size": w.px,
            "font": GENERIC[w.voice],
            "weight": w.weight,
            "align": w.align,
            "leading": w.line_height,
        }
        for w in written
    ]
    mark: dict[str, Any] = {"type": "text", "baseline": "alphabetic", "lineBreak": "\n"}
    for option, field in _TEXT_OPTIONS.items():
        mark[option] = {"expr": f"datum.{field}"}
    encoding = {"x": px("x"), "y": px("y"), "text": {"field": "text", "type": "nominal"}, "fill": _ink("ink")}
    if halo:
        mark |= {"strokeWidth": 5, "strokeJoin": "round"}
        encoding["stroke"] = _ink("ink")
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


_TEXT_OPTIONS = {
    "align": "align",
    "font": "font",
    "fontSize": "size",
    "fontWeight": "weight",
    "lineHeight": "leading",
}


@dataclass(frozen=True, slots=True)
class Rule:
    x: float
    y: float
    x2: float
    y2: float
    ink: str = "line"
    width: float = 1
    dash: tuple[float, ...] = ()
    cap: Literal["butt", "round"] = "butt"


def rules(drawn: Sequence[Rule]) -> Layer | None:
    if not drawn:
        return None
    rows = [
        {
            **{name: round(getattr(r, name), 2) for name in ("x", "y", "x2", "y2")},
            "ink": colour(r.ink),
            "width": r.width,
            "dash": list(r.dash),
            "cap": r.cap,
        }
        for r in drawn
    ]
    options = {"strokeWidth": "width", "strokeDash": "dash", "strokeCap": "cap"}
    mark = {"type": "rule", **{option: {"expr": f"datum.{field}"} for option, field in options.items()}}
    ends = {"x": px("x"), "y": px("y"), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": {**ends, "stroke": _ink("ink")}}


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    x2: float
    y2: float
    fill: str = "talk-wash"


def rects(drawn: Sequence[Rect]) -> Layer | None:
    if not drawn:
        return None
    ends = ("x", "y", "x2", "y2")
    rows = [{**{n: round(getattr(r, n), 2) for n in ends}, "fill": colour(r.fill)} for r in drawn]
    corners = {"x": px("x"), "y": px("y"), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    encoding = {**corners, "fill": _ink("fill")}
    return {"data": {"values": rows}, "mark": {"type": "rect", "strokeWidth": 0}, "encoding": encoding}


@dataclass(frozen=True, slots=True)
class Shape:
    """A path in a box from -1 to 1 around (x, y), `half` px to each side; with half = 1 the path is in px."""

    x: float
    y: float
    path: str
    half: float = 1
    fill: str = ""
    stroke: str = ""
    width: float = 1


def shapes(drawn: Sequence[Shape]) -> Layer | None:
    if not drawn:
        return None
    rows = [
        {
            "x": round(s.x, 2),
            "y": round(s.y, 2),
            "path": s.path,
            # Vega scales a custom path by half the root of its size
            "size": round(4 * s.half**2, 3),
            "fill": colour(s.fill) if s.fill else "transparent",
            "stroke": colour(s.stroke) if s.stroke else "transparent",
            "width": s.width if s.stroke else 0,
        }
        for s in drawn
    ]
    encoding = {
        "x": px("x"),
        "y": px("y"),
        "shape": {"field": "path", "type": "nominal", "scale": None},
        "size": px("size"),
        "fill": _ink("fill"),
        "stroke": _ink("stroke"),
    }
    mark = {"type": "point", "opacity": 1, "strokeWidth": {"expr": "datum.width"}, "strokeCap": "round"}
    return {"data": {"values": rows}, "mark": {**mark, "strokeJoin": "round"}, "encoding": encoding}


def _ink(field: str) -> dict[str, Any]:
    return {"field": field, "type": "nominal", "scale": None}
