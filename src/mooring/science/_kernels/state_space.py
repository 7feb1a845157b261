"""Compiled loops of the state-space model of trajectories; the equations stand where they are called.

A state is (level, slope). Arrays of filtered and smoothed states have five rows: level, slope, level
variance, covariance, slope variance; of predicted ones three: level, level variance, covariance.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LOG_TWO_PI = math.log(2 * math.pi)
NO_STEPS = np.empty(0)


@njit(cache=True, error_model="numpy")
def filter_one(times, scores, variances, model, steps, predicted, filtered):  # type: ignore[no-untyped-def]
    """Kalman filter of one series; returns the log-likelihood.

    model: (q_l, q_s, prior level, prior slope, prior level variance, prior slope variance), at times[0].
    steps (n,): variance of a step that the level may have made just before each row; empty for none.
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
        if steps.size > 0:
            a += steps[t]
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
def smooth(offsets, times, scores, variances, model, steps):  # type: ignore[no-untyped-def]
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
        step = steps[rows] if steps.size > 0 else steps
        log_likelihood[i] = filter_one(at, given, errors, model, step, predicted, after)
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


@njit(cache=True, error_model="numpy")
def compare(times, scores, variances, model, worse, held, recent, event_variance, spread):  # type: ignore[no-untyped-def]
    """At each row t, the level now against the start and against the best held, from the rows up to t.

    Answered rows only. worse is +1 where higher is worse, else −1; held and recent count occasions. Returns
    (2, n, 8) for start and best held: change in the bad direction, its variance, first row of the reference,
    its mean and variance, level now and its variance, and by how many errors the nearest of the recent scores
    lies on the bad side of the reference; nan while there are too few rows.
    """
    n = times.size
    found = np.full((2, n, 8), np.nan)
    predicted, filtered, seen = np.empty((3, n)), np.empty((5, n)), np.empty((n, 7))
    tamed = scores.copy()
    steps = np.zeros(n)
    for t in range(held + recent - 1, n):
        upto = slice(0, t + 1)
        event = t - recent + 1
        mildest = math.inf
        for i in range(event, t + 1):
            mildest = min(mildest, worse * scores[i])
        for i in range(event, t + 1):
            tamed[i] = worse * min(worse * scores[i], mildest + spread * math.sqrt(variances[i]))
        tamed[event - 1] = scores[event - 1]
        at, given, errors = times[upto], tamed[upto], variances[upto]
        steps[event - 1] = 0.0
        steps[event] = event_variance
        filter_one(at, given, errors, model, steps[upto], predicted, filtered)
        look_back(at, given, errors, predicted, filtered, t, seen)
        best = 0
        for j in range(event - held + 1):
            if worse * held_mean(seen, j, held) < worse * held_mean(seen, best, held):
                best = j
        for which in range(2):
            j = 0 if which == 0 else best
            mean = held_mean(seen, j, held)
            if held == 2:
                variance = (seen[j, 1] + seen[j + 1, 1] + 2 * seen[j, 3]) / 4
                shared = (seen[j, 2] + seen[j + 1, 2]) / 2
            else:
                variance, shared = seen[j, 1], seen[j, 2]
            nearest = math.inf
            for i in range(event, t + 1):
                nearest = min(nearest, worse * (scores[i] - mean) / math.sqrt(errors[i]))
            found[which, t, 0] = worse * (seen[t, 0] - mean)
            found[which, t, 1] = variance + seen[t, 1] - 2 * shared
            found[which, t, 2] = j
            found[which, t, 3], found[which, t, 4] = mean, variance
            found[which, t, 5], found[which, t, 6] = seen[t, 0], seen[t, 1]
            found[which, t, 7] = nearest
    return found


@njit(cache=True, error_model="numpy")
def held_mean(seen, j, held):  # type: ignore[no-untyped-def]
    """Mean level of the one or two rows from j."""
    return (seen[j, 0] + seen[j + 1, 0]) / 2 if held == 2 else seen[j, 0]


@njit(cache=True, error_model="numpy")
def back_again(times, scores, variances, model, fall, event, worse, reference, first, now, margin):  # type: ignore[no-untyped-def]
    """P(level_t is not worse than the two rows from `reference` by more than margin | rows up to now), t from `first`.

    Answered rows only. The level may have stepped at row `fall`, and once more at any row since or not at all, each as
    likely beforehand; `event` is the variance of both steps. What the rows make unlikely (1e-6) is left out.
    """
    n = now + 1
    predicted, filtered, seen = np.empty((3, n)), np.empty((5, n)), np.empty((n, 7))
    at, given, errors, steps = times[:n], scores[:n], variances[:n], np.zeros(n)
    steps[fall] = event
    likely = np.empty(n - fall)  # at 0 no second step, at i one just before row fall + i
    for i in range(n - fall):
        steps[fall + i] = event
        likely[i] = filter_one(at, given, errors, model, steps, predicted, filtered)
        steps[fall + i] = event if i == 0 else 0.0
    likely = np.exp(likely - likely.max())
    chance, j = np.zeros(n - first), reference
    for i in range(n - fall):
        if likely[i] < 1e-6:
            continue
        steps[fall + i] = event
        filter_one(at, given, errors, model, steps, predicted, filtered)
        look_back(at, given, errors, predicted, filtered, now, seen)
        steps[fall + i] = event if i == 0 else 0.0
        mean = held_mean(seen, j, 2)
        variance = (seen[j, 1] + seen[j + 1, 1] + 2 * seen[j, 3]) / 4
        for t in range(first, n):
            shared = covariance_of(at, given, errors, predicted, filtered, seen, j, t)
            shared += covariance_of(at, given, errors, predicted, filtered, seen, j + 1, t)
            spread = max(variance + seen[t, 1] - shared, 1e-300)
            z = (margin - worse * (seen[t, 0] - mean)) / math.sqrt(spread)
            chance[t - first] += likely[i] * 0.5 * math.erfc(-z / math.sqrt(2.0))
    return chance / likely.sum()


@njit(cache=True, error_model="numpy")
def plateaus(times, scores, variances, model, margin, asked, release, weeks, occasions):  # type: ignore[no-untyped-def]
    """Stretches over which the level stood, each row t judged from the rows up to t.

    Answered rows only. One opens at t when for all rows j from i to t P(|level_t − level_j| < margin | rows up to t)
    >= asked, with at least `weeks` between i and t and `occasions` rows; it closes at the first later row whose
    probability with level_i falls below `release`. Returns (k, 3) i, t and the closing row or −1, and (k, 5) the
    smallest of those probabilities, level and variance at t, and the change of level from row 0 and its variance.
    """
    n = times.size
    predicted, filtered, seen = np.empty((3, n)), np.empty((5, n)), np.empty((n, 7))
    rows, found = np.full((n, 3), -1, dtype=np.int64), np.empty((n, 5))
    count, open_ = 0, False
    filter_one(times, scores, variances, model, NO_STEPS, predicted, filtered)
    for t in range(occasions - 1, n):
        if not open_ and times[t] - times[0] < weeks:
            continue
        look_back(times, scores, variances, predicted, filtered, t, seen)
        if open_:
            if within(seen, t, rows[count - 1, 0], margin) < release:
                rows[count - 1, 2] = t
                open_ = False
            continue
        least, first = 1.0, t
        for j in range(t - 1, -1, -1):
            chance = within(seen, t, j, margin)
            if chance < asked:
                break
            least, first = min(least, chance), j
        if times[t] - times[first] >= weeks and t - first + 1 >= occasions:
            rows[count, 0], rows[count, 1] = first, t
            found[count, 0], found[count, 1], found[count, 2] = least, seen[t, 0], seen[t, 1]
            found[count, 3] = seen[t, 0] - seen[0, 0]
            found[count, 4] = max(seen[t, 1] + seen[0, 1] - 2 * seen[0, 2], 0.0)
            count, open_ = count + 1, True
    return rows[:count], found[:count]


@njit(cache=True, error_model="numpy")
def within(seen, now, then, margin):  # type: ignore[no-untyped-def]
    """P(|level_now − level_then| < margin), from what look_back saw."""
    change = seen[now, 0] - seen[then, 0]
    spread = math.sqrt(max(seen[now, 1] + seen[then, 1] - 2 * seen[then, 2], 1e-300)) * math.sqrt(2.0)
    return 0.5 * (math.erf((margin - change) / spread) + math.erf((margin + change) / spread))
