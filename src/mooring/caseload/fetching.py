"""Fetch through permission: what this clinician may not read does not exist for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from mooring.people.models import Clinic, Membership, Participation
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


def cared_for(user: Any, participation: UUID, at: datetime) -> Participation:
    """One participation this user cares for now; raises Http404."""
    found = (
        Participation.objects.cared_for_by(user, at)
        .select_related("client", "course", "clinic")
        .filter(pk=participation)
        .first()
    )
    if found is None:
        raise Http404
    return found
