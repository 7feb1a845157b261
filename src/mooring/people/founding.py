"""What is done at the console before anybody can sign in: make a clinic, invite its first members."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from mooring.kit.dates import zone as require_zone
from mooring.people.joining import invite
from mooring.people.models import Clinic, Membership

_NUMBER = re.compile(r"\+?[\d\s()./-]*\d[\d\s()./-]*")


@dataclass(frozen=True)
class CrisisLine:
    """A line to call, as a clinic checked it."""

    name: str
    number: str
    hours: str = ""
    source: str = ""


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


def the_only_clinic() -> Clinic:
    """Where there is one, nobody needs to name it; raises LookupError."""
    found = list(Clinic.objects.all()[:2])
    if not found:
        raise LookupError("There is no clinic here yet: `mooring clinic new` makes one.")
    if len(found) > 1:
        raise LookupError("Say which clinic: --clinic UUID. `mooring clinic list` shows them.")
    return found[0]


def name_crisis_line(clinic: str, line: CrisisLine, on: date) -> list[dict[str, Any]]:
    """Put a crisis line into the clinic's list in place of one with the same name; without a number take it away.

    Returns the list; raises LookupError or ValueError.
    """
    where, name, number = clinic_of(clinic), line.name.strip(), line.number.strip()
    if not name:
        raise ValueError("A crisis line needs a name.")
    if number and not _NUMBER.fullmatch(number):
        raise ValueError(f"“{number}” is not a telephone number. Write digits, such as 0800 000 000.")
    kept = [one for one in where.crisis_lines if one["name"] != name]
    if not number and len(kept) == len(where.crisis_lines):
        raise LookupError(f"This clinic has no crisis line “{name}”.")
    checked = {**asdict(line), "name": name, "number": number, "checked_on": on.isoformat()}
    lines = [*kept, checked] if number else kept
    where.crisis_lines = lines
    where.save(update_fields=["crisis_lines"])
    return lines


def invite_staff(email: str, clinic: str, role: str, at: datetime) -> str:
    """An invitation link for a member of staff; raises LookupError or ValueError."""
    if role not in Membership.Role.values:
        raise ValueError(f"“{role}” is not a role. Choose one of {', '.join(Membership.Role.values)}.")
    if "@" not in email:
        raise ValueError(f"“{email}” is not an e-mail address.")
    invited = invite(clinic_of(clinic), email, role=Membership.Role(role), at=at)
    return f"{settings.MOORING_ORIGIN}{reverse('join', args=[invited.secret])}"
