"""How people move, learned from many of them: maximum likelihood of the trajectory's parameters over a panel.

    log L(q_l, q_s, τ², P_level, P_slope, m_level, m_slope) = Σ_persons Σ_t −½ [log 2π S_t + v_t² / S_t],

v_t and S_t the filter's one-step errors and their variances (:mod:`mooring.science.trajectory`). The filter's
derivatives are carried along with it, so one pass gives the gradient and the information
I_jk = Σ ½ ∂_j S ∂_k S / S² + ∂_j v ∂_k v / S (Harvey 1989, section 3.4, ISBN 9780521405737). Fisher scoring with
Levenberg's damping climbs; a variance that would become negative stays at 0 (projected Newton, Bertsekas 1982, doi
10.1137/0320018). Scores in points, times in weeks; the prior holds at the first time of each series.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science._kernels import panel_likelihood
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.trajectory import Panel, at, series_arrays

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ROUNDS, TOLERANCE = 200, 1e-9
"""Most steps of a climb; it ends when the next one promises less log-likelihood than this."""
SCOUTS, SCOUTING = 50, 5
"""So many people, evenly chosen, and steps from each start decide which start goes on with everybody."""
RIDGE, FLAT = 1e-9, 1e-7
"""Of the scaled information: added when it is solved; an eigenvalue below it means that nothing is known."""
FAINTEST = 1e-9
"""Least τ², in variances of the scores, where scores without measurement error could make the likelihood infinite."""


class Parameters(NamedTuple):
    """What is estimated."""

    level_diffusion: float
    """q_l, points² per week."""
    slope_diffusion: float
    """q_s, points² per week³."""
    occasion_variance: float
    """τ², points²."""
    prior_variance: float
    """Of the first level between persons, points²."""
    prior_slope_variance: float
    """(points per week)²."""
    prior_mean: float
    """Mean first level, points."""
    prior_slope_mean: float
    """Points per week."""

    @property
    def dynamics(self) -> Dynamics:
        return Dynamics(self.level_diffusion, self.slope_diffusion, float(np.sqrt(self.occasion_variance)))

    @property
    def prior(self) -> Prior:
        return Prior(
            self.prior_mean,
            float(np.sqrt(self.prior_variance)),
            float(np.sqrt(self.prior_slope_variance)),
            self.prior_slope_mean,
        )


VARIANCES = 5
"""The first ones of Parameters: never negative."""


class PanelFit(NamedTuple):
    parameters: Parameters
    standard_errors: Parameters
    """nan where a parameter was given, lies at 0, or cannot be told from these data.

    From the information, so for many people: with 150 (12 occasions each) ± 1.96 of those of the slope diffusion hold
    the truth in 84 of 100. :func:`mooring.science.panel_interval.interval` gives ends that hold it in 95, near 0 too.
    """
    covariance: Floats
    """(7, 7) of the estimates; nan likewise."""
    log_likelihood: float
    at_zero: tuple[str, ...]
    """Variances for which the panel gives no sign: estimated as 0 (as the least τ², where no score has an error)."""
    undetermined: tuple[str, ...]
    """Parameters that these data cannot tell apart, such as τ² and the first level of people seen once."""
    persons: int
    """With an answer."""
    answers: int
    rounds: int
    converged: bool

    @property
    def dynamics(self) -> Dynamics:
        return self.parameters.dynamics

    @property
    def prior(self) -> Prior:
        return self.parameters.prior


class Forecast(NamedTuple):
    """What is to come, given all scores so far: normal, one entry a time ahead."""

    times: Floats
    level: Floats
    level_sd: Floats
    score_sd: Floats
    """Of the score that would be given then: the level's, a day's and the form's variance together."""

    def interval(self, z: float = 1.96) -> tuple[Floats, Floats]:
        """Ends of the interval that holds a score with probability 2Φ(z) − 1."""
        return self.level - z * self.score_sd, self.level + z * self.score_sd


class Data(NamedTuple):
    offsets: npt.NDArray[np.int64]
    times: Floats
    scores: Floats
    squares: Floats
    """SE²"""
    weights: Floats


class Place(NamedTuple):
    """A point of the climb."""

    theta: Floats
    value: float
    gradient: Floats
    information: Floats


class Ground(NamedTuple):
    """Where a climb may go."""

    moves: Bools
    lowest: Floats


def fit(panel: Panel, known: Mapping[str, float] | None = None, weights: npt.ArrayLike | None = None) -> PanelFit:
    """Maximum likelihood of how the people of a panel move; see the module for the equation and the way.

    known: parameters (names of :class:`Parameters`) that are not estimated, with their values. weights (p,): how
    often each person counts (1). Four starts (movers, smooth ones, noisy ones, and between) scout with at most 50
    people spread evenly; the best goes on with everybody. Series may be short, empty, constant, doubled or of one
    occasion; what they cannot tell is named in the result (``undetermined``, ``at_zero``). Raises ValueError as
    :func:`mooring.science.trajectory.trajectory` does (times out of order name their occasion), for an unknown name,
    a negative variance, weights of another shape or negative, when nobody answered, and when all scores are one
    number without error.
    """
    data = data_of(panel, weights)
    unit, span = _units(data)
    fixed = held(known or {})
    ground = ground_of(data, fixed, unit)
    scouts = _spread(data)
    places = [climb(scouts, _clipped(start, fixed, ground), ground, SCOUTING)[0] for start in _starts(data, unit, span)]
    best = max(places, key=lambda place: place.value)
    place, rounds, converged = climb(data, best.theta, ground, ROUNDS)
    return _told(data, place, ground, rounds, converged)


def log_likelihood(panel: Panel, parameters: Parameters) -> float:
    """Σ over the panel; errors as in :func:`fit`."""
    return _place(data_of(panel, None), np.asarray(parameters, dtype=float)).value


def forecast(
    ahead: npt.ArrayLike,
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    standard_errors: npt.ArrayLike,
    dynamics: Dynamics,
    prior: Prior,
    error: float = 0.0,
) -> Forecast:
    """Levels and scores at the times ``ahead`` (g,), weeks, given a series as in ``trajectory``.

    Var(score) = Var(level | all scores) + τ² + ``error``², the standard error of the form that will be asked (points).
    Raises ValueError as :func:`mooring.science.trajectory.at` does, for a time before the last occasion, and for a
    negative error.
    """
    wanted, last = np.asarray(ahead, dtype=float), np.max(np.asarray(times, dtype=float), initial=-np.inf)
    if not error >= 0:
        raise ValueError(f"error must not be negative: {error}")
    if wanted.size and wanted.min() < last:
        raise ValueError(f"time {wanted.min():g} lies before the last occasion, {last:g}: nothing to foresee")
    states = at(wanted, times, scores, standard_errors, dynamics, prior)
    spread = np.sqrt(states.level_variance + dynamics.occasion_sd**2 + error**2)
    return Forecast(wanted, states.level, states.level_sd, np.asarray(spread, dtype=float))


def data_of(panel: Panel, weights: npt.ArrayLike | None) -> Data:
    offsets = np.ascontiguousarray(panel.offsets, dtype=np.int64)
    times, scores, errors = series_arrays(panel.times, panel.scores, panel.standard_errors, offsets)
    each = np.ones(offsets.size - 1) if weights is None else np.ascontiguousarray(weights, dtype=float)
    if each.shape != (offsets.size - 1,) or not (each >= 0).all() or not np.isfinite(each).all():
        raise ValueError(f"weights {each.shape} must be one number ≥ 0 for each of {offsets.size - 1} series")
    data = Data(offsets, times, scores, errors**2, each)
    counted = ~np.isnan(scores) & (np.repeat(each, np.diff(offsets)) > 0)
    if not counted.any():
        raise ValueError("nobody of this panel answered anything")
    return data


def _units(data: Data) -> tuple[float, float]:
    """Variance of the scores, points², and how long people are usually seen, weeks."""
    answered = ~np.isnan(data.scores)
    variance = float(np.var(data.scores[answered]))
    errors = float(np.mean(data.squares[answered]))
    if variance + errors <= 0:
        raise ValueError("all scores are one number, without error: nothing can be learned of how people move")
    some = np.flatnonzero(np.diff(data.offsets) > 1)
    spans = data.times[data.offsets[some + 1] - 1] - data.times[data.offsets[some]]
    long = spans[spans > 0]
    return max(variance, 1e-3 * errors), float(np.median(long)) if long.size else 1.0


def held(known: Mapping[str, float]) -> Floats:
    """(7,) nan where nothing is given."""
    unknown = set(known) - set(Parameters._fields)
    if unknown:
        raise ValueError(f"no such parameter: {', '.join(sorted(unknown))}; there are {', '.join(Parameters._fields)}")
    fixed = np.array([known.get(name, np.nan) for name in Parameters._fields])
    if (fixed[:VARIANCES] < 0).any() or np.isinf(fixed).any():
        raise ValueError(f"a variance must be finite and not negative: {dict(known)}")
    return fixed


def ground_of(data: Data, fixed: Floats, unit: float) -> Ground:
    lowest = np.array([0.0] * VARIANCES + [-np.inf] * 2)
    if (data.squares[~np.isnan(data.scores)] == 0).any():
        lowest[2] = FAINTEST * unit
        if fixed[2] == 0:
            raise ValueError("occasion_variance 0 and scores without error: every answer needs some")
    return Ground(np.isnan(fixed), lowest)


def _starts(data: Data, unit: float, span: float) -> Iterator[Floats]:
    """Shares of the scores' variance that movement, days and persons may have."""
    answered = ~np.isnan(data.scores)
    mean = float(np.mean(data.scores[answered]))
    for level, slope, day, person, trend in (
        (0.10, 0.05, 0.15, 0.60, 0.10),
        (0.80, 0.01, 0.05, 0.30, 0.01),
        (0.01, 0.50, 0.10, 0.50, 0.50),
        (0.02, 0.005, 0.60, 0.30, 0.02),
    ):
        shares = np.array([level / span, slope / span**3, day, person, trend / span**2])
        yield np.append(unit * shares, [mean, 0.0])


def _clipped(start: Floats, fixed: Floats, ground: Ground) -> Floats:
    return np.asarray(np.where(ground.moves, np.maximum(start, ground.lowest), fixed), dtype=float)


def _spread(data: Data) -> Data:
    """At most SCOUTS people with an answer, evenly chosen in their order."""
    answered = np.append(0, np.cumsum(~np.isnan(data.scores)))
    some = np.flatnonzero((np.diff(answered[data.offsets]) > 0) & (data.weights > 0))
    if some.size <= SCOUTS:
        return data
    chosen = some[np.linspace(0, some.size - 1, SCOUTS).astype(np.int64)]
    rows = np.concatenate([np.arange(data.offsets[i], data.offsets[i + 1]) for i in chosen])
    offsets = np.append(0, np.cumsum(np.diff(data.offsets)[chosen]))
    return Data(offsets, data.times[rows], data.scores[rows], data.squares[rows], data.weights[chosen])


def _place(data: Data, theta: Floats) -> Place:
    gradient, information = np.empty(7), np.empty((7, 7))
    value = panel_likelihood.score(*data, theta, gradient, information)
    return Place(theta, float(value), gradient, information)


def climb(data: Data, start: Floats, ground: Ground, rounds: int) -> tuple[Place, int, bool]:
    """Damped Fisher scoring from a start; how many steps were tried, and whether it came to its end."""
    place, damping = _place(data, start), 0.0
    for number in range(rounds):
        step = _step(place, ground, damping)
        promised = float(place.gradient @ step)
        if promised < TOLERANCE:
            return place, number, True
        there = _place(data, place.theta + step)
        if np.isfinite(there.value) and there.value > place.value + 1e-4 * promised:
            place, damping = there, damping / 10 if damping > 1e-3 else 0.0
        elif promised < 1e-11 * abs(place.value):  # less than the sum can resolve
            return place, number, True
        else:
            damping = max(10 * damping, 1e-2)
    return place, rounds, False


def _free(place: Place, ground: Ground) -> Bools:
    """Parameters that may move: not given, and not held at their lowest by the gradient."""
    stopped = (place.theta <= ground.lowest) & (place.gradient <= 0)
    return np.asarray(ground.moves & ~stopped & (np.diag(place.information) > 0), dtype=bool)


def _step(place: Place, ground: Ground, damping: float) -> Floats:
    step, free = np.zeros(place.theta.size), _free(place, ground)
    while free.any():
        scale, scaled = _scaled(place.information, free)
        scaled[np.diag_indices_from(scaled)] += RIDGE + damping
        step[:] = 0.0
        step[free] = np.linalg.solve(scaled, place.gradient[free] / scale) / scale
        low = free & (place.theta + step < ground.lowest)
        step[low] = ground.lowest[low] - place.theta[low]
        stuck = low & (step == 0)
        if place.gradient @ step > 0 or not stuck.any():
            break
        free &= ~stuck
    return step


def _scaled(information: Floats, free: Bools) -> tuple[Floats, Floats]:
    part = information[np.ix_(free, free)]
    scale = np.sqrt(np.diag(part))
    return scale, part / np.outer(scale, scale)


def _told(data: Data, place: Place, ground: Ground, rounds: int, converged: bool) -> PanelFit:
    names = np.array(Parameters._fields)
    zero = ground.moves & (place.theta <= ground.lowest)
    blind = ground.moves & (np.diag(place.information) <= 0)
    free = ground.moves & ~zero & ~blind
    covariance = np.full((7, 7), np.nan)
    if free.any():
        scale, scaled = _scaled(place.information, free)
        values, vectors = np.linalg.eigh(scaled)
        flat = values < FLAT
        lost = (vectors[:, flat] ** 2).sum(axis=1) > 1e-3
        inverse = (vectors[:, ~flat] / values[~flat]) @ vectors[:, ~flat].T / np.outer(scale, scale)
        inverse[lost, :] = inverse[:, lost] = np.nan
        covariance[np.ix_(free, free)] = inverse
        blind[np.flatnonzero(free)[lost]] = True
    answered = np.append(0, np.cumsum(~np.isnan(data.scores)))
    return PanelFit(
        Parameters(*place.theta.tolist()),
        Parameters(*np.sqrt(np.diag(covariance)).tolist()),
        covariance,
        place.value,
        tuple(names[zero & ~blind].tolist()),
        tuple(names[blind].tolist()),
        int((np.diff(answered[data.offsets]) > 0).sum()),
        int(answered[-1]),
        rounds,
        converged,
    )
