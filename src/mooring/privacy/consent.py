"""Give, withdraw and ask for consent. What is in force is decided by the latest event."""

from datetime import datetime
from uuid import UUID

from mooring.privacy.models import ConsentEvent

Purpose = ConsentEvent.Purpose
Action = ConsentEvent.Action


def express(
    action: ConsentEvent.Action,
    purpose: ConsentEvent.Purpose,
    *,
    subject: UUID,
    clinic: UUID,
    text_version: str,
    actor: UUID,
    at: datetime,
) -> ConsentEvent:
    """Write down that consent was given or withdrawn, and to which wording."""
    return ConsentEvent.objects.create(
        action=action,
        purpose=purpose,
        subject=subject,
        clinic=clinic,
        text_version=text_version,
        actor=actor,
        at=at,
    )


def in_force(purpose: ConsentEvent.Purpose, subject: UUID, at: datetime) -> bool:
    """Whether the person's latest word on this purpose up to `at` was a yes. Nothing said is a no."""
    latest = ConsentEvent.objects.filter(subject=subject, purpose=purpose, at__lte=at).order_by("-at", "-id").first()
    return latest is not None and latest.action == Action.GIVEN


def all_in_force(purpose: ConsentEvent.Purpose, clinic: UUID, at: datetime) -> set[UUID]:
    """Everybody of a clinic whose latest word on this purpose up to `at` was a yes."""
    events = ConsentEvent.objects.filter(clinic=clinic, purpose=purpose, at__lte=at).order_by("at", "id")
    latest = dict(events.values_list("subject", "action"))
    return {subject for subject, action in latest.items() if action == Action.GIVEN}
