"""Told stories as numbers: a person's true levels by week, and the answers that follow from a seed.

Every series draws from a stream of its own, named by the person's seed and the series, and always for every
week. So asking one form more or less often, or adding a figure, leaves all other answers as they were.

Half of the variance of a day is shared by all series of the person: a bad day raises distress, anxiety and
avoidance and lowers security and alliance. A rule that weighs two series together is tested against that.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mooring.science import simulate
from mooring.science.dynamics import OCCASION_SD

Knots = Sequence[tuple[float, float]]

FORMS: Mapping[str, simulate.Form] = {
    "distress": simulate.DISTRESS,
    "security": simulate.SECURITY,
    "anxiety": simulate.ANXIETY,
    "avoidance": simulate.AVOIDANCE,
    "alliance": simulate.ALLIANCE,
}

UP_ON_A_BAD_DAY = frozenset({"distress", "anxiety", "avoidance"})
SHARED_VARIANCE = 0.5
"""Share of a day's variance that all series have in common. ASSUMED."""


class Story(NamedTuple):
    """What is true of one person, week by week (weeks count from 1)."""

    seed: int
    weeks: int
    missed: tuple[int, ...]
    """Weeks without a check-in, known beforehand; more may be missed by ``skipping``."""
    series: Mapping[str, Knots]
    """``scale`` or ``scale:figure`` → (week, level) in points of the scale."""
    skipping: simulate.Skipping = simulate.Skipping()
    day: simulate.Disturbance = simulate.Disturbance(OCCASION_SD)
    """What a day does, in standard deviations of each scale."""


def live(story: Story, forms: Mapping[str, simulate.Form] = FORMS) -> dict[str, simulate.Simulated]:
    """Answers of every week to every series of ``story``; all nan where the week was missed.

    Raises ValueError naming the series when its scale has no form, and when a missed week lies outside the
    story.
    """
    weeks = np.arange(1, story.weeks + 1, dtype=float)
    outside = [week for week in story.missed if not 1 <= week <= story.weeks]
    if outside:
        raise ValueError(f"missed weeks outside 1 to {story.weeks}: {outside}")
    days = np.sqrt(SHARED_VARIANCE) * simulate.deviations(weeks, story.day, stream(story.seed, "days"))
    skip = np.isin(weeks, story.missed) | _skipped(story, weeks, days)
    lived = {}
    for name, knots in story.series.items():
        scale = name.partition(":")[0]
        if scale not in forms:
            raise ValueError(f"series {name!r}: no form for the scale {scale!r}")
        form = forms[scale]
        own = form.sd * np.sqrt(1 - SHARED_VARIANCE)
        lived[name] = simulate.simulate(
            weeks,
            simulate.path(knots, weeks),
            form,
            story.day._replace(occasion_sd=own * story.day.occasion_sd, wobble_sd=own * story.day.wobble_sd),
            stream(story.seed, name),
            shared=(form.sd if scale in UP_ON_A_BAD_DAY else -form.sd) * days,
            skip=skip,
            item_rate=story.skipping.item_rate,
        )
    return lived


def stream(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one named series of one seeded person."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def told(entry: Mapping[str, object], weeks: int) -> Story:
    """A story written out: keys ``seed``, ``missed``, ``series`` (see :class:`Story`)."""
    return Story(
        seed=_whole(entry, "seed"),
        weeks=weeks,
        missed=tuple(int(week) for week in _items(entry, "missed")),
        series={str(name): _knots(knots) for name, knots in _table(entry, "series").items()},
    )


def drawn(
    entry: Mapping[str, object], archetype: Mapping[str, object], forms: Mapping[str, simulate.Form] = FORMS
) -> Story:
    """A story from an archetype: own starts (points) plus the archetype's moves.

    ``entry``: seed, weeks, starts (series → points), moves (figure whose anxiety and avoidance follow the
    archetype). ``archetype``: scale → knots of (weeks before the last, change in SD of the scale), optional
    silent (last weeks without a check-in), checkin_rate, distress_slope.
    """
    weeks = _whole(entry, "weeks")
    moves = entry.get("moves")
    series: dict[str, Knots] = {}
    for name, start in _table(entry, "starts").items():
        scale, _, figure = name.partition(":")
        still = scale in ("anxiety", "avoidance") and figure != moves
        changes = [] if still else _knots(archetype.get(scale, []))
        sd = forms[scale].sd
        series[name] = [(weeks + before, _number(start) + sd * change) for before, change in changes] or [
            (weeks, _number(start))
        ]
    silent = int(_number(archetype.get("silent", 0)))
    return Story(
        seed=_whole(entry, "seed"),
        weeks=weeks,
        missed=tuple(range(max(weeks - silent + 1, 1), weeks + 1)),
        series=series,
        skipping=simulate.Skipping(
            _number(archetype.get("checkin_rate", 0.0)),
            _number(archetype.get("distress_slope", 0.0)),
            item_rate=0.01,
        ),
    )


def _skipped(story: Story, weeks: simulate.Floats, days: simulate.Floats) -> simulate.Bools:
    """Missed by skipping; the more so, the further distress lies above its own mean (in SD) that day."""
    above = days
    if "distress" in story.series:
        level = simulate.path(story.series["distress"], weeks)
        above = above + (level - level.mean()) / FORMS["distress"].sd
    return simulate.missed(above, story.skipping, stream(story.seed, "skipping"))


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise ValueError(f"expected a number, not {value!r}")
    return float(value)


def _whole(entry: Mapping[str, object], key: str) -> int:
    value = entry.get(key)
    if not isinstance(value, int):
        raise ValueError(f"{key!r} must be a whole number, not {value!r}")
    return value


def _items(entry: Mapping[str, object], key: str) -> Sequence[int]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{key!r} must be a list, not {value!r}")
    return value


def _table(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = entry.get(key)
    if not isinstance(value, Mapping):
        raise ValueError(f"{key!r} must be a table, not {value!r}")
    return value


def _knots(value: object) -> Knots:
    if not isinstance(value, list):
        raise ValueError(f"knots must be a list of [week, level], not {value!r}")
    return [(_number(week), _number(level)) for week, level in value]
