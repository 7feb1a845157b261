"""A calibrated scale, ready to score: from keyed answers to points with their own standard error."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.catalogue.calibration import CalibratedScale, Calibration
from mooring.catalogue.model import Instrument, Scale
from mooring.science import adaptive
from mooring.science.graded_response import scores
from mooring.science.graded_response.information import expected_error
from mooring.science.graded_response.model import MISSING, Answers, Floats, Items
from mooring.science.graded_response.true_score import NODES, population, true_scores

HERMITE, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
GRID = np.linspace(-15, 15, 3001)
"""Of θ. Between its points the true score is taken as straight: off by less than a² / 8 · 0.01² of the range."""


class Points(NamedTuple):
    """One row an occasion; points of the scale."""

    score: Floats
    """(n,) true score on all calibrated items; nan where nothing was answered."""
    se: Floats
    """(n,) its standard error."""
    answered: npt.NDArray[np.int64]
    """(n,)"""


class Ready(NamedTuple):
    """A scale with its parameters as arrays."""

    codes: tuple[str, ...]
    """(J,) item of each row of the parameters."""
    items: Items
    values: Floats
    """(J, K) points that an answer in each category counts, nan beyond an item's last."""
    curve: Floats
    """(3001,) true score on GRID, points."""
    lowest: tuple[tuple[float, ...], ...]
    mean: float
    sd: float
    """Of the true score among those calibrated, points."""
    bank: adaptive.Bank
    """The same items as a check-in chooses from them, with their facets."""

    def categories(self, answers: npt.ArrayLike, codes: Sequence[str]) -> Answers:
        """Keyed answers (n, k) to the items ``codes``, nan for missing, as categories (n, J) of all its items."""
        given = np.asarray(answers, dtype=float)
        placed = np.full((given.shape[0], len(self.codes)), MISSING, dtype=np.int8)
        place = {code: j for j, code in enumerate(self.codes)}
        for column, code in enumerate(codes):
            if (j := place.get(code)) is not None:
                found = np.searchsorted(self.lowest[j], given[:, column], side="right") - 1
                placed[:, j] = np.where(np.isfinite(given[:, column]), np.maximum(found, 0), MISSING)
        return placed

    def points(self, categories: Answers) -> Points:
        """The weighted likelihood estimate of θ (Warm 1989) as a true score; its error is the root mean square
        distance, in points, of θ drawn from N(θ̂, SE²): near an end, where points hardly tell θ apart, it stays honest
        where slope · SE would fall to nothing. Answers that leave several peaks are averaged over instead (EAP with
        its prior divided out).
        """
        found = scores.wle(self.items, categories)
        theta, se = found.theta, found.standard_error
        undecided = found.reason == scores.Reason.UNDECIDED
        if undecided.any():
            other = scores.without_prior(scores.eap(self.items, categories[undecided]))
            theta[undecided], se[undecided] = other.theta, other.standard_error
        return Points(np.interp(theta, GRID, self.curve), self._error(theta, se), found.answered)

    def typical_error(self, codes: Sequence[str]) -> float:
        """Root mean square over the calibrated people (θ standard normal) of the error in points of a form of these
        items, with SE(θ) = 1 / √I(θ)."""
        asked = np.isin(self.codes, list(codes))
        form = Items(self.items.a[asked], self.items.b[asked], self.items.dimension[asked])
        se = expected_error(form, NODES)[0]
        weights = np.exp(-(NODES**2) / 2)
        return float(np.sqrt(weights @ self._error(NODES, se) ** 2 / weights.sum()))

    def _error(self, theta: Floats, se: Floats) -> Floats:
        centre = np.interp(theta, GRID, self.curve)
        around = np.interp(theta[:, None] + se[:, None] * HERMITE, GRID, self.curve)
        return np.asarray(np.sqrt(((around - centre[:, None]) ** 2) @ (WEIGHTS / WEIGHTS.sum())))


@lru_cache(maxsize=64)
def ready(
    scale: Scale, calibrated: CalibratedScale, ends: tuple[tuple[float, float], ...], facets: tuple[str, ...]
) -> Ready:
    """Arrays of one scale. ``ends`` (J,): lowest and highest answer of each item of ``calibrated``; ``facets`` (J,)."""
    width = max(len(item.lowest) for item in calibrated.items)
    a = np.array([item.a for item in calibrated.items])
    b = np.full((a.size, width - 1), np.nan)
    values = np.full((a.size, width), np.nan)
    for j, (item, (_, highest)) in enumerate(zip(calibrated.items, ends, strict=True)):
        b[j, : len(item.b)] = item.b
        lasts = [*(low - 1 for low in item.lowest[1:]), highest]
        values[j, : len(item.lowest)] = [(low + last) / 2 for low, last in zip(item.lowest, lasts, strict=True)]
    items = Items(a, b, np.zeros(a.size, dtype=np.int64))
    mean, sd = population(items, values)
    times = len(scale.items) if scale.score == "sum" else 1
    codes = tuple(item.code for item in calibrated.items)
    lowest = tuple(item.lowest for item in calibrated.items)
    curve = true_scores(items, values, GRID).points * times
    names = sorted(set(facets))
    bank = adaptive.calibrated(items, [names.index(facet) for facet in facets])
    return Ready(codes, items, values, curve, lowest, mean * times, sd * times, bank)


def ready_scale(instrument: Instrument, calibration: Calibration, scale: str) -> Ready | None:
    """The scale as this calibration knows it; None when it was not calibrated. Items have the key's own range, or
    the one that the calibration's answers had."""
    found = calibration.scale(scale)
    if found is None:
        return None
    ends, facets = [], []
    for one in found.items:
        item = instrument.item(one.code)
        low = float(item.minimum) if calibration.minimum is None else calibration.minimum
        high = float(item.maximum) if calibration.maximum is None else calibration.maximum
        ends.append((low, high))
        facets.append(item.facet or "")
    return ready(instrument.scale(scale), found, tuple(ends), tuple(facets))
