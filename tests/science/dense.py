"""The same model as one big Gaussian: slow, obvious, and sharing no code with the library."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mooring.science.dynamics import Dynamics, Prior

Floats = NDArray[np.float64]


def level_and_slope_covariance(times: Floats, dynamics: Dynamics, prior: Prior) -> Floats:
    """Covariance (2n, 2n) of all levels, then all slopes, integrated by hand from the first time.

    Cov(level_s, level_t) = P0 + s t S0 + q_l m + q_s (m² (3M − m) / 6), m = min, M = max of s and t.
    """
    at = times - times[0]
    s, t = np.meshgrid(at, at, indexing="ij")
    m, top = np.minimum(s, t), np.maximum(s, t)
    levels = prior.sd**2 + s * t * prior.slope_sd**2
    levels += dynamics.level_diffusion * m + dynamics.slope_diffusion * m**2 * (3 * top - m) / 6
    slopes = prior.slope_sd**2 + dynamics.slope_diffusion * m
    # Cov(level_s, slope_t) = s S0 + q_s (s² / 2 if s <= t else t (s − t / 2))
    cross = s * prior.slope_sd**2 + dynamics.slope_diffusion * np.where(s <= t, s**2 / 2, t * (s - t / 2))
    return np.block([[levels, cross], [cross.T, slopes]])


def posterior(
    times: Floats, scores: Floats, errors: Floats, dynamics: Dynamics, prior: Prior
) -> tuple[Floats, Floats, float]:
    """Mean (2n,), covariance (2n, 2n) of levels and slopes given all scores, and the log-likelihood."""
    n = times.size
    covariance = level_and_slope_covariance(times, dynamics, prior)
    at = times - times[0]
    mean = np.concatenate([prior.mean + at * prior.slope_mean, np.full(n, prior.slope_mean)])
    seen = np.flatnonzero(np.isfinite(scores))
    if seen.size == 0:
        return mean, covariance, 0.0
    noise = np.diag(errors[seen] ** 2 + dynamics.occasion_sd**2)
    total = covariance[np.ix_(seen, seen)] + noise
    miss = scores[seen] - mean[seen]
    weights = np.linalg.solve(total, covariance[seen]).T
    _, log_det = np.linalg.slogdet(2 * np.pi * total)
    log_likelihood = -0.5 * (log_det + miss @ np.linalg.solve(total, miss))
    return mean + weights @ miss, covariance - weights @ covariance[seen], float(log_likelihood)
