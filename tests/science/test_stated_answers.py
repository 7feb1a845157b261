"""Short, constant, single, doubled, reversed and one-sided series: every function answers or says in words why not.

One table: function × series. An empty cell is an answer without a warning and without an infinite number; a text is
part of the sentence with which it refuses.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from mooring.science import (
    agreement,
    change,
    coupled,
    dyads,
    gains,
    growth,
    joint_trajectory,
    panel,
    panel_interval,
    pooling,
    trajectory,
    transfer,
)
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.trajectory import Panel

NAN = float("nan")
MOVES, PRIOR = Dynamics(0.1, 0.001, 0.3), Prior(3.0, 1.5, 0.1)
JOINT = joint_trajectory.correlated(MOVES, MOVES, 0.3), joint_trajectory.correlated_prior(PRIOR, PRIOR, 0.3)
SERIES: dict[str, tuple[list[float], list[float]]] = {
    "nothing": ([], []),
    "one occasion": ([0], [3]),
    "two occasions": ([0, 1], [3, 2]),
    "nothing answered": ([0, 1, 2, 3], [NAN, NAN, NAN, NAN]),
    "one answered": ([0, 1, 2, 3], [NAN, 3, NAN, NAN]),
    "constant": ([0, 1, 2, 3, 4, 5, 6, 7], [3, 3, 3, 3, 3, 3, 3, 3]),
    "doubled times": ([0, 0, 1, 1, 2, 2, 5, 5], [3, 4, 2, 5, 4, 3, 2, 1]),
    "all at one time": ([2, 2, 2, 2, 2, 2, 2, 2], [3, 4, 2, 5, 4, 3, 2, 1]),
    "reversed times": ([7, 6, 5, 4, 3, 2, 1, 0], [3, 4, 2, 5, 4, 3, 2, 1]),
    "infinite": ([0, 1, 2, 3, 4, 5, 6, 7], [3, 4, 2, float("inf"), 4, 3, 2, 1]),
    "ordinary": ([0, 1, 2, 3, 4, 5, 6, 7], [3, 4, 2, 5, 4, 3, 2, 1]),
}


def one(times: list[float], scores: list[float]) -> Panel:
    return Panel(np.array([0, len(scores)]), np.array(times, float), np.array(scores, float), np.full(len(scores), 0.4))


def five(times: list[float], scores: list[float]) -> Panel:
    """The same series of five people, each one point higher."""
    n = len(scores)
    every = np.concatenate([np.array(scores, float) + k for k in range(5)])
    return Panel(np.arange(6) * n, np.tile(np.array(times, float), 5), every, np.full(5 * n, 0.4))


def row(scores: list[float]) -> np.ndarray:
    return np.array(scores, float).reshape(1, -1)


def turned(scores: list[float]) -> np.ndarray:
    """Another series of the same length."""
    return np.array(scores, float)[::-1]


@cache
def course() -> growth.Growth:
    rng = np.random.default_rng(1)
    times = np.tile(np.arange(8.0), 60)
    return growth.fit(Panel(np.arange(61) * 8, times, 5 - np.log1p(times) + rng.normal(size=480), np.zeros(480)))


FUNCTIONS: dict[str, Callable[[list[float], list[float]], Any]] = {
    "trajectory": lambda t, x: trajectory.trajectory(t, x, 0.4, MOVES, PRIOR),
    "trajectories": lambda t, x: trajectory.trajectories(five(t, x), MOVES, PRIOR),
    "at": lambda t, x: trajectory.at([9.0], t, x, 0.4, MOVES, PRIOR),
    "joint_trajectory": lambda t, x: joint_trajectory.joint_trajectory(t, np.column_stack([x, turned(x)]), 0.4, *JOINT),
    "forecast": lambda t, x: panel.forecast([9.0], t, x, 0.4, MOVES, PRIOR),
    "panel": lambda t, x: panel.fit(one(t, x)),
    "panel of five": lambda t, x: panel.fit(five(t, x)),
    "panel interval": lambda t, x: [
        panel_interval.interval(five(t, x), panel.fit(five(t, x)), name)[2:] for name in panel.Parameters._fields
    ],
    "pooling": lambda t, x: pooling.fit_pooled({"a": one(t, x), "b": five(t, x)}),
    "growth": lambda t, x: growth.fit(five(t, x)),
    "beside the course": lambda t, x: growth.beside(course(), t, x),
    "slopes": lambda t, x: change.slopes(five(t, x)),
    "gains": lambda _, x: gains.sudden_gains(row(x), gains.Rule(2)),
    "losses": lambda _, x: gains.sudden_losses(row(x), gains.Rule(2)),
    "occasions": lambda _, x: change.occasions(x, turned(x)),
    "mean change": lambda _, x: change.mean_change(x, turned(x)),
    "group difference": lambda _, x: change.group_difference(x, turned(x)),
    "reliable change": lambda _, x: change.reliable_change(x, turned(x), 1.0, 0.8),
    "index": lambda _, x: change.index("jacobson-truax", x, turned(x), change.occasions(x, turned(x)), 0.8),
    "crossing": lambda _, x: change.crossing(x, turned(x), 3.5, higher_is_better=False),
    "agreement": lambda _, x: agreement.agreement(x, turned(x), 1, 5),
    "couples": lambda _, x: dyads.fit(
        dyads.dyads(np.column_stack([x, np.roll(x, 1)]), np.column_stack([np.roll(x, 3), turned(x)])),
        distinguishable=True,
    ),
    "coupled": lambda t, x: coupled.couple(t, np.column_stack([x, turned(x)]), 0.4),
    "partner missing": lambda t, x: coupled.couple(t, np.column_stack([x, np.full(len(x), NAN)]), 0.4),
    "transfer": lambda t, x: transfer.transfer(t, x, {"aunt": turned(x)}, {"aunt": 0.4}, 0.4),
}
BACKWARDS, ENDLESS = "back|before", "infinite|inf "
UNANSWERED = {"nothing": "nobody", "nothing answered": "nobody"}
ORDERED = {"reversed times": BACKWARDS, "infinite": ENDLESS}
TOO_FEW = dict.fromkeys(("nothing", "nothing answered"), "fewer than three")
AT_ONCE = dict.fromkeys(("one occasion", "one answered", "all at one time"), "given at one time")
ON_LINES = dict.fromkeys(("two occasions", "constant"), "lie on their lines")
STILL = "deviation before must be positive"
REFUSES: dict[str, dict[str, str]] = {
    "trajectory": ORDERED,
    "trajectories": ORDERED,
    "at": {**ORDERED, "nothing": "a grid needs an occasion"},
    "joint_trajectory": ORDERED,
    "forecast": {**ORDERED, "nothing": "a grid needs an occasion"},
    "panel": {**ORDERED, **UNANSWERED},
    "panel of five": {**ORDERED, **UNANSWERED},
    "panel interval": {**ORDERED, **UNANSWERED},
    "pooling": ORDERED,
    "growth": {**TOO_FEW, **AT_ONCE, **ON_LINES, "infinite": ENDLESS},
    "beside the course": {"infinite": ENDLESS},
    "slopes": {
        **TOO_FEW,
        **AT_ONCE,
        **ON_LINES,
        "infinite": ENDLESS,
        **dict.fromkeys(("doubled times", "reversed times", "ordinary"), "slopes do not differ"),
    },
    "gains": {"infinite": "lies beyond the healthy end"},
    "losses": {"infinite": "lies beyond the healthy end"},
    **{
        name: {"infinite": ENDLESS}
        for name in ("occasions", "mean change", "group difference", "reliable change", "crossing", "agreement")
    },
    "index": {
        "infinite": ENDLESS,
        **dict.fromkeys(("nothing", "one occasion", "nothing answered", "one answered", "constant"), STILL),
    },
    "couples": {
        "infinite": ENDLESS,
        "constant": "a variable does not vary",
        **dict.fromkeys(
            ("nothing", "one occasion", "two occasions", "nothing answered", "one answered"), "too few for 4 variables"
        ),
    },
    "coupled": ORDERED,
    "partner missing": ORDERED,
    "transfer": ORDERED,
}


def numbers(found: Any) -> list[float]:
    """Every number of an answer."""
    if isinstance(found, dict):
        return [x for part in found.values() for x in numbers(part)]
    if isinstance(found, tuple | list):
        return [x for part in found for x in numbers(part)]
    if isinstance(found, np.ndarray):
        return np.asarray(found, dtype=float).ravel().tolist()
    return [float(found)] if isinstance(found, int | float) else []


def answered(call: Callable[[list[float], list[float]], Any], series: str) -> str:
    """Empty where there is an answer, else the words of its refusal."""
    times, scores = SERIES[series]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = call(times, scores)
        except ValueError as refused:
            return str(refused)
    assert not np.isinf(numbers(found)).any()
    return ""


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_answer_or_a_reason(name: str, series: str) -> None:
    said, says = answered(FUNCTIONS[name], series), REFUSES.get(name, {}).get(series, "")
    assert re.search(says, said) if says else not said, f"{name}, {series}: {said or 'answered'}"
