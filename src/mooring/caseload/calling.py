"""What figures and measures are called in a sentence for the clinician."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.caseload.pronouns import Pronouns
from mooring.checkins.models import Block, Series
from mooring.checkins.weekly import ALLIANCE, ATTACHMENT, DISTRESS, SECURITY
from mooring.relationships.models import Figure
from mooring.sessions.rate import MEASURE as RATED_BY_THE_THERAPIST

# Our own banks go by what they measure; any other measure is named beside it.
OWN = frozenset({ALLIANCE, ATTACHMENT, DISTRESS, SECURITY, RATED_BY_THE_THERAPIST})


def figure(one: Figure, said: Pronouns) -> str:
    """Daniel, Mum; without a name her mother."""
    if one.kind == Figure.Kind.GENERAL:
        return _("people in general")
    if one.name:
        return str(one.name)
    kinds = {
        Figure.Kind.MOTHER: _("%(their)s mother"),
        Figure.Kind.FATHER: _("%(their)s father"),
        Figure.Kind.PARTNER: _("%(their)s partner"),
        Figure.Kind.FRIEND: _("%(their)s friend"),
        Figure.Kind.THERAPIST: _("%(their)s therapist"),
        Figure.Kind.SELF: _("%(their)s own self"),
    }
    return kinds.get(Figure.Kind(one.kind), _("someone close to %(them)s")) % said.words


def measure(role: str, key: str, scale: str, about: str = "") -> str:
    """Security with Daniel, distress, alliance; as it stands inside a sentence."""
    with_figure = {
        "security": _("security with %(figure)s"),
        "anxiety": _("worry with %(figure)s"),
        "avoidance": _("distance from %(figure)s"),
    }
    alone = {
        "distress": _("distress"),
        "alliance": _("alliance"),
        "security": _("security"),
        "anxiety": _("worry"),
        "avoidance": _("distance"),
        "satisfaction": _("satisfaction"),
    }
    called = with_figure[role] % {"figure": about} if about and role in with_figure else alone.get(role, scale)
    return called if key in OWN or not key else f"{called} ({key.upper()})"


def series(one: Series, names: Mapping[Any, str]) -> str:
    """The measure of a series; `names` holds what each figure is called."""
    return measure(one.role, one.instrument_key, one.scale, names.get(one.figure_id, ""))


def scale(one: Series) -> str:
    """A caption's word: anxiety and avoidance keep theirs, since they keep their hue, everywhere."""
    own = {
        "anxiety": _("anxiety"),
        "avoidance": _("avoidance"),
        "security": _("security"),
        "distress": _("distress"),
        "alliance": _("alliance"),
    }
    called = own.get(one.role, one.scale)
    return called if one.instrument_key in OWN else f"{called} ({one.instrument_key.upper()})"


def place(role: str) -> int:
    """Where a measure stands in a row of measures: what is asked every week first."""
    order = ("security", "distress", "anxiety", "avoidance", "alliance")
    return order.index(role) if role in order else len(order)


def given(blocks: Iterable[Block]) -> str:
    """How much was answered: “13 of 14”. An import that brings totals has no questions to count."""
    asked = answered = totals = 0
    for block in blocks:
        asked += len(block.items)
        answered += sum(value is not None for value in block.answers.values())
        totals += len(block.totals or {})
    if not asked:
        return ngettext("%(n)s total", "%(n)s totals", totals) % {"n": totals}
    return _("%(given)s of %(asked)s") % {"given": answered, "asked": asked}


def together(parts: list[str]) -> str:
    """A, B and C."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(most)s and %(last)s") % {"most": ", ".join(parts[:-1]), "last": parts[-1]}


def begin(sentence: str) -> str:
    """With a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def number(count: int) -> str:
    """Small counts as words."""
    words = [
        _("nobody"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"),
        _("nine"), _("ten"), _("eleven"), _("twelve"),
    ]  # fmt: skip
    return words[count] if count < len(words) else str(count)
