"""Compiled loops: the only module with ``njit``. Thin and pure; the equations stand where they are called.

A state is (level, slope). Arrays of filtered and smoothed states have five rows: level, slope, level
variance, covariance, slope variance; of predicted ones three: level, level variance, covariance.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LOG_TWO_PI = math.log(2 * math.pi)


@njit(cache=True, error_model="numpy")
def filter_one(times, scores, variances, model, predicted, filtered):  # type: ignore[no-untyped-def]
    """Kalman filter of one series; returns the log-likelihood.

    model: (q_l, q_s, prior level, prior slope, prior level variance, prior slope variance), at times[0].
    Writes predicted (3, n) and filtered (5, n). The variances are multiplied up and their logarithm taken
    once in a while: a logarithm an occasion would be a quarter of the work.
    """
    ql, qs, level, slope, a, c = model
    b = 0.0
    log_likelihood = 0.0
    product = 1.0
    for t in range(times.size):
        if t > 0:
            h = times[t] - times[t - 1]
            level += h * slope
            a += h * (2 * b + h * c) + ql * h + qs * h * h * h / 3
            b += h * c + qs * h * h / 2
            c += qs * h
        predicted[0, t], predicted[1, t], predicted[2, t] = level, a, b
        if not math.isnan(scores[t]):
            s = a + variances[t]
            inverse = 1 / s
            miss = scores[t] - level
            level += a * inverse * miss
            slope += b * inverse * miss
            c -= b * b * inverse
            shrink = variances[t] * inverse
            a *= shrink
            b *= shrink
            product *= s
            if product < 1e-100 or product > 1e100:
                log_likelihood -= 0.5 * math.log(product)
                product = 1.0
            log_likelihood -= 0.5 * (LOG_TWO_PI + miss * miss * inverse)
        filtered[0, t], filtered[1, t] = level, slope
        filtered[2, t], filtered[3, t], filtered[4, t] = a, b, c
    return log_likelihood - 0.5 * math.log(product)


@njit(cache=True, error_model="numpy")
def smooth_one(times, scores, variances, predicted, filtered, smoothed):  # type: ignore[no-untyped-def]
    """Modified Bryson–Frazier smoother of one series: no inverse, so no movement (q = 0) is no special case.

    l and m are the adjoint state and its covariance; writes smoothed (5, n).
    """
    l0 = l1 = m00 = m01 = m11 = 0.0
    for t in range(times.size - 1, -1, -1):
        a, b, c = filtered[2, t], filtered[3, t], filtered[4, t]
        smoothed[0, t] = filtered[0, t] + a * l0 + b * l1
        smoothed[1, t] = filtered[1, t] + b * l0 + c * l1
        u0, u1 = m00 * a + m01 * b, m01 * a + m11 * b
        smoothed[2, t] = a - a * u0 - b * u1
        smoothed[3, t] = b - b * u0 - c * u1
        smoothed[4, t] = c - b * (m00 * b + m01 * c) - c * (m01 * b + m11 * c)
        if not math.isnan(scores[t]):
            inverse = 1 / (predicted[1, t] + variances[t])
            k0, k1 = predicted[1, t] * inverse, predicted[2, t] * inverse
            l0 += (scores[t] - predicted[0, t]) * inverse - k0 * l0 - k1 * l1
            # m ← C'mC + 1/s with C = [[1 − k0, 0], [−k1, 1]]
            d = 1 - k0
            m00 = d * (d * m00 - k1 * m01) - k1 * (d * m01 - k1 * m11) + inverse
            m01 = d * m01 - k1 * m11
        if t > 0:
            h = times[t] - times[t - 1]
            l1 += h * l0
            m11 += h * (2 * m01 + h * m00)
            m01 += h * m00


@njit(cache=True, error_model="numpy")
def smooth(offsets, times, scores, variances, model):  # type: ignore[no-untyped-def]
    """Filter and smoother of many series; series i is the rows offsets[i]:offsets[i + 1]."""
    longest = 0
    for i in range(offsets.size - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    predicted = np.empty((3, longest))  # reused: stays in the fastest cache
    filtered = np.empty((5, times.size))
    smoothed = np.empty((5, times.size))
    log_likelihood = np.empty(offsets.size - 1)
    for i in range(offsets.size - 1):
        rows = slice(offsets[i], offsets[i + 1])
        at, given, errors, after = times[rows], scores[rows], variances[rows], filtered[:, rows]
        log_likelihood[i] = filter_one(at, given, errors, model, predicted, after)
        smooth_one(at, given, errors, predicted, after, smoothed[:, rows])
    return filtered, smoothed, log_likelihood


@njit(cache=True, error_model="numpy")
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
        a, b = filtered[2, t], filtered[3, t]
        seen[t, 0] = filtered[0, t] + a * l0 + b * l1
        seen[t, 1] = a - a * (m00 * a + m01 * b) - b * (m01 * a + m11 * b)
        seen[t, 2] = a * w0 + b * w1
        seen[t, 3] = a * v0 + b * v1
        p, q = predicted[1, t], predicted[2, t]
        if not math.isnan(scores[t]):
            s = p + variances[t]
            k0, k1 = p / s, q / s
            w0 -= k0 * w0 + k1 * w1
            l0 += (scores[t] - predicted[0, t]) / s - k0 * l0 - k1 * l1
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


@njit(cache=True, error_model="numpy")
def covariance_of(times, scores, variances, predicted, filtered, seen, i, j):  # type: ignore[no-untyped-def]
    """Cov(level_i, level_j) for i < j, from what look_back saw.

    e₁' filtered_i F' C' … F' (I − m_j predicted_j) e₁, C = I − gain·[1, 0].
    """
    p, q = predicted[1, j], predicted[2, j]
    w0 = 1 - seen[j, 4] * p - seen[j, 5] * q
    w1 = -seen[j, 5] * p - seen[j, 6] * q
    for t in range(j - 1, i - 1, -1):
        w1 += (times[t + 1] - times[t]) * w0
        if t > i and not math.isnan(scores[t]):
            s = predicted[1, t] + variances[t]
            w0 -= (predicted[1, t] * w0 + predicted[2, t] * w1) / s
    return filtered[2, i] * w0 + filtered[3, i] * w1
