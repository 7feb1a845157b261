"""A signal in words: why it stands there, by which rule, and how often that rule is wrong.

Everything is read from the evidence that was frozen when the signal was raised. A number that does not stand
there is left out of the sentence, never made up.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import Kind, Signal
from mooring.caseload import calling, unknown
from mooring.caseload.pronouns import Pronouns
from mooring.checkins import saying
from mooring.checkins.drawing import NINE_IN_TEN

UNREAD = "unread"
# Precision from research or from a calibration. Anything else is a marked change, not a reliable one.
MEASURED = frozenset({"published", "calibrated"})


def kind_word(kind: str) -> str:
    """The reason's kind, as it stands in the first column."""
    return {
        Kind.RISK: _("Safety"),
        Kind.DETERIORATION: _("Deterioration"),
        Kind.ALLIANCE_DROP: _("Alliance"),
        Kind.SILENCE: _("Silence"),
        Kind.SETBACK: _("Setback"),
        Kind.OFF_COURSE: _("Expected course"),
        Kind.SHIFT: _("Shift"),
        Kind.RECOVERY: _("Recovery"),
        Kind.GAIN: _("Gain"),
        Kind.REPAIR: _("Repair"),
        UNREAD: _("Unread"),
    }[kind]


def reason(signal: Signal, said: Pronouns, about: str, today: date, over: date | None = None) -> str:
    """Why, in one sentence, and that it is over where that is known. `about` is what the figure is called."""
    given: Mapping[str, Any] = signal.evidence
    role = str(given.get("role", ""))
    words = {
        **said.words,
        "measure": calling.measure(role, signal.instrument_key, signal.scale, about),
        "figure": about,
        "since": saying.calendar_day(date.fromisoformat(given.get("began", signal.since.isoformat())), today),
    }
    sentence = _SENTENCES.get(Kind(signal.kind), _unsaid)(given, role, words, today)
    why = calling.begin(sentence % words)
    if given.get("went_on"):
        why = f"{why} {_('It went further after it had been talked about or dismissed.')}"
    if over is None or signal.kind in {Kind.RECOVERY, Kind.REPAIR}:
        return why
    if signal.kind == Kind.GAIN:
        return f"{why} {_('Half of it was lost again by %(day)s.') % {'day': saying.calendar_day(over, today)}}"
    return f"{why} {_('No longer so since %(day)s.') % {'day': saying.calendar_day(over, today)}}"


def _risk(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("A risk question was answered above its lowest answer on %(since)s.")


def _worse(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    higher = role == "distress" or given.get("direction") == "worse"
    if given.get("reference") == "best held":
        held = given.get("reference_on")
        if held is None:
            return (
                _("%(measure)s rose above the level %(they)s had held.")
                if higher
                else _("%(measure)s fell below the level %(they)s had held.")
            )
        day = saying.calendar_day(date.fromisoformat(held), today)
        sentence = (
            _("%(measure)s rose above the level %(they)s had held on {day}.")
            if higher
            else _("%(measure)s fell below the level %(they)s had held on {day}.")
        )
        return sentence.replace("{day}", day)
    return (
        _("%(measure)s is higher than at %(their)s start, since %(since)s.")
        if higher
        else _("%(measure)s is lower than at %(their)s start, since %(since)s.")
    )


def _alliance(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("%(their)s rating of your work together fell. It may be new honesty.")


def _silence(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("No check-in since %(since)s. No reminder was added.")


def _shift(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    """Both readings: neither direction of worry or distance is the bad one."""
    return both_readings(role, float(given.get("change") or 0), bool(words["figure"]))


def both_readings(role: str, change: float, named: bool) -> str:
    """More worry or less, more distance or less, each with the two things it may mean."""
    if role == "anxiety":
        if change > 0:
            return (
                _("More worry with %(figure)s since %(since)s: more alarm, or more able to notice it.")
                if named
                else _("More worry since %(since)s: more alarm, or more able to notice it.")
            )
        return (
            _("Less worry with %(figure)s since %(since)s: more ease, or less is let in.")
            if named
            else _("Less worry since %(since)s: more ease, or less is let in.")
        )
    if change > 0:
        return (
            _("More distance from %(figure)s since %(since)s: a step back, or room that was needed.")
            if named
            else _("More distance since %(since)s: a step back, or room that was needed.")
        )
    return (
        _("Less distance from %(figure)s since %(since)s: closer, or less guarded than is safe.")
        if named
        else _("Less distance since %(since)s: closer, or less guarded than is safe.")
    )


def _back(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("%(measure)s is back at the level %(they)s held before %(since)s.")


def _gain(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    if role == "distress" or given.get("direction") == "worse":
        return _("%(measure)s eased from one check-in to the next, on %(since)s, and stayed lower.")
    return _("%(measure)s rose from one check-in to the next, on %(since)s, and stayed higher.")


def _off_course(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    if role == "distress" or given.get("direction") == "worse":
        return _("%(measure)s lies above where this clinic’s finished courses that began alike were, since %(since)s.")
    return _("%(measure)s lies below where this clinic’s finished courses that began alike were, since %(since)s.")


def _repair(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("%(their)s rating of your work together is back where it was before %(since)s.")


def _unsaid(given: Mapping[str, Any], role: str, words: Mapping[str, str], today: date) -> str:
    return _("%(measure)s changed on %(since)s.")


_SENTENCES = {
    Kind.RISK: _risk,
    Kind.DETERIORATION: _worse,
    Kind.SETBACK: _worse,
    Kind.OFF_COURSE: _off_course,
    Kind.ALLIANCE_DROP: _alliance,
    Kind.SILENCE: _silence,
    Kind.SHIFT: _shift,
    Kind.RECOVERY: _back,
    Kind.GAIN: _gain,
    Kind.REPAIR: _repair,
}


def decimal(value: float, places: int = 1) -> str:
    """A number in the reader's notation."""
    return str(number_format(round(value, places), places))


def _rate(of_100: float) -> str:
    """Of a hundred: whole ones, since a simulation of this size knows no better; under one, its tenths."""
    return decimal(of_100, 0 if of_100 >= 1 else 1)


def weight(precision: str) -> str:
    """What kind of change it is, after how the precision of the measure is known."""
    if precision in MEASURED:
        return _("A reliable change in the answers.")
    if precision == "reference":
        return _("A marked change in the answers (precision from this clinic’s own answers).")
    return _("A marked change in the answers (precision assumed).")


def unread_reason(first: date, several: bool, name: str, today: date) -> str:
    """Why somebody stands there whose answers nobody has read at the agreed time."""
    day = saying.day(first, today)
    if several:
        sentence = _("Nobody has read the answers since %(day)s. %(name)s’s screen says so.")
    else:
        sentence = _("Nobody has read the answers of %(day)s. %(name)s’s screen says so.")
    return sentence % {"day": day, "name": name}


def rule(given: Mapping[str, Any], said: Pronouns) -> list[str]:
    """The rule in words with its numbers, then what kind of change it found."""
    kind = given.get("kind")
    if kind == Kind.SILENCE:
        return _missed(given)
    if kind == Kind.RECOVERY:
        return _back_after(given)
    if kind == Kind.OFF_COURSE:
        return _outside(given)
    if kind == Kind.REPAIR:
        return _mended(given)
    if kind == Kind.GAIN:
        return [*_at_once(given), weight(str(given.get("precision", "")))]
    if kind == Kind.ALLIANCE_DROP:
        return [*_below_usual(given), weight(str(given.get("precision", "")))]
    return [*_beyond(given, said), weight(str(given.get("precision", "")))]


def _missed(given: Mapping[str, Any]) -> list[str]:
    count = int(given.get("missed") or 0)
    if not count:
        return []
    sentence = ngettext("%(n)s check-in closed unanswered.", "%(n)s check-ins in a row closed unanswered.", count)
    return [calling.begin(sentence % {"n": calling.number(count)})]


def _back_after(given: Mapping[str, Any]) -> list[str]:
    """How long it took, with its interval, where the estimate can tell."""
    took, low, high = given.get("weeks"), given.get("weeks_low"), given.get("weeks_high")
    # Under a week the estimate says that the level hardly fell, not when it was back.
    if took is None or low is None or took < 1:
        return []
    if high is None:
        sentence = _("Back after %(weeks)s weeks (%(low)s or more, nine in ten).")
        return [sentence % {"weeks": decimal(took, 0), "low": decimal(low, 0)}]
    sentence = _("Back after %(weeks)s weeks (%(low)s to %(high)s, nine in ten).")
    return [sentence % {"weeks": decimal(took, 0), "low": decimal(low, 0), "high": decimal(high, 0)}]


def _below_usual(given: Mapping[str, Any]) -> list[str]:
    if not {"drop", "asked", "baseline"} <= given.keys():
        return []
    sentence = _(
        "%(drop)s standard deviations of one rating below the mean of the %(n)s ratings before it; "
        "the rule speaks at %(asked)s."
    )
    numbers = {"drop": decimal(given["drop"]), "n": given["baseline"], "asked": decimal(given["asked"])}
    return [sentence % numbers]


def _mended(given: Mapping[str, Any]) -> list[str]:
    """How long after the drop a rating was back at what is usual."""
    if not {"weeks", "baseline"} <= given.keys():
        return []
    sentence = _(
        "%(weeks)s weeks after the drop a rating is within one standard deviation of the mean of the %(n)s usual "
        "ratings before it."
    )
    return [sentence % {"weeks": decimal(given["weeks"], 0), "n": given["baseline"]}]


def _at_once(given: Mapping[str, Any]) -> list[str]:
    """The three criteria of a sudden gain, each with its numbers."""
    if not {"drop", "cut_off", "share", "share_asked"} <= given.keys():
        return []
    sentence = _(
        "A sudden gain by three criteria together: a step of %(drop)s points (asked: %(cut)s), %(share)s %% of what "
        "there was to gain (asked: %(least)s %%), and larger than the spread of the check-ins on either side."
    )
    numbers = {
        "drop": decimal(given["drop"]),
        "cut": decimal(given["cut_off"]),
        "share": decimal(100 * given["share"], 0),
        "least": decimal(100 * given["share_asked"], 0),
    }
    return [sentence % numbers]


def _outside(given: Mapping[str, Any]) -> list[str]:
    """Beyond the tolerance limits of the clinic's finished courses."""
    if not {"low", "high", "courses"} <= given.keys():
        return []
    sentence = _(
        "Two check-ins running lay beyond %(low)s to %(high)s, where %(content)s in 100 answers of courses that began "
        "alike lay at that time (learned from %(n)s finished courses of this clinic)."
    )
    numbers = {
        "low": decimal(given["low"]),
        "high": decimal(given["high"]),
        "content": decimal(100 * given.get("content", 0.9), 0),
        "n": number_format(given["courses"]),
    }
    return [sentence % numbers, _("It says how others went on, not what will come.")]


def _beyond(given: Mapping[str, Any], said: Pronouns) -> list[str]:
    """Beyond the start, or the level held, by more than a margin, with which probability."""
    if not {"margin", "probability"} <= given.keys():
        return []
    held = given.get("reference") == "best held"
    if given.get("kind") == Kind.SHIFT:
        sentence = _("Away from %(their)s start by more than %(margin)s points, with probability %(p)s.")
        if held:
            sentence = _("Away from the level held by more than %(margin)s points, with probability %(p)s.")
    elif held:
        sentence = _("Worse than the best %(they)s had held by more than %(margin)s points, with probability %(p)s.")
    else:
        sentence = _("Worse than %(their)s start by more than %(margin)s points, with probability %(p)s.")
    numbers = {"margin": decimal(given["margin"]), "p": decimal(given["probability"], 2)}
    found = [sentence % {**said.words, **numbers}]
    if given.get("beside"):
        found.append(_("Distress and security moved together and were judged together."))
    if "asked" in given:
        found.append(_("The rule speaks at %(asked)s.") % {"asked": decimal(given["asked"], 2)})
    if {"change", "change_sd"} <= given.keys():
        half = decimal(NINE_IN_TEN * given["change_sd"])
        found.append(
            _("The change was %(change)s.") % {"change": f"{decimal(abs(given['change']))}\u00a0±\u00a0{half}"}
        )
    return found


def cautions(given: Mapping[str, Any], *, validated: bool, since: Mapping[str, Any] | None = None) -> list[str]:
    """How often the rule is wrong, and what its precision rests on.

    ``since``: the calibration that the measure's numbers rest on today, which the frozen evidence may not know.
    """
    found = []
    if given.get("false_of_100"):
        usual, most = given["false_of_100"]
        sentence = _(
            "In steady people this rule is wrong in %(usual)s of 100 half-years, "
            "in up to %(most)s where moods linger or our assumptions fail (simulated)."
        )
        found.append(sentence % {"usual": _rate(usual), "most": _rate(most)})
    if given.get("noticed_of_100"):
        weeks = given["noticed_of_100"]
        sentence = _("Of 100 who change by one reliable change it notices %(some)s.")
        some = [_("%(n)s within %(w)s weeks") % {"n": weeks[week], "w": calling.number(int(week))} for week in weeks]
        found.append(sentence % {"some": calling.together(some)})
    if given.get("kind") == Kind.SILENCE:
        return found
    on = (given.get("model") or {}).get("calibration")
    if on:
        found.append(unknown.calibrated(on))
    elif not validated and since:
        found.append(_("Precision was assumed when this rule spoke; the picture rests on a calibration made since."))
    elif not validated:
        found.append(_("Precision assumed: this measure is not yet validated."))
    return found
