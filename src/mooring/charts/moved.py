"""Last time and this time, one answer: a hollow circle and a filled one on the item's full range."""

from mooring.charts.marks import Rule, Shape, Spec, Word, picture, rules, shapes, words
from mooring.charts.points import Move
from mooring.charts.scales import Values
from mooring.charts.shapes import FIGURES


def moved(move: Move, *, low: str, high: str, width: float = 170) -> Spec:
    """One row beside the answer's words. `low` and `high` label the range's ends."""
    y, end = 11.0, 24.0
    value = Values(move.lo, move.hi, end, width - end)
    last, now = value.px(move.before), value.px(move.now)
    circle = FIGURES["mother"]
    return picture(
        width,
        22,
        [
            rules([Rule(end, y, width - end, y), Rule(last, y, now, y, ink="slate", width=2)]),
            shapes([Shape(last, y, circle, half=3.8, fill="paper", stroke="sand", width=2)]),
            shapes([Shape(now, y, circle, half=4.5, fill="slate")]),
            *words([Word(end - 8, y + 4.5, low, align="right"), Word(width - end + 8, y + 4.5, high)]),
        ],
    )
