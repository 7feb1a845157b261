"""Whose answers may teach something about a measure, and one occasion of each."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt

from mooring.checkins.models import Block, CheckIn
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Client, Clinic
from mooring.privacy import consent
from mooring.privacy.consent import Purpose
from mooring.privacy.sealed import Unreadable

Floats = npt.NDArray[np.float64]
AGES = ((16, 29), (30, 44), (45, 59), (60, 120))
EVER = datetime.max.replace(tzinfo=UTC)
SHARED = 100
"""House rule, that of the comparison of groups: what fewer people say of themselves names no group."""


@dataclass(frozen=True)
class Consented:
    """One row a person."""

    people: tuple[UUID, ...]
    """(n,) clients."""
    codes: tuple[str, ...]
    """(k,) items."""
    answers: Floats
    """(n, k) as given, reversed items not turned; nan for skipped and for never asked."""
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Language, gender and age of each; empty where unknown, and where fewer than SHARED say the same: a calibration
    is kept for good, and somebody's own word would outlive their key in it."""


class TakenBack(ValueError):
    """Somebody whose answers were counted no longer agrees, or was erased, since the counting began."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key}: somebody took their agreement back while their answers were being counted, so nothing was kept."
            " Run it again: it goes on without them."
        )


def require_still(found: Consented, key: str, clinic: Clinic, others: Iterable[Clinic]) -> None:
    """Raises TakenBack unless everybody counted agrees by the very last word that was written."""
    if not set(found.people) <= _agreeing(clinic, others, EVER).keys():
        raise TakenBack(key)


def consented(version: InstrumentVersion, clinic: Clinic, others: Iterable[Clinic], at: datetime) -> Consented:
    """Of each person the occasion with most answers, the earliest of several: one a person, since answers of the same
    person resemble each other.

    People of this clinic count who agreed to quality or to research; of other clinics only who agreed to research.
    Whoever was erased does not count, nor do answers in another range than the key's.
    """
    instrument = version.instrument
    codes = tuple(item.code for item in instrument.items if item.scale is not None and not item.risk)
    clients = _agreeing(clinic, others, at)
    best = _best(version, clients.keys())
    rows = np.full((len(best), len(codes)), np.nan)
    groups: dict[str, list[str]] = {"language": [], "gender": [], "age": []}
    for row, (person, block) in enumerate(best.items()):
        for column, code in enumerate(codes):
            value = block.answers.get(code)
            if value is not None:
                # As given: what an import had turned is turned back.
                rows[row, column] = instrument.item(code).turned(value) if block.already_keyed else value
        groups["language"].append(block.language)
        groups["gender"].append(clients[person].gender.strip().lower())
        groups["age"].append(_age(clients[person].birth_year, block.checkin.occurred_at))
    return Consented(tuple(best), codes, rows, {name: _shared(labels) for name, labels in groups.items()})


def _agreeing(clinic: Clinic, others: Iterable[Clinic], at: datetime) -> dict[UUID, Client]:
    allowed = consent.all_in_force(Purpose.QUALITY, clinic.pk, at)
    for one in (clinic, *others):
        allowed |= consent.all_in_force(Purpose.RESEARCH, one.pk, at)
    clients = {one.pk: one for one in Client.objects.filter(pk__in=allowed)}
    return {key: one for key, one in clients.items() if not isinstance(one.gender, Unreadable)}


def _shared(labels: Sequence[str]) -> list[str]:
    often = Counter(labels)
    return [label if often[label] >= SHARED else "" for label in labels]


def _best(version: InstrumentVersion, people: Collection[UUID]) -> dict[UUID, Block]:
    blocks = (
        Block.objects.filter(
            instrument_version=version,
            checkin__rater=CheckIn.Rater.CLIENT,
            minimum__isnull=True,
            totals__isnull=True,
        )
        .select_related("checkin")
        .order_by("checkin__occurred_at", "checkin_id", "position")
    )
    best: dict[UUID, tuple[int, Block]] = {}
    for block in blocks.iterator(chunk_size=2000):
        person = block.checkin.client_id
        answered = sum(value is not None for value in block.answers.values())
        if person in people and answered and (person not in best or answered > best[person][0]):
            best[person] = answered, block
    return {person: best[person][1] for person in sorted(best)}


def _age(birth_year: str, at: datetime) -> str:
    """In bands: nobody is told by their age."""
    if not birth_year.isdigit():
        return ""
    years = at.year - int(birth_year)
    return next((f"{low} to {high}" if high < 120 else f"{low} and over" for low, high in AGES if years <= high), "")
