"""Sudden gains in a panel of 557 persons × 20 sessions.

    python benchmarks/bench_gains.py

Median of several runs after compilation. The peer is an R package that is not installed here: its figure is quoted.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from mooring.science.gains import Rule, sudden_gains

PERSONS, SESSIONS, ASKED, QUOTED = 557, 20, 10.0, 24.6
BDI = Rule(7)


def a_panel() -> np.ndarray:
    """Depression that wanes unevenly, 0 to 63, a tenth of the sessions missed."""
    rng = np.random.default_rng(0)
    steps = rng.normal(-0.7, 2.0, (PERSONS, SESSIONS)) - 9.0 * (rng.random((PERSONS, SESSIONS)) < 0.04)
    scores = np.clip(np.round(30 + steps.cumsum(axis=1) + rng.normal(0, 1.5, steps.shape)), 0, 63)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    return scores


def main() -> None:
    panel, taken = a_panel(), []
    found = sudden_gains(panel, BDI).events
    for _ in range(101):
        start = time.perf_counter()
        sudden_gains(panel, BDI)
        taken.append(time.perf_counter() - start)
    ours = statistics.median(taken)
    print(f"sudden gains, {PERSONS} persons x {SESSIONS} sessions: {found.person.size} gains")
    print(f"  suddengains {QUOTED * 1e3:9.1f} ms   (R, quoted: measured elsewhere, not in this run)")
    print(f"  mooring     {ours * 1e3:9.3f} ms   (median of 101; asked: under {ASKED:g} ms)")


if __name__ == "__main__":
    main()
