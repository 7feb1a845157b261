"""“Not this week”, and a change of mind while the check-in is still open. Both are answers; neither is punished."""

from datetime import datetime

from mooring.checkins.models import DueCheckIn
from mooring.kit.transactions import write
from mooring.people.models import User
from mooring.privacy import audit


def decline(due: DueCheckIn, *, by: User, at: datetime) -> bool:
    """Note that the client will not answer this one; False when it was not open. What they began is kept."""
    with write():
        changed = DueCheckIn.objects.filter(pk=due.pk).open(at).update(declined_at=at)
        if changed:
            _record("decline", due, by, at)
    return bool(changed)


def ask_again(due: DueCheckIn, *, by: User, at: datetime) -> bool:
    """Open a declined check-in anew; False when its time is over or it was not declined."""
    with write():
        changed = DueCheckIn.objects.filter(
            pk=due.pk, declined_at__isnull=False, opens_at__lte=at, closes_at__gt=at
        ).update(declined_at=None)
        if changed:
            _record("ask-again", due, by, at)
    return bool(changed)


def _record(action: str, due: DueCheckIn, by: User, at: datetime) -> None:
    audit.record(action, action, actor=by.pk, subjects=[due.participation.client_id], at=at, clinic=due.clinic_id)
