"""A clinic's operating point: how readily its rules speak, how often they are wrong, how late they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mooring.people.models import Clinic
from mooring.science import measured, operating_point
from mooring.science.operating_point import OperatingPoint


@dataclass(frozen=True)
class Measured:
    """What the simulation measured of one operating point."""

    flags_a_year: float
    """False flags worth a conversation of a steady client in a year."""
    most_a_year: float
    """The same under the worst of the assumptions that were tried."""
    of_100: Mapping[str, float]
    """Kind → of how many of 100 steady half-years it is said."""
    noticed: Mapping[str, Mapping[int, int]]
    """Kind → week → of how many of 100 who changed by one reliable-change unit it was said by then."""


def point_of(clinic: Clinic) -> OperatingPoint:
    """The thresholds of a clinic's rules."""
    return operating_point.POINTS[clinic.operating_point]


def false_of_100(kind: str, point: str) -> list[float] | None:
    """Of 100 half-years of steady people (simulated), in how many the rule is wrong: usually, and at most."""
    found, name = _by_point(measured.FALSE_OF_100_HALF_YEARS, point), kind.replace("-", " ")
    shares = [shares[name] for shares in found.values() if name in shares]
    return [found[measured.USUAL][name], max(shares)] if shares else None


def noticed_of_100(kind: str, point: str) -> dict[str, int] | None:
    """Week → of how many of 100 who changed by one reliable-change unit (simulated) it was said by then."""
    known = measured_of(point)
    weeks = known.noticed.get(kind.replace("-", " "), {}) if known is not None else {}
    return {str(week): share for week, share in weeks.items()} or None


def measured_of(point: str) -> Measured | None:
    """The figures of one operating point; None where it was not simulated."""
    shares, years = (_by_point(one, point) for one in (measured.FALSE_OF_100_HALF_YEARS, measured.FALSE_FLAGS_A_YEAR))
    if not shares:
        return None
    noticed: Mapping[str, Any] = getattr(measured, "NOTICED_OF_100", {})
    return Measured(years[measured.USUAL], max(years.values()), shares[measured.USUAL], noticed.get(point, {}))


def _by_point(figures: Mapping[str, Any], point: str) -> Mapping[str, Any]:
    if measured.USUAL in figures:
        return figures if point == "usual" else {}
    found: Mapping[str, Any] = figures.get(point, {})
    return found
