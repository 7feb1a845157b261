"""The measures of a clinic's own: which there are, bringing one, one of them, and taking it out again."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mooring.catalogue import CatalogueError
from mooring.catalogue.forms.export_fhir import as_json
from mooring.instruments.deciding import state
from mooring.instruments.fetching import clinic_for_measures, draft_of, is_clinical, version_of
from mooring.instruments.forms import UploadForm
from mooring.instruments.models import MeasureDraft
from mooring.instruments.own import forms_of
from mooring.instruments.upload import give_up as forget
from mooring.instruments.upload import upload
from mooring.kit.requests import SignedInRequest
from mooring.privacy import audit


@login_required
@require_safe
def measures(request: SignedInRequest) -> HttpResponse:
    """The clinic's own measures, and what this person began and has not finished."""
    at = timezone.now()
    clinic = clinic_for_measures(request.user, at)
    drafts = MeasureDraft.objects.filter(clinic=clinic, by=request.user).order_by("made_at")
    context = {
        "clinic": clinic,
        "no_caseload": not is_clinical(request.user, clinic, at),
        "versions": forms_of(clinic),
        "drafts": [state(draft) for draft in drafts],
    }
    return render(request, "instruments/measures.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Bring a file. What cannot be used is refused with its place, and nothing of it is kept."""
    at = timezone.now()
    clinic = clinic_for_measures(request.user, at)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, name = form.data_and_name()
        try:
            draft = upload(clinic, data, name, form.wanted(), by=request.user, at=at)
        except CatalogueError as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("instruments:measure", draft=draft.pk)
    context = {"clinic": clinic, "form": form, "no_caseload": not is_clinical(request.user, clinic, at)}
    return render(request, "instruments/add.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def give_up(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """Forget a draft."""
    at = timezone.now()
    forget(draft_of(request.user, draft, at), by=request.user, at=at)
    return redirect("instruments:measures")


@login_required
@require_safe
def version(request: SignedInRequest, version: UUID) -> HttpResponse:
    """One measure: its words, how it is scored, who attested its licence, how it may be asked."""
    at = timezone.now()
    found = version_of(request.user, version, at)
    assert found.clinic is not None
    measure = found.instrument
    wording = next(iter(measure.wording.values()), None)
    context = {
        "clinic": found.clinic,
        "no_caseload": not is_clinical(request.user, found.clinic, at),
        "version": found,
        "measure": measure,
        "wording": wording,
        "items": [(item, wording.items.get(item.code, "")) for item in measure.items] if wording else [],
        "attestation": getattr(found, "attestation", None),
    }
    return render(request, "instruments/version.html", context)


@login_required
@require_safe
def export(request: SignedInRequest, version: UUID) -> HttpResponse:
    """The measure as a FHIR R4 Questionnaire."""
    at = timezone.now()
    found = version_of(request.user, version, at)
    audit.record(
        "export-measure",
        "instruments:export",
        actor=request.user.pk,
        subjects=[],
        at=at,
        clinic=found.clinic_id,
        detail={"key": found.key, "version": found.version},
    )
    response = HttpResponse(as_json(found.instrument), content_type="application/fhir+json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.key}-v{found.version}.json"'
    return response
