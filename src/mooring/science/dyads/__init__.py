"""Two people who answer for themselves and matter to each other."""

from mooring.science.dyads.interdependence import Apim, Dyads, Identical, dyads, fit, identical
from mooring.science.dyads.pattern import PATTERNS, Ratio, ratios

__all__ = ["PATTERNS", "Apim", "Dyads", "Identical", "Ratio", "dyads", "fit", "identical", "ratios"]
