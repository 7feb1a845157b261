"""How precise the scores of a file are: by their key, or by the file itself, as a clinic's own reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from mooring.catalogue import Instrument, Scale
from mooring.checkins.imports.keying import Blocks, first_occasions, matrix
from mooring.checkins.imports.names import PERSON
from mooring.checkins.imports.parts import Part
from mooring.science import scales

FEWEST_PERSONS = 30
"""Below, a standard deviation is off by more than 13 % in one file of three: no reference is made (house rule)."""
LONGEST_NAME = 60


@dataclass(frozen=True)
class Measured:
    """Mean, spread and reliability of a scale among first occasions."""

    instrument: Instrument
    scale: str
    minimum: float
    maximum: float
    persons: int
    mean: float | None
    sd: float | None
    """None: too few people, or no spread."""
    reliability: float | None
    """None: totals of a scale without a published reliability, or an alpha outside 0 to 1."""
    how: str

    @property
    def usable(self) -> bool:
        return self.sd is not None


def needed(blocks: Blocks) -> list[Measured]:
    """The scales whose key has no confirmed precision for such answers, as measured in this file."""
    grouped: dict[tuple[str, tuple[float, float] | None], list[tuple[Part, pl.DataFrame]]] = {}
    for part, block in blocks:
        grouped.setdefault((part.key, part.declared_range), []).append((part, block))
    found = []
    for (_, declared), own in grouped.items():
        instrument = own[0][0].instrument
        given = {code for part, _ in own for code in part.codes}
        for scale in instrument.scales:
            touched = given & {scale.code, *scale.items}
            if touched and (declared is not None or not has_precision(scale)):
                found.append(_measured(instrument, scale, declared, own))
    return found


def has_precision(scale: Scale) -> bool:
    """Whether the key itself says how spread and how reliable its scores are."""
    known = scale.precision
    return known is not None and known.sd is not None and known.reliability is not None


def source_text(measured: Measured, file: str, on: date) -> str:
    """What a reference says of its origin."""
    name = file if len(file) <= LONGEST_NAME else f"{file[: LONGEST_NAME - 1]}…"
    return f"Import of {on.isoformat()} ({name}): first occasion of {measured.persons} people; {measured.how}."


def _measured(instrument: Instrument, scale: Scale, declared: tuple[float, float] | None, own: Blocks) -> Measured:
    scored, alphas, people = [], [], set()
    for part, block in own:
        rows = first_occasions(block)
        people |= set(rows[PERSON])
        if part.totals and scale.code in part.codes:
            scored.append(rows[scale.code].drop_nulls().to_numpy())
        elif not part.totals:
            score, turned = _scored(part, scale, rows)
            scored.append(score[np.isfinite(score)])
            alphas.append(turned)
    every = np.concatenate(scored) if scored else np.array([])
    mean, sd = _spread(every, len(people))
    reliability, how = _reliability(scale, alphas)
    low, high = declared or (scale.minimum, scale.maximum)
    return Measured(instrument, scale.code, low, high, len(people), mean, sd, reliability, how)


def _scored(part: Part, scale: Scale, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Scores as they will be made from the stored answers, and the turned answers they rest on."""
    items = [part.instrument.item(code) for code in part.items if code in set(scale.items)]
    given = matrix(part, rows, [item.code for item in items])
    bounds = part.declared_range
    low = np.array([item.minimum if bounds is None else bounds[0] for item in items], dtype=float)
    high = np.array([item.maximum if bounds is None else bounds[1] for item in items], dtype=float)
    reversed_items = [] if part.already_keyed else [i for i, item in enumerate(items) if item.reversed]
    rule = scale.missing
    share = rule.share if rule.kind == "share" else scales.ALL_ITEMS
    score = scales.score(given, low, high, reversed_items=reversed_items, method=scale.score, least_share=share).score
    given[:, reversed_items] = (low + high)[reversed_items] - given[:, reversed_items]
    return score, given


def _spread(scores: np.ndarray, persons: int) -> tuple[float | None, float | None]:
    if persons < FEWEST_PERSONS or scores.size < FEWEST_PERSONS:
        return None, None
    sd = float(scores.std(ddof=1))
    return (float(scores.mean()), sd) if sd > 0 else (None, None)


def _reliability(scale: Scale, turned: Sequence[np.ndarray]) -> tuple[float | None, str]:
    if turned:
        alpha = scales.cronbach_alpha(np.concatenate(turned))
        if 0 < alpha < 1:
            return alpha, f"alpha over {turned[0].shape[1]} items"
        return None, "no usable alpha"
    if scale.precision is not None and scale.precision.reliability is not None:
        return scale.precision.reliability, "totals; the reliability is the key's"
    return None, "totals; no reliability is known"
