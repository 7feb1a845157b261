"""The smoother beside statsmodels: 1,000 persons, 20 irregular occasions each, the same work in one run.

    python benchmarks/bench_trajectory.py

Medians of several runs after compilation. Asked: at least 500 times as fast, levels within 1e-8 of each
other.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from mooring.science.dynamics import assumed_dynamics, assumed_prior
from mooring.science.simulate import SECURITY, trend_path
from mooring.science.trajectory import Panel, trajectories

PERSONS, OCCASIONS, ASKED = 1000, 20, 500
DYNAMICS, PRIOR = assumed_dynamics(SECURITY.sd), assumed_prior(SECURITY.middle, SECURITY.sd)


def a_panel() -> Panel:
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 26, (PERSONS, OCCASIONS)), axis=1)
    levels = np.array([trend_path(row, DYNAMICS, PRIOR, rng) for row in times])
    errors = np.full(levels.shape, SECURITY.standard_error)
    scores = levels + rng.normal(0, np.hypot(SECURITY.standard_error, DYNAMICS.occasion_sd), levels.shape)
    offsets = np.arange(PERSONS + 1) * OCCASIONS
    return Panel(offsets, times.ravel(), scores.ravel(), errors.ravel())


def ours(panel: Panel) -> np.ndarray:
    return trajectories(panel, DYNAMICS, PRIOR).smoothed.level


def theirs(panel: Panel) -> np.ndarray:
    """One KalmanSmoother a person, with the irregular steps as time-varying matrices."""
    ql, qs, tau = DYNAMICS
    levels = []
    for i in range(PERSONS):
        rows = slice(panel.offsets[i], panel.offsets[i + 1])
        steps = np.append(np.diff(panel.times[rows]), 0.0)
        transition = np.zeros((2, 2, steps.size))
        transition[0, 0] = transition[1, 1] = 1
        transition[0, 1] = steps
        noise = np.zeros((2, 2, steps.size))
        noise[0, 0] = ql * steps + qs * steps**3 / 3
        noise[0, 1] = noise[1, 0] = qs * steps**2 / 2
        noise[1, 1] = qs * steps
        peer = KalmanSmoother(k_endog=1, k_states=2, k_posdef=2)
        peer.bind(panel.scores[rows])
        peer["design"] = np.array([[1.0, 0.0]])
        peer["selection"] = np.eye(2)
        peer["transition"], peer["state_cov"] = transition, noise
        peer["obs_cov"] = (panel.standard_errors[rows] ** 2 + tau**2).reshape(1, 1, -1)
        peer.initialize_known(np.array([PRIOR.mean, 0.0]), np.diag([PRIOR.sd**2, PRIOR.slope_sd**2]))
        levels.append(peer.smooth().smoothed_state[0])
    return np.concatenate(levels)


def median_seconds(work: object, panel: Panel, runs: int) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work(panel)  # type: ignore[operator]
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    panel = a_panel()
    difference = np.abs(ours(panel) - theirs(panel)).max()
    fast, slow = median_seconds(ours, panel, 51), median_seconds(theirs, panel, 5)
    print(f"smoother, {PERSONS} persons x {OCCASIONS} irregular occasions")
    print(f"  statsmodels {slow * 1e3:9.1f} ms   (median of 5)")
    print(f"  mooring     {fast * 1e3:9.3f} ms   (median of 51)")
    print(f"  ratio       {slow / fast:9.0f}      (asked: at least {ASKED})")
    print(f"  largest difference of a level: {difference:.1e} points")


if __name__ == "__main__":
    main()
