"""From series to the clinician's pictures: what is drawn, over which days, with which words beside it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import Kind
from mooring.caseload import calling, moments
from mooring.caseload.evidence import decimal
from mooring.charts import levels, spark
from mooring.charts.marks import Spec
from mooring.charts.points import Axis, Eddy, Hue, Measured, Point, Rating, Stretch
from mooring.checkins import drawing, saying
from mooring.checkins.drawing import NINE_IN_TEN
from mooring.checkins.models import Series

HALF_YEAR = timedelta(weeks=26)
TWELVE_RATINGS = 12
# Of the pictures beside words, in px: in the brief, in an opened row, and both on a narrow page.
WIDE, OPENED, NARROW = 430.0, 556.0, 312.0
# A measure answered less often than this is drawn as estimates of their own, without a line that knows.
NOW_AND_THEN_DAYS = 21


@dataclass(frozen=True)
class Small:
    """A row's half-year: its picture, and what stands above it: the scale (in its hue), with whom, the number."""

    picture: SafeString
    scale: str
    about: str
    number: str
    hue: str


def small(series: Series, about: str, today: date, stretch: Stretch | None = None) -> Small:
    """A caseload row's picture; `about` is what the figure is called."""
    window = (today - HALF_YEAR, today)
    axis = Axis(series.minimum, series.maximum)
    hue = hue_of(series)
    if not series.model or series.role == "alliance":
        spec = spark.spark_alliance(ratings(series), (), axis, window, stretch)
    elif hue != "slate":
        spec = spark.spark_asked(asked(series), axis, window, hue, stretch)
    else:
        spec = spark.spark(drawing.levels(series, until=today), axis, window, stretch)
    scale, number = calling.scale(series), now(series, today, short=True)
    name = _("The last half-year: %(measure)s %(number)s.") % {
        "measure": calling.measure(series.role, series.instrument_key, series.scale, about),
        "number": number,
    }
    return Small(drawing.picture(spec, name, "picture spark"), scale, about, number, series.role)


def hue_of(series: Series) -> Hue:
    """The dimension's own, or slate."""
    hues: dict[str, Hue] = {"anxiety": "anxiety", "avoidance": "avoidance"}
    return hues.get(series.role, "slate")


def now(series: Series, today: date, *, short: bool = False) -> str:
    """`now 3.4 ± 0.4`; `last` where the latest answer is old; never a lone number."""
    if series.last_level is None or series.last_sd is None:
        return _("error unknown")
    number = plus_minus(series.last_level, series.last_sd)
    if (today - series.last_on).days > NOW_AND_THEN_DAYS:
        return _("last %(number)s") % {"number": number}
    return number if short else _("now %(number)s") % {"number": number}


def plus_minus(level: float, sd: float) -> str:
    """3.4 ± 0.4, nine in ten."""
    return with_error(level, NINE_IN_TEN * sd)


def with_error(level: float, half: float) -> str:
    """3.4 ± 0.4, never on two lines."""
    return f"{decimal(level)}\u00a0±\u00a0{decimal(half)}"


def asked(series: Series) -> list[Measured]:
    """Estimates on the days a measure was asked, each with its error."""
    return [
        Measured(
            date.fromisoformat(point["on"]),
            point["level"],
            point["level"] - NINE_IN_TEN * point["sd"],
            point["level"] + NINE_IN_TEN * point["sd"],
        )
        for point in series.points
        if "level" in point and point["score"] is not None
    ]


def ratings(series: Series) -> list[Rating]:
    """Scores as they were given; a gap of more than three weeks breaks the line."""
    found: list[Rating] = []
    for point in series.points:
        on = date.fromisoformat(point["on"])
        if found and (on - found[-1].at).days > NOW_AND_THEN_DAYS and point["score"] is not None:
            found.append(Rating(on - timedelta(days=1), None))
        found.append(Rating(on, point["score"]))
    return found


def opened(series: Series, name: str, today: date, reference: tuple[float, str] | None = None) -> SafeString:
    """The opened row: the half-year with its numbers; `reference` is a level and what stands beside it."""
    start, before = reference if reference is not None else (None, "")
    beside = levels.Beside(now(series, today), before)
    since = today - HALF_YEAR
    if not series.model or series.role == "alliance":
        return _rated(series, [r for r in ratings(series) if r.at >= since], beside, name, wide=OPENED)
    if hue_of(series) != "slate":
        return _asked(series, beside, name, today, wide=OPENED)
    points = [p for p in drawing.levels(series, until=today) if p.at >= since]
    axis, days = near(points, series), ends(points, today)
    return both(
        lambda width: levels.evidence(points, axis, beside, start=start, days=days, width=width), name, wide=OPENED
    )


def eddies(series: Series, today: date) -> list[Eddy]:
    """Falls of a level, from their first day until the rule ceased, with the words beside the mark."""
    found = []
    for stretch in series.stretches:
        if stretch["kind"] not in {Kind.DETERIORATION, Kind.SETBACK}:
            continue
        since = date.fromisoformat(stretch["since"])
        day = saying.calendar_day(since, today)
        if stretch["ceased"] is None:
            found.append(Eddy(since, series.last_on, "", _("since %(day)s") % {"day": day}))
        else:
            until = date.fromisoformat(stretch["ceased"])
            words = _("%(day)s to %(until)s") % {"day": day, "until": saying.calendar_day(until, today)}
            found.append(Eddy(since, until, "", words))
    return found


def level(series: Series, name: str, today: date, eddies: Sequence[Eddy] = ()) -> SafeString:
    """Beside the brief: the last quarter's level on its whole range."""
    since = today - HALF_YEAR / 2
    points = [p for p in drawing.levels(series, until=today) if p.at >= since]
    shown = [eddy for eddy in eddies if eddy.until >= since]
    beside = levels.Beside(now(series, today), last_time(series))
    axis, days = ticked(series), ends(points, today)
    return both(lambda width: levels.brief_level(points, axis, beside, eddies=shown, days=days, width=width), name)


def now_and_then(series: Series, name: str, today: date) -> SafeString:
    """Beside the brief: a dimension with one figure, on the days it was asked."""
    return _asked(series, levels.Beside(now(series, today), last_time(series, month=True)), name, today)


def alliance(series: Series, name: str, label: str, today: date) -> SafeString:
    """Beside the brief: the last twelve ratings."""
    given = [r for r in ratings(series) if r.score is not None][-TWELVE_RATINGS:]
    return _rated(series, given, levels.Beside(label, now(series, today) if series.model else ""), name)


def _rated(
    series: Series, given: Sequence[Rating], beside: levels.Beside, name: str, *, wide: float = WIDE
) -> SafeString:
    axis, shaded = rated(series, given), usual(series)
    return both(
        lambda width: levels.brief_alliance(given, (), axis, beside, usual=shaded, width=width), name, wide=wide
    )


def _asked(series: Series, beside: levels.Beside, name: str, today: date, *, wide: float = WIDE) -> SafeString:
    given = [m for m in asked(series) if m.at >= today - 2 * HALF_YEAR]
    axis, hue, days = ticked(series), hue_of(series), ends(given, today)
    return both(lambda width: levels.brief_asked(given, axis, beside, hue=hue, days=days, width=width), name, wide=wide)


def both(draw: Callable[[float], Spec | None], name: str, *, wide: float = WIDE) -> SafeString:
    """One picture for a wide page and one for a narrow page, whose letters keep their size; one of them is seen."""
    for_wide, for_narrow = (
        drawing.picture(draw(width), name, f"picture {css}-picture")
        for css, width in (("wide", wide), ("narrow", NARROW))
    )
    return for_wide + for_narrow


def last_time(series: Series, *, month: bool = False) -> str:
    """The level at the occasion before the last, with its error."""
    known = [p for p in series.points if "level" in p and p["score"] is not None]
    if len(known) < 2:
        return ""
    word = moments.month(date.fromisoformat(known[-2]["on"])) if month else _("before")
    return f"{word} {plus_minus(known[-2]['level'], known[-2]['sd'])}"


def usual(series: Series) -> tuple[float, float] | None:
    """Where eight in ten of a person's own ratings lie; None below six ratings."""
    given = sorted(p["score"] for p in series.points if p["score"] is not None)
    if len(given) < 6:
        return None
    tenth = len(given) // 10
    return given[tenth], given[-1 - tenth]


def ticked(series: Series) -> Axis:
    """The measure's whole range with its ends, and its middle where that is a whole number."""
    low, high = series.minimum, series.maximum
    middle = (low + high) / 2
    marks = [low, middle, high] if middle == int(middle) else [low, high]
    return Axis(low, high, tuple((mark, f"{mark:g}") for mark in marks))


def rated(series: Series, given: Sequence[Rating]) -> Axis:
    """The upper part of the range when nobody rated lower: ratings of alliance crowd at the top."""
    middle = math.floor((series.minimum + series.maximum) / 2)
    if all(r.score is None or r.score >= middle for r in given):
        return Axis(middle, series.maximum, ((middle, f"{middle:g}"), (series.maximum, f"{series.maximum:g}")))
    return ticked(series)


def near(points: Sequence[Point], series: Series, ticks: int = 2) -> Axis:
    """Whole numbers around what is drawn, inside the measure's range."""
    values = [v for p in points for v in (p.lo, p.hi, p.level if p.score is None else p.score)]
    low = max(series.minimum, math.floor(min(values, default=series.minimum)))
    high = min(series.maximum, math.ceil(max(values, default=series.maximum)))
    if high - low < 2:
        low, high = max(series.minimum, high - 2), min(series.maximum, low + 2)
    if ticks == 2:
        return Axis(low, high, ((low, f"{low:g}"), (high, f"{high:g}")))
    step = max(1, math.ceil((high - low) / (ticks - 1)))
    marks = [low + step * i for i in range(ticks) if low + step * i <= high + 1e-9]
    return Axis(low, high, tuple((mark, f"{mark:g}") for mark in marks))


def ends(shown: Sequence[Point] | Sequence[Measured], today: date) -> tuple[str, str]:
    """The first month and the last day of what is drawn; of one day alone, that day."""
    if not shown:
        return "", ""
    if shown[0].at == shown[-1].at:
        return saying.calendar_day(shown[0].at, today), ""
    return moments.month(shown[0].at), saying.calendar_day(shown[-1].at, today)
