"""`mooring transfer`: files in, files out. What it needs is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mooring.research.commands import COLUMNS, File, Missing, Overwrite, out
from mooring.research.series_commands import Person, Time, Unit

Out = Annotated[Path, typer.Option("--out", help="CSV, Parquet or JSON, by its suffix.", show_default=False)]
Score = Annotated[str, typer.Option(help="Column of the score.", rich_help_panel=COLUMNS)]
Se = Annotated[str, typer.Option(help="Its standard errors: a column, or one number for all.", rich_help_panel=COLUMNS)]


def transfer(
    file: File,
    out_file: Out,
    lead: Annotated[str, typer.Option(help="The figure that may come first, e.g. therapist.")] = "",
    person: Person = "person",
    figure: Annotated[str, typer.Option(help="Column that tells the figure.", rich_help_panel=COLUMNS)] = "figure",
    time: Time = "time",
    unit: Unit = "weeks",
    score: Score = "score",
    se: Se = "",
    missing: Missing = [],  # noqa: B006  typer's own way of saying "none"
    overwrite: Overwrite = False,
) -> None:
    """Does what changes with one figure come before what changes with others? For research, one person at a time.

    mooring transfer answers.csv --lead therapist --score anxiety --se 0.4 --out transfer.csv
    """
    from mooring.research import transferring
    from mooring.research.side_by_side import Place

    place = Place(("--person", person), ("--figure", figure), time, score, se, unit, tuple(missing))
    told = transferring.run(transferring.Asked(file, out_file, place, lead, overwrite))
    for line in transferring.lines(told, str(out_file), lead):
        out.print(line, markup=False, highlight=False)
