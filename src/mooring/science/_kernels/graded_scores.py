"""Loops over persons for scores of the graded response model. A missing answer is −1."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

# Sums over nodes may be reordered into vector lanes; nan and infinity keep their meaning.
LANES = {"reassoc", "contract", "nsz"}
UNDECIDED = 4
NEAR = 1e-10


@njit(cache=True, nogil=True, error_model="numpy")
def first_beyond(answers, categories):  # type: ignore[no-untyped-def]
    """Place of the first answer beyond its item's last category, counted row by row; −1 for none."""
    for i in range(answers.shape[0]):
        wrong = 0
        for j in range(categories.size):
            wrong += answers[i, j] >= categories[j]
        if wrong > 0:
            for j in range(categories.size):
                if answers[i, j] >= categories[j]:
                    return i * categories.size + j
    return -1


@njit(cache=True, nogil=True, error_model="numpy", fastmath=LANES)
def multiply_up(row, tables, base, codes, like):  # type: ignore[no-untyped-def]
    """like (Q,) times the likelihood of one row of answers (J,); returns how many were given.

    tables (P, base², Q) hold the likelihood of two neighbouring items' answers, answer + 1 as a digit of the code; four
    are multiplied in one pass. Scaled after every eight, so that no product of many answers underflows.
    """
    items, nodes = row.size, like.size
    answered = 0
    for p in range(codes.size):
        j = 2 * p
        code = (row[j] + 1) * base
        answered += row[j] >= 0
        if j + 1 < items:
            code += row[j + 1] + 1
            answered += row[j + 1] >= 0
        codes[p] = code
    done = 0
    while done + 4 <= codes.size:
        first, second = tables[done, codes[done]], tables[done + 1, codes[done + 1]]
        third, fourth = tables[done + 2, codes[done + 2]], tables[done + 3, codes[done + 3]]
        for q in range(nodes):
            like[q] *= (first[q] * second[q]) * (third[q] * fourth[q])
        done += 4
        if done % 8 == 0 and done < codes.size:
            total = 0.0
            for q in range(nodes):
                total += like[q]
            scale = 1 / total
            for q in range(nodes):
                like[q] *= scale
    while done < codes.size:
        first = tables[done, codes[done]]
        for q in range(nodes):
            like[q] *= first[q]
        done += 1
    return answered


@njit(cache=True, nogil=True, error_model="numpy", fastmath=LANES)
def posterior_moments(answers, tables, base, nodes, weight, first, last, found, answered):  # type: ignore[no-untyped-def]
    """Mean and variance of θ given each row of answers from first to last, written to found (n, 2).

    nodes and weight (Q,): θ less the prior's mean, so that the variance loses nothing, and the prior's mass there.
    """
    like, codes = np.empty(nodes.size), np.empty(tables.shape[0], dtype=np.int64)
    for i in range(first, last):
        for q in range(nodes.size):
            like[q] = weight[q]
        answered[i] = multiply_up(answers[i], tables, base, codes, like)
        total = mean = square = 0.0
        for q in range(nodes.size):
            mass = like[q]
            total += mass
            mean += mass * nodes[q]
            square += mass * nodes[q] * nodes[q]
        inverse = 1 / total
        mean *= inverse
        found[i, 0] = mean
        found[i, 1] = square * inverse - mean * mean


@njit(cache=True, nogil=True, error_model="numpy")
def likelihoods(answers, tables, base, first, last, like, answered):  # type: ignore[no-untyped-def]
    """Likelihood at each node, up to a factor a person, of the rows from first to last; like (last − first, Q)."""
    codes = np.empty(tables.shape[0], dtype=np.int64)
    for i in range(first, last):
        like[i - first, :] = 1.0
        answered[i] = multiply_up(answers[i], tables, base, codes, like[i - first])


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def logistic(x):  # type: ignore[no-untyped-def]
    """1 / (1 + exp(−x)) that overflows on neither side."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


@njit(cache=True, nogil=True, error_model="numpy")
def slope_and_information(a, b, categories, answer, theta):  # type: ignore[no-untyped-def]
    """One answered item at θ: l', I, and J = Σ P'P''/P, from s_k = 1 − P*_k − P*_k+1.

    l' = a s_x; I = a² Σ P_k s_k²; J = a³ Σ P_k s_k (s_k² − P*_k (1 − P*_k) − P*_k+1 (1 − P*_k+1)).
    """
    upper = 1.0
    slope = information = lean = 0.0
    for k in range(categories):
        lower = logistic(a * (theta - b[k])) if k < categories - 1 else 0.0
        s = 1 - upper - lower
        chance = upper - lower
        information += chance * s * s
        lean += chance * s * (s * s - upper * (1 - upper) - lower * (1 - lower))
        if k == answer:
            slope = s
        upper = lower
    return a * slope, a * a * information, a * a * a * lean


@njit(cache=True, nogil=True, error_model="numpy")
def likelihood_slope(row, a, b, categories, theta, warm):  # type: ignore[no-untyped-def]
    """l'(θ), or l' + J / 2I if warm."""
    slope = information = lean = 0.0
    for j in range(row.size):
        k = row[j]
        if k >= 0:
            if warm:
                one, more, leaning = slope_and_information(a[j], b[j], categories[j], k, theta)
                slope += one
                information += more
                lean += leaning
            else:
                upper = logistic(a[j] * (theta - b[j, k - 1])) if k > 0 else 1.0
                lower = logistic(a[j] * (theta - b[j, k])) if k < categories[j] - 1 else 0.0
                slope += a[j] * (1 - upper - lower)
    return slope + lean / (2 * information) if information > 0 else slope


@njit(cache=True, nogil=True, error_model="numpy")
def information_of(row, a, b, categories, theta):  # type: ignore[no-untyped-def]
    """Σ I_j(θ) over the answered items."""
    total = 0.0
    for j in range(row.size):
        if row[j] >= 0:
            total += slope_and_information(a[j], b[j], categories[j], row[j], theta)[1]
    return total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=LANES)
def crossing(row, slopes, informations, leans, warm, work):  # type: ignore[no-untyped-def]
    """Cell of the grid in which l' (or Warm's) comes down through zero; −1 for none, −2 for several.

    slopes (J, K, G), informations and leans (J, G); work (3, G).
    """
    grid = work.shape[1]
    work[:] = 0.0
    for j in range(row.size):
        if row[j] >= 0:
            slope, information, lean = slopes[j, row[j]], informations[j], leans[j]
            for g in range(grid):
                work[0, g] += slope[g]
            if warm:
                for g in range(grid):
                    work[1, g] += information[g]
                    work[2, g] += lean[g]
    if warm:
        for g in range(grid):
            work[0, g] += work[2, g] / (2 * max(work[1, g], 1e-300))
    cell = -1
    for g in range(grid - 1):
        if work[0, g] > 0 and work[0, g + 1] <= 0:
            if cell >= 0:
                return -2
            cell = g
    return cell


@njit(cache=True, nogil=True, error_model="numpy")
def likelihood_peaks(  # type: ignore[no-untyped-def]
    answers, a, b, categories, bottoms, tops, grid, tables, warm, first, last, found, reason, answered
):
    """Root of l' (ML) or of l' + J / 2I (WLE) and 1/√I there, of the rows from first to last, written to found (n, 2).

    reason: 0 found, 1 no answers, 2 and 3 all at the bottoms and tops (ML only), 4 none or several roots. The cell of
    the grid is found from tables (slopes, informations, leans), the root in it by secants on the exact
    equation.
    """
    slopes, informations, leans = tables
    work = np.empty((3, grid.size))
    for i in range(first, last):
        row = answers[i]
        given = lowest = highest = 0
        for j in range(row.size):
            if row[j] >= 0:
                given += 1
                lowest += row[j] <= bottoms[j]
                highest += row[j] >= tops[j]
        answered[i] = given
        found[i, :] = math.nan
        reason[i] = 0
        if given == 0:
            reason[i] = 1
        elif not warm and lowest == given:
            reason[i] = 2
        elif not warm and highest == given:
            reason[i] = 3
        else:
            cell = crossing(row, slopes, informations, leans, warm, work)
            if cell < 0:
                reason[i] = UNDECIDED
            else:
                found[i, 0] = root_between(row, a, b, categories, grid[cell], grid[cell + 1], warm)
                found[i, 1] = 1 / math.sqrt(information_of(row, a, b, categories, found[i, 0]))


@njit(cache=True, nogil=True, error_model="numpy")
def root_between(row, a, b, categories, left, right, warm):  # type: ignore[no-untyped-def]
    """θ at which the slope of the likelihood, weighted if warm, is zero, between a positive and a negative one.

    Secants through the last two points; a step out of the bracket is replaced by its middle.
    """
    before, here = left, right
    at_before = likelihood_slope(row, a, b, categories, left, warm)
    at_here = likelihood_slope(row, a, b, categories, right, warm)
    for _ in range(100):
        there = here - at_here * (here - before) / (at_here - at_before)
        if not left < there < right:
            there = (left + right) / 2
        before, at_before = here, at_here
        here, at_here = there, likelihood_slope(row, a, b, categories, there, warm)
        if at_here > 0:
            left = here
        else:
            right = here
        if at_here == 0 or abs(here - before) < NEAR * (1 + abs(here)) or right - left < NEAR * (1 + abs(here)):
            break
    return here
