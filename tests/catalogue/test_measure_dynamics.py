"""The movement assumed of a scale, in its own points."""

import pytest

from mooring.catalogue import CatalogueError, Precision, dynamics, load


def test_without_a_mean_it_starts_in_the_middle_of_the_scale() -> None:
    bank = load("state-security")
    precision = bank.precision("security", "short")
    assert precision
    moves = dynamics(bank.scale("security"), precision)
    assert moves.status == "assumed"
    assert moves.prior_mean == 5
    # sd 2.0: prior 1.5 sd, a bad day 0.25 sd, a week's step about 0.15 sd.
    assert moves.prior_sd == pytest.approx(3.0)
    assert moves.occasion_sd == pytest.approx(0.5)
    assert moves.level_diffusion**0.5 == pytest.approx(0.15 * 2.0, rel=0.1)
    assert 0 < moves.slope_diffusion < moves.level_diffusion


def test_with_a_mean_it_starts_there() -> None:
    scale = load("core-10").scale("total")
    assert scale.precision
    assert dynamics(scale, scale.precision).prior_mean == 19.7


def test_without_a_standard_deviation_there_is_no_unit() -> None:
    scale = load("ecr").scale("anxiety")
    with pytest.raises(CatalogueError, match="no standard deviation"):
        dynamics(scale, Precision(None, None, 0.9, "published", "a paper"))
