"""Submit a check-in: one transaction that keeps the raw answers, rebuilds the series and raises signals.

First write wins. A due check-in takes one submission; an unscheduled one is recognised by the identifier its
device made. Whoever submits again, by a double tap, a retried post or a second tab, gets the first result.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from mooring.catalogue import Instrument
from mooring.checkins.judge import raise_signals
from mooring.checkins.models import Block, CheckIn, Draft, DueCheckIn
from mooring.checkins.models.answers import occurred_at
from mooring.checkins.rebuild import rebuild
from mooring.checkins.weekly import refuse_risk_items
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Participation, User
from mooring.privacy import audit
from mooring.relationships.models import Figure


class BadAnswers(ValueError):
    """Answers that cannot be kept: names the thing, what is wrong and the mend. Nothing was stored."""

    def __init__(self, where: str, wrong: str, mend: str) -> None:
        super().__init__(f"{where}: {wrong}. {mend}")
        self.where = where


@dataclass(frozen=True)
class BlockAnswers:
    """One measure's answers: item code → value as given, or None for skipped."""

    instrument_version: InstrumentVersion
    figure_id: UUID | None
    language: str
    items: Sequence[str]
    answers: Mapping[str, float | None]
    chosen: Mapping[str, Any] | None = None
    """How the items were chosen one by one (checkins.choosing); None for a fixed form."""


@dataclass(frozen=True)
class Answered:
    """An occasion of answering, as the device reports it."""

    client_made_id: UUID
    answered_at: datetime
    zone: str
    blocks: Sequence[BlockAnswers]
    topic: str = ""
    source: CheckIn.Source = CheckIn.Source.PHONE
    rater: CheckIn.Rater = CheckIn.Rater.CLIENT


@dataclass(frozen=True)
class Submitted:
    """The stored check-in, and whether this call stored it."""

    checkin: CheckIn
    fresh: bool


def submit(
    participation: Participation, answered: Answered, *, by: User, at: datetime, due: DueCheckIn | None = None
) -> Submitted:
    """Keep a check-in; raises BadAnswers or RiskItemRefused, and then nothing is stored."""
    _check(participation, answered)
    with write():
        Participation.objects.select_for_update().only("pk").get(pk=participation.pk)
        already = _already(participation, answered, due)
        if already is not None:
            return Submitted(already, fresh=False)
        checkin = _keep(participation, answered, by, at, due)
        series = rebuild(
            participation,
            [block.instrument_version.key for block in answered.blocks],
            {block.figure_id for block in answered.blocks},
        )
        raise_signals(participation, series, at=at)
        audit.record(
            "submit",
            "submit",
            actor=by.pk,
            subjects=[participation.client_id],
            at=at,
            clinic=participation.clinic_id,
        )
    return Submitted(checkin, fresh=True)


def _already(participation: Participation, answered: Answered, due: DueCheckIn | None) -> CheckIn | None:
    same = Q(client_made_id=answered.client_made_id)
    if due is not None:
        same |= Q(due=due)
    found = list(CheckIn.objects.filter(same, participation=participation))
    # The due check-in's own answer counts before another one that the same device made.
    return next((one for one in found if due is not None and one.due_id == due.pk), found[0] if found else None)


def _keep(participation: Participation, answered: Answered, by: User, at: datetime, due: DueCheckIn | None) -> CheckIn:
    asked_at = due.opens_at if due is not None else participation.course.since
    moment = occurred_at(answered.answered_at, at, min(asked_at, at))
    checkin: CheckIn = CheckIn.objects.create(
        clinic_id=participation.clinic_id,
        participation=participation,
        client_id=participation.client_id,
        due=due,
        client_made_id=answered.client_made_id,
        rater=answered.rater,
        rater_user=by,
        source=answered.source,
        answered_at=answered.answered_at,
        received_at=at,
        occurred_at=moment,
        zone=answered.zone,
        local_date=local_date(moment, answered.zone),
        topic=answered.topic,
    )
    Block.objects.bulk_create(
        Block(
            clinic_id=participation.clinic_id,
            checkin=checkin,
            instrument_version=block.instrument_version,
            figure_id=block.figure_id,
            language=block.language,
            position=position,
            items=list(block.items),
            answers=dict(block.answers),
            chosen=block.chosen,
        )
        for position, block in enumerate(answered.blocks)
    )
    if due is not None:
        Draft.objects.filter(due=due).delete()
    return checkin


def _check(participation: Participation, answered: Answered) -> None:
    if answered.answered_at.tzinfo is None:
        raise BadAnswers("answered_at", "the time has no zone", "Send it with its offset from UTC.")
    try:
        local_date(answered.answered_at, answered.zone)
    except ValueError as error:
        raise BadAnswers("zone", str(error), "Send the device's IANA time zone.") from error
    except OverflowError as error:
        raise BadAnswers("answered_at", "no calendar has this day everywhere", "Send the device's time.") from error
    if not answered.blocks and not answered.topic.strip():
        raise BadAnswers("check-in", "it holds neither answers nor words", "Answer or skip the questions first.")
    seen: set[tuple[UUID, str]] = set()
    figures = {b.figure_id for b in answered.blocks if b.figure_id is not None}
    known = set(Figure.objects.filter(client_id=participation.client_id, pk__in=figures).values_list("pk", flat=True))
    for block in answered.blocks:
        version = block.instrument_version
        refuse_risk_items(version)
        if version.clinic_id not in {None, participation.clinic_id}:
            raise BadAnswers(version.key, "this measure belongs to another clinic", "Use one of your own.")
        if block.figure_id is not None and UUID(str(block.figure_id)) not in known:
            raise BadAnswers(
                version.key,
                "it is about somebody who is not on this client's map",
                "Choose a figure of theirs.",
            )
        if (identity := (version.pk, str(block.figure_id))) in seen:
            raise BadAnswers(version.key, "it stands twice in one check-in", "Send each measure once per figure.")
        seen.add(identity)
        for code, value in block.answers.items():
            require_allowed(version.instrument, code, value)


def require_allowed(instrument: Instrument, code: str, value: float | None) -> None:
    """Raises BadAnswers unless the value is one of the item's answers; None is skipped and always allowed."""
    try:
        item = instrument.item(code)
    except KeyError as error:
        raise BadAnswers(
            f"{instrument.key} {code}", "there is no such item", "Send the items that were shown."
        ) from error
    if value is None:
        return
    whole = (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value == int(value)
    )
    if not whole or not item.minimum <= value <= item.maximum:
        raise BadAnswers(
            f"{instrument.key} {code}",
            "this is not one of the answers",
            f"Choose a whole number from {item.minimum} to {item.maximum}, or skip it.",
        )
    # Some questionnaires leave numbers out between their answers.
    stops = {answer.value for wording in instrument.wording.values() for answer in wording.answers_to(code)}
    if stops and value not in stops:
        listed = ", ".join(str(stop) for stop in sorted(stops))
        raise BadAnswers(f"{instrument.key} {code}", "this is not one of the answers", f"Choose one of {listed}.")
