"""Pages about sessions: after one, a correction, a rating, and the alliance of both raters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mooring.instruments.publish import current
from mooring.kit.dates import zone
from mooring.kit.requests import SignedInRequest
from mooring.kit.transactions import write
from mooring.people.care import cared_for
from mooring.people.models import Participation
from mooring.privacy import audit
from mooring.sessions.fetching import called, readers, session_of
from mooring.sessions.forms import RatingForm, RuptureForm, SessionForm, TookForm
from mooring.sessions.models import Session
from mooring.sessions.page import page
from mooring.sessions.rate import MEASURE, CannotRate, language, rate
from mooring.sessions.record import CannotRecord, record
from mooring.sessions.record import correct as put_right


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def after(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """After the session: whether it took place, and how it was as the clinician saw it."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    form = SessionForm(request.POST or None, zone_name=found.clinic.zone, at=at)
    questions = _questions(request, found)
    if request.method == "POST" and form.is_valid() and questions.is_valid():
        try:
            _keep(found, form, questions, request.user, at)
        except (CannotRecord, CannotRate) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded."))
            return redirect("sessions:alliance", participation=found.pk)
    return _form(request, "sessions/after.html", found, at, form=form, questions=questions)


def _keep(participation: Participation, form: SessionForm, questions: RatingForm, by: Any, at: datetime) -> None:
    """Session and rating together, or neither."""
    took, answers = form.took(), questions.answers()
    with write():
        made_id = form.cleaned_data["made_id"]
        session, _fresh = record(participation.course, took, made_id=made_id, by=by, at=at)
        if session.kept == Session.Kept.HELD and any(value is not None for value in answers.values()):
            rate(session, participation, answers, by=by, at=at)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rating(request: SignedInRequest, participation: UUID, session: UUID) -> HttpResponse:
    """Rate a session that is recorded already."""
    at = timezone.now()
    found, about = session_of(request.user, participation, session, at)
    questions = _questions(request, found)
    if request.method == "POST" and questions.is_valid():
        try:
            kept = rate(about, found, questions.answers(), by=request.user, at=at)
        except CannotRate as error:
            questions.add_error(None, str(error))
        else:
            said = _("Your rating is kept.") if kept.fresh else _("You had rated this session before; that one counts.")
            messages.success(request, said)
            return redirect("sessions:alliance", participation=found.pk)
    moment = about.at.astimezone(zone(found.clinic.zone))
    return _form(request, "sessions/rating.html", found, at, questions=questions, session=about, moment=moment)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, participation: UUID, session: UUID) -> HttpResponse:
    """Put right what was recorded wrongly."""
    at = timezone.now()
    found, about = session_of(request.user, participation, session, at)
    form = TookForm(request.POST or None, zone_name=found.clinic.zone, at=about.at)
    form.initial["kept"] = about.kept
    if request.method == "POST" and form.is_valid():
        try:
            put_right(about, form.took(), by=request.user, at=at)
        except CannotRecord as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Corrected. What stood there before is in the log of this record."))
            return redirect("sessions:alliance", participation=found.pk)
    return _form(request, "sessions/correct.html", found, at, form=form, session=about)


@login_required
@require_safe
def alliance(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """Both raters' control charts, how far they agree, ruptures, and the sessions."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    marking = RuptureForm.fresh(found.clinic.zone, at)
    return shown(request, "sessions/alliance.html", found, at, page=page(found, request.user, at), form=marking)


def _questions(request: SignedInRequest, participation: Participation) -> RatingForm:
    version = current(MEASURE)
    return RatingForm(request.POST or None, version=version, language=language(version, participation))


def _form(
    request: SignedInRequest, template: str, participation: Participation, at: datetime, **context: Any
) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return shown(request, template, participation, at, status, readers=readers(participation, at), **context)


def shown(
    request: SignedInRequest, template: str, participation: Participation, at: datetime, status: int = 200, **more: Any
) -> HttpResponse:
    """A page about this participation; reading it is one row of the audit."""
    match = request.resolver_match
    audit.record(
        "read",
        match.view_name if match else "",
        actor=request.user.pk,
        subjects=[participation.client_id],
        at=at,
        clinic=participation.clinic_id,
    )
    context = {"clinic": participation.clinic, "participation": participation, "client": called(participation), **more}
    return render(request, template, context, status=status)
