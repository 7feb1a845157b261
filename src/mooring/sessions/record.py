"""Record whether a session took place, and correct what was recorded wrongly. First write wins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from mooring.checkins.models import CheckIn
from mooring.checkins.rebuild import rebuild
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Course, Participation, User
from mooring.privacy import audit
from mooring.sessions.models import Session
from mooring.sessions.rate import MEASURE


class CannotRecord(ValueError):
    """What was given cannot stand; the text says why and what to do. Nothing was stored."""


@dataclass(frozen=True)
class Took:
    """When a session was, and whether it took place."""

    at: datetime
    kept: Session.Kept


def record(course: Course, took: Took, *, made_id: UUID, by: User, at: datetime) -> tuple[Session, bool]:
    """The session `by` had with this course, and whether this call stored it; raises CannotRecord.

    `made_id` is made with the form: sending it twice, or from two tabs, stores one session.
    """
    _check(course, took, at)
    with write():
        _alone(course)
        already = Session.objects.filter(course=course, client_made_id=made_id).first()
        if already is not None:
            return already, False
        _refuse_doubled(course, took.at, None)
        kept = Session.objects.create(
            clinic_id=course.clinic_id,
            course=course,
            client_made_id=made_id,
            at=took.at,
            clinician=by,
            kept=took.kept,
            recorded_by=by,
            recorded_at=at,
        )
        _audit("record-session", kept, by, at, {"kept": str(took.kept)})
    return kept, True


def correct(session: Session, took: Took, *, by: User, at: datetime) -> bool:
    """Put right what was recorded wrongly; False when it stood so already. Raises CannotRecord."""
    _check(session.course, took, at)
    with write():
        _alone(session.course)
        now: Session = Session.objects.get(pk=session.pk)
        if (now.at, now.kept) == (took.at, took.kept):
            return False
        ratings = _ratings(now)
        if ratings and took.kept != Session.Kept.HELD:
            raise CannotRecord(_("This session was rated, so it was held. Its time can be corrected."))
        _refuse_doubled(session.course, took.at, session.pk)
        before = {"was": now.kept, "was_at": now.at.isoformat(), "kept": str(took.kept), "at": took.at.isoformat()}
        now.at, now.kept, now.corrected_by, now.corrected_at = took.at, took.kept, by, at
        now.save(update_fields=["at", "kept", "corrected_by", "corrected_at"])
        # As a submit does, and always in one order: a rebuild that goes on meanwhile ends before, or begins after.
        people = sorted({rating.participation_id for rating in ratings})
        list(Participation.objects.select_for_update().filter(pk__in=people).order_by("pk"))
        for rating in ratings:
            _move(rating, took.at)
        _audit("correct-session", now, by, at, before)
    return True


def _ratings(session: Session) -> list[CheckIn]:
    """What clinicians rated of it, with any client of the course."""
    rated = CheckIn.objects.filter(participation__course=session.course_id, rater=CheckIn.Rater.CLINICIAN)
    return [
        one
        for one in rated.select_related("participation")
        if one.rater_user_id is not None
        and one.client_made_id == session.rating_id(one.participation_id, one.rater_user_id)
    ]


def _move(rating: CheckIn, moment: datetime) -> None:
    """A rating stands at its session's time."""
    rating.answered_at = rating.occurred_at = moment
    rating.local_date = local_date(moment, rating.zone)
    rating.save(update_fields=["answered_at", "occurred_at", "local_date"])
    rebuild(rating.participation, [MEASURE])


def _alone(course: Course) -> None:
    """Whoever writes about the same course meanwhile waits, and then finds what this call has stored."""
    Course.objects.select_for_update().get(pk=course.pk)


def _check(course: Course, took: Took, at: datetime) -> None:
    if took.at.tzinfo is None:
        raise CannotRecord(_("The time has no zone. Send it with its offset from UTC."))
    if took.kept not in Session.Kept.values:
        raise CannotRecord(_("A session is held, missed or cancelled. Choose one of these."))
    if took.at > at:
        raise CannotRecord(_("This time has not come yet. Record the session when it has."))
    if took.at < course.since:
        raise CannotRecord(_("This is before the therapy began here. Check the day."))
    if course.until is not None and took.at > course.until:
        raise CannotRecord(_("This is after the therapy ended here. Check the day."))


def _refuse_doubled(course: Course, moment: datetime, but: UUID | None) -> None:
    if Session.objects.filter(course=course, at=moment).exclude(pk__in=[but] if but else []).exists():
        raise CannotRecord(_("A session at this time is recorded already. Correct that one, or choose another time."))


def _audit(action: str, session: Session, by: User, at: datetime, detail: dict[str, str]) -> None:
    clients = Participation.objects.filter(course=session.course_id).values_list("client", flat=True)
    audit.record(
        action,
        action,
        actor=by.pk,
        subjects=clients,
        at=at,
        clinic=session.clinic_id,
        detail={"session": str(session.pk), **detail},
    )
