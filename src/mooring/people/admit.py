"""Take a client in: their record, a course of therapy, their part in it, and who cares for them."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mooring.kit.transactions import write
from mooring.people.models import CareRelation, Client, Clinic, Course, Participation, User
from mooring.privacy import audit


@dataclass(frozen=True)
class Newcomer:
    """Who is taken in, as the clinician wrote it."""

    made_id: UUID
    """Made with the form, so that sending it twice takes one person in."""
    name: str
    first_name: str
    pronouns: str
    code: str


class CodeTaken(ValueError):
    """Another client of the clinic has this code; nothing was stored."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The code “{code}” belongs to another client. Choose a free one.")


class FormSpent(ValueError):
    """The form's own identifier belongs to somebody whom this clinician did not just take in; nothing was stored."""

    def __init__(self) -> None:
        super().__init__("This form was used before. Open a fresh one and fill it in again.")


def admit(clinic: Clinic, newcomer: Newcomer, *, by: User, at: datetime) -> tuple[Participation, bool]:
    """The newcomer's participation, cared for by `by`, and whether this call made it; raises CodeTaken or FormSpent."""
    with write():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        if Client.objects.filter(pk=newcomer.made_id).exists():
            # Whoever knows a client's identifier must not get their name and a link into their record by it.
            mine = Participation.objects.cared_for_by(by, at).filter(client=newcomer.made_id, clinic=clinic)
            found = mine.select_related("client", "course", "clinic").order_by("course__since", "pk").first()
            if found is None:
                raise FormSpent
            return found, False
        if Client.objects.filter(clinic=clinic, code=newcomer.code).exists():
            raise CodeTaken(newcomer.code)
        client = Client.objects.create(
            id=newcomer.made_id,
            clinic=clinic,
            code=newcomer.code,
            name=newcomer.name,
            first_name=newcomer.first_name,
            pronouns=newcomer.pronouns,
        )
        course = Course.objects.create(clinic=clinic, since=at)
        participation = Participation.objects.create(clinic=clinic, course=course, client=client)
        CareRelation.objects.create(clinic=clinic, participation=participation, clinician=by, since=at)
        audit.record("admit", "admit", actor=by.pk, subjects=[client.pk], at=at, clinic=clinic.pk)
    return participation, True


def next_code(clinic: Clinic) -> str:
    """The code after the highest of those that the clinic counts with, in its own way of writing them."""
    codes = Client.objects.filter(clinic=clinic).values_list("code", flat=True)
    counted = [found.groups() for code in codes if (found := re.fullmatch(r"(.*?)(\d{1,9})", code))]
    if not counted:
        return "C-001"
    prefix = Counter(prefix for prefix, _ in counted).most_common(1)[0][0]
    digits = max((digits for own, digits in counted if own == prefix), key=int)
    return f"{prefix}{int(digits) + 1:0{len(digits)}}"
