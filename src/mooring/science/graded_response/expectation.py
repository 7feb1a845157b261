"""E-step: how many persons are expected at each node, and what they answered there.

    r_jkq = Σ_i [x_ij = k] p(θ_q | x_i),  n_gq = Σ_(i in g) p(θ_q | x_i)

(Bock & Aitkin 1981, doi:10.1007/BF02293801). Counts of partitions are added. In two dimensions of simple structure
the posterior factors into L₀(θ₀) φ(θ₀, θ₁; ρ) L₁(θ₁), so an item costs its own axis only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science._kernels import graded
from mooring.science.graded_response.answers import Rows, as_answers
from mooring.science.graded_response.model import MISSING, Floats
from mooring.science.graded_response.parameters import Ints, Parameters, latent_weights, nodes

BLOCK_ROWS = 128
"""Items are joined while their table has no more rows than this: three of five categories, two of seven or ten."""
BLOCK_ITEMS = 6
RESCALED_ITEMS = 16
"""So many items are multiplied before the product is looked at: with the tables' least probability no underflow."""
VECTOR = 8
"""Table rows are padded to whole vectors of this many numbers."""
PARTS = ((400, 1), (20_000, 2))
"""Up to so many rows, into so many parts for threads; beyond, MOST_PARTS. No processor's number enters, so that sums
are rounded alike everywhere."""
MOST_PARTS = 8


class Counts(NamedTuple):
    """Sufficient statistics of one E-step."""

    items: Floats
    """(J, K, Q) persons expected to have chosen k at node q of the item's own dimension."""
    latent: Floats
    """(G, Q) persons of each group expected at node q; in two dimensions (Q, Q)."""
    log_likelihood: float


class Encoded(NamedTuple):
    """Answers as rows of block tables; the items in order of their dimension."""

    codes: npt.NDArray[np.uint16]
    """(n, B)"""
    weights: Floats
    groups: Ints
    order: Ints
    """(J,) items in the order of the blocks."""
    sizes: Ints
    """(J,) categories, in that order."""
    starts: Ints
    """(B + 1,) first item of each block, in that order."""
    radices: Ints
    """(J,) digits of an item, a missing answer counted where there is any."""
    offsets: Ints
    """(B + 1,) first table row of each block."""
    split: int
    """Blocks of the first dimension."""


def add(counts: Iterable[Counts]) -> Counts:
    """Counts of several partitions together."""
    return reduce(
        lambda one, other: Counts(
            one.items + other.items, one.latent + other.latent, one.log_likelihood + other.log_likelihood
        ),
        counts,
    )


def expected_counts(answers: npt.ArrayLike, parameters: Parameters, groups: Ints | None = None) -> Counts:
    """Counts of these persons under these parameters; of partitions they add up to those of the whole.

    The same as ``count(encoded_answers(answers, parameters, groups), parameters)``, whose first part may be kept from
    one E-step to the next.

    answers (N, J) categories from 0, −1 or nan for missing; groups (N,) numbers from 0, the reference group (default:
    all in it). Raises ValueError for answers that are no category of their item, and for groups the parameters do
    not know.
    """
    return count(encoded_answers(answers, parameters, groups), parameters)


def encoded_answers(answers: npt.ArrayLike, parameters: Parameters, groups: Ints | None = None) -> Encoded:
    """Answers ready for E-steps of these items at any parameters; arguments and errors as :func:`expected_counts`."""
    checked = as_answers(answers)
    sizes = np.isfinite(parameters.intercepts).sum(axis=1) + 1
    if checked.shape[1] != sizes.size:
        raise ValueError(f"answers to {checked.shape[1]} items, parameters of {sizes.size}")
    beyond = checked.max(axis=0, initial=MISSING) >= sizes
    if beyond.any():
        raise ValueError(
            f"item {int(np.argmax(beyond))} has an answer beyond its {sizes[np.argmax(beyond)]} categories"
        )
    own = np.zeros(checked.shape[0], dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    if own.shape != (checked.shape[0],) or not ((own >= 0) & (own < parameters.means.size)).all():
        raise ValueError(f"groups must be one number a person, from 0 to {parameters.means.size - 1}")
    rows = Rows(checked, np.ones(checked.shape[0]), own)
    return encode(rows, sizes, parameters.dimension)


def encode(rows: Rows, sizes: Ints, dimension: Ints) -> Encoded:
    """sizes (J,) categories, dimension (J,). Persons who answered nothing are left out."""
    answers, weights, groups = rows
    if (answers == MISSING).any():
        some = (answers != MISSING).any(axis=1)
        answers, weights, groups = answers[some], weights[some], groups[some]
    order = np.argsort(dimension, kind="stable")
    missing = (answers == MISSING).any(axis=0)[order]
    radices = sizes[order] + missing
    starts = _blocks(radices, dimension[order])
    heights = [int(np.prod(radices[first:last])) for first, last in pairwise(starts.tolist())]
    offsets = np.concatenate([[0], np.cumsum(heights)]).astype(np.int64)
    if offsets[-1] > np.iinfo(np.uint16).max:
        raise ValueError(f"{order.size} items with {int(sizes.sum())} categories are more than one fit can hold")
    codes = np.empty((answers.shape[0], starts.size - 1), dtype=np.uint16)
    in_order = answers if (order == np.arange(order.size)).all() else np.ascontiguousarray(answers[:, order])
    graded.encode(in_order, starts, radices, offsets, codes)
    split = int((dimension[order][starts[:-1]] == 0).sum())
    return Encoded(codes, weights, groups, order, sizes[order], starts, radices, offsets, split)


def _blocks(radices: Ints, dimension: Ints) -> Ints:
    starts, height = [0], 1
    for j, radix in enumerate(radices.tolist()):
        apart = j > 0 and dimension[j] != dimension[j - 1]
        if j > starts[-1] and (apart or height * radix > BLOCK_ROWS or j - starts[-1] == BLOCK_ITEMS):
            starts.append(j)
            height = 1
        height *= radix
    return np.array([*starts, radices.size], dtype=np.int64)


def threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Tables(NamedTuple):
    """What the answers' rows are looked up in; rows are padded to whole vectors."""

    rows: Floats
    """(rows, width) likelihood of a block's answers at each node, over its maximum."""
    log_scales: Floats
    """(rows,) log of that maximum."""
    priors: Floats
    """(G, width), in two dimensions (width, width)."""


def count(encoded: Encoded, parameters: Parameters, pool: Executor | None = None) -> Counts:
    """E-step of encoded answers, shared among the threads of ``pool``."""
    at, tables = nodes(parameters.dimensions), _tables(encoded, parameters)
    persons = encoded.codes.shape[0]
    many = next((parts for rows, parts in PARTS if persons <= rows), MOST_PARTS)
    edges = np.linspace(0, persons, many + 1).astype(np.int64).tolist()
    slices = [slice(first, last) for first, last in pairwise(edges)]
    two = parameters.dimensions == 2

    def one(rows: slice) -> tuple[Floats, Floats, float]:
        return _part(encoded, rows, tables, two)

    parts = map(one, slices) if pool is None or many == 1 else pool.map(one, slices)
    row_counts, latent, log_likelihood = next(iter(parts))
    for its_counts, its_latent, its_log_likelihood in parts:
        row_counts += its_counts
        latent += its_latent
        log_likelihood += its_log_likelihood
    items = np.zeros((encoded.order.size, parameters.intercepts.shape[1] + 1, at.size))
    graded.fold_counts(row_counts, encoded.sizes, encoded.starts, encoded.radices, encoded.offsets, at.size, items)
    return Counts(
        items[np.argsort(encoded.order)],
        latent[: at.size if two else None, : at.size].copy(),
        log_likelihood + float(row_counts[:, : at.size].sum(axis=1) @ tables.log_scales),
    )


def _tables(encoded: Encoded, parameters: Parameters) -> Tables:
    at = nodes(parameters.dimensions)
    width, height = -(-at.size // VECTOR) * VECTOR, int(encoded.offsets[-1])
    slopes, intercepts = parameters.slopes[encoded.order], parameters.intercepts[encoded.order]
    chances = np.zeros((slopes.size, intercepts.shape[1] + 1, at.size))
    graded.answer_probabilities(slopes, intercepts, at, chances)
    rows, log_scales = np.ones((height, width)), np.empty(height)
    layout = (encoded.sizes, encoded.starts, encoded.radices, encoded.offsets)
    graded.fill_tables(chances, *layout, at.size, rows, log_scales)
    weights = latent_weights(parameters)
    priors = np.zeros((width if parameters.dimensions == 2 else weights.shape[0], width))
    priors[: weights.shape[0], : at.size] = weights
    return Tables(rows, log_scales, priors)


def _part(encoded: Encoded, rows: slice, tables: Tables, two: bool) -> tuple[Floats, Floats, float]:
    """Counts of table rows, of the latent distribution, and the log-likelihood less the rows' scales."""
    row_counts, latent = np.zeros_like(tables.rows), np.zeros_like(tables.priors)
    codes, weights = encoded.codes[rows], encoded.weights[rows]
    every = max(1, RESCALED_ITEMS // int(np.diff(encoded.starts).max()))
    if two:
        found = graded.expect_two(codes, encoded.split, weights, tables.rows, every, tables.priors, row_counts, latent)
        latent *= tables.priors
    else:
        groups = encoded.groups[rows]
        found = graded.expect_one(codes, weights, groups, tables.rows, every, tables.priors, row_counts, latent)
    return row_counts, latent, float(found)
