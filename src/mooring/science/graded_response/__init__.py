"""The graded response model: fitting, scoring, information and fit, in one and in two dimensions.

The words most used stand here: `graded_response.fit(answers)`, `.wle(items, answers)`, `.test_information(items, at)`.
Banks and answers made up from them are in `simulate`, misfit in `item_fit`, groups in `dif`.
"""

from mooring.science.graded_response import dif, item_fit, simulate
from mooring.science.graded_response.fit import Fit, fit, fit_from_counts
from mooring.science.graded_response.information import (
    expected_error,
    item_information,
    marginal_reliability,
    test_information,
)
from mooring.science.graded_response.model import MISSING, Items, probabilities
from mooring.science.graded_response.scores import Normal, Scores, by_axis, eap, eap_plane, ml, without_prior, wle
from mooring.science.graded_response.true_score import population, true_scores

__all__ = [
    "MISSING",
    "Fit",
    "Items",
    "Normal",
    "Scores",
    "by_axis",
    "dif",
    "eap",
    "eap_plane",
    "expected_error",
    "fit",
    "fit_from_counts",
    "item_fit",
    "item_information",
    "marginal_reliability",
    "ml",
    "population",
    "probabilities",
    "simulate",
    "test_information",
    "true_scores",
    "without_prior",
    "wle",
]
