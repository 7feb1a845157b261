"""Each relationship of a case: a small plane of worry and distance, and one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.caseload import calling
from mooring.caseload.beside import shape
from mooring.caseload.changes import Change, answered, since_first_month
from mooring.caseload.pronouns import Pronouns
from mooring.charts import constellation
from mooring.charts.points import Figure as Drawn
from mooring.charts.points import Kind, Place, Plane
from mooring.checkins import drawing
from mooring.checkins.models import Series
from mooring.relationships.models import Figure


@dataclass(frozen=True)
class Relationship:
    """One figure: shape and name, the picture if there is one, and a sentence."""

    shape: SafeString
    name: str
    picture: SafeString
    sentence: str
    fits: str
    """What the client answered to “does this fit?”."""


@dataclass(frozen=True)
class Moved:
    """Which dimensions moved since the first month, for the sentence at the head of the page."""

    role: str
    up: bool
    name: str


def relationships(
    figures: Sequence[Figure], series: Sequence[Series], names: Mapping[Any, str], fits: Mapping[UUID, str]
) -> tuple[list[Relationship], list[Moved]]:
    """Every figure in its order, on planes of one scale; and what moved beyond its error."""
    placed = drawing.places(series)
    drawable = {f.pk: f for f in figures if f.pk in placed and f.kind != Figure.Kind.SELF}
    people = {key: _drawn(figure, names[key], *placed[key]) for key, figure in drawable.items()}
    plane = None
    if people:
        middle = drawing.origin(placed[key] for key in people)
        plane = Plane(middle, constellation.fitting(list(people.values()), middle))
    changes = _changes(series)
    found = [
        replace(
            _relationship(figure, people.get(figure.pk), plane, changes.get(figure.pk, []), series, names),
            fits=fits.get(figure.pk, ""),
        )
        for figure in figures
        if figure.kind != Figure.Kind.SELF
    ]
    moved = [
        Moved(change.series.role, change.difference > 0, names[figure.pk])
        for figure in figures
        for change in changes.get(figure.pk, [])
        if change.moved and figure.kind != Figure.Kind.SELF
    ]
    return found, moved


def against(series: Sequence[Series], said: Pronouns) -> str:
    """What the planes compare with, and whether their precision is known."""
    sentence = _("Against %(their)s own first month.") % said.words
    on_planes = [one for one in series if one.role in {"anxiety", "avoidance"}]
    return f"{sentence} {_('Precision assumed.')}" if any(o.precision == "assumed" for o in on_planes) else sentence


def _drawn(figure: Figure, name: str, now: Place, first: Place, way: Sequence[Place]) -> Drawn:
    """A first month that is also now would be drawn over itself."""
    return Drawn(cast(Kind, figure.kind), name, now, before=first if len(way) > 1 else None, way=tuple(way[1:-1]))


def _changes(series: Sequence[Series]) -> dict[UUID, list[Change]]:
    found: dict[UUID, list[Change]] = {}
    for one in series:
        if one.figure_id is not None and one.role in {"anxiety", "avoidance"}:
            change = since_first_month(one)
            if change is not None and len(answered(one)) >= drawing.FEWEST:
                found.setdefault(one.figure_id, []).append(change)
    return found


def _relationship(
    figure: Figure,
    drawn: Drawn | None,
    plane: Plane | None,
    changes: Sequence[Change],
    series: Sequence[Series],
    names: Mapping[Any, str],
) -> Relationship:
    sentence = _sentence(figure, changes, series)
    picture = SafeString("")
    if drawn is not None and plane is not None:
        name = _("%(name)s on the plane of worry and distance. %(sentence)s") % {
            "name": calling.begin(names[figure.pk]),
            "sentence": sentence,
        }
        picture = drawing.picture(constellation.plane(drawn, plane), name)
    return Relationship(shape(figure.kind), calling.begin(names[figure.pk]), picture, sentence, fits="")


def _sentence(figure: Figure, changes: Sequence[Change], series: Sequence[Series]) -> str:
    occasions = max(
        (
            sum(point["score"] is not None for point in one.points)
            for one in series
            if one.figure_id == figure.pk and one.role in {"anxiety", "avoidance"}
        ),
        default=0,
    )
    if occasions == 0:
        return _("Not asked about yet.") if figure.asked else _("Not asked about, as agreed.")
    if occasions < drawing.FEWEST:
        return _("Asked once: we cannot say.") if occasions == 1 else _("Asked twice: we cannot say.")
    moved = [_reading(change) for change in changes if change.moved]
    return " ".join(moved) or _("Where it was in the first month, within its error.")


def _reading(change: Change) -> str:
    """Both readings of each direction; none is the bad one."""
    readings = {
        ("anxiety", True): _("More worry: more alarm, or more able to notice it."),
        ("anxiety", False): _("Less worry: more ease, or less is let in."),
        ("avoidance", True): _("More distance: a step back, or room that was needed."),
        ("avoidance", False): _("Less distance: closer, or less guarded than is safe."),
    }
    return readings[change.series.role, change.difference > 0]


def levels(series: Sequence[Series], names: Mapping[Any, str]) -> list[Moved]:
    """Distress, and security with each figure, where they moved beyond their error since the first month."""
    found = []
    for one in series:
        if one.role in {"distress", "security"} and (change := since_first_month(one)) is not None and change.moved:
            found.append(Moved(one.role, change.difference > 0, calling.series(one, names)))
    return sorted(found, key=lambda moved: moved.role)


def head(moved: Sequence[Moved]) -> str:
    """The case in one sentence: what moved since the first month, figures named together."""
    words = {
        ("distress", False): _("lower %(who)s"),
        ("distress", True): _("higher %(who)s"),
        ("security", True): _("higher %(who)s"),
        ("security", False): _("lower %(who)s"),
        ("avoidance", False): _("less distance from %(who)s"),
        ("avoidance", True): _("more distance from %(who)s"),
        ("anxiety", False): _("less worry with %(who)s"),
        ("anxiety", True): _("more worry with %(who)s"),
    }
    parts = []
    for key, sentence in words.items():
        who = [one.name for one in moved if (one.role, one.up) == key]
        if who:
            parts.append(sentence % {"who": calling.together(who)})
    if not parts:
        return ""
    return calling.begin(_("%(what)s than in the first month.") % {"what": calling.together(parts)})
