"""Scores against brute force: integrals by scipy, maxima by search, closed forms of single items."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from mooring.science.dynamics import Dynamics, Prior
from mooring.science.graded_response import scores, simulate
from mooring.science.graded_response.model import Answers, Floats, Items, probabilities
from mooring.science.graded_response.scores import Normal, Reason
from mooring.science.simulate import trend_path
from mooring.science.trajectory import Panel, trajectories

ITEMS = simulate.bank(9, np.random.default_rng(1), categories=(2, 5, 7))
PLANE = simulate.bank(11, np.random.default_rng(2), categories=(3, 5), dimensions=2)


def some_answers(items: Items, n: int = 12, missing: float = 0.2) -> Answers:
    rng = np.random.default_rng(3)
    return simulate.answers(items, rng.normal(size=(n, int(items.dimension.max()) + 1)), rng, missing=missing)


def log_likelihood(items: Items, row: Answers, theta: float) -> float:
    chance = probabilities(items, theta)[:, 0]
    return float(sum(np.log(max(chance[j, x], 1e-300)) for j, x in enumerate(row) if x >= 0))


@pytest.mark.parametrize("prior", [Normal(), Normal(0.7, 0.5), Normal(-1, 3)])
def test_eap_is_the_mean_of_the_posterior(prior: Normal) -> None:
    given = some_answers(ITEMS)
    ours = scores.eap(ITEMS, given, prior)
    for i, row in enumerate(given):

        def density(theta: float, power: int, row: Answers = row) -> float:
            weight = stats.norm.pdf(theta, prior.mean, prior.sd)
            return float(theta**power * np.exp(log_likelihood(ITEMS, row, theta)) * weight)

        total, once, twice = (
            integrate.quad(density, prior.mean - 8 * prior.sd, prior.mean + 8 * prior.sd, (p,), epsabs=0, limit=200)[0]
            for p in (0, 1, 2)
        )
        assert ours.theta[i] == pytest.approx(once / total, abs=1e-6)
        assert ours.standard_error[i] == pytest.approx(np.sqrt(twice / total - (once / total) ** 2), rel=1e-5)


def test_eap_of_one_two_category_item_by_hand() -> None:
    """E[θ | yes] = E[θ σ(aθ)] / ½, and by Stein's lemma E[θ σ(aθ)] = a E[σ'(aθ)]."""
    a = 1.7
    item = Items(np.array([a]), np.zeros((1, 1)), np.zeros(1, dtype=np.int64))
    slope, _ = integrate.quad(lambda t: stats.norm.pdf(t) / (2 + 2 * np.cosh(a * t)), -12, 12)
    assert scores.eap(item, [[1]]).theta[0] == pytest.approx(2 * a * slope, abs=1e-7)
    assert scores.eap(item, [[0]]).theta[0] == pytest.approx(-2 * a * slope, abs=1e-7)


def test_maximum_likelihood_is_the_highest_point() -> None:
    given = some_answers(ITEMS, 40)
    ours = scores.ml(ITEMS, given)
    assert (ours.reason == Reason.SCORED).sum() > 30
    for theta, row in zip(ours.theta, given, strict=True):
        if np.isfinite(theta):
            found = optimize.minimize_scalar(lambda t, row=row: -log_likelihood(ITEMS, row, t), bounds=(-9, 9))
            assert theta == pytest.approx(found.x, abs=1e-4)
            assert log_likelihood(ITEMS, row, theta) >= -found.fun - 1e-12


def test_maximum_likelihood_of_one_item_by_hand() -> None:
    """The middle of three categories peaks half-way between the thresholds."""
    item = Items(np.array([2.0]), np.array([[-0.4, 1.0]]), np.zeros(1, dtype=np.int64))
    assert scores.ml(item, [[1]]).theta[0] == pytest.approx(0.3, abs=1e-9)


def test_no_maximum_at_the_ends_is_said_not_made_up() -> None:
    lowest, highest = np.zeros(9, dtype=np.int8), (ITEMS.categories - 1).astype(np.int8)
    found = scores.ml(ITEMS, np.stack([lowest, highest, np.full(9, -1, dtype=np.int8)]))
    assert np.isnan(found.theta).all()
    assert np.isnan(found.standard_error).all()
    assert found.reason.tolist() == [Reason.ALL_LOWEST, Reason.ALL_HIGHEST, Reason.NO_ANSWERS]
    weighted = scores.wle(ITEMS, np.stack([lowest, highest]))
    assert np.isfinite(weighted.theta).all()
    assert weighted.theta[0] < ITEMS.b[:, 0].min()
    assert weighted.theta[1] > np.nanmax(ITEMS.b)


def test_categories_nobody_chose_are_no_place_to_look() -> None:
    """A calibration puts the threshold of an unseen lowest category at a b = −40: the second is the lowest then."""
    items = Items(np.full(3, 2.0), np.tile([-20.0, -0.5, 0.5], (3, 1)), np.zeros(3, dtype=np.int64))
    assert scores.ml(items, [[1, 1, 1]]).reason[0] == Reason.ALL_LOWEST
    without = items._replace(b=items.b[:, 1:])
    for estimator in (scores.eap, scores.wle):
        np.testing.assert_allclose(
            estimator(items, [[1, 1, 1]]).theta, estimator(without, [[0, 0, 0]]).theta, atol=1e-6
        )


@pytest.mark.parametrize(("answer", "chance"), [(0, 1 / 4), (1, 3 / 4)])
def test_weighted_likelihood_of_one_item_by_hand(answer: int, chance: float) -> None:
    """−aP + a(1 − 2P)/2 = 0 gives P = ¼ for a no, and by symmetry ¾ for a yes; I = a² P (1 − P)."""
    a, b = 1.3, 0.4
    item = Items(np.array([a]), np.array([[b]]), np.zeros(1, dtype=np.int64))
    found = scores.wle(item, [[answer]])
    assert found.theta[0] == pytest.approx(b + np.log(chance / (1 - chance)) / a, abs=1e-8)
    assert found.standard_error[0] == pytest.approx(1 / np.sqrt(a**2 * 3 / 16))


def test_weighted_likelihood_solves_warms_equation() -> None:
    """With P' and P'' by differences of the probabilities alone."""
    given = some_answers(ITEMS, 30)
    ours = scores.wle(ITEMS, given)
    h = 1e-4
    for theta, error, row in zip(ours.theta, ours.standard_error, given, strict=True):
        left, here, right = probabilities(ITEMS, [theta - h, theta, theta + h]).transpose(1, 0, 2)
        first, second = (right - left) / (2 * h), (right - 2 * here + left) / h**2
        used = (row >= 0)[:, None] & (here > 0)
        information = (first[used] ** 2 / here[used]).sum()
        lean = (first[used] * second[used] / here[used]).sum()
        slope = sum(first[j, x] / here[j, x] for j, x in enumerate(row) if x >= 0)
        assert slope + lean / (2 * information) == pytest.approx(0, abs=1e-5)
        assert error == pytest.approx(information**-0.5, rel=1e-6)


def test_weighted_likelihood_is_less_biased() -> None:
    items = simulate.bank(8, np.random.default_rng(4), categories=5)
    given = simulate.answers(items, np.full(20_000, 1.2), np.random.default_rng(5))
    plain, weighted = scores.ml(items, given), scores.wle(items, given)
    both = np.isfinite(plain.theta)
    assert abs(weighted.theta[both].mean() - 1.2) < abs(plain.theta[both].mean() - 1.2) / 2


def test_contradictions_far_apart_are_not_decided() -> None:
    """One steep item answered in the middle of a gap of six: Warm's weight has a peak at either threshold."""
    item = Items(np.array([4.0]), np.array([[-3.0, 3.0]]), np.zeros(1, dtype=np.int64))
    found = scores.wle(item, [[1]])
    assert found.reason[0] == Reason.UNDECIDED
    assert np.isnan(found.theta[0])
    assert scores.eap(item, [[1]]).theta[0] == pytest.approx(0, abs=1e-9)


def test_dividing_the_prior_out_and_in_again_changes_nothing() -> None:
    prior = Normal(0.4, 1.3)
    posterior = scores.eap(ITEMS, some_answers(ITEMS), prior)
    alone = scores.without_prior(posterior, prior)
    precision = 1 / alone.standard_error**2 + 1 / prior.sd**2
    np.testing.assert_allclose(precision**-0.5, posterior.standard_error)
    mean = (alone.theta / alone.standard_error**2 + prior.mean / prior.sd**2) / precision
    np.testing.assert_allclose(mean, posterior.theta)


def test_the_likelihood_alone_hardly_depends_on_the_prior_divided_out() -> None:
    """With many answers the likelihood is nearly normal, and near its maximum."""
    items = simulate.bank(60, np.random.default_rng(6))
    given = simulate.answers(items, np.linspace(-1, 1, 20), np.random.default_rng(7))
    alone = scores.likelihood_alone(items, given)
    np.testing.assert_allclose(alone.theta, scores.without_prior(scores.eap(items, given)).theta, atol=0.01)
    np.testing.assert_allclose(alone.theta, scores.ml(items, given).theta, atol=0.02)
    np.testing.assert_allclose(alone.standard_error, scores.ml(items, given).standard_error, rtol=0.1)


def test_the_likelihood_alone_exists_at_the_ends_and_not_without_answers() -> None:
    rows = np.stack([np.zeros(9), ITEMS.categories - 1, np.full(9, -1)]).astype(np.int8)
    alone = scores.likelihood_alone(ITEMS, rows)
    assert np.isfinite(alone.theta).tolist() == [True, True, False]
    assert np.isfinite(alone.standard_error).tolist() == [True, True, False]
    assert alone.reason[2] == Reason.NO_ANSWERS


def dense_plane(items: Items, row: Answers, correlation: float) -> tuple[Floats, Floats]:
    """Mean and covariance on a fine grid of both θ at once."""
    points = np.linspace(-7, 7, 281)
    x, y = np.meshgrid(points, points, indexing="ij")
    log = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).logpdf(np.stack([x, y], axis=-1))
    chance = probabilities(items, points)
    for j, answer in enumerate(row):
        if answer >= 0:
            one = np.log(chance[j, :, answer])
            log = log + (one[:, None] if items.dimension[j] == 0 else one[None, :])
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    mean = np.array([(mass * x).sum(), (mass * y).sum()])
    apart = np.stack([x - mean[0], y - mean[1]])
    return mean, np.einsum("aij,bij,ij->ab", apart, apart, mass)


@pytest.mark.parametrize("correlation", [-0.3, 0.0, 0.8])
def test_two_dimensions_agree_with_a_dense_plane(correlation: float) -> None:
    given = some_answers(PLANE)
    ours = scores.eap_plane(PLANE, given, correlation)
    for i, row in enumerate(given):
        mean, covariance = dense_plane(PLANE, row, correlation)
        np.testing.assert_allclose(ours.theta[i], mean, atol=1e-5)
        np.testing.assert_allclose(ours.covariance[i], covariance, atol=1e-5)


def test_uncorrelated_dimensions_are_two_scales() -> None:
    given = some_answers(PLANE)
    both = scores.eap_plane(PLANE, given, 0.0)
    for axis in (0, 1):
        alone = scores.eap(scores.only(PLANE, axis), given[:, PLANE.dimension == axis])
        np.testing.assert_allclose(both.theta[:, axis], alone.theta, atol=1e-9)
        np.testing.assert_allclose(both.standard_error[:, axis], alone.standard_error, rtol=1e-7)
    np.testing.assert_allclose(both.covariance[:, 0, 1], 0, atol=1e-12)


def test_one_construct_is_not_scored_from_the_other() -> None:
    given = some_answers(PLANE, missing=0.0)
    given[3, PLANE.dimension == 1] = -1
    found = scores.eap_plane(PLANE, given, 0.8)
    assert np.isfinite(found.theta[3, 0])
    assert np.isnan(found.theta[3, 1])
    assert np.isnan(found.covariance[3, 0, 1])
    assert found.reason[3].tolist() == [Reason.SCORED, Reason.NO_ANSWERS]


def test_each_axis_has_its_own_maximum() -> None:
    given = some_answers(PLANE)
    both = scores.by_axis(PLANE, given, scores.wle)
    alone = scores.wle(scores.only(PLANE, 1), given[:, PLANE.dimension == 1])
    np.testing.assert_array_equal(both.theta[:, 1], alone.theta)
    np.testing.assert_allclose(both.standard_error[:, 1], alone.standard_error)


def test_long_contradictory_rows_do_not_underflow() -> None:
    items = simulate.bank(401, np.random.default_rng(8), categories=2)
    row = (np.arange(401) % 2).astype(np.int8)
    found = scores.eap(items, [row])
    best = scores.ml(items, [row])
    assert found.theta[0] == pytest.approx(best.theta[0], abs=0.02)
    assert found.standard_error[0] == pytest.approx(best.standard_error[0], rel=0.05)


def test_many_rows_in_threads_are_the_same_rows() -> None:
    given = np.repeat(some_answers(ITEMS, 50), 400, axis=0)
    for estimator in (scores.eap, scores.ml, scores.wle):
        few, many = estimator(ITEMS, given[::400]), estimator(ITEMS, given)
        np.testing.assert_array_equal(many.theta[::400], few.theta)
        np.testing.assert_array_equal(many.theta[399::400], few.theta)


@pytest.mark.parametrize(
    ("items", "answers", "message"),
    [
        (ITEMS, [[0] * 8], "persons by 9 items"),
        (ITEMS, [[0.5] * 9], "person 0, item 0: 0.5"),
        (ITEMS, [[0] * 9, [0] * 8 + [9]], "person 1, item 8: 9 is no category"),
        (ITEMS, [[-2] + [0] * 8], "person 0, item 0: -2"),
        (ITEMS._replace(a=-ITEMS.a), [[0] * 9], "item 0: a must be positive"),
        (ITEMS._replace(b=-ITEMS.b), [[0] * 9], "ascending"),
        (PLANE, [[0] * 11], "dimensions 0 to 0"),
    ],
)
def test_what_is_no_answer_or_no_model_is_refused(items: Items, answers: list[list[int]], message: str) -> None:
    for estimator in (scores.eap, scores.ml, scores.wle):
        with pytest.raises(ValueError, match=message):
            estimator(items, answers)


@pytest.mark.parametrize("prior", [Normal(0, 0), Normal(np.nan, 1), Normal(0, np.inf)])
def test_an_impossible_prior_is_refused(prior: Normal) -> None:
    with pytest.raises(ValueError, match="prior"):
        scores.eap(ITEMS, some_answers(ITEMS), prior)


@pytest.mark.parametrize("correlation", [1.0, -1.0, np.nan])
def test_an_impossible_correlation_is_refused(correlation: float) -> None:
    with pytest.raises(ValueError, match="correlation"):
        scores.eap_plane(PLANE, some_answers(PLANE), correlation)


@pytest.mark.parametrize("start", [0.0, 1.5])
def test_a_filter_fed_with_the_likelihood_alone_covers(start: float) -> None:
    """600 persons × 15 weeks × 6 items, about the reference mean and far from it; plain EAP counts history twice."""
    rng = np.random.default_rng(9)
    items = simulate.bank(6, rng)
    moves, prior = Dynamics(0.02, 2e-4, 0.25), Prior(0.0, 1.0, 0.03)
    weeks = np.arange(15.0)
    levels = np.array([trend_path(weeks, moves, prior._replace(mean=start), rng) for _ in range(600)])
    states = levels + rng.normal(0, moves.occasion_sd, levels.shape)
    given = simulate.answers(items, states.ravel(), rng)

    def coverage(found: scores.Scores) -> float:
        offsets = np.arange(601) * weeks.size
        panel = Panel(offsets, np.tile(weeks, 600), found.theta, found.standard_error)
        filtered = trajectories(panel, moves, prior).filtered
        return float((np.abs(filtered.level - levels.ravel()) < 1.96 * filtered.level_sd).mean())

    alone = coverage(scores.likelihood_alone(items, given))
    assert 0.925 < alone < 0.97
    assert alone > coverage(scores.wle(items, given)) > coverage(scores.eap(items, given))


@settings(deadline=None, max_examples=150, derandomize=True)
@drawn(st.data())
def test_any_row_has_a_sensible_score_or_a_reason(data: st.DataObject) -> None:
    """One item or many, flat or steep, skipped, constant, extreme or contradictory."""
    seed, size = data.draw(st.integers(0, 200)), data.draw(st.integers(1, 12))
    rng = np.random.default_rng(seed)
    items = simulate.bank(size, rng, categories=(2, 3, 11), discrimination=(0.2, 6.0), centre_sd=2.0)
    free = [data.draw(st.integers(-1, int(k) - 1)) for k in items.categories]
    constant = np.minimum(data.draw(st.integers(0, 10)), items.categories - 1)
    rows = np.array([free, constant, items.categories - 1, np.zeros(size), np.full(size, -1)]).astype(int)
    # 61 nodes on ±6 are 0.2 apart: a narrower prior than a quarter falls between them.
    prior = Normal(data.draw(st.floats(-3, 3)), data.draw(st.floats(0.25, 5)))
    answered = (rows >= 0).sum(axis=1)
    for found in (scores.eap(items, rows, prior), scores.likelihood_alone(items, rows)):
        assert (np.isfinite(found.theta) == (answered > 0)).all()
        assert (np.isfinite(found.standard_error) == (answered > 0)).all()
    posterior = scores.eap(items, rows, prior).standard_error[answered > 0]
    assert ((posterior > 0) & (posterior <= prior.sd * (1 + 1e-6))).all()
    for found in (scores.ml(items, rows), scores.wle(items, rows)):
        scored = found.reason == Reason.SCORED
        assert (np.isfinite(found.theta) == scored).all()
        assert (np.isfinite(found.standard_error) == scored).all()
        np.testing.assert_array_equal(found.answered, answered)
        assert found.reason[4] == Reason.NO_ANSWERS
    assert scores.ml(items, rows).reason[[2, 3]].tolist() == [Reason.ALL_HIGHEST, Reason.ALL_LOWEST]


def test_missing_answers_are_the_items_left_out() -> None:
    row = some_answers(ITEMS, 1, missing=0.0)
    left_out = row.copy()
    left_out[0, [1, 4]] = -1
    rest = Items(*(np.delete(part, [1, 4], axis=0) for part in ITEMS))
    for estimator in (scores.eap, scores.ml, scores.wle):
        with_holes, without = estimator(ITEMS, left_out), estimator(rest, np.delete(row, [1, 4], axis=1))
        assert with_holes.theta[0] == pytest.approx(without.theta[0], abs=1e-8)
        assert with_holes.standard_error[0] == pytest.approx(without.standard_error[0], rel=1e-7)


def test_a_higher_answer_is_never_a_lower_score() -> None:
    """The model's likelihood ratio is monotone in each answer."""
    row = some_answers(ITEMS, 1, missing=0.0)[0]
    for j, k in enumerate(ITEMS.categories):
        rows = np.tile(row, (int(k), 1))
        rows[:, j] = np.arange(k)
        assert (np.diff(scores.eap(ITEMS, rows).theta) > 0).all()


def test_compiled_and_interpreted_kernels_agree() -> None:
    script = """
import json, numpy as np
from mooring.science.graded_response import scores
from tests.science.graded_response.test_scores import ITEMS, PLANE, some_answers
one = [np.nan_to_num(f(ITEMS, some_answers(ITEMS))[:2]).tolist() for f in (scores.eap, scores.ml, scores.wle)]
print(json.dumps([*one, scores.eap_plane(PLANE, some_answers(PLANE), 0.4).theta.tolist()]))
"""
    said = []
    for disabled in "01":
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
            text=True,
        )
        said.append(json.loads(done.stdout))
    for compiled, interpreted in zip(*said, strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-8, atol=1e-9)
