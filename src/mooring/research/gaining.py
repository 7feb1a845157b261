"""`mooring gains`: sudden gains, or losses, of every person in a table, and each criterion at each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import results
from mooring.research.people import Layout, People, read_people
from mooring.research.tables import open_table
from mooring.science import gains, version

VERDICT = {gains.MET: "met", gains.NOT_MET: "not met", gains.UNKNOWN: "not assessable"}


@dataclass(frozen=True)
class Asked:
    """Everything that was said."""

    file: Path
    out: Path
    layout: Layout
    rule: gains.Rule
    losses: bool = False
    steps: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Told:
    people: int
    found: gains.Found
    word: str
    """gain or loss."""
    steps: Mapping[str, int]
    """Verdict → steps between two sessions that a person has."""


def rule_of(
    cut_off: float | None, psychometrics: tuple[float, float] | None, healthy_end: float | None, *, higher: bool
) -> gains.Rule:
    """The first criterion is a number of points, or reliable change from a standard deviation and a reliability."""
    if (cut_off is None) == (psychometrics is None):
        raise Refused(
            "--cut-off",
            "the least step is not given" if cut_off is None else "it is given twice",
            "Give points (--cut-off 7), or --reliable SD RELIABILITY for 1.96 standard errors of a difference.",
        )
    if higher and healthy_end is None:
        raise Refused("--healthy-end", "it is not given", "Where higher is better, give the scale's maximum.")
    if psychometrics is not None:
        try:
            cut_off = gains.cut_off(*psychometrics)
        except ValueError as error:
            raise Refused("--reliable", str(error), "Write for example: --reliable 6.4 0.93.") from None
    return gains.Rule(cut_off or 0.0, healthy_end or 0.0, higher)


def run(asked: Asked) -> Told:
    """Raises Refused where something is wrong; then no file is touched."""
    results.require_places((("--out", asked.out), ("--steps", asked.steps)), asked.file, overwrite=asked.overwrite)
    people = read_people(open_table(asked.file), asked.layout)
    try:
        found = (gains.sudden_losses if asked.losses else gains.sudden_gains)(people.scores, asked.rule)
    except ValueError as error:
        where, mend = _where(people, asked.rule)
        raise Refused(f"{asked.file}{where}", str(error), mend) from None
    real = np.array([[bool(name) for name in called[1:]] for called in people.occasions], dtype=bool)
    verdicts = found.criteria.all_three[:, : real.shape[1]][real]
    counts = {name: int((verdicts == code).sum()) for code, name in VERDICT.items()}
    told = Told(len(people.codes), found, "loss" if asked.losses else "gain", counts)
    results.write(_events(people, found), _summary(told), asked.out)
    if asked.steps is not None:
        results.write(_steps(people, found.criteria), _summary(told), asked.steps)
    return told


def _where(people: People, rule: gains.Rule) -> tuple[str, str]:
    beyond = people.scores > rule.healthy_end if rule.higher_is_better else people.scores < rule.healthy_end
    if not beyond.any():
        return "", "Correct it."
    place = int(np.argwhere(beyond)[0][0])
    return f", {people.codes[place]}", "Correct it, or name the end of the scale with --healthy-end."


def _events(people: People, found: gains.Found) -> pl.DataFrame:
    """One row an event."""
    one = found.events
    first, largest = set(gains.firsts(one).tolist()), set(gains.largests(one).tolist())
    called = people.occasions

    def name(shift: int) -> list[str]:
        return [called[p][s + shift] for p, s in zip(one.person.tolist(), one.session.tolist(), strict=True)]

    back = [
        called[p][s] if s >= 0 else None for p, s in zip(one.person.tolist(), one.reversed_at.tolist(), strict=True)
    ]
    count = range(one.person.size)
    return pl.DataFrame(
        {
            "id": pl.Series([people.codes[p] for p in one.person.tolist()], dtype=pl.String),
            "from": pl.Series(name(0), dtype=pl.String),
            "to": pl.Series(name(1), dtype=pl.String),
            "before": one.before,
            "after": one.after,
            "magnitude": one.magnitude,
            "mean_before": one.mean_before,
            "mean_after": one.mean_after,
            "pooled_sd": one.pooled_sd,
            "critical_t": one.critical,
            "of_whole_change": one.of_whole,
            "first": pl.Series([k in first for k in count], dtype=pl.Boolean),
            "largest": pl.Series([k in largest for k in count], dtype=pl.Boolean),
            "reversal": pl.Series([VERDICT[int(v)] for v in one.reversal], dtype=pl.String),
            "reversed_at": pl.Series(back, dtype=pl.String),
        }
    )


def _steps(people: People, criteria: gains.Criteria) -> pl.DataFrame:
    """One row for each step between two sessions that a person can have."""
    rows = []
    for p, called in enumerate(people.occasions):
        for s in range(len(called) - 1):
            if called[s + 1]:
                verdicts = (VERDICT[int(one[p, s])] for one in criteria)
                rows.append((people.codes[p], called[s], called[s + 1], *verdicts))
    return pl.DataFrame(
        rows,
        schema={name: pl.String() for name in ("id", "from", "to", *gains.Criteria._fields)},
        orient="row",
    )


def _summary(told: Told) -> Mapping[str, Any]:
    events = told.found.events
    return {
        "made_by": version.of("gains"),
        "rule": told.found.rule,
        "what": told.word,
        "people": told.people,
        "people_with_one": int(np.unique(events.person).size),
        "events": int(events.person.size),
        "reversed": int((events.reversal == gains.MET).sum()),
        "steps": told.steps,
    }


def lines(told: Told, title: str) -> list[str]:
    """What a person reads when it is done."""
    events = told.found.events
    many = "losses" if told.word == "loss" else "gains"
    back = int((events.reversal == gains.MET).sum())
    unknown = told.steps[VERDICT[gains.UNKNOWN]]
    judged = sum(told.steps.values()) - unknown
    return [
        f"{title}: {events.person.size:,} sudden {many} of {np.unique(events.person).size:,} of {told.people:,} people,"
        f" {back:,} reversed.",
        f"  Least step {told.found.rule.cut_off:.2f} points and {told.found.rule.share:.0%} of the severity before it.",
        f"  {judged:,} steps could be judged, {unknown:,} not: too few scores around them.",
    ]
