"""Pages that take a client in, and on which what was agreed is changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mooring.caseload import calling, pronouns
from mooring.caseload.admitting import open_door, take_in
from mooring.caseload.beside import shape
from mooring.caseload.fetching import clinic_of
from mooring.caseload.forms import AdmitForm, FigureForm, InviteForm, PlanForm
from mooring.checkins import agree
from mooring.checkins.models import CheckInPlan
from mooring.checkins.weekly import may_be_asked
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.own import forms_of
from mooring.kit.requests import SignedInRequest
from mooring.people.admit import CodeTaken, FormSpent, next_code
from mooring.people.care import cared_for
from mooring.people.models import Participation
from mooring.privacy import audit
from mooring.relationships.figures import add_figure, ask_about
from mooring.relationships.models import Figure


@login_required
@sensitive_post_parameters("name", "first_name", "email")
@require_http_methods(["GET", "POST"])
def admit(request: SignedInRequest) -> HttpResponse:
    """Take a client in; the answer shows the invitation's link, once."""
    at = timezone.now()
    clinic = clinic_of(request.user, at)
    form = AdmitForm(request.POST or None, code=next_code(clinic))
    if request.method == "POST" and form.is_valid():
        try:
            made = take_in(clinic, form.newcomer(), form.figures(), form.rhythm(), by=request.user, at=at)
        except CodeTaken as taken:
            form.add_error("code", str(taken))
        except FormSpent as spent:
            form.add_error(None, str(spent))
        else:
            email, client = form.cleaned_data["email"], made.client
            way_in = open_door(client, email, by=request.user, at=at) if email and not client.user_id else None
            context = {"clinic": clinic, "participation": made, "way_in": way_in}
            return render(request, "caseload/admitted.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "caseload/admit.html", {"clinic": clinic, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """What is agreed: when check-ins are due and read, and about whom they ask."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    page = _page(found, at)
    form = PlanForm(
        request.POST or None,
        figures=page["figures_asked"],
        names=page["names"],
        own=_own_measures(found, page["plan"]),
        plan=page["plan"],
    )
    if request.method == "POST" and form.is_valid():
        agree.agree(found, form.agreement(), by=request.user, at=at)
        messages.success(request, _("Agreed. The next check-in follows it."))
        return redirect("caseload:plan", participation=found.pk)
    audit.record(
        "read", "caseload:plan", actor=request.user.pk, subjects=[found.client_id], at=at, clinic=found.clinic_id
    )
    status = 422 if form.is_bound else 200
    return render(request, "caseload/plan.html", {**page, "form": form}, status=status)


def _own_measures(participation: Participation, plan: CheckInPlan | None) -> QuerySet[InstrumentVersion]:
    """The clinic's own questionnaires that fit into a check-in, and the one that is agreed now."""
    fitting = [row.pk for row in forms_of(participation.clinic) if may_be_asked(row)]
    if plan is not None and plan.own_measure_id is not None:
        fitting.append(plan.own_measure_id)
    return InstrumentVersion.objects.filter(pk__in=fitting)


@login_required
@require_POST
def end_plan(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """Ask nothing any more."""
    found = cared_for(request.user, participation, at := timezone.now())
    agree.end(found, by=request.user, at=at)
    messages.success(request, _("No more check-ins are asked. What was answered stays."))
    return redirect("caseload:plan", participation=found.pk)


@login_required
@require_POST
def figures(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """About whom check-ins ask."""
    found = cared_for(request.user, participation, at := timezone.now())
    try:
        asked = [UUID(key) for key in request.POST.getlist("asked")]
    except ValueError as error:
        raise Http404 from error
    ask_about(found.client, asked, by=request.user, at=at)
    messages.success(request, _("The next check-in asks about those you chose."))
    return redirect("caseload:plan", participation=found.pk)


@login_required
@sensitive_post_parameters("name")
@require_POST
def figure(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """Somebody else on the client's map."""
    found = cared_for(request.user, participation, at := timezone.now())
    form = FigureForm(request.POST)
    if not form.is_valid():
        messages.error(request, _first_error(form))
    else:
        kind = Figure.Kind(form.cleaned_data["kind"])
        add_figure(found.client, kind, form.cleaned_data["name"], by=request.user, at=at)
    return redirect("caseload:plan", participation=found.pk)


@login_required
@sensitive_post_parameters("email")
@require_POST
def invite(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """A fresh way in, for a client without an account."""
    found = cared_for(request.user, participation, at := timezone.now())
    form = InviteForm(request.POST)
    if found.client.user_id is not None or not form.is_valid():
        messages.error(request, _first_error(form) or _("They have an account already."))
        return redirect("caseload:plan", participation=found.pk)
    way_in = open_door(found.client, form.cleaned_data["email"], by=request.user, at=at)
    context = {"clinic": found.clinic, "participation": found, "way_in": way_in}
    return render(request, "caseload/admitted.html", context)


def _page(found: Participation, at: datetime) -> dict[str, Any]:
    said = pronouns.of(found.client)
    known = list(Figure.objects.filter(client=found.client_id))
    names = {one.pk: calling.begin(calling.figure(one, said)) for one in known}
    return {
        "clinic": found.clinic,
        "participation": found,
        "plan": found.plans.in_force(at).first(),
        "names": names,
        "figures": [(one, shape(one.kind), names[one.pk]) for one in known],
        "figures_asked": Figure.objects.filter(client=found.client_id, asked=True),
        "figure_form": FigureForm(),
        "invite_form": InviteForm(),
    }


def _first_error(form: Any) -> str:
    """The first thing that is wrong, with the field's name."""
    for name, errors in form.errors.items():
        return f"{form[name].label}: {errors[0]}"
    return ""
