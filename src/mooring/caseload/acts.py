"""What a clinician does: marks as read, says that it was talked about, or that a signal was not useful."""

from datetime import MAXYEAR, MINYEAR, datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mooring.alerts.acknowledge import CannotAcknowledge
from mooring.alerts.acknowledge import acknowledge as keep_acknowledged
from mooring.alerts.models import Acknowledgement, Signal
from mooring.checkins.models import CheckIn
from mooring.checkins.read import mark_read
from mooring.checkins.read import talked as keep_talked
from mooring.kit.requests import SignedInRequest
from mooring.people.care import cared_for
from mooring.people.models import Participation


@login_required
@require_POST
def read(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """Mark what the brief showed as read."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    shown_at = _shown_at(request.POST.get("shown_at", ""))
    if shown_at is None:
        # Without it nobody knows what was on the screen, and an answer that nobody saw must not count as read.
        messages.error(request, _("Nothing was marked. Please read this page as it is now, and mark it then."))
    else:
        mark_read(found, by=request.user, at=at, upto=shown_at)
        messages.success(request, _("Marked as read. %(name)s’s screen says so.") % {"name": _first_name(found)})
    return redirect("caseload:brief", participation=found.pk)


@login_required
@require_POST
def talked(request: SignedInRequest, participation: UUID, checkin: UUID) -> HttpResponse:
    """What they wrote came up in a session."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    theirs = CheckIn.objects.of_the_client().filter(participation=found).select_related("participation")
    written = get_object_or_404(theirs, pk=checkin)
    keep_talked(written, by=request.user, at=at)
    messages.success(request, _("Noted. %(name)s sees that you talked about it.") % {"name": _first_name(found)})
    return redirect("caseload:brief", participation=found.pk)


@login_required
@sensitive_post_parameters("reason")
@require_POST
def acknowledge(request: SignedInRequest, signal: UUID) -> HttpResponse:
    """We talked about it, or it was not useful."""
    at = timezone.now()
    mine = Participation.objects.cared_for_by(request.user, at)
    signals = Signal.objects.filter(participation__in=mine).select_related("participation__client")
    about = get_object_or_404(signals, pk=signal)
    kind = request.POST.get("kind", "")
    if kind not in Acknowledgement.Kind.values:
        raise Http404
    try:
        keep_acknowledged(
            about,
            Acknowledgement.Kind(kind),
            by=request.user,
            at=at,
            reason=request.POST.get("reason", ""),
        )
    except CannotAcknowledge as error:
        messages.error(request, str(error))
    else:
        client = about.participation.client
        said = _("Noted for %(name)s: the signal stays on the case page.")
        messages.success(request, said % {"name": client.name or client.code})
    back = request.POST.get("back")
    if back in {"case", "brief"}:
        return redirect(f"caseload:{back}", participation=about.participation_id)
    return redirect("caseload:caseload")


def _shown_at(text: str) -> datetime | None:
    """When the page that was read had been made; None when that cannot be told."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year in {MINYEAR, MAXYEAR}:
        return None
    return moment


def _first_name(participation: Participation) -> str:
    client = participation.client
    return str(client.first_name or client.name or client.code)
