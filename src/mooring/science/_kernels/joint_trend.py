"""Compiled loop of two levels at once; the equations stand in `joint_trajectory`, where it is called."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LOG_TWO_PI = math.log(2 * math.pi)


@njit(cache=True, error_model="numpy", nogil=True)
def smooth(times, scores, noise, level_noise, slope_noise, mean, covariance):  # type: ignore[no-untyped-def]
    """Filter and smoother of a state (level 1, level 2, slope 1, slope 2), one score at a time.

    scores (n, 2), nan for missing; noise (n, 2, 2) of the two scores of an occasion; level_noise and slope_noise
    (2, 2) a week; mean (4,) and covariance (4, 4) at times[0]. Returns filtered and smoothed means (n, 4) and
    covariances (n, 4, 4) and the log-likelihood. Correlated errors are turned into independent ones first: the
    second score minus its share of the first one.
    """
    n = times.size
    before, before_p = np.empty((n, 4)), np.empty((n, 4, 4))
    after, after_p = np.empty((n, 4)), np.empty((n, 4, 4))
    moves = np.zeros((n, 4, 4))
    designs, errors, misses = np.zeros((n, 2, 4)), np.empty((n, 2)), np.full((n, 2), np.nan)
    gains = np.zeros((n, 2, 4))
    state, spread = mean.copy(), covariance.copy()
    log_likelihood = 0.0
    for t in range(n):
        h = times[t] - times[t - 1] if t > 0 else 0.0
        move = np.eye(4)
        move[0, 2] = move[1, 3] = h
        moves[t] = move
        if t > 0:
            state = move @ state
            spread = move @ spread @ move.T
            for i in range(2):
                for j in range(2):
                    spread[i, j] += h * level_noise[i, j] + h**3 / 3 * slope_noise[i, j]
                    spread[i, j + 2] += h * h / 2 * slope_noise[i, j]
                    spread[i + 2, j] += h * h / 2 * slope_noise[i, j]
                    spread[i + 2, j + 2] += h * slope_noise[i, j]
        before[t], before_p[t] = state, spread
        share = 0.0
        for which in range(2):
            if math.isnan(scores[t, which]):
                continue
            value, variance = scores[t, which], noise[t, which, which]
            design = np.zeros(4)
            design[which] = 1.0
            if which == 1 and not math.isnan(scores[t, 0]):
                share = noise[t, 0, 1] / noise[t, 0, 0]
                value -= share * scores[t, 0]
                variance -= share * noise[t, 0, 1]
                design[0] = -share
            carried = spread @ design
            s = design @ carried + variance
            miss = value - design @ state
            gain = carried / s
            state = state + gain * miss
            spread = spread - np.outer(gain, carried)
            designs[t, which], errors[t, which], misses[t, which], gains[t, which] = design, s, miss, gain
            log_likelihood -= 0.5 * (LOG_TWO_PI + math.log(s) + miss * miss / s)
        after[t], after_p[t] = state, spread
    smoothed, smoothed_p = np.empty((n, 4)), np.empty((n, 4, 4))
    pull, push = np.zeros(4), np.zeros((4, 4))  # adjoint state and its covariance (Bryson–Frazier)
    for t in range(n - 1, -1, -1):
        smoothed[t] = after[t] + after_p[t] @ pull
        smoothed_p[t] = after_p[t] - after_p[t] @ push @ after_p[t]
        for which in range(1, -1, -1):
            if math.isnan(misses[t, which]):
                continue
            design, s = designs[t, which], errors[t, which]
            keep = np.eye(4) - np.outer(gains[t, which], design)
            pull = keep.T @ pull + design * (misses[t, which] / s)
            push = keep.T @ push @ keep + np.outer(design, design) / s
        pull = moves[t].T @ pull
        push = moves[t].T @ push @ moves[t]
    return after, after_p, smoothed, smoothed_p, log_likelihood
