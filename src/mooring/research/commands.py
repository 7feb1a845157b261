"""`mooring score` and `mooring calibrate`: files in, files out. What they need is imported when they are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from mooring.kit.refused import Refused

if TYPE_CHECKING:
    from mooring.research.answers import Declared
    from mooring.research.columns import Said
    from mooring.research.score import Scorer
    from mooring.research.study import Seen

COLUMNS, DECLARED, OUTPUT = "Which column is what", "What only you can know", "Output"
CLINIC = "A clinic's own answers"
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

File = Annotated[Path, typer.Argument(help="CSV, Parquet (a file or a folder of parts) or SPSS.", show_default=False)]
Key = Annotated[str, typer.Option("--instrument", help="Measure of the catalogue, e.g. ecr.", show_default=False)]
Columns = Annotated[str, typer.Option(help="Columns of the items, in their order: Q1,Q2,…", rich_help_panel=COLUMNS)]
Mapped = Annotated[list[str], typer.Option("--map", help="COLUMN=ITEM, once for each item.", rich_help_panel=COLUMNS)]
Order = Annotated[str, typer.Option(help="own, or another order of the measure.", rich_help_panel=COLUMNS)]
Form = Annotated[str, typer.Option(help="Which items were asked, e.g. short.", rich_help_panel=COLUMNS)]
Range = Annotated[
    tuple[int, int] | None,
    typer.Option("--range", help="Lowest and highest answer, where they are not the key's.", rich_help_panel=DECLARED),
]
Keyed = Annotated[
    bool,
    typer.Option("--already-keyed", help="Reversed items were turned before.", rich_help_panel=DECLARED),
]
Missing = Annotated[
    list[str], typer.Option(help="A code that stands for no answer; may be repeated.", rich_help_panel=DECLARED)
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.", rich_help_panel=OUTPUT)]


@dataclass(frozen=True)
class OfClinic:
    """A calibration from a clinic's database; who knows one carries it out (the context's object)."""

    instrument: str
    clinic: str
    also: tuple[str, ...]
    publish: bool
    simulated: bool
    out: Path | None
    html: Path | None
    pdf: Path | None

    def outputs(self) -> list[tuple[str, Path]]:
        """Option and place of each file that is written."""
        named = (("--out", self.out), ("--html", self.html), ("--pdf", self.pdf))
        return [(option, path) for option, path in named if path is not None]


def score(
    file: File,
    instrument: Key,
    out_file: Annotated[Path, typer.Option("--out", help="CSV or Parquet, by its suffix.", show_default=False)],
    calibration: Annotated[
        Path | None, typer.Option(help="What `mooring calibrate` wrote; then by the item model too.")
    ] = None,
    columns: Columns = "",
    mapped: Mapped = [],  # noqa: B006  typer's own way of saying "none"
    order: Order = "",
    form: Form = "",
    keep: Annotated[
        str | None, typer.Option(help="Columns to keep beside the scores: id,age. Else all.", rich_help_panel=OUTPUT)
    ] = None,
    range_: Range = None,
    already_keyed: Keyed = False,
    missing: Missing = [],  # noqa: B006
    overwrite: Overwrite = False,
) -> None:
    """Score every row of a table of answers."""
    from mooring.catalogue import load
    from mooring.research import columns as binding
    from mooring.research.answers import answers_of
    from mooring.research.document import read_document
    from mooring.research.score import Scorer, score_table
    from mooring.research.tables import open_table
    from mooring.research.whole import require_apart, require_free

    require_free(out_file, overwrite=overwrite)
    measure, table = load(instrument), open_table(file)
    require_apart(out_file, file)
    if calibration is not None and calibration.exists():
        require_apart(out_file, calibration)
    bound = binding.bind(table.columns, measure, _said(columns, mapped, order, form), str(file))
    answers = answers_of(table, bound, measure, _declared(range_, already_keyed, missing))
    scorer = Scorer(measure, answers, None if calibration is None else read_document(calibration))
    kept = list(bound.others) if keep is None else list(_parted(keep))
    absent = [name for name in kept if name not in table.columns]
    if absent:
        raise Refused("--keep", f"{file} has no column “{absent[0]}”", f"It has {binding.listed(table.columns)}.")
    with _progress() as progress:
        task = progress.add_task("rows scored", total=table.rows)
        told = score_table(scorer, out_file, kept, lambda rows: progress.advance(task, rows))
    out.print(f"{out_file}: {told.rows:,} rows.", markup=False, highlight=False)
    for code, count in told.scored.items():
        out.print(f"  {code}: {count:,} scored, {told.rows - count:,} with too few answers.", highlight=False)
    for code in told.without_error:
        out.print(f"  {code}: its standard error is not known: {_why(scorer, code)}.", highlight=False)


def calibrate(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV, Parquet (a file or a folder of parts) or SPSS; one row a person. Left out: a clinic's answers.",
            show_default=False,
        ),
    ] = None,
    instrument: Annotated[str, typer.Option(help="Measure of the catalogue, e.g. ecr.", show_default=False)] = "",
    out_file: Annotated[
        Path | None, typer.Option("--out", help="The report, JSON; `mooring score` reads it.", show_default=False)
    ] = None,
    columns: Columns = "",
    mapped: Mapped = [],  # noqa: B006
    order: Order = "",
    form: Form = "",
    range_: Range = None,
    already_keyed: Keyed = False,
    missing: Missing = [],  # noqa: B006
    group: Annotated[
        list[str], typer.Option(help="Column of groups in which items may work differently; may be repeated.")
    ] = [],  # noqa: B006
    stratum: Annotated[list[str], typer.Option(help="Column of strata that get norms; may be repeated.")] = [],  # noqa: B006
    model: Annotated[
        str, typer.Option(help="separate: each scale by itself; together: anxiety and avoidance in one model.")
    ] = "separate",
    sample: Annotated[str, typer.Option(help="Whose answers, in words. Else the name of the file.")] = "",
    simulated: Annotated[bool, typer.Option("--simulated", help="These people were made up; results say so.")] = False,
    html: Annotated[Path | None, typer.Option(help="A report to read, with pictures.", rich_help_panel=OUTPUT)] = None,
    pdf: Annotated[Path | None, typer.Option(help="The same as PDF.", rich_help_panel=OUTPUT)] = None,
    overwrite: Overwrite = False,
    cluster: Annotated[
        str, typer.Option(help="Address of a Dask scheduler, where the folder lies on many machines.")
    ] = "",
    workers: Annotated[int, typer.Option(help="Processes of this machine, for a folder of parts.", min=0)] = 0,
    clinic: Annotated[str, typer.Option(help="Its UUID; not needed where there is one.", rich_help_panel=CLINIC)] = "",
    also: Annotated[
        list[str], typer.Option(help="Another clinic whose answers count; may be repeated.", rich_help_panel=CLINIC)
    ] = [],  # noqa: B006
    publish: Annotated[
        bool, typer.Option("--publish", help="Let the clinic's scores rest on it from now on.", rich_help_panel=CLINIC)
    ] = False,
) -> None:
    """Estimate item parameters, reliability and norms from answers: of a file, or of a clinic's people who agreed."""
    from mooring.research import calibrating
    from mooring.research.whole import require_places

    if file is None and instrument and context.obj is not None:
        _require_no_option_of_a_file(context)
        asked_of = OfClinic(instrument, clinic, tuple(also), publish, simulated, out_file, html, pdf)
        require_places(asked_of.outputs(), overwrite=overwrite)
        context.obj(asked_of)
        return
    if clinic or also or publish:
        raise Refused("--clinic, --also, --publish", "these are for a clinic's answers", "Leave FILE out.")

    if file is None or not instrument or out_file is None:
        absent = "FILE" if file is None else "--instrument" if not instrument else "--out"
        raise Refused(
            "mooring calibrate", f"{absent} is not given", "mooring calibrate FILE --instrument KEY --out FILE"
        )
    asked = calibrating.Asked(
        file=file,
        instrument=instrument,
        out=out_file,
        said=_said(columns, mapped, order, form),
        declared=_declared(range_, already_keyed, missing),
        groups=tuple(group),
        strata=tuple(stratum),
        model=model,
        sample=sample or file.name,
        simulated=simulated,
        html=html,
        pdf=pdf,
        overwrite=overwrite,
        cluster=cluster,
        workers=workers,
    )
    with rounds_shown() as seen:
        found = calibrating.run(asked, seen)
    for line in calibrating.summary(found, str(out_file)):
        out.print(line, markup=False, highlight=False)


# What is said of a file's columns and people; a clinic's answers are bound already.
_OF_A_FILE = frozenset({"columns", "mapped", "order", "form", "range_", "already_keyed", "missing"}) | frozenset(
    {"group", "stratum", "model", "sample", "cluster", "workers"}
)


def _require_no_option_of_a_file(context: typer.Context) -> None:
    """Raises Refused rather than pass over what was asked."""
    given = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name in _OF_A_FILE and context.get_parameter_source(str(parameter.name)).name == "COMMANDLINE"  # type: ignore[union-attr]
    ]
    if given:
        raise Refused(
            ", ".join(given),
            "this is for answers in a file, and FILE is not given",
            "mooring calibrate FILE --instrument KEY --out FILE; or leave it out for a clinic's answers",
        )


@contextmanager
def rounds_shown() -> Iterator[Seen]:
    """What a fit calls after each round: it is shown on a terminal."""
    with _progress(TextColumn("{task.fields[likelihood]}")) as progress:
        tasks: dict[str, TaskID] = {}

        def seen(what: str, rounds: int, likelihood: float) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(f"fitting {what}", total=None, likelihood="")
            progress.update(tasks[what], completed=rounds, likelihood=f"log-likelihood {likelihood:,.2f}")

        yield seen


def _said(columns: str, mapped: list[str], order: str, form: str) -> Said:
    from mooring.research.columns import Said

    return Said(_parted(columns), tuple(mapped), order, form)


def _declared(answer_range: tuple[int, int] | None, already_keyed: bool, missing: list[str]) -> Declared:
    from mooring.research.answers import Declared

    return Declared(answer_range, already_keyed, tuple(missing))


def _why(scorer: Scorer, code: str) -> str:
    if scorer.answers.other_range is not None:
        return "the key's is for its own range"
    return "the key gives no standard deviation or no reliability"


def _parted(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _progress(*more: ProgressColumn) -> Progress:
    """Seen on a terminal only, beside what is printed."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        *more,
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
