"""The expected course: how scores usually go from a start like this one, and how far people lie around it.

    y_it = β₀ + β₁ x_it + b_i0 + b_i1 x_it + e_it,   x = log(1 + t),   b_i ~ N(0, D),   e_it ~ N(0, σ²),

a linear mixed model, one for each band of scores at intake; t counts weeks or sessions, irregular, some missing.
With V_i = Z_i (D / σ²) Z_i' + I and X = Z the deviance, profiled over β and σ²
(Bates et al. 2015, J. Stat. Softw. 67(1), doi 10.18637/jss.v067.i01, equations 34 and 41), is

    ML    Σ log |V_i| + n [1 + log(2π r² / n)],
    REML  Σ log |V_i| + log |Σ Z'V⁻¹Z| + (n − 2) [1 + log(2π r² / (n − 2))],   r² = Σ (y − Zβ)'V⁻¹(y − Zβ).

Six sums a person hold all that it needs, so a step costs the same however many occasions there were.
The idea of expected courses by intake with tolerance limits: Finch, Lambert & Schaalje 2001, Clin. Psychol.
Psychother. 8:231–242 (their numbers are not used; the defaults here are our own).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from mooring.science._kernels import mixed_model
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]
Method = Literal["ml", "reml"]
Verdict = Literal["on track", "worse than expected", "better than expected", "unknown"]

LEAST = 50
"""Clients a band must have. A house rule: with 50, the expected course errs by 1/√50 = 0.14 SD between people."""

STEPS = 200
"""Most steps of a descent."""
LONGEST, NOTHING = 1e3, 1e-10
"""Most that λ changes in a step; and a σ², in variances of the scores, that is none."""


class Limits(NamedTuple):
    """Around the expected course, one entry a time; points."""

    times: Floats
    expected: Floats
    error: Floats
    """Standard error of the expected course."""
    low: Floats
    high: Floats


class Growth(NamedTuple):
    """One band's course."""

    intercept: float
    """β₀, points at t = 0."""
    slope: float
    """β₁, points for each step of log(1 + t)."""
    covariance: Floats
    """D (2, 2) between people."""
    residual_variance: float
    """σ², points²."""
    fixed_covariance: Floats
    """(2, 2) of β₀ and β₁."""
    variance_covariance: Floats
    """(4, 4) of D₀₀, D₀₁, D₁₁, σ²; from the expected information, nan where that is singular."""
    deviance: float
    """−2 log-likelihood; of the restricted one with REML."""
    method: Method
    clients: int
    answers: int
    until: float
    """Last time that was learned from; nothing is said beyond it."""

    def variance(self, times: npt.ArrayLike) -> Floats:
        """Of one score of a new client, (1, x) D (1, x)' + σ², points²."""
        x = np.log1p(np.asarray(times, dtype=float))
        d = self.covariance
        return np.asarray(d[0, 0] + 2 * x * d[0, 1] + x * x * d[1, 1] + self.residual_variance, dtype=float)


class Courses(NamedTuple):
    """Expected courses by the score at intake."""

    edges: Floats
    """(k − 1,) where bands meet: band j holds edges[j − 1] ≤ intake < edges[j]."""
    bands: tuple[Growth | None, ...]
    """(k,) None where too few clients were seen."""

    def band(self, intake: float) -> int:
        """Raises ValueError for an intake that is no number."""
        if not np.isfinite(intake):
            raise ValueError(f"the score at intake must be a number, not {intake}")
        return int(np.searchsorted(self.edges, intake, side="right"))

    def of(self, times: npt.ArrayLike, scores: npt.ArrayLike) -> Growth | None:
        """The course of one client's band; None before the first answer, and where the band has none."""
        at, given = np.atleast_1d(np.asarray(times, dtype=float)), np.atleast_1d(np.asarray(scores, dtype=float))
        first = float(intakes(Panel(np.array([0, at.size]), at, given, np.zeros(at.size)))[0])
        return None if np.isnan(first) else self.bands[self.band(first)]


class Beside(NamedTuple):
    """Answers of one client beside their band's limits."""

    rows: npt.NDArray[np.int64]
    """(m,) which answers could be judged, in the order given."""
    limits: Limits
    """One entry each of them."""
    side: npt.NDArray[np.int64]
    """(m,) 1 above the upper limit, −1 below the lower one, 0 between."""


def fit(panel: Panel, method: Method = "reml") -> Growth:
    """The course of a panel: times (n,) since the start (weeks or sessions), scores in points, nan for missing.

    Series may be empty, short, constant, doubled or out of order in time: the model does not ask for an order, and
    people seen once count toward the mean and the spread. Standard errors of the panel are not used: σ² holds them.
    Raises ValueError when times lie before the start or are not finite, scores are infinite, fewer than three answers
    or two different times are there, nobody answered twice, or all answers lie on one line.
    """
    offsets, x, y, until = _arrays(panel)
    answered = ~np.isnan(y)
    if answered.sum() < 3:
        raise ValueError(f"{answered.sum()} answers are fewer than three: no course can be told")
    middle, wide, centre = float(x[answered].mean()), float(x[answered].std()), float(y[answered].mean())
    unit = float(y[answered].std())
    if wide == 0 or unit == 0:
        raise ValueError("all answers were given at one time" if wide == 0 else "all answers are one number")
    sums = mixed_model.sums(offsets, x, y, middle, wide, centre)
    sums = sums[sums[:, 0] > 0] / np.array([1, 1, 1, unit, unit, unit * unit])
    if (sums[:, 0] < 2).all():
        raise ValueError("nobody answered twice: people cannot be told from days")
    lower = _minimised(sums, method)
    found = _profile(sums, lower, method)
    if not found.residual > NOTHING:
        raise ValueError("all answers lie on their lines: nothing is left for days")
    return _told(sums, lower, found, method, (middle, wide, centre, unit), until)


def learn(
    panel: Panel,
    edges: npt.ArrayLike,
    *,
    closed: npt.ArrayLike | None = None,
    method: Method = "reml",
    least: int = LEAST,
) -> Courses:
    """Expected courses by band of the first answer, from closed courses.

    edges (k − 1,) rising, points. closed (p,): which series are finished; all where it is not said. A band with fewer
    than ``least`` clients that answered, or in which nothing can be fitted, is None. Raises ValueError for edges that
    do not rise, ``closed`` of another shape, and as :func:`fit` does for times and scores.
    """
    borders = np.atleast_1d(np.asarray(edges, dtype=float))
    if not np.isfinite(borders).all() or (np.diff(borders) <= 0).any():
        raise ValueError(f"edges must be finite and rise: {borders.tolist()}")
    offsets, _, scores, _ = _arrays(panel)
    done = np.ones(offsets.size - 1, dtype=bool) if closed is None else np.asarray(closed, dtype=bool)
    if done.shape != (offsets.size - 1,):
        raise ValueError(f"closed {done.shape} must have one entry for each of {offsets.size - 1} series")
    bands = np.searchsorted(borders, intakes(panel), side="right")
    chosen = [done & (bands == band) & _answering(offsets, scores) for band in range(borders.size + 1)]
    return Courses(borders, tuple(_band(panel, some, method, least) for some in chosen))


def intakes(panel: Panel) -> Floats:
    """(p,) the earliest answer of each series (the first of several at one time); nan where there is none."""
    offsets, x, scores, _ = _arrays(panel)
    found = np.full(offsets.size - 1, np.nan)
    owners = np.repeat(np.arange(offsets.size - 1), np.diff(offsets))
    rows = np.flatnonzero(~np.isnan(scores))
    rows = rows[np.lexsort((rows, x[rows], owners[rows]))]
    people, first = np.unique(owners[rows], return_index=True)
    found[people] = scores[rows[first]]
    return found


def prediction_limits(growth: Growth, times: npt.ArrayLike, content: float = 0.95) -> Limits:
    """Where one score of a new client lies with probability ``content``: ± z √(variance + SE²), normal.

    times (g,). Raises ValueError for a content outside 0 to 1 and times before 0 or beyond the last one learned from.
    """
    at, expected, error = _expected(growth, times)
    half = _quantile(content, "content") * np.sqrt(growth.variance(at) + error**2)
    return Limits(at, expected, error, expected - half, expected + half)


def tolerance_limits(growth: Growth, times: npt.ArrayLike, content: float = 0.80, confidence: float = 0.95) -> Limits:
    """Between which, with that ``confidence`` for each of them, at least ``content`` of all scores at that time lie.

    expected ± [z s + z_c √(SE² + z² Var(s²) / (4 s²))], s² the variance of a score, z = Φ⁻¹((1 + content) / 2),
    z_c = Φ⁻¹(confidence): the large-sample limit of the estimated quantile, by the delta method from the information
    of the variances (for one normal sample that is the usual tolerance factor; Hahn & Meeker 1991, Statistical
    Intervals, ISBN 9780471887690). Errors as in :func:`prediction_limits`;
    ValueError also where the variances' information is singular.
    """
    at, expected, error = _expected(growth, times)
    z, sure = _quantile(content, "content"), float(norm.ppf(confidence))
    if not 0.5 <= confidence < 1:
        raise ValueError(f"confidence must lie in 0.5 to 1, not {confidence}")
    if np.isnan(growth.variance_covariance).any():
        raise ValueError("how sure the variances are cannot be told from these data, so no limit can be sure either")
    x, variance = np.log1p(at), growth.variance(at)
    slopes = np.stack([np.ones_like(x), 2 * x, x * x, np.ones_like(x)])
    spread = np.einsum("ag,ab,bg->g", slopes, growth.variance_covariance, slopes)
    half = z * np.sqrt(variance) + sure * np.sqrt(error**2 + z * z * spread / (4 * variance))
    return Limits(at, expected, error, expected - half, expected + half)


def beside(
    growth: Growth, times: npt.ArrayLike, scores: npt.ArrayLike, content: float = 0.80, confidence: float = 0.95
) -> Beside:
    """The answers of one client that can be judged, each beside the tolerance limits of its own time.

    times (n,) weeks, or numbers of sessions, whichever the course was learned on; scores (n,), nan for missing. The
    intake, missing answers and times beyond what was learned are left out: nothing is guessed. Raises ValueError as
    :func:`fit` does for times and scores, and as :func:`tolerance_limits` does.
    """
    at, given = np.atleast_1d(np.asarray(times, dtype=float)), np.atleast_1d(np.asarray(scores, dtype=float))
    _arrays(Panel(np.array([0, at.size]), at, given, np.zeros(at.size)))
    answered = ~np.isnan(given)
    begun = at[answered].min(initial=np.inf)
    rows = np.flatnonzero(answered & (at > begun) & (at <= growth.until))
    limits = tolerance_limits(growth, at[rows], content, confidence)
    side = (given[rows] > limits.high).astype(np.int64) - (given[rows] < limits.low)
    return Beside(rows, limits, side)


def on_track(
    courses: Courses,
    times: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
    worse: int,
    content: float = 0.80,
    confidence: float = 0.95,
) -> list[Verdict]:
    """What each answer of one client says beside the tolerance limits of their band; see :func:`beside`.

    worse: +1 where higher is worse, −1 where lower is. What cannot be judged, and everything in a band without a
    course, is "unknown". Raises ValueError for another ``worse``, and as :func:`beside` does.
    """
    if worse not in (1, -1):
        raise ValueError(f"worse must be 1 or -1, not {worse}")
    verdicts: list[Verdict] = ["unknown"] * np.atleast_1d(np.asarray(times)).size
    growth = courses.of(times, scores)
    if growth is None:
        return verdicts
    words: dict[int, Verdict] = {0: "on track", worse: "worse than expected", -worse: "better than expected"}
    rows, _, side = beside(growth, times, scores, content, confidence)
    for row, where in zip(rows, side, strict=True):
        verdicts[row] = words[int(where)]
    return verdicts


class _Profile(NamedTuple):
    deviance: float
    slopes: Floats
    """Of the deviance in D₀₀, D₀₁, D₁₁."""
    beta: Floats
    precision: Floats
    """Σ Z'V⁻¹Z (2, 2)."""
    residual: float
    """σ², profiled."""


def _arrays(panel: Panel) -> tuple[npt.NDArray[np.int64], Floats, Floats, float]:
    """Checked: offsets, x = log(1 + t), scores, and the last time that was answered."""
    offsets = np.ascontiguousarray(panel.offsets, dtype=np.int64)
    times, scores = np.asarray(panel.times, dtype=float), np.ascontiguousarray(panel.scores, dtype=float)
    if times.ndim != 1 or times.shape != scores.shape:
        raise ValueError(f"times {times.shape} and scores {scores.shape} must be rows of one length")
    if offsets.size < 1 or offsets[0] != 0 or offsets[-1] != times.size or (np.diff(offsets) < 0).any():
        raise ValueError(f"offsets must rise from 0 to {times.size}")
    wrong = ~(np.isfinite(times) & (times >= 0)) | np.isinf(scores)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(f"occasion {row}: time {times[row]:g} must count from the start, score {scores[row]:g} be one")
    until = float(np.max(times[~np.isnan(scores)], initial=0.0))
    return offsets, np.ascontiguousarray(np.log1p(times)), scores, until


def _answering(offsets: npt.NDArray[np.int64], scores: Floats) -> npt.NDArray[np.bool_]:
    answered = np.append(0, np.cumsum(~np.isnan(scores)))
    return np.asarray(np.diff(answered[offsets]) > 0, dtype=bool)


def _band(panel: Panel, chosen: npt.NDArray[np.bool_], method: Method, least: int) -> Growth | None:
    if chosen.sum() < max(least, 1):
        return None
    sizes = np.diff(panel.offsets)
    rows = np.repeat(chosen, sizes)
    offsets = np.append(0, np.cumsum(sizes[chosen]))
    times, scores = np.asarray(panel.times)[rows], np.asarray(panel.scores)[rows]
    some = Panel(offsets, times, scores, np.zeros(times.size))
    try:
        return fit(some, method)
    except ValueError:
        return None  # one number, one time, or a line each: no course can be told


def _minimised(sums: Floats, method: Method) -> Floats:
    """Lower triangle (λ₀₀, λ₁₀, λ₁₁) of D / σ² = Λ Λ' with the least deviance, from two starts."""
    found = [_descend(sums, np.array(start), method) for start in ((1.0, 0.0, 0.3), (0.2, 0.0, 0.05))]
    return min(found, key=lambda one: one[0])[1]


def _descend(sums: Floats, lower: Floats, method: Method) -> tuple[float, Floats]:
    """Damped scoring; λ₀₀ and λ₁₁ fall to a tenth at most in a step, so 0 is approached and never a dead end."""
    here, damping = _profile(sums, lower, method), 0.0
    for _ in range(STEPS):
        if here.residual < NOTHING:
            break
        a, b, c = lower
        turn = np.array([[2 * a, 0.0, 0.0], [b, a, 0.0], [0.0, 2 * b, 2 * c]])  # ∂(D₀₀, D₀₁, D₁₁) / ∂Λ
        information = mixed_model.information(sums, a * a, a * b, b * b + c * c, 1.0)
        # What is left of it when σ² follows D.
        left = information[:3, :3] - np.outer(information[:3, 3], information[:3, 3]) / information[3, 3]
        curve, slope = 2 * turn.T @ left @ turn, here.slopes @ turn
        told = np.diag(curve) > 1e-20 * np.diag(curve).max()  # where λ is all but 0 nothing is
        scale = np.where(told, np.sqrt(np.maximum(np.diag(curve), 0.0)), 1.0)
        slope = np.where(told, slope, 0.0)
        scaled = np.where(np.outer(told, told), curve, 0.0) / np.outer(scale, scale) + (1e-9 + damping) * np.eye(3)
        step = -np.linalg.solve(scaled, slope / scale) / scale
        step[[0, 2]] = np.maximum(step[[0, 2]], -0.9 * lower[[0, 2]])
        step = np.clip(step, -LONGEST, LONGEST)
        promised = -float(slope @ step)
        if abs(promised) < max(1e-10, 1e-14 * abs(here.deviance)):
            break
        there = _profile(sums, lower + step, method)
        if promised > 0 and there.deviance < here.deviance - 1e-4 * promised:
            lower, here, damping = lower + step, there, damping / 10 if damping > 1e-3 else 0.0
        elif damping > 1e12:
            break  # less than the sums can resolve
        else:
            damping = max(10 * damping, 1e-2)
    return here.deviance, lower


def _profile(sums: Floats, lower: Floats, method: Method) -> _Profile:
    a, b, c = lower
    held = np.empty((sums.shape[0], 5))
    log_det, w00, w01, w11, u0, u1, yy = mixed_model.whiten(sums, a * a, a * b, b * b + c * c, held)
    precision = np.array([[w00, w01], [w01, w11]])
    inverse = np.linalg.inv(precision)
    beta = inverse @ np.array([u0, u1])
    n = float(sums[:, 0].sum())
    df = n if method == "ml" else n - 2
    square = max(yy - float(beta @ np.array([u0, u1])), 1e-300)
    restricted = 0.0 if method == "ml" else float(np.linalg.slogdet(precision)[1])
    deviance = log_det + restricted + df * (1 + np.log(2 * np.pi * square / df))
    pulls = mixed_model.pull(held, beta[0], beta[1], inverse[0, 0], inverse[0, 1], inverse[1, 1])
    slopes = np.array([w00, w01, w11]) - df / square * pulls[:3] - (0.0 if method == "ml" else pulls[3:])
    slopes[1] *= 2  # D₀₁ stands twice in D
    return _Profile(float(deviance), slopes, beta, precision, square / df)


def _told(
    sums: Floats,
    lower: Floats,
    found: _Profile,
    method: Method,
    units: tuple[float, float, float, float],
    until: float,
) -> Growth:
    """Back from standardised times and scores: z = (x − middle) / wide, (1, z)' = T (1, x)'."""
    middle, wide, centre, unit = units
    turn = np.array([[1.0, -middle / wide], [0.0, 1 / wide]])
    factor = np.array([[lower[0], 0.0], [lower[1], lower[2]]])
    relative = found.residual * factor @ factor.T
    beta = unit * turn @ found.beta + np.array([centre, 0.0])
    n = float(sums[:, 0].sum())
    deviance = found.deviance + 2 * (n if method == "ml" else n - 2) * np.log(unit)
    if method == "reml":
        deviance += 2 * np.log(wide)  # log |X'V⁻¹X| of x itself
    return Growth(
        float(beta[0]),
        float(beta[1]),
        unit**2 * turn @ relative @ turn.T,
        float(unit**2 * found.residual),
        unit**2 * found.residual * turn @ np.linalg.inv(found.precision) @ turn.T,
        unit**4 * _variance_errors(sums, relative, found.residual, middle, wide),
        float(deviance),
        method,
        int(sums.shape[0]),
        int(n),
        until,
    )


def _variance_errors(sums: Floats, relative: Floats, residual: float, middle: float, wide: float) -> Floats:
    """Covariance (4, 4) of D₀₀, D₀₁, D₁₁ (in x itself) and σ²."""
    information = mixed_model.information(sums, relative[0, 0], relative[0, 1], relative[1, 1], residual)
    scale = np.sqrt(np.diag(information))
    if not (scale > 0).all() or np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < 1e-10:
        return np.full((4, 4), np.nan)
    m, w = -middle / wide, 1 / wide
    turn = np.array([[1, 2 * m, m * m, 0], [0, w, m * w, 0], [0, 0, w * w, 0], [0, 0, 0, 1.0]])
    return np.asarray(turn @ np.linalg.inv(information) @ turn.T, dtype=float)


def _expected(growth: Growth, times: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    at = np.atleast_1d(np.asarray(times, dtype=float))
    if not ((at >= 0) & (at <= growth.until)).all():
        raise ValueError(f"the course was learned from 0 to {growth.until:g}; nothing is said outside")
    x = np.log1p(at)
    c = growth.fixed_covariance
    error = np.sqrt(c[0, 0] + 2 * x * c[0, 1] + x * x * c[1, 1])
    return at, growth.intercept + growth.slope * x, np.asarray(error, dtype=float)


def _quantile(content: float, name: str) -> float:
    if not 0 < content < 1:
        raise ValueError(f"{name} must lie in 0 to 1, not {content}")
    return float(norm.ppf((1 + content) / 2))
