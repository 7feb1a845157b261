"""Today, my river, my people. Each page reads one participation of the signed-in client, and says so in the log."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mooring.checkins import own, saying
from mooring.checkins.models import CheckIn, Series
from mooring.home import agreeing, my_day, my_people, my_river
from mooring.home.forms import AgreementForm, FitForm, TurnForm
from mooring.home.my_river import DISTRESS, SECURITY
from mooring.kit.dates import local_date
from mooring.kit.requests import SignedInRequest
from mooring.people.models import Participation
from mooring.relationships import fit as fitting
from mooring.relationships.models import Figure, Fit


@login_required
@require_safe
def today(request: SignedInRequest) -> HttpResponse:
    """The one thing that is asked today, and what came back."""
    at = timezone.now()
    mine, all_mine = own.participations(request)
    asked = my_day.asked_now(all_mine, at)
    own.record_read(request, mine, at)
    context = {
        "day": my_day.day(mine, asked.get(mine.pk), at),
        "mine": mine,
        "others": [(one, one.pk in asked) for one in all_mine if one != mine],
    }
    return render(request, "home/today.html", context)


@login_required
@require_POST
def turn_to(request: SignedInRequest) -> HttpResponse:
    """Individual or couple: from now on the pages are about the other one."""
    form = TurnForm(request.POST)
    if form.is_valid():
        own.turn_to(request, form.cleaned_data["participation"])
    return redirect("home:today")


@login_required
@require_safe
def river(request: SignedInRequest, figure: UUID | None = None) -> HttpResponse:
    """How secure I felt with one figure, over time."""
    mine, all_mine = own.participations(request)
    about = None if figure is None else get_object_or_404(Figure, pk=figure, client=mine.client_id)
    return _river(request, mine, all_mine, SECURITY, about)


@login_required
@require_safe
def how_i_have_been(request: SignedInRequest) -> HttpResponse:
    """The same for distress, drawn so that right is easier."""
    mine, all_mine = own.participations(request)
    return _river(request, mine, all_mine, DISTRESS, None)


@login_required
@require_safe
def people(request: SignedInRequest, figure: UUID | None = None) -> HttpResponse:
    """The people who matter, as clouds; one of them chosen."""
    at = timezone.now()
    mine, all_mine = own.participations(request)
    known = {one.pk: one for one in Figure.objects.filter(client=mine.client_id)}
    if figure is not None and figure not in known:
        raise Http404
    series = Series.objects.filter(participation=mine, role__in=["anxiety", "avoidance"], rater=CheckIn.Rater.CLIENT)
    shown = my_people.people(list(known.values()), list(series), figure, local_date(at, mine.client.clinic.zone))
    own.record_read(request, mine, at)
    context = {
        "people": shown,
        "missing": saying.second_person(known[figure]) if figure and shown.chosen is None else "",
        "answers": [(Fit.Answer.FITS, _("It fits")), (Fit.Answer.PARTLY, _("Partly")), (Fit.Answer.NO, _("No"))],
        "given": _given(mine, shown),
        "mine": mine,
        "several": len(all_mine) > 1,
    }
    return render(request, "home/people.html", context)


@login_required
@require_POST
def fit(request: SignedInRequest, figure: UUID) -> HttpResponse:
    """“Does this fit?”"""
    mine, _all = own.participations(request)
    about = get_object_or_404(Figure, pk=figure, client=mine.client_id)
    form = FitForm(request.POST)
    if form.is_valid():
        given = Fit.Answer(form.cleaned_data["answer"])
        fitting.answer(mine, about, given, form.suggested, by=request.user, at=timezone.now())
    else:
        messages.error(request, _("That was not one of the three answers, so nothing was kept."))
    return redirect("home:people", about.pk)


def _river(
    request: SignedInRequest,
    mine: Participation,
    all_mine: list[Participation],
    role: str,
    about: Figure | None,
) -> HttpResponse:
    at = timezone.now()
    found = list(
        Series.objects.filter(
            participation=mine, role__in=[SECURITY, DISTRESS], rater=CheckIn.Rater.CLIENT
        ).select_related("figure", "instrument_version")
    )
    if role == SECURITY and about is None:
        series = my_river.usual(found)
    else:
        series = my_river.series_of(found, role, about.pk if about else None)
    sent = list(CheckIn.objects.filter(participation=mine, rater=CheckIn.Rater.CLIENT).in_order()) if series else []
    own.record_read(request, mine, at)
    context = {
        "river": my_river.river(series, sent, local_date(at, mine.client.clinic.zone)) if series else None,
        "choices": my_river.choices(found, series),
        "figure": series.figure if series else about,
        "whom": saying.second_person(about) if about else "",
        "of_distress": role == DISTRESS,
        "mine": mine,
        "several": len(all_mine) > 1,
    }
    return render(request, "home/river.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreements(request: SignedInRequest) -> HttpResponse:
    """What my answers are used for, beyond my own therapy: given and withdrawn here, at any time."""
    at = timezone.now()
    mine, all_mine = own.participations(request)
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = agreeing.agree(mine.client, form.wish, by=request.user, at=at)
        messages.success(request, said)
        return redirect("home:agreements")
    own.record_read(request, mine, at)
    # What was wrong is said where it was written; the other purpose keeps what was told before.
    told = AgreementForm.of(mine.client)
    context = {
        "agreements": [
            (one, form if form.errors and form.data.get("purpose") == one.purpose else told)
            for one in agreeing.agreements(mine.client, at)
        ],
        "clinic": mine.client.clinic,
        "mine": mine,
        "several": len(all_mine) > 1,
    }
    return render(request, "home/agreements.html", context, status=422 if form.errors else 200)


def _given(mine: Participation, shown: my_people.People) -> str:
    """What the client answered to this very sentence; to an earlier one it counts no longer."""
    if shown.chosen is None or shown.suggestion is None or not shown.suggestion.asks:
        return ""
    last = fitting.latest(mine, shown.chosen.figure)
    return last.answer if last is not None and last.suggested == shown.suggestion.codes else ""
