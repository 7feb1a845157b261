"""Means and covariances of a few normal variables with missing values, free or the same for both partners.

Full-information maximum likelihood by EM (Dempster, Laird & Rubin 1977, doi 10.1111/j.2517-6161.1977.tb01600.x).
Where partners cannot be told apart, each M-step averages the moments with those of the exchanged pair, which is the
constrained maximum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROUNDS, NEAR = 2000, 1e-9


class Pattern(NamedTuple):
    """Rows with values in the same columns."""

    seen: Ints
    n: int
    mean: Floats
    spread: Floats
    """Covariance with n below."""


class Moments(NamedTuple):
    mean: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool


def patterns(rows: Floats) -> list[Pattern]:
    """Rows (n, v) grouped by what is missing; rows without any value are nobody's."""
    there = np.isfinite(rows)
    found = []
    for which in np.unique(there, axis=0):
        if which.any():
            own = rows[(there == which).all(axis=1)][:, which]
            centred = own - own.mean(axis=0)
            found.append(Pattern(np.flatnonzero(which), len(own), own.mean(axis=0), centred.T @ centred / len(own)))
    return found


def estimate(data: list[Pattern], size: int, exchange: Ints | None, start: Moments | None = None) -> Moments:
    """The maximum. exchange: the place of each variable after the partners are exchanged; None: free.

    Raises ValueError where a variable does not vary, or is a sum of others.
    """
    n = sum(one.n for one in data)
    mean, covariance = (start.mean, start.covariance) if start is not None else _start(data, size)
    complete = len(data) == 1 and data[0].seen.size == size
    moved = np.inf
    for _ in range(ROUNDS):
        total, squares = np.zeros(size), np.zeros((size, size))
        for one in data:
            first, second = _expected(one, mean, covariance)
            total += one.n * first
            squares += one.n * second
        new_mean = total / n
        new = squares / n - np.outer(new_mean, new_mean)
        if exchange is not None:
            both = (new_mean + new_mean[exchange]) / 2
            raw = squares / n
            raw = (raw + raw[np.ix_(exchange, exchange)]) / 2
            new_mean, new = both, raw - np.outer(both, both)
        scale = np.sqrt(np.maximum(np.diag(new), 1e-300))
        moved = max(
            float(np.abs((new_mean - mean) / scale).max()),
            float(np.abs((new - covariance) / np.outer(scale, scale)).max()),
        )
        mean, covariance = new_mean, new
        if complete or moved < NEAR:
            break
    _require_regular(covariance)
    return Moments(mean, covariance, log_likelihood(data, mean, covariance), complete or moved < NEAR)


def log_likelihood(data: list[Pattern], mean: Floats, covariance: Floats) -> float:
    total = 0.0
    for one in data:
        own = covariance[np.ix_(one.seen, one.seen)]
        miss = one.mean - mean[one.seen]
        around = one.spread + np.outer(miss, miss)
        total -= 0.5 * one.n * (np.linalg.slogdet(2 * np.pi * own)[1] + float(np.trace(np.linalg.solve(own, around))))
    return float(total)


def information(data: list[Pattern], found: Moments, basis: Floats) -> Floats:
    """Observed information of the coordinates θ in (mean, covariance) = found + basis θ, by differences of the score.

    basis (v + v², k): what each coordinate moves.
    """
    size, k = found.mean.size, basis.shape[1]
    spread = np.sqrt(np.diag(found.covariance))
    units = np.concatenate([spread, np.outer(spread, spread).ravel()])

    def score(theta: Floats) -> Floats:
        moved = basis @ theta
        mean, covariance = found.mean + moved[:size], found.covariance + moved[size:].reshape(size, size)
        by_mean, by_covariance = np.zeros(size), np.zeros((size, size))
        for one in data:
            at = np.ix_(one.seen, one.seen)
            inverse = np.linalg.inv(covariance[at])
            miss = one.mean - mean[one.seen]
            by_mean[one.seen] += one.n * inverse @ miss
            by_covariance[at] += one.n / 2 * (inverse @ (one.spread + np.outer(miss, miss)) @ inverse - inverse)
        return np.asarray(basis.T @ np.concatenate([by_mean, by_covariance.ravel()]), dtype=float)

    hessian = np.empty((k, k))
    for place in range(k):
        step = np.zeros(k)
        step[place] = 1e-5 * float(units[np.abs(basis[:, place]) > 0].min())
        hessian[place] = (score(step) - score(-step)) / (2 * step[place])
    return np.asarray(-(hessian + hessian.T) / 2, dtype=float)


def coordinates(size: int, exchange: Ints | None) -> Floats:
    """Basis (v + v², k) of the free means and covariances: one column for each set that must be equal."""
    places = np.arange(size) if exchange is None else exchange
    sets: dict[frozenset[tuple[int, ...]], None] = {}
    for i in range(size):
        sets.setdefault(frozenset({(i,), (int(places[i]),)}))
    for i in range(size):
        for j in range(i, size):
            pair, other = (i, j), (int(places[i]), int(places[j]))
            sets.setdefault(frozenset({pair, pair[::-1], other, other[::-1]}))
    basis = np.zeros((size + size * size, len(sets)))
    for column, members in enumerate(sets):
        for member in members:
            basis[member[0] if len(member) == 1 else size + member[0] * size + member[1], column] = 1
    return basis


def _start(data: list[Pattern], size: int) -> tuple[Floats, Floats]:
    """Means and variances of what is there, nothing shared."""
    counts, total, squares = np.zeros(size), np.zeros(size), np.zeros(size)
    for one in data:
        counts[one.seen] += one.n
        total[one.seen] += one.n * one.mean
        squares[one.seen] += one.n * (np.diag(one.spread) + one.mean**2)
    if (counts < 2).any():
        raise ValueError("a variable has fewer than two values")
    mean = total / counts
    variance = squares / counts - mean**2
    if (variance <= 1e-12 * (squares / counts + 1e-300)).any():
        raise ValueError("a variable does not vary")
    return mean, np.diag(variance)


def _expected(one: Pattern, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Expected first and second raw moments of the whole rows, given what was seen."""
    seen = one.seen
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[seen])  # (seen, v)
    first = mean + weights.T @ (one.mean - mean[seen])
    left = covariance - covariance[:, seen] @ weights
    return first, weights.T @ one.spread @ weights + left + np.outer(first, first)


def _require_regular(covariance: Floats) -> None:
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all() or np.linalg.eigvalsh(covariance / np.outer(spread, spread)).min() < 1e-9:
        raise ValueError("a variable does not vary, or is a sum of others; or there are too few couples")
