"""Begin, answer, skip, go back: a check-in that is not finished yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mooring.catalogue import Instrument
from mooring.checkins.models import Draft, DueCheckIn
from mooring.checkins.submit import BadAnswers, BlockAnswers, require_allowed
from mooring.checkins.weekly import compose
from mooring.instruments.models import InstrumentVersion
from mooring.kit.transactions import write

MAX_TOPIC = 2000


@dataclass(frozen=True)
class Step:
    """One question of a draft: where it stands and what it asks."""

    number: int
    block: int
    item: str

    @property
    def key(self) -> str:
        """Under which its answer is kept."""
        return f"{self.block}.{self.item}"


def begin(due: DueCheckIn, at: datetime) -> Draft:
    """The draft of a due check-in, made on first call; two tabs get the same one."""
    with write():
        draft, _ = Draft.objects.get_or_create(
            due=due,
            defaults={
                "clinic_id": due.clinic_id,
                "client_id": due.participation.client_id,
                "form": [block.as_json() for block in compose(due.plan, due.due_on)],
                "started_at": at,
            },
        )
    found: Draft = draft
    return found


def steps(draft: Draft) -> list[Step]:
    """The questions in order, numbered from 1."""
    pairs = [(index, item) for index, block in enumerate(draft.form) for item in block["items"]]
    return [Step(number, block, item) for number, (block, item) in enumerate(pairs, start=1)]


def answer(draft: Draft, step: Step, value: float | None) -> None:
    """Keep one answer, or None for skipped; raises BadAnswers. The last tap counts."""
    version = InstrumentVersion.objects.get(pk=draft.form[step.block]["instrument_version"])
    require_allowed(version.instrument, step.item, value)
    with write():
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        fresh.answers[step.key] = value
        fresh.save(update_fields=["answers"])
    draft.answers = fresh.answers


def set_topic(draft: Draft, topic: str) -> None:
    """Keep what the client wants to talk about; raises BadAnswers when it is too long."""
    text = topic.strip()
    if len(text) > MAX_TOPIC:
        raise BadAnswers("topic", f"this is {len(text)} characters long", f"Please keep it under {MAX_TOPIC}.")
    with write():
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        fresh.topic = text
        fresh.save(update_fields=["topic"])
    draft.topic = text


def blocks(draft: Draft) -> list[BlockAnswers]:
    """The draft's answers as blocks to submit. What was shown and not answered counts as skipped."""
    versions: dict[str, InstrumentVersion] = {
        str(v.pk): v for v in InstrumentVersion.objects.filter(pk__in=[b["instrument_version"] for b in draft.form])
    }
    return [_block(index, block, versions, draft.answers) for index, block in enumerate(draft.form)]


def _block(
    index: int,
    block: dict[str, Any],
    versions: dict[str, InstrumentVersion],
    answers: dict[str, float | None],
) -> BlockAnswers:
    return BlockAnswers(
        instrument_version=versions[block["instrument_version"]],
        figure_id=block["figure"],
        language=block["language"],
        items=tuple(block["items"]),
        answers={item: answers.get(f"{index}.{item}") for item in block["items"]},
    )


def item_range(instrument: Instrument, code: str) -> tuple[float, float]:
    """Lowest and highest answer of an item."""
    item = instrument.item(code)
    return item.minimum, item.maximum
