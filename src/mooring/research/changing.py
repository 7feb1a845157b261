"""`mooring change`: who changed more than error, by one method or several, and how much the group did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import results
from mooring.research.people import Layout, read_people
from mooring.research.tables import open_table
from mooring.science import change, version
from mooring.science.change import Category, Occasions, Sample
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]
OWN_ERROR = "own-error"
"""The change over its own standard error: for item-response scores, or with answers left out."""
SLOPES = "multilevel-slope"
"""A person's slope over all sessions beside the group's."""
METHODS = (*change.METHODS, OWN_ERROR, SLOPES)
NO_RELIABILITY = {OWN_ERROR, SLOPES}
CUTS = ("a", "b", "c")


@dataclass(frozen=True)
class Asked:
    """Everything that was said."""

    file: Path
    out: Path
    layout: Layout
    """Its scores: before and after; or one, with the session."""
    errors: tuple[str, ...] = ()
    """Columns of the standard errors of before and after."""
    occasions: tuple[str, ...] = ()
    """Sessions that are before and after; else the first and the last."""
    methods: tuple[str, ...] = ("jacobson-truax",)
    reliability: float | None = None
    reliability_after: float | None = None
    clinical: Sample | None = None
    functional: Sample | None = None
    cut: str = ""
    """a, b, c, or a number of points."""
    higher_is_better: bool = False
    overwrite: bool = False


class Read(NamedTuple):
    codes: list[str]
    before: Floats
    after: Floats
    errors: tuple[Floats, ...]
    """Of before and after, where they were named."""
    sessions: Floats
    """(n,) none where the table holds before and after only."""
    scores: Floats
    """(p, n)"""


@dataclass
class Told:
    people: int
    complete: int
    cuts: dict[str, float] = field(default_factory=dict)
    categories: dict[str, list[change.Share]] = field(default_factory=dict)
    effect: change.MeanChange | None = None


def run(asked: Asked) -> Told:
    """Raises Refused where something is wrong; then no file is touched."""
    results.require_places([("--out", asked.out)], asked.file, overwrite=asked.overwrite)
    _require(asked)
    given = _read(asked)
    group = change.occasions(given.before, given.after)
    if group.n == 0:
        raise Refused(str(asked.file), "nobody has a score before and after", "Are these the right columns?")
    told = Told(len(given.codes), group.n, effect=change.mean_change(given.before, given.after))
    frames = []
    for method in asked.methods:
        try:
            frame = _by_method(asked, method, given, group, told)
        except ValueError as error:
            raise Refused(f"--method {method}", str(error), "Choose another method, or give its numbers.") from None
        frames.append(frame.insert_column(0, pl.Series("id", given.codes)))
    results.write(pl.concat(frames), _summary(told, asked), asked.out)
    return told


def _require(asked: Asked) -> None:
    for method in asked.methods:
        if method not in METHODS:
            raise Refused("--method", f"“{method}” is not known", f"Write one of {', '.join(METHODS)}.")
    if SLOPES in asked.methods and not asked.layout.session:
        raise Refused(f"--method {SLOPES}", "it needs every session", "Give --score S --session T, one row a session.")
    if asked.reliability is None and not set(asked.methods) <= NO_RELIABILITY:
        raise Refused("--reliability", "it is not given", "Give that of the scores before: --reliability 0.85.")
    if OWN_ERROR in asked.methods and len(asked.errors) != 2:
        raise Refused("--method own-error", "no standard errors are named", "Name them: --errors se_before,se_after.")
    if asked.cut in CUTS and asked.cut != "a" and asked.functional is None:
        raise Refused("--cut-off", f"{asked.cut} needs the functional group", "Give --functional MEAN SD.")
    if asked.cut and asked.cut not in CUTS:
        try:
            float(asked.cut)
        except ValueError:
            raise Refused("--cut-off", f"“{asked.cut}” is not known", "Write a, b, c or points.") from None


def _read(asked: Asked) -> Read:
    table = open_table(asked.file)
    layout = asked.layout
    if not layout.session:
        whole = Layout(layout.code, (*layout.scores, *asked.errors), missing=layout.missing)
        people = read_people(table, whole)
        first, last, *errors = people.scores.T
        return Read(people.codes, first, last, tuple(errors), np.empty(0), np.empty((len(people.codes), 0)))
    both = [read_people(table, Layout(layout.code, (name,), layout.session, missing=layout.missing))
            for name in (*layout.scores, *asked.errors[:1])]  # fmt: skip
    people = both[0]
    labels = people.occasions[0]
    chosen = asked.occasions or (labels[0], labels[-1])
    for one in chosen:
        if one not in labels:
            raise Refused("--from, --to", f"there is no session {one}", f"They go from {labels[0]} to {labels[-1]}.")
    at = [labels.index(one) for one in chosen]
    known = tuple(both[1].scores[:, place] for place in at) if len(both) > 1 else ()
    before, after = people.scores[:, at].T
    return Read(people.codes, before, after, known, np.array(labels, dtype=float), people.scores)


def _by_method(asked: Asked, method: str, given: Read, group: Occasions, told: Told) -> pl.DataFrame:
    before, after, better = given.before, given.after, asked.higher_is_better
    moved, rc, reliable, threshold = _judged(asked, method, given, group)
    cut = _cut(asked, method, group)
    crossed = None
    if cut is not None:
        certain = None
        if method == "hageman-arrindell":
            certain = change.beyond_cut_off(after, group, asked.reliability or 0.0, cut)
        crossed = change.crossing(before, after, cut, higher_is_better=better, certain=certain)
        told.cuts[method] = cut
    found = change.categorise(rc, reliable, crossed, higher_is_better=better)
    complete = int((found != Category.MISSING).sum())
    told.categories[method] = [change.share(int((found == one).sum()), complete) for one in change.CATEGORIES]
    return pl.DataFrame(
        {
            "method": [method] * before.size,
            "before": before,
            "after": after,
            "change": moved,
            "rc": rc,
            "threshold": np.full(before.size, threshold),
            "category": [Category(code).name.lower() for code in found],
        }
    )


def _judged(asked: Asked, method: str, given: Read, group: Occasions) -> change.Indexed:
    before, after = given.before, given.after
    if method == SLOPES:
        return _by_slopes(given)
    if method == OWN_ERROR:
        first, last = given.errors
        known = np.isfinite(first) & np.isfinite(last)
        own = change.difference(np.where(known, before, np.nan), first, after, last)
        return change.Indexed(own.change, own.rc, own.reliable, change.TWO_SIDED_95)
    reliability = asked.reliability or 0.0
    return change.index(method, before, after, group, reliability, reliability_after=asked.reliability_after)


def _by_slopes(given: Read) -> change.Indexed:
    """Learned from those with both scores, as in the peer."""
    moved = given.after - given.before
    both = np.isfinite(moved)
    count, sessions = int(both.sum()), given.sessions
    scores = given.scores[both].ravel()
    panel = Panel(np.arange(count + 1) * sessions.size, np.tile(sessions, count), scores, np.zeros(scores.size))
    found = change.slopes(panel)
    rc, reliable = np.full(both.size, np.nan), np.zeros(both.size, dtype=bool)
    rc[both], reliable[both] = found.rc, found.reliable
    return change.Indexed(moved, rc, reliable, change.TWO_SIDED_95)


def _cut(asked: Asked, method: str, group: Occasions) -> float | None:
    """In points; Hageman and Arrindell's are on true scores."""
    if not asked.cut:
        return None
    if asked.cut not in CUTS:
        return float(asked.cut)
    clinical = asked.clinical or group.before
    # Cut-off a asks nothing of the functional group but its side.
    side = 1.0 if asked.higher_is_better else -1.0
    functional = asked.functional or Sample(clinical.mean + side * clinical.sd, clinical.sd)
    if (functional.mean - clinical.mean) * side <= 0:
        raise ValueError(
            f"the functional mean {functional.mean:g} is not better than the clinical {clinical.mean:g};"
            " is --higher-is-better right?"
        )
    if method == "hageman-arrindell":
        cuts = change.true_cut_offs(clinical, functional, asked.reliability or 0.0)
    else:
        cuts = change.cut_offs(clinical, functional)
    return float(getattr(cuts, asked.cut))


def _summary(told: Told, asked: Asked) -> Mapping[str, Any]:
    return {
        "made_by": version.of("change", "change_methods", "change_slopes"),
        "people": told.people,
        "complete": told.complete,
        "cut_offs": told.cuts,
        "categories": {
            method: {one.name.lower(): share for one, share in zip(change.CATEGORIES, shares, strict=True)}
            for method, shares in told.categories.items()
        },
        "mean_change": told.effect,
        "higher_is_better": asked.higher_is_better,
    }


def lines(told: Told, title: str) -> list[str]:
    """What a person reads when it is done."""
    said = [f"{title}: {told.people:,} people, {told.complete:,} with both scores."]
    for method, shares in told.categories.items():
        cut = f", cut-off {told.cuts[method]:.2f}" if method in told.cuts else ""
        limit = change.THRESHOLDS.get(method, change.TWO_SIDED_95)
        said.append(f"  {method} (beyond {limit:g}{', one-sided' if limit == change.ONE_SIDED_95 else ''}{cut}):")
        for one, share in zip(change.CATEGORIES, shares, strict=True):
            if share.number:
                low, high = share.interval
                said.append(
                    f"    {one.name.lower()}: {share.number} of {share.of}, {share.share:.0%} ({low:.0%} to {high:.0%})"
                )
    if "hageman-arrindell" in told.categories:
        said.append("  Note: indices like hageman-arrindell lack a proper standard error (Maassen 2000).")
    if SLOPES in told.categories:
        said.append(f"  Note: {SLOPES} asks whether a slope differs from the group's, not from none.")
    if told.effect is not None and np.isfinite(told.effect.d_before):
        effect = told.effect
        low, high = effect.d_before_interval
        said.append(
            f"  mean change {effect.mean:+.2f} points ({effect.mean_interval.low:+.2f} to"
            f" {effect.mean_interval.high:+.2f}); in standard deviations before {effect.d_before:+.2f}"
            f" ({low:+.2f} to {high:+.2f})."
        )
    return said
