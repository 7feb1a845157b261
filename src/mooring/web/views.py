"""The front door, the quick exit and the crisis lines."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mooring.people.models import Clinic, Membership, Participation
from mooring.people.models.course import CLINICAL_ROLES


@login_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person belongs: their own home, the caseload, or for an administrator the clinic's measures."""
    assert request.user.is_authenticated
    if Participation.objects.of(request.user).exists():
        return redirect("home:today")
    roles = set(Membership.objects.in_force(timezone.now()).filter(user=request.user).values_list("role", flat=True))
    if Membership.Role.ADMIN in roles and not roles & set(CLINICAL_ROLES):
        return redirect("instruments:measures")
    return redirect("caseload:caseload")


# No token is asked for: in a page that stood open while somebody signed in elsewhere it would be stale, and a quick
# exit that answers with an error is none. Another site cannot use this to sign anybody out: SameSite keeps the
# session's cookie from its posts.
@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Quick exit: signs out, forgets, and goes somewhere nobody wonders about."""
    logout(request)
    response = HttpResponseRedirect(settings.MOORING_QUICK_EXIT)
    response["Clear-Site-Data"] = '"cache", "storage"'
    for cookie in (settings.CSRF_COOKIE_NAME, "messages"):
        response.delete_cookie(cookie, samesite="Lax")
    return response


@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    """Crisis lines as the person's clinics checked them; works signed out too, then without a clinic's own."""
    clinics = Clinic.objects.none()
    if request.user.is_authenticated:
        own = Participation.objects.visible_to(request.user, timezone.now())
        clinics = Clinic.objects.filter(pk__in=own.values("clinic"))
    lines = [_line(line) for clinic in clinics for line in clinic.crisis_lines]
    return render(request, "web/crisis.html", {"lines": lines})


def _line(given: Mapping[str, Any]) -> dict[str, Any]:
    """A crisis line as the page shows it: a number without a readable date is still a number to call."""
    try:
        checked_on = date.fromisoformat(given["checked_on"])
    except (KeyError, TypeError, ValueError):
        checked_on = None
    return {**given, "checked_on": checked_on}
