"""Compiled loops of the growth model: sums per person, and the deviance from them. Equations stand in `growth`."""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy", nogil=True)
def sums(offsets, x, y, middle, wide, centre):  # type: ignore[no-untyped-def]
    """Of each person (p, 6): n, Σx, Σx², Σy, Σxy, Σy² over answered rows, x as (x − middle) / wide, y − centre."""
    found = np.zeros((offsets.size - 1, 6))
    for i in range(offsets.size - 1):
        n = sx = sxx = sy = sxy = syy = 0.0
        for t in range(offsets[i], offsets[i + 1]):
            if math.isnan(y[t]):
                continue
            u, v = (x[t] - middle) / wide, y[t] - centre
            n += 1.0
            sx += u
            sxx += u * u
            sy += v
            sxy += u * v
            syy += v * v
        found[i, 0], found[i, 1], found[i, 2] = n, sx, sxx
        found[i, 3], found[i, 4], found[i, 5] = sy, sxy, syy
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def whiten(sums, d00, d01, d11, held):  # type: ignore[no-untyped-def]
    """One sweep at the relative covariance D: Σ log|V|, Σ Z'V⁻¹Z (3), Σ Z'V⁻¹y (2), Σ y'V⁻¹y; V = I + Z D Z'.

    With C = Z'Z: K = I + D C, |V| = |K|, Z'V⁻¹Z = C K⁻¹, Z'V⁻¹y = K'⁻¹ Z'y, y'V⁻¹y = y'y − (Z'y)' D Z'V⁻¹y. Writes
    of each person held (p, 5): Z'V⁻¹Z and Z'V⁻¹y.
    """
    total = np.zeros(7)
    for i in range(sums.shape[0]):
        n, sx, sxx, s0, s1 = sums[i, 0], sums[i, 1], sums[i, 2], sums[i, 3], sums[i, 4]
        k00, k01 = 1 + d00 * n + d01 * sx, d00 * sx + d01 * sxx
        k10, k11 = d01 * n + d11 * sx, 1 + d01 * sx + d11 * sxx
        determinant = k00 * k11 - k01 * k10
        inverse = 1 / determinant
        w00 = (n * k11 - sx * k10) * inverse
        w01 = (sx * k00 - n * k01) * inverse
        w11 = (sxx * k00 - sx * k01) * inverse
        u0 = (k11 * s0 - k10 * s1) * inverse
        u1 = (k00 * s1 - k01 * s0) * inverse
        held[i, 0], held[i, 1], held[i, 2], held[i, 3], held[i, 4] = w00, w01, w11, u0, u1
        total[0] += math.log(determinant)
        total[1] += w00
        total[2] += w01
        total[3] += w11
        total[4] += u0
        total[5] += u1
        total[6] += sums[i, 5] - s0 * (d00 * u0 + d01 * u1) - s1 * (d01 * u0 + d11 * u1)
    return total


@njit(cache=True, error_model="numpy", nogil=True)
def pull(held, b0, b1, h00, h01, h11):  # type: ignore[no-untyped-def]
    """Σ r r' of r = Z'V⁻¹(y − Zβ) (3), and Σ W H⁻¹ W (3) of W = Z'V⁻¹Z, h being H⁻¹."""
    found = np.zeros(6)
    for i in range(held.shape[0]):
        w00, w01, w11 = held[i, 0], held[i, 1], held[i, 2]
        r0 = held[i, 3] - w00 * b0 - w01 * b1
        r1 = held[i, 4] - w01 * b0 - w11 * b1
        found[0] += r0 * r0
        found[1] += r0 * r1
        found[2] += r1 * r1
        p00, p01 = h00 * w00 + h01 * w01, h00 * w01 + h01 * w11
        p10, p11 = h01 * w00 + h11 * w01, h01 * w01 + h11 * w11
        found[3] += w00 * p00 + w01 * p10
        found[4] += w00 * p01 + w01 * p11
        found[5] += w01 * p01 + w11 * p11
    return found


@njit(cache=True, error_model="numpy", nogil=True)
def information(sums, d00, d01, d11, s2):  # type: ignore[no-untyped-def]
    """½ Σ tr(V⁻¹ V_a V⁻¹ V_b) (4, 4) for a, b in d00, d01, d11, s2; here V = s2 I + Z D Z', not relative.

    With K = s2 I + D C: W = Z'V⁻¹Z = C K⁻¹, Z'V⁻²Z = W K⁻¹, tr V⁻² = (n − 2) / s2² + tr K⁻².
    """
    found = np.zeros((4, 4))
    for i in range(sums.shape[0]):
        n, sx, sxx = sums[i, 0], sums[i, 1], sums[i, 2]
        k00, k01 = s2 + d00 * n + d01 * sx, d00 * sx + d01 * sxx
        k10, k11 = d01 * n + d11 * sx, s2 + d01 * sx + d11 * sxx
        inverse = 1 / (k00 * k11 - k01 * k10)
        i00, i01, i10, i11 = k11 * inverse, -k01 * inverse, -k10 * inverse, k00 * inverse
        a, b, c = n * i00 + sx * i10, n * i01 + sx * i11, sx * i01 + sxx * i11
        g00, g01, g11 = a * i00 + b * i10, a * i01 + b * i11, b * i01 + c * i11
        found[0, 0] += a * a / 2
        found[0, 1] += a * b
        found[0, 2] += b * b / 2
        found[1, 1] += a * c + b * b
        found[1, 2] += b * c
        found[2, 2] += c * c / 2
        found[0, 3] += g00 / 2
        found[1, 3] += g01
        found[2, 3] += g11 / 2
        found[3, 3] += ((n - 2) / (s2 * s2) + i00 * i00 + 2 * i01 * i10 + i11 * i11) / 2
    for row in range(4):
        for column in range(row):
            found[row, column] = found[column, row]
    return found
