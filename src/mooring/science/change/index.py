"""Is a change more than error, and on which side of a cut-off does it end?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TWO_SIDED_95 = 1.96
"""|RC| beyond this is unlikely (p < .05) without actual change (Jacobson & Truax 1991, p. 14)."""


class ReliableChange(NamedTuple):
    change: Floats
    """after − before, points."""
    rc: Floats
    """The change over the standard error of a difference."""
    reliable: Bools
    """|rc| > 1.96; False where either score is missing."""
    amount: Floats
    """The smallest change that counts as reliable, points."""


class Sample(NamedTuple):
    """Mean and standard deviation of a group, points."""

    mean: float
    sd: float


class CutOffs(NamedTuple):
    a: float
    """Two standard deviations from the clinical mean, towards the functional one."""
    b: float
    """Two *functional* standard deviations from the functional mean, towards the clinical one."""
    c: float
    """Where a score is as likely under one group as under the other (equal-sd weights)."""


def points(scores: npt.ArrayLike) -> Floats:
    """As an array, nan for missing. Raises ValueError for an infinite score."""
    given = np.asarray(scores, dtype=float)
    if np.isinf(given).any():
        raise ValueError("a score is infinite")
    return given


def reliable_change(before: npt.ArrayLike, after: npt.ArrayLike, sd: float, reliability: float) -> ReliableChange:
    """RC = (after − before) / S_diff, S_diff = √2 SEM, SEM = sd √(1 − r).

    before, after: any equal shapes, points; nan gives nan. sd: of the scores before treatment. Jacobson &
    Truax 1991, doi 10.1037/0022-006X.59.1.12. Raises ValueError for a sd that is not positive or a
    reliability outside 0 to below 1 (at 1 any change would be reliable), and an infinite score.
    """
    if not (np.isfinite(sd) and sd > 0):
        raise ValueError(f"sd must be positive and finite, not {sd}")
    if not 0 <= reliability < 1:
        raise ValueError(f"reliability must lie in 0 to below 1, not {reliability}")
    error = sd * np.sqrt(1 - reliability)
    return difference(before, error, after, error)


def difference(
    before: npt.ArrayLike, before_se: npt.ArrayLike, after: npt.ArrayLike, after_se: npt.ArrayLike
) -> ReliableChange:
    """The change over its own standard error, RC = (after − before) / √(SE₁² + SE₂²).

    For scores whose errors differ: skipped items, or an item-response model. With equal errors it is
    Jacobson & Truax's index. Arrays that broadcast, points. Raises ValueError for an error that is not
    positive and a score that is infinite.
    """
    first, second = points(before), points(after)
    se = np.hypot(np.asarray(before_se, dtype=float), np.asarray(after_se, dtype=float))
    change = second - first
    if ((se <= 0) & np.isfinite(change)).any():
        raise ValueError("standard errors must be positive")
    index = np.asarray(change / se, dtype=float)
    amount = np.asarray(np.broadcast_to(TWO_SIDED_95 * se, index.shape), dtype=float)
    return ReliableChange(np.asarray(change), index, np.asarray(np.abs(index) > TWO_SIDED_95), amount)


def cut_offs(clinical: Sample, functional: Sample) -> CutOffs:
    """Cut-offs a, b and c of Jacobson & Truax (1991, doi 10.1037/0022-006X.59.1.12), points.

    a = M_clin ± 2 s_clin, b = M_func ∓ 2 s_func, c = (s_clin M_func + s_func M_clin) / (s_clin + s_func), the
    signs such that a lies towards the functional and b towards the clinical mean. The R package
    clinicalsignificance (at 863dc77) computes b with the clinical standard deviation; the paper's figure, and
    ours, is the functional one. Raises ValueError for equal means or a sd that is not positive.
    """
    for name, group in (("clinical", clinical), ("functional", functional)):
        if not (np.isfinite(group).all() and group.sd > 0):
            raise ValueError(f"{name}: mean must be finite and sd positive, not {group}")
    if clinical.mean == functional.mean:
        raise ValueError("the clinical and the functional mean are equal: there is nothing to cut")
    towards = 1.0 if functional.mean > clinical.mean else -1.0
    return CutOffs(
        a=clinical.mean + towards * 2 * clinical.sd,
        b=functional.mean - towards * 2 * functional.sd,
        c=(clinical.sd * functional.mean + functional.sd * clinical.mean) / (clinical.sd + functional.sd),
    )
