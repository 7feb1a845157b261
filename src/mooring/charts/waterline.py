"""The waterline: a person's real series as water, and boats moored beside it. Ornament is data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mooring.charts import shapes
from mooring.charts.lettering import wrap
from mooring.charts.marks import Layer, Rule, Shape, Spec, Word, band, level_line, picture, rules, words
from mooring.charts.marks import shapes as drawn_shapes
from mooring.charts.points import Axis, Point
from mooring.charts.scales import Days, Values

Boat = Literal["rowboat", "ketch", "trawler"]


def waterline(points: Sequence[Point], axis: Axis, *, width: float = 360) -> Spec | None:
    """The greeting of a client's home, full-bleed: the water ends in the boat, the boat is tied to the post.

    None without any point: there is no water yet.
    """
    if not points:
        return None
    now_x, quay_y, post_x = width - 63, 96, width - 24
    at = Days(points[0].at, points[-1].at, -8, now_x)
    level = _filling(points, axis, 80, 30)
    boat_y = level.px(points[-1].level)
    layers = [
        *_water(points, at, level, now_x),
        drawn_shapes(_rope_and_post(now_x + 12, boat_y - 1, post_x, quay_y)),
        drawn_shapes(_sloop(now_x, boat_y)),
        rules([Rule(width - 52, quay_y, width, quay_y, ink="ink", width=1.5)]),
    ]
    return picture(width, quay_y + 4, layers)


def _water(points: Sequence[Point], at: Days, level: Values, now_x: float) -> list[Layer | None]:
    if len(points) == 1:
        at = Days(at.since, at.until, now_x, now_x + 1)
    return [
        band(points, at, level),
        level_line(points, at, level),
        level_line(points, at, level, answered=False),
    ]


def _filling(points: Sequence[Point], axis: Axis, bottom: float, top: float) -> Values:
    """The water fills its place; a quarter of the measure's range at least, so that calm weeks look calm."""
    lo, hi = min(p.lo for p in points), max(p.hi for p in points)
    spare = max(0.0, (axis.hi - axis.lo) / 4 - (hi - lo)) / 2
    return Values(lo - spare, hi + spare, bottom, top)


def _sloop(x: float, y: float) -> list[Shape]:
    return [
        Shape(x, y, shapes.SLOOP_MAST, stroke="ink", width=1.5),
        Shape(x, y, shapes.SLOOP_SAIL, fill="sand-wash", stroke="ink", width=1.2),
        Shape(x, y, shapes.SLOOP_HULL, fill="ink"),
    ]


def _rope_and_post(x: float, y: float, post_x: float, quay_y: float) -> list[Shape]:
    knot_y = quay_y + shapes.POST_KNOB_Y + 6
    low = max(y, knot_y) + 14
    sag = f"{x + 7:.1f},{(y + low) / 2 + 4:.1f},{post_x - 14:.1f},{low:.1f}"
    rope = f"M{x:.1f},{y:.1f}C{sag},{post_x - 2:.1f},{knot_y:.1f}"
    return [
        Shape(0, 0, rope, stroke="ink", width=1.2),
        Shape(post_x, quay_y, shapes.POST, fill="ink"),
        Shape(post_x, quay_y, shapes.POST_KNOB, fill="ink"),
    ]


@dataclass(frozen=True, slots=True)
class Berth:
    """A quay from `start` to `end` px, a post at its left end; its boat lies at `along` px."""

    boat: Boat
    start: float
    end: float
    along: float


def harbour(
    points: Sequence[Point],
    axis: Axis,
    berths: Sequence[Berth],
    *,
    now: str = "",
    caption: tuple[float, str] | None = None,
    width: float = 1280,
) -> Spec | None:
    """The front page: the same water, wider, and a boat moored at each quay.

    `now` stands at the water's end; `caption` is (px from the left, words): an eddy's words and spiral.
    """
    if not points:
        return None
    now_x, quay_y = width - 110, 270
    at = Days(points[0].at, points[-1].at, 0, now_x)
    level = _filling(points, axis, 192, 16)
    quays = [Rule(b.start, quay_y, b.end, quay_y, ink="ink", width=1) for b in berths]
    moored = [shape for b in berths for shape in _moored(b, points, at, level, quay_y)]
    written = [Word(now_x + 14, level.px(points[-1].level) + 5, now)]
    spirals: list[Shape] = []
    if caption:
        x, text = caption
        spirals = [Shape(x, 213, shapes.SPIRAL, half=7, stroke="talk", width=1.5)]
        written.append(Word(x + 14, 217, "\n".join(wrap(text, 264, 13)), leading=17))
    boats = drawn_shapes([*moored, *spirals])
    return picture(width, quay_y + 2, [*_water(points, at, level, now_x), boats, rules(quays), *words(written)])


def _moored(berth: Berth, points: Sequence[Point], at: Days, level: Values, quay_y: float) -> list[Shape]:
    nearest = min(points, key=lambda p: abs(at.px(p.at) - berth.along))
    x, y = berth.along, level.px(nearest.level)
    post_x = berth.start + 5
    start_x, start_y = x + _STERN[berth.boat][0], y + _STERN[berth.boat][1]
    knot_y = quay_y + shapes.POST_KNOB_Y + 4
    drop = knot_y - start_y
    rope = (
        f"M{start_x:.1f},{start_y:.1f}C{start_x - 22:.1f},{start_y + drop * 0.55:.1f},"
        f"{post_x + 1:.1f},{start_y + drop * 0.5:.1f},{post_x:.1f},{knot_y:.1f}"
    )
    return [
        Shape(0, 0, rope, stroke="ink", width=1.2),
        Shape(post_x, quay_y, shapes.POST, fill="ink"),
        Shape(post_x, quay_y, shapes.POST_KNOB, fill="ink"),
        *_BOATS[berth.boat](x, y),
    ]


_STERN: dict[Boat, tuple[float, float]] = {"rowboat": (-24, 2), "ketch": (-21, -4), "trawler": (-25, 4)}


def _rowboat(x: float, y: float) -> list[Shape]:
    under, over = shapes.ROWBOAT_OARS
    return [
        Shape(x, y, shapes.ROWBOAT_HULL, fill="ink"),
        Shape(x, y, under, stroke="ink", width=2),
        Shape(x, y, over, stroke="ink", width=2),
    ]


def _ketch(x: float, y: float) -> list[Shape]:
    sails = [Shape(x, y, sail, fill="sand-wash", stroke="ink", width=1.5) for sail in shapes.KETCH_SAILS]
    mast = Shape(x, y, shapes.KETCH_MAST, stroke="ink", width=2)
    return [*sails, mast, Shape(x, y, shapes.KETCH_HULL, fill="ink")]


def _trawler(x: float, y: float) -> list[Shape]:
    lines = [Shape(x, y, line, stroke="ink", width=2) for line in shapes.TRAWLER_LINES]
    cabin = Shape(x, y, shapes.TRAWLER_CABIN, fill="sand-wash", stroke="ink", width=1.5)
    return [cabin, Shape(x, y, shapes.TRAWLER_HULL, fill="ink"), *lines]


_BOATS = {"rowboat": _rowboat, "ketch": _ketch, "trawler": _trawler}
