"""What the clinic has already of the people in a file, and where the file says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import polars as pl

from mooring.checkins.imports import identity, problems
from mooring.checkins.imports.figures import kind_of
from mooring.checkins.imports.gather import Answered, Occasion, People, Person, Values
from mooring.checkins.models import Block, CheckIn
from mooring.people.models import Client, Clinic, Participation, User
from mooring.relationships.models import Figure

CHUNK = 400
BlockKey = tuple[UUID, str, UUID | None]
"""The check-in's identifier, measure, figure."""


@dataclass(frozen=True)
class Destination:
    """Where an import goes: whose caseload in which clinic, as of now."""

    clinic: Clinic
    clinician: User
    at: datetime


@dataclass
class Known:
    """A person the clinic has: their rows by identity."""

    client: Client
    participation: Participation | None
    why: str = ""
    """Why no participation can take the answers."""
    mend: str = ""
    figures: dict[UUID, str] = field(default_factory=dict)
    checkins: dict[UUID, UUID] = field(default_factory=dict)
    blocks: dict[BlockKey, Block] = field(default_factory=dict)

    def figure(self, figure: str) -> UUID | None:
        """Their figure of that description; None: it would have to be made."""
        own = identity.figure_id(self.client.pk, figure)
        if own in self.figures:
            return own
        alike = [pk for pk, kind in self.figures.items() if kind == figure]
        return alike[0] if len(alike) == 1 else None


@dataclass
class Compared:
    """The file beside the clinic."""

    problems: pl.DataFrame
    conflicts: pl.DataFrame
    new: int
    """People the clinic does not have."""
    joined: int
    """People it has, about whom the file brings something new."""
    complete: frozenset[str]
    """People about whom the file brings nothing new."""
    read: list[UUID]
    """Clients whose stored answers are shown among the conflicts."""


def compare(people: People, destination: Destination, *, join: bool) -> Compared:
    """Hold everybody in the file against the clinic. Reads only."""
    found, conflicts, complete, read = [], [], set(), []
    new = joined = 0
    for chunk in people.chunks(CHUNK):
        known = lookup(destination, [person.code for person in chunk])
        found += _renamed(destination, [person for person in chunk if person.code not in known])
        for person in chunk:
            there = known.get(person.code)
            if there is None:
                new += 1
                continue
            fresh, other = differences(person, there)
            conflicts += other
            if other:
                read.append(there.client.pk)
            if not fresh:
                complete.add(person.code)
                continue
            joined += 1
            found += _unjoinable(person, there, fresh, join)
    return Compared(_frame(found), _frame(conflicts), new, joined, frozenset(complete), read)


def lookup(destination: Destination, codes: Sequence[str]) -> dict[str, Known]:
    """Those of these people that the clinic has, by code, with the rows an import could meet again."""
    clients = Client.objects.filter(clinic=destination.clinic, code__in=codes)
    known = {client.pk: Known(client, None) for client in clients}
    if not known:
        return {}
    _choose_participations(destination, known)
    for figure in Figure.objects.filter(client__in=known):
        known[figure.client_id].figures[figure.pk] = figure.kind
    owners = {one.participation.pk: one for one in known.values() if one.participation is not None}
    checkins = CheckIn.objects.filter(participation__in=owners, source=CheckIn.Source.IMPORT)
    for pk, made, owner in checkins.values_list("pk", "client_made_id", "participation_id"):
        owners[owner].checkins[made] = pk
    blocks = Block.objects.filter(checkin__in=checkins).select_related("instrument_version", "checkin")
    for block in blocks:
        key = (block.checkin.client_made_id, block.instrument_version.key, block.figure_id)
        owners[block.checkin.participation_id].blocks[key] = block
    return {one.client.code: one for one in known.values()}


def differences(person: Person, known: Known) -> tuple[list[Answered], list[tuple[object, ...]]]:
    """What the file has beyond the clinic, and each cell where it contradicts it."""
    fresh, conflicts = [], []
    for occasion in person.occasions.values():
        made = identity.made_id(known.client.pk, occasion)
        for answered in occasion.blocks:
            figure = known.figure(answered.figure) if answered.figure else None
            stored = None if answered.figure and figure is None else known.blocks.get((made, answered.part.key, figure))
            if stored is None:
                fresh.append(answered)
            else:
                conflicts += _contradictions(answered, stored, occasion)
    return fresh, conflicts


def _choose_participations(destination: Destination, known: dict[UUID, Known]) -> None:
    """The participation that takes the answers: the import's own, or the only one that the clinician cares for."""
    caring = Participation.objects.cared_for_by(destination.clinician, destination.at)
    by_client: dict[UUID, list[Participation]] = {}
    for participation in caring.filter(client__in=known).order_by("pk"):
        by_client.setdefault(participation.client_id, []).append(participation)
    for pk, one in known.items():
        possible = by_client.get(pk, [])
        own = [p for p in possible if p.pk == identity.participation_id(pk)]
        if own or len(possible) == 1:
            one.participation = (own or possible)[0]
        elif possible:
            one.why = f"is in several courses of {destination.clinician.email}"
            one.mend = "Which one the answers belong to cannot be said here: import them under another code."
        else:
            one.why = f"is in the clinic, and {destination.clinician.email} does not care for them"
            one.mend = "Name their own clinician, or keep people of another file apart with --prefix."


def _unjoinable(person: Person, known: Known, fresh: Sequence[Answered], join: bool) -> list[tuple[object, ...]]:
    row = min(answered.row for answered in fresh)
    if known.participation is None:
        return [(row, "", person.code, known.why, known.mend)]
    found: list[tuple[object, ...]] = []
    if not join:
        wrong = f"is in the clinic already, and the file brings {len(fresh)} new blocks of answers"
        mend = "If it is the same person, add --join; if not, keep them apart with --prefix."
        found.append((row, "", person.code, wrong, mend))
    for figure in person.figures:
        alike = sum(kind == kind_of(figure) for kind in known.figures.values())
        if known.figure(figure) is None and alike > 1:
            wrong, mend = f"has {alike} figures of the kind {figure}", "Write “friend 2” or the like in the map."
            found.append((row, "", person.code, wrong, mend))
    return found


def _renamed(destination: Destination, people: Sequence[Person]) -> list[tuple[object, ...]]:
    """People imported before whose code was changed since: their key is taken."""
    keys = {identity.client_id(destination.clinic.pk, person.code): person for person in people}
    taken = Client.objects.filter(pk__in=keys).values_list("pk", "code")
    mend = "Use that code in the file."
    return [
        (min(b.row for o in keys[pk].occasions.values() for b in o.blocks), "", keys[pk].code, f"is {code} now", mend)
        for pk, code in taken
    ]


def _contradictions(answered: Answered, stored: Block, occasion: Occasion) -> list[tuple[object, ...]]:
    part = answered.part
    column = {code: name for cells in part.columns.values() for name, code in cells.items()}
    there: Values = (stored.totals if part.totals else stored.answers) or {}
    mend = "Stored answers are never replaced. Correct the file, or keep what is stored: --on-conflict keep."
    declared = None if stored.minimum is None or stored.maximum is None else (stored.minimum, stored.maximum)
    if (stored.totals is not None) != part.totals:
        kind = "items" if part.totals else "totals"
        return [(answered.row, part.key, None, f"{kind} of that occasion ({occasion.when}) are stored", mend)]
    if (declared, stored.already_keyed) != (part.declared_range, part.already_keyed):
        wrong = f"is stored ({occasion.when}) with another declaration: " + _declaration(stored, declared)
        return [(answered.row, part.key, None, wrong, mend)]
    return [
        (
            answered.row,
            column.get(code, code),
            "(empty)" if answered.values.get(code) is None else f"{answered.values[code]:g}",
            f"{part.key} {code} of {occasion.when} is stored as {_said(there.get(code))}",
            mend,
        )
        for code in dict.fromkeys([*there, *answered.values])
        if there.get(code) != answered.values.get(code)
    ]


def _declaration(stored: Block, declared: tuple[float, float] | None) -> str:
    span = "the key's range" if declared is None else f"{declared[0]:g} to {declared[1]:g}"
    return f"{span}, {'already keyed' if stored.already_keyed else 'raw'}"


def _said(value: float | None) -> str:
    return "no answer" if value is None else f"{value:g}"


def _frame(found: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=problems.SCHEMA, orient="row")
