"""“Consider asking”: up to three questions, each with the reason it stands there. The rules are the list RULES.

A question is an offer to the clinician, composed from what was written and what moved. It never says what the
answer is, and never what the person is like.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import Kind, Signal
from mooring.caseload import calling, moments
from mooring.caseload.changes import Change
from mooring.caseload.moved import Moved
from mooring.caseload.pronouns import Pronouns
from mooring.checkins import saying

MOST = 3


@dataclass(frozen=True)
class Ask:
    """One question and why it is offered."""

    question: SafeString
    reason: str


@dataclass(frozen=True)
class Spoken:
    """An open signal, what its figure is called, and its sentence."""

    signal: Signal
    about: str
    reason: str


@dataclass(frozen=True)
class Facts:
    """What the rules may look at."""

    said: Pronouns
    today: date
    topic: str = ""
    left_open: tuple[date, str] | None = None
    """An earlier topic that nobody marked as talked about."""
    spoken: Sequence[Spoken] = ()
    changes: Sequence[tuple[Change, str]] = ()
    """What moved beyond its error since the time before, and its measure in words."""
    moved: Sequence[tuple[Moved, str]] = ()
    """Answers that moved most, and what the figure is called."""
    skipped: Sequence[str] = ()
    """Short names of questions, in quotation marks and with their figure."""
    missed: Sequence[date] = ()
    """Days of the latest check-ins that closed unanswered."""
    long_ago: tuple[str, date] | None = None
    """A figure nobody asked about for long, and when it was asked last."""


Rule = Callable[[Facts], Ask | None]


def asks(facts: Facts) -> list[Ask]:
    """The first three rules that have something to ask."""
    found = (rule(facts) for rule in RULES)
    return [ask for ask in found if ask is not None][:MOST]


def _ask(sentence: str, reason: str, facts: Facts, **words: object) -> Ask:
    return Ask(format_html(sentence, **facts.said.words, **words), reason)


def _quoted(text: str) -> SafeString:
    shown = text if len(text) <= 80 else f"{text[:79].rstrip()}…"
    return format_html('<q class="words">{}</q>', shown.rstrip("."))


def _signal(facts: Facts, *kinds: str) -> Spoken | None:
    return next((one for one in facts.spoken if one.signal.kind in kinds), None)


def topic(facts: Facts) -> Ask | None:
    """Their own words come first."""
    if not facts.topic:
        return None
    sentence = _("Where would {they} like to begin with {quote}?")
    reason = calling.begin(_("%(their)s own words, this time.") % facts.said.words)
    return _ask(sentence, reason, facts, quote=_quoted(facts.topic))


def alliance(facts: Facts) -> Ask | None:
    """A fall of the alliance is worth hearing about, and may be new trust."""
    if _signal(facts, Kind.ALLIANCE_DROP) is None:
        return None
    sentence = _("What was the last session like for {them}, and what would {they} change?")
    return _ask(sentence, _("The rating of your work together fell. It may be new honesty."), facts)


def worse(facts: Facts) -> Ask | None:
    """What happened when it began, rather than why it is worse."""
    found = _signal(facts, Kind.DETERIORATION, Kind.SETBACK)
    if found is None:
        return None
    day = saying.calendar_day(found.signal.since, facts.today)
    sentence = _("What was different around {day}, and what did {they} need then?")
    return _ask(sentence, found.reason, facts, day=day)


def shift(facts: Facts) -> Ask | None:
    """Both readings stay open."""
    found = _signal(facts, Kind.SHIFT)
    if found is None:
        return None
    up = float(found.signal.evidence.get("change") or 0) > 0
    return _about_shift(found.signal.evidence.get("role"), up, found.about, found.reason, facts)


def moved_dimension(facts: Facts) -> Ask | None:
    """A dimension that moved since the time before, without a signal."""
    for change, measure in facts.changes:
        if change.series.role in {"anxiety", "avoidance"} and change.series.figure is not None:
            reason = _("%(measure)s moved beyond its error.") % {"measure": measure}
            about = change.series.figure.name
            return _about_shift(change.series.role, change.difference > 0, about, reason, facts)
    return None


def _about_shift(role: str | None, up: bool, about: str, reason: str, facts: Facts) -> Ask:
    if role == "anxiety" and up:
        sentence = _("What did {they} begin to notice with {about}?")
    elif role == "anxiety":
        sentence = _("What lets the worry with {about} rest now?")
    elif up:
        sentence = _("What is the distance from {about} good for at the moment?")
    else:
        sentence = _("What made it possible to come closer to {about}, and is it safe to?")
    return _ask(sentence, reason, facts, about=about or _("others"))


def silence(facts: Facts) -> Ask | None:
    """Silence is asked about, never counted against anybody."""
    if len(facts.missed) < 2 and _signal(facts, Kind.SILENCE) is None:
        return None
    sentence = _("Does the check-in still suit {them}: its day, its length, its questions?")
    reason = _("Check-ins closed unanswered. No reminder was added.")
    return _ask(sentence, reason, facts)


def good_news(facts: Facts) -> Ask | None:
    """What helped is worth as many words as what hurt."""
    found = _signal(facts, Kind.RECOVERY, Kind.GAIN, Kind.REPAIR)
    if found is None:
        return None
    return _ask(_("What helped, and who noticed?"), found.reason, facts)


def moved_answer(facts: Facts) -> Ask | None:
    """The answer that moved most, if it moved far."""
    for one, about in facts.moved:
        if one.share >= 0.25:
            if about:
                sentence = _("What happened with {about} around “{name}”?")
            else:
                sentence = _("What happened around “{name}”?")
            reason = _("The answer went from %(before)s to %(now)s, on %(low)s to %(high)s.") % {
                "before": f"{one.before:g}",
                "now": f"{one.now:g}",
                "low": f"{one.low:g}",
                "high": f"{one.high:g}",
            }
            return _ask(sentence, reason, facts, name=one.name, about=about)
    return None


def left_open(facts: Facts) -> Ask | None:
    """An earlier topic that may still wait."""
    if facts.left_open is None:
        return None
    day, text = facts.left_open
    reason = _("Written on %(day)s, not marked as talked about.") % {"day": saying.calendar_day(day, facts.today)}
    return _ask(_("Is {quote} still open?"), reason, facts, quote=_quoted(text))


def long_ago(facts: Facts) -> Ask | None:
    """Somebody on the map whom the questions have not reached for a while."""
    if facts.long_ago is None:
        return None
    about, day = facts.long_ago
    reason = _("Last asked about in %(month)s.") % {"month": moments.month(day)}
    return _ask(_("Is there news from {about}?"), reason, facts, about=about)


def skipped(facts: Facts) -> Ask | None:
    """Skipping is always possible; whether the question fits is worth asking once."""
    if not facts.skipped:
        return None
    sentence = _("How is the question {name} for {them}?")
    return _ask(sentence, _("It was skipped this time."), facts, name=facts.skipped[0])


def quiet(facts: Facts) -> Ask | None:
    """When nothing else stands out."""
    if facts.moved or facts.spoken or facts.topic:
        return None
    return _ask(_("What would make the next week a little easier?"), _("Nothing moved beyond its error."), facts)


RULES: tuple[Rule, ...] = (
    topic,
    alliance,
    worse,
    shift,
    moved_dimension,
    silence,
    good_news,
    moved_answer,
    left_open,
    skipped,
    long_ago,
    quiet,
)
