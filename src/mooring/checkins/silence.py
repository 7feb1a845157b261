"""Notice who has gone quiet. Silence is told to the clinician; nobody is reminded more often for it.

One open silence grows with each further check-in that closes unanswered; after somebody has talked about it, the same
silence is not told again, and a new one is.
"""

from datetime import date, datetime
from itertools import takewhile
from typing import Any

from mooring.alerts.models import Growth, Kind, Signal
from mooring.checkins.models import CheckIn, CheckInPlan, DueCheckIn
from mooring.checkins.operating_point import false_of_100, point_of
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Participation
from mooring.science import version


def raise_silence(at: datetime) -> list[Signal]:
    """Raise a silence for each plan whose latest due check-ins all closed unanswered, or let an open one grow.

    Returns the new signals. Safe to repeat. “Not this week” is an answer, so it ends a silence.
    """
    plans = CheckInPlan.objects.in_force(at).filter(participation__course__until__isnull=True)
    return [signal for plan in plans.select_related("clinic") if (signal := _judge(plan, at)) is not None]


def _judge(plan: CheckInPlan, at: datetime) -> Signal | None:
    limit = point_of(plan.clinic).missed_checkins
    closed = DueCheckIn.objects.filter(plan=plan, closes_at__lte=at).order_by("-due_on")
    if len(_missed(closed[:limit])) < limit:
        return None
    missed = _missed(closed)
    return _tell(plan, _heard_on(plan), missed, at)


def _heard_on(plan: CheckInPlan) -> date:
    """The day on which they were last heard of: they answered, said “not this week”, or agreed to be asked."""
    last = CheckIn.objects.of_the_client().filter(participation=plan.participation_id).order_by("-occurred_at").first()
    heard = last.local_date if last is not None else local_date(plan.since, plan.zone)
    put_off = DueCheckIn.objects.filter(participation=plan.participation_id, declined_at__isnull=False)
    latest = put_off.order_by("-declined_at").values_list("declined_at", flat=True).first()
    return heard if latest is None else max(heard, local_date(latest, plan.zone))


def _missed(closed: Any) -> list[date]:
    """The days of those that nobody answered, latest first, back to the last answer."""
    rows = closed.values_list("due_on", "declined_at", "checkin")
    return [row[0] for row in takewhile(lambda row: row[1] is None and row[2] is None, rows)]


def _tell(plan: CheckInPlan, since: date, missed: list[date], at: datetime) -> Signal | None:
    today = local_date(at, plan.zone)
    with write():
        # As a submit does: two workers, or a worker and an answer that comes in, tell a matter once.
        Participation.objects.select_for_update().get(pk=plan.participation_id)
        told = Signal.objects.filter(participation=plan.participation_id, kind=Kind.SILENCE)
        known = list(told.prefetch_related("acknowledgements", "growths").order_by("raised_at"))
        open_ = next((signal for signal in reversed(known) if signal.open_at(at)), None)
        if open_ is None:
            if since.isoformat() in {one for signal in known for one in _sinces(signal)}:
                return None
            return Signal.objects.create(
                clinic_id=plan.clinic_id,
                participation_id=plan.participation_id,
                kind=Kind.SILENCE,
                since=since,
                as_of=today,
                raised_at=at,
                evidence=_evidence(plan, since, missed),
            )
        growths = sorted(open_.growths.all(), key=lambda growth: growth.at)
        frozen = growths[-1].evidence if growths else open_.evidence
        anew = since.isoformat() not in _sinces(open_)
        if open_.latest_as_of < today and (anew or len(missed) > frozen.get("missed", 0)):
            Growth.objects.create(
                clinic_id=plan.clinic_id,
                signal=open_,
                anew=anew,
                as_of=today,
                at=at,
                evidence=_evidence(plan, since, missed),
            )
    return None


def _sinces(signal: Signal) -> list[str]:
    """When the silences began that this signal told of."""
    return [signal.since.isoformat(), *(growth.evidence["since"] for growth in signal.growths.all())]


def _evidence(plan: CheckInPlan, since: date, missed: list[date]) -> dict[str, Any]:
    point = plan.clinic.operating_point
    return {
        "kind": Kind.SILENCE,
        "since": since.isoformat(),
        "missed": len(missed),
        "missed_on": [day.isoformat() for day in sorted(missed)],
        "latest_due_on": missed[0].isoformat(),
        "asked": point_of(plan.clinic).missed_checkins,
        "operating_point": point,
        "false_of_100": false_of_100(Kind.SILENCE, point),
        "science_version": version.of("silence"),
    }
