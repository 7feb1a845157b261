"""Log-likelihood of two levels that pull at each other in continuous time."""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def log_likelihood(times, scores, variances, mean, k, q):  # type: ignore[no-untyped-def]
    """Of scores (n, 2) with error variances (n, 2), nan for missing; −inf where the levels would run away.

    dη = −K (η − mean) dt + noise, Cov(noise) = Q dt; k = (K11, K12, K21, K22), q = (Q11, Q12, Q22). Starts stationary.
    """
    k11, k12, k21, k22 = k
    q11, q12, q22 = q
    trace, det = k11 + k22, k11 * k22 - k12 * k21
    if not (trace > 0 and det > 0 and q11 > 0 and q11 * q22 - q12 * q12 > 0):
        return -math.inf
    # Stationary covariance: (det Q + (K − tr) Q (K − tr)') / (2 tr det).
    m11, m12, m21, m22 = -k22, k12, k21, -k11
    scale = 2 * trace * det
    s11 = (det * q11 + m11 * m11 * q11 + 2 * m11 * m12 * q12 + m12 * m12 * q22) / scale
    s12 = (det * q12 + m11 * m21 * q11 + (m11 * m22 + m12 * m21) * q12 + m12 * m22 * q22) / scale
    s22 = (det * q22 + m21 * m21 * q11 + 2 * m21 * m22 * q12 + m22 * m22 * q22) / scale
    middle, half = -trace / 2, (k22 - k11) / 2
    spread = half * half + k12 * k21
    x1 = x2 = total = 0.0
    p11, p12, p22 = s11, s12, s22
    for t in range(times.size):
        if t > 0 and times[t] > times[t - 1]:
            h = times[t] - times[t - 1]
            w = math.sqrt(abs(spread)) * h
            if w < 1e-8:
                c, s = math.exp(middle * h), math.exp(middle * h) * h
            elif spread > 0:
                up, down = math.exp(middle * h + w), math.exp(middle * h - w)
                c, s = (up + down) / 2, (up - down) / 2 / w * h
            else:
                c, s = math.exp(middle * h) * math.cos(w), math.exp(middle * h) * math.sin(w) / w * h
            f11, f12, f21, f22 = c + s * half, -s * k12, -s * k21, c - s * half
            x1, x2 = f11 * x1 + f12 * x2, f21 * x1 + f22 * x2
            d11, d12, d22 = p11 - s11, p12 - s12, p22 - s22
            p11 = s11 + f11 * f11 * d11 + 2 * f11 * f12 * d12 + f12 * f12 * d22
            p12 = s12 + f11 * f21 * d11 + (f11 * f22 + f12 * f21) * d12 + f12 * f22 * d22
            p22 = s22 + f21 * f21 * d11 + 2 * f21 * f22 * d12 + f22 * f22 * d22
        if not math.isnan(scores[t, 0]):
            v = p11 + variances[t, 0]
            e = scores[t, 0] - mean[0] - x1
            total -= 0.5 * (math.log(2 * math.pi * v) + e * e / v)
            x1, x2 = x1 + p11 * e / v, x2 + p12 * e / v
            p22 -= p12 * p12 / v
            p12 -= p11 * p12 / v
            p11 -= p11 * p11 / v
        if not math.isnan(scores[t, 1]):
            v = p22 + variances[t, 1]
            e = scores[t, 1] - mean[1] - x2
            total -= 0.5 * (math.log(2 * math.pi * v) + e * e / v)
            x1, x2 = x1 + p12 * e / v, x2 + p22 * e / v
            p11 -= p12 * p12 / v
            p12 -= p12 * p22 / v
            p22 -= p22 * p22 / v
    return total if np.isfinite(total) else -math.inf
