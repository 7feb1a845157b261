"""The expected course against the dense Gaussian, lme4, statsmodels, and people whose truth is known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mooring.science import growth
from mooring.science.growth import Courses, Growth, Method, fit, learn, on_track
from mooring.science.trajectory import Panel

Floats = NDArray[np.float64]
D, BETA, SIGMA2 = np.array([[4.0, -0.5], [-0.5, 0.5]]), np.array([6.0, -1.0]), 1.0


def people(count: int, seed: int, occasions: int = 8, missing: float = 0.15) -> Panel:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 26, (count, occasions)), axis=1)
    x, own = np.log1p(times), rng.multivariate_normal(BETA, D, count)
    scores = own[:, :1] + own[:, 1:] * x + rng.normal(0, np.sqrt(SIGMA2), x.shape)
    scores[rng.random(x.shape) < missing] = np.nan
    return Panel(np.arange(count + 1) * occasions, times.ravel(), scores.ravel(), np.zeros(x.size))


def dense_deviance(panel: Panel, found: Growth) -> tuple[float, Floats]:
    """−2 log-likelihood (restricted if so fitted) with each person's whole covariance matrix; and β by GLS."""
    log_det, precision, pulled, rows = 0.0, np.zeros((2, 2)), np.zeros(2), []
    for first, last in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        y = panel.scores[first:last]
        z = np.column_stack([np.ones(y.size), np.log1p(panel.times[first:last])])[~np.isnan(y)]
        y = y[~np.isnan(y)]
        v = z @ found.covariance @ z.T + found.residual_variance * np.eye(y.size)
        log_det += np.linalg.slogdet(v)[1] if y.size else 0.0
        solved = np.linalg.solve(v, np.column_stack([z, y])) if y.size else np.zeros((0, 3))
        precision += z.T @ solved[:, :2]
        pulled += z.T @ solved[:, 2]
        rows.append((z, y, v))
    beta = np.linalg.solve(precision, pulled)
    square = sum((y - z @ beta) @ np.linalg.solve(v, y - z @ beta) for z, y, v in rows if y.size)
    n = sum(y.size for _, y, _ in rows)
    if found.method == "ml":
        return log_det + square + n * np.log(2 * np.pi), beta
    return log_det + square + (n - 2) * np.log(2 * np.pi) + np.linalg.slogdet(precision)[1], beta


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_the_deviance_is_the_dense_one(method: Method) -> None:
    panel = people(40, 1)
    found = fit(panel, method)
    deviance, beta = dense_deviance(panel, found)
    assert found.deviance == pytest.approx(deviance, rel=1e-10)
    np.testing.assert_allclose([found.intercept, found.slope], beta, rtol=1e-8)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_no_neighbour_has_a_lower_deviance(method: Method) -> None:
    panel = people(40, 2)
    found = fit(panel, method)
    rng = np.random.default_rng(0)
    for size in (1e-3, 1e-1):
        for _ in range(20):
            factor = np.linalg.cholesky(found.covariance) * (1 + size * rng.normal(size=(2, 2)))
            near = found._replace(
                covariance=factor @ factor.T, residual_variance=found.residual_variance * np.exp(size * rng.normal())
            )
            assert dense_deviance(panel, near)[0] >= found.deviance - 1e-7


def test_the_slopes_of_the_deviance_are_numeric_ones() -> None:
    panel = people(30, 3)
    offsets, x, y, _ = growth._arrays(panel)
    sums = growth.mixed_model.sums(offsets, x, y, 1.5, 0.8, 4.0)
    for method in ("ml", "reml"):

        def at(d: Floats, method: Method = method) -> float:  # type: ignore[assignment]
            a = np.sqrt(d[0])
            return growth._profile(sums, np.array([a, d[1] / a, np.sqrt(d[2] - d[1] ** 2 / d[0])]), method).deviance

        here = np.array([2.0, -0.3, 0.7])
        slopes = growth._profile(
            sums,
            np.array([np.sqrt(2), -0.3 / np.sqrt(2), np.sqrt(0.7 - 0.09 / 2)]),
            method,  # type: ignore[arg-type]
        ).slopes
        steps = 1e-6 * np.eye(3)
        numeric = [(at(here + step) - at(here - step)) / 2e-6 for step in steps]
        np.testing.assert_allclose(slopes, numeric, rtol=1e-5, atol=1e-6)


def test_equals_statsmodels() -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    panel = people(120, 4)
    seen = ~np.isnan(panel.scores)
    z = np.column_stack([np.ones(seen.sum()), np.log1p(panel.times[seen])])
    groups = np.repeat(np.arange(120), 8)[seen]
    theirs = MixedLM(panel.scores[seen], z, groups, z).fit(reml=True, gtol=1e-8)
    ours = fit(panel)
    assert ours.deviance == pytest.approx(-2 * theirs.llf, rel=1e-6)
    np.testing.assert_allclose([ours.intercept, ours.slope], theirs.fe_params, rtol=1e-4)
    np.testing.assert_allclose(ours.covariance, theirs.cov_re, rtol=2e-3)


LME4 = """
suppressMessages(library(lme4))
d <- read.csv("panel.csv")
tight <- lmerControl(optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-12))
for (reml in c(TRUE, FALSE)) {
  m <- lmer(y ~ x + (x | person), d, REML = reml, control = tight)
  vc <- as.data.frame(VarCorr(m))$vcov
  dev <- if (reml) REMLcrit(m) else -2 * as.numeric(logLik(m))
  cat(sprintf("%.10f %.12f %.12f %.12f %.12f %.10f %.10f %.10f %.10f\\n", dev, fixef(m)[1], fixef(m)[2],
      sqrt(vcov(m)[1, 1]), sqrt(vcov(m)[2, 2]), vc[1], vc[3], vc[2], vc[4]))
}
"""


def test_equals_lme4(tmp_path: Path) -> None:
    """lme4 fits the same data beside: deviance, coefficients, their errors, variances; both methods."""
    if shutil.which("Rscript") is None:
        pytest.skip("there is no Rscript")
    if subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False).returncode:
        pytest.skip("R has no lme4")
    panel = people(150, 5)
    rows = np.column_stack([np.repeat(np.arange(150), 8), np.log1p(panel.times), panel.scores])
    np.savetxt(tmp_path / "panel.csv", rows[~np.isnan(panel.scores)], delimiter=",", header="person,x,y", comments="")
    (tmp_path / "fit.R").write_text(LME4, encoding="utf-8")
    done = subprocess.run(["Rscript", "fit.R"], cwd=tmp_path, capture_output=True, check=True, text=True)
    lines = [[float(word) for word in line.split()] for line in done.stdout.splitlines()]
    methods: tuple[Method, Method] = ("reml", "ml")
    for method, expected in zip(methods, lines, strict=True):
        ours = fit(panel, method)
        assert ours.deviance == pytest.approx(expected[0], rel=1e-9)
        d, errors = ours.covariance, np.sqrt(np.diag(ours.fixed_covariance))
        numbers = [ours.intercept, ours.slope, *errors, d[0, 0], d[0, 1], d[1, 1], ours.residual_variance]
        np.testing.assert_allclose(numbers, expected[1:], rtol=1e-4)


def test_agrees_with_a_published_trial() -> None:
    """ENRICHD depression scores by lme4 1.1-31: linear in time (weeks as log(1 + (e^w − 1))) and in log time."""
    folder = os.environ.get("MOORING_REFERENCE_DATA")
    if not folder:
        pytest.skip("set MOORING_REFERENCE_DATA to a folder with longitudinal/expected_growth_third.json")
    given_data = Path(folder) / "longitudinal"
    table = np.genfromtxt(given_data / "enrichd_bdi_third.csv", delimiter=",", names=True)
    first = np.unique(table["ID"], return_index=True)[1]
    weeks, expected = table["time"] / 7, json.loads((given_data / "expected_growth_third.json").read_text())
    for name, times in (("loglinear", weeks), ("linear", np.expm1(weeks))):
        ours = fit(Panel(np.append(first, table.size), times, table["BDI"], np.zeros(table.size)))
        facts = expected[name]
        assert ours.deviance == pytest.approx(facts["REMLcrit"], rel=1e-9)
        assert ours.answers == facts["n"]
        coefficients = [row["Estimate"] for row in facts["coef"]]
        np.testing.assert_allclose([ours.intercept, ours.slope], coefficients, rtol=1e-5)
        errors = [row["Std. Error"] for row in facts["coef"]]
        np.testing.assert_allclose(np.sqrt(np.diag(ours.fixed_covariance)), errors, rtol=1e-4)
        d = ours.covariance
        variances = [row["vcov"] for row in facts["vc"]]
        np.testing.assert_allclose([d[0, 0], d[1, 1], d[0, 1], ours.residual_variance], variances, rtol=2e-4)


def test_recovers_the_truth_and_its_errors_hold() -> None:
    """200 panels of 100: ± 1.96 standard errors hold coefficients and variances in about 95 of 100."""
    truth = np.array([*BETA, D[0, 0], D[0, 1], D[1, 1], SIGMA2])
    z = []
    for seed in range(200):
        found = fit(people(100, 1000 + seed))
        d = found.covariance
        estimates = np.array([found.intercept, found.slope, d[0, 0], d[0, 1], d[1, 1], found.residual_variance])
        errors = np.sqrt(np.append(np.diag(found.fixed_covariance), np.diag(found.variance_covariance)))
        z.append((estimates - truth) / errors)
    covered = (np.abs(z) < 1.96).mean(axis=0)
    assert 0.93 < covered.mean() < 0.97, covered
    assert covered.min() > 0.9, covered


def test_limits_hold_what_they_say() -> None:
    """150 panels of 80: prediction limits hold a new score in 95 of 100; tolerance limits hold 80 % in 95 of 100."""
    x = np.log1p(10.0)
    mean, variance = BETA[0] + BETA[1] * x, D[0, 0] + 2 * x * D[0, 1] + x * x * D[1, 1] + SIGMA2
    inside, low, high = [], [], []
    rng = np.random.default_rng(6)
    quantile = 1.2815515655446004 * np.sqrt(variance)
    for seed in range(150):
        found = fit(people(80, 3000 + seed))
        band = growth.prediction_limits(found, 10.0)
        new = rng.normal(mean, np.sqrt(variance), 200)
        inside.append(((band.low[0] < new) & (new < band.high[0])).mean())
        sure = growth.tolerance_limits(found, 10.0)
        low.append(sure.low[0] <= mean - quantile)
        high.append(sure.high[0] >= mean + quantile)
    assert 0.93 < np.mean(inside) < 0.97
    assert 0.90 < np.mean(low) < 0.99
    assert 0.90 < np.mean(high) < 0.99


def courses_of(count: int = 600) -> tuple[Courses, Panel]:
    panel = people(count, 7, missing=0.0)
    return learn(panel, [5.0, 7.0]), panel


def test_bands_are_fits_of_their_own_clients() -> None:
    courses, panel = courses_of()
    first = growth.intakes(panel)
    np.testing.assert_array_equal(first, panel.scores[panel.offsets[:-1]])
    for band, own in enumerate([first < 5, (first >= 5) & (first < 7), first >= 7]):
        rows = np.repeat(own, 8)
        alone = fit(Panel(np.arange(own.sum() + 1) * 8, panel.times[rows], panel.scores[rows], np.zeros(rows.sum())))
        found = courses.bands[band]
        assert found is not None
        assert (found.deviance, found.clients) == (alone.deviance, own.sum())


def test_only_closed_courses_teach_and_few_teach_nothing() -> None:
    _, panel = courses_of()
    closed = np.arange(600) < 60
    found = learn(panel, [5.0], closed=closed)
    taught = [one.clients for one in found.bands if one is not None]
    assert sum(taught) <= 60
    assert learn(panel, [], closed=closed, least=61).bands == (None,)
    with pytest.raises(ValueError, match="closed"):
        learn(panel, [], closed=[True])
    with pytest.raises(ValueError, match="rise"):
        learn(panel, [2.0, 1.0])


def test_who_leaves_the_limits_is_not_on_track() -> None:
    courses, _ = courses_of()
    found = courses.bands[2]
    assert found is not None
    limits = growth.tolerance_limits(found, [4.0, 9.0])
    times = [0.0, 4.0, 9.0, 4.0, 500.0, 6.0]
    scores = [9.0, limits.high[0] + 0.1, limits.low[1] - 0.1, limits.expected[0], 30.0, np.nan]
    wanted = ["unknown", "worse than expected", "better than expected", "on track", "unknown", "unknown"]
    assert on_track(courses, times, scores, worse=1) == wanted
    swapped = [word.replace("worse", "?").replace("better", "worse").replace("?", "better") for word in wanted]
    assert on_track(courses, times, scores, worse=-1) == swapped
    assert on_track(Courses(np.array([]), (None,)), times, scores, worse=1) == ["unknown"] * 6
    assert on_track(courses, [0.0, 1.0], [np.nan, np.nan], worse=1) == ["unknown"] * 2
    with pytest.raises(ValueError, match="1 or -1"):
        on_track(courses, times, scores, worse=0)


def test_of_clients_like_those_it_learned_from_a_fifth_at_most_is_outside() -> None:
    courses, _ = courses_of(2000)
    others = people(400, 8, missing=0.0)
    said = [
        on_track(courses, others.times[first:last], others.scores[first:last], worse=1)
        for first, last in zip(others.offsets[:-1], others.offsets[1:], strict=True)
    ]
    words = [word for one in said for word in one if word != "unknown"]
    outside = np.mean([word != "on track" for word in words])
    assert 0.12 < outside < 0.2


@pytest.mark.parametrize(
    ("times", "scores", "message"),
    [
        ([0.0, 1.0, 2.0], [1.0, 1.0, 1.0], "one number"),
        ([1.0, 1.0, 1.0], [1.0, 2.0, 4.0], "one time"),
        ([-1.0, 1.0], [1.0, 2.0], "occasion 0"),
        ([0.0, 1.0], [1.0, np.inf], "occasion 1"),
        ([0.0, 1.0], [1.0], "one length"),
        ([0.0, 1.0], [np.nan, np.nan], "fewer than three"),
        ([0.0, 1.0], [1.0, 2.0], "fewer than three"),
    ],
)
def test_what_cannot_be_is_named(times: list[float], scores: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit(Panel(np.array([0, len(times)]), np.array(times), np.array(scores), np.zeros(len(times))))


def test_people_seen_once_are_not_told_from_days() -> None:
    with pytest.raises(ValueError, match="nobody answered twice"):
        fit(Panel(np.arange(5), np.arange(4.0), np.array([1.0, 3.0, 2.0, 5.0]), np.zeros(4)))


def test_nothing_is_said_beyond_what_was_learned() -> None:
    found = fit(people(60, 9))
    for limits in (growth.prediction_limits, growth.tolerance_limits):
        with pytest.raises(ValueError, match="nothing is said outside"):
            limits(found, [27.0])
    with pytest.raises(ValueError, match="content"):
        growth.prediction_limits(found, [1.0], content=1.0)
    with pytest.raises(ValueError, match="confidence"):
        growth.tolerance_limits(found, [1.0], confidence=1.0)


def test_the_order_of_rows_does_not_matter_and_twins_count_twice() -> None:
    panel = people(30, 10)
    turned = panel._replace(
        times=panel.times.reshape(30, 8)[:, ::-1].ravel(), scores=panel.scores.reshape(30, 8)[:, ::-1].ravel()
    )
    assert fit(turned).deviance == pytest.approx(fit(panel).deviance, rel=1e-12)
    np.testing.assert_array_equal(growth.intakes(turned), growth.intakes(panel))


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    times=st.lists(st.sampled_from([0.0, 1e-9, 1.0, 7.0, 500.0]), min_size=24, max_size=24),
    scores=st.lists(st.sampled_from([float("nan"), 0.0, 1.0, 1.5, 7.0, -300.0]), min_size=24, max_size=24),
    method=st.sampled_from(["ml", "reml"]),
)
def test_any_panel_has_a_finite_answer_or_a_stated_refusal(
    sizes: list[int], times: list[float], scores: list[float], method: Method
) -> None:
    offsets = np.append(0, np.cumsum(sizes))
    n = int(offsets[-1])
    panel = Panel(offsets, np.array(times[:n]), np.array(scores[:n]), np.zeros(n))
    stated = ("one number", "one time", "nobody answered twice", "lie on their lines", "fewer than three")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = fit(panel, method)
        except ValueError as refused:
            assert any(reason in str(refused) for reason in stated), refused  # noqa: PT017
            return
    assert np.isfinite([found.intercept, found.slope, found.deviance, found.residual_variance]).all()
    assert np.linalg.eigvalsh(found.covariance).min() >= -1e-6 * np.abs(found.covariance).max()


def test_compiled_and_interpreted_kernels_agree() -> None:
    from mooring.science._kernels import mixed_model

    offsets, x, y, _ = growth._arrays(people(5, 12))
    sums = mixed_model.sums(offsets, x, y, 1.0, 2.0, 5.0)
    held, plain_held = np.empty((5, 5)), np.empty((5, 5))
    for kernel, arguments, plain_arguments in (
        (mixed_model.sums, (offsets, x, y, 1.0, 2.0, 5.0), None),
        (mixed_model.whiten, (sums, 0.5, 0.1, 0.3, held), (sums, 0.5, 0.1, 0.3, plain_held)),
        (mixed_model.pull, (held, 0.1, 0.2, 1.0, 0.1, 2.0), None),
        (mixed_model.information, (sums, 0.5, 0.1, 0.3, 1.5), None),
    ):
        plain = getattr(kernel, "py_func", kernel)
        np.testing.assert_allclose(kernel(*arguments), plain(*(plain_arguments or arguments)), rtol=1e-10)
    np.testing.assert_allclose(held, plain_held, rtol=1e-10)
