"""The river: a client's own level, flowing down the page to now. The water is as wide as we are unsure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
LONGEST_QUOTATION = (96, 56)  # characters; the shorter one where the longer one finds no room
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
    points = [replace(p, lo=max(p.lo, axis.lo), hi=min(p.hi, axis.hi)) for p in points]
    land = _laid_out(points, axis, width)
    last = next((p for p in reversed(points) if p.answered), points[-1])
    foot = max(land.at.end + 8, SHALLOWEST)
    land.words += _months(told.months, land.at)
    _say_now(land, last, told.now)
    for eddy in told.eddies:
        _mark_eddy(land, eddy)
    for quotation in told.quotations:
        _quote(land, quotation)
    lowest = [*(box.y2 for box in land.taken), *(word.y for word in land.words)]
    height = max([foot, *lowest]) + 6
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
    header = Box(0, 0, width, 21)
    return _Land(at, level, _bank(points, at, level), frame, [header])


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
        Rule(_MONTHS, land.at.px(day), _LEFT - 8, land.at.px(day))
        for day, _ in months
        if land.at.since < day <= land.at.until
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
    months = [(day, name) for day, name in months if day <= at.until]
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
    """Left of the water where there is room, else right of it, else below; in more lines where it must."""
    x, y = land.level.px(last.level), land.at.px(last.at)
    land.taken.append(Box(x - 9, y - 9, x + 9, y + 9))
    options = [
        (word, box, below)
        for lines, long in shapes_of(text, 300, 13, bold=True)
        for word, box, below in _sides(land, (x, y), "\n".join(lines), long)
        if not any(box.meets(taken) for taken in land.taken)
    ]
    if options:
        # below only where the river ends in this answer, or where neither bank has room in any line breaks
        ends_here = y >= land.at.end - 1
        word, box, _ = next((o for o in options if ends_here or not o[2]), options[0])
        land.words.append(word)
        land.taken.append(box)


def _sides(land: _Land, spot: tuple[float, float], text: str, long: float) -> list[tuple[Word, Box, bool]]:
    """The places beside the last answer that hold these lines, the best one first; True for the foot."""
    x, y = spot
    tall = 16.0 * (text.count("\n") + 1)
    left, right = land.bank.between(y - tall / 2 - 4, y + tall / 2 + 4)
    left, right = min(left, x - 10) - 10, max(right, x + 10) + 10
    months = [Box(0, name.y - 13, _LEFT - 4, name.y + 5) for name in land.words]
    beside_month = any(box.meets(Box(0, y - tall / 2, _LEFT, y + tall / 2)) for box in months)
    said = Word(left, y - tall / 2 + 13, text, "ink", weight=600, align="right", leading=16, halo="paper")
    found = []
    if left - long >= (land.frame.x if beside_month else _MONTHS):
        found.append((said, Box(left - long, y - tall / 2 - 2, left, y + tall / 2 + 2), False))
    if right + long <= land.frame.x2:
        placed = replace(said, x=right, align="left")
        found.append((placed, Box(right, y - tall / 2 - 2, right + long, y + tall / 2 + 2), False))
    foot = land.at.end
    middle = max(land.frame.x + long / 2, min(x, land.frame.x2 - long / 2))
    placed = replace(said, x=middle, y=foot + 28, align="center")
    below = placed, Box(middle - long / 2, foot + 14, middle + long / 2, foot + 18 + tall), True
    return [*found, below]


def _mark_eddy(land: _Land, eddy: Eddy) -> None:
    """An amber bracket from the fall to the recovery, on the low side where there is land; its words outside.

    Where other words already stand on both sides, the bracket and its spiral stand alone.
    """
    if eddy.until < land.at.since or eddy.since > land.at.until:
        return
    top = land.at.px(_clamped(land.at, eddy.since))
    bottom = max(land.at.px(_clamped(land.at, eddy.until)), top + 12)
    left, right = land.bank.between(top, bottom)
    sides = [_Bracket(eddy, left - 9, left - 9 - land.frame.x, top, bottom, out=-1)]
    sides.append(_Bracket(eddy, right + 9, land.frame.x2 - right - 9, top, bottom, out=1))
    if sides[0].room < min(66, sides[1].room):
        sides.reverse()
    free = [side for side in sides if _fits(land, side.box)]
    alone = replace(max(sides, key=lambda side: side.room), eddy=replace(eddy, name="", words=""))
    chosen = free[0] if free else alone
    land.taken.append(chosen.box)
    _draw_eddy(land, chosen)


def _fits(land: _Land, box: Box) -> bool:
    on_land = land.frame.x - 1 <= box.x and box.x2 <= land.frame.x2 + 1
    return on_land and not any(box.meets(other) for other in land.taken)


@dataclass(frozen=True, slots=True)
class _Bracket:
    """An eddy on one side: its upright at `x`, with `room` px outside of it; `out` is -1 left, 1 right."""

    eddy: Eddy
    x: float
    room: float
    top: float
    bottom: float
    out: int

    @property
    def lines(self) -> list[str]:
        return wrap(self.eddy.words, max(50, min(self.room - 7, 88)), 13)

    @property
    def box(self) -> Box:
        wide = max([width(line, 13) for line in self.lines] + [width(self.eddy.name, 13, bold=True) + 22])
        tall = max(self.bottom, self.top + 24 + 16 * len(self.lines))
        inner, outer = self.x - 5 * self.out, self.x + (7 + wide) * self.out
        return Box(min(inner, outer), self.top - 4, max(inner, outer), tall)


def _draw_eddy(land: _Land, b: _Bracket) -> None:
    inner, x = b.x - 5 * b.out, b.x + 7 * b.out
    hook = [(inner, b.top, b.x, b.top), (b.x, b.top, b.x, b.bottom), (b.x, b.bottom, inner, b.bottom)]
    land.rules += [Rule(*ends, ink="talk", width=1.5) for ends in hook]
    align: Align = "right" if b.out < 0 else "left"
    land.shapes.append(Shape(x + 8 * b.out, b.top + 9, SPIRAL, half=7, stroke="talk", width=1.5))
    name, told = b.eddy.name, "\n".join(b.lines)
    beyond = x + 20 * b.out
    land.words.append(Word(beyond, b.top + 14, name, ink="talk", weight=600, align=align, halo="paper"))
    land.words.append(Word(x, b.top + 34, told, align=align, halo="paper", leading=16))


def _clamped(at: Days, day: date) -> date:
    return max(at.since, min(day, at.until))


def _quote(land: _Land, quotation: Quotation) -> None:
    """Near its day, where the bank leaves room; a long one is shortened when it finds none."""
    y = land.at.px(_clamped(land.at, quotation.at))
    shore, taken = Shore(land.bank, land.frame), [box.grown(5) for box in land.taken]
    for longest in LONGEST_QUOTATION:
        broken = shapes_of(shortened(quotation.words, longest), 160, 16, "voice")
        blocks = [Block(lines, wide, 20) for lines, wide in broken if len(lines) < 6]
        if spot := beside(blocks, y, shore, taken):
            land.taken.append(spot.box)
            land.words.append(_spoken(spot))
            land.rules.append(_leader(land, spot, y))
            return
    land.left_out.append(quotation.words)


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
