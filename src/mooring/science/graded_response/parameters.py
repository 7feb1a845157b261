"""What the EM of the graded response model moves: slopes, intercepts, and the latent distribution of each group.

    P(X_j ≥ k | θ) = 1 / (1 + exp(−(a_j θ + d_jk))),  d descending in k,  b_jk = −d_jk / a_j

Slopes and intercepts, unlike thresholds, may pass through a = 0. The latent distribution is normal, taken at
rectangular nodes: 61 on ±6 in one dimension, 31 on ±6 along each axis in two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import Floats, Items

Ints = npt.NDArray[np.int64]

FARTHEST_NODE = 6.0
NODES = {1: np.linspace(-FARTHEST_NODE, FARTHEST_NODE, 61), 2: np.linspace(-FARTHEST_NODE, FARTHEST_NODE, 31)}
"""Nodes along each axis, by number of dimensions."""

EDGE = 40.0
"""Intercept that stands for ±∞: nobody chose the categories beyond it."""
STEEPEST, FARTHEST, NEAREST = 30.0, 200.0, 1e-7
"""Bounds of the search: greatest |a| and |d|, least distance of two intercepts."""
LEAST_SD, GREATEST_SD, GREATEST_CORRELATION = 0.1, 10.0, 0.995
"""Of a group, and of two dimensions: the nodes cannot tell anything narrower."""


class Parameters(NamedTuple):
    slopes: Floats
    """(J,) a"""
    intercepts: Floats
    """(J, K − 1) d, descending in each row; nan beyond an item's own last category."""
    dimension: Ints
    """(J,) which θ the item measures."""
    means: Floats
    """(G,) of θ in each group; the first is the reference group, with mean 0. One group in two dimensions."""
    sds: Floats
    """(G,) 1 in the reference group."""
    correlation: float
    """Of the two θ; 0 in one dimension."""

    @property
    def dimensions(self) -> int:
        return int(self.dimension.max(initial=0)) + 1


class Used(NamedTuple):
    """Which categories anybody chose. The others have no parameter: their cut stands where the next one does."""

    categories: Ints
    """(J, K) those chosen, ascending, then zeros."""
    sizes: Ints
    """(J,) how many."""
    cuts: npt.NDArray[np.bool_]
    """(J, K − 1) the intercepts that are estimated: those below a chosen category, but the lowest chosen."""


def used_categories(frequencies: Floats) -> Used:
    """frequencies (J, K): how many chose each category."""
    chosen = frequencies > 0
    order = np.argsort(~chosen, axis=1, kind="stable")
    sizes = chosen.sum(axis=1)
    categories = np.where(np.arange(chosen.shape[1]) < sizes[:, None], order, 0)
    lowest = np.arange(chosen.shape[1]) == categories[:, :1]
    return Used(categories, sizes, (chosen & ~lowest)[:, 1:])


def nodes(dimensions: int) -> Floats:
    """(Q,) along each axis."""
    return NODES[dimensions]


def latent_weights(parameters: Parameters) -> Floats:
    """Prior probability of the nodes: (G, Q) in one dimension, (Q, Q) in two."""
    at = nodes(parameters.dimensions)
    if parameters.dimensions == 2:
        rho = parameters.correlation
        squares = at[:, None] ** 2 - 2 * rho * at[:, None] * at[None, :] + at[None, :] ** 2
        weights = np.exp(-squares / (2 * (1 - rho**2)))
        return np.asarray(weights / weights.sum())
    z = (at[None, :] - parameters.means[:, None]) / parameters.sds[:, None]
    weights = np.exp(-(z**2) / 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def start_from(frequencies: npt.ArrayLike, *, dimension: npt.ArrayLike | None = None, groups: int = 1) -> Parameters:
    """Where the EM starts, from how many chose each category: a = 1.5, d from the shares that reached a category.

    frequencies (J, K), of all partitions together; nan beyond an item's own last category.
    """
    table = np.asarray(frequencies, dtype=float)
    exists = np.isfinite(table)
    chosen = np.where(exists, table, 0.0)
    total = np.maximum(chosen.sum(axis=1, keepdims=True), 1.0)
    reached = np.cumsum(chosen[:, ::-1], axis=1)[:, ::-1][:, 1:] / total
    inside = np.clip(reached, 1e-7, 1 - 1e-7)
    intercepts = np.log(inside / (1 - inside)) * 1.3
    intercepts = np.where(reached >= 1, EDGE, np.where(reached <= 0, -EDGE, intercepts))
    measures = np.zeros(table.shape[0], dtype=np.int64) if dimension is None else np.asarray(dimension, dtype=np.int64)
    return Parameters(
        np.full(table.shape[0], 1.5),
        np.where(exists[:, 1:], intercepts, np.nan),
        measures,
        np.zeros(groups),
        np.ones(groups),
        0.0,
    )


def tied(intercepts: Floats, used: Used) -> Floats:
    """Each cut that is not estimated where the next estimated one above it stands; beyond the last, at the edge."""
    if used.cuts[np.isfinite(intercepts)].all():
        return intercepts
    out = intercepts.copy()
    for j in range(used.sizes.size):
        chosen = used.categories[j, : used.sizes[j]]
        own = int(np.isfinite(intercepts[j]).sum())
        highest, lowest = intercepts[j, used.cuts[j]].max(initial=-EDGE), intercepts[j, used.cuts[j]].min(initial=EDGE)
        for k in range(1, own + 1):
            above = chosen[chosen >= k]
            if above.size == 0:
                out[j, k - 1] = -max(EDGE, 10 - lowest)
            elif k <= chosen[0]:
                out[j, k - 1] = max(EDGE, 10 + highest)
            else:
                out[j, k - 1] = intercepts[j, above[0] - 1]
    return out


def items_of(parameters: Parameters) -> Items:
    """Slopes and thresholds; a slope nearer to 0 than 0.001 is taken as 0.001 of its sign, so that b stays finite."""
    slopes = parameters.slopes
    a = np.where(np.abs(slopes) < 1e-3, np.where(slopes < 0, -1e-3, 1e-3), slopes)
    return Items(a, -parameters.intercepts / a[:, None], parameters.dimension)


def parameters_of(
    items: Items, *, means: npt.ArrayLike = (0.0,), sds: npt.ArrayLike = (1.0,), correlation: float = 0.0
) -> Parameters:
    """The same model by slopes and intercepts; means and sds (G,) of the groups' θ."""
    return Parameters(
        np.asarray(items.a, dtype=float),
        -items.a[:, None] * items.b,
        np.asarray(items.dimension, dtype=np.int64),
        np.asarray(means, dtype=float),
        np.asarray(sds, dtype=float),
        float(correlation),
    )


def packed(parameters: Parameters, used: Used) -> Floats:
    """What is estimated, in one row: slopes, cuts, then means and log sds of the other groups or atanh correlation."""
    rest = (
        [np.arctanh([parameters.correlation])]
        if parameters.dimensions == 2
        else [parameters.means[1:], np.log(parameters.sds[1:])]
    )
    return np.concatenate([parameters.slopes[used.sizes > 1], parameters.intercepts[used.cuts], *rest])


def unpacked(row: Floats, like: Parameters, used: Used) -> Parameters:
    """The reverse of :func:`packed`; what is not estimated as in ``like``."""
    slopes, intercepts, cuts = like.slopes.copy(), like.intercepts.copy(), used.cuts
    free = used.sizes > 1
    first, second = int(free.sum()), int(free.sum() + cuts.sum())
    slopes[free] = row[:first]
    intercepts[cuts] = row[first:second]
    intercepts = tied(intercepts, used)
    if like.dimensions == 2:
        return like._replace(slopes=slopes, intercepts=intercepts, correlation=float(np.tanh(row[second])))
    means, sds = like.means.copy(), like.sds.copy()
    others = means.size - 1
    means[1:] = row[second : second + others]
    sds[1:] = np.exp(row[second + others :])
    return like._replace(slopes=slopes, intercepts=intercepts, means=means, sds=sds)


def within_bounds(parameters: Parameters, used: Used) -> bool:
    """Whether the E-step can be taken here."""
    free = parameters.intercepts[used.cuts]
    # A cut that is not estimated stands at the next one, so that each estimated one must lie above its neighbour.
    falls = np.diff(parameters.intercepts, axis=1)[used.cuts[:, :-1]]
    return bool(
        (np.abs(parameters.slopes) <= STEEPEST).all()
        and (np.abs(free) <= FARTHEST).all()
        and not (falls > -NEAREST).any()
        and (np.abs(parameters.means) <= FARTHEST_NODE).all()
        and (parameters.sds >= LEAST_SD).all()
        and (parameters.sds <= GREATEST_SD).all()
        and abs(parameters.correlation) <= GREATEST_CORRELATION
    )
