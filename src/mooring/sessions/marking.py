"""What a clinician does about ruptures: marks one, says when it was talked about or repaired, withdraws a mark."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from mooring.kit.dates import local_date
from mooring.kit.requests import SignedInRequest
from mooring.people.care import cared_for
from mooring.people.models import Participation
from mooring.sessions import rupture as verbs
from mooring.sessions.fetching import rupture_of
from mooring.sessions.forms import RuptureForm, StepForm
from mooring.sessions.models import Session
from mooring.sessions.page import page
from mooring.sessions.views import shown


@login_required
@sensitive_post_parameters("note")
@require_POST
def mark(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """Mark a rupture, of a candidate or of one's own noticing."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    form = RuptureForm(request.POST)
    if form.is_valid():
        on = form.cleaned_data["noticed_on"]
        noticed = verbs.Noticed(on, _held_on(found, on), form.cleaned_data["note"])
        try:
            verbs.mark(found, noticed, made_id=form.cleaned_data["made_id"], by=request.user, at=at)
        except verbs.CannotMark as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Marked. It stands on the timeline too."))
            return redirect("sessions:alliance", participation=found.pk)
    # What was written stays in the form.
    return shown(request, "sessions/alliance.html", found, at, 422, page=page(found, request.user, at), form=form)


@login_required
@require_POST
def step(request: SignedInRequest, participation: UUID, rupture: UUID) -> HttpResponse:
    """Talked about, repaired, or withdrawn."""
    at = timezone.now()
    found, about = rupture_of(request.user, participation, rupture, at)
    wanted, form = request.POST.get("step", ""), StepForm(request.POST)
    try:
        if wanted == "withdraw":
            verbs.withdraw(about, by=request.user, at=at)
            messages.success(request, _("Withdrawn. The mark is kept and no longer counts."))
        elif wanted in {"named", "repaired"} and form.is_valid():
            verb = verbs.name if wanted == "named" else verbs.repair
            verb(about, form.cleaned_data["on"], by=request.user, at=at)
            messages.success(request, _("Noted."))
        else:
            messages.error(request, _("Nothing was noted. Please choose a day."))
    except verbs.CannotMark as error:
        messages.error(request, str(error))
    return redirect("sessions:alliance", participation=found.pk)


def _held_on(participation: Participation, day: date) -> Session | None:
    """The session that was held on this day, on the clinic's calendar."""
    zone = participation.clinic.zone
    held = Session.objects.of(participation).filter(kept=Session.Kept.HELD).in_order()
    return next((one for one in held if local_date(one.at, zone) == day), None)
