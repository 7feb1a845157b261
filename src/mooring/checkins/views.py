"""The check-in on a phone: begin, one question a page, what to talk about, send. Parses, and calls one verb."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mooring.checkins import decline as declining
from mooring.checkins import draft as drafts
from mooring.checkins import own
from mooring.checkins.forms import TopicForm
from mooring.checkins.invitation import invitation, reading
from mooring.checkins.models import CheckIn, Draft, DueCheckIn
from mooring.checkins.models.answers import occurred_at
from mooring.checkins.question import first_open
from mooring.checkins.question import question as as_shown
from mooring.checkins.submit import Answered, BadAnswers, submit
from mooring.checkins.weekly import SECURITY
from mooring.kit.requests import SignedInRequest
from mooring.kit.transactions import write
from mooring.people.models import User

# A draft is sent once: it makes the same identifier however often its post is retried.
_SENT_DRAFT = UUID("5c1b7a63-0a53-4f6a-9d0e-3f3e4ac0a2d7")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: SignedInRequest, due: UUID) -> HttpResponse:
    """The door of one check-in: begins on POST; on GET resumes, or says why there is nothing to answer."""
    at = timezone.now()
    asked = own.due_of(request, due, at)
    standing, draft, sent = own.standing(asked, at), own.draft_of(asked), own.checkin_of(asked)
    if sent is not None:
        return _result(request, asked, sent, at)
    if standing == "open" and request.method == "POST":
        draft = drafts.begin(asked, at)
    if standing == "open" and draft is not None:
        steps = drafts.steps(draft)
        left = first_open(draft, steps)
        return _to(asked, left.number if left else len(steps) + 1, len(steps))
    own.record_read(request, asked.participation, at)
    return render(request, "checkins/door.html", {"invitation": invitation(asked, at)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("answer")
def question(request: SignedInRequest, due: UUID, number: int) -> HttpResponse:
    """One statement: shown on GET; a stop or a skip on POST, which moves on."""
    at = timezone.now()
    asked = own.due_of(request, due, at)
    draft = own.draft_of(asked)
    if draft is None or own.standing(asked, at) != "open":
        return redirect("checkins:checkin", asked.pk)
    steps = drafts.steps(draft)
    if not 1 <= number <= len(steps):
        raise Http404
    wrong = ""
    if request.method == "POST":
        # An answer belongs to the statement that was read: another tab's tap may have brought one before it.
        seen = request.POST.get("asked", steps[number - 1].key)
        number = next((step.number for step in steps if step.key == seen), number)
        try:
            drafts.answer(draft, steps[number - 1], _answer_in(request))
        except Draft.DoesNotExist:
            # Another tab has sent it meanwhile.
            return redirect("checkins:checkin", asked.pk)
        except BadAnswers:
            wrong = _("That was not one of the answers, so it was not kept. Choose one, or skip it.")
        else:
            # An answer may have brought the next question.
            return _to(asked, number + 1, len(drafts.steps(draft)))
    own.record_read(request, asked.participation, at)
    shown = {"question": as_shown(draft, steps, steps[number - 1]), "wrong": wrong}
    context = _context(asked, at, draft, number) | shown
    page = "checkins/question_main.html" if request.htmx else "checkins/question.html"
    return render(request, page, context, status=422 if wrong else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("topic")
def topic(request: SignedInRequest, due: UUID) -> HttpResponse:
    """The last page: “What do you want to talk about?”, and sending."""
    at = timezone.now()
    asked = own.due_of(request, due, at)
    draft = own.draft_of(asked)
    posted = request.POST if request.method == "POST" else None
    form = TopicForm(posted, initial={"topic": draft.topic if draft else ""})
    if "keep" in request.POST:
        return _keep(draft, form)
    claimed = (form.is_valid() and form.cleaned_data["answered_at"]) or at
    # An answer that was given in time and comes in late is still taken.
    if draft is None or own.standing(asked, occurred_at(claimed, at, asked.opens_at)) != "open":
        return redirect("checkins:checkin", asked.pk)
    if form.is_valid():
        words = "" if "empty" in request.POST else form.cleaned_data["topic"]
        try:
            return _result(request, asked, _send(asked, draft, words, claimed, request.user, at), at)
        except Draft.DoesNotExist:
            # Another tab has sent it meanwhile.
            return redirect("checkins:checkin", asked.pk)
        except BadAnswers as bad:
            form.add_error(None, str(bad))
    own.record_read(request, asked.participation, at)
    context = _context(asked, at, draft, len(drafts.steps(draft)) + 1) | {"form": form}
    page = "checkins/topic_main.html" if request.htmx else "checkins/topic.html"
    return render(request, page, context, status=422 if form.errors else 200)


@login_required
@require_POST
def decline(request: SignedInRequest, due: UUID) -> HttpResponse:
    """“Not this week.”"""
    at = timezone.now()
    declining.decline(own.due_of(request, due, at), by=request.user, at=at)
    return redirect("home:today")


@login_required
@require_POST
def after_all(request: SignedInRequest, due: UUID) -> HttpResponse:
    """“Changed your mind?” Asks again."""
    at = timezone.now()
    declining.ask_again(own.due_of(request, due, at), by=request.user, at=at)
    return redirect("home:today")


def _answer_in(request: SignedInRequest) -> float | None:
    """The posted stop, or None for a skip; raises BadAnswers."""
    if "skip" in request.POST:
        return None
    try:
        return float(request.POST["answer"])
    except (KeyError, ValueError) as error:
        raise BadAnswers("answer", "this is not a number", "Choose a stop, or skip it.") from error


def _send(due: DueCheckIn, draft: Draft, topic: str, claimed: datetime, by: User, at: datetime) -> CheckIn:
    """Raises BadAnswers, and Draft.DoesNotExist when another tab was first."""
    with write():
        # A tap in another tab waits here, or comes before and is sent with the rest.
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        answered = Answered(
            client_made_id=uuid5(_SENT_DRAFT, str(draft.pk)),
            answered_at=claimed,
            zone=due.plan.zone,
            blocks=drafts.blocks(fresh),
            topic=topic,
        )
        return submit(due.participation, answered, by=by, at=at, due=due).checkin


def _keep(draft: Draft | None, form: TopicForm) -> HttpResponse:
    """Words are kept while they are written; where that comes too late, the sending has them."""
    if draft is not None and form.is_valid():
        with suppress(Draft.DoesNotExist):
            drafts.set_topic(draft, form.cleaned_data["topic"])
    return HttpResponse(status=204)


def _to(due: DueCheckIn, number: int, of: int) -> HttpResponse:
    """The page of a step; after the last one, what to talk about."""
    if number > of:
        return redirect("checkins:topic", due.pk)
    return redirect("checkins:question", due.pk, number)


def _result(request: SignedInRequest, due: DueCheckIn, sent: CheckIn, at: datetime) -> HttpResponse:
    """The river that the answers went into, with who reads them. A repeated sending ends here too."""
    own.turn_to(request, due.participation_id)
    if sent.readings.exists():
        messages.info(request, _("This one was sent, and %(reader)s has read it.") % reading(due, at))
    elif not due.cared_for:
        messages.info(request, _("This one was sent. Nobody reads your check-ins at present: please ask your clinic."))
    else:
        said = _("Sent. %(Reader)s reads it %(when)s. Until then nobody is watching it.")
        messages.success(request, said % reading(due, at))
    about = sent.blocks.filter(instrument_version__key=SECURITY).values_list("figure", flat=True).first()
    return redirect("home:river", about) if about else redirect("home:how_i_have_been")


def _context(due: DueCheckIn, at: datetime, draft: Draft, number: int) -> dict[str, Any]:
    of = drafts.most(draft)
    return {"due": due, "of": of, "knots": range(1, of + 1), "number": number, "reading": reading(due, at)}
