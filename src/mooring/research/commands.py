"""`mooring score` and `mooring calibrate`: files in, files out. What they need is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mooring.kit.refused import Refused

COLUMNS, DECLARED, OUTPUT = "Which column is what", "What only you can know", "Output"
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
    from mooring.research.answers import Declared, answers_of
    from mooring.research.document import read_document
    from mooring.research.score import Scorer, score_table
    from mooring.research.tables import open_table
    from mooring.research.whole import require_free

    require_free(out_file, overwrite=overwrite)
    measure, table = load(instrument), open_table(file)
    said = binding.Said(_parted(columns), tuple(mapped), order, form)
    bound = binding.bind(table.columns, measure, said, str(file))
    answers = answers_of(table, bound, measure, Declared(range_, already_keyed, tuple(missing)))
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


def _why(scorer, code: str) -> str:  # type: ignore[no-untyped-def]
    if scorer.answers.other_range is not None:
        return "the key's is for its own range"
    return "the key gives no standard deviation or no reliability"


def _parted(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _progress() -> Progress:
    """Seen on a terminal only, beside what is printed."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
