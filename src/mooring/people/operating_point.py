"""Choose how readily a clinic's rules speak: from now on, for what comes in from now on."""

from datetime import datetime

from mooring.kit.transactions import write
from mooring.people.models import Clinic, User
from mooring.privacy import audit


def choose_operating_point(clinic: Clinic, point: Clinic.OperatingPoint, *, by: User, at: datetime) -> bool:
    """Put a point in force; False where it is already. Signals that were raised keep the one they were raised at."""
    with write():
        locked = Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
        before = locked.operating_point
        if before == point:
            return False
        locked.operating_point, locked.operating_point_since = point, at
        locked.save(update_fields=["operating_point", "operating_point_since"])
        audit.record(
            "choose",
            "caseload:signals",
            actor=by.pk,
            subjects=[],
            at=at,
            clinic=clinic.pk,
            detail={"operating_point": str(point), "before": before},
        )
    return True
