"""How readily the clinic's rules speak: three operating points with what was measured of each, one of them chosen."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mooring.alerts.models import Kind
from mooring.caseload.evidence import decimal, kind_word
from mooring.caseload.fetching import clinic_of
from mooring.checkins import saying
from mooring.checkins.operating_point import Measured, measured_of
from mooring.kit.dates import local_date
from mooring.kit.requests import SignedInRequest
from mooring.people.models import Clinic
from mooring.people.operating_point import choose_operating_point
from mooring.privacy import audit
from mooring.science import measured

# As on the strip; what was not simulated is left out.
KINDS = (
    Kind.DETERIORATION,
    Kind.ALLIANCE_DROP,
    Kind.SILENCE,
    Kind.SETBACK,
    Kind.OFF_COURSE,
    Kind.SHIFT,
    Kind.GAIN,
)
BY_WEEK = (2, 4, 8)


@dataclass(frozen=True)
class Offered:
    """One operating point as it can be chosen."""

    name: str
    word: str
    words: str
    chosen: bool
    flags: str
    """False flags of a steady client in a year."""
    rows: list[tuple[str, str, str]]
    """Kind, wrong of 100 half-years, noticed of 100 by weeks 2, 4 and 8."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signals(request: SignedInRequest) -> HttpResponse:
    """Read what was measured, and choose."""
    at = timezone.now()
    clinic = clinic_of(request.user, at)
    if request.method == "POST":
        return _choose(request, clinic)
    since = ""
    if clinic.operating_point_since is not None:
        today = local_date(at, clinic.zone)
        since = saying.on_day(local_date(clinic.operating_point_since, clinic.zone), today)
    audit.record("read", "caseload:signals", actor=request.user.pk, subjects=[], at=at, clinic=clinic.pk)
    offered = [_offered(point, clinic) for point in Clinic.OperatingPoint]
    context = {"clinic": clinic, "offered": offered, "since": since, "clients": measured.CLIENTS}
    return render(request, "caseload/operating_point.html", context)


def _choose(request: SignedInRequest, clinic: Clinic) -> HttpResponse:
    wanted = request.POST.get("point", "")
    if wanted not in Clinic.OperatingPoint.values:
        messages.error(request, _("Nothing was changed: please choose one of the three."))
    elif choose_operating_point(clinic, Clinic.OperatingPoint(wanted), by=request.user, at=timezone.now()):
        messages.success(request, _("From now on. It holds for answers that come in; what was raised stays as it is."))
    return redirect("caseload:signals")


def _offered(point: Clinic.OperatingPoint, clinic: Clinic) -> Offered:
    words = {
        Clinic.OperatingPoint.EARLIER: (
            _("Earlier"),
            _("Speaks sooner and of smaller changes, and is wrong more often."),
        ),
        Clinic.OperatingPoint.USUAL: (_("Usual"), _("Where every clinic begins.")),
        Clinic.OperatingPoint.QUIETER: (
            _("Quieter"),
            _("Is wrong less often; smaller changes come later, or are missed."),
        ),
    }
    known = measured_of(point)
    rows = [_row(kind, known) for kind in KINDS if kind.replace("-", " ") in known.of_100]
    return Offered(point.value, *words[point], point == clinic.operating_point, _flags(known), rows)


def _flags(known: Measured) -> str:
    sentence = _(
        "In a steady person these rules together are wrong %(usual)s times a year, up to %(most)s times where moods "
        "linger or our assumptions fail. Good news and the expected course are not counted in."
    )
    return sentence % {"usual": decimal(known.flags_a_year, 2), "most": decimal(known.most_a_year, 2)}


def _row(kind: str, known: Measured) -> tuple[str, str, str]:
    name = kind.replace("-", " ")
    weeks = known.noticed.get(name, {})
    noticed = ", ".join(str(weeks.get(week, "–")) for week in BY_WEEK) if weeks else "–"
    return kind_word(kind), decimal(known.of_100[name], 0 if known.of_100[name] >= 10 else 1), noticed
