"""Items that the model does not fit, pairs that share more than the scale, items that work differently in a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mooring.research.groups import NONE, Labels
from mooring.science.graded_response.dif import Dif, differential_functioning
from mooring.science.graded_response.item_fit import ItemFit, item_fit, local_dependence
from mooring.science.graded_response.model import Answers, Items

MOST_PEOPLE = 20_000
"""So many at most, at even distances: more only make every p small."""
MOST_COMPARED = 5_000
"""The same for groups, of whom an item takes several fits."""
LARGE = 0.06
"""House rule: an item with a larger RMSEA of S-X² is named."""
SHARED = 0.2
"""Q3 above the average of the pairs at which Christensen, Makransky & Horton (2017) begin to look."""
SHOWN = 4
"""Pairs that are named."""
LEAST_GROUP = 100
"""House rule: smaller groups are not compared."""


@dataclass(frozen=True)
class Compared:
    """One column of groups."""

    name: str
    labels: tuple[str, ...]
    """The reference group first."""
    found: Dif


@dataclass(frozen=True)
class Misfit:
    fit: ItemFit
    pairs: tuple[tuple[int, int, float], ...]
    """Items, and how far their Q3 lies above the average."""
    compared: tuple[Compared, ...]
    cautions: tuple[str, ...]


def misfit(scale: str, names: Sequence[str], items: Items, answers: Answers, groups: Mapping[str, Labels]) -> Misfit:
    """names (J,): codes of the items; answers (n, J): categories, −1 for missing; groups: column → label a person."""
    step = max(1, answers.shape[0] // MOST_PEOPLE)
    some = answers[::step]
    fit, shared = item_fit(items, some), local_dependence(items, some).above_average
    pairs = [(i, j, float(shared[i, j])) for i in range(len(names)) for j in range(i) if shared[i, j] >= SHARED]
    cautions = [
        f"{scale}: the model fits {names[j]} badly (RMSEA of S-X² {fit.rmsea[j]:.2f})"
        for j in np.flatnonzero(np.nan_to_num(fit.rmsea) > LARGE).tolist()
    ]
    cautions += _pairs(scale, names, pairs)
    compared = []
    for name, labels in groups.items():
        one, told = _compared(scale, name, names, answers, labels)
        cautions += told
        if one is not None:
            compared.append(one)
    return Misfit(fit, tuple(pairs), tuple(compared), tuple(cautions))


def _pairs(scale: str, names: Sequence[str], pairs: Sequence[tuple[int, int, float]]) -> list[str]:
    """One sentence; the strongest first."""
    if not pairs:
        return []
    strongest = sorted(pairs, key=lambda pair: -pair[2])[:SHOWN]
    listed = ", ".join(f"{names[j]} and {names[i]} ({q3:.2f})" for i, j, q3 in strongest)
    more = f" and {len(pairs) - SHOWN} pairs more" if len(pairs) > SHOWN else ""
    return [f"{scale}: pairs that share more than the scale (Q3 above the average): {listed}{more}"]


def _compared(
    scale: str, name: str, names: Sequence[str], answers: Answers, labels: Labels
) -> tuple[Compared | None, list[str]]:
    """The largest group is the reference."""
    found, counts = np.unique(labels[labels != NONE], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    large = [str(found[place]) for place in order if counts[place] >= LEAST_GROUP]
    small = [f"{found[place]} ({counts[place]})" for place in order if counts[place] < LEAST_GROUP]
    told = [f"{name}: groups of fewer than {LEAST_GROUP} people are not compared: {', '.join(small)}"] if small else []
    if len(large) < 2:
        return None, [*told, f"{scale}: nothing to compare by {name}: two groups of {LEAST_GROUP} people are needed"]
    rows = np.flatnonzero(np.isin(labels, large) & (answers >= 0).any(axis=1))
    rows = rows[:: max(1, rows.size // MOST_COMPARED)]
    number = {label: place for place, label in enumerate(large)}
    codes = np.array([number[label] for label in labels[rows].tolist()])
    result = differential_functioning(answers[rows], codes, categories=int(answers.max()) + 1)
    return Compared(name, tuple(large), result), [*told, *_told(scale, name, names, large, result)]


def _told(scale: str, name: str, names: Sequence[str], labels: Sequence[str], found: Dif) -> Iterator[str]:
    for one in found.items:
        if one.flagged:
            effects = ", ".join(
                f"{label} {signed:+.2f} steps from {labels[0]}"
                for label, signed in zip(labels[1:], one.signed, strict=True)
            )
            yield f"{scale}: {names[one.item]} works differently by {name}, people being alike: {effects}"
    if not found.settled:
        yield f"{scale}: which items work differently by {name} did not settle"
