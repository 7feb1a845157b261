"""Panel maximum likelihood beside statsmodels: 1,000 persons, 20 irregular occasions each, the same work in one run.

    python benchmarks/bench_panel.py

Estimated by both: level diffusion, slope diffusion and the variance of an occasion, the prior known. statsmodels
runs twice: one filter a person, and all persons laid end to end in one filter, which is the quickest way we found
to use it. Medians of several runs after compilation. Asked: at least 200 times as fast as one filter a person,
log-likelihood within 1e-5 relative, parameters within 1e-4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize
from statsmodels.tsa.statespace.kalman_filter import MEMORY_CONSERVE, KalmanFilter

from bench_trajectory import DYNAMICS, OCCASIONS, PERSONS, PRIOR, a_panel
from mooring.science import panel as panels
from mooring.science.trajectory import Panel
from timing import median_seconds

ASKED = 200
KNOWN = {
    "prior_mean": PRIOR.mean,
    "prior_variance": PRIOR.sd**2,
    "prior_slope_variance": PRIOR.slope_sd**2,
    "prior_slope_mean": 0.0,
}
START = np.log([0.3, 0.002, 0.5])
LogLikelihood = Callable[[np.ndarray], float]


def noise(steps: np.ndarray, ql: float, qs: float) -> np.ndarray:
    """Q(h) after each row, (2, 2, n)."""
    cross = qs * steps**2 / 2
    return np.array([[ql * steps + qs * steps**3 / 3, cross], [cross, qs * steps]])


def a_filter(scores: np.ndarray, steps: np.ndarray) -> KalmanFilter:
    peer = KalmanFilter(k_endog=1, k_states=2, k_posdef=2)
    peer.bind(scores)
    peer["design"], peer["selection"] = np.array([[1.0, 0.0]]), np.eye(2)
    transition = np.zeros((2, 2, steps.size))
    transition[0, 0] = transition[1, 1] = 1
    transition[0, 1] = steps
    peer["transition"] = transition
    peer.initialize_known(np.array([PRIOR.mean, 0.0]), np.diag([PRIOR.sd**2, PRIOR.slope_sd**2]))
    peer.set_conserve_memory(MEMORY_CONSERVE)
    return peer


def one_a_person(panel: Panel) -> LogLikelihood:
    filters = []
    for i in range(PERSONS):
        rows = slice(panel.offsets[i], panel.offsets[i + 1])
        steps = np.append(np.diff(panel.times[rows]), 0.0)
        filters.append((a_filter(panel.scores[rows], steps), steps, panel.standard_errors[rows] ** 2))

    def log_likelihood(theta: np.ndarray) -> float:
        ql, qs, tau2 = np.exp(theta)
        total = 0.0
        for peer, steps, squares in filters:
            peer["state_cov"] = noise(steps, ql, qs)
            peer["obs_cov"] = (squares + tau2).reshape(1, 1, -1)
            total += peer.loglike()
        return total

    return log_likelihood


def end_to_end(panel: Panel) -> LogLikelihood:
    """After each person's last row the state is forgotten and drawn anew from the prior."""
    last = panel.offsets[1:] - 1
    steps = np.append(np.diff(panel.times), 0.0)
    steps[last] = 0.0
    peer = a_filter(panel.scores, steps)
    transition = peer["transition"].copy()
    transition[:, :, last] = 0.0
    intercept = np.zeros((2, steps.size))
    intercept[0, last] = PRIOR.mean
    peer["transition"], peer["state_intercept"] = transition, intercept
    squares = panel.standard_errors**2

    def log_likelihood(theta: np.ndarray) -> float:
        ql, qs, tau2 = np.exp(theta)
        moves = noise(steps, ql, qs)
        moves[:, :, last] = np.diag([PRIOR.sd**2, PRIOR.slope_sd**2])[:, :, None]
        peer["state_cov"] = moves
        peer["obs_cov"] = (squares + tau2).reshape(1, 1, -1)
        return float(peer.loglike())

    return log_likelihood


def theirs(log_likelihood: LogLikelihood, tight: bool = False) -> tuple[np.ndarray, float]:
    options = {"ftol": 1e-15, "gtol": 1e-6} if tight else {}
    found = minimize(lambda theta: -log_likelihood(theta), START, method="L-BFGS-B", options=options)
    return np.exp(found.x), -float(found.fun)


def main() -> None:
    panel = a_panel()
    ours, everything = panels.fit(panel, KNOWN), panels.fit(panel)
    numbers, best = theirs(end_to_end(panel), tight=True)
    apart = np.abs(np.array(ours.parameters[:3]) / numbers - 1).max()
    fast = median_seconds(lambda: panels.fit(panel, KNOWN), 21)
    whole = median_seconds(lambda: panels.fit(panel), 21)
    quick = median_seconds(lambda: theirs(end_to_end(panel)), 3)
    slow = median_seconds(lambda: theirs(one_a_person(panel)), 3)
    print(f"panel maximum likelihood, {PERSONS} persons x {OCCASIONS} irregular occasions, three parameters")
    print(f"  statsmodels, one filter a person {slow * 1e3:9.0f} ms   (median of 3)")
    print(f"  statsmodels, persons end to end  {quick * 1e3:9.0f} ms   (median of 3)")
    print(f"  mooring                          {fast * 1e3:9.1f} ms   (median of 21, standard errors included)")
    print(f"  ratio, one filter a person       {slow / fast:9.0f}      (asked: at least {ASKED})")
    print(f"  ratio, persons end to end        {quick / fast:9.0f}")
    print(f"  mooring, all seven parameters    {whole * 1e3:9.1f} ms   ({everything.rounds} steps)")
    print(f"  log-likelihood: ours higher by {ours.log_likelihood - best:.1e} of {best:.1f}")
    print(f"  largest relative difference of a parameter from statsmodels, tightly converged: {apart:.1e}")
    print(f"  true: {DYNAMICS.level_diffusion:.4f}, {DYNAMICS.slope_diffusion:.5f}, {DYNAMICS.occasion_sd**2:.4f};")
    print("  ours: {:.4f}, {:.5f}, {:.4f}".format(*ours.parameters[:3]))


if __name__ == "__main__":
    main()
