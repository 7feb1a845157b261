"""Calibration of a bank: marginal maximum likelihood of the graded response model.

    log L = Σ_i log ∫ Π_j P(x_ij | θ) φ(θ; μ_g(i), σ_g(i)) dθ

over rectangular nodes on ±6 (61; in two dimensions 31 by 31), by EM (Bock & Aitkin 1981, doi:10.1007/BF02293801;
Samejima 1969, Psychometrika Monograph 17). θ is standard normal in the reference group, or in both dimensions with
a correlation. One EM serves answers in memory, in chunks, and on many machines: only sums of counts cross over.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.graded_response import standard_errors as errors
from mooring.science.graded_response.acceleration import Climb, Differences, EStep, Progress, climb
from mooring.science.graded_response.answers import (
    Rows,
    as_answers,
    category_numbers,
    frequencies,
    group_codes,
    patterns,
)
from mooring.science.graded_response.diagnostics import problems
from mooring.science.graded_response.expectation import Counts, count, encode, threads
from mooring.science.graded_response.model import MISSING, Floats, Items
from mooring.science.graded_response.parameters import (
    Ints,
    Parameters,
    Used,
    items_of,
    nodes,
    parameters_of,
    start_from,
    tied,
    used_categories,
)
from mooring.science.graded_response.standard_errors import ItemErrors

TOLERANCE = 1e-5
"""Largest movement of a slope or intercept at which the EM may stop."""
MAX_ITERATIONS = 500
WARM_ROWS = 3000
WARM_TOLERANCE, WARM_ITERATIONS = 1e-2, 30


class Group(NamedTuple):
    """θ in one group of persons; the reference group is 0 and 1 by definition, without standard errors (nan)."""

    label: object
    persons: float
    mean: float
    sd: float
    mean_error: float
    sd_error: float


class Fit(NamedTuple):
    items: Items
    standard_errors: ItemErrors
    """nan where nothing was estimated, or ``standard_errors=False``."""
    groups: tuple[Group, ...]
    """The reference group first."""
    correlation: float
    """Of the two dimensions; 0 in one."""
    correlation_error: float
    log_likelihood: float
    """At exactly these parameters."""
    iterations: int
    """E-steps taken over all persons."""
    converged: bool
    nodes: Floats
    """(Q,) along each axis."""
    n: int
    """Persons who answered anything."""
    problems: tuple[str, ...]
    """Why not to use this fit; empty when nothing speaks against it."""


def fit(
    answers: npt.ArrayLike,
    *,
    categories: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    dimension: npt.ArrayLike | None = None,
    start: Items | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
    progress: Progress | None = None,
    standard_errors: bool = True,
) -> Fit:
    """Calibrate items from answers.

    answers (N, J): categories from 0 for the lowest, −1 or nan for missing. categories: how many each item has, one
    number or (J,); without it the highest answer + 1, so that an unused highest category goes unnoticed. groups
    (N,): a label each; the first in order is the reference group, the others' means and sds are estimated.
    dimension (J,): 0 or 1, which θ the item measures; default one dimension. tolerance: largest movement of a slope
    or intercept at which to stop. progress(iteration, log-likelihood) is called at each E-step over all persons.

    A category nobody chose has no threshold of its own: it takes the next one's (inside) or one far out (at an end),
    and ``problems`` names the item. Raises ValueError for answers that are no categories, a table without persons or
    items, labels or dimensions that do not match it, and groups together with two dimensions.
    """
    _stopping(tolerance, max_iterations)
    checked = as_answers(answers)
    labels, codes = group_codes(groups, checked.shape[0])
    sizes = category_numbers(checked, categories)
    measures = _dimension(dimension, checked.shape[1], len(labels))
    table = frequencies(checked, sizes)
    rows = _answered(patterns(checked, codes, sizes), labels)
    used = used_categories(table)
    first = start_from(table, dimension=measures, groups=len(labels)) if start is None else _given(start, table, used)
    encoded = encode(rows, sizes, measures)
    with ThreadPoolExecutor(threads()) as pool:
        first, differences = _warm(rows, first, used, sizes, pool)

        def e_step(parameters: Parameters) -> Counts:
            return count(encoded, parameters, pool)

        found = climb(
            e_step,
            first,
            used,
            tolerance=tolerance,
            max_iterations=max_iterations,
            progress=progress,
            differences=differences,
        )
        return _fit(found, e_step if standard_errors else None, used, labels, sizes)


def fit_from_counts(
    e_step: EStep,
    start: Parameters,
    *,
    labels: Sequence[object] | None = None,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
    progress: Progress | None = None,
    standard_errors: bool = True,
) -> Fit:
    """The same calibration from a callable that gives the summed counts of all persons at given parameters.

    ``start_from(frequencies)`` makes a start, with frequencies and, in ``e_step``, ``expected_counts`` summed over
    the partitions. labels: of the groups, in the order of their numbers. The standard errors take one E-step for each
    parameter. Raises what ``e_step`` raises.
    """
    _stopping(tolerance, max_iterations)
    counts = e_step(start)
    names = tuple(range(start.means.size)) if labels is None else tuple(labels)
    _all_present(counts.latent.sum(axis=1) if start.dimensions == 1 else counts.latent.sum(keepdims=True), names)
    chosen = counts.items.sum(axis=2)
    exists = np.pad(np.isfinite(start.intercepts), ((0, 0), (1, 0)), constant_values=True)
    used = used_categories(np.where(exists & (chosen > 0.5), chosen, 0.0))
    first = start._replace(intercepts=tied(start.intercepts, used))
    found = climb(e_step, first, used, tolerance=tolerance, max_iterations=max_iterations, progress=progress)
    sizes = np.isfinite(start.intercepts).sum(axis=1) + 1
    return _fit(found, e_step if standard_errors else None, used, names, sizes)


def _stopping(tolerance: float, max_iterations: int) -> None:
    if not tolerance > 0 or max_iterations < 1:
        raise ValueError(f"tolerance {tolerance} and iterations {max_iterations} must be above 0")


def _dimension(dimension: npt.ArrayLike | None, items: int, groups: int) -> Ints:
    if items == 0:
        raise ValueError("there is no item to calibrate")
    measures = np.zeros(items, dtype=np.int64) if dimension is None else np.asarray(dimension, dtype=np.int64)
    if measures.shape != (items,) or set(measures.tolist()) not in ({0}, {0, 1}):
        raise ValueError(f"dimension must be 0 or 1 for each of the {items} items, with an item on each")
    if groups > 1 and measures.any():
        raise ValueError("several groups are calibrated in one dimension only; fit each dimension by itself")
    return measures


def _answered(rows: Rows, labels: tuple[object, ...]) -> Rows:
    """Persons who answered anything; raises ValueError when a group has none."""
    some = (rows.answers != MISSING).any(axis=1)
    kept = rows if some.all() else Rows(rows.answers[some], rows.weights[some], rows.groups[some])
    _all_present(np.bincount(kept.groups, minlength=len(labels)), labels)
    return kept


def _all_present(persons: npt.NDArray[np.generic], labels: tuple[object, ...]) -> None:
    if (persons == 0).any():
        whom = f"of group {labels[int(np.argmax(persons == 0))]!r}" if len(labels) > 1 else "at all"
        raise ValueError(f"there is no answer {whom}")


def _given(start: Items, table: Floats, used: Used) -> Parameters:
    expected = np.isfinite(table[:, 1:])
    parameters = parameters_of(start)
    if parameters.intercepts.shape != expected.shape or (np.isfinite(start.b) != expected).any():
        raise ValueError("start must have as many thresholds as each item has categories, less one")
    return parameters._replace(intercepts=tied(parameters.intercepts, used))


def _warm(rows: Rows, start: Parameters, used: Used, sizes: Ints, pool: Executor) -> tuple[Parameters, Differences]:
    """Where a few thousand rows lead, and what they tell of the EM map."""
    if rows.answers.shape[0] < 3 * WARM_ROWS:
        return start, ()
    some = _sample(rows, used)
    encoded = encode(Rows(rows.answers[some], rows.weights[some], rows.groups[some]), sizes, start.dimension)
    found = climb(
        lambda parameters: count(encoded, parameters, pool),
        start,
        used,
        tolerance=WARM_TOLERANCE,
        max_iterations=WARM_ITERATIONS,
    )
    return found.parameters, found.differences


def _sample(rows: Rows, used: Used) -> Ints:
    """Rows spread over the table, and one for every category and group that they would miss."""
    answers, _, groups = rows
    some = np.arange(0, answers.shape[0], answers.shape[0] // WARM_ROWS)
    seen = np.nan_to_num(frequencies(answers[some], used.categories.max(axis=1) + 1 + (used.sizes < 2)))
    extra = [
        int(np.argmax(answers[:, j] == k))
        for j in range(used.sizes.size)
        for k in used.categories[j, : used.sizes[j]]
        if seen[j, k] == 0
    ]
    extra += [int(np.argmax(groups == g)) for g in set(range(int(groups.max()) + 1)) - set(groups[some].tolist())]
    return np.concatenate([some, np.array(extra, dtype=np.int64)])


def _fit(found: Climb, e_step: EStep | None, used: Used, labels: tuple[object, ...], sizes: Ints) -> Fit:
    """Put together; standard errors with ``e_step`` only."""
    parameters, counts = found.parameters, found.counts
    table = counts.items.sum(axis=2)
    table[np.arange(table.shape[1]) >= sizes[:, None]] = np.nan
    persons = np.array([counts.latent.sum()]) if parameters.dimensions == 2 else counts.latent.sum(axis=1)
    against = list(problems(parameters, np.round(table), used, float(persons.sum()), labels))
    if not found.converged:
        against.insert(0, f"not converged after {found.iterations} iterations")
    known = errors.unknown(parameters)
    if e_step is not None:
        spread = errors.covariance(errors.observed_information(e_step, parameters, counts, used))
        if spread is None:
            against.append("the information matrix is not positive definite: something is not identified")
        else:
            known = errors.errors_of(spread, parameters, used)
    groups = tuple(
        Group(label, float(round(float(n), 6)), float(mean), float(sd), float(mean_error), float(sd_error))
        for label, n, mean, sd, mean_error, sd_error in zip(
            labels, persons, parameters.means, parameters.sds, known.means, known.sds, strict=True
        )
    )
    return Fit(
        items_of(parameters),
        known.items,
        groups,
        parameters.correlation,
        known.correlation,
        counts.log_likelihood,
        found.iterations,
        found.converged,
        nodes(parameters.dimensions),
        round(float(persons.sum())),
        tuple(against),
    )
