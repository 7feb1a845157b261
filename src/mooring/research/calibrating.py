"""`mooring calibrate` on a file: read, study, and write the reports, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl

from mooring.catalogue import Instrument, load
from mooring.kit.refused import Refused
from mooring.research.answers import Answers, Declared, answers_of
from mooring.research.columns import Said, bind, listed
from mooring.research.document import document
from mooring.research.groups import Labels, labels_of
from mooring.research.page import page
from mooring.research.paper import paper
from mooring.research.partitions import InParts, OnCluster, cluster, spread
from mooring.research.persons import Persons
from mooring.research.report import report
from mooring.research.study import Given, Model, Seen, Study, study
from mooring.research.tables import open_table
from mooring.research.whole import require_apart, require_places, written_whole
from mooring.science.graded_response import Fit

DESCRIBED = 200_000
"""Of answers in many files, reliability, norms and fit come from parts that hold about so many people."""


@dataclass(frozen=True)
class Asked:
    """Everything that was said."""

    file: Path
    instrument: str
    out: Path
    said: Said
    declared: Declared
    sample: str
    groups: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    model: str = "separate"
    simulated: bool = False
    html: Path | None = None
    pdf: Path | None = None
    overwrite: bool = False
    cluster: str = ""
    workers: int = 0

    def outputs(self) -> Iterator[tuple[str, Path]]:
        """Option and place of each file that is written."""
        yield "--out", self.out
        if self.html is not None:
            yield "--html", self.html
        if self.pdf is not None:
            yield "--pdf", self.pdf


def run(asked: Asked, seen: Seen) -> Study:
    """Raises Refused where something is wrong; then no file is touched."""
    require_places(asked.outputs(), overwrite=asked.overwrite)
    if asked.model not in get_args(Model):
        raise Refused("--model", f"“{asked.model}” is not known", f"Write {' or '.join(get_args(Model))}.")
    model: Model = "together" if asked.model == "together" else "separate"
    measure, table = load(asked.instrument), open_table(asked.file)
    for option, path in asked.outputs():
        require_apart(path, asked.file, option=option)
    bound = bind(table.columns, measure, asked.said, str(asked.file))
    for option, name in [*(("--group", n) for n in asked.groups), *(("--stratum", n) for n in asked.strata)]:
        if name not in bound.others:
            raise Refused(option, f"{asked.file} has no such column “{name}”", f"It has {listed(bound.others)}.")
    answers = answers_of(table, bound, measure, asked.declared)
    if (asked.cluster or asked.workers) and len(table.parts) < 2:
        option = "--cluster" if asked.cluster else "--workers"
        raise Refused(option, f"{asked.file} is one file", "Give a folder of several Parquet files, or leave it out.")
    with _persons(asked, answers) as persons:
        few = answers if persons is None else spread(answers, DESCRIBED)
        given = gathered(measure, few, asked.groups, asked.strata)
        found = study(given, sample=asked.sample, simulated=asked.simulated, model=model, persons=persons, seen=seen)
    columns = dict(zip((item.code for item in bound.items), bound.columns, strict=True))
    write_reports(found, measure, columns, asked.outputs())
    return found


@contextmanager
def _persons(asked: Asked, answers: Answers) -> Iterator[Persons | None]:
    """Who fits answers that lie in several files; nobody where they are one."""
    most = int((answers.high - answers.low).max()) + 1
    if asked.cluster or asked.workers:
        with cluster(asked.cluster, asked.workers) as client:
            yield OnCluster(answers, most, client)
    elif len(answers.table.parts) > 1:
        yield InParts(answers, most)
    else:
        yield None


def gathered(measure: Instrument, answers: Answers, groups: Sequence[str], strata: Sequence[str]) -> Given:
    """Every row of the table, in memory. Rows without any answer are nobody's and left out."""
    others = list(dict.fromkeys([*groups, *strata]))
    pieces = list(answers.pieces(others))
    table = np.concatenate([piece.answers for piece in pieces])
    some = np.isfinite(table).any(axis=1)
    if not some.any():
        raise Refused(str(answers.table.path), "nobody answered anything", "Is it the right file?")
    beside = pl.concat([piece.others for piece in pieces]) if others else pl.DataFrame()
    labels = {name: labels_of(name, beside[name])[some] for name in others}
    return Given(
        measure,
        answers.bound.items,
        table[some],
        answers.low,
        answers.high,
        answers.other_range,
        answers.declared.already_keyed,
        answers.bound.form,
        strata=_chosen(labels, strata),
        groups=_chosen(labels, groups),
    )


def _chosen(labels: dict[str, Labels], names: Sequence[str]) -> dict[str, Labels]:
    return {name: labels[name] for name in names}


def write_reports(
    found: Study, measure: Instrument, columns: Mapping[str, str], outputs: Iterable[tuple[str, Path]]
) -> None:
    """All of them are ready beside their places before the first one takes its place.

    columns: item → column of the table it came from. outputs: --out, --html or --pdf, and where.
    """
    with ExitStack() as stack:
        parts = {option: stack.enter_context(written_whole(path)) for option, path in outputs}
        if "--out" in parts:
            parts["--out"].write_bytes(document(found, columns))
        if "--html" in parts or "--pdf" in parts:
            told = report(found, measure, columns)
        if "--html" in parts:
            parts["--html"].write_text(page(told), encoding="utf-8")
        if "--pdf" in parts:
            parts["--pdf"].write_bytes(paper(told))


def summary(found: Study, title: str) -> list[str]:
    """What a person reads when it is done; the title says where it went."""
    calibration = found.calibration
    lines = [f"{title}: {calibration.key}, {calibration.persons:,} {'simulated ' * calibration.simulated}people."]
    for one in found.scales:
        known = one.calibrated
        own = f" {_fitted(one.fitted)};" if found.model == "separate" else ""
        lines.append(
            f"  {one.scale.code}: {len(one.items)} items,{own} reliability {known.reliability:.3f}"
            + ("" if known.alpha is None else f", α {known.alpha:.3f}")
            + ("" if known.omega is None else f", ω {known.omega:.3f}")
        )
    if calibration.correlation is not None:
        both = f"; {_fitted(found.plane)}" if found.plane is not None and found.model == "together" else ""
        lines.append(f"  correlation of the two: {calibration.correlation:+.3f}{both}")
    lines += [f"  Must not be published: {problem}." for problem in calibration.problems]
    lines += [f"  Note: {caution}." for caution in calibration.cautions]
    return lines


def _fitted(one: Fit) -> str:
    return f"log-likelihood {one.log_likelihood:,.4f} after {one.iterations} rounds"
