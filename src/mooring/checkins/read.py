"""What a clinician did with answers: read them, and talked about what was written. Both come back to the client."""

from datetime import datetime

from mooring.checkins.models import CheckIn, Conversation, Reading
from mooring.kit.transactions import write
from mooring.people.models import Participation, User
from mooring.privacy import audit


def mark_read(participation: Participation, *, by: User, at: datetime, upto: datetime | None = None) -> int:
    """Mark every unread check-in received until `upto` (until now) as read; returns how many there were.

    `upto` is what the page showed: an answer that came in meanwhile stays unread, since nobody saw it.
    """
    limit = at if upto is None else min(upto, at)
    with write():
        # The lock makes a double tap wait, and then find nothing unread.
        Participation.objects.select_for_update().get(pk=participation.pk)
        unread = CheckIn.objects.filter(participation=participation, received_at__lte=limit).unread()
        keys = list(unread.values_list("pk", flat=True))
        if not keys:
            return 0
        Reading.objects.bulk_create(
            Reading(clinic_id=participation.clinic_id, checkin_id=key, by=by, at=at) for key in keys
        )
        _record("mark-read", participation, by, at)
    return len(keys)


def talked(checkin: CheckIn, *, by: User, at: datetime) -> Conversation:
    """Keep that what a check-in said they want to talk about came up; the first call counts."""
    with write():
        kept: Conversation
        kept, fresh = Conversation.objects.get_or_create(
            checkin=checkin, defaults={"clinic_id": checkin.clinic_id, "by": by, "at": at}
        )
        if fresh:
            _record("talked", checkin.participation, by, at)
    return kept


def _record(action: str, participation: Participation, by: User, at: datetime) -> None:
    audit.record(
        action,
        action,
        actor=by.pk,
        subjects=[participation.client_id],
        at=at,
        clinic=participation.clinic_id,
    )
