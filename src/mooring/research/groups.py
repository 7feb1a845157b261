"""Labels of people from a column: words as they stand, numbers in bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.catalogue.naming import words_of
from mooring.kit.refused import Refused

Labels = npt.NDArray[np.str_]
NONE = ""
"""Of a person whose cell is empty: they belong to no group."""
AGE_WORDS = {"age", "alter", "years", "edad"}
AGE_BANDS = (16, 30, 45, 60)
"""House rule: first year of each band; younger people are "under 16"."""
MOST = 20
"""More different values than this are no groups."""


def labels_of(name: str, cells: pl.Series) -> Labels:
    """A label a person, empty where nothing is known. Ages fall into bands. Raises Refused for too many values."""
    numbers = cells.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False)
    given = cells.drop_nulls()
    if set(words_of(name)) & AGE_WORDS and numbers.count() == given.len():
        return np.array([_band(age) for age in numbers.to_list()], dtype=np.str_)
    texts = _texts(cells)
    found = sorted(set(texts) - {NONE})
    if len(found) > MOST:
        raise Refused(
            f"column {name}",
            f"it holds {len(found)} different values, such as {', '.join(found[:3])}",
            f"Groups have names, {MOST} at most: put the values into a few bands first.",
        )
    return np.array(texts, dtype=np.str_)


def _texts(cells: pl.Series) -> Sequence[str]:
    if cells.dtype.is_float() and bool((cells.drop_nulls() == cells.drop_nulls().floor()).all()):
        cells = cells.cast(pl.Int64, strict=False)
    return [NONE if text is None else text.strip() for text in cells.cast(pl.String).to_list()]


def _band(age: float | None) -> str:
    if age is None or not np.isfinite(age):
        return NONE
    if age < AGE_BANDS[0]:
        return f"under {AGE_BANDS[0]}"
    place = int(np.searchsorted(AGE_BANDS, age, side="right")) - 1
    if place == len(AGE_BANDS) - 1:
        return f"{AGE_BANDS[-1]} and older"
    return f"{AGE_BANDS[place]} to {AGE_BANDS[place + 1] - 1}"
