"""The front door, the quick exit and the crisis lines."""

from datetime import date

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mooring.people.models import Clinic, Participation


@login_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person belongs: their own home, or the caseload."""
    assert request.user.is_authenticated
    if Participation.objects.of(request.user).exists():
        return redirect("home:today")
    return redirect("caseload:caseload")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: signs out, forgets, and goes somewhere nobody wonders about."""
    logout(request)
    response = HttpResponseRedirect(settings.MOORING_QUICK_EXIT)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    """Crisis lines as the person's clinics checked them; works signed out too, then without a clinic's own."""
    clinics = Clinic.objects.none()
    if request.user.is_authenticated:
        own = Participation.objects.visible_to(request.user, timezone.now())
        clinics = Clinic.objects.filter(pk__in=own.values("clinic"))
    lines = [
        line | {"checked_on": date.fromisoformat(line["checked_on"])}
        for clinic in clinics
        for line in clinic.crisis_lines
    ]
    return render(request, "web/crisis.html", {"lines": lines})
