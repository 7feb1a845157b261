"""The case page's timeline: one time axis, a lane for everything that is known about these weeks.

A new kind of lane is a dataclass here, its height in `_height` and its drawing in `_drawn`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from mooring.charts import rating
from mooring.charts.lettering import width as lettered
from mooring.charts.lettering import wrap
from mooring.charts.marks import Layer, Rect, Rule, Shape, Spec, Word, picture, rects, rules, series, words
from mooring.charts.marks import shapes as drawn_shapes
from mooring.charts.points import Axis, DayLabel, Point, Quotation, Rating, Stretch
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES

WIDE, NARROW = 1184.0, 330.0


@dataclass(frozen=True, slots=True)
class Remark:
    """Words at a day of a lane: "one bad week: a dip". With `until` they stand at a bracket over those
    days.
    """

    at: date
    words: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CheckinLane:
    """A tick an answered check-in (or a session held), an open circle one that was not; `today` is thick."""

    title: str
    done: tuple[date, ...]
    missed: tuple[date, ...] = ()
    today: date | None = None
    now: str = ""


@dataclass(frozen=True, slots=True)
class LevelLane:
    """A level with its band; `note` says its range and direction ("1 to 5; up is worse")."""

    title: str
    note: str
    axis: Axis
    points: tuple[Point, ...]
    now: str = ""
    before: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingLane:
    """Alliance of both raters, who are named at the lane's end; the client's usual range as sand."""

    title: str
    note: str
    axis: Axis
    client: tuple[Rating, ...]
    clinician: tuple[Rating, ...] = ()
    client_name: str = ""
    clinician_name: str = ""
    usual: tuple[float, float] | None = None
    usual_name: str = ""
    said: tuple[Quotation, ...] = ()


Lane = CheckinLane | LevelLane | RatingLane


@dataclass(frozen=True, slots=True)
class Moment:
    """Through all lanes: a rupture is dashed, a repair solid."""

    at: date
    dashed: bool


@dataclass(frozen=True, slots=True)
class Weeks:
    """The one time axis and what lies on all lanes."""

    since: date
    until: date
    months: tuple[DayLabel, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    moments: tuple[Moment, ...] = ()


@dataclass
class _Sheet:
    """The columns (px) and what is drawn so far."""

    wide: bool
    width: float
    at: Days
    left: float
    right: float
    layers: list[Layer | None] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)


def timeline(lanes: Sequence[Lane], weeks: Weeks, *, width: float = WIDE) -> Spec | None:
    """All lanes over one time axis. From 700 px on, titles stand left and numbers right, else above the lane.

    None without any lane.
    """
    if not lanes:
        return None
    sheet = _sheet(lanes, weeks, width)
    top = _stretch_words(sheet, weeks) + 4
    y = top
    for lane in lanes:
        _drawn(sheet, lane, y)
        y += _height(lane, sheet)
    foot = y - 8
    layers: list[Layer | None] = [
        rects([Rect(_x(sheet, s.since), top, _x(sheet, s.until), foot) for s in _shown(weeks)]),
        rules(_months(sheet, weeks, top, foot)),
        *sheet.layers,
        rules(_moments(sheet, weeks, top, foot)),
        rules(sheet.rules),
        drawn_shapes(sheet.shapes),
        *words(sheet.words),
    ]
    return picture(width, foot + 24, layers)


def _shown(weeks: Weeks) -> list[Stretch]:
    return [s for s in weeks.stretches if s.until > weeks.since and s.since < weeks.until]


def _sheet(lanes: Sequence[Lane], weeks: Weeks, width: float) -> _Sheet:
    wide = width >= 700
    if not wide:
        left, right = 22.0, width - 6
    else:
        left, right = 162.0, width - max([110.0, *(_said(lane) for lane in lanes)]) - 14
    return _Sheet(wide, width, Days(weeks.since, weeks.until, left, right), left, right)


def _said(lane: Lane) -> float:
    """Room for what stands at the lane's end."""
    if isinstance(lane, RatingLane):
        names = (lane.client_name, lane.clinician_name, lane.usual_name)
        return max(lettered(name, 13, bold=True) for name in names) + 16
    before = lane.before if isinstance(lane, LevelLane) else ""
    return max(lettered(lane.now, 13, bold=True), lettered(before, 13))


def _x(sheet: _Sheet, day: date) -> float:
    return sheet.at.px(max(sheet.at.since, min(day, sheet.at.until)))


def _height(lane: Lane, sheet: _Sheet) -> float:
    header = _header(lane, sheet)
    if isinstance(lane, CheckinLane):
        return header + 36
    below = 0 if sheet.wide or not isinstance(lane, RatingLane) else 20 * len(_sayings(lane, sheet))
    return header + below + (108 if sheet.wide else 104)


def _header(lane: Lane, sheet: _Sheet) -> float:
    """Above the lane on a narrow page: its title, its note, and what is said at its end."""
    if sheet.wide:
        return 0
    return 22 if isinstance(lane, CheckinLane) else 25 + 17 * max(1, len(_note(lane, sheet)))


def _note(lane: Lane, sheet: _Sheet) -> list[str]:
    if isinstance(lane, CheckinLane):
        return []
    return wrap(lane.note, 128 if sheet.wide else sheet.width - _said(lane) - 12, 13)


def _sayings(lane: RatingLane, sheet: _Sheet) -> list[str]:
    """On a narrow page quotations stand under the lane, over its whole width."""
    return [line for said in lane.said for line in wrap(said.words, sheet.width - 8, 16, "voice")]


def _drawn(sheet: _Sheet, lane: Lane, top: float) -> None:
    _titles(sheet, lane, top)
    start = top + _header(lane, sheet)
    match lane:
        case CheckinLane():
            _checkins(sheet, lane, start + 13)
        case LevelLane():
            _level(sheet, lane, Values(lane.axis.lo, lane.axis.hi, start + 84, start + 8), top)
        case RatingLane():
            _ratings(sheet, lane, Values(lane.axis.lo, lane.axis.hi, start + 84, start + 8), top)


def _titles(sheet: _Sheet, lane: Lane, top: float) -> None:
    baseline = top + (18 if sheet.wide else 15)
    sheet.words.append(Word(0, baseline, lane.title, "ink", 16, weight=500, halo="paper"))
    sheet.words.append(Word(0, baseline + 20, "\n".join(_note(lane, sheet)), leading=17, halo="paper"))


def _checkins(sheet: _Sheet, lane: CheckinLane, y: float) -> None:
    for day in lane.done:
        x = _x(sheet, day)
        sheet.rules.append(Rule(x, y - 6, x, y + 6, ink="ink", width=1.3))
    for day in lane.missed:
        circle = FIGURES["mother"]
        sheet.shapes.append(Shape(_x(sheet, day), y, circle, half=3.6, fill="paper", stroke="ink", width=1.2))
    if lane.today:
        x = _x(sheet, lane.today)
        sheet.rules.append(Rule(x, y - 9, x, y + 9, ink="ink", width=3))
    _at_end(sheet, y, [Word(0, 0, lane.now, "ink", weight=600)], y - 20)


def _at_end(sheet: _Sheet, y: float, said: Sequence[Word], header: float) -> None:
    """Beside the end of the lane, or right-aligned in its header where the page is narrow."""
    for number, word in enumerate(said):
        if sheet.wide:
            place = (sheet.right + 10, y + 4.5 + 17 * number)
        else:
            place = (sheet.width, header + 20 * number)
        sheet.words.append(
            Word(
                *place,
                word.text,
                word.ink,
                weight=word.weight,
                align="left" if sheet.wide else "right",
                halo="paper",
            )
        )


def _level(sheet: _Sheet, lane: LevelLane, level: Values, top: float) -> None:
    _ticks(sheet, lane.axis, level)
    said = [Word(0, 0, lane.now, "ink", weight=600), Word(0, 0, lane.before)]
    points = [p for p in lane.points if sheet.at.since <= p.at <= sheet.at.until]
    if not points:
        _at_end(sheet, level.end + 20, said, top + 15)
        return
    sheet.layers += series(points, sheet.at, level)
    _at_end(sheet, min(level.px(points[-1].level), level.start - 17), said, top + 15)
    for remark in lane.remarks:
        _remark(sheet, remark, points, level)


def _remark(sheet: _Sheet, remark: Remark, points: Sequence[Point], level: Values) -> None:
    """A dip's words above its water; a recovery's bracket below it, with its words at the bracket's end."""
    long = lettered(remark.words, 13)
    if remark.until is None:
        word = _dip(sheet, remark, points, level)
        sheet.words.append(word)
        sheet.rules += _leader(sheet, remark, points, level, word)
        return
    start, end = _x(sheet, remark.at), _x(sheet, remark.until)
    _, bottom = _water(sheet, points, level, start, end)
    y = bottom + 10
    hook = [(start, y - 5, start, y), (start, y, end, y), (end, y - 5, end, y)]
    sheet.rules += [Rule(*ends, ink="edge") for ends in hook]
    if end + 8 + long <= sheet.right + (0 if sheet.wide else 6):
        _, low = _water(sheet, points, level, end, end + 8 + long)
        sheet.words.append(Word(end + 8, max(y + 2, low + 15), remark.words, halo="paper"))
    else:
        sheet.words.append(Word(end, y + 15, remark.words, align="right", halo="paper"))


def _dip(sheet: _Sheet, remark: Remark, points: Sequence[Point], level: Values) -> Word:
    """As near above its dot as the water lets the words come: centred on it, ending at it, or beginning."""
    long, x = lettered(remark.words, 13), _x(sheet, remark.at)
    starts = [x - long / 2, x - long + 8, x - 8]
    inside = [min(max(start, sheet.left), sheet.right - long) for start in starts]
    reached = [(_water(sheet, points, level, start, start + long), start) for start in inside]
    (top, bottom), start = max(reached, key=lambda found: found[0][0])
    y = top - 6 if top - 18 > level.end - 12 else bottom + 17
    return Word(start, y, remark.words, halo="paper")


def _leader(sheet: _Sheet, remark: Remark, points: Sequence[Point], level: Values, word: Word) -> list[Rule]:
    """A hairline to the words' dot where other water keeps them away from it."""
    score = next((p.score for p in points if p.at == remark.at), None)
    if score is None or level.px(score) - word.y < 18:
        return []
    x = _x(sheet, remark.at)
    return [Rule(x, word.y + 5, x, level.px(score) - 5, ink="edge")]


def _water(sheet: _Sheet, points: Sequence[Point], level: Values, x: float, x2: float) -> tuple[float, float]:
    """Highest and lowest water or dot between two places, in px."""
    near = [p for p in points if x - 4 <= sheet.at.px(p.at) <= x2 + 4] or list(points)
    reach = [level.px(v) for p in near for v in (p.lo, p.hi, p.score if p.score is not None else p.level)]
    return min(reach) - 3, max(reach) + 3


def _ratings(sheet: _Sheet, lane: RatingLane, level: Values, top: float) -> None:
    _ticks(sheet, lane.axis, level)
    if lane.usual:
        lo, hi = lane.usual
        ground = Rect(sheet.left - 6, level.px(hi), sheet.right + 4, level.px(lo), "sand-wash")
        sheet.layers.append(rects([ground]))
    client, clinician = (
        [r for r in ratings if sheet.at.since <= r.at <= sheet.at.until] for ratings in (lane.client, lane.clinician)
    )
    sheet.layers += rating.both(client, clinician, sheet.at, level)
    _names(sheet, lane, level, top)
    if not sheet.wide:
        below = "\n".join(_sayings(lane, sheet))
        sheet.words.append(Word(4, level.start + 26, below, "ink", 16, "voice", leading=20, halo="paper"))
        return
    for said in lane.said:
        _quote(sheet, said, lane, level)


def _names(sheet: _Sheet, lane: RatingLane, level: Values, top: float) -> None:
    """Each rater's mark and name; on a narrow page in the header."""
    names = [(lane.client_name, False)] if lane.client or not lane.clinician else []
    names += [(lane.clinician_name, True)] if lane.clinician else []
    y = level.end + 18 if sheet.wide else top + 15
    for number, (name, hollow) in enumerate(names):
        if sheet.wide:
            x, baseline = sheet.right + 15, y + 18 * number
        else:
            x, baseline = sheet.width - lettered(name, 13, bold=True) - 10, y + 20 * number
        mark = Shape(x, baseline - 4.5, FIGURES["father" if hollow else "mother"], half=3.4)
        paint = {"fill": "paper", "stroke": "slate"} if hollow else {"fill": "slate"}
        sheet.shapes.append(Shape(mark.x, mark.y, mark.path, mark.half, **paint, width=1.3))
        sheet.words.append(Word(x + 9, baseline, name, "ink", weight=600))
    if sheet.wide and lane.usual:
        sheet.words.append(Word(sheet.right + 10, y + 18 * len(names) + 2, lane.usual_name))


def _quote(sheet: _Sheet, said: Quotation, lane: RatingLane, level: Values) -> None:
    """What was said, under the lines after its day."""
    long = lettered(said.words, 16, "voice")
    x = min(_x(sheet, said.at) + 10, sheet.right - long)
    near = [
        r for r in (*lane.client, *lane.clinician) if r.score is not None and x - 6 <= sheet.at.px(r.at) <= x + long
    ]
    low = max([level.px(r.score) for r in near if r.score is not None] + [level.px(lane.usual[0]) if lane.usual else 0])
    sheet.words.append(Word(x, max(low + 20, level.start - 4), said.words, "ink", 16, "voice", halo="paper"))


def _ticks(sheet: _Sheet, axis: Axis, level: Values) -> None:
    for value, label in axis.ticks:
        y = level.px(value)
        sheet.words.append(Word(sheet.left - (20 if sheet.wide else 8), y + 4.5, label, align="right"))
        if sheet.wide:
            sheet.rules.append(Rule(sheet.left - 16, y, sheet.left - 11, y, ink="edge"))


def _months(sheet: _Sheet, weeks: Weeks, top: float, foot: float) -> list[Rule]:
    """Hairlines, and the names of the months that have room under them."""
    lines, free = [], 0.0
    for day, name in weeks.months:
        x = _x(sheet, day)
        if day > weeks.since:
            lines.append(Rule(x, top, x, foot))
        start = x + (5 if sheet.wide else 2)
        if start >= free and start + lettered(name, 13) <= min(sheet.width, sheet.right + 14):
            sheet.words.append(Word(start, foot + 17, name))
            free = start + lettered(name, 13) + 4
    return lines


def _moments(sheet: _Sheet, weeks: Weeks, top: float, foot: float) -> list[Rule]:
    return [
        Rule(_x(sheet, m.at), top, _x(sheet, m.at), foot, "talk", 1.7, (5, 4) if m.dashed else ())
        for m in weeks.moments
    ]


def _stretch_words(sheet: _Sheet, weeks: Weeks) -> float:
    """Amber words above their ground, in rows so that none covers another. Returns where the lanes may
    begin.
    """
    rows: list[float] = []
    for stretch in _shown(weeks):
        for line in wrap(stretch.words, sheet.width - 4, 13):
            long = lettered(line, 13, bold=True)
            x = min(_x(sheet, stretch.since), sheet.width - long)
            row = next((i for i, end in enumerate(rows) if end + 12 <= x), len(rows))
            rows[row : row + 1] = [x + long]
            sheet.words.append(Word(x, 13 + 17 * row, line, "talk", weight=600))
    return 17.0 * len(rows) + 4
