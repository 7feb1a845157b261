"""Coupled levels against one dense Gaussian, and people whose pulls are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.linalg import expm, solve_continuous_lyapunov

from mooring.science import coupled
from mooring.science._kernels.coupled import log_likelihood
from mooring.science.coupled import ENOUGH, couple
from mooring.science.transfer import transfer

PULLED = np.array([[0.4, 0.0], [-0.5, 0.6]])
"""K: the first draws the second, the second leaves the first alone."""
Q, ERROR = np.array([[0.5, 0.1], [0.1, 0.4]]), 0.4


def person(rng: np.random.Generator, n: int, k: np.ndarray = PULLED) -> tuple[np.ndarray, np.ndarray]:
    """Irregular weeks and both scores, drawn step by step."""
    weeks, spread = np.cumsum(rng.uniform(0.5, 1.5, n)), solve_continuous_lyapunov(-k, -Q)
    levels = [rng.multivariate_normal([0, 0], spread)]
    for step in np.diff(weeks):
        forward = expm(-k * step)
        levels.append(forward @ levels[-1] + rng.multivariate_normal([0, 0], spread - forward @ spread @ forward.T))
    return weeks, np.array(levels) + rng.normal(0, ERROR, (n, 2)) + [3, 4]


@pytest.mark.parametrize("k", [PULLED, [[0.5, 0.8], [-0.7, 0.3]], [[0.4, 0.0], [0.0, 0.4]], [[0.4, -0.2], [-0.3, 0.5]]])
def test_the_likelihood_is_the_dense_one(k: list[list[float]]) -> None:
    """Cov(η(s), η(t)) = e^(−K |t − s|) P, P from scipy's Lyapunov equation; the second K swings."""
    pull = np.array(k)
    rng = np.random.default_rng(1)
    weeks, scores = np.sort(rng.uniform(0, 30, 25)), rng.normal(size=(25, 2))
    weeks[4] = weeks[3]
    scores[[2, 9], [0, 1]] = np.nan
    scores[7] = np.nan
    spread, whole = solve_continuous_lyapunov(-pull, -Q), np.zeros((50, 50))
    for i in range(25):
        for j in range(i, 25):
            block = expm(-pull * (weeks[j] - weeks[i])) @ spread
            whole[2 * j : 2 * j + 2, 2 * i : 2 * i + 2] = block
            whole[2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = block.T
    seen = np.isfinite(scores.ravel())
    dense = stats.multivariate_normal.logpdf(
        scores.ravel()[seen], np.full(seen.sum(), 0.5), (whole + np.eye(50) * ERROR**2)[np.ix_(seen, seen)]
    )
    ours = log_likelihood(weeks, scores, np.full((25, 2), ERROR**2), (0.5, 0.5), tuple(pull.ravel()), (0.5, 0.1, 0.4))
    assert ours == pytest.approx(dense, abs=1e-9)


def test_levels_that_run_away_have_no_likelihood() -> None:
    at, given = np.arange(3.0), np.zeros((3, 2))
    assert log_likelihood(at, given, given + 1, (0.0, 0.0), (0.1, 1.0, 1.0, 0.1), (1.0, 0.0, 1.0)) == -math.inf


@pytest.mark.slow
def test_a_long_record_gives_the_pull_back() -> None:
    weeks, scores = person(np.random.default_rng(2), 400)
    found = couple(weeks, scores, ERROR)
    assert found.first_on_second.low < 0.5 < found.first_on_second.high
    assert found.first_on_second.p < 0.01
    assert found.second_on_first.low < 0 < found.second_on_first.high
    assert found.occasions == 400


@pytest.mark.slow
def test_intervals_hold_what_they_say_at_the_fewest_occasions() -> None:
    """A pull lies in its interval when the log-likelihood, held there, falls no further than the margin."""
    rng, held = np.random.default_rng(4), []
    for _ in range(90):
        weeks, scores = person(rng, ENOUGH)
        spread = scores.std(axis=0)
        variances = np.broadcast_to(ERROR**2 / spread**2, scores.shape).copy()
        minus = coupled._minus_log_likelihood(weeks, (scores - scores.mean(axis=0)) / spread, variances)
        best = coupled._best(minus)
        for place, true in ((5, -0.5 * spread[0] / spread[1]), (4, 0.0)):
            fall = coupled.profile(minus, best.x, place, true) - best.fun
            held.append(fall < coupled.margin(ENOUGH, 0.95))
    assert 0.92 <= np.mean(held) <= 0.985


@pytest.mark.slow
def test_exchanging_and_rescaling_the_two_exchanges_and_rescales_the_pulls() -> None:
    weeks, scores = person(np.random.default_rng(3), 90)
    here = couple(weeks, scores, ERROR)
    there = couple(weeks, np.column_stack([10 * scores[:, 1], scores[:, 0]]), [10 * ERROR, ERROR])
    assert there.second_on_first.rate == pytest.approx(10 * here.first_on_second.rate, abs=0.02)
    assert there.first_on_second.rate == pytest.approx(here.second_on_first.rate / 10, abs=0.002)
    assert there.log_likelihood == pytest.approx(here.log_likelihood - 90 * math.log(10), abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, ENOUGH - 1), st.integers(0, 1000))
def test_few_constant_or_simultaneous_occasions_are_answered_with_a_reason(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert "at least" in couple(np.arange(n), rng.normal(size=(n, 2)), 0.3).why_not
    m = ENOUGH + n
    assert "different times" in couple(np.zeros(m), rng.normal(size=(m, 2)), 0.3).why_not
    still = np.column_stack([np.full(m, 2.0), rng.normal(size=m)])
    found = couple(np.arange(m), still, 0.3)
    assert found.why_not == "one of the two never changes"
    assert math.isnan(found.first_on_second.rate)


@pytest.mark.parametrize(
    ("times", "scores", "errors", "says"),
    [
        ([1, 0], [[1, 2], [2, 3]], 0.3, "go back"),
        ([0, 1], [[1, 2]], 0.3, "do not fit"),
        ([0, 1], [[1, 2], [2, np.inf]], 0.3, "infinite"),
        ([0, 1], [[1, 2], [2, 3]], 0.0, "positive"),
    ],
)
def test_what_cannot_be_is_named(times: list[float], scores: list[list[float]], errors: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        couple(times, scores, errors)


@pytest.mark.slow
def test_transfer_asks_each_figure_and_corrects_for_asking() -> None:
    rng = np.random.default_rng(5)
    weeks, scores = person(rng, 150)
    seldom = np.where(rng.random(150) < 0.9, np.nan, scores[:, 1])
    alone = person(rng, 150)[1][:, 1]
    others = {"mother": scores[:, 1], "friend": alone, "brother": seldom}
    found = transfer(weeks, scores[:, 0], others, dict.fromkeys(others, ERROR), ERROR)
    assert "at least" in found["brother"].coupling.why_not
    assert math.isnan(found["brother"].p)
    assert not found["brother"].signalled
    assert found["mother"].p == pytest.approx(min(2 * found["mother"].coupling.first_on_second.p, 1))
    assert found["mother"].signalled
    assert transfer(weeks, scores[:, 0], {}, {}, ERROR) == {}
    with pytest.raises(KeyError):
        transfer(weeks, scores[:, 0], {"aunt": alone}, {}, ERROR)
