"""Whose answers may teach how answers usually change: those who agreed to a wording that says so."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery

from mooring.checkins.models import CheckIn
from mooring.people.models import Client, Clinic, Participation
from mooring.privacy.consent import Action, Purpose
from mooring.privacy.models import ConsentEvent
from mooring.privacy.sealed import Unreadable

WORDING = "quality-2026-11-c"
"""Of home.agreeing: the first that speaks of how answers change over the weeks. A yes to an earlier one was a yes to
learning how well each question works, and is not stretched; a yes to research is one to other people's studies."""
SPEAK_OF_CHANGE = frozenset({WORDING})
ANSWERS = 3
"""Least of a person: below it a level, its slope and a bad day cannot be told apart."""


def learners(clinic: Clinic, at: datetime) -> set[UUID]:
    """Clients of this clinic whose latest word on quality up to `at` was a yes to such a wording, and who were not
    erased."""
    events = ConsentEvent.objects.filter(clinic=clinic.pk, purpose=Purpose.QUALITY, at__lte=at).order_by("at", "id")
    latest = {subject: (action, wording) for subject, action, wording in events.values_list(*_WORD)}
    yes = {one for one, (action, wording) in latest.items() if action == Action.GIVEN and wording in SPEAK_OF_CHANGE}
    clients = Client.objects.filter(pk__in=yes, clinic=clinic)
    return {one.pk for one in clients if not isinstance(one.gender, Unreadable)}


_WORD = ("subject", "action", "text_version")


def closed_courses(clinic: Clinic, at: datetime) -> int:
    """People of whose finished course may be learned now: one query. Who was erased since is still among them."""
    word = ConsentEvent.objects.filter(
        subject=OuterRef("client"), clinic=clinic.pk, purpose=Purpose.QUALITY, at__lte=at
    ).order_by("-at", "-id")
    answered = (
        CheckIn.objects.filter(participation=OuterRef("pk"), rater=CheckIn.Rater.CLIENT)
        .order_by()
        .values("participation")
        .annotate(n=Count("pk"))
        .values("n")
    )
    found = Participation.objects.filter(clinic=clinic, course__until__lte=at).annotate(
        word=Subquery(word.values("action")[:1]),
        wording=Subquery(word.values("text_version")[:1]),
        answered=Subquery(answered),
    )
    agreed = found.filter(word=Action.GIVEN, wording__in=SPEAK_OF_CHANGE, answered__gte=ANSWERS)
    return agreed.aggregate(people=Count("client", distinct=True))["people"] or 0
