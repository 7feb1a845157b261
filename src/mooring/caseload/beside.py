"""What stands beside a brief's words: the pictures, and the answers that moved as rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mooring.caseload import calling
from mooring.caseload import pictures as drawn
from mooring.caseload.changes import Change
from mooring.caseload.moved import Moved
from mooring.caseload.pictures import plus_minus
from mooring.caseload.pronouns import Pronouns
from mooring.charts import moved as rows
from mooring.charts.points import Move
from mooring.charts.shapes import FIGURES, icon
from mooring.checkins import drawing, saying
from mooring.checkins.models import Series
from mooring.relationships.models import Figure


@dataclass(frozen=True)
class MovedLine:
    """One answer that moved: the figure's shape, the words, and both answers on their range."""

    shape: SafeString
    about: str
    name: str
    note: str
    picture: SafeString


@dataclass(frozen=True)
class Pictured:
    """A picture and what stands above it."""

    hue: str
    caption: str
    picture: SafeString


def shape(kind: str) -> SafeString:
    """A figure's shape beside a word."""
    return mark_safe(icon(kind)) if kind in FIGURES else SafeString("")  # noqa: S308


def moved_lines(
    moved: Sequence[Moved],
    figures: Mapping[UUID, Figure],
    names: Mapping[Any, str],
    last_time: date | None,
    today: date,
) -> list[MovedLine]:
    """Rows of the answers that moved; one that was not asked last time says when it was."""
    return [_moved_line(one, figures, names, last_time, today) for one in moved]


def _moved_line(
    one: Moved,
    figures: Mapping[UUID, Figure],
    names: Mapping[Any, str],
    last_time: date | None,
    today: date,
) -> MovedLine:
    about = calling.begin(names.get(one.figure, "")) or one.facet
    name = _("%(what)s, from %(before)s to %(now)s, on %(low)s to %(high)s") % {
        "what": one.name,
        "before": f"{one.before:g}",
        "now": f"{one.now:g}",
        "low": f"{one.low:g}",
        "high": f"{one.high:g}",
    }
    spec = rows.moved(Move(one.low, one.high, one.before, one.now), low=f"{one.low:g}", high=f"{one.high:g}")
    note = ""
    if last_time is not None and one.before_on != last_time:
        note = _("before: %(day)s") % {"day": saying.calendar_day(one.before_on, today)}
    known = figures.get(one.figure) if one.figure is not None else None
    return MovedLine(
        shape(known.kind) if known is not None else SafeString(""),
        about,
        one.name,
        note,
        drawing.picture(spec, name),
    )


def moved_sentence(change: Change, names: Mapping[Any, str], today: date) -> SafeString:
    """One level that moved beyond its error, with both readings where neither direction is the bad one."""
    series = change.series
    about = names.get(series.figure_id, "")
    words: dict[str, Any] = {
        "about": about,
        "measure": calling.begin(calling.series(series, names)),
        "day": saying.calendar_day(change.on, today),
        "before": plus_minus(*change.before),
        "now": plus_minus(*change.now),
    }
    if series.role in {"anxiety", "avoidance"}:
        words["way"] = _way(series.role, up=change.difference > 0)
        return format_html(_readings(series.role, up=change.difference > 0), **words)
    if change.difference > 0:
        return format_html(_("{measure} went up since {day}, from {before} to {now}."), **words)
    return format_html(_("{measure} went down since {day}, from {before} to {now}."), **words)


def _way(role: str, *, up: bool) -> SafeString:
    if role == "anxiety":
        word = _("more worry") if up else _("less worry")
    else:
        word = _("more distance") if up else _("less distance")
    return format_html('<span class="{}">{}</span>', role, word)


def _readings(role: str, *, up: bool) -> str:
    if role == "anxiety" and up:
        return _(
            "Answers about {about} moved towards {way} since {day}, from {before} to {now}. "
            "It may be more alarm, or more ability to notice it."
        )
    if role == "anxiety":
        return _(
            "Answers about {about} moved towards {way} since {day}, from {before} to {now}. "
            "It may be more ease, or less is let in."
        )
    if up:
        return _(
            "Answers about {about} moved towards {way} since {day}, from {before} to {now}. "
            "It may be a step back, or room that was needed."
        )
    return _(
        "Answers about {about} moved towards {way} since {day}, from {before} to {now}. "
        "It may be closeness, or less guard than is safe."
    )


def pictures(
    series: Sequence[Series],
    changes: Sequence[Change],
    in_question: Collection[Series],
    names: Mapping[Any, str],
    said: Pronouns,
    today: date,
) -> list[Pictured]:
    """Security with the figure it is asked with, distress where a rule spoke of it or where no security is
    asked, the dimension that was asked last, and the alliance."""
    security, distress = latest(series, "security"), latest(series, "distress")
    spoke = distress in in_question or security is None
    chosen: list[tuple[Series | None, str]] = [
        (distress if spoke else None, "level"),
        (security, "level"),
        (_dimension(series, changes), "asked"),
        (latest(series, "alliance"), "alliance"),
    ]
    return [_pictured(one, kind, names, said, today) for one, kind in chosen if one is not None]


def latest(series: Sequence[Series], role: str) -> Series | None:
    """The series of that role which was answered last."""
    return max((s for s in series if s.role == role), key=lambda s: (s.last_on, s.pk), default=None)


def _dimension(series: Sequence[Series], changes: Sequence[Change]) -> Series | None:
    """Of the figure asked about last, the dimension that moved more."""
    moved = [c for c in changes if c.series.role in {"anxiety", "avoidance"}]
    if moved:
        return max(moved, key=lambda c: c.size).series
    return latest(series, "anxiety") or latest(series, "avoidance")


def _pictured(series: Series, kind: str, names: Mapping[Any, str], said: Pronouns, today: date) -> Pictured:
    words = {
        "figure": names.get(series.figure_id, ""),
        "measure": calling.begin(calling.series(series, names)),
        "low": f"{series.minimum:g}",
        "high": f"{series.maximum:g}",
        "n": min(drawn.TWELVE_RATINGS, sum(r.score is not None for r in drawn.ratings(series))),
    }
    number = drawn.now(series, today)
    name = _("%(measure)s: %(number)s.") % {**words, "number": number}
    if kind == "level":
        caption = _("%(measure)s, %(low)s to %(high)s") % words
        return Pictured("", caption, drawn.level(series, name, today, drawn.eddies(series, today)))
    if kind == "asked":
        caption = _("with %(figure)s, %(low)s to %(high)s, when asked") % words
        return Pictured(series.role, caption, drawn.now_and_then(series, name, today))
    caption = _("%(measure)s, %(low)s to %(high)s, last %(n)s ratings") % words
    return Pictured("", caption, drawn.alliance(series, name, said.theirs, today))
