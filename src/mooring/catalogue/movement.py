"""How a scale's level is taken to move between check-ins, until a clinic's own data say better."""

from __future__ import annotations

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import Dynamics, Precision, Scale
from mooring.science.dynamics import assumed_dynamics, assumed_prior

SOURCE = "Assumed in standard deviations of the scale; figures and reasons in mooring.science.dynamics."


def dynamics(scale: Scale, precision: Precision) -> Dynamics:
    """The assumed dynamics in points of the scale, around the precision's mean or else the scale's middle.

    Raises CatalogueError when the precision has no standard deviation.
    """
    if precision.sd is None:
        raise CatalogueError(
            precision.source,
            f"scales.{scale.code}.precision.sd",
            "no standard deviation, so no unit to move in",
            "Give one from the clinic's own data",
        )
    mean = scale.middle if precision.mean is None else precision.mean
    moves = assumed_dynamics(precision.sd)
    prior = assumed_prior(mean, precision.sd)
    return Dynamics(
        level_diffusion=moves.level_diffusion,
        slope_diffusion=moves.slope_diffusion,
        occasion_sd=moves.occasion_sd,
        prior_mean=prior.mean,
        prior_sd=prior.sd,
        prior_slope_sd=prior.slope_sd,
        status="assumed",
        source=SOURCE,
    )
