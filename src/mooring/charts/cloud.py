"""Clouds: where a person stands on the plane, as soft as we are unsure.

Sixteen rings would show their steps in the dark, so a cloud is one ellipse with a radial gradient: heavier
in the middle, nothing at 2.15 standard errors (nine in ten). The same ink is spread thinner over a larger
cloud.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mooring.charts.marks import Layer
from mooring.charts.points import Place, Plane
from mooring.charts.scales import px
from mooring.charts.tokens import colour, size

NINE_IN_TEN = math.sqrt(-2 * math.log(0.1))  # radius in standard errors of a plane's 90 % region
HALF = math.sqrt(-2 * math.log(0.5))
_KNOWN_WELL = 16.0  # px of standard error from which on a cloud gets no darker
_STOPS = 12
_READABLE = 0.4  # opacity of slate on paper on which ink keeps 4.9:1 in the dark, and more by day
_WORDS_FROM = (11.0, 18.0)  # px from a heart: nearer stands its shape
_AROUND = tuple(math.tau * n / 12 for n in range(12))


@dataclass(frozen=True, slots=True)
class Ellipse:
    """One standard error around (x, y), in px; `angle` in degrees, clockwise from the x axis."""

    x: float
    y: float
    long: float
    short: float
    angle: float

    @property
    def reach(self) -> tuple[float, float]:
        """Half-width and half-height of its bounding box."""
        turn = math.radians(self.angle)
        across = math.hypot(self.long * math.cos(turn), self.short * math.sin(turn))
        down = math.hypot(self.long * math.sin(turn), self.short * math.cos(turn))
        return across, down

    def density(self, x: float, y: float) -> float:
        """Of its ink at a point: 1 at the heart, 0 from the 90 % region outwards."""
        turn = math.radians(self.angle)
        dx, dy = x - self.x, y - self.y
        along = (dx * math.cos(turn) + dy * math.sin(turn)) / self.long
        beside = (dy * math.cos(turn) - dx * math.sin(turn)) / self.short
        return _density(math.hypot(along, beside) / NINE_IN_TEN)


def ellipse(place: Place, plane: Plane, middle: tuple[float, float], reach_px: float) -> Ellipse:
    """The place's covariance [[a, c], [c, b]] in px, y downwards, along its own axes: the eigenvalues are
    (a + b)/2 ± √(((a - b)/2)² + c²) and the long axis stands at half the angle of (a - b, 2c).
    """
    unit = reach_px / plane.reach
    x = middle[0] + (place.anxiety - plane.origin[0]) * unit
    y = middle[1] - (place.avoidance - plane.origin[1]) * unit
    a, b = (place.anxiety_se * unit) ** 2, (place.avoidance_se * unit) ** 2
    c = -place.correlation * place.anxiety_se * place.avoidance_se * unit**2
    spread = math.hypot((a - b) / 2, c)
    long, short = math.sqrt((a + b) / 2 + spread), math.sqrt(max(0.01, (a + b) / 2 - spread))
    return Ellipse(x, y, long, short, math.degrees(math.atan2(2 * c, a - b) / 2))


def hearts(ellipses: Sequence[Ellipse]) -> list[float]:
    """Opacity at each heart. Where clouds lie over each other all of them get paler, so that words stay
    readable.
    """
    deepest = size("cloud")
    alone = [deepest * min(1.0, (_KNOWN_WELL**2 / (e.long * e.short)) ** 0.6) for e in ellipses]
    spots = [
        (e.x + far * math.cos(turn), e.y + far * math.sin(turn))
        for e in ellipses
        for far in _WORDS_FROM
        for turn in _AROUND
    ]
    sums = [sum(o * e.density(x, y) for o, e in zip(alone, ellipses, strict=True)) for x, y in spots]
    paler = min(1.0, _READABLE / max(sums, default=_READABLE))
    return [opacity * paler for opacity in alone]


def cloud(e: Ellipse, heart: float) -> Layer:
    red, green, blue = (int(colour("slate")[i : i + 2], 16) for i in (1, 3, 5))
    stops = [
        {
            "offset": round(i / _STOPS, 4),
            "color": f"rgba({red},{green},{blue},{heart * _density(i / _STOPS):.4f})",
        }
        for i in range(_STOPS + 1)
    ]
    fill = {"gradient": "radial", "stops": stops}
    return _symbol(e, NINE_IN_TEN, {"fill": fill, "filled": True, "strokeWidth": 0})


def before(e: Ellipse) -> Layer:
    """The first month: a dashed outline of its half-region, and a breath of sand inside."""
    outline = {
        "fill": colour("sand-wash"),
        "fillOpacity": 0.45,
        "stroke": colour("sand"),
        "strokeDash": [3.5, 2.5],
    }
    return _symbol(e, HALF, {**outline, "strokeWidth": 1.2})


def _density(share: float) -> float:
    """Gaussian along the radius (a share of the 90 % region), lowered to reach nothing at its edge."""
    if share >= 1:
        return 0.0
    edge = math.exp(-(NINE_IN_TEN**2) / 2)
    return (math.exp(-((share * NINE_IN_TEN) ** 2) / 2) - edge) / (1 - edge)


def _symbol(e: Ellipse, errors: float, style: dict[str, object]) -> Layer:
    flat = e.short / e.long
    path = f"M1,0A1,{flat:.3f},0,1,1,-1,0A1,{flat:.3f},0,1,1,1,0Z"
    extent = round((2 * e.long * errors) ** 2, 2)
    mark = {"type": "point", "shape": path, "size": extent, "angle": round(e.angle, 2), "opacity": 1, **style}
    rows = [{"x": round(e.x, 2), "y": round(e.y, 2)}]
    return {"data": {"values": rows}, "mark": mark, "encoding": {"x": px("x"), "y": px("y")}}
