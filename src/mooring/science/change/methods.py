"""Six ways of asking whether a change is more than error; they differ in what they expect without one.

x₁, x₂ a person's scores, M, s of the group at each occasion, r the reliability before, SEM = s₁ √(1 − r). Each index
is one numerator over one error, and larger than its threshold in either direction is reliable:

    jacobson-truax           x₂ − x₁                              √2 SEM                                      1.96
    gulliksen-lord-novick    (x₂ − M₁) − r (x₁ − M₁)              s₁ √(1 − r²)                                1.96
    hsu-lin-lord             (x₂ − M₂) − r (x₁ − M₁)              s₁ √(1 − r²)                                1.96
    edwards-nunnally         x₂ − [r (x₁ − M₁) + M₁]              SEM                                         1.96
    nunnally-kotsch          x₂ − [r (x₁ − M₁) + M₁]              √(r² s₁² (1 − r) + s₁² (1 − r₂))            1.96
    hageman-arrindell        (x₂ − x₁) r_dd + (M₂ − M₁)(1 − r_dd) √r_dd √2 SEM                                1.65

Jacobson & Truax (1991, doi 10.1037/0022-006X.59.1.12) expect no change. The next four expect a person to fall back to
the mean of before, or of after (Hsu, Lin and Lord). Hageman and Arrindell (1999, doi 10.1016/S0005-7967(99)00032-7)
ask one-sided at .05 in each direction, so their 1.65 is not to be set beside 1.96 without saying so; indices of their
kind lack a proper standard error and can mislead (Maassen 2000, Psychometrika). Nunnally and Kotsch (1983, doi
10.1111/j.2044-8260.1983.tb00582.x): the second term is read with s₁; the standard deviation of after is the other
reading. The formulas of all but the first are those of the R package clinicalsignificance (at 863dc77, doi
10.18637/jss.v111.i01), whose indices ours reproduce; the papers themselves were not read. A change over its own
standard error, for item-response scores, is :func:`mooring.science.change.difference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.change.index import TWO_SIDED_95, CutOffs, Sample, cut_offs, points

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ONE_SIDED_95 = 1.65
"""As Hageman & Arrindell (1999) round the 95th percentile of a standard normal; 10 % in both directions together."""
THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {
        "jacobson-truax": TWO_SIDED_95,
        "gulliksen-lord-novick": TWO_SIDED_95,
        "hsu-lin-lord": TWO_SIDED_95,
        "edwards-nunnally": TWO_SIDED_95,
        "nunnally-kotsch": TWO_SIDED_95,
        "hageman-arrindell": ONE_SIDED_95,
    }
)
METHODS = tuple(THRESHOLDS)


class Occasions(NamedTuple):
    """A group before and after, points."""

    before: Sample
    after: Sample
    correlation: float
    """Between the two."""
    n: int
    """Persons with both scores."""


class Indexed(NamedTuple):
    change: Floats
    """after − before, points."""
    rc: Floats
    """In standard errors, by the method."""
    reliable: Bools
    """|rc| > threshold; False where either score is missing."""
    threshold: float


def occasions(before: npt.ArrayLike, after: npt.ArrayLike) -> Occasions:
    """Means, standard deviations (n − 1) and correlation of the persons with both scores.

    before, after (n,), points, nan for a missing score. What two persons at least would tell is nan with fewer; the
    correlation is nan too where nobody differs. Raises ValueError for an infinite score.
    """
    first, second = points(before), points(after)
    both = np.isfinite(first) & np.isfinite(second)
    x, y = first[both], second[both]
    if x.size < 2:
        lone = [float(column[0]) if x.size else np.nan for column in (x, y)]
        return Occasions(Sample(lone[0], np.nan), Sample(lone[1], np.nan), np.nan, int(x.size))
    s, t = float(x.std(ddof=1)), float(y.std(ddof=1))
    shared = float(np.cov(x, y)[0, 1])
    correlation = shared / (s * t) if s > 0 and t > 0 else np.nan
    return Occasions(Sample(float(x.mean()), s), Sample(float(y.mean()), t), correlation, int(x.size))


def index(
    method: str,
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    group: Occasions,
    reliability: float,
    *,
    reliability_after: float | None = None,
) -> Indexed:
    """The index of one method (the table above), one a person.

    before, after: equal shapes, points; nan gives nan. group: from :func:`occasions`, or published. reliability: of
    the scores before; reliability_after: for nunnally-kotsch, else the same. Raises ValueError for a method that does
    not exist, a reliability outside 0 to below 1, a standard deviation before that is not positive, an infinite
    score, and where hageman-arrindell finds no reliability in the differences.
    """
    if method not in THRESHOLDS:
        raise ValueError(f"“{method}” is no method; there are {', '.join(METHODS)}")
    later = reliability if reliability_after is None else reliability_after
    for name, value in (("reliability", reliability), ("reliability_after", later)):
        if not 0 <= value < 1:
            raise ValueError(f"{name} must lie in 0 to below 1, not {value}")
    if not (np.isfinite(group.before.sd) and group.before.sd > 0):
        raise ValueError(f"the standard deviation before must be positive and finite, not {group.before.sd}")
    x, y = points(before), points(after)
    over, error = _parts(method, x, y, group, reliability, later)
    found = np.asarray(over / error, dtype=float)
    threshold = THRESHOLDS[method]
    return Indexed(np.asarray(y - x), found, np.asarray(np.abs(found) > threshold), threshold)


def _parts(method: str, x: Floats, y: Floats, group: Occasions, r: float, later: float) -> tuple[Floats, float]:
    """Numerator and standard error."""
    (m, s), (m2, _) = group.before, group.after
    sem = s * np.sqrt(1 - r)
    match method:
        case "jacobson-truax":
            return y - x, float(np.sqrt(2) * sem)
        case "gulliksen-lord-novick":
            return (y - m) - r * (x - m), float(s * np.sqrt(1 - r**2))
        case "hsu-lin-lord":
            return (y - m2) - r * (x - m), float(s * np.sqrt(1 - r**2))
        case "edwards-nunnally":
            return y - (r * (x - m) + m), float(sem)
        case "nunnally-kotsch":
            return y - (r * (x - m) + m), float(np.sqrt(r**2 * s**2 * (1 - r) + s**2 * (1 - later)))
        case _:
            share = _differences(group, sem)
            return (y - x) * share + (m2 - m) * (1 - share), float(np.sqrt(share) * np.sqrt(2) * sem)


def _differences(group: Occasions, sem: float) -> float:
    """r_dd, the reliability of differences: (s₁² r₁ + s₂² r₂ − 2 s₁ s₂ r₁₂) / (s₁² + s₂² − 2 s₁ s₂ r₁₂).

    r_k = (s_k² − SEM²) / s_k², so that both occasions share one error variance.
    """
    shared = 2 * group.before.sd * group.after.sd * group.correlation
    spread = group.before.sd**2 + group.after.sd**2 - shared
    true = spread - 2 * sem**2
    if not (np.isfinite(spread) and true > 0):
        raise ValueError(
            "hageman-arrindell: the differences vary no more than their error, so they have no reliability; "
            "use another method"
        )
    return float(true / spread)


def _true_share(spread: float, sem: float) -> float:
    """r_k = (s² − SEM²) / s²."""
    share = 1 - (sem / spread) ** 2 if spread > 0 else np.nan
    if not share > 0:
        raise ValueError(f"hageman-arrindell: a standard deviation of {spread:g} is no more than the error {sem:g}")
    return float(share)


def true_cut_offs(clinical: Sample, functional: Sample, reliability: float) -> CutOffs:
    """Cut-offs a, b and c on true scores (Hageman & Arrindell 1999): each s becomes √(s² − SEM²), SEM of before.

    Points. Errors as in :func:`cut_offs`, and where a standard deviation is no more than the error.
    """
    sem = clinical.sd * np.sqrt(1 - reliability)
    groups = [
        group._replace(sd=group.sd * float(np.sqrt(_true_share(group.sd, sem)))) for group in (clinical, functional)
    ]
    return cut_offs(groups[0], groups[1])


def beyond_cut_off(after: npt.ArrayLike, group: Occasions, reliability: float, cut: float) -> Floats:
    """Hageman and Arrindell's cut-off step: [M₂ + (x₂ − M₂) r₂ − cut] / (√r₂ SEM), signed, beyond 1.65 is certain.

    after: any shape, points. r₂ = (s₂² − SEM²) / s₂². Raises ValueError where the scores after vary no more than the
    error.
    """
    sem = group.before.sd * np.sqrt(1 - reliability)
    share = _true_share(group.after.sd, sem)
    expected = group.after.mean + (np.asarray(after, dtype=float) - group.after.mean) * share
    return np.asarray((expected - cut) / (np.sqrt(share) * sem), dtype=float)
