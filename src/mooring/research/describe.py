"""What a calibrated scale is worth: reliability, norms, items that fit badly or work differently in a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mooring.catalogue import Scale, StratumNorm
from mooring.catalogue.calibrated import Ready
from mooring.research.answers import Floats
from mooring.science import scales

if TYPE_CHECKING:
    from mooring.research.study import Given


@dataclass(frozen=True)
class Description:
    alpha: float | None
    omega: float | None
    norms: tuple[StratumNorm, ...]
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def describe(given: Given, scale: Scale, places: Sequence[int], values: Floats, model: Ready) -> Description:
    own = values[:, list(places)]
    alpha = scales.cronbach_alpha(own)
    return Description(alpha, None, ())
