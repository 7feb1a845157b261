"""How often the rules speak of a steady client, and how soon of one who really changed: by simulation.

The typical client: distress and the security with one figure every week; anxiety and avoidance of five figures,
asked in turn in the first five weeks, then every second week, one figure a month; alliance in the other weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science import scales, signals, simulate, stories, trajectory
from mooring.science.alliance import alliance_drops
from mooring.science.dynamics import OCCASION_SD, Dynamics, assumed_dynamics, assumed_prior
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.silence import silences

WEEKS = 26
FIGURES = ("partner", "mother", "father", "friend", "therapist")
WATCHED = FIGURES[0]
"""The figure whose state security is asked every week."""


class Condition(NamedTuple):
    """One way in which clients, or our assumptions about them, are."""

    name: str
    day: simulate.Disturbance
    """In standard deviations of each scale."""
    skipping: simulate.Skipping
    wrong_by: float = 1.0
    """Factor by which the rule's diffusions and occasion variance differ from the usual ones."""


USUAL_DAYS = simulate.Disturbance(OCCASION_SD)
USUAL_SKIPPING = simulate.Skipping(0.08, 0.0, 0.01)
LINGERING = simulate.Disturbance(OCCASION_SD, wobble_sd=OCCASION_SD, wobble_weeks=2.0)
"""Independent days, and on top of them a mood of the same size that fades within two weeks."""
CONDITIONS = (
    Condition("independent days", USUAL_DAYS, USUAL_SKIPPING),
    Condition("lingering moods", LINGERING, USUAL_SKIPPING),
    Condition("heavy tails", USUAL_DAYS._replace(heavy_tails=True), USUAL_SKIPPING),
    # Log-odds of missing rise by 4 a standard deviation of distress: a day one deviation worse doubles the odds.
    Condition("skipping when distressed", USUAL_DAYS, simulate.Skipping(0.12, 4.0, 0.02)),
    Condition("movement assumed half as large", USUAL_DAYS, USUAL_SKIPPING, 0.5),
    Condition("movement assumed twice as large", USUAL_DAYS, USUAL_SKIPPING, 2.0),
)

# Starts of steady clients: mean and standard deviation, points, kept clear of the ends of the scales.
STARTS: Mapping[str, tuple[float, float]] = {
    "distress": (2.6, 0.5),
    "security": (5.3, 1.2),
    "anxiety": (3.4, 0.8),
    "avoidance": (3.5, 0.8),
    "alliance": (4.0, 0.3),
}


class Flag(NamedTuple):
    kind: str
    week: int
    series: str


def asked(week: int) -> frozenset[str]:
    """Series of the typical client in ``week`` (from 1)."""
    always = {"distress", f"security:{WATCHED}"}
    if week > len(FIGURES) and week % 2 == 0:
        return frozenset(always | {"alliance"})
    if week <= len(FIGURES):
        figure = FIGURES[week - 1]
    else:
        figure = FIGURES[((week - len(FIGURES) - 1) // 4) % len(FIGURES)]
    return frozenset(always | {f"anxiety:{figure}", f"avoidance:{figure}"})


def steady(seed: int, condition: Condition, weeks: int = WEEKS) -> stories.Story:
    """A client whose levels stand still; starts drawn from the seed."""
    rng = stories.stream(seed, "starts")
    names = ["distress", f"security:{WATCHED}", "alliance"]
    names += [f"{scale}:{figure}" for scale in ("anxiety", "avoidance") for figure in FIGURES]
    series = {}
    for name in names:
        mean, sd = STARTS[name.partition(":")[0]]
        series[name] = [(1.0, float(mean + sd * np.clip(rng.normal(), -2, 2)))]
    return stories.Story(seed, weeks, (), series, condition.skipping, condition.day)


def flags(lived: Mapping[str, simulate.Simulated], point: OperatingPoint, wrong_by: float = 1.0) -> list[Flag]:
    """Everything that the rules say about one client, one entry a stretch that began."""
    series = {name: observed(name, one, wrong_by) for name, one in lived.items() if name != "alliance"}
    security = {name.partition(":")[2]: one for name, one in series.items() if name.startswith("security")}
    found = []
    for stretch in signals.worsenings(series.get("distress"), security, point):
        week = int(np.asarray(series[stretch.series].times)[stretch.spoke])
        found.append(Flag(stretch.kind.value, week, stretch.series))
    for name, one in series.items():
        if name.startswith(("anxiety", "avoidance")):
            for stretch in signals.shifts(name, one, point):
                found.append(Flag(stretch.kind.value, int(np.asarray(one.times)[stretch.spoke]), name))
    if "alliance" in lived:
        ratings = observed("alliance", lived["alliance"], wrong_by)
        error = float(np.hypot(ratings.sem, ratings.dynamics.occasion_sd))
        for drop in alliance_drops(ratings.scores, error, point):
            found.append(Flag("alliance drop", int(np.asarray(ratings.times)[drop.spoke]), "alliance"))
    came = [bool(np.isfinite(row).any()) for row in lived["distress"].answers]
    for silence in silences(came, point):
        found.append(Flag("silence", int(lived["distress"].weeks[silence.spoke]), "check-ins"))
    return found


def observed(name: str, lived: simulate.Simulated, wrong_by: float = 1.0) -> signals.Series:
    """What the library sees of one simulated series: the weeks it was asked, scored from at least half."""
    form = stories.FORMS[name.partition(":")[0]]
    rows = np.array([name in asked(int(week)) for week in lived.weeks])
    scored = scales.score(
        lived.answers[rows],
        form.minimum,
        form.maximum,
        reversed_items=form.reversed,
        least_share=scales.OWN_SHORT_FORM,
    )
    errors = scales.standard_error(form.sd, form.reliability, form.items, scored.answered)
    ql, qs, tau = assumed_dynamics(form.sd)
    dynamics = Dynamics(ql * wrong_by, qs * wrong_by, tau * np.sqrt(wrong_by))
    prior = assumed_prior(form.middle, form.sd)
    return signals.Series(lived.weeks[rows], scored.score, errors, form.standard_error, dynamics, prior)


def false_flags(clients: int, condition: Condition, seed: int, point: OperatingPoint = ASSUMED) -> list[list[Flag]]:
    """Flags of each of ``clients`` steady clients; client i has the seed ``seed + i``."""
    return [flags(stories.live(steady(seed + i, condition)), point, condition.wrong_by) for i in range(clients)]


class Change(NamedTuple):
    """A true change that begins in a given week, in reliable-change units of each scale it moves."""

    name: str
    moves: Mapping[str, float]
    """Series → direction and share of the size."""
    lasts: int | None
    """Weeks at the new level; None to stay."""
    recovers: int = 3
    """Weeks that the way back takes."""


EVENT_WEEK = 15


def changed(seed: int, change: Change, size: float, condition: Condition, weeks: int = WEEKS) -> stories.Story:
    """A steady client whose series move by ``size`` reliable-change units between week 14 and 15."""
    story = steady(seed, condition, weeks)
    moved = dict(story.series)
    for name, share in change.moves.items():
        form, start = stories.FORMS[name.partition(":")[0]], story.series[name][0][1]
        end = start + share * size * form.reliable_change
        knots = [(EVENT_WEEK - 1.0, start), (float(EVENT_WEEK), end)]
        if change.lasts is not None:
            last = EVENT_WEEK + change.lasts - 1.0
            knots += [(last, end)] if change.lasts > 1 else []
            knots.append((last + change.recovers, start))
        moved[name] = knots
    return story._replace(series=moved)


def delays(
    clients: int,
    change: Change,
    size: float,
    condition: Condition,
    seed: int,
    point: OperatingPoint = ASSUMED,
    counts: Callable[[Flag], bool] = lambda flag: flag.kind in ("deterioration", "setback"),
) -> npt.NDArray[np.float64]:
    """Weeks (clients,) from the event to the first flag that counts, 0 being the event's own week; inf if none."""
    found = []
    for i in range(clients):
        lived = stories.live(changed(seed + i, change, size, condition))
        said = [f.week for f in flags(lived, point, condition.wrong_by) if counts(f) and f.week >= EVENT_WEEK]
        found.append(min(said, default=np.inf) - EVENT_WEEK)
    return np.asarray(found, dtype=float)


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, z**2
    centre, half = share + z2 / (2 * of), z * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return max(float((centre - half) / (1 + z2 / of)), 0.0), min(float((centre + half) / (1 + z2 / of)), 1.0)


def kinds(said: list[list[Flag]]) -> Iterator[tuple[str, int]]:
    """Each kind and the number of clients of whom it was said at least once, in the order of the strip."""
    for kind in ("deterioration", "setback", "alliance drop", "silence", "shift"):
        yield kind, sum(any(flag.kind == kind for flag in client) for client in said)


def band_coverage(wrong_by: float, seed: int, clients: int = 400, *, both: bool = False) -> float:
    """Share of occasions at which the smoothed 95 % band of a level holds the true one.

    Each client's level is drawn from the trajectory model itself and answered on 20 irregular occasions within
    26 weeks, as the security short form. The band is computed with diffusions ``wrong_by`` times the true ones,
    and with ``both`` also with the variance of an occasion wrong by that factor.
    """
    form, rng = simulate.SECURITY, np.random.default_rng(seed)
    true, prior = assumed_dynamics(form.sd), assumed_prior(form.middle, form.sd / 3)
    occasion = true.occasion_sd * np.sqrt(wrong_by if both else 1.0)
    assumed = Dynamics(true.level_diffusion * wrong_by, true.slope_diffusion * wrong_by, occasion)
    inside = []
    for weeks in np.sort(rng.uniform(0, WEEKS, (clients, 20)), axis=1):
        level = simulate.trend_path(weeks, true, prior, rng)
        scores = level + rng.normal(0, true.occasion_sd, 20) + rng.normal(0, form.standard_error, 20)
        ours = trajectory.trajectory(weeks, scores, form.standard_error, assumed, prior).smoothed
        inside.append(np.abs(ours.level - level) <= 1.96 * ours.level_sd)
    return float(np.mean(inside))
