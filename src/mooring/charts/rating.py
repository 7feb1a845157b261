"""Alliance as drawn everywhere: the client filled and solid, the clinician hollow and dashed."""

from collections.abc import Sequence

from mooring.charts.marks import DASHED, Layer, Shape, shapes
from mooring.charts.points import Rating
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES
from mooring.charts.tokens import colour


def broken_line(ratings: Sequence[Rating], at: Days, level: Values, *, dashed: bool) -> Layer | None:
    """A line that breaks where nothing was rated."""
    rows, run = [], 0
    for rating in ratings:
        if rating.score is None:
            run += 1
        else:
            rows.append({"at": rating.at.isoformat(), "score": rating.score, "run": run})
    if not rows:
        return None
    mark = {
        "type": "line",
        "color": colour("slate"),
        "strokeWidth": 1.4,
        "strokeJoin": "round",
        **({"strokeDash": DASHED} if dashed else {"strokeCap": "round"}),
    }
    encoding = {"x": at.channel(), "y": level.channel("score"), "detail": {"field": "run", "type": "nominal"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def both(client: Sequence[Rating], clinician: Sequence[Rating], at: Days, level: Values) -> list[Layer | None]:
    """The clinician beneath the client."""
    return [
        broken_line(clinician, at, level, dashed=True),
        broken_line(client, at, level, dashed=False),
        shapes([*_marks(clinician, at, level, hollow=True), *_marks(client, at, level, hollow=False)]),
    ]


def _marks(ratings: Sequence[Rating], at: Days, level: Values, *, hollow: bool) -> list[Shape]:
    """One mark a rating. Where both raters agree the hollow square stands around the circle."""
    spots = [(at.px(r.at), level.px(r.score)) for r in ratings if r.score is not None]
    if hollow:
        square = FIGURES["father"]
        return [Shape(x, y, square, half=3.4, fill="paper", stroke="slate", width=1.3) for x, y in spots]
    return [Shape(x, y, FIGURES["mother"], half=3, fill="slate") for x, y in spots]
