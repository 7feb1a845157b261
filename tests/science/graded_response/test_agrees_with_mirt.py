"""mirt 1.47 on public attachment answers and three classic data sets, in a folder that is no part of the project."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from mooring.science.graded_response.fit import Fit, fit
from tests.science.graded_response import brute, reference


def answered(name: str) -> np.ndarray:
    """ECR answers (N, 36) from 0; nan for missing."""
    table = np.genfromtxt(reference.folder() / name, delimiter=",", skip_header=1)[:, 1:]
    return np.where(table > 0, table - 1, np.nan)


def classic(name: str) -> np.ndarray:
    return np.genfromtxt(reference.folder().parent / "irt" / name, delimiter=",", skip_header=1)


def agrees(found: Fit, facts: dict[str, Any], within: float = 1e-4) -> None:
    assert found.converged
    assert found.problems == ()
    assert found.log_likelihood == pytest.approx(facts["logLik"], rel=1e-9)
    assert found.log_likelihood >= facts["logLik"] - 1e-6
    np.testing.assert_allclose(found.items.a, [row["a"] for row in facts["items"]], atol=within)
    thresholds = [[row[f"b{k + 1}"] for k in range(found.items.b.shape[1])] for row in facts["items"]]
    np.testing.assert_allclose(found.items.b, thresholds, atol=within)


@pytest.mark.parametrize(("name", "first"), [("dev_av", 0), ("dev_ax", 1)])
def test_one_dimension(name: str, first: int) -> None:
    facts = reference.facts()[name]
    found = fit(answered("ecr_dev_complete.csv")[:, first::2], standard_errors=False)
    agrees(found, facts)
    assert found.n == facts["N"]


def test_missing_answers() -> None:
    facts = reference.facts()["dev_av_with_missing"]
    both = np.concatenate([answered("ecr_dev_complete.csv"), answered("ecr_dev_incomplete.csv")])[:, ::2]
    found = fit(both, standard_errors=False)
    agrees(found, facts)
    assert found.n == facts["N"]


def test_two_dimensions() -> None:
    """mirt stopped at a change of 5e-5, some way before the maximum: ours is the likelier, and it not far away."""
    facts = reference.facts()["dev5000_2d"]
    complete = answered("ecr_dev_complete.csv")[:5_000]
    answers = np.concatenate([complete[:, ::2], complete[:, 1::2]], axis=1)
    found = fit(answers, dimension=np.repeat([0, 1], 18), standard_errors=False)
    assert found.log_likelihood >= facts["logLik"]
    assert found.log_likelihood == pytest.approx(facts["logLik"], rel=1e-7)
    assert found.correlation == pytest.approx(facts["rho"], abs=1e-4)
    np.testing.assert_allclose(found.items.a, [row["a1"] + row["a2"] for row in facts["items"]], atol=1e-3)
    cuts = [[row[f"d{k}"] for k in range(1, 5)] for row in facts["items"]]
    np.testing.assert_allclose(-found.items.a[:, None] * found.items.b, cuts, atol=5e-3)


def test_science() -> None:
    facts = json.loads((reference.folder().parent / "irt" / "expected_science.json").read_text())["Science"]
    agrees(fit(classic("Science.csv") - 1), facts)


@pytest.mark.parametrize(("name", "published"), [("LSAT6.csv", -2466.653), ("LSAT7.csv", -2658.805)])
def test_law_school_admission_test(name: str, published: float) -> None:
    """The two-parameter model as mirt prints it, and as a general optimiser finds it on the likelihood in full."""
    answers = classic(name).astype(np.int64)
    found = fit(answers, tolerance=1e-8)
    assert found.problems == ()
    assert found.log_likelihood == pytest.approx(published, abs=6e-4)
    start = np.concatenate([np.ones(5), np.zeros(5)])
    other = minimize(lambda row: -brute.log_likelihood(row, answers, 2), start, method="BFGS", jac="3-point")
    assert found.log_likelihood == pytest.approx(-other.fun, rel=1e-9)
    np.testing.assert_allclose(found.items.a, other.x[:5], atol=1e-4)
