"""Compiled loops: the only module with ``njit``. Thin and pure; the equations stand where they are called.

A state is (level, slope); its covariance is stored as (level variance, covariance, slope variance). Rows of a
state array are (level, slope, level variance, covariance, slope variance).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LEVEL, SLOPE, VAR_LEVEL, COV, VAR_SLOPE = range(5)
LOG_TWO_PI = math.log(2 * math.pi)


@njit(cache=True)
def filter_one(times, scores, variances, model, predicted, filtered):  # type: ignore[no-untyped-def]
    """Kalman filter of one series; returns the log-likelihood.

    model: (q_l, q_s, prior level, prior slope, prior level variance, prior slope variance), at times[0].
    Writes predicted and filtered (n, 5).
    """
    ql, qs, level, slope, a, c = model
    b = 0.0
    log_likelihood = 0.0
    for t in range(times.size):
        if t > 0:
            h = times[t] - times[t - 1]
            level += h * slope
            a += h * (2 * b + h * c) + ql * h + qs * h * h * h / 3
            b += h * c + qs * h * h / 2
            c += qs * h
        predicted[t, 0], predicted[t, 1] = level, slope
        predicted[t, 2], predicted[t, 3], predicted[t, 4] = a, b, c
        if not math.isnan(scores[t]):
            s = a + variances[t]
            miss = scores[t] - level
            level += a / s * miss
            slope += b / s * miss
            c -= b * b / s
            shrink = variances[t] / s
            a *= shrink
            b *= shrink
            log_likelihood -= 0.5 * (LOG_TWO_PI + math.log(s) + miss * miss / s)
        filtered[t, 0], filtered[t, 1] = level, slope
        filtered[t, 2], filtered[t, 3], filtered[t, 4] = a, b, c
    return log_likelihood


@njit(cache=True)
def smooth_one(times, scores, variances, predicted, filtered, smoothed):  # type: ignore[no-untyped-def]
    """Modified Bryson–Frazier smoother of one series: no inverse, so no movement (q = 0) is no special case.

    l and m are the adjoint state and its covariance; writes smoothed (n, 5).
    """
    l0 = l1 = m00 = m01 = m11 = 0.0
    for t in range(times.size - 1, -1, -1):
        a, b, c = filtered[t, 2], filtered[t, 3], filtered[t, 4]
        smoothed[t, 0] = filtered[t, 0] + a * l0 + b * l1
        smoothed[t, 1] = filtered[t, 1] + b * l0 + c * l1
        u0, u1 = m00 * a + m01 * b, m01 * a + m11 * b
        smoothed[t, 2] = a - a * u0 - b * u1
        smoothed[t, 3] = b - b * u0 - c * u1
        smoothed[t, 4] = c - b * (m00 * b + m01 * c) - c * (m01 * b + m11 * c)
        if not math.isnan(scores[t]):
            s = predicted[t, 2] + variances[t]
            k0, k1 = predicted[t, 2] / s, predicted[t, 3] / s
            l0 += (scores[t] - predicted[t, 0]) / s - k0 * l0 - k1 * l1
            # m ← C'mC + 1/s with C = [[1 − k0, 0], [−k1, 1]]
            d = 1 - k0
            m00 = d * (d * m00 - k1 * m01) - k1 * (d * m01 - k1 * m11) + 1 / s
            m01 = d * m01 - k1 * m11
        if t > 0:
            h = times[t] - times[t - 1]
            l1 += h * l0
            m11 += h * (2 * m01 + h * m00)
            m01 += h * m00


@njit(cache=True)
def smooth(offsets, times, scores, variances, model):  # type: ignore[no-untyped-def]
    """Filter and smoother of many series; series i is the rows offsets[i]:offsets[i + 1]."""
    predicted = np.empty((times.size, 5))
    filtered = np.empty((times.size, 5))
    smoothed = np.empty((times.size, 5))
    log_likelihood = np.empty(offsets.size - 1)
    for i in range(offsets.size - 1):
        rows = slice(offsets[i], offsets[i + 1])
        log_likelihood[i] = filter_one(
            times[rows], scores[rows], variances[rows], model, predicted[rows], filtered[rows]
        )
        smooth_one(
            times[rows], scores[rows], variances[rows], predicted[rows], filtered[rows], smoothed[rows]
        )
    return filtered, smoothed, log_likelihood


@njit(cache=True)
def look_back(times, scores, variances, predicted, filtered, now, seen):  # type: ignore[no-untyped-def]
    """Joint posterior of the levels up to row `now`, given the rows up to `now` only.

    Writes seen[t] (now + 1, 7): mean, variance, covariance with the level at `now`, covariance with the
    level at t + 1 (nan at `now`), and the adjoint covariance m after row t (m00, m01, m11), from which
    other pairs follow.
    """
    l0 = l1 = m00 = m01 = m11 = 0.0
    w0, w1 = 1.0, 0.0  # Cov(state_t, level_now) = filtered_t w
    v0, v1 = math.nan, math.nan  # Cov(state_t, level_(t + 1)) = filtered_t v
    for t in range(now, -1, -1):
        a, b = filtered[t, 2], filtered[t, 3]
        seen[t, 0] = filtered[t, 0] + a * l0 + b * l1
        seen[t, 1] = a - a * (m00 * a + m01 * b) - b * (m01 * a + m11 * b)
        seen[t, 2] = a * w0 + b * w1
        seen[t, 3] = a * v0 + b * v1
        p, q = predicted[t, 2], predicted[t, 3]
        if not math.isnan(scores[t]):
            s = p + variances[t]
            k0, k1 = p / s, q / s
            w0 -= k0 * w0 + k1 * w1
            l0 += (scores[t] - predicted[t, 0]) / s - k0 * l0 - k1 * l1
            d = 1 - k0
            m00 = d * (d * m00 - k1 * m01) - k1 * (d * m01 - k1 * m11) + 1 / s
            m01 = d * m01 - k1 * m11
        seen[t, 4], seen[t, 5], seen[t, 6] = m00, m01, m11
        if t > 0:
            h = times[t] - times[t - 1]
            v0, v1 = 1 - m00 * p - m01 * q, -m01 * p - m11 * q
            v1 += h * v0
            w1 += h * w0
            l1 += h * l0
            m11 += h * (2 * m01 + h * m00)
            m01 += h * m00


@njit(cache=True)
def covariance_of(times, scores, variances, predicted, filtered, seen, i, j):  # type: ignore[no-untyped-def]
    """Cov(level_i, level_j) for i < j, from what look_back saw.

    e₁' filtered_i F' C' … F' (I − m_j predicted_j) e₁, C = I − gain·[1, 0].
    """
    p, q = predicted[j, 2], predicted[j, 3]
    w0 = 1 - seen[j, 4] * p - seen[j, 5] * q
    w1 = -seen[j, 5] * p - seen[j, 6] * q
    for t in range(j - 1, i - 1, -1):
        w1 += (times[t + 1] - times[t]) * w0
        if t > i and not math.isnan(scores[t]):
            s = predicted[t, 2] + variances[t]
            w0 -= (predicted[t, 2] * w0 + predicted[t, 3] * w1) / s
    return filtered[i, 2] * w0 + filtered[i, 3] * w1
