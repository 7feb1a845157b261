"""What a calibrated scale is worth: reliability, norms, items that fit badly or work differently in a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mooring.catalogue import Item, Percentile, Scale, StratumNorm
from mooring.research.answers import Floats
from mooring.research.groups import NONE, Labels
from mooring.science import reliability, scales

EVERYBODY = "all"
POOR = 0.7
"""House rule: below this reliability a caution is given."""
SURE_ROWS = 20_000
"""ω and its error are taken from so many complete rows at most, at even distances."""


@dataclass(frozen=True)
class Description:
    alpha: reliability.Coefficient
    omega: reliability.Coefficient
    norms: tuple[StratumNorm, ...]
    cautions: tuple[str, ...] = ()


def describe(
    scale: Scale, items: Sequence[Item], values: Floats, ends: tuple[Floats, Floats], strata: Mapping[str, Labels]
) -> Description:
    """values (n, k): keyed answers to the scale's ``items``; ends: their lowest and highest answer (k,)."""
    some = values[:: max(1, values.shape[0] // SURE_ROWS)]
    alpha, omega = reliability.alpha(some), reliability.omega(some)
    cautions = []
    for name, found in (("α", alpha), ("ω", omega)):
        if found.reason:
            cautions.append(f"{scale.code}: {name}: {found.reason}")
        elif found.value < POOR:
            cautions.append(f"{scale.code}: {name} is {found.value:.2f}: its scores are unreliable")
    rule = scale.missing
    score = scales.score(
        values,
        *ends,
        method=scale.score,
        least_share=rule.share if rule.kind == "share" else scales.ALL_ITEMS,
    ).score
    norms = list(_norms(EVERYBODY, score, np.full(score.size, EVERYBODY)))
    for name, labels in strata.items():
        norms += _norms(name, score, labels)
    return Description(alpha, omega, tuple(norms), tuple(cautions))


def _norms(name: str, score: Floats, labels: Labels) -> list[StratumNorm]:
    known = labels != NONE
    found = reliability.norms(score[known], labels[known].tolist())
    rows = []
    for label in sorted(found, key=str):
        one = found[label]
        stratum = EVERYBODY if name == EVERYBODY else f"{name}: {label}"
        if one.mean is None or one.sd is None:
            rows.append(StratumNorm(stratum, one.people))
            continue
        percentiles = tuple(Percentile(percent, interval.value) for percent, interval in one.percentiles)
        rows.append(StratumNorm(stratum, one.people, one.mean.value, one.sd.value, percentiles))
    return rows


def value_of(found: reliability.Coefficient) -> float | None:
    """Its value; None where there is none."""
    return float(found.value) if np.isfinite(found.value) else None
