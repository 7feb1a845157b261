"""From θ to points and back: the score a person would get on average, on all items of the scale (Lord 1980)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import Floats, Items, probabilities

NODES = np.linspace(-6, 6, 121)
"""Of θ, for averages over the calibrated people."""


class TrueScores(NamedTuple):
    """Same shape as the θ they came from."""

    points: Floats
    slope: Floats
    """Points per unit of θ; a standard error of θ times it is one in points (delta method)."""


def true_scores(items: Items, values: npt.ArrayLike, theta: npt.ArrayLike) -> TrueScores:
    """T(θ) = Σ_j Σ_k v_jk P_jk(θ) / J, and dT/dθ = Σ_j a_j Σ_k (v_jk − v_j,k−1) P*_jk (1 − P*_jk) / J (Lord 1980).

    values (J, K): points that an answer in each category counts, nan beyond an item's own last. theta of any shape;
    nan stays nan. The mean of the items; for a sum, multiply by J. Raises ValueError for values of another shape.
    """
    worth = np.asarray(values, dtype=float)
    if worth.shape != (items.a.size, items.b.shape[1] + 1):
        raise ValueError(f"values has shape {worth.shape}, the items {(items.a.size, items.b.shape[1] + 1)}")
    at = np.asarray(theta, dtype=float)
    flat = np.where(np.isfinite(at), at, 0.0).ravel()
    chances = probabilities(items, flat)
    points = np.einsum("jqk,jk->q", chances, np.nan_to_num(worth)) / items.a.size
    reached = 1 - np.cumsum(chances, axis=2)[:, :, :-1]
    steps = np.nan_to_num(np.diff(worth, axis=1))
    slope = np.einsum("j,jqk,jk->q", items.a, reached * (1 - reached), steps) / items.a.size
    missing = ~np.isfinite(at)
    return TrueScores(
        np.where(missing, np.nan, points.reshape(at.shape)), np.where(missing, np.nan, slope.reshape(at.shape))
    )


def population(items: Items, values: npt.ArrayLike) -> tuple[float, float]:
    """Mean and standard deviation of T(θ), points, where θ is standard normal: rectangular nodes on ±6."""
    weights = np.exp(-(NODES**2) / 2)
    weights /= weights.sum()
    points = true_scores(items, values, NODES).points
    mean = float(weights @ points)
    return mean, float(np.sqrt(weights @ (points - mean) ** 2))
