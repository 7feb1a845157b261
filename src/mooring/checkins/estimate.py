"""From the raw answers of one scale to its scores, their errors and the level over time. Pure: no database.

A point of a series, one object an occasion (all numbers in points of the scale, t in weeks since the first):
on, t, checkin; score (null: too few answers), se, answered, of; level and sd given all answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np

from mooring.catalogue import FULL, Instrument, Precision, Scale
from mooring.kit.dates import weeks_between
from mooring.science import dynamics, scales, trajectory, version

# Which algorithms a derived row depends on; their numbers are raised by hand when results move.
SCIENCE_VERSION = version.of("scales", "dynamics", "trajectory", "signals", "alliance")


@dataclass(frozen=True)
class Occasion:
    """One block of answers to a measure, as this scale sees it."""

    checkin: UUID
    occurred_at: datetime
    local_date: date
    instrument: Instrument
    items: Sequence[str]
    answers: Mapping[str, float | None]
    total: float | None
    answer_range: tuple[float, float] | None
    """Declared where it is not the key's own."""
    already_keyed: bool


@dataclass(frozen=True)
class Scored:
    """The score of one occasion; nan where too few items were answered, and where its error is unknown."""

    score: float
    se: float
    answered: int
    of: int


def estimate(scale: Scale, occasions: Sequence[Occasion], reference: Precision | None) -> dict[str, Any]:
    """The derived columns of a series from its occasions, oldest first; see checkins.models.Series.

    `reference` is the clinic's own precision, used where the key has none or the range is not the key's.
    """
    precision = _precision(scale, occasions[-1], reference)
    scored = [_score(scale, occasion, _precision(scale, occasion, reference)) for occasion in occasions]
    start = occasions[0].occurred_at
    weeks = [weeks_between(start, occasion.occurred_at) for occasion in occasions]
    points = [_point(occasion, t, one) for occasion, t, one in zip(occasions, weeks, scored, strict=True)]
    low, high = score_range(scale, occasions[-1])
    columns: dict[str, Any] = {
        "precision": "none",
        "minimum": low,
        "maximum": high,
        "direction": scale.direction,
        "first_on": occasions[0].local_date,
        "last_on": occasions[-1].local_date,
        "last_level": None,
        "last_sd": None,
        "model": {},
        "points": points,
        "stretches": [],
        "science_version": SCIENCE_VERSION,
    }
    known = [one for one in scored if np.isfinite(one.score)]
    if precision is None or precision.sd is None or not known or not all(np.isfinite(one.se) for one in known):
        return columns
    moves, prior = parameters(precision, (low + high) / 2)
    columns |= {
        "precision": precision.status if precision is not reference else "reference",
        "model": {
            "dynamics": moves._asdict(),
            "prior": prior._asdict(),
            # Of a completely answered form: the unit in which changes are judged.
            "sem": _error(precision, 1, 1),
            # Occasions before which the level may have stepped, with the step's sd; filled in by checkins.watch.
            "steps": [],
        },
    }
    return columns


def parameters(precision: Precision, middle: float) -> tuple[dynamics.Dynamics, dynamics.Prior]:
    """The assumed movement of a scale and the belief before its first answer; needs `precision.sd`."""
    assert precision.sd is not None
    mean = middle if precision.mean is None else precision.mean
    return dynamics.assumed_dynamics(precision.sd), dynamics.assumed_prior(mean, precision.sd)


def score_range(scale: Scale, occasion: Occasion) -> tuple[float, float]:
    """Lowest and highest score, in the range that was declared for the answers."""
    if occasion.answer_range is None:
        return scale.minimum, scale.maximum
    low, high = occasion.answer_range
    times = len(scale.items) if scale.score == "sum" and occasion.total is None else 1
    return low * times, high * times


def follow(points: Sequence[Mapping[str, Any]], model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The points with their level and its sd given all answers and the steps that the rules allowed."""
    path = trajectory.trajectory(
        [point["t"] for point in points],
        column(points, "score"),
        column(points, "se"),
        dynamics.Dynamics(**model["dynamics"]),
        dynamics.Prior(**model["prior"]),
        steps=dict(model["steps"]),
    ).smoothed
    return [
        {**point, "level": float(level), "sd": float(sd)}
        for point, level, sd in zip(points, path.level, path.level_sd, strict=True)
    ]


def column(points: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    """One number of every point; nan where there is none."""
    return [float("nan") if point[name] is None else point[name] for point in points]


def _point(occasion: Occasion, t: float, one: Scored) -> dict[str, Any]:
    return {
        "checkin": str(occasion.checkin),
        "on": occasion.local_date.isoformat(),
        "t": t,
        "score": one.score if np.isfinite(one.score) else None,
        "se": one.se if np.isfinite(one.se) else None,
        "answered": one.answered,
        "of": one.of,
    }


def _precision(scale: Scale, occasion: Occasion, reference: Precision | None) -> Precision | None:
    """The precision of this occasion's score: the shown form's own, else the whole measure's, else the clinic's."""
    if occasion.answer_range is not None:
        return reference
    instrument, shown = occasion.instrument, set(occasion.items)
    matching = [
        code
        for code in instrument.forms
        if {i.code for i in instrument.scored_items(scale.code, code)} == shown & set(scale.items)
    ]
    form = matching[0] if matching and occasion.total is None else FULL
    found = instrument.precision(scale.code, form)
    usable = found is not None and found.sd is not None and found.reliability is not None
    return found if usable else reference


def _score(scale: Scale, occasion: Occasion, precision: Precision | None) -> Scored:
    if occasion.total is not None:
        return Scored(occasion.total, _error(precision, 1, 1), 1, 1)
    codes = [code for code in occasion.items if code in set(scale.items)]
    if not codes:
        return Scored(float("nan"), float("nan"), 0, 0)
    items = [occasion.instrument.item(code) for code in codes]
    given = [occasion.answers.get(code) for code in codes]
    row = np.array([[np.nan if value is None else float(value) for value in given]])
    low, high = occasion.answer_range or (None, None)
    rule = scale.missing
    result = scales.score(
        row,
        [item.minimum if low is None else low for item in items],
        [item.maximum if high is None else high for item in items],
        reversed_items=[] if occasion.already_keyed else [i for i, item in enumerate(items) if item.reversed],
        method=scale.score,
        least_share=rule.share if rule.kind == "share" else scales.ALL_ITEMS,
        names=codes,
    )
    answered = int(result.answered[0])
    error = _error(precision, len(codes), answered if rule.widen else len(codes))
    return Scored(float(result.score[0]), error, answered, len(codes))


def _error(precision: Precision | None, items: int, answered: int) -> float:
    if precision is None or precision.sd is None or precision.reliability is None or answered == 0:
        return float("nan")
    return float(scales.standard_error(precision.sd, precision.reliability, items, answered))
