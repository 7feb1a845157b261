"""From the raw answers of one scale to its scores, their errors and the level over time. Pure: no database.

A point of a series, one object an occasion (all numbers in points of the scale, t in weeks since the first):
on, t, checkin; score (null: too few answers), se, answered, of; level and sd given all answers.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from mooring.catalogue import Precision, Scale
from mooring.checkins.scored import Occasion, Scored, calibrated_precision, precision_of, scored, unit_of_change
from mooring.kit.dates import weeks_between
from mooring.science import dynamics, trajectory, version

# Which algorithms a derived row depends on; their numbers are raised by hand when results move.
SCIENCE_VERSION = version.of(
    "scales", "dynamics", "trajectory", "signals", "alliance", "sudden", "plateau", "off_course"
)


def estimate(scale: Scale, occasions: Sequence[Occasion], reference: Precision | None) -> dict[str, Any]:
    """The derived columns of a series from its occasions, oldest first; see checkins.models.Series.

    `reference` is the clinic's own precision, used where the key has none or the range is not the key's.
    """
    calibrated = calibrated_precision(scale, occasions[-1])
    precision = calibrated or precision_of(scale, occasions[-1], reference)
    found = scored(scale, occasions, reference)
    start = occasions[0].occurred_at
    weeks = [weeks_between(start, occasion.occurred_at) for occasion in occasions]
    points = [_point(occasion, t, one) for occasion, t, one in zip(occasions, weeks, found, strict=True)]
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
    known = [one for one in found if isfinite(one.score)]
    if precision is None or precision.sd is None or not known or not all(isfinite(one.se) for one in known):
        return columns
    moves, prior = parameters(precision, (low + high) / 2)
    columns |= {
        "precision": precision.status if precision is not reference else "reference",
        "model": {
            "dynamics": moves._asdict(),
            "prior": prior._asdict(),
            # Of a completely answered form: the unit in which changes are judged.
            "sem": unit_of_change(scale, occasions[-1], precision),
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
        "score": one.score if isfinite(one.score) else None,
        "se": one.se if isfinite(one.se) else None,
        "answered": one.answered,
        "of": one.of,
    }
