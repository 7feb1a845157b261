"""Every threshold of the signals, in one place.

None is a clinical cut-off. Each was chosen from the simulated operating characteristics in
docs/operating-points.md, on seeds other than the demo's: at most one false flag per client-year over all series
of a steady client together, also when moods linger, tails are heavy and distressed weeks are skipped.
"""

from __future__ import annotations

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


ASSUMED = OperatingPoint()
