"""Does what changes with one figure come before what changes with others? For one person, over their check-ins.

Each other figure is set beside the leading one as two coupled levels (:mod:`mooring.science.coupled`): errors of
measurement are taken out, occasions may be irregular. That the lead moves first is asked once a figure, so the p values
are Holm's (1979, Scand J Stat 6:65–70). Where a figure was answered too seldom beside the lead, it says so: weekly
check-ins need more than a year. A lag is not a cause; therapy, life and mood move several figures at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.coupled import Coupling, couple

Floats = npt.NDArray[np.float64]


class Transfer(NamedTuple):
    coupling: Coupling
    """first is the lead, second the other figure."""
    p: float
    """That the lead does not move first, Holm's over the figures that could be judged; nan where this one could not."""
    signalled: bool
    """p below 1 − level."""


def transfer(
    times: npt.ArrayLike,
    lead: npt.ArrayLike,
    others: Mapping[str, npt.ArrayLike],
    errors: Mapping[str, float],
    lead_error: float,
    level: float = 0.95,
) -> dict[str, Transfer]:
    """One answer a figure. times (n,) weeks; lead and each of others (n,) points, nan for missing; errors: standard
    errors of one score. Errors as in :func:`mooring.science.coupled.couple`, and KeyError for a figure without one.
    """
    found = {
        name: couple(times, np.column_stack([lead, series]), [lead_error, errors[name]], level)
        for name, series in others.items()
    }
    judged = sorted((one.first_on_second.p, name) for name, one in found.items() if not one.why_not)
    corrected: dict[str, float] = {}
    largest = 0.0
    for rank, (p, name) in enumerate(judged):
        largest = max(largest, min(p * (len(judged) - rank), 1.0))
        corrected[name] = largest
    return {
        name: Transfer(one, corrected.get(name, math.nan), corrected.get(name, 1.0) < 1 - level)
        for name, one in found.items()
    }
