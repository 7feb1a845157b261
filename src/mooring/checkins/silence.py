"""Notice who has gone quiet. Silence is told to the clinician; nobody is reminded more often for it."""

from datetime import date, datetime

from mooring.alerts.models import Kind, Signal
from mooring.checkins.judge import false_of_100
from mooring.checkins.models import CheckIn, CheckInPlan, DueCheckIn
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.science.operating_point import ASSUMED


def raise_silence(at: datetime) -> list[Signal]:
    """Raise a silence for each plan whose latest due check-ins all closed unanswered. Safe to repeat.

    “Not this week” is an answer, so it ends a silence.
    """
    plans = CheckInPlan.objects.in_force(at).filter(participation__course__until__isnull=True)
    return [signal for plan in plans if (signal := _judge(plan, at)) is not None]


def _judge(plan: CheckInPlan, at: datetime) -> Signal | None:
    limit = ASSUMED.missed_checkins
    closed = list(DueCheckIn.objects.filter(plan=plan, closes_at__lte=at).order_by("-due_on")[:limit])
    missed = DueCheckIn.objects.filter(pk__in=[due.pk for due in closed], checkin=None, declined_at=None).count()
    if missed < limit:
        return None
    last = CheckIn.objects.filter(participation=plan.participation_id).order_by("-occurred_at").first()
    since = last.local_date if last is not None else local_date(plan.since, plan.zone)
    return _raise(plan, since, closed[0].due_on, missed, at)


def _raise(plan: CheckInPlan, since: date, latest: date, missed: int, at: datetime) -> Signal | None:
    with write():
        signal, fresh = Signal.objects.get_or_create(
            participation_id=plan.participation_id,
            kind=Kind.SILENCE,
            instrument_key="",
            scale="",
            figure=None,
            since=since,
            defaults={
                "clinic_id": plan.clinic_id,
                "as_of": local_date(at, plan.zone),
                "raised_at": at,
                "evidence": {
                    "kind": Kind.SILENCE,
                    "missed": missed,
                    "latest_due_on": latest.isoformat(),
                    "asked": ASSUMED.missed_checkins,
                    "false_of_100": false_of_100(Kind.SILENCE),
                },
            },
        )
    return signal if fresh else None
