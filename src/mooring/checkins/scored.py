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
    found = [_classical(scale, occasion, precision_of(scale, occasion, reference)) for occasion in occasions]
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


def _classical(scale: Scale, occasion: Occasion, precision: Precision | None) -> Scored:
    if occasion.total is not None:
        return Scored(occasion.total, error_of(precision, 1, 1), 1, 1)
    codes = [code for code in occasion.items if code in set(scale.items)]
    if not codes:
        return Scored(float("nan"), float("nan"), 0, 0)
    items = [occasion.instrument.item(code) for code in codes]
    low, high = occasion.answer_range or (None, None)
    rule = scale.missing
    result = scales.score(
        _row(occasion, codes),
        [item.minimum if low is None else low for item in items],
        [item.maximum if high is None else high for item in items],
        reversed_items=[] if occasion.already_keyed else [i for i, item in enumerate(items) if item.reversed],
        method=scale.score,
        least_share=rule.share if rule.kind == "share" else scales.ALL_ITEMS,
        names=codes,
    )
    answered = int(result.answered[0])
    error = error_of(precision, len(codes), answered if rule.widen else len(codes))
    return Scored(float(result.score[0]), error, answered, len(codes))


def _row(occasion: Occasion, codes: Sequence[str]) -> Floats:
    given = [occasion.answers.get(code) for code in codes]
    return np.array([[np.nan if value is None else float(value) for value in given]])


def _categories(model: Ready, scale: Scale, occasion: Occasion) -> npt.NDArray[np.int8]:
    codes = [code for code in occasion.items if code in set(scale.items)]
    row = _row(occasion, codes)
    if not occasion.already_keyed:
        for column, code in enumerate(codes):
            item = occasion.instrument.item(code)
            if item.reversed:
                low, high = occasion.answer_range or (item.minimum, item.maximum)
                row[:, column] = low + high - row[:, column]
    return model.categories(row, codes)
