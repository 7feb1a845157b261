"""Outlines: figures, the spiral of an eddy, boats and their post; in a box from -1 to 1 unless said so."""

import math

from mooring.charts.points import Kind

# Of equal optical weight, so that no person looks more important than another.
FIGURES: dict[Kind, str] = {
    "mother": "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
    "father": "M-0.87,-0.87H0.87V0.87H-0.87Z",
    "partner": "M0,-1.25L1,0L0,1.25L-1,0Z",
    "friend": "M0,-1.05L1.14,0.93H-1.14Z",
    "therapist": "M-0.37,-1.08H0.37V-0.37H1.08V0.37H0.37V1.08H-0.37V0.37H-1.08V-0.37H-0.37Z",
    "general": "M-1.1,0.62A1.1,1.25,0,0,1,1.1,0.62Z",
    "other": "M0,1.05L-1.14,-0.93H1.14Z",
}


def icon(kind: Kind) -> str:
    """A figure's shape beside a word, for a page: viewBox -7 -7 14 14 at 14 px, 5 px to each side."""
    path = FIGURES[kind]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="-7 -7 14 14" aria-hidden="true">'
        f'<path transform="scale(5)" d="{path}" fill="currentColor"/></svg>'
    )


def _spiral(turns: float = 2.6, steps: int = 9) -> str:
    """r = a·angle as cubic curves, `steps` a turn; each control point lies along the spiral's own tangent."""
    count = round(turns * steps)
    step = 2 * math.pi / steps
    grow = 1 / (count * step)

    def at(angle: float) -> tuple[float, float, float, float]:
        r, cos, sin = grow * angle, math.cos(angle), math.sin(angle)
        return r * cos, r * sin, grow * cos - r * sin, grow * sin + r * cos

    path = "M0,0"
    for number in range(count):
        x0, y0, dx0, dy0 = at(number * step)
        x1, y1, dx1, dy1 = at((number + 1) * step)
        third = step / 3
        curve = (x0 + dx0 * third, y0 + dy0 * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1)
        path += "C" + ",".join(f"{value:.3f}" for value in curve)
    return path


SPIRAL = _spiral()

# Boats, in px; (0, 0) is where the water meets the middle of the hull.
SLOOP_HULL = "M-12,-2H12C10.5,4.5,6.5,7.5,0,7.5C-6.5,7.5,-10.5,4.5,-12,-2Z"
SLOOP_SAIL = "M1.8,-21.5L11,-6H1.8Z"
SLOOP_MAST = "M0,-23V-2"

ROWBOAT_HULL = "M-32,-9C-18,-4,18,-4,32,-11C29,2,17,9,0,9C-16,9,-28,2,-32,-9Z"
ROWBOAT_OARS = ("M-41,11L-22,1", "M-7,-5L9,-13")

KETCH_HULL = "M-22,-8H22C19,3,11,8,0,8C-11,8,-19,3,-22,-8Z"
KETCH_SAILS = ("M3,-56C13,-47,20,-33,21,-16H3Z", "M-3,-45C-9,-38,-15,-27,-16,-16H-3Z")
KETCH_MAST = "M0,-60V-8"

TRAWLER_HULL = "M-30,-8H22L30,-13L29.5,-8C28,2,24,10,16,10H-20C-26,10,-29,0,-30,-8Z"
TRAWLER_CABIN = "M-17,-8V-28H6V-8Z"
TRAWLER_LINES = ("M-11,-39V-28", "M-12,-21H0")

# The post; (0, 0) is where it stands on the quay.
POST_KNOB_Y = -36
POST = "M-2.5,0V-33H2.5V0Z"
POST_KNOB = "M5,-36A5,5,0,1,1,-5,-36A5,5,0,1,1,5,-36Z"
