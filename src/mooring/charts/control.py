"""The control chart of one rater's alliance ratings: the usual, one and two standard deviations below it, and drops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from mooring.charts import rating
from mooring.charts.lettering import width as lettered
from mooring.charts.marks import Rule, Shape, Spec, Word, picture, rules, words
from mooring.charts.marks import shapes as drawn_shapes
from mooring.charts.points import Axis, DayLabel, Rating
from mooring.charts.scales import Days, Values
from mooring.charts.shapes import FIGURES
from mooring.charts.timeline import Moment

HEIGHT, TOP, FOOT = 190.0, 24.0, 26.0
LEADING = 17.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Where the lines stood when one rating was given, in points; None while there was no baseline yet."""

    at: date
    centre: float | None
    sigma: float = 0.0
    drop: float = 0.0
    """Of the rating, in sigma."""


@dataclass(frozen=True, slots=True)
class Named:
    """What stands at the end of each line, with its number."""

    centre: str = ""
    one: str = ""
    two: str = ""
    moments: tuple[tuple[date, str], ...] = ()
    """Words at the top of what a person marked, in order of time."""


def control(
    ratings: Sequence[Rating],
    limits: Sequence[Limit],
    axis: Axis,
    named: Named,
    months: Sequence[DayLabel] = (),
    moments: Sequence[Moment] = (),
    *,
    hollow: bool = False,
    width: float = 1184,
) -> Spec | None:
    """None without a rating. A drop of one standard deviation has a ring, of two a second one; what a person marked
    stands as rules, dashed for a rupture and solid for a repair."""
    given = [one for one in ratings if one.score is not None]
    if not given:
        return None
    end = max(lettered(text, 13) for text in (named.centre, named.one, named.two))
    wide = width >= 700
    left, right = 26.0, width - 16 - (end + 6 if wide else 0)
    at = Days(given[0].at, given[-1].at, left, right)
    level = Values(axis.lo, axis.hi, HEIGHT - FOOT, TOP)
    lines = [
        rule
        for below, dash, ink in ((0, (), "sand"), (1, (6, 4), "edge"), (2, (2, 3), "edge"))
        for rule in _steps(limits, below, at, level, ink, dash)
    ]
    foot = HEIGHT - FOOT + 4
    inside = [m for m in moments if at.since <= m.at <= at.until]
    marks = [Rule(at.px(m.at), TOP - 6, at.px(m.at), foot, "talk", 1.7, (5, 4) if m.dashed else ()) for m in inside]
    theirs, yours = ([], ratings) if hollow else (ratings, [])
    written = [*_ticks(axis, level, left), *_ends(named, limits, level, right, wide), *_marked(named, at, width)]
    month_lines, month_words = _months(months, at, foot)
    return picture(
        width,
        HEIGHT + (0 if wide else 3 * LEADING + 8),
        [
            rules(month_lines),
            rules(lines),
            rules(marks),
            *rating.both(theirs, yours, at, level),
            drawn_shapes(_rings(given, limits, at, level)),
            *words([*written, *month_words]),
        ],
    )


def _steps(
    limits: Sequence[Limit], below: int, at: Days, level: Values, ink: str, dash: tuple[float, ...]
) -> list[Rule]:
    """The line as it stood from one rating to the next; it moves only when a rating joins the baseline."""
    found, known = [], [one for one in limits if one.centre is not None]
    for one, following in pairwise([*known, *known[-1:]]):
        assert one.centre is not None
        value = one.centre - below * one.sigma
        if value < level.lo or value > level.hi:
            continue
        y, x = level.px(value), at.px(one.at)
        x2 = at.px(following.at) if following is not one else at.end + 4
        found.append(Rule(x, y, x2, y, ink, 1.3 if below == 0 else 1.0, dash))
    return found


def _rings(given: Sequence[Rating], limits: Sequence[Limit], at: Days, level: Values) -> list[Shape]:
    drops = {one.at: one.drop for one in limits if one.centre is not None}
    found = []
    for one in given:
        assert one.score is not None
        for least, half in ((1.0, 7.0), (2.0, 10.5)):
            if drops.get(one.at, 0.0) >= least:
                circle = FIGURES["mother"]
                found.append(Shape(at.px(one.at), level.px(one.score), circle, half=half, stroke="talk", width=1.6))
    return found


def _ticks(axis: Axis, level: Values, left: float) -> list[Word]:
    return [Word(left - 12, level.px(value) + 4.5, label, align="right") for value, label in axis.ticks]


def _ends(named: Named, limits: Sequence[Limit], level: Values, right: float, wide: bool) -> list[Word]:
    """Beside the ends of the lines, apart from each other; on a narrow page below the picture."""
    last = next((one for one in reversed(limits) if one.centre is not None), None)
    if last is None or last.centre is None:
        return []
    said = [(named.centre, 0), (named.one, 1), (named.two, 2)]
    if not wide:
        return [Word(0, HEIGHT + 20 + LEADING * number, text, halo="paper") for number, (text, _) in enumerate(said)]
    found, free = [], 0.0
    for text, below in said:
        value = min(max(last.centre - below * last.sigma, level.lo), level.hi)
        y = max(level.px(value) + 4.5, free)
        found.append(Word(right + 12, y, text, halo="paper"))
        free = y + LEADING
    return found


def _marked(named: Named, at: Days, width: float) -> list[Word]:
    """Each at the top of its rule, farther left where there is no room; left out where another stands already."""
    found, free = [], 0.0
    for day, text in named.moments:
        long = lettered(text, 13)
        x = min(at.px(day) - 1, width - long)
        if at.since <= day <= at.until and x >= free:
            found.append(Word(x, 12, text, "talk", weight=600, halo="paper"))
            free = x + long + 8
    return found


def _months(months: Sequence[DayLabel], at: Days, foot: float) -> tuple[list[Rule], list[Word]]:
    lines, written, free = [], [], 0.0
    for day, name in months:
        if not at.since <= day <= at.until:
            continue
        x = at.px(day)
        if day > at.since:
            lines.append(Rule(x, TOP - 8, x, foot))
        if x + 4 >= free and x + 4 + lettered(name, 13) <= at.end + 12:
            written.append(Word(x + 4, foot + 16, name))
            free = x + lettered(name, 13) + 10
    return lines, written
