"""The front page of the demonstration, and its doors."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mooring.people.models import User

# Door → the address that was seeded for it; nobody else can be entered.
DOORS = {
    "sarah": "sarah@demo.example",
    "john": "john@demo.example",
    "mara": "mara@demo.example",
    "jonas": "jonas@demo.example",
    "ines": "ines@demo.example",
}


@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """Whom one can meet here."""
    return render(request, "demo/doors.html", {"doors": DOORS})


@require_POST
def enter(request: HttpRequest, who: str) -> HttpResponse:
    """Become one of them, without a password."""
    if who not in DOORS:
        raise Http404
    user = User.objects.get(email=DOORS[who])
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("caseload:caseload" if who == "ines" else "home:today")
