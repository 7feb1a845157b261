"""The three criteria of a sudden gain at every step between two sessions."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

NEAR = 1e-9
MET, NOT_MET, UNKNOWN = 1, 0, -1


@njit(cache=True, nogil=True, error_model="numpy")
def side(row, first, last):  # type: ignore[no-untyped-def]
    """(answered, mean, sum of squared deviations) of row[first:last] without nan."""
    count, total = 0, 0.0
    for j in range(first, last):
        if not math.isnan(row[j]):
            count += 1
            total += row[j]
    mean = total / count if count > 0 else math.nan
    spread = 0.0
    for j in range(first, last):
        if not math.isnan(row[j]):
            spread += (row[j] - mean) ** 2
    return count, mean, spread


@njit(cache=True, nogil=True, error_model="numpy")
def criteria(severity, sign, cut, share, critical):  # type: ignore[no-untyped-def]
    """(verdicts (4, p, n − 1), evidence (4, p, n − 1), reversal (2, p, n − 1)).

    severity (p, n); sign +1 falls, −1 rises; critical[k]: the third criterion's with k values around. Verdicts: drop,
    share, jump, all three. Evidence: mean before, mean after, pooled sd, critical value. Reversal, where all three
    are met: MET, NOT_MET or UNKNOWN, and the first session of it or −1.
    """
    people, sessions = severity.shape
    verdicts = np.full((4, people, sessions - 1), UNKNOWN, dtype=np.int8)
    evidence = np.full((4, people, sessions - 1), math.nan)
    reversal = np.full((2, people, sessions - 1), -1, dtype=np.int64)
    for i in range(people):
        row = severity[i]
        for j in range(sessions - 1):
            fall = sign * (row[j] - row[j + 1])
            if not math.isnan(fall):
                verdicts[0, i, j] = fall >= cut - NEAR
                verdicts[1, i, j] = fall >= share * row[j] - NEAR
            before, mean_before, spread_before = side(row, max(0, j - 2), j + 1)
            after, mean_after, spread_after = side(row, j + 1, min(sessions, j + 4))
            evidence[0, i, j], evidence[1, i, j] = mean_before, mean_after
            if before >= 2 and after >= 2:
                sd = math.sqrt((spread_before + spread_after) / (before + after - 2))
                limit = critical[before + after]
                evidence[2, i, j], evidence[3, i, j] = sd, limit
                verdicts[2, i, j] = sign * (mean_before - mean_after) > limit * sd + NEAR
            lowest = min(verdicts[0, i, j], verdicts[1, i, j], verdicts[2, i, j])
            if verdicts[0, i, j] == NOT_MET or verdicts[1, i, j] == NOT_MET or verdicts[2, i, j] == NOT_MET:
                lowest = NOT_MET
            verdicts[3, i, j] = lowest
            if lowest == MET:
                half = row[j] - (row[j] - row[j + 1]) / 2
                for t in range(j + 2, sessions):
                    if math.isnan(row[t]):
                        continue
                    reversal[0, i, j] = NOT_MET
                    if sign * (row[t] - half) >= -NEAR:
                        reversal[0, i, j], reversal[1, i, j] = MET, t
                        break
    return verdicts, evidence, reversal
