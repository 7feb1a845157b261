"""Banks and answers whose true parameters are known, drawn from the model itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import MISSING, Answers, Floats, Items


def answers(items: Items, theta: npt.ArrayLike, rng: np.random.Generator, *, missing: float = 0.0) -> Answers:
    """Answers (n, J) of persons at ``theta``, (n,) or (n, D): X_j = #{k: a_j (θ_d(j) − b_jk) > logit(u_j)}, u uniform.

    P(X_j ≥ k | θ) = P(u < P*_k) as the model says (inversion). A share ``missing`` of the answers, chosen at random,
    is −1. The same number of draws is made whatever is missing. Raises ValueError for a θ that is not finite or has
    fewer columns than the items have dimensions, and for a share outside 0 to 1.
    """
    at = np.asarray(theta, dtype=float)
    at = at[:, None] if at.ndim == 1 else at
    if at.ndim != 2 or not np.isfinite(at).all() or (items.a.size and at.shape[1] <= int(items.dimension.max())):
        raise ValueError(f"theta must be finite, persons by dimensions, not of shape {at.shape}")
    if not 0 <= missing <= 1:
        raise ValueError(f"the missing share must lie in 0 to 1, not {missing}")
    uniform = rng.random((at.shape[0], items.a.size))
    skipped = rng.random(uniform.shape) < missing
    logit = np.log(uniform) - np.log1p(-uniform)
    given = np.zeros(uniform.shape, dtype=np.int8)
    own = at[:, items.dimension]
    for k in range(items.b.shape[1]):
        given += items.a * (own - items.b[:, k]) > logit  # False beyond an item's own last category: nan
    given[skipped] = MISSING
    return given


def bank(
    size: int,
    rng: np.random.Generator,
    *,
    categories: int | tuple[int, ...] = 7,
    discrimination: tuple[float, float] = (1.2, 2.5),
    centre_sd: float = 0.6,
    spread: float = 1.6,
    dimensions: int = 1,
) -> Items:
    """Parameters of ``size`` items as questionnaires of feelings have them; dimensions take turns.

    a uniform in ``discrimination``; thresholds evenly from −spread to spread, a quarter of a step's jitter, about a
    centre drawn with ``centre_sd``: made up, not estimated from anyone. ``categories`` is one number, or several to
    choose from item by item. Raises ValueError for fewer than two categories or no item.
    """
    choices = np.atleast_1d(np.asarray(categories, dtype=np.int64))
    if size < 1 or choices.min() < 2 or dimensions < 1:
        raise ValueError(f"{size} items, {choices.min()} categories, {dimensions} dimensions: at least 1, 2 and 1")
    own = rng.choice(choices, size)
    a = rng.uniform(*discrimination, size)
    b: Floats = np.full((size, int(choices.max()) - 1), np.nan)
    for j, k in enumerate(own):
        even = np.linspace(-spread, spread, k - 1) if k > 2 else np.zeros(1)
        step = 2 * spread / max(k - 2, 1)
        b[j, : k - 1] = rng.normal(0, centre_sd) + np.sort(even + rng.uniform(-0.25, 0.25, k - 1) * step)
    return Items(a, b, np.arange(size, dtype=np.int64) % dimensions)
