"""Everybody in somebody's care, by name. Names are sealed, so they are compared here and not in the database."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from mooring.caseload import moments
from mooring.checkins.models import CheckInPlan
from mooring.people.models import Participation, User


@dataclass(frozen=True)
class Entry:
    """One participation in the list."""

    participation: Participation
    name: str
    when: str
    """The next agreed reading, or empty."""
    ended: bool


def everybody(user: User, wanted: str, at: datetime, zone: str) -> list[Entry]:
    """Whom this user cares for now, sorted by name, those whose course has ended last; two queries."""
    mine = Participation.objects.cared_for_by(user, at).select_related("client", "course")
    plans = {
        plan.participation_id: plan
        for plan in CheckInPlan.objects.in_force(at).filter(participation__in=mine.values("pk"))
    }
    needle = _plain(wanted)
    entries = [
        _entry(participation, plans.get(participation.pk), at, zone)
        for participation in mine
        if needle in _plain(f"{participation.client.name} {participation.client.code}")
    ]
    return sorted(entries, key=lambda e: (e.ended, _plain(e.name), e.participation.client.code))


def _entry(participation: Participation, plan: CheckInPlan | None, at: datetime, zone: str) -> Entry:
    ended = participation.course.until is not None and participation.course.until <= at
    when = moments.near(plan.next_reading(at), at, zone) if plan is not None and not ended else ""
    return Entry(participation, participation.client.name or participation.client.code, when, ended)


def _plain(text: str) -> str:
    """Without accents and case, so that “Zoe” finds Zoë."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
