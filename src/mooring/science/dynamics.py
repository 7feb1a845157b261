"""How a level may move between check-ins, and what is assumed about it before a bank is calibrated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Dynamics(NamedTuple):
    """Movement of one scale's level, in points and weeks.

    d level = slope dt + √level_diffusion dB₁, d slope = √slope_diffusion dB₂; one occasion's score is the
    level plus a bad (or good) day of standard deviation ``occasion_sd`` plus measurement error.
    """

    level_diffusion: float
    """q_l, points² per week."""
    slope_diffusion: float
    """q_s, points² per week³."""
    occasion_sd: float
    """τ, points."""


class Prior(NamedTuple):
    """Belief before the first answer: independent normal level (points) and slope (points a week)."""

    mean: float
    sd: float
    slope_sd: float
    slope_mean: float = 0.0


# In standard deviations of the scale between persons. ASSUMED until fitted to a clinic's own panel.
# - The slope: psychotherapy moves its own outcome by about 0.8 SD in 15 to 26 weeks, some 0.03 to 0.05 SD a
#   week, and stands still or reverses within a few months: slope sd 0.05, wandering by 0.05 in 25 weeks.
# - The level: besides its slope it takes steps of about 0.14 SD a week (0.7 SD in half a year), so that an
#   event moves it within weeks while four quiet weeks still count as one place.
# - One occasion: a bad day of 0.25 SD, below the error of a four-item form (about 0.4 SD).
# - The first answer is believed at once: prior 1.5 SD wide.
LEVEL_DIFFUSION_SD2 = 0.02
SLOPE_DIFFUSION_SD2 = 1e-4
OCCASION_SD = 0.25
PRIOR_SD = 1.5
PRIOR_SLOPE_SD = 0.05


def assumed_dynamics(sd: float) -> Dynamics:
    """Assumed movement of a scale whose standard deviation between persons is ``sd`` points.

    Raises ValueError unless ``sd`` is positive and finite.
    """
    _require_positive(sd)
    return Dynamics(LEVEL_DIFFUSION_SD2 * sd**2, SLOPE_DIFFUSION_SD2 * sd**2, OCCASION_SD * sd)


def assumed_prior(mean: float, sd: float) -> Prior:
    """Assumed prior around ``mean`` (the middle of the scale where no norm exists), in points.

    Raises ValueError unless ``sd`` is positive and finite and ``mean`` finite.
    """
    _require_positive(sd)
    if not np.isfinite(mean):
        raise ValueError(f"mean must be finite, not {mean}")
    return Prior(mean, PRIOR_SD * sd, PRIOR_SLOPE_SD * sd)


def _require_positive(sd: float) -> None:
    if not (np.isfinite(sd) and sd > 0):
        raise ValueError(f"sd must be positive and finite, not {sd}")
