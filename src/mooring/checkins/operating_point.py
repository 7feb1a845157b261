"""A clinic's operating point: how readily its rules speak, how often they are wrong, how late they come."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    name = kind.replace("-", " ")
    if name not in measured.FALSE_OF_100_HALF_YEARS[point][measured.USUAL]:
        return None
    return [measured.false_of_100(name, point), measured.worst_of_100(name, point)]


def noticed_of_100(kind: str, point: str) -> dict[str, int] | None:
    """Week → of how many of 100 who changed by one reliable-change unit (simulated) it was said by then."""
    weeks = measured.NOTICED_OF_100[point].get(kind.replace("-", " "), {})
    return {str(week): share for week, share in weeks.items()} or None


def measured_of(point: str) -> Measured:
    """The figures of one operating point."""
    years = measured.FALSE_FLAGS_A_YEAR[point]
    return Measured(
        years[measured.USUAL],
        max(years.values()),
        measured.FALSE_OF_100_HALF_YEARS[point][measured.USUAL],
        measured.NOTICED_OF_100[point],
    )
