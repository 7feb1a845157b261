"""What is done at the console before anybody can sign in: make a clinic, invite its first members."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from mooring.kit.dates import zone as require_zone
from mooring.people.joining import invite
from mooring.people.models import Clinic, Membership


def found(name: str, zone: str) -> Clinic:
    """Make a clinic; raises ValueError for a zone that does not exist or an empty name."""
    require_zone(zone)
    if not name.strip():
        raise ValueError("A clinic needs a name.")
    made: Clinic = Clinic.objects.create(name=name.strip(), zone=zone)
    return made


def clinics() -> list[Clinic]:
    """Every clinic of this installation."""
    return list(Clinic.objects.order_by("name"))


def clinic_of(identifier: str) -> Clinic:
    """The clinic with that UUID; raises LookupError that says how to find it."""
    try:
        return Clinic.objects.get(pk=UUID(identifier))
    except (Clinic.DoesNotExist, ValueError) as error:
        raise LookupError(f"There is no clinic “{identifier}”. `mooring clinic list` shows them.") from error


def invite_staff(email: str, clinic: str, role: str, at: datetime) -> str:
    """An invitation link for a member of staff; raises LookupError or ValueError."""
    if role not in Membership.Role.values:
        raise ValueError(f"“{role}” is not a role. Choose one of {', '.join(Membership.Role.values)}.")
    if "@" not in email:
        raise ValueError(f"“{email}” is not an e-mail address.")
    invited = invite(clinic_of(clinic), email, role=Membership.Role(role), at=at)
    return f"{settings.MOORING_ORIGIN}{reverse('join', args=[invited.secret])}"
