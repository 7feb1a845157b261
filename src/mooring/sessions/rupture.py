"""Mark a rupture, say when it was talked about and when repaired, or withdraw a mark made in error."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Participation, User
from mooring.privacy import audit
from mooring.sessions.models import Rupture, Session

MAX_NOTE = 1000


class CannotMark(ValueError):
    """What was given cannot stand; the text says why and what to do. Nothing was stored."""


@dataclass(frozen=True)
class Noticed:
    """What is marked: the day, the session it belongs to if any, and a note if there is one."""

    on: date
    session: Session | None = None
    note: str = ""


def mark(
    participation: Participation, noticed: Noticed, *, made_id: UUID, by: User, at: datetime
) -> tuple[Rupture, bool]:
    """The mark, and whether this call made it; raises CannotMark. One stands a day."""
    note = noticed.note.strip()
    _check_day(participation, noticed.on, at)
    if len(note) > MAX_NOTE:
        words = {"n": len(note), "most": MAX_NOTE}
        raise CannotMark(_("The note is %(n)s characters long. Please keep it under %(most)s.") % words)
    if noticed.session is not None and noticed.session.course_id != participation.course_id:
        raise CannotMark(_("This session belongs to another course of therapy. Choose one of this course."))
    with write():
        Participation.objects.select_for_update().get(pk=participation.pk)
        mine = Rupture.objects.filter(participation=participation)
        already: Rupture | None = mine.filter(client_made_id=made_id).first()
        if already is not None:
            return already, False
        if mine.standing().filter(noticed_on=noticed.on).exists():
            raise CannotMark(_("A rupture is marked on this day already. Add to that one."))
        made: Rupture = Rupture.objects.create(
            clinic_id=participation.clinic_id,
            participation=participation,
            client_id=participation.client_id,
            client_made_id=made_id,
            session=noticed.session,
            note=note,
            noticed_on=noticed.on,
            marked_by=by,
            marked_at=at,
        )
        _audit("mark-rupture", made, by, at, {"noticed_on": noticed.on.isoformat()})
    return made, True


def name(rupture: Rupture, on: date, *, by: User, at: datetime) -> bool:
    """It was talked about that day; naming it again puts the day right. False when nothing changed.

    Raises CannotMark.
    """
    return _step(rupture, "named", on, by, at)


def repair(rupture: Rupture, on: date, *, by: User, at: datetime) -> bool:
    """It was repaired that day; saying it again puts the day right. False when nothing changed. Raises CannotMark."""
    return _step(rupture, "repaired", on, by, at)


def withdraw(rupture: Rupture, *, by: User, at: datetime) -> bool:
    """The mark was made in error: it stays, and no longer counts. False when it was withdrawn before."""
    with write():
        now = _locked(rupture)
        if now.withdrawn_at is not None:
            return False
        now.withdrawn_by, now.withdrawn_at = by, at
        now.save(update_fields=["withdrawn_by", "withdrawn_at"])
        _audit("withdraw-rupture", now, by, at, {})
    return True


def _step(rupture: Rupture, step: str, on: date, by: User, at: datetime) -> bool:
    _check_day(rupture.participation, on, at)
    with write():
        now = _locked(rupture)
        if now.withdrawn_at is not None:
            raise CannotMark(_("This mark was withdrawn. Mark the rupture anew."))
        if on < now.noticed_on:
            raise CannotMark(_("This is before the rupture was noticed. Check the day."))
        before: date | None = getattr(now, f"{step}_on")
        if before == on:
            return False
        fields = {f"{step}_on": on, f"{step}_by": by, f"{step}_at": at}
        for field, value in fields.items():
            setattr(now, field, value)
        now.save(update_fields=list(fields))
        was = {} if before is None else {"was": before.isoformat()}
        _audit(f"{step}-rupture", now, by, at, {"on": on.isoformat(), **was})
    return True


def _locked(rupture: Rupture) -> Rupture:
    found: Rupture = Rupture.objects.select_for_update().get(pk=rupture.pk)
    return found


def _check_day(participation: Participation, day: date, at: datetime) -> None:
    zone, course = participation.clinic.zone, participation.course
    if day > local_date(at, zone):
        raise CannotMark(_("This day has not come yet. Check the day."))
    if day < local_date(course.since, zone):
        raise CannotMark(_("This is before the therapy began here. Check the day."))
    if course.until is not None and day > local_date(course.until, zone):
        raise CannotMark(_("This is after the therapy ended here. Check the day."))


def _audit(action: str, rupture: Rupture, by: User, at: datetime, detail: dict[str, str]) -> None:
    audit.record(
        action,
        action,
        actor=by.pk,
        subjects=[rupture.client_id],
        at=at,
        clinic=rupture.clinic_id,
        detail={"rupture": str(rupture.pk), **detail},
    )
