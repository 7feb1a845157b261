"""One question of a draft as it is shown: the statement in the person's voice, and its stops on a rope."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from mooring.checkins import saying
from mooring.checkins.draft import Step
from mooring.checkins.models import Draft
from mooring.instruments.models import InstrumentVersion
from mooring.relationships.models import Figure

ROPES = {5: "five", 11: "eleven"}


@dataclass(frozen=True)
class Stop:
    """One answer, and whether it was given before."""

    value: int
    label: str
    pressed: bool


@dataclass(frozen=True)
class Question:
    step: Step
    of: int
    whom: str
    """“With your mother, this past month”."""
    kind: str
    """The figure's kind, for its shape; empty without a figure."""
    opening: str
    """What a measure says before its first item; empty after it."""
    statement: str
    language: str
    stops: tuple[Stop, ...]
    skipped: bool

    @property
    def rope(self) -> str:
        """How closely the stops are tied."""
        return ROPES.get(len(self.stops), "")


def question(draft: Draft, asked: Sequence[Step], step: Step) -> Question:
    """The question of a step, with the answer it was given before."""
    block = draft.form[step.block]
    wording = InstrumentVersion.objects.get(pk=block["instrument_version"]).instrument.wording[block["language"]]
    figure: Figure | None = Figure.objects.get(pk=block["figure"]) if block["figure"] else None
    name = saying.first_person(figure) if figure else ""
    given = draft.answers.get(step.key)
    first_of_block = step.number == 1 or asked[step.number - 2].block != step.block
    return Question(
        step=step,
        of=len(asked),
        whom=_whom(figure, wording.timeframe),
        kind=figure.kind if figure else "",
        opening=wording.instructions.replace("{figure}", name) if first_of_block else "",
        statement=wording.statement(step.item, name),
        language=block["language"],
        stops=tuple(Stop(a.value, a.label, a.value == given) for a in wording.answers_to(step.item)),
        skipped=step.key in draft.answers and given is None,
    )


def first_open(draft: Draft, asked: Sequence[Step]) -> Step | None:
    """Where the client left off: the first question neither answered nor skipped; None when all were."""
    return next((step for step in asked if step.key not in draft.answers), None)


def _whom(figure: Figure | None, timeframe: str) -> str:
    if figure is None:
        return capfirst(timeframe)
    return _("With %(figure)s, %(timeframe)s") % {
        "figure": saying.second_person(figure),
        "timeframe": timeframe,
    }
