"""Scores, trajectories and signals: numpy, scipy and numba only; no Django, no files, no clock.

One module a topic: `import mooring.science as ms`, then `ms.graded_response.fit`, `ms.trajectory.trajectory`. The
types that cross modules, and the points at which the signals can be set, stand here too.
"""

from mooring.science import (
    adaptive,
    agreement,
    alliance,
    change,
    coupled,
    dyads,
    dynamics,
    gains,
    graded_response,
    growth,
    joint_trajectory,
    off_course,
    operating_point,
    panel,
    plateau,
    pooling,
    regions,
    reliability,
    scales,
    signals,
    silence,
    sudden,
    trajectory,
    transfer,
    version,
)
from mooring.science.dynamics import Dynamics, Prior, assumed_dynamics, assumed_prior
from mooring.science.operating_point import ASSUMED, POINTS, OperatingPoint
from mooring.science.regions import Borders
from mooring.science.signals import Kind, Series, Stretch
from mooring.science.trajectory import Panel, States, Trajectory
from mooring.science.version import SCIENCE_VERSION

__all__ = [
    "ASSUMED",
    "POINTS",
    "SCIENCE_VERSION",
    "Borders",
    "Dynamics",
    "Kind",
    "OperatingPoint",
    "Panel",
    "Prior",
    "Series",
    "States",
    "Stretch",
    "Trajectory",
    "adaptive",
    "agreement",
    "alliance",
    "assumed_dynamics",
    "assumed_prior",
    "change",
    "coupled",
    "dyads",
    "dynamics",
    "gains",
    "graded_response",
    "growth",
    "joint_trajectory",
    "off_course",
    "operating_point",
    "panel",
    "panel_interval",
    "plateau",
    "pooling",
    "regions",
    "reliability",
    "scales",
    "signals",
    "silence",
    "sudden",
    "trajectory",
    "transfer",
    "version",
]
