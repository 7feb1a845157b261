"""Adaptive check-ins: each choice against brute force, and simulated clients whose θ is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from mooring.science import adaptive
from mooring.science.adaptive import SKIPPED, Rules, Why
from mooring.science.graded_response import scores, simulate
from mooring.science.graded_response.information import item_information
from mooring.science.graded_response.model import MISSING, Answers, probabilities
from mooring.science.graded_response.scores import Normal

ITEMS = simulate.bank(36, np.random.default_rng(5), categories=(5, 7))
FACETS = np.arange(36) % 4
BANK = adaptive.calibrated(ITEMS, FACETS)
ERROR = (1 / 0.32**2 + 1) ** -0.5
"""Posterior error at which the answers alone, without the standard normal prior, have 0.32."""


def nothing_asked(bank: adaptive.Bank = BANK) -> Answers:
    return np.full(bank.facets.size, MISSING, dtype=np.int8)


def best_by_search(row: Answers, prior: Normal) -> tuple[float, int]:
    """The posterior's mode by scipy, and the open item of the facets asked least with the most information there."""

    def against(theta: float) -> float:
        chance = probabilities(ITEMS, theta)[:, 0]
        likelihood = sum(np.log(chance[j, x]) for j, x in enumerate(row) if x >= 0)
        return float((theta - prior.mean) ** 2 / (2 * prior.sd**2) - likelihood)

    theta = float(optimize.minimize_scalar(against, bounds=(-6, 6), options={"xatol": 1e-9}).x)
    told = item_information(ITEMS, theta)[:, 0]
    counts = np.bincount(FACETS[row != MISSING], minlength=4)
    still = [f for f in range(4) if ((row == MISSING) & (f == FACETS)).any()]
    fewest = min(counts[f] for f in still)
    open_items = [j for j in range(36) if row[j] == MISSING and counts[FACETS[j]] == fewest]
    return theta, max(open_items, key=lambda j: told[j])


@pytest.mark.parametrize("prior", [Normal(), Normal(0.8, 0.4), Normal(-1, 2)])
def test_it_asks_what_a_search_would_ask(prior: Normal) -> None:
    rng = np.random.default_rng(1)
    whole = simulate.answers(ITEMS, [0.9], rng)[0]
    row = nothing_asked()
    for step in range(30):
        choice = adaptive.next_item(BANK, row, Rules(36, error=0.01), prior)
        theta, item = best_by_search(row, prior)
        assert choice.theta == pytest.approx(theta, abs=1e-5)
        assert choice.item == item
        assert choice.why == Why.INFORMATION
        assert choice.facet == FACETS[item]
        assert choice.information == pytest.approx(item_information(ITEMS, theta)[item, 0], rel=2e-3)
        known = item_information(ITEMS, theta)[row >= 0].sum()
        assert choice.error == pytest.approx((known + prior.sd**-2) ** -0.5, rel=2e-3)
        row[item] = SKIPPED if step % 7 == 3 else whole[item]


def test_facets_take_turns() -> None:
    found = adaptive.trial(BANK, np.linspace(-2, 2, 40), Rules(10, error=0.01), np.random.default_rng(2))
    for row in found.answers:
        counts = np.bincount(FACETS[row != MISSING], minlength=4)
        assert counts.max() - counts.min() <= 1


def test_it_stops_when_precise_long_or_empty_and_says_which() -> None:
    row = nothing_asked()
    assert adaptive.next_item(BANK, row, Rules(12, least=0, error=1.0)).why == Why.PRECISE
    assert adaptive.next_item(BANK, row, Rules(12, least=1, error=1.0)).item is not None
    row[:12] = 2
    assert adaptive.next_item(BANK, row, Rules(12, error=0.01)).why == Why.LONG_ENOUGH
    row[:] = 2
    stop = adaptive.next_item(BANK, row, Rules(40, error=0.01))
    assert (stop.item, stop.why, stop.answered) == (None, Why.NONE_LEFT, 36)


def test_the_same_generator_gives_the_same_check_in() -> None:
    rules = Rules(12, among=5)
    first, second = (adaptive.trial(BANK, np.zeros(30), rules, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.answers, second.answers)
    other = adaptive.next_item(BANK, nothing_asked(), rules, rng=np.random.default_rng(4))
    assert other.candidates == 5
    assert 0 <= other.rank < 5


def test_draws_are_even_among_the_best() -> None:
    rng = np.random.default_rng(6)
    ranks = [adaptive.next_item(BANK, nothing_asked(), Rules(12, among=4), rng=rng).rank for _ in range(4000)]
    np.testing.assert_allclose(np.bincount(ranks) / 4000, 0.25, atol=0.035)
    told = [adaptive.next_item(BANK, nothing_asked(), Rules(12, among=4), rng=rng) for _ in range(50)]
    by_rank = {choice.rank: choice.information for choice in told}
    assert by_rank[0] > by_rank[1] > by_rank[2] > by_rank[3]


def test_the_prior_chooses_but_never_enters_the_result() -> None:
    row = nothing_asked()
    row[[0, 5, 10, 15]] = [3, 2, 3, 4]
    low, high = (adaptive.next_item(BANK, row, Rules(12, error=0.1), Normal(m, 0.3)) for m in (-2.5, 2.5))
    assert low.theta < high.theta
    assert low.item != high.item
    alone = adaptive.outcome(BANK, [row])
    expected = scores.likelihood_alone(ITEMS, [row])
    assert (alone.theta[0], alone.standard_error[0]) == (expected.theta[0], expected.standard_error[0])


def test_skipped_is_missing_and_not_asked_again() -> None:
    row = nothing_asked()
    first = adaptive.next_item(BANK, row, Rules(12)).item
    assert first is not None
    row[first] = SKIPPED
    then = adaptive.next_item(BANK, row, Rules(12))
    assert then.item != first
    assert then.answered == 0
    assert np.isnan(adaptive.outcome(BANK, [row]).theta[0])


def test_an_uncalibrated_bank_asks_its_balanced_short_form_and_says_so() -> None:
    bank = adaptive.uncalibrated([0, 0, 0, 1, 1, 2], [1, 3, 5, 4])
    row = nothing_asked(bank)
    asked = []
    while (choice := adaptive.next_item(bank, row, Rules(12))).item is not None:
        assert choice.why == Why.SHORT_FORM
        assert np.isnan([choice.theta, choice.error, choice.information]).all()
        asked.append((choice.item, choice.facet))
        row[choice.item] = 1
    assert asked == [(1, 0), (3, 1), (5, 2), (4, 1)]
    assert choice.why == Why.NONE_LEFT
    assert adaptive.next_item(bank, row, Rules(4)).why == Why.LONG_ENOUGH
    with pytest.raises(ValueError, match="not calibrated"):
        adaptive.outcome(bank, [row])


def test_a_balanced_form_goes_round_the_facets() -> None:
    assert adaptive.balanced_form([0, 0, 0, 1, 1, 2]) == (0, 3, 5, 1, 4, 2)


@pytest.mark.parametrize("among", [1, 4])
def test_a_third_of_the_bank_is_enough_and_intervals_hold(among: int) -> None:
    """3,000 clients: error ≤ 0.32 with at most 12 of 36, coverage 93–97 %, nothing asked of more than 60 %."""
    rng = np.random.default_rng(7)
    theta = rng.normal(size=3000)
    found = adaptive.trial(BANK, theta, Rules(12, 4, ERROR, among, ceiling=0.5), rng)
    assert found.asked.max() <= 12
    assert np.median(found.found.standard_error) <= 0.32
    told = [item_information(ITEMS, t)[row >= 0, 0].sum() for t, row in zip(theta[:300], found.answers, strict=False)]
    assert (np.array(told) ** -0.5 <= 0.335).mean() > 0.9
    hit = np.abs(found.found.theta - theta) < 1.96 * found.found.standard_error
    assert 0.93 < hit.mean() < 0.97
    assert found.exposure.max() < 0.6


def test_without_the_constraint_some_items_are_asked_of_nearly_everybody() -> None:
    found = adaptive.trial(BANK, np.random.default_rng(8).normal(size=400), Rules(12), np.random.default_rng(9))
    assert found.exposure.max() > 0.9


@pytest.mark.parametrize("off", [0.0, 1.0])
def test_intervals_hold_under_forecasts_right_and_wrong(off: float) -> None:
    """The forecast chooses and stops: even one that is two of its standard deviations off leaves coverage alone."""
    rng = np.random.default_rng(10)
    forecast = rng.normal(size=2500)
    theta = forecast + rng.normal(0, 0.5, forecast.size) + off
    priors = [Normal(float(m), 0.5) for m in forecast]
    found = adaptive.trial(BANK, theta, Rules(12, 4, 0.29, 4, ceiling=0.5), rng, priors, skipping=0.1)
    hit = np.abs(found.found.theta - theta) < 1.96 * found.found.standard_error
    assert 0.93 < hit.mean() < 0.97


def test_a_good_forecast_shortens_the_check_in() -> None:
    theta = np.random.default_rng(11).normal(size=300)
    rules = Rules(24, 2, 0.3)
    known = [Normal(float(t), 0.4) for t in theta]
    short = adaptive.trial(BANK, theta, rules, np.random.default_rng(12), known)
    long = adaptive.trial(BANK, theta, rules, np.random.default_rng(12))
    assert short.asked.mean() < long.asked.mean() - 1


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_check_in_gets_an_item_or_a_reason(data: st.DataObject) -> None:
    """Skipped, extreme, constant or contradictory answers, one item or many, priors near and far."""
    seed, size = data.draw(st.integers(0, 50)), data.draw(st.integers(1, 12))
    items = simulate.bank(size, np.random.default_rng(seed), categories=(2, 3, 7), discrimination=(0.2, 5.0))
    bank = adaptive.calibrated(items, np.random.default_rng(seed).integers(0, 3, size))
    row = np.array([data.draw(st.integers(SKIPPED, int(k) - 1)) for k in items.categories], dtype=np.int8)
    prior = Normal(data.draw(st.floats(-20, 20)), data.draw(st.sampled_from([1e-3, 0.3, 1.0, 5.0, float("inf")])))
    among = data.draw(st.integers(1, 20))
    exposure = np.random.default_rng(seed).random(size)
    rules = Rules(size, among=among, ceiling=0.5)
    choice = adaptive.next_item(bank, row, rules, prior, np.random.default_rng(0), exposure)
    assert np.isfinite(choice.theta)
    assert choice.answered == (row >= 0).sum()
    if choice.item is None:
        assert choice.why in (Why.PRECISE, Why.LONG_ENOUGH, Why.NONE_LEFT)
    else:
        assert row[choice.item] == MISSING
        assert choice.information >= 0
    alone = adaptive.outcome(bank, [row])
    assert np.isfinite(alone.theta[0]) == (choice.answered > 0)
    assert not np.isinf(alone.standard_error).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answers": np.zeros(3, dtype=np.int8)}, "shape"),
        ({"answers": np.full(36, 9, dtype=np.int8)}, "item 0: 9 is no category"),
        ({"prior": Normal(0, 0)}, "prior"),
        ({"prior": Normal(np.nan, 1)}, "prior"),
        ({"rules": Rules(12, among=3)}, "generator"),
        ({"exposure": np.zeros(3)}, "exposure"),
    ],
)
def test_impossible_requests_are_refused(change: dict[str, object], message: str) -> None:
    request: dict[str, object] = {"bank": BANK, "answers": nothing_asked(), "rules": Rules(12), **change}
    with pytest.raises(ValueError, match=message):
        adaptive.next_item(**request)  # type: ignore[arg-type]


@pytest.mark.parametrize("facets", [[0], [-1] * 36, [0.5] * 36])
def test_wrong_facets_are_refused(facets: list[float]) -> None:
    with pytest.raises(ValueError, match="facets"):
        adaptive.calibrated(ITEMS, facets)


@pytest.mark.parametrize("form", [[0, 0], [7], [-1]])
def test_a_wrong_form_is_refused(form: list[int]) -> None:
    with pytest.raises(ValueError, match="form"):
        adaptive.uncalibrated([0, 1], form)


def test_nobody_is_simulated_without_parameters() -> None:
    with pytest.raises(ValueError, match="parameters"):
        adaptive.trial(adaptive.uncalibrated([0, 1]), [0.0], Rules(2), np.random.default_rng(0))
