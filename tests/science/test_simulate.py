"""The simulator has the moments it promises: means, variances, autocorrelations with known closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science import simulate
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.simulate import DISTRESS, SECURITY, Disturbance, Skipping

MANY = 40_000


def turned(answers: simulate.Floats, form: simulate.Form) -> simulate.Floats:
    scored = answers.copy()
    scored[:, list(form.reversed)] = form.minimum + form.maximum - scored[:, list(form.reversed)]
    return scored


@pytest.mark.parametrize("heavy_tails", [False, True])
@pytest.mark.parametrize("form", [SECURITY, simulate.ANXIETY])
def test_the_mean_of_the_items_errs_by_the_standard_error(form: simulate.Form, heavy_tails: bool) -> None:
    rng = np.random.default_rng(1)
    level = np.full(MANY, form.middle)
    score = turned(simulate.item_answers(level, form, rng, heavy_tails=heavy_tails), form).mean(axis=1)
    assert score.mean() == pytest.approx(form.middle, abs=0.02)
    # Clipping trims the tails: the error is the SEM or a little less, never more.
    ratio = score.std() / form.standard_error
    assert 0.85 < ratio < 1.02


def test_reversed_items_move_against_the_level() -> None:
    rng = np.random.default_rng(2)
    low = simulate.item_answers(np.full(4000, 2.0), DISTRESS, rng).mean(axis=0)
    high = simulate.item_answers(np.full(4000, 4.0), DISTRESS, rng).mean(axis=0)
    assert high[3] < low[3]
    assert (high[:3] > low[:3]).all()


@pytest.mark.parametrize("heavy_tails", [False, True])
def test_a_wobble_keeps_its_variance_and_decays(heavy_tails: bool) -> None:
    rng = np.random.default_rng(3)
    weeks = np.arange(200_000.0)
    mood = simulate.deviations(weeks, Disturbance(0.0, 0.5, 2.0, heavy_tails), rng)
    assert mood.var() == pytest.approx(0.25, rel=0.08)
    # Closed form: the correlation one week apart is exp(-1/2).
    assert np.corrcoef(mood[1:], mood[:-1])[0, 1] == pytest.approx(np.exp(-0.5), abs=0.02)


def test_days_are_independent() -> None:
    days = simulate.deviations(np.arange(100_000.0), Disturbance(0.3), np.random.default_rng(4))
    assert days.std() == pytest.approx(0.3, rel=0.01)
    assert abs(np.corrcoef(days[1:], days[:-1])[0, 1]) < 0.01


def test_drawn_levels_have_the_covariance_of_the_model() -> None:
    """Var(level at t) = P0 + t² S0 + q_l t + q_s t³/3, from the integrated equation."""
    rng = np.random.default_rng(5)
    dynamics, prior = Dynamics(0.3, 0.02, 0.0), Prior(4.0, 1.0, 0.2)
    weeks = np.array([0.0, 1.0, 1.0, 6.0])
    levels = np.array([simulate.trend_path(weeks, dynamics, prior, rng) for _ in range(20_000)])
    expected = 1.0 + weeks**2 * 0.04 + 0.3 * weeks + 0.02 * weeks**3 / 3
    np.testing.assert_allclose(levels.var(axis=0), expected, rtol=0.04)
    np.testing.assert_array_equal(levels[:, 1], levels[:, 2])


def test_distressed_weeks_are_missed_more_often() -> None:
    rng = np.random.default_rng(6)
    skipping = Skipping(0.1, 1.0)
    calm = simulate.missed(np.full(MANY, 0.0), skipping, rng).mean()
    upset = simulate.missed(np.full(MANY, 1.0), skipping, rng).mean()
    assert calm == pytest.approx(0.1, abs=0.01)
    assert upset == pytest.approx(1 / (1 + 9 / np.e), abs=0.01)  # odds 1/9 times e


@pytest.mark.parametrize(("rate", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_a_rate_of_none_or_all(rate: float, share: float) -> None:
    assert simulate.missed(np.zeros(50), Skipping(rate, 3.0), np.random.default_rng(0)).mean() == share


def test_skipping_leaves_the_other_answers_alone() -> None:
    weeks = np.arange(10.0)
    skip = weeks == 4
    level = np.full(10, 5.0)
    days = Disturbance(0.5)
    all_weeks = simulate.simulate(weeks, level, SECURITY, days, np.random.default_rng(7))
    one_missed = simulate.simulate(weeks, level, SECURITY, days, np.random.default_rng(7), skip=skip)
    assert np.isnan(one_missed.answers[4]).all()
    np.testing.assert_array_equal(all_weeks.answers[~skip], one_missed.answers[~skip])


def test_single_items_are_skipped_at_their_rate() -> None:
    weeks = np.arange(5000.0)
    rng = np.random.default_rng(8)
    series = simulate.simulate(weeks, np.full(5000, 5.0), SECURITY, Disturbance(0.5), rng, item_rate=0.1)
    assert np.isnan(series.answers).mean() == pytest.approx(0.1, abs=0.01)


def test_a_path_is_linear_between_knots_and_flat_beyond() -> None:
    np.testing.assert_allclose(simulate.path([(2, 1.0), (4, 3.0)], [1, 2, 3, 4, 9]), [1, 1, 2, 3, 3])


@pytest.mark.parametrize("knots", [[], [(2, 1.0), (2, 3.0)], [(1, np.nan)]])
def test_impossible_knots_are_refused(knots: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="knot"):
        simulate.path(knots, [1.0])


def test_weeks_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="decrease"):
        simulate.deviations([3.0, 1.0], Disturbance(0.1), np.random.default_rng(0))
