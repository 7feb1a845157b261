"""What speaks against using a calibration, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mooring.science.graded_response.model import Floats, Items
from mooring.science.graded_response.parameters import (
    FARTHEST_NODE,
    GREATEST_SD,
    LEAST_SD,
    STEEPEST,
    Parameters,
    Used,
    items_of,
)

FEW_PERSONS = 200
"""House rule: below it, thresholds of rare categories are guesses."""
WEAK, STRONG = 0.25, 8.0
"""House rule: a discrimination outside these bounds measures next to nothing, or is an item asked twice."""

ONE_DIMENSION = 0.98
"""House rule: two dimensions that correlate more than this are one; the search ends at 0.995."""


def problems(
    parameters: Parameters, frequencies: Floats, used: Used, persons: float, labels: Sequence[object]
) -> tuple[str, ...]:
    """Reasons not to use these items, which count from 0; frequencies (J, K), nan beyond an item's last category."""
    items = items_of(parameters)
    found = []
    if persons < FEW_PERSONS:
        found.append(f"only {persons:.0f} persons answered; at least {FEW_PERSONS} are needed")
    estimated = int(used.cuts.sum() + (used.sizes > 1).sum())
    if persons < estimated:
        found.append(f"{persons:.0f} persons for {estimated} parameters")
    for j in range(items.a.size):
        found += _of_item(j, items, parameters, frequencies[j], used)
    if parameters.dimensions == 2 and abs(parameters.correlation) > ONE_DIMENSION:
        found.append(f"the two dimensions cannot be told apart (correlation {parameters.correlation:.2f})")
    for g, sd in enumerate(parameters.sds):
        if not 1.01 * LEAST_SD < sd < 0.99 * GREATEST_SD or abs(parameters.means[g]) > 0.99 * FARTHEST_NODE:
            found.append(
                f"group {labels[g]!r}: mean {parameters.means[g]:.1f}, sd {sd:.1f}, at the bound of the search"
            )
    return tuple(found)


def _of_item(j: int, items: Items, parameters: Parameters, frequencies: Floats, used: Used) -> list[str]:
    name, a = f"item {j}", items.a[j]
    size = int(used.sizes[j])
    if size == 0:
        return [f"{name}: nobody answered it; leave it out"]
    if size == 1:
        return [f"{name}: everybody gave the same answer, {used.categories[j, 0]}; it tells nothing, leave it out"]
    found = []
    empty = np.flatnonzero(frequencies == 0)
    if empty.size:
        listed = ", ".join(str(k) for k in empty)
        found.append(f"{name}: nobody chose category {listed}; collapse it with a neighbour or gather more answers")
    if parameters.slopes[j] < -WEAK:
        found.append(f"{name}: negative discrimination {a:.2f}; it runs against the others: is it keyed the right way?")
    elif abs(parameters.slopes[j]) < WEAK:
        found.append(f"{name}: discrimination {a:.2f} is next to none; its thresholds mean nothing")
    elif a > STRONG:
        bound = " (the bound of the search)" if a >= 0.99 * STEEPEST else ""
        found.append(f"{name}: discrimination {a:.1f}{bound} is too high to be true; is it another item's double?")
    cuts = items.b[j, used.cuts[j]]
    far = np.abs(cuts) > FARTHEST_NODE
    if far.any() and abs(parameters.slopes[j]) >= WEAK:
        found.append(f"{name}: threshold {cuts[far][0]:.1f} lies beyond ±{FARTHEST_NODE:.0f}, where nobody is")
    return found
