"""How much the items tell at each θ, the standard error to expect there, and reliability over a population."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import Floats, Items
from mooring.science.graded_response.scores import STANDARD, Normal, Scores, check_items, reached_of


def item_information(items: Items, theta: npt.ArrayLike) -> Floats:
    """I_j(θ) = Σ_k P'_jk² / P_jk = a² Σ_k P_jk (1 − P*_jk − P*_j,k+1)² (J, Q), per unit of θ² (Samejima 1969).

    theta (Q,), on each item's own dimension. Raises ValueError for parameters that are no graded response model and
    for a θ that is not finite.
    """
    check_items(items, int(items.dimension.max(initial=0)) + 1)
    points = np.atleast_1d(np.asarray(theta, dtype=float))
    if points.ndim != 1 or not np.isfinite(points).all():
        raise ValueError("theta must be finite numbers in one row")
    reached = reached_of(items, points)
    chance = reached[:, :-1] - reached[:, 1:]
    told = (chance * (1 - reached[:, :-1] - reached[:, 1:]) ** 2).sum(axis=1)
    return np.asarray(items.a[:, None] ** 2 * told, dtype=float)


def test_information(items: Items, theta: npt.ArrayLike) -> Floats:
    """I(θ) = Σ_j I_j(θ) (D, Q), one row a dimension; errors as in :func:`item_information`."""
    each = item_information(items, theta)
    total = np.zeros((int(items.dimension.max()) + 1, each.shape[1]))
    np.add.at(total, items.dimension, each)
    return total


def expected_error(items: Items, theta: npt.ArrayLike) -> Floats:
    """1 / √I(θ) (D, Q): standard error of the likelihood of all items answered, units of θ; inf where none tells.

    Errors as in :func:`item_information`.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(1 / np.sqrt(test_information(items, theta)), dtype=float)


def marginal_reliability(items: Items, population: Normal = STANDARD) -> Floats:
    """ρ = ∫ I σ² / (I σ² + 1) φ(θ; μ, σ) dθ (D,): variance that EAP recovers, expected before anyone has answered.

    Green, Bock, Humphreys, Linn & Reckase (1984), with the error of a posterior; by rectangles on ±6 σ. Errors as in
    :func:`item_information`.
    """
    z = np.linspace(-6, 6, 121)
    weight = np.exp(-(z**2) / 2)
    told = test_information(items, population.mean + population.sd * z) * population.sd**2
    return np.asarray((told / (told + 1)) @ weight / weight.sum(), dtype=float)


def empirical_reliability(scores: Scores) -> float:
    """ρ = s²(EAP) / (s²(EAP) + mean PSD²), over the persons that have a score; nan with fewer than two.

    For scores from :func:`~mooring.science.graded_response.scores.eap` with the population as prior: by the law of
    total variance the sum is that of θ. (ML and WLE have 1 − mean SE² / s² instead: they vary by more than θ.)
    """
    present = np.isfinite(scores.theta)
    if present.sum() < 2:
        return float("nan")
    between = float(scores.theta[present].var(ddof=1))
    within = float((scores.standard_error[present] ** 2).mean())
    return between / (between + within)
