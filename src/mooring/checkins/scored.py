"""The score of each occasion with its error: by the item model where a calibration is in force, else by the key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt

from mooring.catalogue import FULL, Calibration, Instrument, Precision, Scale
from mooring.catalogue.calibrated import Ready, ready_scale
from mooring.science import scales

Floats = npt.NDArray[np.float64]
SHORT = "short"


@dataclass(frozen=True)
class Occasion:
    """One block of answers to a measure, as a scale sees it."""

    checkin: UUID
    occurred_at: datetime
    local_date: date
    instrument: Instrument
    items: Sequence[str]
    answers: Mapping[str, float | None]
    total: float | None
    answer_range: tuple[float, float] | None
    """Declared where it is not the key's own."""
    already_keyed: bool
    calibration: Calibration | None = None
    """In force for this version of the measure and this range."""


@dataclass(frozen=True)
class Scored:
    """The score of one occasion; nan where too few items were answered, and where its error is unknown."""

    score: float
    se: float
    answered: int
    of: int


def scored(scale: Scale, occasions: Sequence[Occasion], reference: Precision | None) -> list[Scored]:
    """One for each occasion, in points of the scale.

    A calibrated occasion is scored on the metric of all calibrated items, whichever were asked, with its own standard
    error, and by its answers alone: what came before belongs to the trajectory. The missing-data rule of the scale
    holds for both.
    """
    found = _classical(scale, occasions, reference)
    by_model: dict[int, tuple[Ready, list[int]]] = {}
    for index, occasion in enumerate(occasions):
        model = model_of(scale, occasion)
        if model is not None and np.isfinite(found[index].score):
            by_model.setdefault(id(model), (model, []))[1].append(index)
    for model, indices in by_model.values():
        rows = np.concatenate([_categories(model, scale, occasions[index]) for index in indices])
        points = model.points(rows)
        for place, index in enumerate(indices):
            if points.answered[place]:
                was = found[index]
                found[index] = Scored(float(points.score[place]), float(points.se[place]), was.answered, was.of)
    return found


def model_of(scale: Scale, occasion: Occasion) -> Ready | None:
    """The calibrated scale that scores this occasion; None when it was reported as a total or nothing is in force."""
    if occasion.calibration is None or occasion.total is not None:
        return None
    return ready_scale(occasion.instrument, occasion.calibration, scale.code)


def calibrated_precision(scale: Scale, occasion: Occasion) -> Precision | None:
    """What the calibration says of the scale; None when it does not score this occasion."""
    model = model_of(scale, occasion)
    if model is None or occasion.calibration is None:
        return None
    known = occasion.calibration.scale(scale.code)
    assert known is not None
    return Precision(model.mean, model.sd, known.reliability, "calibrated", occasion.calibration.sample)


def unit_of_change(scale: Scale, occasion: Occasion, precision: Precision) -> float:
    """The standard error of one complete occasion, in which changes are judged.

    Calibrated: the root mean square, over the calibrated people, of the error of the short form (of all items where
    there is none). Else sd √(1 − r) of the form that was shown.
    """
    model = model_of(scale, occasion)
    if model is None:
        return error_of(precision, 1, 1)
    form = SHORT if SHORT in occasion.instrument.forms else FULL
    return model.typical_error([item.code for item in occasion.instrument.scored_items(scale.code, form)])


def precision_of(scale: Scale, occasion: Occasion, reference: Precision | None) -> Precision | None:
    """The precision of this occasion's score: the shown form's own, else the whole measure's, else the clinic's."""
    if occasion.answer_range is not None:
        return reference
    instrument, shown = occasion.instrument, set(occasion.items)
    matching = [
        code
        for code in instrument.forms
        if {i.code for i in instrument.scored_items(scale.code, code)} == shown & set(scale.items)
    ]
    form = matching[0] if matching and occasion.total is None else FULL
    found = instrument.precision(scale.code, form)
    usable = found is not None and found.sd is not None and found.reliability is not None
    return found if usable else reference


def error_of(precision: Precision | None, items: int, answered: int) -> float:
    """Points; nan where nothing is known."""
    if precision is None or precision.sd is None or precision.reliability is None or answered == 0:
        return float("nan")
    return float(scales.standard_error(precision.sd, precision.reliability, items, answered))


def _classical(scale: Scale, occasions: Sequence[Occasion], reference: Precision | None) -> list[Scored]:
    """By the key alone. What was asked in the same way is scored in one go: half a year costs what a week does."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for index, one in enumerate(occasions):
        way = (id(one.instrument), tuple(one.items), one.answer_range, one.already_keyed, one.total is None)
        alike.setdefault(way, []).append(index)
    found: dict[int, Scored] = {}
    for indices in alike.values():
        group = [occasions[index] for index in indices]
        precision = precision_of(scale, group[0], reference)
        scores = _totals(group, precision) if group[0].total is not None else _means(scale, group, precision)
        found.update(zip(indices, scores, strict=True))
    return [found[index] for index in range(len(occasions))]


def _totals(group: Sequence[Occasion], precision: Precision | None) -> list[Scored]:
    error = error_of(precision, 1, 1)
    return [Scored(float("nan") if one.total is None else one.total, error, 1, 1) for one in group]


def _means(scale: Scale, group: Sequence[Occasion], precision: Precision | None) -> list[Scored]:
    first, wanted = group[0], set(scale.items)
    codes = [code for code in first.items if code in wanted]
    if not codes:
        return [Scored(float("nan"), float("nan"), 0, 0)] * len(group)
    items = [first.instrument.item(code) for code in codes]
    low, high = first.answer_range or (None, None)
    rule = scale.missing
    result = scales.score(
        np.concatenate([_row(one, codes) for one in group]),
        [item.minimum if low is None else low for item in items],
        [item.maximum if high is None else high for item in items],
        reversed_items=[] if first.already_keyed else [i for i, item in enumerate(items) if item.reversed],
        method=scale.score,
        least_share=rule.share if rule.kind == "share" else scales.ALL_ITEMS,
        names=codes,
    )
    errors = {
        n: error_of(precision, len(codes), n if rule.widen else len(codes)) for n in set(result.answered.tolist())
    }
    return [
        Scored(float(score), errors[answered], answered, len(codes))
        for score, answered in zip(result.score, result.answered.tolist(), strict=True)
    ]


def _row(occasion: Occasion, codes: Sequence[str]) -> Floats:
    given = [occasion.answers.get(code) for code in codes]
    return np.array([[np.nan if value is None else float(value) for value in given]])


def _categories(model: Ready, scale: Scale, occasion: Occasion) -> npt.NDArray[np.int8]:
    codes = [code for code in occasion.items if code in set(scale.items)]
    row = _row(occasion, codes)
    if not occasion.already_keyed:
        for column, code in enumerate(codes):
            row[:, column] = occasion.instrument.item(code).turned(row[:, column], occasion.answer_range)
    return model.categories(row, codes)
