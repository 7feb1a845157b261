"""The graded response model (Samejima 1969): what the parameters are, and the probability of an answer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Answers = npt.NDArray[np.int8]

MISSING = -1
"""Stands for an answer that was not given; an answer is its category, 0 for the lowest."""


class Items(NamedTuple):
    """Parameters of J items: P(X ≥ k | θ) = 1 / (1 + exp(−a (θ − b_k))), k = 1 … K − 1.

    θ is standard normal in the reference group; b in its units; a per unit of θ, on the logistic scale (no 1.7).
    """

    a: Floats
    """(J,) discrimination."""
    b: Floats
    """(J, K − 1) thresholds, ascending in each row; nan beyond an item's own last category."""
    dimension: npt.NDArray[np.int64]
    """(J,) which θ the item measures: simple structure, each item one dimension (0 in one dimension)."""

    @property
    def categories(self) -> npt.NDArray[np.int64]:
        """(J,) number of answer categories of each item."""
        return np.asarray(np.isfinite(self.b).sum(axis=1) + 1)


def probabilities(items: Items, theta: npt.ArrayLike) -> Floats:
    """P(X_j = k | θ): P*_k − P*_{k+1}, with P*_0 = 1 and P*_K = 0 (Samejima 1969).

    theta (Q,), on each item's own dimension. Returns (J, Q, K); zero beyond an item's own last category.
    """
    points = np.atleast_1d(np.asarray(theta, dtype=float))
    reached = np.zeros((items.a.size, points.size, items.b.shape[1] + 2))
    reached[:, :, 0] = 1
    logits = items.a[:, None, None] * (points[None, :, None] - items.b[:, None, :])
    reached[:, :, 1:-1] = np.nan_to_num(1 / (1 + np.exp(-np.clip(logits, -700, 700))), nan=0.0)
    return reached[:, :, :-1] - reached[:, :, 1:]
