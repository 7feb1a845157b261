"""One step of an adaptive check-in: where θ is by now, and the item that tells most there."""

from __future__ import annotations

import numpy as np
from numba import njit

from mooring.science._kernels.graded_scores import logistic

NEAR = 1e-9
WRONG, NONE_LEFT = -2, -1


@njit(cache=True, nogil=True, error_model="numpy")
def posterior_mode(answers, bank, mean, precision, low, high):  # type: ignore[no-untyped-def]
    """Root of l'(θ) − (θ − mean) precision within low … high, by Newton's steps.

    A step out of the bracket, or not half as long as the one before, is replaced by the bracket's middle. The slope
    only falls, so the root is the only one; without one the nearer end.
    """
    theta = min(max(mean, low), high)
    left, right = low, high
    before = 2 * (high - low)
    for _ in range(100):
        slope = -(theta - mean) * precision
        bend = precision
        for j in range(answers.size):
            k = answers[j]
            if k >= 0:
                a, last = bank[j, 0], int(bank[j, 1]) - 1
                upper = logistic(a * (theta - bank[j, 2 + k])) if k > 0 else 1.0
                lower = logistic(a * (theta - bank[j, 3 + k])) if k < last else 0.0
                slope += a * (1 - upper - lower)
                bend += a * a * (upper * (1 - upper) + lower * (1 - lower))
        if slope == 0:
            break
        if slope > 0:
            left = theta
        else:
            right = theta
        there = theta + slope / bend if bend > 0 else right
        if not left < there < right or abs(there - theta) > before / 2:
            there = (left + right) / 2
        before = abs(there - theta)
        theta = there
        if before < NEAR:
            break
    return theta


@njit(cache=True, nogil=True, error_model="numpy")
def next_item(answers, bank, told, low, step, facets, mean, precision, among, draw, exposure, ceiling):  # type: ignore[no-untyped-def]
    """(item, θ, information of the answered items there, the item's own, its rank, candidates, answered, asked).

    answers (J,): a category, −1 not asked, −2 asked and skipped. bank (J, K + 2): a, categories, facet, thresholds.
    told (G, J): information at low + g step. Of the items not asked in the facets asked least, and of those the ones
    with an exposure (J, or empty) below the ceiling as long as there are any, one of the `among` that tell most, by a
    uniform draw. item −1: none left; −2: the answer at `asked` is none.
    """
    items = answers.size
    counts = np.zeros(facets, dtype=np.int64)
    still = np.zeros(facets, dtype=np.int64)
    answered = asked = 0
    for j in range(items):
        if answers[j] < -2 or answers[j] >= bank[j, 1]:
            return WRONG, 0.0, 0.0, 0.0, 0, 0, 0, j
        facet = int(bank[j, 2])
        if answers[j] == -1:
            still[facet] += 1
        else:
            counts[facet] += 1
            asked += 1
            answered += answers[j] >= 0
    high = low + step * (told.shape[0] - 1)
    theta = posterior_mode(answers, bank, mean, precision, low, high)
    cell = min(int((theta - low) / step), told.shape[0] - 2)
    share = (theta - low) / step - cell
    fewest = items
    for f in range(facets):
        if still[f] > 0:
            fewest = min(fewest, counts[f])
    known = 0.0
    candidates = spared = 0
    here = np.empty(items)
    for j in range(items):
        here[j] = told[cell, j] + share * (told[cell + 1, j] - told[cell, j])
    for j in range(items):
        if answers[j] >= 0:
            known += here[j]
        if answers[j] == -1 and counts[int(bank[j, 2])] == fewest:
            candidates += 1
            if exposure.size > 0 and exposure[j] >= ceiling:
                spared += 1
        else:
            here[j] = -1.0
    if 0 < spared < candidates:
        candidates -= spared
        for j in range(items):
            if exposure[j] >= ceiling:
                here[j] = -1.0
    if candidates == 0:
        return NONE_LEFT, theta, known, 0.0, 0, 0, answered, asked
    candidates = min(candidates, among)
    rank = min(int(draw * candidates), candidates - 1)
    best = 0
    for r in range(rank + 1):
        if r > 0:
            here[best] = -1.0
        best = 0
        for j in range(items):
            if here[j] > here[best]:
                best = j
    return best, theta, known, here[best], rank, candidates, answered, asked
