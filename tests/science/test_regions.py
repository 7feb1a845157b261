"""Region probabilities against quadrature and symmetry; ellipses against the χ² distribution."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from mooring.science.regions import Borders, ellipse, region_probabilities


def spread(sx: float, sy: float, rho: float) -> list[list[float]]:
    return [[sx**2, rho * sx * sy], [rho * sx * sy, sy**2]]


@pytest.mark.parametrize("rho", [-0.95, -0.4, 0.0, 0.3, 0.9])
@pytest.mark.parametrize(("x", "y"), [(3.0, 3.5), (4.2, 2.0), (3.6, 2.9), (5.0, 5.0), (3.6, 1.0), (2.0, 2.9)])
def test_equals_quadrature(x: float, y: float, rho: float) -> None:
    """P(anxiety < b, avoidance < c) as one integral over anxiety of the conditional normal."""
    sx, sy, borders = 0.6, 0.8, Borders(3.6, 2.9)
    conditional_sd = sy * np.sqrt(1 - rho**2)

    def strip(z: float) -> float:
        middle = y + rho * sy * z
        return float(stats.norm.pdf(z) * stats.norm.cdf((borders.avoidance - middle) / conditional_sd))

    expected, _ = integrate.quad(strip, -9, (borders.anxiety - x) / sx, epsabs=1e-12)
    found = region_probabilities([x, y], spread(sx, sy, rho), borders)
    assert found.neither_high == pytest.approx(expected, abs=1e-8)
    assert found.neither_high + found.avoidance_high == pytest.approx(stats.norm.cdf((3.6 - x) / sx))
    assert found.neither_high + found.anxiety_high == pytest.approx(stats.norm.cdf((2.9 - y) / sy))


def test_on_the_crossing_of_the_borders_it_is_sheppards_formula() -> None:
    found = region_probabilities([3, 3], spread(1, 2, 0.5), Borders(3, 3))
    assert found.neither_high == pytest.approx(0.25 + np.arcsin(0.5) / (2 * np.pi))  # 1/3


@settings(deadline=None)
@given(st.floats(1, 7), st.floats(1, 7), st.floats(0, 3), st.floats(0, 3), st.floats(-1, 1), st.floats(1, 7))
def test_four_probabilities_always_sum_to_one(
    x: float, y: float, sx: float, sy: float, rho: float, border: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = region_probabilities([x, y], spread(sx, sy, rho), Borders(border, 4.0))
    assert sum(found) == pytest.approx(1, abs=1e-6)
    assert min(found) >= 0


def test_without_variance_a_side_is_certain() -> None:
    found = region_probabilities([5, 2], spread(0, 1, 0), Borders(4, 2))
    assert found == pytest.approx((0, 0.5, 0, 0.5))


def test_there_is_no_default_border() -> None:
    with pytest.raises(TypeError):
        region_probabilities([1, 1], np.eye(2))  # type: ignore[call-arg]


@pytest.mark.parametrize("covariance", [[[1, 2], [2, 1]], [[1, 0.5], [0.1, 1]], [[np.nan, 0], [0, 1]], [[1]]])
def test_what_is_no_covariance_is_refused(covariance: list[list[float]]) -> None:
    with pytest.raises(ValueError):
        region_probabilities([1, 1], covariance, Borders(4, 4))


def test_the_outline_lies_at_the_chi_square_distance() -> None:
    mean, covariance = np.array([3.0, 4.0]), np.array(spread(0.5, 0.9, 0.6))
    outline = ellipse(mean, covariance, 0.9, 40) - mean
    distances = np.einsum("ij,jk,ik->i", outline, np.linalg.inv(covariance), outline)
    np.testing.assert_allclose(distances, stats.chi2.ppf(0.9, 2))


def test_the_outline_covers_its_share() -> None:
    covariance = np.array(spread(0.5, 0.9, -0.6))
    draws = np.random.default_rng(0).multivariate_normal([0, 0], covariance, 50_000)
    radius = np.linalg.norm(ellipse([0, 0], np.eye(2), 0.5, 3)[0])
    inside = np.einsum("ij,jk,ik->i", draws, np.linalg.inv(covariance), draws) < radius**2
    assert inside.mean() == pytest.approx(0.5, abs=0.01)


def test_a_certain_estimate_is_a_point() -> None:
    np.testing.assert_array_equal(ellipse([2, 3], np.zeros((2, 2))), np.tile([2.0, 3.0], (72, 1)))


@pytest.mark.parametrize(("coverage", "points"), [(1.0, 72), (-0.1, 72), (0.9, 2)])
def test_impossible_outlines_are_refused(coverage: float, points: int) -> None:
    with pytest.raises(ValueError):
        ellipse([0, 0], np.eye(2), coverage, points)
