"""`mooring couples`: actor and partner effects of the couples in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import cells, results
from mooring.research.people import require_columns, texts
from mooring.research.tables import Table, open_table
from mooring.science import dyads, version

Floats = npt.NDArray[np.float64]
SEED = 20_200_101
"""Of the resamples, so that the same file gives the same interval."""


@dataclass(frozen=True)
class Asked:
    """Everything that was said. Columns: one row a person, two rows a couple."""

    file: Path
    out: Path
    couple: str
    x: str
    y: str
    role: str = ""
    """Column that tells the two members apart; none: they cannot be told apart."""
    own: tuple[str, ...] = ()
    """Covariates of each person."""
    shared: tuple[str, ...] = ()
    """Covariates of the couple."""
    missing: tuple[str, ...] = ()
    resamples: int = 2000
    overwrite: bool = False


@dataclass(frozen=True)
class Told:
    roles: tuple[str, ...]
    """Two, or one that stands for both."""
    terms: tuple[str, ...]
    model: dyads.Apim
    ratios: tuple[dyads.Ratio, ...]
    test: dyads.Identical | None
    """None where nothing tells the members apart."""


def run(asked: Asked) -> Told:
    """Raises Refused where something is wrong; then no file is touched."""
    results.require_places([("--out", asked.out)], asked.file, overwrite=asked.overwrite)
    roles, values = _pairs(open_table(asked.file), asked)
    q = len(asked.own)
    try:
        data = dyads.dyads(values[:, :, 0], values[:, :, 1], values[:, :, 2 : 2 + q], _shared(values[:, :, 2 + q :]))
        model = dyads.fit(data, distinguishable=bool(asked.role))
        found = dyads.ratios(data, model, np.random.default_rng(SEED), resamples=asked.resamples)
        test = dyads.identical(data) if asked.role else None
    except ValueError as error:
        raise Refused(str(asked.file), str(error), "Look at the columns, or take fewer of them.") from None
    covariates = [f"{whose}_{name}" for name in asked.own for whose in ("own", "partners")]
    terms = ("intercept", "actor", "partner", *covariates, *asked.shared)
    told = Told(roles if asked.role else ("both",), terms, model, found, test)
    results.write(_rows(told), _summary(told), asked.out)
    return told


def _pairs(table: Table, asked: Asked) -> tuple[tuple[str, ...], Floats]:
    """Roles, and (couples, 2, variables): x, y, own and shared covariates; nan for a partner who is not there."""
    measured = (asked.x, asked.y, *asked.own, *asked.shared)
    keys = [name for name in (asked.couple, asked.role) if name]
    require_columns(table, [*keys, *measured])
    rows: list[tuple[str, str, str, Floats]] = []
    for piece in table.pieces(list(dict.fromkeys([*keys, *measured]))):
        numbers = np.column_stack([cells.numbers(piece, name, asked.missing) for name in measured])
        couples = texts(piece, asked.couple)
        roles = texts(piece, asked.role) if asked.role else [""] * len(couples)
        for place, (couple, role) in enumerate(zip(couples, roles, strict=True)):
            if not couple or (asked.role and not role):
                where = cells.place(piece, place, asked.role if couple else asked.couple)
                raise Refused(where, "it is empty", "Give each row its couple and its role.")
            rows.append((couple, role, f"{piece.file}, row {piece.places[place]}", numbers[place]))
    roles_found = tuple(sorted({role for _, role, _, _ in rows}))
    if asked.role and len(roles_found) != 2:
        raise Refused(
            f"--role {asked.role}",
            f"it has {len(roles_found)} values: {', '.join(roles_found[:5])}",
            "Name one with two.",
        )
    return roles_found, _beside(rows, roles_found if asked.role else (), len(measured))


def _beside(rows: list[tuple[str, str, str, Floats]], roles: tuple[str, ...], width: int) -> Floats:
    taken: dict[str, list[tuple[int, Floats]]] = {}
    for couple, role, where, numbers in rows:
        own = taken.setdefault(couple, [])
        seat = roles.index(role) if roles else len(own)
        if seat > 1 or any(seat == other for other, _ in own):
            what = f"a second {role}" if roles else "a third person"
            raise Refused(where, f"{what} of couple {couple}", "Give each couple two rows, one for each.")
        own.append((seat, numbers))
    values = np.full((len(taken), 2, width), np.nan)
    for place, own in enumerate(taken.values()):
        for seat, numbers in own:
            values[place, seat] = numbers
    return values


def _shared(values: Floats) -> Floats:
    """Covariates of the couple (n, r) from both rows (n, 2, r); one row may leave it out."""
    first, second = values[:, 0], values[:, 1]
    differ = np.abs(first - second) > 1e-9 * np.maximum(np.abs(first), 1)
    if differ.any():
        raise ValueError("a covariate of the couple differs between its two rows")
    return np.where(np.isfinite(first), first, second)


def _rows(told: Told) -> pl.DataFrame:
    low, high = told.model.interval()
    rows = []
    for member, role in enumerate(told.roles):
        for place, term in enumerate(told.terms):
            at = member, place
            rows.append((role, term, told.model.coefficients[at], told.model.standard_errors[at], low[at], high[at]))
        one = told.ratios[member]
        rows.append((role, "k", one.k, float("nan"), one.low, one.high))
    names = ("role", "term", "estimate", "se", "low", "high")
    kinds = (pl.String(), pl.String(), *[pl.Float64()] * 4)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def _summary(told: Told) -> Mapping[str, Any]:
    model = told.model
    return {
        "made_by": version.of("dyads"),
        "couples": model.couples,
        "complete": model.complete,
        "converged": model.converged,
        "log_likelihood": model.log_likelihood,
        "residual": model.residual.tolist(),
        "roles": told.roles,
        "ratios": dict(zip(told.roles, told.ratios, strict=True)),
        "distinguishable": told.test,
    }


def lines(told: Told, title: str) -> list[str]:
    """What a person reads when it is done."""
    model = told.model
    said = [f"{title}: {model.couples:,} couples, {model.complete:,} of them complete."]
    low, high = model.interval()
    for member, role in enumerate(told.roles):
        for place, term in ((1, "actor"), (2, "partner")):
            at = member, place
            said.append(f"  {role}, {term}: {model.coefficients[at]:+.3f} ({low[at]:+.3f} to {high[at]:+.3f})")
        said.append(f"  {role}, k: {_ratio(told.ratios[member])}")
    if told.test is not None:
        alike = "no difference of the two roles was found" if told.test.p >= 0.05 else "the two roles differ"
        said.append(f"  Roles alike? χ²({told.test.df}) = {told.test.chi_square:.2f}, p = {told.test.p:.3f}: {alike}.")
    if not model.converged:
        said.append("  Note: the estimates did not settle; too much is missing.")
    return said


def _ratio(one: dyads.Ratio) -> str:
    if one.undefined:
        return "undefined, the actor effect cannot be told from 0"
    fitting = " or ".join(one.fitting) or "none of couple, contrast, actor only"
    return f"{one.k:+.2f} ({one.low:+.2f} to {one.high:+.2f}): {fitting}"
