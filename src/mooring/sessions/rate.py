"""A clinician rates the alliance of a session with one client: a check-in whose rater is the clinician."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from mooring.catalogue import FULL
from mooring.checkins.models import CheckIn
from mooring.checkins.submit import Answered, BlockAnswers, Submitted, submit
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current
from mooring.kit.transactions import write
from mooring.people.models import Course, Participation, User
from mooring.sessions.models import Session

MEASURE = "session-alliance-clinician"


class CannotRate(ValueError):
    """There is nothing to rate; the text says why. Nothing was stored."""


def rate(
    session: Session, participation: Participation, answers: Mapping[str, float | None], *, by: User, at: datetime
) -> Submitted:
    """Keep the rating; the first one by each clinician counts. Raises CannotRate or checkins.submit.BadAnswers.

    It stands at the session's time, whenever it was given; `received_at` says when that was.
    """
    if session.course_id != participation.course_id:
        raise CannotRate(_("This session belongs to another course of therapy."))
    version = current(MEASURE)
    items = version.instrument.forms[FULL].items
    if all(answers.get(item) is None for item in items):
        raise CannotRate(_("No question was answered, so there is no rating."))
    block = BlockAnswers(version, None, language(version, participation), items, answers)
    with write():
        now = _as_it_stands(session)
        if now.kept != Session.Kept.HELD:
            raise CannotRate(_("Only a session that was held can be rated."))
        answered = Answered(
            client_made_id=now.rating_id(participation.pk, by.pk),
            answered_at=now.at,
            zone=participation.clinic.zone,
            blocks=[block],
            source=CheckIn.Source.KIOSK,
            rater=CheckIn.Rater.CLINICIAN,
        )
        return submit(participation, answered, by=by, at=at)


def _as_it_stands(session: Session) -> Session:
    """With what was corrected since it was fetched; a correction that comes meanwhile waits, and moves the rating."""
    Course.objects.select_for_update().get(pk=session.course_id)
    found: Session = Session.objects.get(pk=session.pk)
    return found


def language(version: InstrumentVersion, participation: Participation) -> str:
    """The clinic's language where the measure is worded in it, else the first it is worded in."""
    wordings = version.instrument.wording
    asked = participation.clinic.language
    return asked if asked in wordings else next(iter(wordings))
