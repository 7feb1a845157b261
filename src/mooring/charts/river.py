"""The river: a client's own level, flowing down the page to now. The water is as wide as we are unsure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mooring.charts.lettering import shapes_of, shortened, width, wrap
from mooring.charts.marks import Align, Layer, Rule, Shape, Spec, Word, picture, rules, series, shapes, words
from mooring.charts.placing import Bank, Block, Box, Shore, Spot, beside
from mooring.charts.points import Axis, DayLabel, Eddy, Point, Quotation
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES, SPIRAL
from mooring.charts.tokens import size

WEEK = 20.8  # px a week, so that half a year is about a phone's height
SHORTEST = 200  # px: a young river is stretched to this
SHALLOWEST = 84  # px: even one check-in has its month
LONGEST_QUOTATION = 96  # characters
_TOP, _MONTHS, _LEFT, _RIGHT = 30.0, 12.0, 46.0, 18.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is told along the river; all of it may be empty. `now` is said beside the last answer."""

    now: str = ""
    months: tuple[DayLabel, ...] = ()
    eddies: tuple[Eddy, ...] = ()
    quotations: tuple[Quotation, ...] = ()


@dataclass
class _Land:
    """What stands on the banks so far."""

    at: Days
    level: Values
    bank: Bank
    frame: Box
    taken: list[Box] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def river(points: Sequence[Point], axis: Axis, told: Told, *, width: float = 360) -> Spec | None:
    """Time flows down, more is to the right. None without any point; quotations without room are in
    `usermeta.left_out`, so that the page can tell them in words.
    """
    if not points:
        return None
    land = _laid_out(points, axis, width)
    last = next((p for p in reversed(points) if p.answered), points[-1])
    foot = max(land.at.end + 8, SHALLOWEST)
    land.words += _months(told.months, land.at)
    _say_now(land, last, told.now)
    for eddy in told.eddies:
        _mark_eddy(land, eddy)
    for quotation in told.quotations:
        _quote(land, quotation)
    height = max([foot, *(box.y2 for box in land.taken)]) + 6
    layers: list[Layer | None] = [
        rules(_frame(land, axis, told.months, foot)),
        *series(points, land.at, land.level, vertical=True),
        rules(land.rules),
        shapes(_ring(land, last)),
        shapes(land.shapes),
        *words([*_ends(axis, land), *land.words]),
    ]
    return picture(width, height, layers, left_out=land.left_out)


def _laid_out(points: Sequence[Point], axis: Axis, width: float) -> _Land:
    since, until = points[0].at, points[-1].at
    weeks = (until - since).days / 7
    length = max(weeks * WEEK, SHORTEST) if weeks else 24.0
    at = Days(since, until, _TOP if weeks else _TOP + length, _TOP + length if weeks else _TOP + length + 1)
    level = Values(axis.lo, axis.hi, _LEFT, width - _RIGHT)
    frame = Box(_LEFT + 2, _TOP - 2, width - 8, at.px(until) + 40)
    return _Land(at, level, _bank(points, at, level), frame)


def _bank(points: Sequence[Point], at: Days, level: Values) -> Bank:
    dot = size("dot") + 1
    edges = []
    for p in points:
        reach = [level.px(p.lo), level.px(p.hi)]
        if p.score is not None:
            reach += [level.px(p.score) - dot, level.px(p.score) + dot]
        edges.append((at.px(p.at), min(reach), max(reach)))
    return Bank(tuple(edges))


def _frame(land: _Land, axis: Axis, months: Sequence[DayLabel], foot: float) -> list[Rule]:
    values = [value for value, _ in axis.ticks] or [axis.lo, axis.hi]
    upright = [Rule(land.level.px(v), _TOP - 6, land.level.px(v), foot) for v in values]
    ticks = [
        Rule(_MONTHS, land.at.px(day), _LEFT - 8, land.at.px(day)) for day, _ in months if day > land.at.since
    ]
    return [*upright, *ticks]


def _ends(axis: Axis, land: _Land) -> list[Word]:
    return [
        Word(land.level.start, 15, axis.low),
        Word(land.level.end, 15, axis.high, align="right"),
    ]


def _months(months: Sequence[DayLabel], at: Days) -> list[Word]:
    """Under its hairline; a first month too short for its name steps aside for the next one."""
    shown = []
    for number, (day, name) in enumerate(months):
        y = at.px(max(day, at.since)) + 15
        following = months[number + 1][0] if number + 1 < len(months) else None
        if following is None or at.px(following) + 15 - y >= 16:
            shown.append(Word(_MONTHS, y, name))
    return shown


def _ring(land: _Land, last: Point) -> list[Shape]:
    x, y = land.level.px(last.level), land.at.px(last.at)
    return [Shape(x, y, FIGURES["mother"], half=6.2, fill="paper", stroke="ink", width=2.5)]


def _say_now(land: _Land, last: Point, text: str) -> None:
    """Left of the water where there is room, else right of it, else below."""
    x, y = land.level.px(last.level), land.at.px(last.at)
    land.taken.append(Box(x - 9, y - 9, x + 9, y + 9))
    if not text:
        return
    left, right = land.bank.between(y - 12, y + 12)
    left, right = min(left, x - 10), max(right, x + 10)
    long = width(text, 13, bold=True)
    months = [Box(0, name.y - 13, _LEFT - 4, name.y + 5) for name in land.words if name.align == "left"]
    edge = land.frame.x if any(box.meets(Box(0, y - 12, _LEFT, y + 12)) for box in months) else _MONTHS
    if left - 10 - long >= edge:
        word = Word(left - 10, y + 5, text, ink="ink", weight=600, align="right", halo="paper")
        box = Box(left - 10 - long, y - 10, left, y + 10)
    elif right + 10 + long <= land.frame.x2:
        word = Word(right + 10, y + 5, text, ink="ink", weight=600, halo="paper")
        box = Box(right, y - 10, right + 10 + long, y + 10)
    else:
        middle = max(land.frame.x + long / 2, min(x, land.frame.x2 - long / 2))
        word = Word(middle, y + 28, text, ink="ink", weight=600, align="center", halo="paper")
        box = Box(middle - long / 2, y + 14, middle + long / 2, y + 34)
    land.words.append(word)
    land.taken.append(box)


def _mark_eddy(land: _Land, eddy: Eddy) -> None:
    """An amber bracket from the fall to the recovery, on the low side where there is land; its words
    outside.
    """
    fall, back = _clamped(land.at, eddy.since), _clamped(land.at, eddy.until)
    top, bottom = land.at.px(fall), max(land.at.px(back), land.at.px(fall) + 12)
    left, right = land.bank.between(top, bottom)
    on_left = left - land.frame.x >= min(76, land.frame.x2 - right)
    out = -1 if on_left else 1
    x = left - 9 if on_left else right + 9
    hook = [(x - 5 * out, top, x, top), (x, top, x, bottom), (x, bottom, x - 5 * out, bottom)]
    land.rules += [Rule(*ends, ink="talk", width=1.5) for ends in hook]
    room = (x - 7 - land.frame.x) if on_left else land.frame.x2 - x - 7
    lines = wrap(eddy.words, max(48, min(room, 88)), 13) if eddy.words else []
    _write_eddy(land, eddy.name, lines, x + 7 * out, top, on_left=on_left)
    tall = max(bottom, top + 24 + 16 * len(lines))
    wide = max([width(line, 13) for line in lines] + [width(eddy.name, 13, bold=True) + 22])
    near, far = x + 5, x - 7 - wide
    land.taken.append(Box(far, top - 4, near, tall) if on_left else Box(x - 5, top - 4, x + 7 + wide, tall))


def _write_eddy(land: _Land, name: str, lines: Sequence[str], x: float, top: float, *, on_left: bool) -> None:
    align: Align = "right" if on_left else "left"
    spiral = x - 8 if on_left else x + 8
    land.shapes.append(Shape(spiral, top + 9, SPIRAL, half=7, stroke="talk", width=1.5))
    beyond = x - 20 if on_left else x + 20
    land.words.append(Word(beyond, top + 14, name, ink="talk", weight=600, align=align, halo="paper"))
    land.words.append(Word(x, top + 34, "\n".join(lines), align=align, halo="paper", leading=16))


def _clamped(at: Days, day: date) -> date:
    return max(at.since, min(day, at.until))


def _quote(land: _Land, quotation: Quotation) -> None:
    text = shortened(quotation.words, LONGEST_QUOTATION)
    blocks = [Block(lines, wide, 20) for lines, wide in shapes_of(text, 160, 16, "voice") if len(lines) < 6]
    y = land.at.px(_clamped(land.at, quotation.at))
    spot = beside(blocks, y, Shore(land.bank, land.frame), [box.grown(5) for box in land.taken])
    if spot is None:
        land.left_out.append(quotation.words)
        return
    land.taken.append(spot.box)
    land.words.append(_spoken(spot))
    land.rules.append(_leader(land, spot, y))


def _spoken(spot: Spot) -> Word:
    right = spot.side == "right"
    x = spot.box.x if right else spot.box.x2
    text = "\n".join(spot.lines)
    return Word(x, spot.box.y + 15, text, "ink", 16, "voice", 400, "left" if right else "right", 20, "paper")


def _leader(land: _Land, spot: Spot, y: float) -> Rule:
    """From the words to the water, level with the quotation's day or as near to it as the words reach."""
    level = max(spot.box.y + 10, min(y, spot.box.y2 - 10))
    left, right = land.bank.between(level - 2, level + 2)
    start, end = (right + 6, spot.box.x - 4) if spot.side == "right" else (spot.box.x2 + 4, left - 6)
    return Rule(start, level, end, level, ink="edge")
