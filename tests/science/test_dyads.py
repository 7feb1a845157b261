"""Actor and partner effects against lavaan and nlme, a plain maximisation, and couples whose effects are known."""

from __future__ import annotations

import csv
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from mooring.science.dyads import Dyads, dyads, fit, identical, ratios

TRUE = np.array([[1.0, 0.5, 0.3], [0.4, 0.4, -0.2]])


@pytest.fixture(scope="session")
def acitelli() -> tuple[Dyads, dict[str, Any]]:
    """148 couples, husband first, and what lavaan 0.6-14 and nlme 3.1-162 make of them; no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data")) / "couples"
    if not (folder / "expected_acitelli.json").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with couples/expected_acitelli.json")
    rows = [row for row in csv.DictReader((folder / "acitelli_pairwise.csv").open()) if row["Gender_A"] == "Husband"]
    x, y = (
        np.array([[float(row[f"{name}_{one}"]) for one in "AP"] for row in rows])
        for name in ("OtherPos", "Satisfaction")
    )
    return dyads(x, y), json.loads((folder / "expected_acitelli.json").read_text())


def made_up(rng: np.random.Generator, n: int, effects: np.ndarray = TRUE) -> Dyads:
    x = rng.multivariate_normal([3, 4], [[1, 0.3], [0.3, 1.5]], n)
    e = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 0.8]], n)
    y = np.column_stack(
        [effects[m, 0] + effects[m, 1] * x[:, m] + effects[m, 2] * x[:, 1 - m] + e[:, m] for m in (0, 1)]
    )
    return dyads(x, y)


def holes(data: Dyads, rng: np.random.Generator) -> Dyads:
    """A tenth of the values missing, and every eighth partner wholly."""
    rows = data.rows.copy()
    rows[rng.random(rows.shape) < 0.1] = np.nan
    rows[np.ix_(rng.random(len(rows)) < 1 / 8, [1, 3])] = np.nan
    return data._replace(rows=rows[np.isfinite(rows).any(axis=1)])


def test_as_lavaan_where_members_differ(acitelli: tuple[Dyads, dict[str, Any]]) -> None:
    data, expected = acitelli
    peer = {row["label"] or row["lhs"] + row["rhs"]: row for row in expected["distinguishable_sem"]}
    ours = fit(data, distinguishable=True)
    labels = [["ih", "a_h", "p_wh"], ["iw", "a_w", "p_hw"]]
    np.testing.assert_allclose(ours.coefficients, [[peer[k]["est"] for k in row] for row in labels], atol=2e-6)
    np.testing.assert_allclose(ours.standard_errors, [[peer[k]["se"] for k in row] for row in labels], atol=1e-6)
    residual = [peer["YhYh"]["est"], peer["ce"]["est"], peer["YwYw"]["est"]]
    np.testing.assert_allclose(ours.residual[np.triu_indices(2)], residual, atol=1e-7)
    k = ours.partner / ours.actor
    assert k == pytest.approx([peer["k_h"]["est"], peer["k_w"]["est"]], abs=1e-6)


def test_as_lavaan_and_nlme_where_they_do_not(acitelli: tuple[Dyads, dict[str, Any]]) -> None:
    data, expected = acitelli
    peer = {row["label"]: row for row in expected["indistinguishable_sem"]}
    ours = fit(data, distinguishable=False)
    assert ours.coefficients[0] == pytest.approx([peer[k]["est"] for k in ("i", "a", "p")], abs=1e-7)
    assert ours.standard_errors[0] == pytest.approx([peer[k]["se"] for k in ("i", "a", "p")], abs=1e-7)
    nlme = expected["gls_ML"]
    assert ours.coefficients[1] == pytest.approx([row["Value"] for row in nlme["coef"]], abs=1e-7)
    assert ours.residual[0, 0] == pytest.approx(nlme["sigma"] ** 2, rel=1e-6)
    assert ours.residual[0, 1] / ours.residual[0, 0] == pytest.approx(nlme["rho"], rel=1e-6)
    # Of y given x: at the maximum the squares are those of the residuals, n couples of two.
    given_x = -data.rows.shape[0] / 2 * (np.linalg.slogdet(2 * np.pi * ours.residual)[1] + 2)
    assert given_x == pytest.approx(nlme["logLik"], rel=1e-8)


def test_complete_couples_in_closed_form() -> None:
    """Distinguishable: two least-squares regressions. The test: n (log|S̄| − log|S|), S̄ averaged over the exchange."""
    data = made_up(np.random.default_rng(1), 60)
    y, x = data.rows[:, :2], data.rows[:, 2:]
    ours = fit(data, distinguishable=True)
    for m in (0, 1):
        design = np.column_stack([np.ones(60), x[:, m], x[:, 1 - m]])
        np.testing.assert_allclose(ours.coefficients[m], np.linalg.lstsq(design, y[:, m])[0], rtol=1e-8)
    doubled = np.concatenate([data.rows, data.rows[:, data.exchange]])
    logs = [np.linalg.slogdet(np.cov(rows.T, ddof=0))[1] for rows in (doubled, data.rows)]
    test = identical(data)
    assert test.chi_square == pytest.approx(60 * (logs[0] - logs[1]), rel=1e-8)
    assert test.df == 6
    assert test.p == pytest.approx(stats.chi2.sf(test.chi_square, 6))


def density(data: Dyads, mean: np.ndarray, covariance: np.ndarray) -> float:
    """Row by row, with scipy."""
    total = 0.0
    for row in data.rows:
        seen = np.isfinite(row)
        total += stats.multivariate_normal.logpdf(row[seen], mean[seen], covariance[np.ix_(seen, seen)])
    return total


def test_missing_partners_as_a_plain_maximisation() -> None:
    """The same likelihood in other coordinates, climbed by scipy: no higher anywhere, and the same effects."""
    rng = np.random.default_rng(2)
    data = holes(made_up(rng, 50), rng)
    ours = fit(data, distinguishable=True)
    assert ours.complete < ours.couples

    def moments(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        root = np.zeros((4, 4))
        root[np.tril_indices(4)] = theta[4:]
        return theta[:4], root @ root.T

    start = np.concatenate([np.nanmean(data.rows, axis=0), np.diag(np.nanstd(data.rows, axis=0))[np.tril_indices(4)]])
    best = optimize.minimize(
        lambda theta: -density(data, *moments(theta)), start, method="BFGS", options={"gtol": 1e-3}
    )
    _, covariance = moments(best.x)
    assert ours.log_likelihood == pytest.approx(-best.fun, abs=1e-4)
    for m, by in ((0, [2, 3]), (1, [3, 2])):
        slopes = np.linalg.solve(covariance[np.ix_(by, by)], covariance[by, m])
        np.testing.assert_allclose(ours.coefficients[m, 1:], slopes, atol=2e-3)


@pytest.mark.parametrize("distinguishable", [True, False])
def test_intervals_hold_what_they_say_with_and_without_holes(distinguishable: bool) -> None:
    rng = np.random.default_rng(3)
    true = TRUE if distinguishable else np.array([TRUE[0], TRUE[0]])
    held = []
    for turn in range(400):
        if distinguishable:
            data = made_up(rng, 120)
        else:
            x = rng.multivariate_normal([3, 3], [[1, 0.3], [0.3, 1]], 120)
            e = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 120)
            data = dyads(x, 1 + 0.5 * x + 0.3 * x[:, ::-1] + e)
        low, high = fit(holes(data, rng) if turn % 2 else data, distinguishable=distinguishable).interval()
        held.append((low < true) & (true < high))
    share = np.mean(held, axis=0)
    assert 0.93 <= share.mean() <= 0.97
    assert (share > 0.91).all()


@pytest.mark.slow
def test_the_ratios_interval_holds_what_it_says() -> None:
    rng, held = np.random.default_rng(4), []
    for _ in range(100):
        data = made_up(rng, 150, np.array([[0, 0.8, 0.4], [0, 0.6, -0.6]]))
        found = ratios(data, fit(data, distinguishable=True), rng, resamples=200)
        held += [one.low < k < one.high for one, k in zip(found, (0.5, -1.0), strict=True)]
    assert 0.92 <= np.mean(held) <= 0.98


def test_patterns_are_named_and_an_absent_actor_effect_has_no_ratio() -> None:
    data = made_up(np.random.default_rng(5), 300, np.array([[0, 0.8, 0.8], [0, 0.0, 0.5]]))
    first, second = ratios(data, fit(data, distinguishable=True), np.random.default_rng(6), resamples=400)
    assert first.fitting == ("couple",)
    assert not first.undefined
    assert second.undefined
    assert math.isnan(second.k)
    assert second.fitting == ()
    (one,) = ratios(data, fit(data, distinguishable=False), np.random.default_rng(6), resamples=100)
    assert one.resamples == 100


def test_covariates_stand_in_both_equations() -> None:
    rng = np.random.default_rng(7)
    data = made_up(rng, 80)
    own, shared = rng.normal(size=(80, 2, 1)), rng.normal(size=(80, 2))
    y = data.rows[:, :2] + 0.5 * own[:, :, 0] - 0.25 * own[:, ::-1, 0] + (shared @ [0.2, 0.1])[:, None]
    ours = fit(dyads(data.rows[:, 2:], y, own, shared), distinguishable=True)
    for m in (0, 1):
        x, z = data.rows[:, 2:], own[:, :, 0]
        design = np.column_stack([np.ones(80), x[:, m], x[:, 1 - m], z[:, m], z[:, 1 - m], shared])
        np.testing.assert_allclose(ours.coefficients[m], np.linalg.lstsq(design, y[:, m])[0], rtol=1e-7)
    # Means 4 + 2, then variances and covariances: 8 · 9 / 2 of which the exchange leaves 6 + 3 · 2 + 6 + 3.
    same = fit(dyads(data.rows[:, 2:], y, own, shared), distinguishable=False)
    assert (ours.parameters, same.parameters) == (8 + 36, 5 + 21)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_exchanging_the_partners_exchanges_the_equations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = holes(made_up(rng, 40), rng)
    turned = data._replace(rows=data.rows[:, data.exchange])
    here, there = fit(data, distinguishable=True), fit(turned, distinguishable=True)
    np.testing.assert_allclose(here.coefficients, there.coefficients[::-1], atol=1e-5)
    same = [fit(one, distinguishable=False) for one in (data, turned)]
    np.testing.assert_allclose(same[0].coefficients[0], same[0].coefficients[1], atol=1e-9)
    np.testing.assert_allclose(same[0].coefficients, same[1].coefficients, atol=1e-6)
    assert identical(data).chi_square == pytest.approx(identical(turned).chi_square, abs=1e-5)


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (np.zeros((0, 2)), np.zeros((0, 2)), "too few"),
        (np.ones((9, 2)), np.arange(18.0).reshape(9, 2) ** 2, "does not vary"),
        (np.full((9, 2), np.nan), np.arange(18.0).reshape(9, 2), "fewer than two"),
        (np.arange(18.0).reshape(9, 2), np.arange(18.0).reshape(9, 2), "sum of others"),
    ],
)
def test_what_tells_nothing_is_named(x: np.ndarray, y: np.ndarray, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        fit(dyads(x, y), distinguishable=True)


def test_shapes_and_numbers_that_cannot_be_are_named() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        dyads(np.ones((3, 2)), np.ones((4, 2)))
    with pytest.raises(ValueError, match="do not fit"):
        dyads(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="infinite"):
        dyads([[1, np.inf]], [[1, 2]])
    data = made_up(np.random.default_rng(8), 20)
    with pytest.raises(ValueError, match="resamples"):
        ratios(data, fit(data, distinguishable=True), np.random.default_rng(1), resamples=10)
