"""The clinician's pages. Each read writes one audit row that lists whose answers it showed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from mooring.caseload import day, everybody, rows
from mooring.caseload.brief import brief as composed
from mooring.caseload.brief import gather
from mooring.caseload.case import case as whole_case
from mooring.caseload.fetching import clinic_of
from mooring.caseload.strip import ROWS, Strip, headline, others, strip
from mooring.kit.dates import local_date
from mooring.kit.requests import SignedInRequest
from mooring.people.care import cared_for
from mooring.people.models import Clinic, Participation
from mooring.privacy import audit

# Good news is told, not stacked: the rest stands on the case pages.
NEWS = 6


@login_required
@require_safe
def caseload(request: SignedInRequest) -> HttpResponse:
    """Who is worth a conversation. With htmx and `open` or `close`, one row of it."""
    at = timezone.now()
    clinic = clinic_of(request.user, at)
    found = strip(request.user, at)
    if request.htmx:
        return _one_row(request, clinic, found, at)
    start = _number(request.GET.get("from"))
    opened = _uuid(request.GET.get("open"))
    people, good = found.people[start : start + ROWS], found.good_news[:NEWS]
    planned = day.planned(found.everybody, at, clinic.zone)
    keys = {p.participation for p in people} | {signal.participation_id for signal in good} | planned.keys
    named = rows.named_ones(keys)
    shown = rows.rows(people, opened, named, at, clinic.zone)
    news = rows.news(good, _uuid(request.GET.get("news")), named, at, clinic.zone)
    today = day.day(planned, named)
    _audit(request, "caseload:caseload", clinic, at, named.values())
    context = {
        "clinic": clinic,
        "date": local_date(at, clinic.zone),
        "headline": headline(found),
        "others": others(found),
        "rows": shown,
        "start": start,
        "before": max(0, start - ROWS) if start else None,
        "after": start + ROWS if len(found.people) > start + ROWS else None,
        "left": len(found.people) - start - len(shown),
        "news": news,
        "news_left": len(found.good_news) - len(news),
        "day": today,
        "line": day.line(today.readings, at),
        "strip": found,
    }
    return render(request, "caseload/caseload.html", context)


def _one_row(request: SignedInRequest, clinic: Clinic, found: Strip, at: datetime) -> HttpResponse:
    opened, closed = _uuid(request.GET.get("open")), _uuid(request.GET.get("close"))
    key = opened or closed
    person = found.find(key) if key is not None else None
    if person is None:
        raise Http404
    row = rows.rows([person], opened, rows.named_ones([person.participation]), at, clinic.zone)[0]
    _audit(request, "caseload:caseload", clinic, at, [row.participation])
    return render(request, "caseload/row.html", {"row": row, "clinic": clinic, "start": request.GET.get("from", "")})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("find")
def everyone(request: SignedInRequest) -> HttpResponse:
    """Everybody in one's care by name, found by a part of their name or code.

    What is looked for is posted: it is somebody's name, and names never stand in an address.
    """
    at = timezone.now()
    clinic = clinic_of(request.user, at)
    wanted = request.POST.get("find", "").strip()
    found = everybody.everybody(request.user, wanted, at, clinic.zone)
    _audit(request, "caseload:everyone", clinic, at, [entry.participation for entry in found])
    template = "caseload/everyone_list.html" if request.htmx else "caseload/everyone.html"
    return render(request, template, {"clinic": clinic, "entries": found, "wanted": wanted})


@login_required
@require_safe
def brief(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """One page to read before a session."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    page = composed(gather(found, at), request.user.pk)
    _audit(request, "caseload:brief", found.clinic, at, [found])
    context = {"clinic": found.clinic, "participation": found, "brief": page, "shown_at": at.isoformat()}
    return render(request, "caseload/brief.html", context)


@login_required
@require_safe
def case(request: SignedInRequest, participation: UUID) -> HttpResponse:
    """One course of therapy."""
    at = timezone.now()
    found = cared_for(request.user, participation, at)
    page = whole_case(found, request.user, _uuid(request.GET.get("open")), at)
    _audit(request, "caseload:case", found.clinic, at, [found, *page.others])
    context = {"clinic": found.clinic, "participation": found, "case": page}
    return render(request, "caseload/case.html", context)


def _audit(request: SignedInRequest, route: str, clinic: Clinic, at: datetime, people: Iterable[Participation]) -> None:
    """One row a page; who works in two clinics at once leaves one in each, with that clinic's people."""
    shown: dict[UUID, set[UUID]] = {}
    for participation in people:
        shown.setdefault(participation.clinic_id, set()).add(participation.client_id)
    for where, subjects in (shown or {clinic.pk: set()}).items():
        audit.record("read", route, actor=request.user.pk, subjects=subjects, at=at, clinic=where)


def _uuid(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _number(text: str | None) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise SuspiciousOperation("from: not a row of the strip")
    return int(text)
