"""Virtual clients whose true states are known.

A client's true level is a path through knots. Each check-in adds a bad or good day shared by all items, each
answer its own noise, then everything is rounded and clipped as on a real form. The estimators never see the
path; tests and operating points compare what they say with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.dynamics import Dynamics, Prior

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ROUNDING_VARIANCE = 1 / 12
"""Variance that rounding to whole answers adds to an item (uniform error)."""
TAIL_DF = 3
"""Degrees of freedom of heavy-tailed noise: the fewest whole ones with a finite variance."""


class Form(NamedTuple):
    """A short form as the simulator sees it; scores are means of the items, in points."""

    items: int
    minimum: float
    maximum: float
    sd: float
    reliability: float
    reversed: tuple[int, ...] = ()
    """Indices (from 0) of the items that are asked the other way round."""
    offsets: tuple[float, ...] = ()
    """How much easier (+) or harder (−) than the level each item is answered; empty for none."""

    @property
    def standard_error(self) -> float:
        """SEM = sd √(1 − r), points."""
        return float(self.sd * np.sqrt(1 - self.reliability))

    @property
    def reliable_change(self) -> float:
        """1.96 √2 SEM, points (Jacobson & Truax 1991)."""
        return float(1.96 * np.sqrt(2) * self.standard_error)

    @property
    def middle(self) -> float:
        return (self.minimum + self.maximum) / 2

    @property
    def noise_sd(self) -> float:
        """Of one answer before it is rounded, points: the mean of the items then errs by the form's SEM."""
        return float(np.sqrt(max(self.items * self.standard_error**2 - ROUNDING_VARIANCE, 0.0)))

    @property
    def true_sd(self) -> float:
        """Between people, of what the answers are about: sd √r, points."""
        return float(self.sd * np.sqrt(self.reliability))

    def of_bank(self, offsets: Sequence[float], reversed_items: Sequence[int]) -> Form:
        """A longer form of items with the same noise about the same people: SEM² k / n, with n for k items."""
        size = len(offsets)
        reliability = 1 - (1 - self.reliability) * self.items / size
        return self._replace(
            items=size, reliability=reliability, reversed=tuple(reversed_items), offsets=tuple(offsets)
        )


# The assumed psychometrics of our own banks' short forms: uncalibrated; the catalogue holds the same figures.
SECURITY = Form(4, 0, 10, 2.0, 0.85, (), (0.3, -0.1, -0.4, 0.2))
DISTRESS = Form(4, 1, 5, 0.85, 0.82, (3,), (0.2, -0.1, 0.1, -0.2))
ANXIETY = Form(4, 1, 7, 1.2, 0.80, (3,), (0.3, -0.2, 0.1, -0.2))
AVOIDANCE = Form(4, 1, 7, 1.2, 0.80, (2,), (-0.2, 0.2, 0.2, -0.2))
ALLIANCE = Form(6, 1, 5, 0.7, 0.85, (4,), (0.2, 0.1, -0.1, 0.1, -0.2, -0.1))


class Disturbance(NamedTuple):
    """What makes an occasion differ from the level, in points of the scale."""

    occasion_sd: float
    """A bad or good day, independent from one occasion to the next."""
    wobble_sd: float = 0.0
    """Stationary standard deviation of a mood that lingers (Ornstein–Uhlenbeck)."""
    wobble_weeks: float = 2.0
    """Weeks after which the lingering mood has fallen to 1/e."""
    heavy_tails: bool = False
    """t noise with 3 degrees of freedom, scaled to the same variance, for days and items."""


class Skipping(NamedTuple):
    """How check-ins and answers go missing."""

    checkin_rate: float = 0.0
    """Share of check-ins missed when neither distressed nor calm."""
    distress_slope: float = 0.0
    """Added log-odds of missing the check-in per standard deviation of distress above the usual."""
    item_rate: float = 0.0
    """Share of single answers skipped."""


class Simulated(NamedTuple):
    """One series: what was true, and what was answered (nan where skipped)."""

    weeks: Floats
    level: Floats
    """(n,) true level."""
    state: Floats
    """(n,) level plus the day's deviation: what the answers of that occasion are about."""
    answers: Floats
    """(n, items) as given, reversed items not turned; nan where skipped."""


def path(knots: Sequence[tuple[float, float]] | Mapping[float, float], weeks: npt.ArrayLike) -> Floats:
    """Level at each of ``weeks`` (n,), linear between the knots and flat beyond them.

    ``knots`` are (week, level). Raises ValueError when there are none, when their weeks do not increase or
    when one is not finite.
    """
    pairs = sorted(knots.items()) if isinstance(knots, Mapping) else list(knots)
    if not pairs:
        raise ValueError("a path needs at least one knot")
    at, level = np.asarray(pairs, dtype=float).T
    if not (np.isfinite(at).all() and np.isfinite(level).all()) or (np.diff(at) <= 0).any():
        raise ValueError(f"knots must be finite and their weeks increase: {pairs}")
    return np.asarray(np.interp(np.asarray(weeks, dtype=float), at, level), dtype=float)


def trend_path(weeks: npt.ArrayLike, dynamics: Dynamics, prior: Prior, rng: np.random.Generator) -> Floats:
    """A level (n,) drawn from the trajectory model itself, at increasing ``weeks`` (n,).

    Exact draws of (level, slope) with Q(h) = [[q_l h + q_s h³/3, q_s h²/2], [q_s h²/2, q_s h]].
    """
    at = _increasing(weeks)
    level = rng.normal(prior.mean, prior.sd)
    slope = rng.normal(prior.slope_mean, prior.slope_sd)
    levels = np.empty(at.size)
    for i, h in enumerate(np.diff(at, prepend=at[:1])):
        # The slope's integrated noise and its end point share b: a Cholesky factor of Q's second part.
        b, c, d = rng.standard_normal(3)
        q = dynamics.slope_diffusion
        level += slope * h + np.sqrt(q * h**3) * (b / 2 + c / np.sqrt(12))
        level += np.sqrt(dynamics.level_diffusion * h) * d
        slope += np.sqrt(q * h) * b
        levels[i] = level
    return levels


def deviations(weeks: npt.ArrayLike, disturbance: Disturbance, rng: np.random.Generator) -> Floats:
    """Deviation of each occasion from the level (n,), points: independent days plus a lingering mood.

    The mood is a stationary Ornstein–Uhlenbeck process, exact on irregular ``weeks`` (n,) in order:
    x(t + h) = a x(t) + sd √(1 − a²) ε with a = exp(−h / wobble_weeks).
    """
    at = _increasing(weeks)
    if min(disturbance.occasion_sd, disturbance.wobble_sd) < 0 or disturbance.wobble_weeks <= 0:
        raise ValueError(f"standard deviations must not be negative and wobble_weeks positive: {disturbance}")
    days = disturbance.occasion_sd * _unit_noise(at.size, disturbance.heavy_tails, rng)
    shocks = _unit_noise(at.size, disturbance.heavy_tails, rng)
    mood = np.empty(at.size)
    for i, h in enumerate(np.diff(at, prepend=at[:1])):
        keep = np.exp(-h / disturbance.wobble_weeks)
        mood[i] = shocks[i] if i == 0 else keep * mood[i - 1] + np.sqrt(1 - keep**2) * shocks[i]
    return np.asarray(days + disturbance.wobble_sd * mood, dtype=float)


def item_answers(state: npt.ArrayLike, form: Form, rng: np.random.Generator, *, heavy_tails: bool = False) -> Floats:
    """Answers (n, items) to a form by someone whose state is ``state`` (n,), points.

    answer = clip(round(state + offset + noise)); reversed items are given as min + max − answer. The noise
    has the variance that makes the mean of the items err by the form's SEM, less what rounding adds. Clipping
    pulls answers inward near the ends, as ceilings do. Raises ValueError when the offsets do not match the
    items.
    """
    at = np.asarray(state, dtype=float)
    offsets = np.asarray(form.offsets or np.zeros(form.items), dtype=float)
    if offsets.size != form.items:
        raise ValueError(f"{form.items} items but {offsets.size} offsets")
    noise = form.noise_sd * _unit_noise((at.size, form.items), heavy_tails, rng)
    given = np.clip(np.round(at[:, None] + offsets + noise), form.minimum, form.maximum)
    turned = list(form.reversed)
    given[:, turned] = form.minimum + form.maximum - given[:, turned]
    return np.asarray(given, dtype=float)


def missed(distress: npt.ArrayLike, skipping: Skipping, rng: np.random.Generator) -> Bools:
    """Which check-ins were missed (n,); ``distress`` (n,) is how many SD above the usual that occasion is.

    log-odds(missed) = log-odds(checkin_rate) + distress_slope · distress. A rate of 0 misses none, 1 all.
    """
    rate = skipping.checkin_rate
    above = np.asarray(distress, dtype=float)
    if not 0 <= rate <= 1:
        raise ValueError(f"checkin_rate must lie in 0 to 1, not {rate}")
    draws = rng.random(above.size)
    if rate in (0.0, 1.0):
        return np.full(above.size, rate == 1.0)
    log_odds = np.log(rate / (1 - rate)) + skipping.distress_slope * above
    return np.asarray(draws < 1 / (1 + np.exp(-log_odds)), dtype=bool)


def simulate(
    weeks: npt.ArrayLike,
    level: npt.ArrayLike,
    form: Form,
    disturbance: Disturbance,
    rng: np.random.Generator,
    *,
    shared: npt.ArrayLike = 0.0,
    skip: npt.ArrayLike | None = None,
    item_rate: float = 0.0,
) -> Simulated:
    """Answers to ``form`` on ``weeks`` (n,) by someone whose true level is ``level`` (n,).

    ``shared`` (n,) are deviations, in points, that other series of the person have too: one bad day
    colours every answer. ``skip`` (n,) marks missed check-ins (all answers nan); of the other answers a
    share ``item_rate`` is nan. The same number of draws is made whatever is skipped, so that a missed week
    leaves the others as they are.
    """
    at = _increasing(weeks)
    true = np.asarray(level, dtype=float)
    if true.shape != at.shape:
        raise ValueError(f"level has shape {true.shape}, weeks {at.shape}")
    state = true + np.asarray(shared, dtype=float) + deviations(at, disturbance, rng)
    answers = item_answers(state, form, rng, heavy_tails=disturbance.heavy_tails)
    answers[rng.random(answers.shape) < item_rate] = np.nan
    if skip is not None:
        answers[np.asarray(skip, dtype=bool)] = np.nan
    return Simulated(at, true, state, answers)


def _unit_noise(shape: int | tuple[int, ...], heavy_tails: bool, rng: np.random.Generator) -> Floats:
    """Noise of mean 0 and variance 1; t(3) has variance 3."""
    if heavy_tails:
        return np.asarray(rng.standard_t(TAIL_DF, size=shape) / np.sqrt(TAIL_DF / (TAIL_DF - 2)), dtype=float)
    return np.asarray(rng.standard_normal(shape), dtype=float)


def _increasing(weeks: npt.ArrayLike) -> Floats:
    at = np.asarray(weeks, dtype=float)
    if at.ndim != 1 or not np.isfinite(at).all() or (np.diff(at) < 0).any():
        raise ValueError("weeks must be one finite row that does not decrease")
    return at
