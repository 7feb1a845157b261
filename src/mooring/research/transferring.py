"""`mooring transfer`: does what changes with one figure come before what changes with the others?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from mooring.kit.refused import Refused
from mooring.research import results
from mooring.research.leading import DIGITS, in_words
from mooring.research.side_by_side import Beside, Place, read
from mooring.research.tables import open_table
from mooring.science import coupled, version
from mooring.science.transfer import Transfer, transfer

Told = dict[str, dict[str, Transfer]]
"""Person → other figure → what was found."""


@dataclass(frozen=True)
class Asked:
    """Everything that was said. Columns: one row an answer about one figure."""

    file: Path
    out: Path
    place: Place
    lead: str
    """The figure that may come first."""
    overwrite: bool = False


def run(asked: Asked) -> Told:
    """Raises Refused where something is wrong; then no file is touched."""
    results.require_places([("--out", asked.out)], asked.file, overwrite=asked.overwrite)
    people = read(open_table(asked.file), asked.place)
    figures = sorted({figure for one in people.values() for figure in one.scores})
    if not asked.lead or asked.lead not in figures:
        what = f"nobody answered about “{asked.lead}”" if asked.lead else "it is not given"
        raise Refused("--lead", what, f"Name one of {', '.join(figures[:8])}.")
    told = {person: _one(beside, asked.lead) for person, beside in people.items()}
    results.write(_rows(told, asked.lead), _summary(told, asked.lead), asked.out)
    return told


def _one(beside: Beside, lead: str) -> dict[str, Transfer]:
    others = {name: row for name, row in beside.scores.items() if name != lead}
    if lead not in beside.scores:
        nothing = coupled.Coupling(coupled.NONE, coupled.NONE, 0, float("nan"), f"never asked about {lead}", 0.95)
        return {name: Transfer(nothing, float("nan"), False) for name in others}
    return transfer(beside.times, beside.scores[lead], others, beside.errors, beside.errors[lead])


COLUMNS = ("person", "lead", "figure", "direction", "pull", "low", "high", "p", "p_corrected", "occasions", "why_not")
KINDS = (*[pl.String()] * 4, *[pl.Float64()] * 5, pl.Int64(), pl.String())


def _rows(told: Told, lead: str) -> pl.DataFrame:
    rows = []
    for person, found in told.items():
        for figure, one in found.items():
            both = one.coupling
            for direction, pull, p in (
                ("lead first", both.first_on_second, one.p),
                ("figure first", both.second_on_first, float("nan")),
            ):
                rows.append((person, lead, figure, direction, *pull, p, both.occasions, both.why_not or None))
    table = pl.DataFrame(rows, schema=dict(zip(COLUMNS, KINDS, strict=True)), orient="row")
    return table.with_columns(pl.selectors.float().round_sig_figs(DIGITS))


def _summary(told: Told, lead: str) -> Mapping[str, Any]:
    every = [one for found in told.values() for one in found.values()]
    return {
        "made_by": version.of("coupled", "transfer"),
        "lead": lead,
        "people": len(told),
        "pairs": len(every),
        "judged": sum(not one.coupling.why_not for one in every),
        "signalled": sum(one.signalled for one in every),
        "least_occasions": coupled.ENOUGH,
        "level": 0.95,
    }


def lines(told: Told, title: str, lead: str) -> list[str]:
    """What a person reads when it is done."""
    every = [(person, figure, one) for person, found in told.items() for figure, one in found.items()]
    judged = [one for *_, one in every if not one.coupling.why_not]
    said = [
        f"{title}: {len(told):,} people, {len(every):,} figures beside {lead},"
        f" {len(judged):,} with enough occasions to tell."
    ]
    for person, figure, one in every:
        if one.coupling.why_not:
            said.append(f"  {person}, {figure}: {one.coupling.why_not}.")
            continue
        words = f"{lead} moves first" if one.signalled else f"{lead} cannot be told to move first"
        said.append(f"  {person}, {figure}: {in_words(one.coupling.first_on_second, one.p)}: {words}.")
    return said
