"""A clinic's operating point: how readily its rules speak, how often they are wrong, how late they come."""

from mooring.people.models import Clinic
from mooring.science import measured, operating_point
from mooring.science.operating_point import OperatingPoint


def point_of(clinic: Clinic) -> OperatingPoint:
    """The thresholds of a clinic's rules."""
    return operating_point.POINTS[clinic.operating_point]


def false_of_100(kind: str, point: str) -> list[float] | None:
    """Of 100 half-years of steady people (simulated), in how many the rule is wrong: usually, and at most."""
    name = kind.replace("-", " ")
    shares = [shares[name] for shares in measured.FALSE_OF_100_HALF_YEARS.values() if name in shares]
    return [measured.FALSE_OF_100_HALF_YEARS[measured.USUAL][name], max(shares)] if shares else None
