"""Write the access log."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mooring.privacy.models import AccessEntry


def record(
    action: str,
    route: str,
    *,
    actor: UUID | None,
    subjects: Iterable[UUID],
    at: datetime,
    clinic: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one entry: one row for a page, however many people it shows. Names and answers do not belong here."""
    AccessEntry.objects.create(
        at=at,
        clinic=clinic,
        actor=actor,
        action=action,
        route=route,
        subjects=sorted({str(subject) for subject in subjects}),
        detail=dict(detail or {}),
    )
