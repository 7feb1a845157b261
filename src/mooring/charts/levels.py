"""A level on its own: the opened row's evidence, and the three small pictures beside a brief."""

from collections.abc import Sequence
from dataclasses import dataclass

from mooring.charts import rating
from mooring.charts.lettering import width as lettered
from mooring.charts.lettering import wrap
from mooring.charts.marks import Layer, Rect, Rule, Shape, Spec, Word, picture, rects, rules, series, words
from mooring.charts.marks import shapes as drawn_shapes
from mooring.charts.points import Axis, DayLabel, Eddy, Hue, Measured, Point, Rating
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES, SPIRAL

_BESIDE = 0.36  # share of the width that the numbers may take
_DAYS_BELOW = 24.0  # px under a picture for its first and last day


@dataclass(frozen=True, slots=True)
class Beside:
    """Said to the right of the level: `now 3.4 ± 0.4` above `start 2.4 ± 0.3`. Never a lone number."""

    now: str = ""
    before: str = ""

    def broken(self, room: float) -> "Beside":
        """The same in lines of at most `room` px, a number never apart from its error."""
        whole = (text.replace(" ± ", "\u00a0±\u00a0") for text in (self.now, self.before))
        return Beside(*("\n".join(wrap(text, room, 13)) for text in whole))

    @property
    def width(self) -> float:
        now = max(lettered(line, 13, bold=True) for line in self.now.split("\n"))
        return max(now, *(lettered(line, 13) for line in self.before.split("\n"))) + 10


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where the marks are, in px."""

    left: float
    right: float
    top: float
    bottom: float

    def level(self, axis: Axis) -> Values:
        return Values(axis.lo, axis.hi, self.bottom, self.top)

    def days(self, shown: Sequence[Point] | Sequence[Rating] | Sequence[Measured]) -> Days:
        return Days(shown[0].at, shown[-1].at, self.left, self.right)


def _plot(axis: Axis, beside: Beside, width: float, height: float, below: float = _DAYS_BELOW) -> _Plot:
    """Room for the ticks' labels on the left and the numbers on the right, whatever language they are in; and
    the same for all pictures of one width, so that they stand under each other.
    """
    ticks = max((lettered(label, 13) for _, label in axis.ticks), default=0.0)
    return _Plot(max(ticks + 8, 25), width - max(beside.width, width * 0.28), 8, height - below)


def evidence(
    points: Sequence[Point],
    axis: Axis,
    beside: Beside,
    *,
    start: float | None = None,
    days: tuple[str, str] = ("", ""),
    width: float = 440,
) -> Spec | None:
    """The opened row of the caseload: what the rule saw. `start` is the level at the start, a dashed line."""
    if not points:
        return None
    beside = beside.broken(width * _BESIDE)
    plot = _plot(axis, beside, width, 100)
    at, level = plot.days(points), plot.level(axis)
    reference: list[Rule] = []
    if start is not None:
        from_x = at.px(points[-1].at) - 0.24 * (plot.right - plot.left)
        reference = [Rule(from_x, level.px(start), plot.right, level.px(start), "sand", 1.5, (4, 3))]
    base = [Rule(plot.left, plot.bottom, plot.right, plot.bottom, ink="edge")]
    apart = level.px(start) if start is not None else None
    numbers = _numbers(beside, level.px(points[-1].level), plot, apart)
    written = [*_ticks(axis, level, plot), *_ends(days, plot), *numbers]
    layers = [rules(base), *series(points, at, level)[:1], rules(reference), *series(points, at, level)[1:]]
    return picture(width, 100, [*layers, *words(written)])


def brief_level(
    points: Sequence[Point],
    axis: Axis,
    beside: Beside,
    *,
    eddies: Sequence[Eddy] = (),
    days: tuple[str, str] = ("", ""),
    width: float = 430,
) -> Spec | None:
    """A level beside the brief, its hairlines at the ticks; an eddy is marked by its spiral and words."""
    if not points:
        return None
    beside = beside.broken(width * _BESIDE)
    plot = _plot(axis, beside, width, 146)
    at, level = plot.days(points), plot.level(axis)
    marked = [_eddy(eddy, points, at, level, plot) for eddy in eddies]
    written = [*_ticks(axis, level, plot), *_ends(days, plot)]
    written += [*_numbers(beside, level.px(points[-1].level), plot), *[word for _, word in marked]]
    layers = [
        rules(_hairlines(axis, level, plot)),
        *series(points, at, level),
        drawn_shapes([spiral for spiral, _ in marked]),
        *words(written),
    ]
    return picture(width, 146, layers)


def brief_asked(
    asked: Sequence[Measured],
    axis: Axis,
    beside: Beside,
    *,
    hue: Hue,
    days: tuple[str, str] = ("", ""),
    width: float = 430,
) -> Spec | None:
    """Asked now and then: estimates with their error, joined by a thin line, in their dimension's hue."""
    if not asked:
        return None
    beside = beside.broken(width * _BESIDE)
    plot = _plot(axis, beside, width, 96)
    at, level = plot.days(asked), plot.level(axis)
    spots = [(at.px(m.at), level.px(m.level)) for m in asked]
    errors = [Rule(at.px(m.at), level.px(m.lo), at.px(m.at), level.px(m.hi), ink=hue) for m in asked]
    joined = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    layers: list[Layer | None] = [
        rules(_hairlines(axis, level, plot)),
        rules(errors),
        drawn_shapes([Shape(0, 0, joined, stroke=hue, width=1.5)]) if len(spots) > 1 else None,
        drawn_shapes([Shape(x, y, FIGURES["mother"], half=3.4, fill=hue) for x, y in spots]),
        *words([*_ticks(axis, level, plot), *_ends(days, plot), *_numbers(beside, spots[-1][1], plot)]),
    ]
    return picture(width, 96, layers)


def brief_alliance(
    client: Sequence[Rating],
    clinician: Sequence[Rating],
    axis: Axis,
    beside: Beside,
    *,
    usual: tuple[float, float] | None = None,
    width: float = 430,
) -> Spec | None:
    """Both raters of the last sessions; the client's usual range as sand. `beside` names the client, then the
    clinician.
    """
    both = sorted((*client, *clinician), key=lambda r: r.at)
    if not any(r.score is not None for r in both):
        return None
    plot = _plot(axis, beside, width, 72, below=10)
    at, level = plot.days(both), plot.level(axis)
    ground = [Rect(plot.left, level.px(usual[1]), plot.right, level.px(usual[0]), "sand-wash")] if usual else []
    layers = [
        rects(ground),
        *rating.both(client, clinician, at, level),
        *words([*_ticks(axis, level, plot), *_raters(beside, client, clinician, level, plot)]),
    ]
    return picture(width, 72, layers)


def _raters(
    beside: Beside, client: Sequence[Rating], clinician: Sequence[Rating], level: Values, plot: _Plot
) -> list[Word]:
    """Each name near the end of its own line, the higher one above."""
    last = [next((r.score for r in reversed(ratings) if r.score is not None), None) for ratings in (client, clinician)]
    theirs, yours = (level.px(score) if score is not None else plot.bottom for score in last)
    middle = min(max((theirs + yours) / 2, plot.top + 8), plot.bottom - 8)
    upper, lower = middle - 4, middle + 13
    client_y, clinician_y = (upper, lower) if theirs <= yours else (lower, upper)
    x = plot.right + 10
    return [
        Word(x, client_y, beside.now, "ink", weight=600),
        Word(x, clinician_y, beside.before),
    ]


def _ticks(axis: Axis, level: Values, plot: _Plot) -> list[Word]:
    return [Word(plot.left - 8, level.px(value) + 4.5, label, align="right") for value, label in axis.ticks]


def _hairlines(axis: Axis, level: Values, plot: _Plot) -> list[Rule]:
    return [Rule(plot.left, level.px(value), plot.right, level.px(value)) for value, _ in axis.ticks]


def _ends(days: tuple[str, str], plot: _Plot) -> list[Word]:
    y = plot.bottom + 17
    return [Word(plot.left, y, days[0]), Word(plot.right, y, days[1], align="right")]


def _numbers(beside: Beside, y: float, plot: _Plot, apart: float | None = None) -> list[Word]:
    """Now at the level's height and before below it, or at `apart`, its own height, when they are far
    enough.
    """
    now, before = (16.0 * (text.count("\n") + 1) for text in (beside.now, beside.before))
    y = max(plot.top + 4, min(y, plot.bottom + 8 - now - before + 8))
    below = y + now + 1
    if apart is not None and (apart - y >= now + 1 or y - apart >= before + 1):
        below = apart
    x = plot.right + 10
    return [Word(x, y + 4.5, beside.now, "ink", weight=600), Word(x, below + 4.5, beside.before)]


def _eddy(eddy: Eddy, points: Sequence[Point], at: Days, level: Values, plot: _Plot) -> tuple[Shape, Word]:
    """Under its dip where there is room, else above it; never over the water."""
    inside = [p for p in points if eddy.since <= p.at <= eddy.until] or list(points)
    deepest = at.px(min(inside, key=lambda p: p.level).at)
    long = lettered(eddy.words, 13) + 18
    x = min(max(deepest - 10, plot.left + 2), plot.right - long)
    over = [p for p in points if x - 6 <= at.px(p.at) <= x + long]
    lows = [level.px(v) for p in over for v in (p.lo, p.score if p.score is not None else p.lo)]
    highs = [level.px(v) for p in over for v in (p.hi, p.score if p.score is not None else p.hi)]
    y = max(lows, default=plot.top) + 16
    if y > plot.bottom - 8:
        y = min(highs, default=plot.bottom) - 14
    spiral = Shape(x + 7, y, SPIRAL, half=6.5, stroke="talk", width=1.5)
    return spiral, Word(x + 19, y + 4.5, eddy.words, halo="paper")


def first_and_last(days: Sequence[DayLabel]) -> tuple[str, str]:
    """The ends of a row of labelled days."""
    return (days[0][1], days[-1][1]) if days else ("", "")
