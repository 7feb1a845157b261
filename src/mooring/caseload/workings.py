"""“How this was worked out”: the formula with its numbers, the answers, what it rests on, and every version.

Read from the evidence that was frozen when the rule spoke. What does not stand there is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.alerts.models import Kind, Signal
from mooring.caseload.evidence import decimal
from mooring.caseload.pictures import plus_minus
from mooring.checkins import saying
from mooring.kit.dates import local_date
from mooring.science import measured

CHANGES = (Kind.DETERIORATION, Kind.SETBACK, Kind.SHIFT)
SHORT_DIGEST = 10


@dataclass(frozen=True)
class Input:
    """One answer that the rule used."""

    day: str
    part: str
    value: str


@dataclass(frozen=True)
class Workings:
    """Everything behind one signal."""

    formula: list[str]
    inputs: list[Input]
    answers: str
    """How many answers were used in all."""
    sample: list[str]
    version: list[str]


def workings(signal: Signal, zone: str, today: date) -> Workings:
    """How a signal came about."""
    given: Mapping[str, Any] = signal.evidence
    return Workings(
        _formula(given), _inputs(given, today), _answers(given), _sample(given), _version(signal, given, zone, today)
    )


def _formula(given: Mapping[str, Any]) -> list[str]:
    kind = given.get("kind")
    if kind in CHANGES:
        return _exceeds(given)
    if kind == Kind.ALLIANCE_DROP and {"centre", "rating", "sigma", "drop"} <= given.keys():
        return [
            "(c − y) / σ = ({c} − {y}) / {s} = {d}".format(
                c=decimal(given["centre"], 2), y=decimal(given["rating"], 2), s=decimal(given["sigma"], 2),
                d=decimal(given["drop"], 2),
            ),
            _("c: mean of the ratings before; σ: their mean moving range / 1.128, at least the error of one rating."),
        ]  # fmt: skip
    if kind == Kind.REPAIR and {"centre", "rating", "sigma"} <= given.keys():
        away = (given["centre"] - given["rating"]) / given["sigma"]
        return [
            "(c − y) / σ = ({c} − {y}) / {s} = {d} < 1".format(
                c=decimal(given["centre"], 2), y=decimal(given["rating"], 2), s=decimal(given["sigma"], 2),
                d=decimal(away, 2),
            )
        ]  # fmt: skip
    if kind == Kind.GAIN:
        return _three_criteria(given)
    if kind == Kind.OFF_COURSE and {"low", "high"} <= given.keys():
        return _limits(given)
    if kind == Kind.SILENCE and {"missed", "asked"} <= given.keys():
        return [
            _("check-ins in a row without an answer: %(n)s ≥ %(asked)s")
            % {"n": given["missed"], "asked": given["asked"]}
        ]
    if kind == Kind.RECOVERY and "margin" in given:
        return [
            "P(D < m) > 0.5, m = {m}".format(m=decimal(given["margin"], 2)),
            _("D: how far the level is from where it was held before the fall; at two check-ins running."),
        ]
    return []


def _exceeds(given: Mapping[str, Any]) -> list[str]:
    """P(D > m) = Φ((E D − m) / sd D); of two series together only the whole is known."""
    if not {"margin", "probability"} <= given.keys():
        return []
    probability = decimal(given["probability"], 2)
    if given.get("beside"):
        return [
            f"P(D > m) = Φ((E D − m) / sd D) = {probability}",
            _("D: mean of both changes for the worse, each in standard errors of measurement; m: one of them."),
        ]
    if not {"change", "change_sd"} <= given.keys():
        return []
    numbers = {
        "change": decimal(abs(given["change"]), 2), "margin": decimal(given["margin"], 2),
        "sd": decimal(given["change_sd"], 2), "p": probability,
    }  # fmt: skip
    return [
        "P(D > m) = Φ((E D − m) / sd D) = Φ(({change} − {margin}) / {sd}) = {p}".format(**numbers),
        _("D: change of the level; m: margin, one standard error of measurement; Φ: normal distribution."),
    ]


def _three_criteria(given: Mapping[str, Any]) -> list[str]:
    lines = []
    if {"drop", "cut_off"} <= given.keys():
        lines.append(f"(1) {decimal(given['drop'], 2)} ≥ 1.96 √2 SEM = {decimal(given['cut_off'], 2)}")
    if {"share", "share_asked"} <= given.keys():
        lines.append(f"(2) {decimal(given['share'], 2)} ≥ {decimal(given['share_asked'], 2)}")
    if {"mean_before", "mean_after", "pooled_sd", "critical"} <= given.keys():
        apart = decimal(abs(given["mean_before"] - given["mean_after"]), 2)
        spread = decimal(given["critical"] * given["pooled_sd"], 2)
        t, sd = decimal(given["critical"], 3), decimal(given["pooled_sd"], 2)
        lines.append(f"(3) {apart} > t s = {t} × {sd} = {spread}")
    if lines:
        lines.append(
            _("(1) the step; (2) its share of what there was to gain; (3) the means of up to three on either side.")
        )
        lines.append("Tang & DeRubeis 1999, doi 10.1037/0022-006X.67.6.894")
    return lines


def _limits(given: Mapping[str, Any]) -> list[str]:
    score, worse = given.get("score", given.get("level")), given.get("direction") == "worse"
    if score is None:
        return []
    if worse:
        lines = [f"y = {decimal(score, 2)} > U = {decimal(given['high'], 2)}"]
    else:
        lines = [f"y = {decimal(score, 2)} < L = {decimal(given['low'], 2)}"]
    if {"content", "confidence"} <= given.keys():
        sentence = _("L, U: limits that hold %(content)s %% of answers with a confidence of %(sure)s %%.")
        shares = {key: decimal(100 * given[name], 0) for key, name in (("content", "content"), ("sure", "confidence"))}
        lines.append(sentence % shares)
    return lines


def _inputs(given: Mapping[str, Any], today: date) -> list[Input]:
    if given.get("kind") == Kind.SILENCE:
        return [Input(_day(on, today), _("unanswered"), "") for on in given.get("missed_on", [])]
    rows = [_input(row, "", today) for row in given.get("inputs", [])]
    called = {"distress": _("distress"), "security": _("security")}.get(str(given.get("beside_role")), "")
    return rows + [_input(row, called, today) for row in given.get("beside_inputs", [])]


def _input(row: Mapping[str, Any], measure: str, today: date) -> Input:
    parts = {"reference": _("compared with"), "before": _("before"), "since": _("since then")}
    part = parts.get(str(row.get("part")), "")
    value = decimal(row["score"]) if row.get("se") is None else plus_minus(row["score"], row["se"])
    return Input(_day(row["on"], today), f"{part}, {measure}" if measure else part, value)


def _answers(given: Mapping[str, Any]) -> str:
    count, shown = given.get("answers"), len(given.get("inputs", []))
    if not count or count <= shown:
        return ""
    return _("All %(n)s answers up to then were used; these say most.") % {"n": count}


def _sample(given: Mapping[str, Any]) -> list[str]:
    said = [*_precision(given), *_movement(given)]
    if (courses := given.get("courses")) is not None:
        sentence = ngettext(
            "Course: from %(n)s finished course%(made)s.", "Course: from %(n)s finished courses%(made)s.", courses
        )
        said.append(sentence % {"n": number_format(courses), "made": _whose(given.get("simulated"))})
    if given.get("false_of_100"):
        sentence = _("False flags: %(n)s simulated steady clients, half a year each.")
        said.append(sentence % {"n": number_format(measured.CLIENTS)})
    return said


def _precision(given: Mapping[str, Any]) -> list[str]:
    on = (given.get("model") or {}).get("calibration")
    if on:
        words = {"number": on["number"], "n": number_format(on["persons"]), "made": _whose(on["simulated"])}
        return [_("Precision: calibration %(number)s, on %(n)s people%(made)s.") % words]
    known = {
        "published": _("Precision: as published for this measure."),
        "reference": _("Precision: from this clinic’s own answers, which is not a norm."),
        "assumed": _("Precision: assumed, from no sample."),
    }
    return [known[given["precision"]]] if given.get("precision") in known else []


def _movement(given: Mapping[str, Any]) -> list[str]:
    """What is taken for how a level moves by itself: it is part of every probability of a change."""
    if given.get("kind") not in {*CHANGES, Kind.RECOVERY}:
        return []
    on = (given.get("model") or {}).get("movement")
    if not isinstance(on, Mapping):
        return [_("Movement of levels: assumed.")]
    words = {"n": number_format(on["persons"]), "made": _whose(on["simulated"])}
    return [_("Movement of levels: learned from %(n)s people%(made)s.") % words]


def _whose(simulated: bool | None) -> str:
    """Whether there are such people."""
    return _(", made-up ones") if simulated else _(" of this clinic")


def _version(signal: Signal, given: Mapping[str, Any], zone: str, today: date) -> list[str]:
    said = [_("Raised %(day)s.") % {"day": saying.on_day(local_date(signal.raised_at, zone), today)}]
    if given.get("operating_point"):
        said.append(_("Operating point: %(name)s.") % {"name": point_word(given["operating_point"])})
    instrument = given.get("instrument") or {}
    if instrument:
        words = {**instrument, "digest": str(instrument["digest"])[:SHORT_DIGEST]}
        said.append(_("Measure: %(key)s, version %(version)s, %(digest)s.") % words)
    if given.get("science_version"):
        said.append(_("Rules: %(versions)s.") % {"versions": given["science_version"]})
    return said


def point_word(name: str) -> str:
    """What an operating point is called."""
    return {"earlier": _("earlier"), "usual": _("usual"), "quieter": _("quieter")}.get(name, name)


def _day(on: str, today: date) -> str:
    return saying.calendar_day(date.fromisoformat(on), today)
