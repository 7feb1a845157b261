"""`mooring growth`: a long table of courses in, the expected course by intake with its limits out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import typer

from mooring.kit.refused import Refused
from mooring.research.commands import File, Missing, Overwrite, out
from mooring.research.series_commands import Person, Time, Unit, opened

BANDS, LIMITS = "Bands of the score at intake", "Limits"
Score = Annotated[str, typer.Option(help="Column of scores; `mooring score` makes one.", show_default=False)]


def growth(
    file: File,
    score: Score,
    out_file: Annotated[Path, typer.Option("--out", help="JSON or CSV, by its suffix.", show_default=False)],
    person: Person = "person",
    time: Time = "time",
    unit: Unit = "weeks",
    missing: Missing = [],  # noqa: B006  typer's own way of saying "none"
    closed: Annotated[
        str, typer.Option(help="Column that is 1 where a course is finished; others teach nothing.")
    ] = "",
    bands: Annotated[int, typer.Option(help="So many, of equally many people.", min=1, rich_help_panel=BANDS)] = 3,
    edges: Annotated[str, typer.Option(help="Where bands meet instead, in points: 10,20.", rich_help_panel=BANDS)] = "",
    least: Annotated[int, typer.Option(help="Fewest people a band may have.", min=3, rich_help_panel=BANDS)] = 50,
    method: Annotated[str, typer.Option(help="reml or ml.")] = "reml",
    content: Annotated[float, typer.Option(help="Share of scores between the limits.", rich_help_panel=LIMITS)] = 0.8,
    confidence: Annotated[float, typer.Option(help="That they hold so many.", rich_help_panel=LIMITS)] = 0.95,
    overwrite: Overwrite = False,
) -> None:
    """Learn how scores usually go from a start like this one, and within which limits people lie.

    Example: mooring growth closed.parquet --score distress_score --person id --time date --out courses.json
    """
    from mooring.research import growing
    from mooring.research.series import Columns, Whole, require_columns
    from mooring.research.smoothing import Scored

    growing.require_document(out_file)
    table = opened(file, [("--out", out_file)], (person, time, unit), overwrite)
    require_columns(table, {"--score": score, **({"--closed": closed} if closed else {})})
    how: Literal["ml", "reml"] = "ml" if method == "ml" else "reml"
    if method not in ("ml", "reml"):
        raise Refused("--method", f"“{method}” is none", "Write reml or ml.")
    if not (0 < content < 1 and 0.5 <= confidence < 1):
        raise Refused(
            "--content, --confidence", f"{content:g} and {confidence:g}", "Write shares such as 0.8 and 0.95."
        )
    asked = growing.Asked(_edges(edges), bands, how, content, confidence, least)
    whole = Whole(table, Columns(person, time, unit))
    gathered = growing.gather(whole, Scored(score, 0.0, tuple(missing)), closed)
    courses = growing.learn(gathered, asked)
    growing.write(courses, asked, "sessions" if unit == "sessions" else "weeks", out_file)
    out.print(f"{out_file}: {whole.people:,} people, {int(gathered.closed.sum()):,} finished.", highlight=False)
    for band, course in enumerate(courses.bands):
        low, high = (None, *courses.edges)[band], (*courses.edges, None)[band]
        name = "  from " + ("the lowest" if low is None else f"{low:g}") + (f" to below {high:g}" if high else " up")
        told = (
            "too few people, or nothing to tell"
            if course is None
            else (f"{course.clients:,} people, {course.intercept:.2f} {course.slope:+.2f} log(1 + t)")
        )
        out.print(f"{name}: {told}.", markup=False, highlight=False)


def _edges(text: str) -> tuple[float, ...] | None:
    if not text:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise Refused("--edges", f"“{text}” are no numbers", "Write for example: 10,20.") from None
    if any(not low < high for low, high in pairwise(found)):
        raise Refused("--edges", f"{text} does not rise", "Write for example: 10,20.")
    return found
