"""A calibration of a measure from answers in memory. Pure: the command and the clinic call the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from mooring.catalogue import Calibration, Instrument
from mooring.research.groups import Labels
from mooring.research.study import Given, Model, Seen, study


def calibrate(
    instrument: Instrument,
    answers: npt.ArrayLike,
    codes: Sequence[str],
    *,
    sample: str,
    answer_range: tuple[float, float] | None = None,
    already_keyed: bool = False,
    strata: Mapping[str, Labels] | None = None,
    groups: Mapping[str, Labels] | None = None,
    simulated: bool = False,
    model: Model = "separate",
    progress: Seen | None = None,
) -> Calibration:
    """Item parameters, reliability and norms of every scale with three items or more.

    answers (n, k): as they were given, in the range of the key or in ``answer_range``; nan for missing; one row a
    person, so that nobody counts twice. codes (k,): the item of each column. strata and groups: name → label a person
    (n,), empty for unknown. sample: whose answers, in words. progress(what, round, log-likelihood).

    Raises Refused (a ValueError) naming the items that clearly run against their scale, KeyError for an unknown item,
    and ValueError for a table of another shape or an answer out of range.
    """
    return study(
        given_of(
            instrument,
            answers,
            codes,
            answer_range=answer_range,
            already_keyed=already_keyed,
            strata=strata,
            groups=groups,
        ),
        sample=sample,
        simulated=simulated,
        model=model,
        seen=progress,
    ).calibration


def given_of(
    instrument: Instrument,
    answers: npt.ArrayLike,
    codes: Sequence[str],
    *,
    answer_range: tuple[float, float] | None = None,
    already_keyed: bool = False,
    strata: Mapping[str, Labels] | None = None,
    groups: Mapping[str, Labels] | None = None,
) -> Given:
    """Answers in memory, checked; see :func:`calibrate`."""
    items = tuple(instrument.item(code) for code in codes)
    low = np.array([float(item.minimum) for item in items])
    high = np.array([float(item.maximum) for item in items])
    if answer_range is not None and {(float(item.minimum), float(item.maximum)) for item in items} == {answer_range}:
        answer_range = None
    if answer_range is not None:
        low, high = np.full(len(items), answer_range[0]), np.full(len(items), answer_range[1])
    table = np.asarray(answers, dtype=float)
    if table.ndim != 2 or table.shape[1] != len(items) or len(set(codes)) != len(items):
        raise ValueError(f"answers {table.shape} must have one column for each of {len(items)} different items")
    wrong = (table < low) | (table > high) | ((table != np.floor(table)) & np.isfinite(table)) | np.isinf(table)
    if wrong.any():
        row, place = np.argwhere(wrong)[0]
        raise ValueError(
            f"row {row}, {codes[place]}: {table[row, place]:g} is no answer; they go from {low[place]:g} to"
            f" {high[place]:g} in whole numbers"
        )
    for name, labels in [*(strata or {}).items(), *(groups or {}).items()]:
        if len(labels) != table.shape[0]:
            raise ValueError(f"{name}: {len(labels)} labels for {table.shape[0]} people")
    return Given(instrument, items, table, low, high, answer_range, already_keyed, strata=strata, groups=groups)
