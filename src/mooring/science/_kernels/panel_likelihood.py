"""Compiled loop of the panel's likelihood; the equations stand in `panel`, where it is called."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LOG_TWO_PI = math.log(2 * math.pi)
PARAMETERS = 7
"""q_l, q_s, τ², prior level variance, prior slope variance, prior level, prior slope."""


@njit(cache=True, error_model="numpy", nogil=True)
def score(offsets, times, scores, errors, weights, theta, gradient, information):  # type: ignore[no-untyped-def]
    """Log-likelihood of a panel; writes its gradient (7,) and information (7, 7) in the order of PARAMETERS.

    errors (n,): SE². weights (p,): how often each series counts. The derivatives of the filter's five numbers are
    carried along with them: rows of `d` are level, slope, level variance, covariance, slope variance.
    """
    ql, qs, tau2, start_a, start_c, start_level, start_slope = theta
    d = np.zeros((5, 8))  # 8: one register's worth of derivatives, the last one idle
    ds, dm = np.zeros(8), np.zeros(8)
    own_gradient, own = np.zeros(8), np.zeros((8, 8))
    gradient[:] = 0.0
    information[:] = 0.0
    total = 0.0
    for i in range(offsets.size - 1):
        first, last = offsets[i], offsets[i + 1]
        level, slope, a, b, c = start_level, start_slope, start_a, 0.0, start_c
        d[:] = 0.0
        d[2, 3] = d[4, 4] = d[0, 5] = d[1, 6] = 1.0
        own_gradient[:] = 0.0
        own[:] = 0.0
        log_likelihood, product = 0.0, 1.0
        for t in range(first, last):
            if t > first:
                h = times[t] - times[t - 1]
                level += h * slope
                a += h * (2 * b + h * c) + ql * h + qs * h * h * h / 3
                b += h * c + qs * h * h / 2
                c += qs * h
                for j in range(8):
                    d[0, j] += h * d[1, j]
                    d[2, j] += h * (2 * d[3, j] + h * d[4, j])
                    d[3, j] += h * d[4, j]
                d[2, 0] += h
                d[2, 1] += h * h * h / 3
                d[3, 1] += h * h / 2
                d[4, 1] += h
            if math.isnan(scores[t]):
                continue
            r = errors[t] + tau2
            s = a + r
            inverse = 1 / s
            miss = scores[t] - level
            k0, k1, z = a * inverse, b * inverse, miss * inverse
            keep = r * inverse
            for j in range(8):
                ds[j] = d[2, j]
                dm[j] = -d[0, j]
            ds[2] += 1.0
            # ∂(k0) = (∂a − k0 ∂s) / s and so on; the sign of ∂miss is that of −∂level.
            for j in range(8):
                own_gradient[j] += 0.5 * ds[j] * (z * z - inverse) - dm[j] * z
                dk0 = (d[2, j] - k0 * ds[j]) * inverse
                dk1 = (d[3, j] - k1 * ds[j]) * inverse
                d[0, j] += dk0 * miss + k0 * dm[j]
                d[1, j] += dk1 * miss + k1 * dm[j]
                d[4, j] -= dk1 * b + k1 * d[3, j]
                d[3, j] += -dk0 * b - k0 * d[3, j]
                d[2, j] += -dk0 * a - k0 * d[2, j]
            half = 0.5 * inverse * inverse
            for row in range(7):
                left, right = half * ds[row], inverse * dm[row]
                for j in range(8):
                    own[row, j] += left * ds[j] + right * dm[j]
            level += k0 * miss
            slope += k1 * miss
            c -= b * k1
            a *= keep
            b *= keep
            product *= s
            if product < 1e-100 or product > 1e100:
                log_likelihood -= 0.5 * math.log(product)
                product = 1.0
            log_likelihood -= 0.5 * (LOG_TWO_PI + miss * z)
        weight = weights[i]
        total += weight * (log_likelihood - 0.5 * math.log(product))
        for row in range(7):
            gradient[row] += weight * own_gradient[row]
            for j in range(7):
                information[row, j] += weight * own[row, j]
    return total
