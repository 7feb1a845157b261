"""How sure a panel is of one of its parameters, also where a variance lies near 0.

An interval holds every value v of the parameter that the likelihood ratio does not reject,

    2 [log L(best) − log L(best with the parameter held at v)] ≤ c(δ),    δ = (v − lowest) / se(v),

se(v) from the information at the held fit. Far from the edge c is χ²'s (3.84 at 95 %). Near it an estimate that would
have been negative stands at 0, so the ratio is no longer χ² (Self & Liang 1987, doi 10.1080/01621459.1987.10478472,
and Stram & Lee 1994, doi 10.2307/2533455, for the edge itself, where it is 0 or χ² with chances of one half). Of an
estimate that is normal around v the ratio stays below c with probability

    2 Φ(√c) − 1  where c ≤ δ²,    Φ(√c) − Φ(−(δ² + c)/(2 δ))  where c > δ²,

(Cowan, Cranmer, Gross & Vitells 2011, doi 10.1140/epjc/s10052-011-1554-0), and c(δ) is where this is the level: 2.71
on the edge, 3.84 from δ = 1.96 on. One rule for both ends, so that nothing is decided by looking first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from mooring.science.panel import (
    ROUNDS,
    VARIANCES,
    Data,
    Ground,
    PanelFit,
    Parameters,
    Place,
    climb,
    data_of,
    ground_of,
    held,
)
from mooring.science.trajectory import Panel

DOUBLINGS = 40
"""So often the step outwards is doubled before an end is called infinite."""


class ParameterInterval(NamedTuple):
    low: float
    high: float
    edge: bool
    """At the edge: 0 (or the least τ²) is inside, and only the upper end says something."""
    why_not: str
    """Empty, or why the ends are nan."""
    level: float

    @property
    def words(self) -> str:
        if self.why_not:
            return self.why_not
        return f"at the edge: at most {self.high:.3g}" if self.edge else f"{self.low:.3g} to {self.high:.3g}"


def interval(
    panel: Panel, found: PanelFit, name: str, known: dict[str, float] | None = None, level: float = 0.95
) -> ParameterInterval:
    """Of one of :class:`mooring.science.panel.Parameters`, given the panel and what ``fit`` found of it.

    known: as given to ``fit``. A parameter that was given or cannot be told apart has no interval, and why_not says
    so. Raises ValueError for an unknown name or a level outside 0 to 1.
    """
    if name not in Parameters._fields:
        raise ValueError(f"no such parameter: {name}; there are {', '.join(Parameters._fields)}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    nothing = ParameterInterval(math.nan, math.nan, False, "", level)
    if name in (known or {}):
        return nothing._replace(why_not="given, not estimated")
    if name in found.undetermined:
        return nothing._replace(why_not="these data cannot tell it apart")
    place = Parameters._fields.index(name)
    beyond, lowest = excess(panel, found, place, known or {}, level)
    middle = float(found.parameters[place])
    edge = place < VARIANCES and (middle <= lowest or beyond(lowest) <= 0)
    low = lowest if edge else _end(beyond, middle, -_stride(found, place), lowest)
    return nothing._replace(low=low, high=_end(beyond, middle, _stride(found, place), lowest), edge=edge)


def excess(
    panel: Panel, found: PanelFit, place: int, known: dict[str, float], level: float
) -> tuple[Callable[[float], float], float]:
    """By how much the likelihood ratio of a value exceeds what an interval allows; and the least value there is."""
    data = data_of(panel, None)
    unit = float(np.var(data.scores[~np.isnan(data.scores)]))
    given = held(known)
    ground = ground_of(data, given, max(unit, 1e-3 * float(np.mean(data.squares[~np.isnan(data.scores)]))))
    start = np.array(found.parameters, dtype=float)
    lowest = float(ground.lowest[place])

    def beyond(value: float) -> float:
        one = _held_at(data, start, ground, place, value)
        ratio = 2 * (found.log_likelihood - one.value)
        edge = math.inf if math.isinf(lowest) else (value - lowest) / _error(one, ground, place)
        return ratio - critical(edge, level)

    return beyond, lowest


def critical(edge: float, level: float) -> float:
    """c(δ): how large a likelihood ratio may be at δ standard errors from the edge."""
    usual = float(special.ndtri((1 + level) / 2)) ** 2
    if edge**2 >= usual:
        return usual
    least = float(special.ndtri(level)) ** 2 if level > 0.5 else 0.0
    if edge <= 1e-9:
        return least

    def miss(c: float) -> float:
        return float(special.ndtr(math.sqrt(c)) - special.ndtr(-(edge**2 + c) / (2 * edge))) - level

    return float(optimize.brentq(miss, min(least, edge**2), usual))


def _held_at(data: Data, start: np.ndarray, ground: Ground, place: int, value: float) -> Place:
    moves, theta = ground.moves.copy(), start.copy()
    moves[place], theta[place] = False, value
    return climb(data, theta, Ground(moves, ground.lowest), ROUNDS)[0]


def _error(one: Place, ground: Ground, place: int) -> float:
    """Standard error of a held parameter, were it free: the others that may move are allowed for."""
    free = ground.moves & (np.diag(one.information) > 0)
    free &= ~((one.theta <= ground.lowest) & (one.gradient <= 0))
    free[place] = False
    own = one.information[place, place]
    across = one.information[place, free]
    left = own - across @ np.linalg.lstsq(one.information[np.ix_(free, free)], across, rcond=1e-12)[0]
    return 1 / math.sqrt(max(float(left), 1e-12 * float(own), 1e-300))


def _stride(found: PanelFit, place: int) -> float:
    error = float(found.standard_errors[place])
    return error if math.isfinite(error) and error > 0 else 1e-3 * (1 + abs(float(found.parameters[place])))


def _end(beyond: Callable[[float], float], middle: float, stride: float, lowest: float) -> float:
    """Where an interval ends on one side of the estimate."""
    inner = middle
    for _ in range(DOUBLINGS):
        outer = max(inner + stride, lowest)
        if outer == lowest or beyond(outer) > 0:
            return float(optimize.brentq(beyond, inner, outer, xtol=1e-12, rtol=1e-5))
        inner, stride = outer, 2 * stride
    return math.copysign(math.inf, stride)
