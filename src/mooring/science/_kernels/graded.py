"""Compiled loops of the graded response model's estimation; the equations stand where they are called.

Items are taken in blocks: a block of items answered together is one row of a table over the nodes, so that a
person costs one row a block instead of one an item. A node more than there are has table entry 1 and prior 0: rows
are padded to whole vectors.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

SMALLEST = 1e-15
"""Least probability of an answer in the tables: some twenty of them may be multiplied before a rescaling."""


@njit(cache=True, nogil=True, error_model="numpy")
def answer_probabilities(slopes, intercepts, nodes, probabilities):  # type: ignore[no-untyped-def]
    """Writes P(X_j = k | node) (J, K, nodes) = P*_k (1 − P*_{k+1}) (1 − exp(d_{k+1} − d_k)), without cancellation."""
    for j in range(slopes.size):
        last = 0
        while last < intercepts.shape[1] and not math.isnan(intercepts[j, last]):
            last += 1
        for q in range(nodes.size):
            reached = 1.0
            for k in range(last):
                e = math.exp(-max(-700.0, min(700.0, slopes[j] * nodes[q] + intercepts[j, k])))
                gap = 1 - math.exp(intercepts[j, k] - intercepts[j, k - 1]) if k > 0 else 1.0
                probabilities[j, k, q] = max(reached * (e / (1 + e)) * gap, SMALLEST)
                reached = 1 / (1 + e)
            probabilities[j, last, q] = max(reached, SMALLEST)


@njit(cache=True, nogil=True)
def encode(answers, starts, radices, offsets, codes):  # type: ignore[no-untyped-def]
    """Writes each person's table rows (N, B): a number whose digits are the answers of the block's items.

    Block p is the items starts[p]:starts[p + 1]; a missing answer is the digit radix − 1.
    """
    for i in range(answers.shape[0]):
        for p in range(starts.size - 1):
            row = 0
            for j in range(starts[p], starts[p + 1]):
                x = answers[i, j]
                row = row * radices[j] + (x if x >= 0 else radices[j] - 1)
            codes[i, p] = offsets[p] + row


@njit(cache=True, nogil=True, error_model="numpy")
def fill_tables(probabilities, categories, starts, radices, offsets, nodes, table, log_scales):  # type: ignore[no-untyped-def]
    """Writes the table (rows, width) of products over each block's items, each row over its own maximum."""
    for p in range(starts.size - 1):
        for row in range(offsets[p], offsets[p + 1]):
            code = row - offsets[p]
            for q in range(nodes):
                table[row, q] = 1.0
            for j in range(starts[p + 1] - 1, starts[p] - 1, -1):
                x = code % radices[j]
                code //= radices[j]
                if x < categories[j]:
                    for q in range(nodes):
                        table[row, q] *= probabilities[j, x, q]
            largest = 0.0
            for q in range(nodes):
                largest = max(largest, table[row, q])
            for q in range(nodes):
                table[row, q] /= largest
            log_scales[row] = math.log(largest)


@njit(cache=True, nogil=True)
def fold_counts(row_counts, categories, starts, radices, offsets, nodes, counts):  # type: ignore[no-untyped-def]
    """Adds the counts of table rows to those of items (J, K, nodes); a missing answer counts nowhere."""
    for p in range(starts.size - 1):
        for row in range(offsets[p], offsets[p + 1]):
            code = row - offsets[p]
            for j in range(starts[p + 1] - 1, starts[p] - 1, -1):
                x = code % radices[j]
                code //= radices[j]
                if x < categories[j]:
                    for q in range(nodes):
                        counts[j, x, q] += row_counts[row, q]


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def likelihood(codes, i, first, last, table, rescale_every, product):  # type: ignore[no-untyped-def]
    """Writes the product of person i's table rows first:last over the nodes; returns the log of what was taken out."""
    width = table.shape[1]
    for q in range(width):
        product[q] = 1.0
    taken = 0.0
    p = since = first
    while p < last:
        a = codes[i, p]
        if p + 3 <= last:
            b, c = codes[i, p + 1], codes[i, p + 2]
            for q in range(width):
                product[q] *= table[a, q] * table[b, q] * table[c, q]
            p += 3
        else:
            for q in range(width):
                product[q] *= table[a, q]
            p += 1
        if p - since >= rescale_every and p < last:
            since = p
            largest = 0.0
            for q in range(width):
                largest = max(largest, product[q])
            if largest < 1e-30:
                taken += math.log(largest)
                for q in range(width):
                    product[q] /= largest
    return taken


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def expect_one(codes, weights, groups, table, rescale_every, priors, row_counts, latent):  # type: ignore[no-untyped-def]
    """E-step of one dimension: adds posterior weights to row_counts (rows, width) and latent (G, width).

    Returns the log-likelihood less the logarithms of the rows' scales.
    """
    width = table.shape[1]
    w = np.empty(width)
    log_likelihood = 0.0
    for i in range(codes.shape[0]):
        taken = likelihood(codes, i, 0, codes.shape[1], table, rescale_every, w)
        g = groups[i]
        total = 0.0
        for q in range(width):
            w[q] *= priors[g, q]
            total += w[q]
        log_likelihood += weights[i] * (math.log(total) + taken)
        share = weights[i] / total
        for q in range(width):
            w[q] *= share
            latent[g, q] += w[q]
        for p in range(codes.shape[1]):
            row = codes[i, p]
            for q in range(width):
                row_counts[row, q] += w[q]
    return log_likelihood


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"})
def expect_two(codes, split, weights, table, rescale_every, prior, row_counts, joint):  # type: ignore[no-untyped-def]
    """E-step of two dimensions of simple structure: blocks before ``split`` measure the first.

    The posterior is L₀(θ₀) φ(θ₀, θ₁) L₁(θ₁): items cost O(JQ), the pair O(Q²). Adds to row_counts (rows, width)
    the marginal weights of the block's own dimension and to joint (width, width) both; returns as expect_one.
    """
    width = table.shape[1]
    first, second = np.empty(width), np.empty(width)
    along, across = np.empty(width), np.empty(width)
    log_likelihood = 0.0
    for i in range(codes.shape[0]):
        taken = likelihood(codes, i, 0, split, table, rescale_every, first)
        taken += likelihood(codes, i, split, codes.shape[1], table, rescale_every, second)
        for r in range(width):
            across[r] = 0.0
        total = 0.0
        for q in range(width):
            here = first[q]
            inner = 0.0
            for r in range(width):
                inner += prior[q, r] * second[r]
                across[r] += here * prior[q, r]
            along[q] = here * inner
            total += along[q]
        log_likelihood += weights[i] * (math.log(total) + taken)
        share = weights[i] / total
        for q in range(width):
            along[q] *= share
            across[q] *= second[q] * share
            here = first[q] * share
            for r in range(width):
                joint[q, r] += here * second[r]
        for p in range(codes.shape[1]):
            row = codes[i, p]
            if p < split:
                for q in range(width):
                    row_counts[row, q] += along[q]
            else:
                for q in range(width):
                    row_counts[row, q] += across[q]
    return log_likelihood


@njit(cache=True, nogil=True, error_model="numpy")
def item_score(slope, cuts, counts, used, nodes, gradient, information):  # type: ignore[no-untyped-def]
    """Complete-data log-likelihood of one item, with gradient and expected information by (slope, cuts).

    cuts (m,) are the intercepts below the used categories but the lowest; used (m + 1,) are those categories.
    """
    m = cuts.size
    gradient[:] = 0.0
    information[:] = 0.0
    log_likelihood = 0.0
    reached, rest, gap = np.ones(m + 2), np.zeros(m + 2), np.ones(m + 1)
    reached[m + 1], rest[m + 1] = 0.0, 1.0
    for k in range(1, m):
        gap[k] = 1 - math.exp(cuts[k] - cuts[k - 1])
    for q in range(nodes.size):
        n = 0.0
        for k in range(1, m + 1):
            e = math.exp(-max(-700.0, min(700.0, slope * nodes[q] + cuts[k - 1])))
            reached[k] = 1 / (1 + e)
            rest[k] = e / (1 + e)
        for k in range(m + 1):
            r = counts[used[k], q]
            n += r
            if r > 0:
                log_likelihood += r * math.log(max(reached[k] * rest[k + 1] * gap[k], 1e-300))
        by_slope = 0.0
        before = 0.0
        for k in range(1, m + 1):
            up = rest[k] / (rest[k + 1] * gap[k])
            down = reached[k] / (reached[k - 1] * gap[k - 1])
            moved = counts[used[k], q] * up - counts[used[k - 1], q] * down
            gradient[k] += moved
            by_slope += moved
            steep = n * reached[k] * rest[k]
            own = steep * (up + down)
            next_to = n * reached[k + 1] * rest[k + 1] * up if k < m else 0.0
            information[k, k] += own
            if k < m:
                information[k, k + 1] -= next_to
            information[0, k] += nodes[q] * (own - next_to - before)
            information[0, 0] += nodes[q] ** 2 * (own - next_to - before)
            before = next_to
        gradient[0] += nodes[q] * by_slope
    for k in range(m):
        for h in range(k + 1, m + 1):
            information[h, k] = information[k, h]
    return log_likelihood


@njit(cache=True, nogil=True, error_model="numpy")
def scoring_step(gradient, information, step):  # type: ignore[no-untyped-def]
    """Writes information⁻¹ gradient by Cholesky; a pivot that vanishes is held (step 0 there)."""
    m = gradient.size
    lower = np.zeros((m, m))
    held = np.zeros(m, dtype=np.bool_)
    for k in range(m):
        for h in range(k + 1):
            total = information[k, h]
            for i in range(h):
                total -= lower[k, i] * lower[h, i]
            if h < k:
                lower[k, h] = 0.0 if held[h] else total / lower[h, h]
            elif total > 1e-10 * information[k, k] and total > 1e-12:
                lower[k, k] = math.sqrt(total)
            else:
                held[k] = True
                lower[k, :] = 0.0
                lower[k, k] = 1.0
    for k in range(m):
        total = 0.0 if held[k] else gradient[k]
        for h in range(k):
            total -= lower[k, h] * step[h]
        step[k] = total / lower[k, k]
    for k in range(m - 1, -1, -1):
        total = step[k]
        for h in range(k + 1, m):
            total -= lower[h, k] * step[h]
        step[k] = 0.0 if held[k] else total / lower[k, k]


@njit(cache=True, nogil=True, error_model="numpy")
def allowed(slope, cuts, steepest, farthest, nearest):  # type: ignore[no-untyped-def]
    """Whether cuts descend by at least ``nearest`` and nothing lies beyond its bound."""
    if abs(slope) > steepest or not math.isfinite(slope):
        return False
    for k in range(cuts.size):
        if not abs(cuts[k]) <= farthest or (k > 0 and not cuts[k - 1] - cuts[k] >= nearest):
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def maximise_items(slopes, intercepts, counts, used, sizes, nodes, steps, bounds, gradients):  # type: ignore[no-untyped-def]
    """Fisher scoring of each item on its expected counts (J, K, nodes), in place; halved until it climbs.

    used (J, K): the categories chosen at all, sizes[j] of them. bounds: greatest slope, greatest intercept, least
    distance of two intercepts. Intercepts are written for used categories only, as the cuts below them.
    Writes also the gradients (J, K) at the beginning: by the slope, then by those cuts.
    """
    for j in range(slopes.size):
        m = sizes[j] - 1
        if m < 1:
            continue
        cuts, tried, step = np.empty(m), np.empty(m), np.empty(m + 1)
        gradient, information = np.empty(m + 1), np.empty((m + 1, m + 1))
        other_gradient, other_information = np.empty(m + 1), np.empty((m + 1, m + 1))
        for k in range(m):
            cuts[k] = intercepts[j, used[j, k + 1] - 1]
        slope = slopes[j]
        present = item_score(slope, cuts, counts[j], used[j], nodes, gradient, information)
        gradients[j, : m + 1] = gradient
        for _ in range(steps):
            scoring_step(gradient, information, step)
            share, better = 1.0, False
            for _ in range(12):
                steeper = slope + share * step[0]
                for k in range(m):
                    tried[k] = cuts[k] + share * step[k + 1]
                if allowed(steeper, tried, bounds[0], bounds[1], bounds[2]):
                    found = item_score(steeper, tried, counts[j], used[j], nodes, other_gradient, other_information)
                    if found >= present:
                        better = True
                        break
                share *= 0.5
            if not better:
                break
            slope, present = steeper, found
            cuts[:] = tried
            gradient[:] = other_gradient
            information[:] = other_information
            if share == 1.0 and np.abs(step).max() < 0.05:
                break
        slopes[j] = slope
        for k in range(m):
            intercepts[j, used[j, k + 1] - 1] = cuts[k]


@njit(cache=True, nogil=True, error_model="numpy")
def item_gradients(slopes, intercepts, counts, used, sizes, nodes, gradients):  # type: ignore[no-untyped-def]
    """Writes (J, K): by the slope, then by the cuts below the used categories; the rest stays as it is."""
    for j in range(slopes.size):
        m = sizes[j] - 1
        if m < 1:
            continue
        cuts, information = np.empty(m), np.empty((m + 1, m + 1))
        for k in range(m):
            cuts[k] = intercepts[j, used[j, k + 1] - 1]
        item_score(slopes[j], cuts, counts[j], used[j], nodes, gradients[j, : m + 1], information)
