"""A drop of the alliance against the person's own baseline: an individuals control chart.

There is no standard for finding ruptures in ratings (Lipner et al. 2022, doi 10.1002/cpp.2606), so the figures of
the rule travel with each drop. Drops of one standard deviation are drawn, of two may be signalled (both are used
together by Gumz et al. 2012, doi 10.1186/1471-2288-12-10); control charts as a family: Eubanks-Carter et al. 2012,
doi 10.1080/10503307.2012.693772.

V-shaped episodes (Stiles et al. 2004; Strauss et al. 2006) are not looked for: the method sections with their formulas
could not be read, and Gumz et al. report that the two give different counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science.operating_point import ASSUMED, OperatingPoint

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEAN_RANGE_OF_TWO = 1.128
"""d₂(2): mean range of two values of a standard normal, 2/√π (Shewhart's individuals chart)."""
DRAWN_SD = 1.0
MAY_SIGNAL_SD = 2.0


class Chart(NamedTuple):
    """One entry a rating; each uses the ratings before it only."""

    centre: Floats
    """(n,) mean of the baseline before this rating, points; nan without one."""
    sigma: Floats
    """(n,) standard deviation of one rating, points."""
    drop: Floats
    """(n,) how far below the centre, in sigma; negative above it."""
    baseline: Ints
    """(n,) ratings in the baseline."""


class AllianceDrop(NamedTuple):
    spoke: int
    ceased: int | None
    """First later rating within one standard deviation of the baseline, or above it."""
    drop: float
    """In standard deviations of one rating."""
    asked: float
    rating: float
    centre: float
    sigma: float
    baseline: int
    """Ratings in the baseline."""


class Candidate(NamedTuple):
    """Ratings below the baseline that may be a rupture, until they are back. Indices count the ratings given."""

    since: int
    """First rating one standard deviation or more below its centre."""
    deepest: int
    rule: float
    """The strictest of the two rules that fired, in standard deviations: 1 is drawn, 2 may also be signalled."""
    drop: float
    """Of the deepest rating, in standard deviations of one rating."""
    rating: float
    centre: float
    sigma: float
    baseline: int
    """Ratings in the deepest one's baseline."""
    repair: int | None
    """First later rating within one standard deviation of its centre, or above it: may be the repair."""


def control_chart(
    ratings: npt.ArrayLike,
    error: float,
    *,
    between_sd: float | None = None,
    exclude_sd: float = MAY_SIGNAL_SD,
) -> Chart:
    """Drop of each rating below the mean of the ratings before it, in standard deviations of one rating.

    σ = max(mean moving range / 1.128, error, between_sd), so that the stricter of the within- and the
    between-person deviation decides (Gumz et al. 2012) and a run of equal ratings does not make σ zero. ratings
    (n,) in order, points, nan where none; error: standard error of one rating, points, at least its SEM;
    between_sd: of persons, points, where a sourced one exists. A rating exclude_sd or more below its centre
    stays out of later baselines: a rupture is not what is usual. Raises ValueError for an error that is not
    positive.
    """
    if not (np.isfinite(error) and error > 0):
        raise ValueError(f"error must be positive and finite, not {error}")
    given = np.asarray(ratings, dtype=float)
    least = max(error, between_sd or 0.0)
    centre, sigma, drop = (np.full(given.size, np.nan) for _ in range(3))
    counts = np.zeros(given.size, dtype=np.int64)
    usual: list[float] = []
    for i, rating in enumerate(given):
        counts[i] = len(usual)
        if usual:
            centre[i] = np.mean(usual)
            sigma[i] = max(least, _moving_sigma(usual))
            drop[i] = (centre[i] - rating) / sigma[i]
        if np.isfinite(rating) and not drop[i] >= exclude_sd:
            usual.append(float(rating))
    return Chart(centre, sigma, drop, counts)


def alliance_drops(
    ratings: npt.ArrayLike,
    error: float,
    point: OperatingPoint = ASSUMED,
    *,
    between_sd: float | None = None,
) -> tuple[AllianceDrop, ...]:
    """Drops of the alliance below the person's own baseline that are large enough to signal.

    ratings (n,) in order, points, nan where none; error: of one rating, points, at least its SEM. One drop lasts
    until a rating is back within one standard deviation. Errors as in
    :func:`control_chart`.
    """
    asked = max(point.alliance_sd, MAY_SIGNAL_SD)
    given = np.asarray(ratings, dtype=float)
    chart = control_chart(given, error, between_sd=between_sd)
    drops: list[AllianceDrop] = []
    for i in np.flatnonzero(np.isfinite(given)):
        down = bool(drops) and drops[-1].ceased is None
        if down and chart.drop[i] < 1:
            drops[-1] = drops[-1]._replace(ceased=int(i))
        elif not down and chart.baseline[i] >= point.alliance_baseline and chart.drop[i] >= asked:
            drop = AllianceDrop(
                spoke=int(i),
                ceased=None,
                drop=float(chart.drop[i]),
                asked=asked,
                rating=float(given[i]),
                centre=float(chart.centre[i]),
                sigma=float(chart.sigma[i]),
                baseline=int(chart.baseline[i]),
            )
            drops.append(drop)
    return tuple(drops)


def candidates(chart: Chart, ratings: npt.ArrayLike, point: OperatingPoint = ASSUMED) -> tuple[Candidate, ...]:
    """Where a rupture may have been, and where it may have been repaired; a person decides which of them was one.

    A candidate begins with a rating at least one standard deviation below its centre, (centre − rating)/σ ≥ 1 with at
    least `alliance_baseline` ratings before it, and lasts until a rating lies within one again. Its rule is 2 when any
    of its ratings reached two. chart: :func:`control_chart` of the ratings (n,), points, nan where none. Raises
    ValueError when the two differ in length.
    """
    given = np.asarray(ratings, dtype=float)
    if given.shape != chart.drop.shape:
        raise ValueError(f"{given.size} ratings do not belong to a chart of {chart.drop.size}")
    found: list[Candidate] = []
    since, deepest = -1, -1
    for i in map(int, np.flatnonzero(np.isfinite(given))):
        low = bool(chart.drop[i] >= DRAWN_SD) and (since >= 0 or chart.baseline[i] >= point.alliance_baseline)
        if low:
            deepest = i if since < 0 or chart.drop[i] > chart.drop[deepest] else deepest
            since = i if since < 0 else since
        elif since >= 0:
            found.append(_candidate(chart, given, since, deepest, i))
            since = -1
    if since >= 0:
        found.append(_candidate(chart, given, since, deepest, None))
    return tuple(found)


def _candidate(chart: Chart, given: Floats, since: int, deepest: int, repair: int | None) -> Candidate:
    return Candidate(
        since=since,
        deepest=deepest,
        rule=MAY_SIGNAL_SD if chart.drop[deepest] >= MAY_SIGNAL_SD else DRAWN_SD,
        drop=float(chart.drop[deepest]),
        rating=float(given[deepest]),
        centre=float(chart.centre[deepest]),
        sigma=float(chart.sigma[deepest]),
        baseline=int(chart.baseline[deepest]),
        repair=repair,
    )


def _moving_sigma(usual: list[float]) -> float:
    """Mean moving range over d₂; 0 with fewer than two ratings."""
    ranges = np.abs(np.diff(usual))
    return float(ranges.mean() / MEAN_RANGE_OF_TWO) if ranges.size else 0.0
