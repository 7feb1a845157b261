"""Does what changes with one figure come before what changes with others? For one person, over their check-ins.

Each other figure is set beside the leading one as two coupled levels (:mod:`mooring.science.coupled`): errors of
measurement are taken out, occasions may be irregular. That the lead moves first is asked once a figure, so the p values
are Holm's (1979, JSTOR 4615733). Where a figure was answered too seldom beside the lead, it says so: weekly
check-ins need more than a year. A lag is not a cause; therapy, life and mood move several figures at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.coupled import Coupling, couple, holm

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
    errors: Mapping[str, npt.ArrayLike],
    lead_error: npt.ArrayLike,
    level: float = 0.95,
) -> dict[str, Transfer]:
    """One answer a figure. times (n,) weeks; lead and each of others (n,) points, nan for missing; errors: standard
    errors, one for all scores of a figure or one each. Errors as in :func:`mooring.science.coupled.couple`, and
    KeyError for a figure without one.
    """
    found = {
        name: couple(times, np.column_stack([lead, series]), _errors(lead_error, errors[name], series), level)
        for name, series in others.items()
    }
    corrected = holm([one.first_on_second.p for one in found.values()])
    return {name: Transfer(one, p, p < 1 - level) for (name, one), p in zip(found.items(), corrected, strict=True)}


def _errors(lead: npt.ArrayLike, other: npt.ArrayLike, series: npt.ArrayLike) -> Floats:
    shape = np.shape(series)
    return np.column_stack([np.broadcast_to(np.asarray(one, dtype=float), shape) for one in (lead, other)])
