"""What a signal rests on, frozen by value: it reads the same however the series is rebuilt later."""

from collections.abc import Mapping, Sequence
from typing import Any

from mooring.alerts.models import Kind
from mooring.checkins.models import Series
from mooring.checkins.operating_point import false_of_100, noticed_of_100
from mooring.checkins.stretches import Stretch
from mooring.people.models import Participation
from mooring.science.signals import HELD

# Answers of each part that are kept with the evidence: every one was used, these say most.
KEPT = 6
# Beside a sudden gain, on either side of the step.
ASIDE = 3
REFERENCE, BEFORE, SINCE = "reference", "before", "since"


def evidence(
    participation: Participation,
    series: Series,
    stretch: Stretch,
    grew: Stretch | None = None,
    beside: Series | None = None,
) -> dict[str, Any]:
    """The rule's numbers, the answers it used, what its precision rests on, and every version.

    `grew`: the later numbers of the same stretch; `beside`: the series that was judged together with this one.
    """
    # What only later answers told is no evidence.
    later = {"ceased", "hindsight", "grew", "on"}
    given = {key: value for key, value in {**stretch, **(grew or {})}.items() if key not in later}
    as_of = grew["on"] if grew else stretch["spoke"]
    point = participation.clinic.operating_point
    return {
        **given,
        "as_of": as_of,
        "operating_point": point,
        "false_of_100": false_of_100(stretch["kind"], point),
        "noticed_of_100": noticed_of_100(stretch["kind"], point),
        "role": series.role,
        "direction": series.direction,
        "minimum": series.minimum,
        "maximum": series.maximum,
        "precision": series.precision,
        "model": _resting_on(series.model),
        "instrument": {
            "key": series.instrument_key,
            "version": series.instrument_version.version,
            "digest": series.instrument_version.digest,
        },
        "science_version": series.science_version,
        "inputs": _inputs(series, stretch, as_of),
        "answers": sum(point["score"] is not None for point in series.points if point["on"] <= as_of),
        **({"beside_inputs": _inputs(beside, stretch, as_of), "beside_role": beside.role} if beside else {}),
    }


def _resting_on(model: Mapping[str, Any]) -> dict[str, Any]:
    """Where the parameters came from and what they are; the whole expected course stays with what was learned."""
    found = {key: value for key, value in model.items() if key != "steps"}
    if "expected" in found:
        found["expected"] = {key: value for key, value in found["expected"].items() if key != "growth"}
    return found


def _inputs(series: Series, stretch: Stretch, as_of: str) -> list[dict[str, Any]]:
    """The answers that say most, oldest first: day, value, standard error, and which part they had."""
    answered = [point for point in series.points if point["score"] is not None and point["on"] <= as_of]
    before = [point for point in answered if point["on"] < stretch["since"]]
    since = [point for point in answered if point["on"] >= stretch["since"]]
    kind = stretch["kind"]
    if kind in {Kind.ALLIANCE_DROP, Kind.OFF_COURSE}:
        return [*_rows(before[-KEPT:], BEFORE), *_rows(since[-KEPT:], SINCE)]
    if kind == Kind.GAIN:
        return [*_rows(before[-ASIDE:], BEFORE), *_rows(since[:ASIDE], SINCE)]
    reference = stretch.get("reference_on")
    held = 1 if kind == Kind.SHIFT else HELD
    first = [point for point in before if reference is not None and point["on"] >= reference][:held]
    return [*_rows(first, REFERENCE), *_rows(since[-KEPT:], SINCE)]


def _rows(points: Sequence[Mapping[str, Any]], part: str) -> list[dict[str, Any]]:
    return [{"on": point["on"], "score": point["score"], "se": point["se"], "part": part} for point in points]
