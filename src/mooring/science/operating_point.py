"""Every threshold of the signals, in one place, at three points between which a clinic chooses.

None is a clinical cut-off. Each was chosen from the simulated operating characteristics in
docs/operating-points.md, on seeds other than the demo's. The usual point: at most one false flag worth a conversation
per client-year over all series of a steady client together, also when moods linger, tails are heavy and distressed
weeks are skipped. The earlier one hears more and errs more, at most two a client-year while days are independent; the
quieter one errs half as often as the usual one, or less. How late each is stands in the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class OperatingPoint(NamedTuple):
    margin: float = 1.0
    """A change must exceed this many standard errors of measurement with the probabilities below. One SEM is
    the criterion of Wyrwich, Tierney & Wolinsky 1999, doi 10.1016/S0895-4356(99)00071-2."""
    alone: float = 0.98
    """Probability asked of distress or security when it speaks alone."""
    together: float = 0.93
    """Probability asked of the mean change of distress and one security, in SEM, when both moved for the worse."""
    together_weeks: float = 1.0
    """Two series answered within this many weeks of each other may speak together."""
    shift: float = 0.97
    """Probability asked of a shift of anxiety or avoidance, in either direction."""
    nearest: float = 1.0
    """Alone, each of the last two scores lies this many of its own errors beyond the reference: so one bad
    occasion never raises anything."""
    spread: float = 1.0
    """The worse of the last two scores counts at most this many of its errors beyond the milder one."""
    event: float = 2.77
    """Size (standard deviation, in SEM) of the step that may have happened before the last two occasions: one
    reliable change (1.96 √2; Jacobson & Truax 1991, doi 10.1037/0022-006X.59.1.12). A level that can only drift
    follows a real setback too late; the step is the level shift of Harvey & Koopman 1992, J. Bus. Econ. Stat.
    10:377–389."""
    release: float = 0.5
    """A stretch ceases when the probability has fallen below this."""
    alliance_sd: float = 2.5
    """Drop of the alliance that is signalled, in standard deviations of one rating; never below 2."""
    alliance_baseline: int = 4
    """Ratings that a baseline needs."""
    missed_checkins: int = 3
    """Due check-ins missed in a row that are a silence."""
    gain: float = 1.96
    """Least step of a sudden gain in standard errors of a difference; never below 1.96, the one of Jacobson & Truax
    that Tang & DeRubeis 1999, doi 10.1037/0022-006X.67.6.894, take where a scale has no cut-off of its own."""
    plateau: float = 0.99
    """Probability asked that the level now lies within one reliable change of every level of a plateau."""
    plateau_weeks: float = 12.0
    """Least length of a plateau."""
    plateau_occasions: int = 6
    """Scores that a plateau needs at least."""


ASSUMED = OperatingPoint()

POINTS: Mapping[str, OperatingPoint] = MappingProxyType(
    {
        "earlier": ASSUMED._replace(alone=0.93, together=0.83, shift=0.92, alliance_sd=2.0, missed_checkins=2),
        "usual": ASSUMED,
        "quieter": ASSUMED._replace(
            alone=0.99, together=0.96, shift=0.985, alliance_sd=2.75, missed_checkins=4, gain=2.5
        ),
    }
)
"""By name, from the one that speaks most. A plateau is no flag: it is the same at all three."""
