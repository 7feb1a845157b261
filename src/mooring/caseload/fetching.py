"""Whose caseload it is."""

from datetime import datetime
from typing import Any

from django.http import Http404

from mooring.people.models import Clinic, Membership
from mooring.people.models.course import CLINICAL_ROLES


def clinic_of(user: Any, at: datetime) -> Clinic:
    """The clinic whose caseload this user may open; raises Http404 for everybody without a clinical role."""
    held = (
        Membership.objects.in_force(at)
        .filter(user=user, role__in=CLINICAL_ROLES)
        .select_related("clinic")
        .order_by("since", "pk")
        .first()
    )
    if held is None or not user.is_active:
        raise Http404
    clinic: Clinic = held.clinic
    return clinic
