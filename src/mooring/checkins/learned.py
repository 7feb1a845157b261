"""What was learned as JSON and back, and how a series is followed by it. Pure: no database.

Both contents name under `measured` what the answers were: minimum and maximum of the score, precision, and the digest
of the calibration (or null). They hold for series measured in that very way, since another error or another range is
another movement.

movement: parameters and standard_errors (points, weeks; null where they cannot be told), log_likelihood, at_zero,
persons and occasions (of this kind of figure), leaning_on (persons of the other kinds) and as_many_as (so many they
count), simulated.
expected course: edges, bands (one object a band, every number of science.growth.Growth), content, confidence, courses,
simulated.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from mooring.science.growth import Courses, Growth
from mooring.science.off_course import Rule
from mooring.science.panel import Parameters

Content = dict[str, Any]
DIGITS = 12
"""Kept of a number: what the machine adds beyond them is no knowledge, and would make another digest of the same."""


def canonical(content: Content) -> str:
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def measured(columns: Mapping[str, Any], calibration: str | None) -> Content:
    """How a series was measured; `columns` are those of checkins.models.Series."""
    return {
        "minimum": columns["minimum"],
        "maximum": columns["maximum"],
        "precision": columns["precision"],
        "calibration": calibration,
    }


def read_growth(told: Mapping[str, Any]) -> Growth:
    """One band's course as it was written."""
    arrays = ("covariance", "fixed_covariance", "variance_covariance")
    return Growth(**{**told, **{name: np.asarray(told[name], dtype=float) for name in arrays}})


def followed_by(
    model: Mapping[str, Any],
    how: Content,
    first: float,
    *,
    movement: tuple[int, Mapping[str, Any]] | None,
    course: tuple[int, Mapping[str, Any]] | None,
) -> Content:
    """A series' model with what was learned in force: its number and content each, where there is one.

    how: as `measured` says; first: the score at intake. By value, so that evidence keeps it. The model says under
    `movement` where its movement came from, and under `expected` the course of the intake's band, if there is one.
    """
    found: Content = {**model, "movement": "assumed"}
    if movement is not None and movement[1]["measured"] == how:
        number, content = movement
        parameters = Parameters(**content["parameters"])
        found["dynamics"], found["prior"] = parameters.dynamics._asdict(), parameters.prior._asdict()
        found["movement"] = {
            "number": number,
            "persons": content["persons"],
            "occasions": content["occasions"],
            "simulated": content["simulated"],
        }
    if course is not None and course[1]["measured"] == how:
        number, content = course
        edges = [None, *content["edges"], None]
        band = Courses(np.array(content["edges"]), ()).band(first)
        found["expected"] = {
            "number": number,
            "from": edges[band],
            "to": edges[band + 1],
            "courses": content["bands"][band]["clients"],
            "growth": content["bands"][band],
            **{name: content[name] for name in ("content", "confidence", "simulated")},
        }
    return found


def rule_of(expected: Mapping[str, Any]) -> Rule:
    """The limits that were in force when the course was learned."""
    return Rule(expected["content"], expected["confidence"])


def _plain(value: Any) -> Any:
    """Numbers and lists that JSON knows; what is not a number is null."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value
