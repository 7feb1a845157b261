"""How often the rules speak of a steady client, and how soon of one who really changed: by simulation.

The typical client: distress and the security with one figure every week; anxiety and avoidance of five figures,
asked in turn in the first five weeks, then every second week, one figure a month; alliance in the other weeks. Clients
who change stand in :mod:`mooring.science.changing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from mooring.science import growth, plateau, scales, signals, simulate, stories, sudden, trajectory
from mooring.science.alliance import alliance_drops
from mooring.science.dynamics import OCCASION_SD, Dynamics, assumed_dynamics, assumed_prior
from mooring.science.off_course import off_course
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.silence import silences

WEEKS = 26
FIGURES = ("partner", "mother", "father", "friend", "therapist")
WATCHED = FIGURES[0]
"""The figure whose state security is asked every week."""
DISTRESS, SECURITY = "distress", f"security:{WATCHED}"

WORTH_A_CONVERSATION = ("deterioration", "alliance drop", "silence", "setback", "shift")
GOOD_NEWS = ("gain", "recovery", "repair")
OFF_COURSE = "off course"
"""Needs a clinic's closed courses, and is judged on people who go as those went: see :func:`courses`."""
PLATEAU = "plateau"
"""An event, not a signal: of a steady client it is true."""


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


class Watched(NamedTuple):
    """What the rules look at of one client: prepared once, for any operating point."""

    distress: signals.Series | None
    security: Mapping[str, signals.Series]
    """Figure → series."""
    plane: Mapping[str, signals.Series]
    """Anxiety and avoidance, by name."""
    alliance: signals.Series | None
    came: tuple[bool, ...]
    """Of each week, whether a check-in came."""
    weeks: tuple[int, ...]


def watched(lived: Mapping[str, simulate.Simulated], wrong_by: float = 1.0) -> Watched:
    """The scored series of one client who was asked as the typical one is."""
    series = {name: observed(name, one, wrong_by) for name, one in lived.items()}
    return Watched(
        series.get(DISTRESS),
        {name.partition(":")[2]: one for name, one in series.items() if name.startswith("security")},
        {name: one for name, one in series.items() if name.startswith(("anxiety", "avoidance"))},
        series.get("alliance"),
        tuple(bool(np.isfinite(row).any()) for row in lived[DISTRESS].answers),
        tuple(int(week) for week in lived[DISTRESS].weeks),
    )


def flags(
    lived: Mapping[str, simulate.Simulated],
    point: OperatingPoint,
    wrong_by: float = 1.0,
    expected: Mapping[str, growth.Courses] | None = None,
) -> list[Flag]:
    """Everything that the rules say about one client: see :func:`said`."""
    return said(watched(lived, wrong_by), point, expected)


def said(one: Watched, point: OperatingPoint, expected: Mapping[str, growth.Courses] | None = None) -> list[Flag]:
    """Everything that the rules say about one client, one entry a stretch that began; plateaus are no signals.

    expected: series → the courses to judge it by; without them nobody is off course.
    """
    sides = {f"security:{figure}": (series, -1) for figure, series in one.security.items()}
    if one.distress is not None:
        sides = {DISTRESS: (one.distress, 1), **sides}
    found = _worse_and_back(one, sides, point)
    for name, (series, worse) in sides.items():
        form = stories.FORMS[name.partition(":")[0]]
        healthy = form.minimum if worse > 0 else form.maximum
        found += [_flag("gain", name, series, gain.spoke) for gain in sudden.gains(series, worse, healthy, point)]
        found += [_flag(PLATEAU, name, series, held.spoke) for held in plateau.plateaus(series, worse, point)]
        found += _off_course(name, series, worse, (expected or {}).get(name))
    for name, series in one.plane.items():
        found += [_flag("shift", name, series, stretch.spoke) for stretch in signals.shifts(name, series, point)]
    return found + _alliance(one, point) + _silence(one, point)


def _worse_and_back(one: Watched, sides: Mapping[str, tuple[signals.Series, int]], point: OperatingPoint) -> list[Flag]:
    found = []
    for stretch in signals.worsenings(one.distress, one.security, point):
        series, worse = sides[stretch.series]
        found.append(_flag(stretch.kind.value, stretch.series, series, stretch.spoke))
        back = signals.recovery(series, worse, stretch, point)
        found += [] if back is None else [_flag("recovery", stretch.series, series, back.at)]
    return found


def _off_course(name: str, series: signals.Series, worse: int, expected: growth.Courses | None) -> list[Flag]:
    if expected is None:
        return []
    since = np.asarray(series.times, dtype=float) - STARTS_IN
    course = expected.of(since, series.scores)
    stretches = () if course is None else off_course(course, since, series.scores, worse=worse)
    return [_flag(OFF_COURSE, name, series, stretch.spoke) for stretch in stretches]


def _alliance(one: Watched, point: OperatingPoint) -> list[Flag]:
    if one.alliance is None:
        return []
    ratings, found = one.alliance, []
    error = float(np.hypot(ratings.sem, ratings.dynamics.occasion_sd))
    for drop in alliance_drops(ratings.scores, error, point):
        found.append(_flag("alliance drop", "alliance", ratings, drop.spoke))
        found += [] if drop.ceased is None else [_flag("repair", "alliance", ratings, drop.ceased)]
    return found


def _silence(one: Watched, point: OperatingPoint) -> list[Flag]:
    return [Flag("silence", one.weeks[silence.spoke], "check-ins") for silence in silences(one.came, point)]


def _flag(kind: str, name: str, series: signals.Series, occasion: int) -> Flag:
    return Flag(kind, int(np.asarray(series.times)[occasion]), name)


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
    """Flags of each of ``clients`` steady clients; client i has the seed ``seed + i``. Plateaus are left out."""
    every = (flags(stories.live(steady(seed + i, condition)), point, condition.wrong_by) for i in range(clients))
    return [[flag for flag in client if flag.kind != PLATEAU] for client in every]


# How the simulated closed courses went: points for each step of log(1 + weeks), and how far people lie apart. Over
# half a year distress falls by 0.65 points and security rises by 1.5, three quarters of a standard deviation, as
# people in psychotherapy do on average (dynamics.py); one person in seven ends about as bad as they began.
COURSE_SLOPES: Mapping[str, tuple[float, float]] = {DISTRESS: (-0.20, 0.18), SECURITY: (0.47, 0.42)}
COURSES_CLOSED = 300
COURSES_SEED = 1_500_000
STARTS_IN = 1
"""The week of the first check-in: courses count from it."""


def on_course(seed: int, condition: Condition, weeks: int = WEEKS) -> stories.Story:
    """A client who goes as the closed courses went: a steady one whose distress and security mend, faster at first."""
    story = steady(seed, condition, weeks)
    own = stories.stream(seed, "course").normal()
    at = np.arange(1, weeks + 1, dtype=float)
    moved = dict(story.series)
    for name, (mean, sd) in COURSE_SLOPES.items():
        form = stories.FORMS[name.partition(":")[0]]
        # Distress and security of one person mend together.
        slope = mean + sd * own * np.sign(mean)
        levels = np.clip(story.series[name][0][1] + slope * np.log1p(at - STARTS_IN), form.minimum, form.maximum)
        moved[name] = list(zip(at.tolist(), levels.tolist(), strict=True))
    return story._replace(series=moved)


@cache
def courses() -> Mapping[str, growth.Courses]:
    """The expected courses that a clinic would have learned from 300 closed ones, by series."""
    usual = CONDITIONS[0]
    lived = []
    for i in range(COURSES_CLOSED):
        story = on_course(COURSES_SEED + i, usual)
        lived.append(stories.live(story._replace(series={name: story.series[name] for name in COURSE_SLOPES})))
    return {name: _learned([observed(name, one[name]) for one in lived]) for name in COURSE_SLOPES}


def _learned(closed: Iterable[signals.Series]) -> growth.Courses:
    every = list(closed)
    sizes = [len(np.asarray(one.times)) for one in every]
    times, scores = (np.concatenate([np.asarray(one[column], dtype=float) for one in every]) for column in (0, 1))
    panel = trajectory.Panel(np.cumsum([0, *sizes]), times - STARTS_IN, scores, np.zeros(times.size))
    thirds = np.quantile(growth.intakes(panel), [1 / 3, 2 / 3])
    return growth.learn(panel, thirds)


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    if of == 0:
        return 0.0, 1.0
    share, z2 = hits / of, z**2
    centre, half = share + z2 / (2 * of), z * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return max(float((centre - half) / (1 + z2 / of)), 0.0), min(float((centre + half) / (1 + z2 / of)), 1.0)


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
