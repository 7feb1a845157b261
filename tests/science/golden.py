"""What every algorithm gives on fixed answers, kept in golden.json beside the versions.

    python -m tests.science.golden --write

Refuses to write moved results under an unmoved version.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mooring.science import (
    adaptive,
    agreement,
    alliance,
    change,
    coupled,
    dyads,
    dynamics,
    gains,
    growth,
    joint_trajectory,
    off_course,
    panel,
    panel_interval,
    plateau,
    pooling,
    regions,
    reliability,
    scales,
    signals,
    silence,
    stories,
    sudden,
    trajectory,
    transfer,
)
from mooring.science.graded_response import dif, item_fit, simulate
from mooring.science.graded_response.fit import fit
from mooring.science.graded_response.scores import eap, wle
from mooring.science.operating_point import ASSUMED
from mooring.science.simulate import trend_path
from mooring.science.version import SCIENCE_VERSION

FILE = Path(__file__).with_name("golden.json")
WEEKS = [0.0, 1.0, 1.0, 2.5, 4.0, 5.0, 6.0, 9.0, 10.0, 11.0, 12.0, 13.0]
SCORES = [2.0, 2.25, 2.0, 1.75, float("nan"), 2.0, 2.25, 2.0, 3.5, 3.75, 3.5, 3.25]
THREE = adaptive.Rules(most=3, error=0.1)
FORM = stories.FORMS["distress"]
GROUP = change.Occasions(change.Sample(40, 8), change.Sample(30, 10), 0.5, 60)
BDI = [35, 37, 34, 23, 24, 21, 29, 17, 11, 11, 10, 7]


def results() -> dict[str, list[float]]:
    """Algorithm → a row of numbers that move when it does."""
    moves, prior = dynamics.assumed_dynamics(FORM.sd), dynamics.assumed_prior(FORM.middle, FORM.sd)
    path = trajectory.trajectory(WEEKS, SCORES, FORM.standard_error, moves, prior)
    series = signals.Series(WEEKS, SCORES, FORM.standard_error, FORM.standard_error, moves, prior)
    (worse,) = signals.worsenings(series, {})
    again = signals.Series(np.arange(20.0), [*[2.0] * 9, *[3.6] * 4, *[2.0] * 7], 0.36, 0.36, moves, prior)
    (fall,) = signals.worsenings(again, {})
    back = signals.recovery(again, 1, fall)
    assert back is not None
    (shift,) = signals.shifts("anxiety:mother", series)
    (stood,) = plateau.plateaus(series, 1, ASSUMED._replace(plateau=0.9, plateau_weeks=6.0))
    weekly = signals.Series(np.arange(12.0), [4.5, 4.2, 4.4, 3, 2.9, 3.1, 2.8, 3, 3.9, 3, 3, 3], 0.3, 0.3, moves, prior)
    (fell,) = sudden.gains(weekly, 1, 1.0)
    scored = scales.score(np.array([[1, 2, 3, 5], [1, np.nan, 4, 2]]), 1, 5, reversed_items=[3], least_share=0.5)
    (drop,) = alliance.alliance_drops([4.2, 4.0, 4.3, 4.2, 2.8, 4.1], 0.3)
    (quiet,) = silence.silences([True, False, False, False, True])
    outline = regions.ellipse([3.0, 4.0], [[0.4, 0.1], [0.1, 0.6]], points=3)
    likely = regions.region_probabilities([3.0, 4.0], [[0.4, 0.1], [0.1, 0.6]], regions.Borders(3.5, 3.2))
    rng = np.random.default_rng(1)
    bank = simulate.bank(6, rng, categories=5)
    answers = simulate.answers(bank, rng.normal(size=400), rng, missing=0.1)
    asked = adaptive.next_item(
        adaptive.calibrated(bank, [0, 1, 0, 1, 0, 1]), np.where(np.arange(6) < 2, answers[0], -1), THREE
    )
    fitting = item_fit.item_fit(bank, answers)
    many = some_people(np.random.default_rng(2), moves, prior)
    few = trajectory.Panel(*(column[: 5 if place == 0 else 32] for place, column in enumerate(many)))
    pair = joint_trajectory.joint_trajectory(
        WEEKS,
        np.column_stack([SCORES, SCORES[::-1]]),
        0.4,
        joint_trajectory.correlated(moves, moves, 0.5),
        joint_trajectory.correlated_prior(prior, prior, 0.5),
        0.2,
    )
    course = growth.fit(many)
    limits = growth.tolerance_limits(course, [0.0, 10.0])
    left = off_course.off_course(course, [0, 1, 2, 3, 4, 5], [3.0, 9.0, 9.5, 9.0, 3.0, 3.0], worse=1)
    differing = dif.differential_functioning(answers, np.arange(400) % 2, categories=5, rounds=1).items[0]
    return {
        "adaptive": [*_numbers(asked), *adaptive.outcome(adaptive.calibrated(bank), answers[:3]).theta],
        "agreement": _agreement(np.random.default_rng(5)),
        "alliance": _numbers(drop),
        "change": [
            float(change.reliable_change(32.5, 47.5, 7.5, 0.8).rc),
            *change.cut_offs(change.Sample(40, 7.5), change.Sample(60, 5)),
        ],
        "change_methods": [
            *(float(change.index(method, 40, 28, GROUP, 0.75).rc) for method in change.METHODS),
            float(change.beyond_cut_off(28, GROUP, 0.75, 33)),
            change.mean_change([10, 12, 15, 11], [8, 9, 15, 6]).d_before,
            *change.group_difference([10, 12, 15, 11], [8, 9, 15, 6]).interval,
            *change.share(3, 10).interval,
        ],
        "change_slopes": _rounded(change.slopes(many).rc[:5]),
        "coupled": _coupled(np.random.default_rng(4)),
        "dif": np.round([differing.chi_square, *differing.signed, *differing.unsigned], 5).tolist(),
        "dyads": _couples(np.random.default_rng(3)),
        "dynamics": [*moves, *prior],
        "gains": [float(x) for row in gains.sudden_gains(BDI, gains.Rule(7)).events for x in row],
        "graded_response": [
            fit(answers, categories=5, standard_errors=False).log_likelihood,
            *wle(bank, answers[:3]).theta,
            *eap(bank, answers[:3]).standard_error,
        ],
        "off_course": _rounded([number for one in left for number in one if number is not None]),
        "growth": _rounded([course.intercept, course.slope, *course.covariance.ravel(), *limits.low, *limits.high]),
        "item_fit": [*fitting.chi_square, *item_fit.local_dependence(bank, answers).q3[0, 1:]],
        "joint_trajectory": [
            *pair.smoothed.level.ravel(),
            *pair.smoothed.level_covariance[:, 0, 1],
            pair.log_likelihood,
        ],
        "plateau": _numbers(stood),
        "panel": _rounded([*panel.fit(many).parameters, *panel.fit(many).standard_errors]),
        "panel_interval": _rounded(panel_interval.interval(many, panel.fit(many), "occasion_variance")[:2]),
        "pooling": _rounded(pooling.fit_pooled({"few": few, "many": many})["few"].parameters),
        "regions": [*likely, *outline.ravel().tolist()],
        "reliability": _numbers(reliability.omega(np.where(answers < 0, np.nan, answers))),
        "scales": [*scored.score, *scales.standard_error(FORM.sd, FORM.reliability, 4, scored.answered)],
        "signals": _numbers(worse) + _numbers(shift) + _numbers(back),
        "silence": _numbers(quiet),
        "sudden": _numbers(fell),
        "trajectory": [*path.smoothed.level, *path.smoothed.level_sd, *path.filtered.slope, path.log_likelihood],
        "transfer": _transfer(np.random.default_rng(6)),
    }


def some_people(rng: np.random.Generator, moves: dynamics.Dynamics, prior: dynamics.Prior) -> trajectory.Panel:
    """Forty made-up people on eight irregular occasions."""
    weeks = np.sort(rng.uniform(0, 20, (40, 8)), axis=1)
    levels = np.concatenate([trend_path(row, moves, prior, rng) for row in weeks])
    scores = levels + rng.normal(0, 0.4, levels.size)
    return trajectory.Panel(np.arange(41) * 8, weeks.ravel(), scores, np.full(levels.size, 0.3))


def _rounded(row: Sequence[float]) -> list[float]:
    """To five digits: a climb ends where the next step promises nothing, not at the last bit."""
    return [float(f"{value:.5g}") for value in row if np.isfinite(value)]


def _agreement(rng: np.random.Generator) -> list[float]:
    """Twenty pairs, free and behind a ceiling; to four digits, where the climb and the search for the ends stop."""
    client, clinician = rng.normal(4.3, 0.5, 20), rng.normal(4.1, 0.5, 20)
    free = agreement.agreement(client, clinician, 1, 9)
    under = agreement.agreement(np.minimum(client, 4.6), np.minimum(clinician, 4.6), 1, 4.6)
    ends = [free.difference, *free.interval, *free.low_limit, *free.high_limit, free.correlation]
    return [float(f"{x:.4g}") for x in [*ends, under.difference, *under.interval]]


def _transfer(rng: np.random.Generator) -> list[float]:
    """Of a figure asked too seldom nothing is said; corrected chances of the others."""
    few = transfer.transfer(np.arange(9.0), rng.normal(size=9), {"aunt": rng.normal(size=9)}, {"aunt": 0.3}, 0.3)
    return [float(few["aunt"].coupling.occasions), float(few["aunt"].signalled), *coupled.holm([0.04, 0.01, 0.03])]


def _coupled(rng: np.random.Generator) -> list[float]:
    """Two wandering scores: the likelihood at one place, and how far it may fall."""
    scores = rng.normal(size=(60, 2)).cumsum(axis=0)
    pull = (0.4, 0.1, -0.3, 0.5)
    there = coupled.log_likelihood(np.arange(60.0), scores, np.full((60, 2), 0.2), (0.0, 0.0), pull, (0.5, 0.1, 0.4))
    return [float(there), coupled.margin(60, 0.95)]


def _couples(rng: np.random.Generator) -> list[float]:
    """Thirty couples of whom some values are missing; to six digits, where EM stops."""
    pairs = dyads.dyads(rng.normal(size=(30, 2)), np.where(rng.random((30, 2)) < 0.1, np.nan, rng.normal(size=(30, 2))))
    model = dyads.fit(pairs, distinguishable=True)
    return [
        float(f"{x:.6g}") for x in (*model.coefficients.ravel(), *model.standard_errors.ravel(), model.log_likelihood)
    ]


def _numbers(row: tuple[Any, ...]) -> list[float]:
    """The numbers of a NamedTuple; None and words are left out."""
    return [float(value) for value in row if isinstance(value, int | float)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True)
    parser.parse_args()
    new: dict[str, Any] = {name: {"version": SCIENCE_VERSION[name], "results": row} for name, row in results().items()}
    old: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
    for name, one in new.items():
        before = old.get(name, one)
        same = len(before["results"]) == len(one["results"])
        moved = not (same and np.allclose(before["results"], one["results"], rtol=1e-9, atol=1e-12))
        if moved and before["version"] == one["version"]:
            parser.error(f"{name} moved: raise its version in science/version.py first")
    FILE.write_text(json.dumps(new, indent=1) + "\n")


if __name__ == "__main__":
    main()
