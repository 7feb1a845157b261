"""What was decided about a draft so far, and which step comes next.

A step is kept under its name. Changing one takes back those that were decided on the ground of it.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mooring import catalogue
from mooring.catalogue import Golden, Instrument
from mooring.catalogue.decode import decode, encode
from mooring.catalogue.forms import checks
from mooring.catalogue.forms.bind import Decided, OwnScale, bind, misfits
from mooring.catalogue.forms.questionnaire import Questionnaire
from mooring.instruments.models import InstrumentVersion, MeasureDraft
from mooring.kit.transactions import write

FILE, MEASURE, ITEMS, LICENCE, BLIND, EXAMPLES, PUBLISH = (
    "file", "measure", "items", "licence", "wording", "examples", "publish",
)  # fmt: skip
STEPS = (MEASURE, ITEMS, LICENCE, BLIND, EXAMPLES)
RESTS_ON = {MEASURE: (ITEMS, BLIND, EXAMPLES), ITEMS: (BLIND, EXAMPLES), BLIND: (EXAMPLES,)}
"""What is asked again after a step was decided otherwise."""


class NotDecided(Exception):
    """A step was left out."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


@dataclass(frozen=True)
class State:
    """A draft as it stands."""

    draft: MeasureDraft
    found: Questionnaire
    decided: Decided

    @property
    def given(self) -> dict[str, Any]:
        """Step → what was decided there."""
        decisions: dict[str, Any] = self.draft.decisions
        return decisions

    @cached_property
    def key(self) -> Instrument | None:
        """The key of the catalogue that it is, or would be."""
        return catalogue.load(self.decided.of) if self.decided.of else None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that this draft goes through: without a score there is nothing to work by hand."""
        named = (FILE, *STEPS, PUBLISH)
        scored = MEASURE not in self.given or self.decided.scoring != "none"
        return named if scored else tuple(step for step in named if step != EXAMPLES)

    @property
    def next_step(self) -> str:
        """The first step that is not decided."""
        return next((step for step in self.steps if step in STEPS and step not in self.given), PUBLISH)

    def require(self, step: str) -> None:
        """Raises NotDecided for the first step before this one that was left out."""
        for earlier in self.steps[: self.steps.index(step)] if step in self.steps else ():
            if earlier in STEPS and earlier not in self.given:
                raise NotDecided(earlier)

    @property
    def differences(self) -> tuple[checks.Difference, ...]:
        """Where the marks and the key differ; empty before anything was marked."""
        return checks.differences(self.found, self.decided, self.key) if BLIND in self.given else ()

    @property
    def misfits(self) -> list[str]:
        """Why the key cannot score it as it is placed."""
        return misfits(self.found, self.decided, self.key) if self.key and self.decided.scoring == "key" else []

    def measure(self) -> Instrument:
        """What would be published now. Raises CatalogueError."""
        return bind(self.found, self.decided, self.key, f"SHA-256 {self.draft.digest}")


def state(draft: MeasureDraft) -> State:
    """What a draft holds."""
    found = decode(Questionnaire, draft.form, "draft")
    return State(draft, found, _decided(draft))


def decide(draft: MeasureDraft, step: str, given: dict[str, Any]) -> State:
    """Keep what was decided at a step; later steps that rest on something else now are asked again."""
    with write():
        fresh = MeasureDraft.objects.select_for_update().get(pk=draft.pk)
        changed = fresh.decisions.get(step) != given
        kept = {
            name: held for name, held in fresh.decisions.items() if not changed or name not in RESTS_ON.get(step, ())
        }
        fresh.decisions = {**kept, step: given}
        fresh.save(update_fields=["decisions"])
    draft.decisions = fresh.decisions
    return state(draft)


def leave_unscored(draft: MeasureDraft, why: str) -> State:
    """Go on without a score, and say why. What was marked stays; the key stays known for its risk item."""
    with write():
        fresh = MeasureDraft.objects.select_for_update().get(pk=draft.pk)
        fresh.decisions[MEASURE] = {**fresh.decisions[MEASURE], "scoring": "none", "unscored": why}
        fresh.decisions.pop(EXAMPLES, None)
        fresh.save(update_fields=["decisions"])
    draft.decisions = fresh.decisions
    return state(draft)


def _decided(draft: MeasureDraft) -> Decided:
    given = draft.decisions
    measure, items = given.get(MEASURE, {}), given.get(ITEMS, {})
    licence, blind = given.get(LICENCE, {}), given.get(BLIND, {})
    found = Decided(
        key=measure.get("key", "draft"),
        title=measure.get("title", ""),
        licence=licence.get("terms", ""),
        scoring=measure.get("scoring", "none"),
        of=measure.get("of", ""),
        places=items.get("places", {}),
        scales=tuple(decode(OwnScale, one, "draft") for one in items.get("scales", [])),
        out=tuple(items.get("out", [])),
        reversed=tuple(blind.get("reversed", [])),
        harm=tuple(blind.get("harm", [])),
        before=blind.get("before") or catalogue.load("distress-risk").wording["en"].before,
        unscored=measure.get("unscored", ""),
        record=tuple(_record(given)),
        version=next_version(draft, measure.get("key", "")),
    )
    example = given.get(EXAMPLES, {}).get("example")
    return replace(found, example=decode(Golden, example, "draft")) if example else found


def next_version(draft: MeasureDraft, key: str) -> int:
    """One more than the newest of that name in the clinic."""
    newest = InstrumentVersion.objects.filter(clinic=draft.clinic_id, key=key).order_by("-version").first()
    return newest.version + 1 if newest is not None else 1


def _record(given: dict[str, Any]) -> list[str]:
    """How it was confirmed, for whoever reads the measure later."""
    said = []
    if compared := given.get(ITEMS, {}).get("compared"):
        said.append(f"The order of the items was compared with: {compared}")
    if given.get(MEASURE, {}).get("scoring") != "none" and BLIND in given:
        first = given[BLIND].get("agreed_at_first", True)
        how = "agreed" if first else "agreed after correction"
        said.append(f"Which items are turned was marked on their words alone: {how}.")
    return said


def as_scales(scales: list[OwnScale]) -> list[Any]:
    """Scales as a draft keeps them."""
    return [encode(scale) for scale in scales]
