"""A client's own level over time, as a river. The same facts as sentences: river_words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.charts.points import Axis, DayLabel, Eddy, Point, Quotation
from mooring.charts.river import Told
from mooring.charts.river import river as drawn
from mooring.checkins import drawing, saying
from mooring.checkins.models import CheckIn, Series
from mooring.home import river_words

SECURITY, DISTRESS = "security", "distress"
# A word on every bend would hide the river; the others are told below the picture.
QUOTATIONS_APART = timedelta(weeks=4)


@dataclass(frozen=True)
class Choice:
    """One river that can be looked at."""

    label: str
    kind: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class River:
    """One river: its picture, and everything in it as sentences in reading order."""

    picture: SafeString
    words: tuple[river_words.Line, ...]
    few: str
    """What can and cannot be said while there are one or two check-ins."""
    assumed: bool
    """Not yet validated, or its precision an assumption."""
    made_up: bool
    """Its precision comes from simulated people."""


def choices(series: Iterable[Series], chosen: Series | None) -> list[Choice]:
    """Security with each figure it was asked about, in their order; then how the client has been."""
    listed = {}
    for one in sorted(series, key=lambda s: (s.figure is None, s.figure.position if s.figure else 0)):
        here = chosen is not None and (one.role, one.figure_id) == (chosen.role, chosen.figure_id)
        if one.role == SECURITY and one.figure is not None:
            url = reverse("home:river", args=[one.figure_id])
            listed[url] = Choice(saying.label(one.figure), one.figure.kind, url, here)
        elif one.role == DISTRESS:
            url = reverse("home:how_i_have_been")
            listed[url] = Choice(_("How I have been"), "", url, here)
    return list(listed.values())


def series_of(found: Sequence[Series], role: str, figure: Any = None) -> Series | None:
    """The series asked for; of several measures the one answered latest; None without any."""
    fitting = [one for one in found if one.role == role and one.figure_id == figure]
    return max(fitting, key=lambda one: (one.last_on, one.instrument_key), default=None)


def usual(found: Sequence[Series]) -> Series | None:
    """The river that opens first: security with the one who is asked about now."""
    secure = [one for one in found if one.role == SECURITY]
    return max(secure, key=lambda one: (one.last_on, len(one.points)), default=None)


def river(series: Series, sent: Sequence[CheckIn], today: date) -> River:
    """The river of one series, with the client's own words on its banks."""
    silent = today - series.last_on > drawing.GAP
    points = drawing.levels(series, until=today if silent else None)
    eddies = river_words.eddies(series)
    told = Told(
        now=river_words.now(series),
        months=months(points),
        eddies=tuple(eddies),
        quotations=tuple(_spread(river_words.quotations(series, sent), eddies)),
    )
    spec = drawn(points if series.role == SECURITY else mirrored(points, series), axis(series), told)
    return River(
        picture=drawing.picture(spec, river_words.name(series, eddies)),
        words=tuple(river_words.lines(series, sent, today)),
        few=river_words.few(series),
        assumed=series.assumed,
        made_up=(series.calibrated_on or {}).get("simulated", False),
    )


def axis(series: Series) -> Axis:
    """Right is more secure, or easier: distress is drawn the other way round, with its own numbers."""
    low, high = series.minimum, series.maximum
    ticks = tuple((value, f"{value:g}") for value in (low, (low + high) / 2, high))
    left, right = (low, high) if series.role == SECURITY else (high, low)
    if series.role == SECURITY:
        ends = _("%(n)s less secure") % {"n": f"{left:g}"}, _("more secure %(n)s") % {"n": f"{right:g}"}
    else:
        ends = _("%(n)s harder") % {"n": f"{left:g}"}, _("easier %(n)s") % {"n": f"{right:g}"}
    return Axis(low, high, ticks, *ends)


def mirrored(points: Iterable[Point], series: Series) -> tuple[Point, ...]:
    """The same points, the other way round on the range."""
    ends = series.minimum + series.maximum
    return tuple(
        replace(
            p,
            level=ends - p.level,
            lo=ends - p.hi,
            hi=ends - p.lo,
            score=None if p.score is None else ends - p.score,
        )
        for p in points
    )


def months(points: Sequence[Point]) -> tuple[DayLabel, ...]:
    """The first day shown, and the first day of each month after it."""
    if not points:
        return ()
    day, last = points[0].at, points[-1].at
    labels = [(day, date_format(day, "M"))]
    while (day := (day.replace(day=1) + timedelta(days=32)).replace(day=1)) <= last:
        labels.append((day, date_format(day, "M")))
    return tuple(labels)


def _spread(said: Sequence[Quotation], eddies: Sequence[Eddy]) -> list[Quotation]:
    """A few, spread along the river: first those said in an eddy, then the latest, then backwards."""
    in_an_eddy = [q for q in said if any(e.since <= q.at <= e.until for e in eddies)]
    chosen: list[Quotation] = []
    for quotation in [*in_an_eddy, *reversed(said)]:
        if all(abs(quotation.at - other.at) >= QUOTATIONS_APART for other in chosen):
            chosen.append(quotation)
    return chosen
