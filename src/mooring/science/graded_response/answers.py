"""Answers as the kernels take them: checked, whole numbers, −1 for a missing one; identical persons together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response.model import MISSING, Answers, Floats
from mooring.science.graded_response.parameters import Ints


class Rows(NamedTuple):
    """Persons, or patterns of answers with the number of persons who gave them."""

    answers: Answers
    weights: Floats
    """(n,) persons."""
    groups: Ints
    """(n,) 0 for the reference group."""


def as_answers(answers: npt.ArrayLike) -> Answers:
    """(N, J) categories from 0, −1 or nan for missing, as int8.

    Raises ValueError naming person and item of the first answer that is no category.
    """
    given = np.asarray(answers)
    if given.ndim != 2 or given.dtype.kind not in "iufb":
        raise ValueError(f"answers are a table of numbers, persons by items, not {given.dtype} {given.shape}")
    if given.dtype == np.int8:
        if given.size and int(given.min()) < MISSING:
            _first_wrong(given, given < MISSING)
        return np.ascontiguousarray(given)
    numbers = np.where(np.isnan(given), MISSING, given) if given.dtype.kind == "f" else given
    wrong = (numbers < MISSING) | (numbers > 126) | (numbers != np.floor(numbers))
    if wrong.any():
        _first_wrong(given, wrong)
    return np.ascontiguousarray(numbers, dtype=np.int8)


def _first_wrong(given: npt.NDArray[np.generic], wrong: npt.NDArray[np.bool_]) -> None:
    person, item = np.argwhere(wrong)[0]
    raise ValueError(
        f"person {person}, item {item}: {given[person, item]} is no category; "
        "answers are 0, 1, 2 … from the lowest, −1 or nan for a missing one"
    )


def category_numbers(answers: Answers, categories: npt.ArrayLike | None) -> Ints:
    """(J,) number of categories of each item: given as one number or one an item, else the highest answer + 1."""
    highest = answers.max(axis=0, initial=MISSING).astype(np.int64)
    if categories is None:
        return np.asarray(np.maximum(highest + 1, 2))
    numbers = np.broadcast_to(np.asarray(categories, dtype=np.int64), highest.shape)
    if (numbers < 2).any() or (numbers > 127).any():
        raise ValueError("an item has from 2 to 127 categories")
    if (highest >= numbers).any():
        item = int(np.argmax(highest >= numbers))
        raise ValueError(f"item {item}: answer {highest[item]}, but its categories are 0 to {numbers[item] - 1}")
    return np.array(numbers)


def frequencies(
    answers: npt.ArrayLike, categories: npt.ArrayLike | None = None, weights: Floats | None = None
) -> Floats:
    """How many chose each category of each item (J, K); nan beyond an item's own last category.

    Of several partitions they are added; then ``categories`` must be given. Raises as :func:`as_answers`, and for
    an answer beyond its item's categories.
    """
    checked = as_answers(answers)
    numbers = category_numbers(checked, categories)
    table = np.full((numbers.size, int(numbers.max(initial=2))), np.nan)
    for j, number in enumerate(numbers):
        counted = np.bincount(checked[:, j].astype(np.int64) + 1, weights=weights, minlength=number + 1)
        table[j, :number] = counted[1:]
    return table


def group_codes(groups: npt.ArrayLike | None, persons: int) -> tuple[tuple[object, ...], Ints]:
    """Labels in order, the reference group first, and each person's place in it."""
    if groups is None:
        return (0,), np.zeros(persons, dtype=np.int64)
    labels = np.asarray(groups)
    if labels.shape != (persons,):
        raise ValueError(f"groups {labels.shape} must be one label a person, {persons}")
    if labels.dtype.kind == "f" and np.isnan(labels).any():
        raise ValueError(f"person {int(np.argmax(np.isnan(labels)))} has no group")
    if labels.dtype.kind == "O":
        raise ValueError("labels of groups are all texts or all numbers")
    names, codes = np.unique(labels, return_inverse=True)
    return tuple(names.tolist()), codes.astype(np.int64)


def patterns(answers: Answers, groups: Ints, sizes: Ints) -> Rows:
    """Identical persons as one row with a weight, where enough of the first two thousand are identical."""
    persons = answers.shape[0]
    whole = Rows(answers, np.ones(persons), groups)
    radices = [*(sizes + 1).tolist(), int(groups.max(initial=0)) + 1]
    if persons == 0 or np.log2(np.array(radices, dtype=float)).sum() > 62:
        return whole
    sample = _numbers(answers[:2000], groups[:2000], radices)
    if np.unique(sample).size > 0.8 * sample.size:
        return whole
    _, first, counts = np.unique(_numbers(answers, groups, radices), return_index=True, return_counts=True)
    return Rows(answers[first], counts.astype(float), groups[first])


def _numbers(answers: Answers, groups: Ints, radices: list[int]) -> Ints:
    number = groups.copy()
    for j, radix in enumerate(radices[:-1]):
        number = number * radix + answers[:, j] + 1
    return number
