"""The pages between a file and a measure: one step each. Every page can be left and found again as it was."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mooring.catalogue import CatalogueError
from mooring.catalogue.decode import encode
from mooring.catalogue.forms import checks
from mooring.catalogue.forms.bind import OWN_ORDER, asked
from mooring.catalogue.forms.questionnaire import FORMATS
from mooring.instruments import words
from mooring.instruments.deciding import (
    BLIND,
    EXAMPLES,
    FILE,
    ITEMS,
    LICENCE,
    MEASURE,
    PUBLISH,
    NotDecided,
    State,
    decide,
    leave_unscored,
    state,
)
from mooring.instruments.fetching import clinic_for_measures, draft_of, is_clinical, version_of
from mooring.instruments.forms import ConfirmForm, ExpectedForm, LicenceForm, MeasureForm
from mooring.instruments.publish_form import StillDiffers, publish_draft, published_from
from mooring.instruments.question_forms import KeptForm, PlacesForm, ScalesForm, WordingForm
from mooring.kit.requests import SignedInRequest

UNSURE = "unsure"
"""The button that goes on without a score."""
Page = Callable[[SignedInRequest, State, datetime], HttpResponse]
View = Callable[..., HttpResponse]


def step(name: str) -> Callable[[Page], View]:
    """A page of the wizard: signed in, one's own draft, no earlier step left out."""

    def made(page: Page) -> View:
        @login_required
        @require_http_methods(["GET", "POST"])
        @wraps(page)
        def view(request: SignedInRequest, draft: UUID) -> HttpResponse:
            at = timezone.now()
            now = state(draft_of(request.user, draft, at))
            if name not in now.steps:
                return redirect(f"instruments:{now.next_step}", draft=draft)
            try:
                now.require(name)
            except NotDecided as missing:
                return redirect(f"instruments:{missing.step}", draft=draft)
            return page(request, now, at)

        return view

    return made


def _on(now: State, name: str) -> HttpResponse:
    """To the step after this one."""
    following = now.steps[now.steps.index(name) + 1]
    return redirect(f"instruments:{following}", draft=now.draft.pk)


def _show(request: SignedInRequest, now: State, name: str, at: datetime, **more: Any) -> HttpResponse:
    steps = now.steps
    place = steps.index(name)
    form = more.get("form")
    context = {
        "clinic": now.draft.clinic,
        "no_caseload": not is_clinical(request.user, now.draft.clinic, at),
        "now": now,
        "draft": now.draft,
        "step_title": words.TITLES[name],
        "number": place + 1,
        "of": len(steps),
        "back": f"instruments:{steps[place - 1]}" if steps[place - 1] != FILE else "",
        **more,
    }
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, f"instruments/{name}.html", context, status=status)


def _posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


@step(MEASURE)
def measure(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    """What it is called and how it is scored; what of the file is left out."""
    form = MeasureForm(
        _posted(request), found=now.found, clinic=now.draft.clinic, initial=_seen(now.given.get(MEASURE))
    )
    if form.is_bound and form.is_valid():
        return _on(decide(now.draft, MEASURE, form.given()), MEASURE)
    return _show(request, now, MEASURE, at, form=form, format=FORMATS[now.found.format])


def _seen(given: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if given is None else {**given, "seen": True}


@step(ITEMS)
def items(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    """Which item of the key each question is, or on which scale it counts."""
    if UNSURE in request.POST:
        if now.decided.scoring != "key":
            raise SuspiciousOperation("only the order of a key can be unsure")
        after = leave_unscored(now.draft, str(words.ORDER_UNSURE))
        return redirect("instruments:items", draft=after.draft.pk)
    given = now.given.get(ITEMS, {})
    scoring, more = now.decided.scoring, {}
    form: Any
    if scoring == "key":
        assert now.key is not None
        order = _order(request, now)
        form = PlacesForm(_posted(request), found=now.found, key=now.key, order=order, given=given)
        more = {"order": order, "orders": [one for one in now.key.orders if len(one.positions) == len(now.key.items)]}
    elif scoring == "own":
        form = ScalesForm(_posted(request), found=now.found, given=given)
    else:
        form = KeptForm(_posted(request), found=now.found, given=given)
    if form.is_bound and form.is_valid():
        after = decide(now.draft, ITEMS, form.given())
        if not after.misfits:
            return _on(after, ITEMS)
        for one in after.misfits:
            form.add_error(None, one)
    return _show(request, now, ITEMS, at, form=form, **more)


def _order(request: SignedInRequest, now: State) -> str:
    wanted = request.GET.get("order", OWN_ORDER)
    known = {one.code for one in now.key.orders} if now.key is not None else set()
    if wanted not in known | {OWN_ORDER}:
        raise Http404
    return wanted


@step(LICENCE)
def licence(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    """Who says that it may be used, and in which words."""
    sentence = words.attestation(now.draft.clinic.name)
    given = now.given.get(LICENCE)
    form = LicenceForm(_posted(request), words=sentence, initial={**given, "agree": True} if given else None)
    if form.is_bound and form.is_valid():
        kept = {"terms": form.cleaned_data["terms"], "words": sentence, "at": at.isoformat()}
        same = given is not None and given["terms"] == kept["terms"] and given["words"] == sentence
        return _on(now if same else decide(now.draft, LICENCE, kept), LICENCE)
    return _show(request, now, LICENCE, at, form=form)


@step(BLIND)
def wording(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    """Marks made on the words alone. Where they and the key differ, it goes on only once that is settled."""
    if UNSURE in request.POST:
        if BLIND not in now.given:
            raise SuspiciousOperation("nothing was marked yet")
        return _on(leave_unscored(now.draft, str(words.MARKS_DIFFER)), BLIND)
    questions = asked(now.found, now.decided)
    scored = _scored_questions(now)
    form = WordingForm(
        _posted(request),
        found=now.found,
        asked={question.code for question in questions},
        scored={code for _, codes in scored for code in codes} if now.decided.scoring != "none" else set(),
        given=now.given.get(BLIND, {}),
    )
    differing = now.differences if not form.is_bound else ()
    if form.is_bound and form.is_valid():
        first = now.given.get(BLIND, {}).get("agreed_at_first")
        after = decide(now.draft, BLIND, {**form.given(), "agreed_at_first": first})
        differing = after.differences
        if first is None:
            after = decide(now.draft, BLIND, {**form.given(), "agreed_at_first": not differing})
        if (wrong := _cannot_be_made(after)) and not differing:
            form.add_error(None, wrong)
        elif not differing:
            return _on(after, BLIND)
        now = after
    groups = [(title, [(question, form.marks(question.code)) for question in questions if question.code in codes])
              for title, codes in scored]  # fmt: skip
    return _show(request, now, BLIND, at, form=form, groups=groups, differing=differing)


def _scored_questions(now: State) -> list[tuple[str, list[str]]]:
    """Scale → the questions that count on it, each once; those that count nowhere come last, without a scale."""
    left = [question.code for question in asked(now.found, now.decided)]
    found = []
    if now.decided.scoring == "key" and now.key is not None:
        numbers = {item.number: item.code for item in now.key.items}
        for scale in now.key.scales:
            own = [code for code in left if numbers.get(now.decided.places.get(code, 0)) in scale.items]
            found.append((scale.title, own))
            left = [code for code in left if code not in own]
    for own_scale in now.decided.scales if now.decided.scoring == "own" else ():
        own = [code for code in left if code in own_scale.items]
        found.append((own_scale.title, own))
        left = [code for code in left if code not in own]
    return [(title, codes) for title, codes in [*found, ("", left)] if codes]


def _cannot_be_made(now: State) -> str:
    try:
        now.measure()
    except CatalogueError as error:
        return str(error)
    return ""


@step(EXAMPLES)
def examples(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    """The key's worked cases on this form; with scales of its own, one case that the person works by hand."""
    if now.differences or now.misfits:
        return redirect("instruments:wording" if now.differences else "instruments:items", draft=now.draft.pk)
    if UNSURE in request.POST:
        return _on(leave_unscored(now.draft, str(words.CASES_DIFFER)), BLIND)
    if wrong_now := _cannot_be_made(now):
        messages.error(request, wrong_now)
        return redirect("instruments:wording", draft=now.draft.pk)
    built = now.measure()
    form: Any
    if now.key is not None:
        cases = checks.key_cases(now.found, now.decided, now.key, built)
        form = ConfirmForm(_posted(request), initial={"confirm": EXAMPLES in now.given})
        if form.is_bound and form.is_valid():
            if all(case.agrees for case in cases):
                return _on(decide(now.draft, EXAMPLES, {"confirmed": True}), EXAMPLES)
            form.add_error(None, _("A score differs from what it should be. Go back, or publish it without a score."))
        return _show(request, now, EXAMPLES, at, form=form, cases=cases, scales=built.scales)
    case = checks.example(now.found, now.decided, built)
    form = ExpectedForm(_posted(request), measure=built, initial=_expected(now))
    if form.is_bound and form.is_valid():
        expected = form.expected()
        wrong = [scale for scale, value in case.computed.items() if not checks.same(expected[scale], value)]
        if not wrong:
            golden = checks.as_golden(now.found, now.decided, built, expected)
            return _on(decide(now.draft, EXAMPLES, {"example": encode(golden)}), EXAMPLES)
        for scale in wrong:
            form.add_error(f"scale_{scale}", _("The form gives another score. Work it out again, or go back."))
    return _show(request, now, EXAMPLES, at, form=form, case=case, scales=built.scales)


def _expected(now: State) -> dict[str, float]:
    example = now.decided.example
    return {f"scale_{scale}": score for scale, score in example.scores.items() if score is not None} if example else {}


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: SignedInRequest, draft: UUID) -> HttpResponse:
    """Everything once more; then the measure is published. Sent twice, it leads to the same measure."""
    at = timezone.now()
    clinic_for_measures(request.user, at)
    try:
        done = published_from(draft)
    except NotDecided:
        return _publish(request, draft=draft)
    return redirect("instruments:version", version=version_of(request.user, done.pk, at).pk)


@step(PUBLISH)
def _publish(request: SignedInRequest, now: State, at: datetime) -> HttpResponse:
    if now.differences or now.misfits:
        return redirect("instruments:wording" if now.differences else "instruments:items", draft=now.draft.pk)
    if wrong := _cannot_be_made(now):
        messages.error(request, wrong)
        return redirect("instruments:wording", draft=now.draft.pk)
    if request.method == "POST":
        try:
            done = publish_draft(now.draft, by=request.user, at=at)
        except (StillDiffers, NotDecided):
            return redirect(f"instruments:{now.next_step}", draft=now.draft.pk)
        return redirect("instruments:version", version=done.pk)
    return _show(request, now, PUBLISH, at, built=now.measure())
