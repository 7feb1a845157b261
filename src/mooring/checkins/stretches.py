"""What the science found, as the plain objects that `Series.stretches` keeps. Pure, but for the rows given.

A stretch, one object (dates local, numbers in points of the scale):
kind, since (the change began), spoke (the rule first spoke), ceased (null while it speaks), checkin (the answer on
which it spoke), grew (later answers of the stretch, each as evidence of its own); and by kind:
deterioration, setback, shift: reference (start or best held), reference_on, reference_level, reference_sd, level,
level_sd, change, change_sd, probability, asked, margin, beside (the series that spoke together with this one);
alliance-drop: centre, sigma, rating, drop, asked, baseline; repair, which ends one: of, weeks, centre, sigma, rating;
recovery: of (the kind it ends), weeks, weeks_low, weeks_high as they could be said then, and hindsight: the same
three, given every answer since; gain: before_on, and each criterion with its numbers; ceased: half was lost again;
plateau, of which no signal is made: level, level_sd, weeks, probability, asked, margin, gained, gained_sd.
"""

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from mooring.alerts.models import Kind
from mooring.checkins.models import Series
from mooring.science import alliance, plateau, signals, sudden

Stretch = dict[str, Any]

PLATEAU = "plateau"


def changed(series: Series, found: signals.Stretch) -> Stretch:
    """A deterioration, a setback or a shift."""
    on = day_of(series)
    return {
        "kind": str(found.kind),
        "since": on(found.since),
        "spoke": on(found.spoke),
        "ceased": None if found.ceased is None else on(found.ceased),
        "checkin": series.points[found.spoke]["checkin"],
        "reference": found.reference,
        "reference_on": on(found.reference_at),
        "reference_level": found.reference_level,
        "reference_sd": found.reference_sd,
        "level": found.level,
        "level_sd": found.level_sd,
        "change": found.change,
        "change_sd": found.change_sd,
        "probability": found.probability,
        "asked": found.asked,
        "margin": found.margin,
        "beside": None,
        "grew": [],
    }


def grown(series: Series, found: signals.Stretch, compared: signals.Compared) -> list[Stretch]:
    """Where the change went on by at least one more margin than was last told, until the rule ceased.

    Decided at each answer from those up to it, so that a later one moves nothing that was told.
    """
    which = signals.BEST if found.kind is signals.Kind.SETBACK else signals.START
    first = int(np.searchsorted(compared.occasions, found.spoke)) + 1
    last = compared.occasions.size if found.ceased is None else int(np.searchsorted(compared.occasions, found.ceased))
    told, more, on = abs(found.change), [], day_of(series)
    for row in range(first, last):
        _, variance, _, held, held_variance, level, level_variance, _ = compared.found[which, row].tolist()
        change = compared.worse * (level - held)
        if not change >= told + found.margin:
            continue
        told, at = change, int(compared.occasions[row])
        sd = float(np.sqrt(max(variance, 0.0)))
        more.append(
            {
                "on": on(at),
                "checkin": series.points[at]["checkin"],
                "level": level,
                "level_sd": float(np.sqrt(max(level_variance, 0.0))),
                "reference_level": held,
                "reference_sd": float(np.sqrt(max(held_variance, 0.0))),
                "change": level - held,
                "change_sd": sd,
                "probability": NormalDist().cdf((change - found.margin) / sd),
            }
        )
    return more


def recovered(series: Series, ended: Stretch, back: signals.Recovery, hindsight: signals.Recovery) -> Stretch:
    """Back at the level from before."""
    spoke = day_of(series)(back.at)
    return {
        "kind": str(Kind.RECOVERY),
        "since": ended["since"],
        "spoke": spoke,
        "ceased": spoke,
        "checkin": series.points[back.at]["checkin"],
        "of": ended["kind"],
        "weeks": back.weeks,
        "weeks_low": back.weeks_low,
        "weeks_high": back.weeks_high,
        "hindsight": [hindsight.weeks, hindsight.weeks_low, hindsight.weeks_high],
        "reference": ended["reference"],
        "reference_on": ended["reference_on"],
        "reference_level": ended["reference_level"],
        "reference_sd": ended["reference_sd"],
        "margin": ended["margin"],
    }


def dropped(series: Series, drop: alliance.AllianceDrop, chart: alliance.Chart) -> Stretch:
    """A drop of the alliance; it grew where a rating fell by one more standard deviation."""
    on = day_of(series)
    numbers = drop._asdict()
    del numbers["spoke"], numbers["ceased"]
    more, told = [], drop.drop
    for at in range(drop.spoke + 1, len(series.points) if drop.ceased is None else drop.ceased):
        if not chart.drop[at] >= told + alliance.DRAWN_SD:
            continue
        told = float(chart.drop[at])
        rating = series.points[at]["score"]
        more.append({"on": on(at), "checkin": series.points[at]["checkin"], "rating": rating, "drop": told})
    return {
        "kind": str(Kind.ALLIANCE_DROP),
        "since": on(drop.spoke),
        "spoke": on(drop.spoke),
        "ceased": None if drop.ceased is None else on(drop.ceased),
        "checkin": series.points[drop.spoke]["checkin"],
        **numbers,
        "grew": more,
    }


def repaired(series: Series, drop: alliance.AllianceDrop, chart: alliance.Chart) -> Stretch | None:
    """The ratings are back within one standard deviation of what was usual; None while they are not."""
    if drop.ceased is None:
        return None
    on, at = day_of(series), drop.ceased
    return {
        "kind": str(Kind.REPAIR),
        "since": on(drop.spoke),
        "spoke": on(at),
        "ceased": on(at),
        "checkin": series.points[at]["checkin"],
        "of": str(Kind.ALLIANCE_DROP),
        "weeks": series.points[at]["t"] - series.points[drop.spoke]["t"],
        "centre": float(chart.centre[at]),
        "sigma": float(chart.sigma[at]),
        "rating": series.points[at]["score"],
        "drop": float(chart.drop[at]),
        "fell_to": drop.rating,
        "baseline": int(chart.baseline[at]),
    }


def gained(series: Series, found: sudden.Gain) -> Stretch:
    """A sudden gain, with the numbers of each of its criteria."""
    on = day_of(series)
    numbers = found._asdict()
    for place in ("before", "after", "spoke", "ceased"):
        del numbers[place]
    return {
        "kind": str(Kind.GAIN),
        "since": on(found.after),
        "spoke": on(found.spoke),
        "ceased": None if found.ceased is None else on(found.ceased),
        "checkin": series.points[found.spoke]["checkin"],
        "before_on": on(found.before),
        "before": series.points[found.before]["score"],
        "after": series.points[found.after]["score"],
        **numbers,
    }


def stood(series: Series, found: plateau.Plateau) -> Stretch:
    """Weeks over which the level stood where it was."""
    on = day_of(series)
    numbers = found._asdict()
    for place in ("since", "spoke", "ceased"):
        del numbers[place]
    return {
        "kind": PLATEAU,
        "since": on(found.since),
        "spoke": on(found.spoke),
        "ceased": None if found.ceased is None else on(found.ceased),
        "checkin": series.points[found.spoke]["checkin"],
        **numbers,
    }


def day_of(series: Series) -> Callable[[int], str]:
    """Occasion → its local date, as text."""

    def on(index: int) -> str:
        day: str = series.points[index]["on"]
        return day

    return on
