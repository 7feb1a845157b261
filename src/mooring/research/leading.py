"""`mooring couples --time`: of the two of each couple, whose level moves first, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import results
from mooring.research.side_by_side import Beside, Place, read
from mooring.research.tables import open_table
from mooring.science import coupled, version


@dataclass(frozen=True)
class Asked:
    """Everything that was said. Columns: one row an answer of one of the two."""

    file: Path
    out: Path
    place: Place
    overwrite: bool = False


@dataclass(frozen=True)
class Led:
    couple: str
    roles: tuple[str, str]
    found: coupled.Coupling

    @property
    def ways(self) -> tuple[tuple[str, str, coupled.Pull, float], ...]:
        """Who leads, who follows, the pull, and its p for having asked in both directions (Holm's)."""
        pulls = (self.found.first_on_second, self.found.second_on_first)
        corrected = coupled.holm([one.p for one in pulls])
        one, other = self.roles
        return ((one, other, pulls[0], corrected[0]), (other, one, pulls[1], corrected[1]))


def run(asked: Asked) -> list[Led]:
    """Raises Refused where something is wrong; then no file is touched."""
    results.require_places([("--out", asked.out)], asked.file, overwrite=asked.overwrite)
    couples = read(open_table(asked.file), asked.place)
    told = [_one(asked, couple, beside) for couple, beside in couples.items()]
    results.write(_rows(told), _summary(told), asked.out)
    return told


def _one(asked: Asked, couple: str, beside: Beside) -> Led:
    roles = sorted(beside.scores)
    if len(roles) > 2:
        raise Refused(
            f"{asked.file}, couple {couple}",
            f"it has {len(roles)} roles: {', '.join(roles[:5])}",
            f"Give each couple two in {asked.place.series[0]} {asked.place.series[1]}.",
        )
    if len(roles) < 2:
        nobody = coupled.Coupling(coupled.NONE, coupled.NONE, 0, float("nan"), "the partner never answered", 0.95)
        return Led(couple, (roles[0], ""), nobody)
    pair = [np.column_stack([one[role] for role in roles]) for one in (beside.scores, beside.errors)]
    return Led(couple, (roles[0], roles[1]), coupled.couple(beside.times, pair[0], pair[1]))


DIGITS = 4
"""As far as the search for an interval's ends is exact."""
COLUMNS = ("couple", "leader", "follower", "pull", "low", "high", "p", "p_corrected", "occasions", "why_not")
KINDS = (*[pl.String()] * 3, *[pl.Float64()] * 5, pl.Int64(), pl.String())


def _rows(told: list[Led]) -> pl.DataFrame:
    rows = [
        (one.couple, leader, follower, *pull, p, one.found.occasions, one.found.why_not or None)
        for one in told
        for leader, follower, pull, p in one.ways
    ]
    table = pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")
    return table.with_columns(pl.selectors.float().round_sig_figs(DIGITS))


def _summary(told: list[Led]) -> Mapping[str, Any]:
    return {
        "made_by": version.of("coupled"),
        "couples": len(told),
        "judged": sum(not one.found.why_not for one in told),
        "least_occasions": coupled.ENOUGH,
        "level": 0.95,
    }


def lines(told: list[Led], title: str) -> list[str]:
    """What a person reads when it is done."""
    judged = [one for one in told if not one.found.why_not]
    said = [f"{title}: {len(told):,} couples, {len(judged):,} of them with enough occasions to tell who moves first."]
    for one in told:
        if one.found.why_not:
            said.append(f"  {one.couple}: {one.found.why_not}.")
            continue
        for leader, follower, pull, p in one.ways:
            words = "moves first" if p < 0.05 else "cannot be told to move first"
            said.append(f"  {one.couple}, {leader} before {follower}: {in_words(pull, p)}: {words}.")
    return said


def in_words(pull: coupled.Pull, p: float) -> str:
    chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    return f"{pull.rate:+.3f} ({pull.low:+.3f} to {pull.high:+.3f}), {chance}"
