"""A person's slope beside the group's: statsmodels' random effects, a closed form, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.change import slopes
from mooring.science.trajectory import Panel


def a_panel(persons: int = 40, each: int = 5, seed: int = 1) -> Panel:
    rng = np.random.default_rng(seed)
    own = rng.multivariate_normal([20, -1.5], [[9, -0.5], [-0.5, 1]], persons)
    weeks = np.tile(np.arange(each, dtype=float), persons)
    who = np.repeat(np.arange(persons), each)
    scores = own[who, 0] + own[who, 1] * weeks + rng.normal(0, 1.5, weeks.size)
    scores[rng.random(weeks.size) < 0.15] = np.nan
    return Panel(np.arange(persons + 1) * each, weeks, scores, np.zeros(weeks.size))


def test_as_statsmodels_random_effects() -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    panel = a_panel()
    some = ~np.isnan(panel.scores)
    who = np.repeat(np.arange(40), 5)[some]
    design = np.column_stack([np.ones(some.sum()), panel.times[some]])
    theirs = MixedLM(panel.scores[some], design, groups=who, exog_re=design).fit(reml=True, method="lbfgs")
    means = np.array([theirs.random_effects[k].to_numpy()[1] for k in range(40)])
    ours = slopes(panel)
    np.testing.assert_allclose(ours.rate, theirs.fe_params[1] + means, rtol=2e-3)
    # Conditional covariance by Bayes' rule: (Z'Z/σ² + D⁻¹)⁻¹.
    precision = np.linalg.inv(np.asarray(theirs.cov_re))
    errors = [
        np.linalg.inv(design[who == k].T @ design[who == k] / theirs.scale + precision)[1, 1] ** 0.5 for k in range(40)
    ]
    np.testing.assert_allclose(ours.rc, means / errors, atol=5e-3)
    assert (ours.reliable == (np.abs(ours.rc) > 1.96)).all()


def test_unit_and_origin_of_time_and_the_order_of_people_do_not_matter() -> None:
    panel = a_panel()
    here, there = slopes(panel), slopes(panel._replace(times=panel.times * 7 + 300))
    np.testing.assert_allclose(there.rc, here.rc, atol=1e-6)
    np.testing.assert_allclose(there.rate * 7, here.rate, rtol=1e-6)
    turned = panel._replace(scores=panel.scores.reshape(40, 5)[::-1].ravel())
    np.testing.assert_allclose(slopes(turned).rc[::-1], here.rc, atol=1e-6)


def test_a_person_without_an_answer_has_none_and_one_with_a_single_answer_is_near_the_group() -> None:
    panel = a_panel()
    panel.scores[:5] = np.nan
    panel.scores[6:10] = np.nan
    found = slopes(panel)
    assert np.isnan(found.rc[0])
    assert not found.reliable[0]
    assert abs(found.rate[1] - found.group) < abs(found.rate[2:] - found.group).max()


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        (np.full(20, 3.0), "all answers are one number"),
        (np.full(20, np.nan), "fewer than three"),
        (np.tile([5.0, 4.0, 3.0, 2.0], 5) + np.repeat(np.arange(5.0), 4), "lie on their lines"),
    ],
)
def test_what_tells_nothing_is_named(scores: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        slopes(Panel(np.arange(6) * 4, np.tile(np.arange(4.0), 5), scores, np.zeros(20)))


def test_slopes_that_do_not_differ_and_times_that_are_none_are_named() -> None:
    rng = np.random.default_rng(2)
    alike = np.repeat(rng.normal(0, 3, 30), 4) + np.tile([0.3, -0.3, -0.3, 0.3], 30)
    panel = Panel(np.arange(31) * 4, np.tile(np.arange(4.0), 30), alike, np.zeros(120))
    with pytest.raises(ValueError, match="slopes do not differ"):
        slopes(panel)
    with pytest.raises(ValueError, match="occasion 3: time is not finite"):
        slopes(panel._replace(times=np.where(np.arange(120) == 3, np.inf, panel.times)))
    with pytest.raises(ValueError, match="one time"):
        slopes(panel._replace(times=np.zeros(120)))
