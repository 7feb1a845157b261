"""What the rules say about a participation's series: written into `Series.stretches`. Pure, but for the rows given.

Every rule decides at each answer from those up to it; checkins.stretches says what a stretch holds.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from mooring.checkins import stretches
from mooring.checkins.estimate import column, follow
from mooring.checkins.models import CheckIn, Series
from mooring.checkins.off_course import off_course
from mooring.checkins.weekly import DISTRESS
from mooring.science import alliance, plateau, signals, sudden
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.operating_point import ASSUMED, OperatingPoint

# These two are judged together: distress and the security with somebody may speak with one voice.
TOGETHER = ("distress", "security")


class Seen(NamedTuple):
    """A series, and what of it the science sees: made once, since every rule looks at it."""

    series: Series
    observed: signals.Series
    worse: int
    """+1 where higher is worse, −1 where lower is."""


def watch(series: Iterable[Series], point: OperatingPoint = ASSUMED) -> None:
    """Write the stretches of every series, and then its levels, which may step where a rule spoke.

    Those of `TOGETHER` must all be among them, or none.
    """
    followed = [one for one in series if one.model]
    for one in followed:
        one.stretches, one.model["steps"] = [], []
    judged = [one for one in followed if one.rater == CheckIn.Rater.CLIENT]
    _worsenings([_seen(one) for one in judged if one.role in TOGETHER], point)
    for one in judged:
        if one.role in {"anxiety", "avoidance"}:
            _shifts(_seen(one), point)
        elif one.role == "alliance":
            _alliance(one, point)
    for one in followed:
        one.points = follow(one.points, one.model)
        one.last_level, one.last_sd = one.points[-1]["level"], one.points[-1]["sd"]


def observed(series: Series) -> signals.Series:
    """The series as the science sees it."""
    return signals.Series(
        times=np.array([point["t"] for point in series.points]),
        scores=np.array(column(series.points, "score")),
        standard_errors=np.array(column(series.points, "se")),
        sem=series.model["sem"],
        dynamics=Dynamics(**series.model["dynamics"]),
        prior=Prior(**series.model["prior"]),
    )


def _seen(series: Series) -> Seen:
    return Seen(series, observed(series), 1 if series.direction == "worse" else -1)


def _allow_steps(one: Seen, name: str, found: Iterable[signals.Stretch]) -> None:
    one.series.model["steps"] = [list(step) for step in signals.steps(name, one.observed, found).items()]


def _worsenings(watched: list[Seen], point: OperatingPoint) -> None:
    security = {str(one.series.pk): one for one in watched if one.series.role == "security"}
    distress = sorted(
        (one for one in watched if one.series.role == "distress"), key=lambda one: one.series.instrument_key != DISTRESS
    )
    # One distress measure stands beside security; a clinic's other ones are judged each on its own.
    beside, others = distress[:1], distress[1:]
    _judge(beside[0] if beside else None, security, point)
    for one in others:
        _judge(one, {}, point)
    for one in watched:
        one.series.stretches += [*_better_or_still(one, point), *off_course(one.series)]


def _judge(distress: Seen | None, security: dict[str, Seen], point: OperatingPoint) -> None:
    named = {f"security:{key}": one for key, one in security.items()}
    if distress is not None:
        named["distress"] = distress
    if not named:
        return
    found = signals.worsenings(
        None if distress is None else distress.observed, {key: one.observed for key, one in security.items()}, point
    )
    for name, one in named.items():
        _allow_steps(one, name, found)
        mine = [stretch for stretch in found if stretch.series == name]
        compared = signals.compared(one.observed, one.worse, point) if mine else None
        for stretch in mine:
            assert compared is not None
            told = stretches.changed(one.series, stretch)
            told["grew"] = stretches.grown(one.series, stretch, compared)
            if stretch.beside is not None:
                told["beside"] = str(named[stretch.beside].series.pk)
            one.series.stretches.append(told)
            _recovery(one, stretch, told, point)


def _recovery(one: Seen, stretch: signals.Stretch, told: stretches.Stretch, point: OperatingPoint) -> None:
    back = signals.recovery(one.observed, one.worse, stretch, point)
    if back is not None:
        hindsight = signals.time_to_recover(one.observed, one.worse, stretch, back, point)
        one.series.stretches.append(stretches.recovered(one.series, told, back, hindsight))


def _better_or_still(one: Seen, point: OperatingPoint) -> list[stretches.Stretch]:
    """Sudden gains, and plateaus."""
    healthy = one.series.minimum if one.worse > 0 else one.series.maximum
    severity = one.worse * (np.asarray(one.observed.scores) - healthy)
    found = []
    # Answers that were imported in another range than the last one lie beyond its end: they are not compared.
    if not (severity < 0).any():
        gains = sudden.gains(one.observed, one.worse, healthy, point)
        found += [stretches.gained(one.series, gain) for gain in gains]
    return found + [stretches.stood(one.series, held) for held in plateau.plateaus(one.observed, one.worse, point)]


def _shifts(one: Seen, point: OperatingPoint) -> None:
    name = str(one.series.pk)
    found = signals.shifts(name, one.observed, point)
    for stretch in found:
        told = stretches.changed(one.series, stretch)
        compared = signals.compared(one.observed, 1 if stretch.change > 0 else -1, point, held=1)
        told["grew"] = stretches.grown(one.series, stretch, compared)
        one.series.stretches.append(told)
    _allow_steps(one, name, found)


def _alliance(series: Series, point: OperatingPoint) -> None:
    error = float(np.hypot(series.model["sem"], series.model["dynamics"]["occasion_sd"]))
    ratings = column(series.points, "score")
    drops = alliance.alliance_drops(ratings, error, point)
    if not drops:
        return
    chart = alliance.control_chart(ratings, error)
    for drop in drops:
        series.stretches.append(stretches.dropped(series, drop, chart))
        back = stretches.repaired(series, drop, chart)
        if back is not None:
            series.stretches.append(back)
