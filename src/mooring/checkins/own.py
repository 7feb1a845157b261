"""A client's own check-ins, and which of their courses a visit is about. Fetching and permission are one step."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404

from mooring.checkins.models import CheckIn, Draft, DueCheckIn
from mooring.kit.requests import SignedInRequest
from mooring.people.models import Participation
from mooring.privacy import audit

Standing = Literal["answered", "declined", "early", "closed", "nobody", "open"]
_KEPT = "participation"


def due_of(request: SignedInRequest, key: UUID, at: datetime) -> DueCheckIn:
    """One due check-in of the signed-in client's own; anybody else's is a 404."""
    mine = DueCheckIn.objects.filter(participation__in=Participation.objects.of(request.user)).with_carers(at)
    return get_object_or_404(
        mine.select_related("plan__reader", "plan__participation", "participation__course", "draft", "checkin"),
        pk=key,
    )


def draft_of(due: DueCheckIn) -> Draft | None:
    """What was begun and not sent."""
    return getattr(due, "draft", None)


def checkin_of(due: DueCheckIn) -> CheckIn | None:
    """What was sent."""
    return getattr(due, "checkin", None)


def ends(due: DueCheckIn) -> datetime:
    """When it closes: with its time, with the agreement it belongs to, or with the course of therapy."""
    return min(filter(None, [due.closes_at, due.plan.until, due.participation.course.until]))


def standing(due: DueCheckIn, at: datetime) -> Standing:
    """Whether it can be answered at that moment, and if not, why. Nobody is asked what nobody would read."""
    if checkin_of(due) is not None:
        return "answered"
    if at >= ends(due):
        return "closed"
    if not due.cared_for:
        return "nobody"
    if at < due.opens_at:
        return "early"
    return "open" if due.declined_at is None else "declined"


def participations(request: SignedInRequest) -> tuple[Participation, list[Participation]]:
    """The participation that this visit is about, and all of the client's own; 404 for whoever has none.

    A person's courses never mix: every page shows one of them. The visit remembers which.
    """
    own = list(
        Participation.objects.of(request.user)
        .select_related("course", "client__clinic")
        .order_by(F("course__until").desc(nulls_first=True), "-course__since", "pk")
    )
    if not own:
        raise Http404
    kept = request.session.get(_KEPT)
    return next((one for one in own if str(one.pk) == kept), own[0]), own


def turn_to(request: SignedInRequest, participation: UUID) -> None:
    """From now on this visit is about that participation; 404 unless it is their own."""
    own = get_object_or_404(Participation.objects.of(request.user), pk=participation)
    request.session[_KEPT] = str(own.pk)


def record_read(request: SignedInRequest, participation: Participation, at: datetime) -> None:
    """One row a page in the access log."""
    match = request.resolver_match
    audit.record(
        "read",
        match.view_name if match else "",
        actor=request.user.pk,
        subjects=[participation.client_id],
        at=at,
        clinic=participation.clinic_id,
    )
