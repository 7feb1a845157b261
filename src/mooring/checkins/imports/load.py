"""Write people whole, a few in each short transaction, so that a check-in never waits long behind an import.

Every row's key is made from what it is. Killed at any moment, the import is run again: who is there whole is
skipped, and nobody is there in part.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from mooring.checkins.imports import identity
from mooring.checkins.imports.figures import kind_of
from mooring.checkins.imports.gather import Answered, Occasion, People, Person
from mooring.checkins.imports.stored import Destination, Known, lookup
from mooring.checkins.judge import raise_all
from mooring.checkins.models import Block, CheckIn
from mooring.checkins.rebuild import rebuild
from mooring.instruments.models import InstrumentVersion
from mooring.kit.dates import local_date
from mooring.kit.refused import Refused
from mooring.kit.transactions import breathe, write
from mooring.people.models import CareRelation, Client, Clinic, Course, Participation
from mooring.privacy import audit
from mooring.privacy.keyring import KeyDestroyed, KeyUnavailable, keyring
from mooring.privacy.sealed import Sealed
from mooring.relationships.models import Figure
from mooring.science import signals, trajectory
from mooring.science.dynamics import assumed_dynamics, assumed_prior

CHUNK = 200
SECONDS_ASKED = 0.06
"""What a transaction aims at; it has to stay under 0.2 s even when the disk is slow."""
LANGUAGE = "und"  # undetermined (BCP 47): a file does not say in which language it was asked


@dataclass
class Loaded:
    """What was written."""

    people: int = 0
    checkins: int = 0
    blocks: int = 0
    signals: int = 0
    longest: float = 0.0
    """Seconds of the longest transaction."""
    erased: list[str] = field(default_factory=list)
    """Codes of people whose key was destroyed: they are not brought back."""


@dataclass(frozen=True)
class Loading:
    """Everything the writing depends on."""

    destination: Destination
    versions: Mapping[str, InstrumentVersion]
    digest: str
    """Of the file, for the audit."""


@dataclass
class _Rows:
    """New rows of one transaction, in the order in which they have to be written."""

    clients: list[Client] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)
    relations: list[CareRelation] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    checkins: list[CheckIn] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    touched: list[tuple[Participation, set[str]]] = field(default_factory=list)

    def write(self) -> None:
        """Insert everything."""
        Client.objects.bulk_create(self.clients)
        Course.objects.bulk_create(self.courses)
        Participation.objects.bulk_create(self.participations)
        CareRelation.objects.bulk_create(self.relations)
        Figure.objects.bulk_create(self.figures)
        CheckIn.objects.bulk_create(self.checkins)
        Block.objects.bulk_create(self.blocks)


def load(people: People, loading: Loading, complete: frozenset[str], tell: Callable[[int], None]) -> Loaded:
    """Write everybody but those who are complete; `tell` hears after each transaction how many more are there."""
    done = Loaded()
    _warm()
    together = 1
    for chunk in people.chunks(CHUNK, without=complete):
        empty = _sealed_nothing(chunk, loading, done)
        waiting = iter([person for person in chunk if person.code in empty])
        while batch := list(islice(waiting, together)):
            took = _write(batch, loading, empty, done)
            together = _next_size(together, len(batch), took)
            done.longest = max(done.longest, took)
            tell(len(batch))
            breathe(took)
    return done


def _next_size(now: int, written: int, took: float) -> int:
    """How many people fit into a transaction of the asked length, judged by the last one."""
    fitting = int(written * SECONDS_ASKED / max(took, 1e-4))
    return max(1, min(fitting, now * 2, CHUNK))


def _sealed_nothing(chunk: Sequence[Person], loading: Loading, done: Loaded) -> dict[str, Any]:
    """Code → the person's sealed empty text, for every column that has none; keys are made for all at once."""
    clinic = loading.destination.clinic
    known = dict(Client.objects.filter(clinic=clinic, code__in=[p.code for p in chunk]).values_list("code", "pk"))
    newcomers = {p.code: identity.client_id(clinic.pk, p.code) for p in chunk if p.code not in known}
    keyring().create(newcomers.values())
    sealed = {}
    for code, key in (known | newcomers).items():
        try:
            # Asked for, not made: a second key would hide that somebody's first one is lost.
            keyring().cipher(key)
            sealed[code] = Sealed.seal("", key)
        except KeyDestroyed:
            done.erased.append(code)
        except KeyUnavailable as error:
            raise Refused(code, str(error), "Everybody before is imported; run it again afterwards.") from error
    return sealed


def _write(batch: Sequence[Person], loading: Loading, empty: Mapping[str, Any], done: Loaded) -> float:
    destination = loading.destination
    began = time.monotonic()
    with write():
        began = time.monotonic()  # waiting for somebody else's transaction is not ours
        # One import at a time writes into a clinic, and no calibration is put in force meanwhile. Submits go on: the
        # weaker lock (PostgreSQL) lets rows that point at the clinic in.
        Clinic.objects.select_for_update(no_key=True).get(pk=destination.clinic.pk)
        known = _locked(destination, [person.code for person in batch])
        rows = _Rows()
        for person in batch:
            _add(rows, person, known.get(person.code), loading, empty[person.code])
        rows.write()
        raised = 0
        for participation, keys in rows.touched:
            series = rebuild(participation, keys)
            raised += len(raise_all(participation, series, at=destination.at, historical=True))
        if rows.touched:
            audit.record(
                "import",
                "import",
                actor=None,
                subjects=[participation.client_id for participation, _ in rows.touched],
                at=destination.at,
                clinic=destination.clinic.pk,
                detail={"file": loading.digest, "clinician": str(destination.clinician.pk)},
            )
    done.people += len(rows.touched)
    done.checkins += len(rows.checkins)
    done.blocks += len(rows.blocks)
    done.signals += raised
    return time.monotonic() - began


def _locked(destination: Destination, codes: Sequence[str]) -> dict[str, Known]:
    """Whom the clinic has, their participations locked as a submit locks them."""
    known = lookup(destination, codes)
    if not known:
        return known
    held = sorted(one.participation.pk for one in known.values() if one.participation is not None)
    list(Participation.objects.select_for_update().filter(pk__in=held).order_by("pk"))
    return lookup(destination, codes)


def _add(rows: _Rows, person: Person, known: Known | None, loading: Loading, empty: Any) -> None:
    """What is new about a person. Rows that are there are left alone, whatever the file says."""
    clinic = loading.destination.clinic
    if known is None:
        known = _newcomer(rows, person, loading, empty)
    participation = known.participation
    if participation is None:
        raise LookupError(f"{person.code} {known.why}. {known.mend}")
    figures = {figure: _figure(rows, known, figure, clinic.pk, empty) for figure in person.figures}
    touched: set[str] = set()
    for occasion in person.occasions.values():
        made = identity.made_id(known.client.pk, occasion)
        checkin = known.checkins.get(made)
        fresh = [
            answered
            for answered in occasion.blocks
            if (made, answered.part.key, figures.get(answered.figure)) not in known.blocks
        ]
        if fresh and checkin is None:
            row = _checkin(participation, occasion, made, loading, empty)
            rows.checkins.append(row)
            checkin = row.pk
        for position, answered in enumerate(fresh):
            assert checkin is not None
            rows.blocks.append(_block(checkin, position, answered, figures.get(answered.figure), loading))
            touched.add(answered.part.key)
    if touched:
        rows.touched.append((participation, touched))


def _newcomer(rows: _Rows, person: Person, loading: Loading, empty: Any) -> Known:
    """A client whose code is all that is known, in a course that begins with their first answer."""
    destination = loading.destination
    clinic = destination.clinic
    client = Client(
        pk=identity.client_id(clinic.pk, person.code),
        clinic=clinic,
        code=person.code,
        name=empty,
        first_name=empty,
    )
    since = min(occasion.at for occasion in person.occasions.values())
    course = Course(pk=identity.course_id(client.pk), clinic=clinic, since=since)
    participation = Participation(pk=identity.participation_id(client.pk), clinic=clinic, course=course, client=client)
    rows.clients.append(client)
    rows.courses.append(course)
    rows.participations.append(participation)
    rows.relations.append(
        CareRelation(
            pk=identity.care_id(client.pk, destination.clinician.pk),
            clinic=clinic,
            participation=participation,
            clinician=destination.clinician,
            since=destination.at,
        )
    )
    return Known(client, participation)


def _figure(rows: _Rows, known: Known, figure: str, clinic: UUID, empty: Any) -> UUID:
    found = known.figure(figure)
    if found is not None:
        return found
    pk = identity.figure_id(known.client.pk, figure)
    # No check-in asks about someone only because an old file does.
    made = Figure(
        pk=pk,
        clinic_id=clinic,
        client=known.client,
        kind=kind_of(figure),
        name=empty if figure == kind_of(figure) else figure,
        asked=False,
        position=len(known.figures),
    )
    rows.figures.append(made)
    known.figures[pk] = kind_of(figure)
    return pk


def _checkin(participation: Participation, occasion: Occasion, made: UUID, loading: Loading, empty: Any) -> CheckIn:
    zone = loading.destination.clinic.zone
    return CheckIn(
        pk=identity.checkin_id(participation.pk, made),
        clinic_id=participation.clinic_id,
        participation=participation,
        client_id=participation.client_id,
        client_made_id=made,
        rater=occasion.rater,
        source=CheckIn.Source.IMPORT,
        answered_at=occasion.at,
        received_at=loading.destination.at,
        occurred_at=occasion.at,
        zone=zone,
        local_date=local_date(occasion.at, zone),
        topic=empty,
    )


def _block(checkin: UUID, position: int, answered: Answered, figure: UUID | None, loading: Loading) -> Block:
    part = answered.part
    low, high = part.declared_range or (None, None)
    content: dict[str, Any] = (
        {"totals": answered.values} if part.totals else {"items": list(part.items), "answers": answered.values}
    )
    return Block(
        pk=identity.block_id(checkin, part.key, figure),
        clinic=loading.destination.clinic,
        checkin_id=checkin,
        instrument_version=loading.versions[part.key],
        figure_id=figure,
        language=LANGUAGE,
        position=position,
        minimum=low,
        maximum=high,
        already_keyed=part.already_keyed,
        **content,
    )


def _warm() -> None:
    """Compile the kernels before the first transaction: nobody should wait behind that."""
    moves, prior = assumed_dynamics(1.0), assumed_prior(0.0, 1.0)
    times, scores, errors = [0.0, 1.0, 2.0, 3.0], [0.0, 3.0, 3.0, 0.0], [0.3] * 4
    trajectory.trajectory(times, scores, errors, moves, prior)
    series = signals.Series(times, scores, errors, 0.3, moves, prior)
    signals.worsenings(series, {"security:warm": series})
    signals.shifts("warm", series)
