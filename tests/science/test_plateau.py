"""A plateau against the same model as one big Gaussian, and its probability against what was true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.stats import norm

from mooring.science import _kernels, simulate, trajectory
from mooring.science.dynamics import assumed_dynamics, assumed_prior
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.plateau import Plateau, plateaus
from mooring.science.signals import Series
from tests.science import dense

FORM = simulate.DISTRESS
SEM = FORM.standard_error
MARGIN = 1.96 * np.sqrt(2) * SEM
SOON = ASSUMED._replace(plateau=0.9, plateau_weeks=5.0, plateau_occasions=4)


def series(scores: ArrayLike, times: ArrayLike | None = None) -> Series:
    given_scores = np.asarray(scores, dtype=float)
    weeks = np.arange(given_scores.size, dtype=float) if times is None else times
    return Series(weeks, given_scores, SEM, SEM, assumed_dynamics(FORM.sd), assumed_prior(FORM.middle, FORM.sd))


def by_hand(one: Series, worse: int, point: OperatingPoint) -> list[Plateau]:
    """The docstring's equations on the dense posterior of each prefix; no code shared with the library."""
    times, scores = np.asarray(one.times, dtype=float), np.asarray(one.scores, dtype=float)
    seen = np.flatnonzero(np.isfinite(scores))
    found: list[Plateau] = []
    for row in range(seen.size):
        rows = seen[: row + 1]
        errors = np.full(rows.size, SEM)
        mean, covariance, _ = dense.posterior(times[rows], scores[rows], errors, one.dynamics, one.prior)
        change = mean[row] - mean[: row + 1]
        variance = np.diag(covariance)[: row + 1] + covariance[row, row] - 2 * covariance[row, : row + 1]
        sd = np.sqrt(np.maximum(variance, 1e-18))
        chance = norm.cdf((MARGIN - change) / sd) - norm.cdf((-MARGIN - change) / sd)
        if found and found[-1].ceased is None:
            if chance[list(seen).index(found[-1].since)] < point.release:
                found[-1] = found[-1]._replace(ceased=int(seen[row]))
            continue
        since = row
        while since > 0 and chance[since - 1] >= point.plateau:
            since -= 1
        weeks = times[rows[-1]] - times[rows[since]]
        if weeks >= point.plateau_weeks and row - since + 1 >= point.plateau_occasions:
            least = float(chance[since:].min())
            level, level_sd = float(mean[row]), float(np.sqrt(covariance[row, row]))
            moved = (float(-worse * change[0]), float(sd[0]))
            head = (int(rows[since]), int(rows[-1]), None, level, level_sd, weeks)
            found.append(Plateau(*head, least, point.plateau, MARGIN, *moved))
    return found


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=1, max_size=14),
    seed=st.integers(0, 999),
    worse=st.sampled_from([1, -1]),
)
def test_it_equals_the_dense_posterior(gaps: list[float], seed: int, worse: int) -> None:
    rng = np.random.default_rng(seed)
    scores = 2.6 + np.cumsum(rng.normal(0, 0.25, len(gaps)))
    scores[rng.random(len(gaps)) < 0.15] = np.nan
    one = series(scores, np.cumsum(gaps))
    ours, theirs = plateaus(one, worse, SOON), by_hand(one, worse, SOON)
    assert [each[:3] for each in ours] == [each[:3] for each in theirs]
    for our, their in zip(ours, theirs, strict=True):
        assert our[3:] == pytest.approx(their[3:], rel=1e-7, abs=1e-9)


def test_the_two_levels_are_those_of_the_joint_posterior() -> None:
    scores = [3.0, 2.5, 2.7, 2.6, 2.4, 2.6, 2.5, 2.6]
    one = series(scores)
    (found,) = plateaus(one, 1, SOON)
    errors = (one.standard_errors, one.dynamics, one.prior)
    chances = []
    for then in range(found.since, found.spoke):
        pair = trajectory.joint(one.times, scores, *errors, (then, found.spoke), upto=found.spoke)
        change, c = pair.mean[1] - pair.mean[0], pair.covariance
        sd = np.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1])
        chances.append(norm.cdf((MARGIN - change) / sd) - norm.cdf((-MARGIN - change) / sd))
    assert found.probability == pytest.approx(min(chances), rel=1e-9)
    assert found.probability >= SOON.plateau


def test_the_stated_probability_is_how_often_it_is_true() -> None:
    """Levels drawn from the model: of pairs said to lie within one reliable change with a probability near p, a share
    p do. 10,000 courses of 12 weeks, five bins; each within four binomial errors, and none of them is large."""
    rng = np.random.default_rng(12)
    moves, prior = assumed_dynamics(FORM.sd), assumed_prior(FORM.middle, FORM.sd)
    said, true = [], []
    weeks, day = np.arange(12.0), moves.occasion_sd
    for _ in range(10000):
        level = simulate.trend_path(weeks, moves, prior, rng)
        scores = level + rng.normal(0, np.hypot(SEM, day), 12)
        pair = trajectory.joint(weeks, scores, SEM, moves, prior, (0, 11))
        c = pair.covariance
        change, sd = pair.mean[1] - pair.mean[0], np.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1])
        said.append(norm.cdf((MARGIN - change) / sd) - norm.cdf((-MARGIN - change) / sd))
        true.append(abs(level[11] - level[0]) < MARGIN)
    probability, within = np.array(said), np.array(true)
    for low, high in ((0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 0.99), (0.99, 1.001)):
        rows = (probability >= low) & (probability < high)
        expected = probability[rows].mean()
        error = np.sqrt(expected * (1 - expected) / rows.sum())
        assert error < 0.02
        assert within[rows].mean() == pytest.approx(expected, abs=4 * error), (low, high)


def test_it_waits_for_its_weeks_and_its_answers() -> None:
    (found,) = plateaus(series(np.full(20, 2.5)), 1)
    assert found.weeks >= ASSUMED.plateau_weeks
    assert found.gained == pytest.approx(0, abs=0.2)
    assert plateaus(series(np.full(12, 2.5)), 1) == (), "eleven weeks"
    few = np.full(20, np.nan)
    few[[0, 6, 12, 18]] = 2.5
    assert plateaus(series(few), 1) == (), "four answers"


def test_after_an_improvement_it_says_how_much() -> None:
    falls = np.concatenate([np.linspace(4.6, 2.2, 12), np.full(20, 2.2)])
    (found,) = plateaus(series(falls), 1)
    assert 7 <= found.since <= 13
    assert found.gained > 4 * found.gained_sd > 0
    (mirror,) = plateaus(series(6.0 - falls), -1)
    assert mirror.gained == pytest.approx(found.gained)


def test_it_ceases_when_the_level_has_left() -> None:
    scores = np.concatenate([np.full(20, 2.0), np.full(10, 2.0 + 2 * MARGIN)])
    (found,) = plateaus(series(scores), 1)
    assert found.ceased is not None
    assert 20 <= found.ceased <= 25
    (before,) = plateaus(series(scores[: found.ceased]), 1)
    assert before == found._replace(ceased=None), "what was said stands"


def test_while_it_falls_steadily_nothing_stands() -> None:
    assert plateaus(series(np.linspace(5.0, 1.0, 30)), 1) == ()


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_too_few_occasions_and_doubled_times_say_nothing(length: int) -> None:
    assert plateaus(series(np.full(length, 2.0)), 1) == ()
    assert plateaus(series(np.full(20, 2.0), np.zeros(20)), 1) == ()
    assert plateaus(series(np.full(20, np.nan)), 1) == ()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="sem"):
        plateaus(series([2.0, 2.0])._replace(sem=0.0), 1)
    with pytest.raises(ValueError, match="before the one before"):
        plateaus(series([2.0, 2.0], [3.0, 1.0]), 1)


def test_compiled_and_plain_agree() -> None:
    rng = np.random.default_rng(3)
    times, scores = np.arange(20.0), 2.5 + rng.normal(0, 0.3, 20)
    one = series(scores)
    numbers = trajectory.model(one.dynamics, one.prior)
    given = (times, scores, np.full(20, SEM**2 + one.dynamics.occasion_sd**2), numbers, MARGIN, 0.9, 0.5, 5.0, 4)
    plain = getattr(_kernels.plateaus, "py_func", _kernels.plateaus)
    for ours, theirs in zip(_kernels.plateaus(*given), plain(*given), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)
