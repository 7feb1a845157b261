"""The anxiety–avoidance plane: in which of its four regions an estimate may lie, and how large its cloud is.

Regions need borders, and borders come with an instrument's norms and their source: there is no default,
and the middle of the scale is none. The words for the regions belong to the caller.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]


class Borders(NamedTuple):
    """From here upwards a dimension counts as high, points."""

    anxiety: float
    avoidance: float


class Regions(NamedTuple):
    """Probabilities that sum to 1."""

    neither_high: float
    anxiety_high: float
    """Anxiety high, avoidance low."""
    avoidance_high: float
    """Avoidance high, anxiety low."""
    both_high: float


def region_probabilities(mean: npt.ArrayLike, covariance: npt.ArrayLike, borders: Borders) -> Regions:
    """Probability of each region under a bivariate normal estimate of (anxiety, avoidance).

    mean (2,) and covariance (2, 2) in points and points². With h, k the borders in standard units and ρ
    the correlation, P(neither) = Φ₂(h, k; ρ) by Owen's T (Owen 1956, doi 10.1214/aoms/1177728074); the
    others follow from the margins. A dimension without variance lies wholly on its side. Raises ValueError
    for anything not finite or a covariance that is none.
    """
    centre, spread = _normal(mean, covariance)
    limits = np.asarray(borders, dtype=float)
    if not np.isfinite(limits).all():
        raise ValueError(f"borders must be finite: {borders}")
    sd = np.sqrt(np.diag(spread))
    away = limits - centre
    h, k = (float(gap / s) if s > 0 else (np.inf if gap > 0 else -np.inf) for gap, s in zip(away, sd, strict=True))
    rho = float(spread[0, 1] / (sd[0] * sd[1])) if sd.min() > 0 else 0.0
    low_anxiety, low_avoidance = float(special.ndtr(h)), float(special.ndtr(k))
    neither = _both_below(h, k, rho)
    return Regions(
        neither_high=neither,
        anxiety_high=max(low_avoidance - neither, 0.0),
        avoidance_high=max(low_anxiety - neither, 0.0),
        both_high=max(1 - low_anxiety - low_avoidance + neither, 0.0),
    )


def ellipse(mean: npt.ArrayLike, covariance: npt.ArrayLike, coverage: float = 0.9, points: int = 72) -> Floats:
    """Outline (points, 2) of the region of given coverage of a bivariate normal, not closed.

    (x − μ)' Σ⁻¹ (x − μ) = −2 ln(1 − coverage), the χ² quantile with two degrees of freedom: at 0.9 this is
    2.15 standard errors, at 0.5 it is 1.18. Raises ValueError for a coverage outside 0 to below 1, fewer
    than three points, or a covariance that is none.
    """
    centre, spread = _normal(mean, covariance)
    if not 0 <= coverage < 1:
        raise ValueError(f"coverage must lie in 0 to below 1, not {coverage}")
    if points < 3:
        raise ValueError(f"an outline needs at least three points, not {points}")
    values, vectors = np.linalg.eigh(spread)
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    radius = np.sqrt(-2 * np.log1p(-coverage))
    half_axes = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(centre + radius * circle @ half_axes.T, dtype=float)


def _both_below(h: float, k: float, rho: float) -> float:
    """Φ₂(h, k; ρ) = P(X < h, Y < k)."""
    if rho == 0 or np.isinf(h) or np.isinf(k):
        return float(special.ndtr(h) * special.ndtr(k))
    if h == 0 and k == 0:
        return float(0.25 + np.arcsin(rho) / (2 * np.pi))
    narrow = np.sqrt(1 - min(rho**2, 1 - 1e-15))
    tail = sum(
        special.owens_t(x, (y - rho * x) / (x * narrow) if x != 0 else np.copysign(np.inf, y))
        for x, y in ((h, k), (k, h))
    )
    opposite = h * k < 0 or (h * k == 0 and h + k < 0)
    value = (special.ndtr(h) + special.ndtr(k)) / 2 - tail - (0.5 if opposite else 0.0)
    return float(min(max(value, 0.0), 1.0))


def _normal(mean: npt.ArrayLike, covariance: npt.ArrayLike) -> tuple[Floats, Floats]:
    centre, spread = np.asarray(mean, dtype=float), np.asarray(covariance, dtype=float)
    if centre.shape != (2,) or spread.shape != (2, 2):
        raise ValueError(f"mean must be (2,) and covariance (2, 2), not {centre.shape} and {spread.shape}")
    if not (np.isfinite(centre).all() and np.isfinite(spread).all()):
        raise ValueError("mean and covariance must be finite")
    tolerance = 1e-9 * max(float(np.abs(spread).max()), 1e-300)
    if abs(spread[0, 1] - spread[1, 0]) > tolerance or np.linalg.eigvalsh(spread).min() < -tolerance:
        raise ValueError(f"not a covariance: {spread.tolist()}")
    return centre, spread
