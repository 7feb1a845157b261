"""Covariates beside our two likelihoods: alternating with least squares they reach what lme4 and statsmodels reach.

The maximum over everything is the maximum over each in turn, so a likelihood that is wrong in its variances, its means
or its constant ends elsewhere.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from mooring.science import growth, panel
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]
INTERCEPTS = {"level_diffusion": 0.0, "slope_diffusion": 0.0, "prior_slope_variance": 0.0}


class Maximum(NamedTuple):
    log_likelihood: float
    coefficients: Floats
    """Of 1, time and the covariates."""
    between: Floats
    """(2, 2)"""
    within: float


def climbed(data: Panel, covariates: Floats, *, slopes: bool) -> Maximum:
    """Our fit of the scores without the covariates' part, then their part by generalised least squares, and again."""
    design = np.column_stack([np.ones(data.times.size), data.times, covariates])
    coefficients = np.zeros(design.shape[1])
    for _ in range(60):
        left = data._replace(scores=data.scores - covariates @ coefficients[2:])
        if slopes:
            found = growth.fit(left._replace(times=np.expm1(left.times)), method="ml")
            value, between, within = -found.deviance / 2, found.covariance, found.residual_variance
        else:
            one = panel.fit(left, INTERCEPTS)
            value, within = one.log_likelihood, one.parameters.occasion_variance
            between = np.diag([one.parameters.prior_variance, 0.0])
        coefficients = least_squares(data, design, between, within)
    return Maximum(value, coefficients, between, within)


def least_squares(data: Panel, design: Floats, between: Floats, within: float) -> Floats:
    left, right = np.zeros((design.shape[1],) * 2), np.zeros(design.shape[1])
    for first, last in zip(data.offsets[:-1], data.offsets[1:], strict=True):
        rows = np.arange(first, last)[~np.isnan(data.scores[first:last])]
        own = design[rows]
        inverse = np.linalg.inv(own[:, :2] @ between @ own[:, :2].T + within * np.eye(rows.size))
        left += own.T @ inverse @ own
        right += own.T @ inverse @ data.scores[rows]
    return np.linalg.solve(left, right)


@pytest.fixture(scope="session")
def btheb() -> tuple[Panel, Floats, dict[str, object]]:
    """Beat the Blues, 100 people on four occasions (HSAUR3), and what lme4 makes of it; no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data")) / "longitudinal"
    if not (folder / "expected_btheb.json").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with longitudinal/expected_btheb.json")
    rows = list(csv.DictReader((folder / "btheb.csv").open()))
    scores = np.array([[float(row[f"bdi.{m}m"] or "nan") for m in (2, 3, 5, 8)] for row in rows])
    given = [[float(row["bdi.pre"]), row["treatment"] == "BtheB", row["drug"] == "Yes", row["length"] == ">6m"]
             for row in rows]  # fmt: skip
    data = Panel(np.arange(101) * 4, np.tile([2.0, 3, 5, 8], 100), scores.ravel(), np.zeros(400))
    return (
        data,
        np.repeat(np.array(given, dtype=float), 4, axis=0),
        json.loads((folder / "expected_btheb.json").read_text()),
    )


def test_random_intercepts_of_a_trial_as_lme4(btheb: tuple[Panel, Floats, dict[str, object]]) -> None:
    """lmer(bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject), REML = FALSE), lme4 1.1-31."""
    data, covariates, expected = btheb
    ours, peer = climbed(data, covariates, slopes=False), expected["btheb_random_intercept_ML"]
    assert isinstance(peer, dict)
    assert ours.log_likelihood == pytest.approx(peer["logLik"], rel=1e-9)
    theirs = {row["_row"]: row["Estimate"] for row in peer["coef"]}
    names = ["(Intercept)", "time", "bdi.pre", "treatmentBtheB", "drugYes", "length>6m"]
    np.testing.assert_allclose(ours.coefficients, [theirs[name] for name in names], rtol=1e-4)
    np.testing.assert_allclose([ours.between[0, 0], ours.within], [row["vcov"] for row in peer["vc"]], rtol=1e-4)


def test_random_slopes_of_a_trial_as_lme4(btheb: tuple[Panel, Floats, dict[str, object]]) -> None:
    data, covariates, expected = btheb
    assert climbed(data, covariates, slopes=True).log_likelihood == pytest.approx(
        expected["btheb_random_slope_logLik"], rel=1e-8
    )


@pytest.mark.parametrize("slopes", [False, True])
def test_made_up_people_as_statsmodels(slopes: bool) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(4)
    who, times = np.repeat(np.arange(80), 5), np.tile(np.arange(5.0), 80)
    covariates = np.repeat(rng.normal(size=(80, 2)), 5, axis=0)
    own = rng.multivariate_normal([0, 0], [[4, 0.3], [0.3, 0.5 if slopes else 0.0001]], 80)
    scores = 10 - times + covariates @ [1.5, -0.7] + own[who, 0] + own[who, 1] * times + rng.normal(size=400)
    design = np.column_stack([np.ones(400), times, covariates])
    model = MixedLM(scores, design, groups=who, exog_re=design[:, : 1 + slopes])
    theirs = model.fit(reml=False, method=["bfgs"])
    ours = climbed(Panel(np.arange(81) * 5, times, scores, np.zeros(400)), covariates, slopes=slopes)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-7)
    np.testing.assert_allclose(ours.coefficients, theirs.fe_params, atol=1e-4)
