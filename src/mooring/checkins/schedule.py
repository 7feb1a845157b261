"""Agree on a plan and put its due check-ins down ahead of time, so that opening a page writes nothing."""

from datetime import datetime, time, timedelta

from mooring.checkins.models import CheckInPlan, DueCheckIn
from mooring.kit.dates import instant_of, local_date
from mooring.kit.transactions import write

# A check-in is open from the evening before its day, when people have time, until the next one opens.
OPENS_EVENING_BEFORE = time(18, 0)
AHEAD = timedelta(weeks=5)


def schedule(plan: CheckInPlan, at: datetime) -> int:
    """Write the plan's due rows up to five weeks ahead; returns how many were new. Safe to repeat."""
    step = timedelta(weeks=plan.every_weeks)
    last = local_date(min(at + AHEAD, plan.until or at + AHEAD), plan.zone)
    latest = DueCheckIn.objects.filter(plan=plan).order_by("-due_on").values_list("due_on", flat=True).first()
    day = plan.first_due_on if latest is None else latest + step
    rows = []
    while day <= last:
        rows.append(
            DueCheckIn(
                clinic_id=plan.clinic_id,
                plan=plan,
                participation_id=plan.participation_id,
                due_on=day,
                opens_at=instant_of(day - timedelta(days=1), OPENS_EVENING_BEFORE, plan.zone),
                closes_at=instant_of(day + step - timedelta(days=1), OPENS_EVENING_BEFORE, plan.zone),
            )
        )
        day += step
    with write():
        return len(DueCheckIn.objects.bulk_create(rows, ignore_conflicts=True))


def schedule_all(at: datetime) -> int:
    """Extend every plan in force."""
    plans = CheckInPlan.objects.in_force(at).filter(participation__course__until__isnull=True)
    return sum(schedule(plan, at) for plan in plans)
