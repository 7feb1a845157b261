"""Fetch through permission: who may bring measures into which clinic, and whose drafts and measures these are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from mooring.instruments.models import InstrumentVersion, MeasureDraft
from mooring.people.models import Clinic, Membership
from mooring.people.models.course import CLINICAL_ROLES

MEASURE_ROLES = (*CLINICAL_ROLES, Membership.Role.ADMIN)


def _memberships(user: Any, at: datetime) -> Any:
    return Membership.objects.in_force(at).filter(user=user, role__in=MEASURE_ROLES)


def clinic_for_measures(user: Any, at: datetime) -> Clinic:
    """The clinic into which this user may bring measures; raises Http404 for everybody else."""
    held = _memberships(user, at).select_related("clinic").order_by("since", "pk").first()
    if held is None or not user.is_active:
        raise Http404
    clinic: Clinic = held.clinic
    return clinic


def is_clinical(user: Any, clinic: Clinic, at: datetime) -> bool:
    """Whether the caseload is open to this user: an administrator has none."""
    return bool(_memberships(user, at).filter(clinic=clinic, role__in=CLINICAL_ROLES).exists())


def draft_of(user: Any, draft: UUID, at: datetime) -> MeasureDraft:
    """A draft that this user began, in a clinic whose measures they may still bring; raises Http404."""
    clinics = _memberships(user, at).values("clinic")
    found = MeasureDraft.objects.filter(pk=draft, by=user, clinic__in=clinics).select_related("clinic").first()
    if found is None or not user.is_active:
        raise Http404
    return found


def version_of(user: Any, version: UUID, at: datetime) -> InstrumentVersion:
    """A measure of a clinic of this user's own; raises Http404."""
    clinics = _memberships(user, at).values("clinic")
    found = InstrumentVersion.objects.filter(pk=version, clinic__in=clinics).select_related("clinic").first()
    if found is None or not user.is_active:
        raise Http404
    return found
