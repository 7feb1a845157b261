"""Differential item functioning: not found where there is none, found, sized and named where it was put."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats

from mooring.science.graded_response import dif, simulate
from mooring.science.graded_response.model import Answers, Floats, Items, probabilities

ITEMS = simulate.bank(8, np.random.default_rng(1), categories=5)
GROUPS = np.repeat(["men", "women"], [900, 700])
SECOND = GROUPS == "women"
IMPACT = 0.6
"""Women stand so much higher in θ: a difference between people, not between items."""


def simulated(seed: int, theirs: Items = ITEMS) -> tuple[Answers, Floats]:
    """Answers, and θ."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=GROUPS.size) + IMPACT * SECOND
    answers = simulate.answers(ITEMS, theta, rng)
    answers[SECOND] = simulate.answers(theirs, theta[SECOND], rng)
    return answers, theta


def shifted(items: list[int], by: float) -> Items:
    b = ITEMS.b.copy()
    b[items] += by
    return ITEMS._replace(b=b)


def flatter(item: int, by: float) -> Items:
    a = ITEMS.a.copy()
    a[item] *= by
    return ITEMS._replace(a=a)


def test_people_who_differ_are_no_items_that_differ() -> None:
    """p of 25 × 8 tests without any difference of items: uniform, 5 % below .05, hardly a flag."""
    found = [dif.differential_functioning(simulated(s)[0], GROUPS, categories=5, rounds=1) for s in range(25)]
    p = np.array([item.p for one in found for item in one.items])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert 0.015 < (p < 0.05).mean() < 0.095
    assert sum(any(item.flagged for item in one.items) for one in found) <= 5
    assert np.mean([one.groups[1].mean for one in found]) == pytest.approx(IMPACT, abs=0.03)


def test_a_shifted_item_is_found_sized_and_called_uniform() -> None:
    """Effect against the difference of the true curves over the second group's θ."""
    theirs = shifted([2], 0.5)
    found = dif.differential_functioning(simulated(100, theirs)[0], GROUPS, categories=5)
    assert [item.item for item in found.items if item.flagged] == [2]
    assert found.settled
    assert 2 not in found.anchors
    assert [group.label for group in found.groups] == ["men", "women"]
    assert found.items[2].slope_p > 0.01
    theta = np.random.default_rng(2).normal(IMPACT, 1, 20_000)
    curves = [(probabilities(items, theta) @ np.arange(5))[2] for items in (ITEMS, theirs)]
    assert found.items[2].signed[0] == pytest.approx((curves[1] - curves[0]).mean(), abs=0.1)
    assert found.items[2].unsigned[0] == pytest.approx(abs(found.items[2].signed[0]), abs=0.02)
    assert abs(found.items[0].signed[0]) < 0.12


def test_the_shift_is_the_one_a_regression_on_the_true_theta_finds() -> None:
    """Ordered logit of the item on θ and group (Zumbo 1999), by statsmodels: −coefficient / slope is the shift in b."""
    ordinal = pytest.importorskip("statsmodels.miscmodels.ordinal_model")
    answers, theta = simulated(101, shifted([2], 0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ordinal.OrderedModel(answers[:, 2], np.column_stack([theta, SECOND]).astype(float), distr="logit")
        slope, group = model.fit(method="bfgs", disp=False).params[:2]
    found = dif.differential_functioning(answers, GROUPS, categories=5).items[2]
    assert found.by_group is not None
    shift = np.diff(found.by_group.b, axis=0).mean()
    assert shift == pytest.approx(-group / slope, abs=0.15)
    assert -group / slope == pytest.approx(0.5, abs=0.15)


def test_a_flatter_item_is_called_non_uniform() -> None:
    found = dif.differential_functioning(simulated(102, flatter(5, 0.4))[0], GROUPS, categories=5)
    assert [item.item for item in found.items if item.flagged] == [5]
    item = found.items[5]
    assert item.slope_p < 0.001
    assert item.unsigned[0] > abs(item.signed[0])


def test_purified_anchors_do_not_blame_the_innocent() -> None:
    """Three of eight shifted one way drag the scale along: at first nearly all seem to differ."""
    guilty, at_first, in_the_end = {0, 3, 6}, 0, 0
    for seed in range(200, 208):
        answers = simulated(seed, shifted(sorted(guilty), 0.7))[0]
        first = dif.differential_functioning(answers, GROUPS, categories=5, rounds=1)
        purified = dif.differential_functioning(answers, GROUPS, categories=5)
        assert not first.settled
        assert purified.settled
        flagged = {item.item for item in purified.items if item.flagged}
        assert guilty <= flagged
        assert set(purified.anchors) == set(range(8)) - flagged
        assert all(
            abs(purified.items[j].signed[0]) < 0.2 < -purified.items[g].signed[0] for j in (1, 2) for g in guilty
        )
        assert purified.groups[1].mean == pytest.approx(IMPACT, abs=0.2)
        at_first += len([item for item in first.items if item.flagged and item.item not in guilty])
        in_the_end += len(flagged - guilty)
    assert at_first > 20
    assert in_the_end <= 4


def test_three_groups_and_missing_answers() -> None:
    rng = np.random.default_rng(104)
    groups = rng.integers(0, 3, 2400)
    theta = rng.normal(size=2400) + 0.4 * groups
    answers = simulate.answers(ITEMS, theta, rng, missing=0.15)
    third = groups == 2
    answers[third] = simulate.answers(shifted([1], -0.6), theta[third], rng, missing=0.15)
    found = dif.differential_functioning(answers, groups, categories=5)
    assert [item.item for item in found.items if item.flagged] == [1]
    assert found.items[1].degrees == 10
    small, large = found.items[1].signed
    assert abs(small) < 0.15 < large


def test_an_item_a_group_was_never_asked_is_not_tested() -> None:
    answers = simulated(105)[0]
    answers[SECOND, 4] = -1
    answers[SECOND, 5] = 2
    found = dif.differential_functioning(answers, GROUPS, categories=5, rounds=2)
    for item in (4, 5):
        assert np.isnan(found.items[item].p)
        assert not found.items[item].flagged
        assert found.items[item].by_group is None
    assert np.isfinite([found.items[j].p for j in (0, 1, 2, 3, 6, 7)]).all()


def test_adjusted_p_is_benjamini_and_hochberg_s() -> None:
    found = dif.differential_functioning(simulated(106)[0], GROUPS, categories=5, rounds=1)
    p = np.array([item.p for item in found.items])
    order = np.argsort(p)
    stepped = np.minimum.accumulate((p[order] * 8 / np.arange(1, 9))[::-1])[::-1]
    np.testing.assert_allclose(np.array([item.adjusted_p for item in found.items])[order], np.minimum(stepped, 1))


@pytest.mark.parametrize(
    ("groups", "options", "message"),
    [
        (np.zeros(1600), {}, "two of each"),
        (np.zeros(3), {}, "one label a person"),
        (GROUPS, {"rate": 0}, "rate"),
        (GROUPS, {"rounds": 0}, "rounds"),
    ],
)
def test_impossible_comparisons_are_refused(groups: Floats, options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dif.differential_functioning(simulated(0)[0], groups, **options)  # type: ignore[arg-type]
