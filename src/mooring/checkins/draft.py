"""Begin, answer, skip, go back: a check-in that is not finished yet."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mooring.catalogue.calibrated import ready_scale
from mooring.checkins import choosing
from mooring.checkins.models import Block, Calibration, CheckIn, Draft, DueCheckIn, Series
from mooring.checkins.submit import BadAnswers, BlockAnswers, require_allowed
from mooring.checkins.weekly import BlockForm, compose
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Participation
from mooring.science.dynamics import Dynamics
from mooring.science.graded_response.scores import Normal

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
                "form": [_begun(block, due, at) for block in compose(due.plan, due.due_on)],
                "started_at": at,
            },
        )
    found: Draft = draft
    return found


def _begun(block: BlockForm, due: DueCheckIn, at: datetime) -> dict[str, Any]:
    """One block of a draft. Calibrated: with its first item; the others are chosen as answers come in."""
    plain = block.as_json()
    if block.calibration is None:
        return plain
    calibration = Calibration.objects.select_related("instrument_version").get(pk=block.calibration)
    instrument = calibration.instrument_version.instrument
    figure = UUID(block.figure) if block.figure else None
    begun = choosing.opened(
        instrument,
        calibration.parsed,
        calibration.digest,
        block.items,
        priors(due.participation, figure, calibration, at),
        _asked_before(due.participation, figure, calibration),
        seed=int.from_bytes(due.pk.bytes[:4], "big"),
    )
    first = choosing.extended(instrument, calibration.parsed, begun, {})
    return {**plain, "items": _items(first), "choosing": first}


def _items(chosen: choosing.Choosing) -> list[str]:
    return [pick["item"] for pick in chosen["picked"]]


def priors(
    participation: Participation, figure: UUID | None, calibration: Calibration, at: datetime
) -> dict[str, Normal]:
    """Where each scale's trajectory is expected now, as a prior of θ; none where there is no calibrated one."""
    found = {}
    for series in Series.objects.filter(
        participation=participation, figure=figure, calibration=calibration, rater=CheckIn.Rater.CLIENT
    ):
        ready = ready_scale(calibration.instrument_version.instrument, calibration.parsed, series.scale)
        if ready is None or series.last_level is None or series.last_sd is None:
            continue
        weeks = max((local_date(at, "UTC") - series.last_on).days, 0) / 7
        moves = Dynamics(**series.model["dynamics"])
        moved = moves.level_diffusion * weeks + moves.slope_diffusion * weeks**3 / 3
        sd = math.sqrt(series.last_sd**2 + moved + moves.occasion_sd**2)
        found[series.scale] = choosing.prior_of(ready, series.last_level, sd)
    return found


def _asked_before(participation: Participation, figure: UUID | None, calibration: Calibration) -> list[list[str]]:
    found = Block.objects.filter(
        checkin__participation=participation,
        checkin__rater=CheckIn.Rater.CLIENT,
        instrument_version=calibration.instrument_version_id,
        figure=figure,
    )
    return list(found.order_by("-checkin__occurred_at").values_list("items", flat=True)[: choosing.LOOKED_BACK])


def most(draft: Draft) -> int:
    """How many questions it has at most: an adaptive block may end sooner."""
    return sum(choosing.most(b["choosing"]) if "choosing" in b else len(b["items"]) for b in draft.form)


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
        fresh.form[step.block] = _next(fresh, step.block)
        fresh.save(update_fields=["answers", "form"])
    draft.answers, draft.form = fresh.answers, fresh.form


def _next(draft: Draft, index: int) -> dict[str, Any]:
    """The block, with its next item where items are chosen one by one."""
    block: dict[str, Any] = draft.form[index]
    if "choosing" not in block:
        return block
    calibration = Calibration.objects.select_related("instrument_version").get(pk=block["calibration"])
    given = {item: draft.answers[f"{index}.{item}"] for item in block["items"] if f"{index}.{item}" in draft.answers}
    chosen = choosing.extended(calibration.instrument_version.instrument, calibration.parsed, block["choosing"], given)
    return {**block, "items": _items(chosen), "choosing": chosen}


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
        chosen=block.get("choosing"),
    )
