"""The people who matter to a client: clouds on the plane, one of them chosen, and the same in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.charts import points
from mooring.charts.constellation import constellation, fitting
from mooring.charts.points import Place, Plane
from mooring.checkins import drawing, saying
from mooring.checkins.models import Series
from mooring.home import river_words
from mooring.home.suggesting import Suggestion, suggestion
from mooring.relationships.models import Figure


@dataclass(frozen=True)
class Person:
    """Somebody on the map."""

    figure: Figure
    label: str
    url: str
    now: Place
    first: Place
    asked: int
    """How often the client answered about them."""
    anxiety: Series
    avoidance: Series
    spot: tuple[float, float] = (0, 0)
    """Where their shape stands in the picture, px."""


@dataclass(frozen=True)
class People:
    """The map with one person chosen."""

    picture: SafeString
    persons: tuple[Person, ...]
    chosen: Person | None
    suggestion: Suggestion | None
    sentence: str
    words: tuple[tuple[str, str], ...]
    """Name and sentence, in the order of asking."""
    unanswered: tuple[str, ...]
    assumed: bool
    made_up: bool


def people(figures: Sequence[Figure], series: Sequence[Series], wanted: UUID | None, today: date) -> People:
    """Everybody the client answered about, and one of them chosen: the `wanted` one, else the first of whom there is
    something to say.

    Nobody is chosen when there are no answers about the wanted one.
    """
    found = _persons(figures, series)
    if wanted is None and found:
        told = (person for person in found if suggestion(person.anxiety, person.avoidance).asks)
        wanted = next(told, found[0]).figure.pk
    drawn = [_as_drawn(person, chosen=person.figure.pk == wanted) for person in found]
    index = next((i for i, person in enumerate(found) if person.figure.pk == wanted), None)
    picture = SafeString("")
    if found:
        spec = constellation(drawn, _plane(found, drawn), chosen=index, before_word=_("first month"))
        picture = drawing.picture(spec, _name(found))
        spots = spec["usermeta"]["spots"] if spec else []
        found = [replace(person, spot=spot) for person, spot in zip(found, spots, strict=True)]
    chosen = None if index is None else found[index]
    suggested = suggestion(chosen.anxiety, chosen.avoidance) if chosen else None
    answered = {person.figure.pk for person in found}
    return People(
        picture=picture,
        persons=tuple(found),
        chosen=chosen,
        suggestion=suggested,
        sentence=suggested.sentence(saying.second_person(chosen.figure)) if suggested and chosen else "",
        words=tuple((person.label, _in_words(person, today)) for person in found),
        unanswered=tuple(saying.label(f) for f in _askable(figures) if f.asked and f.pk not in answered),
        assumed=any(person.anxiety.precision == "assumed" for person in found),
        made_up=any((person.anxiety.calibrated_on or {}).get("simulated") for person in found),
    )


def _askable(figures: Iterable[Figure]) -> list[Figure]:
    """“Myself” is never on the plane."""
    return [figure for figure in figures if figure.kind != Figure.Kind.SELF]


def _persons(figures: Iterable[Figure], series: Sequence[Series]) -> list[Person]:
    placed = drawing.places(series)
    by_role = {(one.figure_id, one.role): one for one in series}
    return [
        Person(
            figure=figure,
            label=saying.label(figure),
            url=reverse("home:people", args=[figure.pk]),
            now=placed[figure.pk][0],
            first=placed[figure.pk][1],
            asked=len(placed[figure.pk][2]),
            anxiety=by_role[figure.pk, "anxiety"],
            avoidance=by_role[figure.pk, "avoidance"],
        )
        for figure in _askable(figures)
        if figure.pk in placed
    ]


def _as_drawn(person: Person, *, chosen: bool) -> points.Figure:
    note = _("my therapist") if person.figure.kind == Figure.Kind.THERAPIST else ""
    if person.asked < drawing.FEWEST and not note:
        note = _("few answers")
    return points.Figure(
        kind=cast(points.Kind, person.figure.kind),
        name=person.label,
        now=person.now,
        note=note,
        # A first month that is also now would be drawn over itself.
        before=person.first if chosen and person.asked > 1 else None,
    )


def _plane(found: Sequence[Person], drawn: Sequence[points.Figure]) -> Plane:
    middle = drawing.origin((person.now, person.first, ()) for person in found)
    return Plane(
        origin=middle,
        reach=fitting(drawn, middle),
        less_worry=_("I worry less"),
        more_worry=_("I worry more"),
        closer=_("I come closer"),
        distant=_("I keep more distance"),
    )


def _name(found: Sequence[Person]) -> str:
    return _("The people who matter to you, by how much you worry and how much distance you keep: %(names)s.") % {
        "names": ", ".join(person.label for person in found)
    }


def _in_words(person: Person, today: date) -> str:
    """Where the cloud is and was, on the measure's own range, nine in ten."""
    said = _("on a scale from %(low)s to %(high)s, worry %(worry)s, distance %(distance)s") % {
        "low": f"{person.anxiety.minimum:g}",
        "high": f"{person.anxiety.maximum:g}",
        "worry": river_words.between(person.anxiety, *_band(person.now.anxiety, person.now.anxiety_se)),
        "distance": river_words.between(person.avoidance, *_band(person.now.avoidance, person.now.avoidance_se)),
    }
    if person.asked > 1:
        said += _("; in the first month worry %(worry)s, distance %(distance)s") % {
            "worry": river_words.between(person.anxiety, *_band(person.first.anxiety, person.first.anxiety_se)),
            "distance": river_words.between(
                person.avoidance, *_band(person.first.avoidance, person.first.avoidance_se)
            ),
        }
    asked = ngettext("asked once", "asked %(n)s times", person.asked) % {"n": person.asked}
    last = _("last %(when)s") % {"when": saying.on_day(person.anxiety.last_on, today)}
    return f"{said}; {asked}, {last}."


def _band(level: float, se: float) -> tuple[float, float]:
    return level, drawing.NINE_IN_TEN * se
