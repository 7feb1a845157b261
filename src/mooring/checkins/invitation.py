"""What a client is told about one check-in that is asked of them: how long, who reads it and when, what is possible."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.checkins import draft as drafts
from mooring.checkins import own, saying
from mooring.checkins.models import Draft, DueCheckIn
from mooring.checkins.question import first_open
from mooring.checkins.weekly import compose
from mooring.kit.dates import local_date
from mooring.people.models import User

QUESTIONS_A_MINUTE = 8


@dataclass(frozen=True)
class Invitation:
    due: DueCheckIn
    standing: own.Standing
    sentence: str
    begun: bool
    read: str
    """Who reads it and when."""


def invitation(due: DueCheckIn, at: datetime) -> Invitation:
    """The words for a due check-in as it stands at that moment."""
    standing = own.standing(due, at)
    draft = own.draft_of(due)
    sentence = {
        "open": _go_on(draft) if draft else _begin(due, at),
        "declined": _("You said not this week, and %(reader)s can see that. Changed your mind?") % reading(due, at),
        "closed": _closed(due, at, begun=draft is not None),
        "early": _("This check-in opens %(when)s.") % {"when": saying.on_day_at(due.opens_at, at, due.plan.zone)},
        "nobody": _nobody(begun=draft is not None),
        "answered": "",
    }[standing]
    return Invitation(due, standing, sentence, draft is not None, reads_it(due, at, begun=draft is not None))


def reads_it(due: DueCheckIn, at: datetime, *, begun: bool) -> str:
    """“Ines reads it on Thursday at 16:50”; what was begun and not sent, nobody reads."""
    if begun:
        return _("Once it is, %(reader)s reads it %(when)s.") % reading(due, at)
    return _("%(Reader)s reads it %(when)s.") % reading(due, at)


def reading(due: DueCheckIn, at: datetime) -> dict[str, str]:
    """Who reads what is sent now, and when: for a sentence."""
    plan = due.plan
    return {
        **called(plan.reader if due.reader_cares else None),
        "when": saying.on_day_at(plan.next_reading(at), at, plan.zone),
    }


def called(reader: User | None) -> dict[str, str]:
    """What somebody is called inside a sentence and at its head; None is whoever reads in another's place."""
    somebody = _("your therapist")
    name = somebody if reader is None else saying.reader(reader)
    return {"reader": name, "Reader": capfirst(name) if name == somebody else name}


def nobody() -> str:
    """Said where a plan runs on, and nobody is left who may read."""
    return _("Nobody reads your check-ins at present, so none is asked. Please ask your clinic who will read them.")


def _begin(due: DueCheckIn, at: datetime) -> str:
    blocks = compose(due.plan, due.due_on)
    questions = sum(len(block.items) for block in blocks)
    minutes = max(1, round(questions / QUESTIONS_A_MINUTE))
    return _("%(which)s %(questions)s, %(minutes)s.") % {
        "which": _which(due, at),
        "questions": _questions(questions, at_most=any(block.calibration for block in blocks)),
        "minutes": {1: _("about a minute"), 2: _("about two minutes")}.get(
            minutes, _("about %(n)s minutes") % {"n": minutes}
        ),
    }


def _questions(count: int, *, at_most: bool) -> str:
    if at_most:
        return ngettext("at most %(n)s question", "at most %(n)s questions", count) % {"n": count}
    return ngettext("%(n)s question", "%(n)s questions", count) % {"n": count}


def _which(due: DueCheckIn, at: datetime) -> str:
    away = due.due_on - local_date(at, due.plan.zone)
    if away == timedelta(days=1):
        return _("Tomorrow’s check-in is here:")
    if away == timedelta():
        return _("Today’s check-in is here:")
    return _("This week’s check-in is here:")


def _go_on(draft: Draft) -> str:
    steps = drafts.steps(draft)
    left = first_open(draft, steps)
    if left is None:
        return _("You have been through all %(n)s questions. It is not sent yet.") % {"n": len(steps)}
    return _("You stopped at question %(number)s of %(n)s, and it is not sent yet.") % {
        "number": left.number,
        "n": drafts.most(draft),
    }


def _closed(due: DueCheckIn, at: datetime, *, begun: bool) -> str:
    said = _("This check-in closed %(when)s.") % {"when": saying.on_day_at(own.ends(due), at, due.plan.zone)}
    return said + _unsent() if begun else said


def _nobody(*, begun: bool) -> str:
    return nobody() + _unsent() if begun else nobody()


def _unsent() -> str:
    return " " + _("What you had begun was not sent, and nobody reads it.")
