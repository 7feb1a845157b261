"""Agree on a rhythm, change it, or end it. What was asked before stays as it was asked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from mooring.checkins.models import CheckInPlan, DueCheckIn
from mooring.checkins.schedule import schedule
from mooring.kit.transactions import write
from mooring.people.models import Participation, User
from mooring.privacy import audit


@dataclass(frozen=True)
class Agreement:
    """Which day the check-in is due, with whom security is asked, and who reads when."""

    weekday: int
    every_weeks: int
    security_figure: UUID | None
    reading_weekday: int
    reading_time: time
    own_measure: UUID | None = None
    own_every: int = 4


def agree(participation: Participation, agreed: Agreement, *, by: User, at: datetime) -> CheckInPlan:
    """The plan in force from now on. Another day or rhythm begins a new plan; the rest changes the present one."""
    with write():
        Participation.objects.select_for_update().get(pk=participation.pk)
        plan: CheckInPlan | None = participation.plans.filter(until__isnull=True).first()
        if plan is not None and (plan.weekday, plan.every_weeks) != (agreed.weekday, agreed.every_weeks):
            _end(plan, at)
            plan = None
        if plan is None:
            plan = CheckInPlan(
                clinic_id=participation.clinic_id,
                participation=participation,
                since=at,
                zone=participation.clinic.zone,
                language=participation.clinic.language,
                weekday=agreed.weekday,
                every_weeks=agreed.every_weeks,
                not_before=_not_before(participation, at),
            )
        plan.security_figure_id = agreed.security_figure
        plan.reader = by
        plan.reading_weekday = agreed.reading_weekday
        plan.reading_time = agreed.reading_time
        plan.own_measure_id = agreed.own_measure
        plan.own_every = agreed.own_every
        plan.save()
        schedule(plan, at)
        _record("agree", participation, by, at)
    return plan


def end(participation: Participation, *, by: User, at: datetime) -> bool:
    """Ask nothing any more; False when nothing was asked anyway. Answers that were given stay."""
    with write():
        Participation.objects.select_for_update().get(pk=participation.pk)
        plan: CheckInPlan | None = participation.plans.filter(until__isnull=True).first()
        if plan is None:
            return False
        _end(plan, at)
        _record("end-plan", participation, by, at)
    return True


def _not_before(participation: Participation, at: datetime) -> date | None:
    """The day after the check-in of these days, when it was answered or declined: nobody is asked twice."""
    these_days = DueCheckIn.objects.filter(participation=participation, opens_at__lte=at, closes_at__gt=at)
    settled = these_days.exclude(checkin__isnull=True, declined_at__isnull=True).order_by("-due_on").first()
    return None if settled is None else settled.due_on + timedelta(days=1)


def _end(plan: CheckInPlan, at: datetime) -> None:
    """End a plan, and take back what it has not asked yet; an open check-in may still be answered."""
    plan.until = max(at, plan.since)
    plan.save(update_fields=["until"])
    DueCheckIn.objects.filter(plan=plan, opens_at__gt=at, checkin__isnull=True, draft__isnull=True).delete()


def _record(action: str, participation: Participation, by: User, at: datetime) -> None:
    audit.record(
        action,
        action,
        actor=by.pk,
        subjects=[participation.client_id],
        at=at,
        clinic=participation.clinic_id,
    )
