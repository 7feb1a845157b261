"""k = p / a: how much a partner's x weighs beside one's own (Kenny & Ledermann 2010, doi 10.1037/a0019651; read in
Kenny's slides of 2013, which say the same of a small a).

1: both alike (couple); −1: their difference matters (contrast); 0: only one's own does (actor only). With an actor
effect near 0 the ratio runs off to infinity in both directions: then there is none, and the answer says so.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.dyads.interdependence import Apim, Dyads, equations
from mooring.science.dyads.moments import Moments, estimate, patterns

Floats = npt.NDArray[np.float64]
PATTERNS = {"couple": 1.0, "contrast": -1.0, "actor only": 0.0}
NEAR_ZERO = 1.96
"""An actor effect within so many standard errors of 0 gives no ratio (house rule)."""
ENOUGH = 0.9
"""Share of the resamples that must have been estimable."""


class Ratio(NamedTuple):
    k: float
    """nan where it is undefined."""
    low: float
    high: float
    undefined: bool
    """The actor effect cannot be told from 0."""
    fitting: tuple[str, ...]
    """Patterns whose k lies in the interval."""
    resamples: int
    level: float


def ratios(
    data: Dyads, model: Apim, rng: np.random.Generator, *, resamples: int = 2000, level: float = 0.95
) -> tuple[Ratio, ...]:
    """k of each member; one where the members are not told apart.

    Percentile interval over couples drawn with replacement (Efron & Tibshirani 1993). Raises ValueError for a level
    outside 0 to 1 or fewer than 100 resamples.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if resamples < 100:
        raise ValueError(f"{resamples} resamples are too few; at least 100")
    members = (0, 1) if model.distinguishable else (0,)
    certain = [bool(abs(model.actor[m]) > NEAR_ZERO * model.standard_errors[m, 1]) for m in members]
    drawn = _resampled(data, model, rng, resamples) if any(certain) else np.empty((0, 2))
    return tuple(
        _ratio(model, member, drawn[:, member], sure, resamples, level)
        for member, sure in zip(members, certain, strict=True)
    )


def _ratio(model: Apim, member: int, drawn: Floats, certain: bool, resamples: int, level: float) -> Ratio:
    if not certain or np.isfinite(drawn).sum() < ENOUGH * resamples:
        return Ratio(math.nan, math.nan, math.nan, True, (), int(np.isfinite(drawn).sum()), level)
    kept = drawn[np.isfinite(drawn)]
    low, high = (float(end) for end in np.quantile(kept, [(1 - level) / 2, (1 + level) / 2]))
    fitting = tuple(name for name, k in PATTERNS.items() if low <= k <= high)
    return Ratio(float(model.partner[member] / model.actor[member]), low, high, False, fitting, kept.size, level)


def _resampled(data: Dyads, model: Apim, rng: np.random.Generator, resamples: int) -> Floats:
    """(resamples, 2) k of each draw of couples; nan where it could not be estimated."""
    exchange = None if model.distinguishable else data.exchange
    rows, size = data.rows, data.rows.shape[1]
    start: Moments | None = None
    if model.complete < model.couples:
        start = estimate(patterns(rows), size, exchange)
    found = np.full((resamples, 2), np.nan)
    for place in range(resamples):
        drawn = rows[rng.integers(len(rows), size=len(rows))]
        try:
            moments = estimate(patterns(drawn), size, exchange, start)
            coefficients, _ = equations(data, moments.mean, moments.covariance)
        except (ValueError, np.linalg.LinAlgError):
            continue
        found[place] = coefficients[:, 2] / coefficients[:, 1]
    return found
