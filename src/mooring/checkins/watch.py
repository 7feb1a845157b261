"""What the rules say about a participation's series: written into `Series.stretches`. Pure, but for the rows given.

A stretch, one object (dates local, numbers in points of the scale):
kind, since (the change began), spoke (the rule first spoke), ceased (null while it speaks), checkin (the answer on
which it spoke); and by kind: reference (start or best held), reference_on, reference_level, reference_sd, level,
level_sd, change, change_sd, probability, asked, margin, beside (the series that spoke together with this one) —
or for the alliance rating, centre, sigma, drop, asked, baseline. A recovery: of (the kind it ends), weeks,
weeks_low, weeks_high as they could be said then, and hindsight: the same three, given every answer since.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mooring.alerts.models import Kind
from mooring.checkins.estimate import column, follow
from mooring.checkins.models import CheckIn, Series
from mooring.checkins.weekly import DISTRESS
from mooring.science import alliance, signals
from mooring.science.dynamics import Dynamics, Prior

Stretch = dict[str, Any]

# These two are judged together: distress and the security with somebody may speak with one voice.
TOGETHER = ("distress", "security")


def watch(series: Iterable[Series]) -> None:
    """Write the stretches of every series, and then its levels, which may step where a rule spoke.

    Those of `TOGETHER` must all be among them, or none.
    """
    followed = [one for one in series if one.model]
    for one in followed:
        one.stretches, one.model["steps"] = [], []
    judged = [one for one in followed if one.rater == CheckIn.Rater.CLIENT]
    _worsenings([one for one in judged if one.role in TOGETHER])
    for one in judged:
        if one.role in {"anxiety", "avoidance"}:
            found = signals.shifts(str(one.pk), observed(one))
            one.stretches = [_stretch(one, stretch) for stretch in found]
            _allow_steps(one, str(one.pk), found)
        elif one.role == "alliance":
            one.stretches = [_alliance(one, drop) for drop in _drops(one)]
    for one in followed:
        one.points = follow(one.points, one.model)
        one.last_level, one.last_sd = one.points[-1]["level"], one.points[-1]["sd"]


def _allow_steps(series: Series, name: str, found: Iterable[signals.Stretch]) -> None:
    series.model["steps"] = [list(step) for step in signals.steps(name, observed(series), found).items()]


def observed(series: Series) -> signals.Series:
    """The series as the science sees it."""
    return signals.Series(
        times=[point["t"] for point in series.points],
        scores=column(series.points, "score"),
        standard_errors=column(series.points, "se"),
        sem=series.model["sem"],
        dynamics=Dynamics(**series.model["dynamics"]),
        prior=Prior(**series.model["prior"]),
    )


def _worsenings(watched: list[Series]) -> None:
    security = {str(one.pk): one for one in watched if one.role == "security"}
    distress = sorted(
        (one for one in watched if one.role == "distress"), key=lambda one: one.instrument_key != DISTRESS
    )
    # One distress measure stands beside security; a clinic's other ones are judged each on its own.
    beside, others = distress[:1], distress[1:]
    _judge(beside[0] if beside else None, security)
    for one in others:
        _judge(one, {})


def _judge(distress: Series | None, security: dict[str, Series]) -> None:
    named = {f"security:{key}": one for key, one in security.items()}
    if distress is not None:
        named["distress"] = distress
    if not named:
        return
    found = signals.worsenings(
        None if distress is None else observed(distress), {key: observed(one) for key, one in security.items()}
    )
    for name, one in named.items():
        _allow_steps(one, name, found)
    for stretch in found:
        one = named[stretch.series]
        told = _stretch(one, stretch)
        if stretch.beside is not None:
            told["beside"] = str(named[stretch.beside].pk)
        one.stretches.append(told)
        worse = 1 if one.direction == "worse" else -1
        back = signals.recovery(observed(one), worse, stretch)
        if back is not None:
            hindsight = signals.time_to_recover(observed(one), worse, stretch, back)
            one.stretches.append(_recovery(one, told, back, hindsight))


def _stretch(series: Series, found: signals.Stretch) -> Stretch:
    on = _day(series)
    return {
        "kind": str(found.kind),
        "since": on(found.since),
        "spoke": on(found.spoke),
        "ceased": None if found.ceased is None else on(found.ceased),
        "checkin": series.points[found.spoke]["checkin"],
        "reference": found.reference,
        "reference_on": on(found.reference_at),
        "reference_level": found.reference_level,
        "reference_sd": found.reference_sd,
        "level": found.level,
        "level_sd": found.level_sd,
        "change": found.change,
        "change_sd": found.change_sd,
        "probability": found.probability,
        "asked": found.asked,
        "margin": found.margin,
        "beside": None,
    }


def _recovery(series: Series, ended: Stretch, back: signals.Recovery, hindsight: signals.Recovery) -> Stretch:
    spoke = _day(series)(back.at)
    return {
        "kind": str(Kind.RECOVERY),
        "since": ended["since"],
        "spoke": spoke,
        "ceased": spoke,
        "checkin": series.points[back.at]["checkin"],
        "of": ended["kind"],
        "weeks": back.weeks,
        "weeks_low": back.weeks_low,
        "weeks_high": back.weeks_high,
        "hindsight": [hindsight.weeks, hindsight.weeks_low, hindsight.weeks_high],
        "reference_level": ended["reference_level"],
    }


def _drops(series: Series) -> tuple[alliance.AllianceDrop, ...]:
    error = float(np.hypot(series.model["sem"], series.model["dynamics"]["occasion_sd"]))
    return alliance.alliance_drops(column(series.points, "score"), error)


def _alliance(series: Series, drop: alliance.AllianceDrop) -> Stretch:
    on = _day(series)
    numbers = drop._asdict()
    del numbers["spoke"], numbers["ceased"]
    return {
        "kind": str(Kind.ALLIANCE_DROP),
        "since": on(drop.spoke),
        "spoke": on(drop.spoke),
        "ceased": None if drop.ceased is None else on(drop.ceased),
        "checkin": series.points[drop.spoke]["checkin"],
        **numbers,
    }


def _day(series: Series) -> Callable[[int], str]:
    def on(index: int) -> str:
        day: str = series.points[index]["on"]
        return day

    return on
