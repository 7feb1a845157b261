"""What is worth a conversation: stretches of a series, decided at each occasion from the past alone.

Worse than at the start (deterioration) or than the best held for two occasions (setback): distress and state
security only. A shift of anxiety or avoidance has no bad direction. For a series y_1..n the levels l are normal
given the scores; at occasion n, with reference r and margin m,

    D = l_n − r (in the bad direction),  P(D > m | y_1..n) = Φ((E D − m) / sd D),

where the level may have stepped before the last two occasions. The rule speaks when P reaches what the operating
point asks, and ceases when it falls below the release. Distress and one security may speak together: D is then
the mean of both in standard errors of measurement. Before calibration the words for all of this are "a marked
change in the answers (precision assumed)".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from mooring.science import _kernels
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.trajectory import model, observation_variances, series_arrays

Floats = npt.NDArray[np.float64]

HELD = 2
"""Occasions that hold a level, and recent occasions that speak: one bad week is a dip."""
START, BEST = 0, 1


class Kind(StrEnum):
    DETERIORATION = "deterioration"
    SETBACK = "setback"
    SHIFT = "shift"


class Series(NamedTuple):
    """One scale of one person, with one figure or none."""

    times: npt.ArrayLike
    """(n,) weeks, not decreasing."""
    scores: npt.ArrayLike
    """(n,) points, nan for a missed week."""
    standard_errors: npt.ArrayLike
    """(n,) or one number, points."""
    sem: float
    """Standard error of a completely answered form, points: the unit of margins."""
    dynamics: Dynamics
    prior: Prior


class Stretch(NamedTuple):
    """From when to when a rule spoke, and why. Occasions are indices into the given series."""

    kind: Kind
    series: str
    """The series that moved most."""
    beside: str | None
    """The other series, when two spoke together."""
    spoke: int
    """Occasion at which the rule first spoke."""
    ceased: int | None
    """Occasion at which it ceased; None while it speaks."""
    since: int
    """First occasion of the change: from here every score lies nearer to the level now than to the reference."""
    spoke_time: float
    """Weeks."""
    since_time: float
    """Weeks."""
    reference: Literal["start", "best held"]
    reference_at: int
    """First occasion of the reference."""
    reference_level: float
    reference_sd: float
    level: float
    """At `spoke`, given the scores up to it, points."""
    level_sd: float
    change: float
    """Level less reference, points, with the sign of the scale."""
    change_sd: float
    probability: float
    """That the change (of both, when two spoke) exceeds the margin."""
    asked: float
    """The probability that the rule asks."""
    margin: float
    """Points."""


class Recovery(NamedTuple):
    """Back at the level held before a setback or deterioration."""

    at: int
    """Occasion at which it could be said."""
    weeks: float
    """From the first occasion of the fall until the level was more likely back than not."""
    weeks_low: float
    """As early as this with one chance in twenty."""
    weeks_high: float | None
    """By then back with nine chances in ten; None while that is not yet certain."""


class Compared(NamedTuple):
    """Answered occasions of one series against start and best held; leading axis: start, best held."""

    occasions: npt.NDArray[np.int64]
    """(k,) indices into the series."""
    times: Floats
    scores: Floats
    worse: int
    sem: float
    change: Floats
    """(2, k) in the bad direction, SEM."""
    sd: Floats
    """(2, k) of the change, SEM."""
    nearest: Floats
    """(2, k) errors by which the nearer of the last two scores lies beyond the reference."""
    found: Floats
    """(2, k, 8) as the kernel gives it, points."""


def compared(series: Series, worse: int, point: OperatingPoint, held: int = HELD) -> Compared:
    """Each occasion's level against the references, from the scores up to it; nan before there are enough.

    worse is +1 where higher is worse, −1 where lower is; the prior holds at the first answered occasion.
    Raises ValueError as the trajectory does, and for a sem that is not positive.
    """
    times, scores, errors = series_arrays(series.times, series.scores, series.standard_errors)
    if not (np.isfinite(series.sem) and series.sem > 0):
        raise ValueError(f"sem must be positive and finite, not {series.sem}")
    variances = observation_variances(scores, errors, series.dynamics)
    seen = np.flatnonzero(np.isfinite(scores))
    given = (times[seen], scores[seen], variances[seen])
    numbers = model(series.dynamics, series.prior)
    event = (point.event * series.sem) ** 2
    found = _kernels.compare(*given, numbers, float(worse), held, HELD, event, point.spread)
    return Compared(
        seen,
        times[seen],
        scores[seen],
        worse,
        series.sem,
        found[..., 0] / series.sem,
        np.sqrt(np.maximum(found[..., 1], 0)) / series.sem,
        found[..., 7],
        found,
    )


def worsenings(
    distress: Series | None, security: Mapping[str, Series], point: OperatingPoint = ASSUMED
) -> tuple[Stretch, ...]:
    """Deteriorations and setbacks of distress (higher is worse) and of each security (lower is worse).

    security: figure → series; the stretches call them "security:figure". Occasions at which one series ceases
    to speak end its stretch; while a stretch of a kind is open no member of it opens another, and a setback is
    not opened beside an open deterioration. Errors as in :func:`compared`.
    """
    watched = {f"security:{figure}": compared(series, -1, point) for figure, series in security.items()}
    if distress is not None:
        watched = {"distress": compared(distress, 1, point), **watched}
    open_: list[Stretch] = []
    closed: list[Stretch] = []
    for time in sorted({float(t) for one in watched.values() for t in one.times}):
        rows = {name: int(np.searchsorted(one.times, time, "right")) - 1 for name, one in watched.items()}
        asked_now = {name for name, row in rows.items() if row >= 0 and watched[name].times[row] == time}
        for stretch in list(open_):
            if stretch.series in asked_now and _ceases(stretch, watched, rows, point):
                open_.remove(stretch)
                occasion = int(watched[stretch.series].occasions[rows[stretch.series]])
                closed.append(stretch._replace(ceased=occasion))
        for kind in (Kind.DETERIORATION, Kind.SETBACK):
            for stretch in _speaking(kind, watched, rows, asked_now, point):
                if not _covered(stretch, open_):
                    open_.append(stretch)
    return tuple(sorted(closed + open_, key=lambda s: (s.spoke, s.series, s.kind)))


def shifts(name: str, series: Series, point: OperatingPoint = ASSUMED) -> tuple[Stretch, ...]:
    """Shifts of anxiety or avoidance against the first occasion, in either direction; none of them is worse.

    One occasion is a start here, since a figure is asked about now and then. Errors as in :func:`compared`.
    """
    found = []
    for direction in (1, -1):
        one = compared(series, direction, point, held=1)
        watched, open_ = {name: one}, None
        for row in range(one.times.size):
            if open_ is not None and _ceases(open_, watched, {name: row}, point):
                found.append(open_._replace(ceased=int(one.occasions[row])))
                open_ = None
            if open_ is None:
                open_ = _alone(Kind.SHIFT, name, one, row, point, point.shift)
        found += [] if open_ is None else [open_]
    return tuple(sorted(found, key=lambda s: s.spoke))


def recovery(series: Series, worse: int, stretch: Stretch, point: OperatingPoint = ASSUMED) -> Recovery | None:
    """When the level was back where it had been before ``stretch``, or None while it is not.

    Back: the rule has ceased to speak, and for two occasions running the level is more likely than not within the
    margin of the reference (its release). A way back may be as sudden as the fall, so the level may have stepped a
    second time at any occasion since, or not at all, each as likely beforehand:

        P(back at t | y) = Σ_k w_k P(back at t | y, k),  w_k ∝ p(y | k),  k: steps at the fall and at k.

    Said and timed from the scores up to that occasion alone; see :func:`time_to_recover` for the later, surer
    figures. From low to high should be nine in ten at least: of the true times of six simulated ways back it held 90
    to 99 % (docs/operating-points.md). worse as in :func:`compared`. Errors as there.
    """
    if stretch.ceased is None:
        return None
    answered = np.flatnonzero(np.isfinite(np.asarray(series.scores, dtype=float)))
    spoke, ceased = (int(np.searchsorted(answered, occasion)) for occasion in (stretch.spoke, stretch.ceased))
    for now in range(max(spoke + HELD, ceased), answered.size):
        _, lately = _back(series, worse, stretch, now, point, recent=HELD)
        if (lately > point.release).all():
            return _recovered(int(answered[now]), *_back(series, worse, stretch, now, point))
    return None


def time_to_recover(
    series: Series, worse: int, stretch: Stretch, said: Recovery, point: OperatingPoint = ASSUMED
) -> Recovery:
    """The time of a recovery in hindsight: the same figures, given every score since. For pictures, not decisions."""
    answered = np.flatnonzero(np.isfinite(np.asarray(series.scores, dtype=float)))
    weeks, back = _back(series, worse, stretch, answered.size - 1, point)
    if not (back >= point.release).any():
        return said
    return _recovered(said.at, weeks, back)


def steps(name: str, series: Series, stretches: Iterable[Stretch], point: OperatingPoint = ASSUMED) -> dict[int, float]:
    """The steps that the rules allowed in one series, for drawing it: occasion → standard deviation, points.

    One at the first answered occasion of each stretch that speaks of the series; give them to
    :func:`mooring.science.trajectory.trajectory`, or the drift alone draws a sudden fall as a slow one.
    """
    times, answered = np.asarray(series.times, dtype=float), np.isfinite(np.asarray(series.scores, dtype=float))
    found = {}
    for stretch in stretches:
        after = np.flatnonzero(answered & (times >= stretch.since_time))
        if name in (stretch.series, stretch.beside) and after.size:
            found[int(after[0])] = point.event * series.sem
    return found


def _speaking(
    kind: Kind, watched: Mapping[str, Compared], rows: Mapping[str, int], asked_now: set[str], point: OperatingPoint
) -> list[Stretch]:
    """Stretches of one kind that would open now: alone first, then distress beside a security."""
    found = []
    for name in asked_now:
        alone = _alone(kind, name, watched[name], rows[name], point, point.alone)
        found += [] if alone is None else [alone]
    for name in watched:
        if name != "distress" and "distress" in watched and asked_now & {name, "distress"}:
            together = _together(kind, ("distress", name), watched, rows, point)
            found += [] if together is None else [together]
    return found


def _alone(kind: Kind, name: str, one: Compared, row: int, point: OperatingPoint, asked: float) -> Stretch | None:
    which = BEST if kind is Kind.SETBACK else START
    probability = _probability(one.change[which, row], one.sd[which, row], point.margin)
    if probability >= asked and one.nearest[which, row] >= point.nearest:
        return _stretch(kind, name, None, one, row, (probability, asked, point.margin))
    return None


def _together(
    kind: Kind,
    names: tuple[str, str],
    watched: Mapping[str, Compared],
    rows: Mapping[str, int],
    point: OperatingPoint,
) -> Stretch | None:
    which = BEST if kind is Kind.SETBACK else START
    if min(rows[name] for name in names) < 0:
        return None
    first, second = (watched[name] for name in names)
    i, j = (rows[name] for name in names)
    if abs(first.times[i] - second.times[j]) > point.together_weeks:
        return None
    nearest = min(first.nearest[which, i], second.nearest[which, j])
    change = (first.change[which, i] + second.change[which, j]) / 2
    sd = np.hypot(first.sd[which, i], second.sd[which, j]) / 2
    probability = _probability(change, sd, point.margin)
    if probability >= point.together and nearest > 0:
        more = first.change[which, i] / first.sd[which, i] >= second.change[which, j] / second.sd[which, j]
        name, beside = names if more else names[::-1]
        reason = (probability, point.together, point.margin)
        return _stretch(kind, name, beside, watched[name], rows[name], reason)
    return None


def _probability(change: float, sd: float, margin: float) -> float:
    """P(D > margin); nan while there is no reference."""
    return float(special.ndtr((change - margin) / sd)) if sd > 0 else float("nan")


def _ceases(stretch: Stretch, watched: Mapping[str, Compared], rows: Mapping[str, int], point: OperatingPoint) -> bool:
    which = BEST if stretch.kind is Kind.SETBACK else START
    one, row = watched[stretch.series], rows[stretch.series]
    return _probability(one.change[which, row], one.sd[which, row], point.margin) < point.release


def _covered(stretch: Stretch, open_: list[Stretch]) -> bool:
    """Whether an open stretch says this already."""
    members = {stretch.series, stretch.beside} - {None}
    return any(
        members & {other.series, other.beside} and other.kind in (stretch.kind, Kind.DETERIORATION) for other in open_
    )


def _stretch(
    kind: Kind, name: str, beside: str | None, one: Compared, row: int, reason: tuple[float, float, float]
) -> Stretch:
    which = BEST if kind is Kind.SETBACK else START
    found, (probability, asked, margin) = one.found[which, row], reason
    middle = (found[3] + found[5]) / 2
    nearer = one.worse * (one.scores[: row + 1] - middle) > 0
    back = np.flatnonzero(~nearer)
    since = min(int(back[-1]) + 1 if back.size else 0, row)
    return Stretch(
        kind=kind,
        series=name,
        beside=beside,
        spoke=int(one.occasions[row]),
        ceased=None,
        since=int(one.occasions[since]),
        spoke_time=float(one.times[row]),
        since_time=float(one.times[since]),
        reference="best held" if which == BEST else "start",
        reference_at=int(one.occasions[int(found[2])]),
        reference_level=float(found[3]),
        reference_sd=float(np.sqrt(found[4])),
        level=float(found[5]),
        level_sd=float(np.sqrt(found[6])),
        change=float(found[5] - found[3]),
        change_sd=float(np.sqrt(found[1])),
        probability=probability,
        asked=asked,
        margin=margin * one.sem,
    )


def _back(
    series: Series, worse: int, stretch: Stretch, now: int, point: OperatingPoint, recent: int | None = None
) -> tuple[Floats, Floats]:
    """Weeks since the fall and P(back) of each answered occasion from the one that spoke, or the recent ones."""
    times, scores, errors = series_arrays(series.times, series.scores, series.standard_errors)
    seen = np.flatnonzero(np.isfinite(scores))
    variances = observation_variances(scores, errors, series.dynamics)
    given = (times[seen], scores[seen], variances[seen])
    spoke, since, reference = (
        int(np.searchsorted(seen, occasion)) for occasion in (stretch.spoke, stretch.since, stretch.reference_at)
    )
    first = spoke if recent is None else now + 1 - recent
    event, margin = (point.event * series.sem) ** 2, point.margin * series.sem
    chance = _kernels.back_again(
        *given, model(series.dynamics, series.prior), since, event, float(worse), reference, first, now, margin
    )
    return given[0][first : now + 1] - stretch.since_time, chance


def _recovered(at: int, weeks: Floats, back: Floats) -> Recovery:
    low, middle, high = (_first_above(weeks, back, level) for level in (0.05, 0.5, 0.90))
    assert low is not None
    assert middle is not None, "the caller saw a chance above one half"
    return Recovery(at, middle, low, high)


def _first_above(weeks: Floats, chance: Floats, level: float) -> float | None:
    """First time at which the chance reaches ``level``, linear between occasions; None if it does not."""
    above = np.flatnonzero(chance >= level)
    if above.size == 0:
        return None
    first = int(above[0])
    if first == 0:
        return float(weeks[0])
    share = (level - chance[first - 1]) / (chance[first] - chance[first - 1])
    return float(weeks[first - 1] + share * (weeks[first] - weeks[first - 1]))
