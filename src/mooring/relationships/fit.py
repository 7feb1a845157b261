"""Keep what a client answered to “Your answers suggest…; does this fit?”"""

from collections.abc import Mapping
from datetime import datetime

from mooring.kit.transactions import write
from mooring.people.models import Participation, User
from mooring.privacy import audit
from mooring.relationships.models import Figure, Fit


def answer(
    participation: Participation,
    figure: Figure,
    given: Fit.Answer,
    suggested: Mapping[str, str],
    *,
    by: User,
    at: datetime,
) -> Fit:
    """Add an answer; a change of mind is another row, a second tap is none."""
    with write():
        Participation.objects.select_for_update().get(pk=participation.pk)
        before = latest(participation, figure)
        if before is not None and (before.answer, before.suggested) == (given, dict(suggested)):
            return before
        kept = Fit.objects.create(
            clinic_id=participation.clinic_id,
            participation=participation,
            figure=figure,
            answer=given,
            suggested=dict(suggested),
            at=at,
        )
        audit.record(
            "fit", "fit", actor=by.pk, subjects=[participation.client_id], at=at, clinic=participation.clinic_id
        )
    return kept


def latest(participation: Participation, figure: Figure) -> Fit | None:
    """The answer that counts."""
    return Fit.objects.filter(participation=participation, figure=figure).order_by("-at").first()
