"""The front page of the demonstration, and its doors."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mooring.demo.front_water import front_water
from mooring.people.models import Participation, User

# Door → the address that was seeded for it; nobody else can be entered.
DOORS = {
    "sarah": "sarah@demo.example",
    "john": "john@demo.example",
    "mara": "mara@demo.example",
    "jonas": "jonas@demo.example",
    "ines": "ines@demo.example",
}
STAFF = ("ines",)


@dataclass(frozen=True)
class Door:
    who: str
    name: str
    line: str


@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """Whom one can meet here."""
    words = tomllib.loads((files("mooring.demo") / "words.toml").read_text())
    in_therapy = [
        Door(who, entry["first_name"], entry["door"]) for who, entry in words["people"].items() if who in DOORS
    ]
    beside = [Door(who, words["therapists"][who]["name"], _therapist_of(who)) for who in STAFF]
    context = {
        "clinic": words["clinic"]["name"],
        "in_therapy": in_therapy,
        "beside": beside,
        "water": front_water(DOORS["sarah"]),
        "on": _on(request),
    }
    return render(request, "demo/doors.html", context)


@require_POST
def enter(request: HttpRequest, who: str) -> HttpResponse:
    """Become one of them, without a password."""
    if who not in DOORS:
        raise Http404
    user = User.objects.get(email=DOORS[who])
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("caseload:caseload" if who in STAFF else "home:today")


def _therapist_of(who: str) -> str:
    user = User.objects.filter(email=DOORS[who]).first()
    people = Participation.objects.cared_for_by(user, timezone.now()).count() if user else 0
    return ngettext("therapist of %(n)s person", "therapist of %(n)s people", people) % {"n": people}


def _on(request: HttpRequest) -> dict[str, str]:
    """Who a signed-in visitor is, and where they would go on; empty for a visitor at the door."""
    if not request.user.is_authenticated:
        return {}
    client = Participation.objects.of(request.user).exists()
    return {"name": request.user.name or _("somebody"), "route": "home:today" if client else "caseload:caseload"}
