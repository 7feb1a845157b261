"""The actor–partner interdependence model: what my x does to my y, and what my partner's x does to it.

    y₁ = i₁ + a₁ x₁ + p₁ x₂ + … + e₁,   y₂ = i₂ + a₂ x₂ + p₂ x₁ + … + e₂,   Cov(e₁, e₂) free

(Kenny, Kashy & Cook 2006, Dyadic Data Analysis). a is the actor, p the partner effect. Where nothing tells the two
members apart, i, a, p and the variances are the same for both; whether they may be is a likelihood ratio test of all
means, variances and covariances. Covariates stand in both equations: one's own, the partner's, and those of the couple.
All variables are taken as jointly normal, so a couple of which one value or one partner is missing still counts
(full-information maximum likelihood; missing at random). Standard errors are those of the observed information.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mooring.science.dyads.moments import Moments, Pattern, coordinates, estimate, information, patterns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Dyads(NamedTuple):
    """Rows are couples: y₁ y₂ x₁ x₂, own covariates of 1 and of 2 by turns, covariates of the couple."""

    rows: Floats
    """(n, 4 + 2 q + r), nan for missing."""
    own: int
    """q, covariates that each partner has."""
    shared: int
    """r, covariates of the couple."""

    @property
    def exchange(self) -> Ints:
        """Where each column stands once the partners are exchanged."""
        paired = 4 + 2 * self.own
        turned = np.arange(paired).reshape(-1, 2)[:, ::-1].ravel()
        return np.concatenate([turned, np.arange(paired, paired + self.shared)])

    def predictors(self, member: int) -> Ints:
        """Columns for y of member 0 or 1: own x, the partner's x, own and partner's covariates, the couple's."""
        paired = np.arange(2, 4 + 2 * self.own).reshape(-1, 2)
        ordered = paired if member == 0 else paired[:, ::-1]
        alone = np.arange(4 + 2 * self.own, 4 + 2 * self.own + self.shared)
        return np.concatenate([ordered.ravel(), alone]).astype(np.int64)


class Apim(NamedTuple):
    distinguishable: bool
    coefficients: Floats
    """(2, 3 + 2 q + r): intercept, actor, partner, own and partner's covariates by turns, the couple's."""
    standard_errors: Floats
    residual: Floats
    """(2, 2) covariance of e₁, e₂."""
    log_likelihood: float
    """Of all variables together."""
    parameters: int
    couples: int
    complete: int
    """Couples without any missing value."""
    converged: bool
    """False where EM did not settle: some two variables may never be seen together."""

    @property
    def actor(self) -> Floats:
        """(2,)"""
        return self.coefficients[:, 1]

    @property
    def partner(self) -> Floats:
        """(2,)"""
        return self.coefficients[:, 2]

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Ends of the coefficients' intervals, by the normal."""
        half = stats.norm.ppf((1 + level) / 2) * self.standard_errors
        return self.coefficients - half, self.coefficients + half


class Identical(NamedTuple):
    """Are the two members alike in every mean, variance and covariance?"""

    chi_square: float
    df: int
    p: float


def dyads(
    x: npt.ArrayLike, y: npt.ArrayLike, own: npt.ArrayLike | None = None, shared: npt.ArrayLike | None = None
) -> Dyads:
    """x, y (n, 2), own (n, 2, q), shared (n, r), nan for missing; couples without any value are left out.

    Raises ValueError for shapes that do not fit and values that are infinite.
    """
    first, second = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    n = len(first) if first.ndim else 0
    mine = np.empty((n, 2, 0)) if own is None else np.asarray(own, dtype=float)
    ours = np.empty((n, 0)) if shared is None else np.asarray(shared, dtype=float)
    fitting = first.shape == second.shape == (n, 2) and mine.shape[:2] == (n, 2) and mine.ndim == 3
    if not (fitting and ours.ndim == 2 and len(ours) == n):
        raise ValueError(f"x {second.shape}, y {first.shape}, own {mine.shape}, shared {ours.shape} do not fit")
    rows = np.concatenate([first, second, mine.transpose(0, 2, 1).reshape(n, 2 * mine.shape[2]), ours], axis=1)
    if np.isinf(rows).any():
        raise ValueError("a value is infinite")
    return Dyads(rows[np.isfinite(rows).any(axis=1)], mine.shape[2], ours.shape[1])


def fit(data: Dyads, *, distinguishable: bool) -> Apim:
    """Maximum likelihood. Raises ValueError with fewer couples than variables and two, or where one does not vary."""
    size = data.rows.shape[1]
    if len(data.rows) < size + 2:
        raise ValueError(f"{len(data.rows)} couples are too few for {size} variables; at least {size + 2}")
    exchange = None if distinguishable else data.exchange
    grouped = patterns(data.rows)
    found = estimate(grouped, size, exchange)
    basis = coordinates(size, exchange)
    coefficients, residual = equations(data, found.mean, found.covariance)
    return Apim(
        distinguishable=distinguishable,
        coefficients=coefficients,
        standard_errors=_errors(data, grouped, found, basis),
        residual=residual,
        log_likelihood=found.log_likelihood,
        parameters=basis.shape[1],
        couples=len(data.rows),
        complete=int(np.isfinite(data.rows).all(axis=1).sum()),
        converged=found.converged,
    )


def identical(data: Dyads) -> Identical:
    """Likelihood ratio test of distinguishability. Errors as in :func:`fit`."""
    free, same = fit(data, distinguishable=True), fit(data, distinguishable=False)
    chi_square = max(2 * (free.log_likelihood - same.log_likelihood), 0.0)
    df = free.parameters - same.parameters
    return Identical(chi_square, df, float(stats.chi2.sf(chi_square, df)))


def equations(data: Dyads, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """Coefficients (2, …) and residual covariance (2, 2) that moments stand for."""
    rows = []
    weights = np.zeros((2, mean.size))
    for member in (0, 1):
        by = data.predictors(member)
        slopes = np.linalg.solve(covariance[np.ix_(by, by)], covariance[by, member])
        weights[member, member], weights[member, by] = 1, -slopes
        rows.append(np.concatenate([[mean[member] - slopes @ mean[by]], slopes]))
    return np.array(rows), np.asarray(weights @ covariance @ weights.T, dtype=float)


def _errors(data: Dyads, grouped: list[Pattern], found: Moments, basis: Floats) -> Floats:
    """By the delta method from the moments, the derivative by differences; nan where they tell nothing."""
    size = found.mean.size
    spread = np.sqrt(np.diag(found.covariance))
    units = np.concatenate([spread, np.outer(spread, spread).ravel()])
    columns = []
    for place in range(basis.shape[1]):
        step = 1e-6 * float(units[np.abs(basis[:, place]) > 0].min()) * basis[:, place]
        ends = [
            equations(data, found.mean + s * step[:size], found.covariance + s * step[size:].reshape(size, size))[0]
            for s in (1, -1)
        ]
        columns.append((ends[0] - ends[1]).ravel() / (2 * step.max()))
    gradient = np.array(columns).T
    try:
        variance = np.einsum("ij,jk,ik->i", gradient, np.linalg.inv(information(grouped, found, basis)), gradient)
    except np.linalg.LinAlgError:
        variance = np.full(len(gradient), np.nan)
    return np.asarray(np.sqrt(np.where(variance > 0, variance, np.nan)).reshape(2, -1), dtype=float)
