"""What may be said on the command line of `mooring import`. No Django here: the other commands start without it."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

Duplicates = Literal["stop", "first", "last", "separate"]
OnConflict = Literal["stop", "keep"]


def _option(help_text: str, panel: str, *names: str) -> Any:
    return typer.Option(*names, help=help_text, rich_help_panel=panel)


COLUMNS, DECLARED, DECISIONS = "Which column is what", "What only you can know", "Decisions and output"


@dataclass(frozen=True)
class Options:
    """Everything that was said."""

    file: Annotated[Path, typer.Argument(help="CSV or Parquet.", show_default=False)]
    clinic: Annotated[str, typer.Option(help="UUID of the clinic; `mooring clinic list` shows it.")]
    clinician: Annotated[str, typer.Option(help="E-mail address of who will see these people in their caseload.")]
    measure: Annotated[list[str], _option("Measure of the catalogue that the file holds.", COLUMNS)] = field(
        default_factory=list
    )
    declare: Annotated[list[Path], _option("TOML that declares a measure of your own.", COLUMNS)] = field(
        default_factory=list
    )
    map: Annotated[Path | None, _option("TOML that says what each column holds.", COLUMNS)] = None
    write_map: Annotated[Path | None, _option("Write the guessed map there for editing, and stop.", COLUMNS)] = None
    person: Annotated[str, _option("Column of the person's code.", COLUMNS)] = ""
    time: Annotated[str, _option("Column of dates, or of day or week numbers.", COLUMNS)] = ""
    figure: Annotated[str, _option("Column of the person the answers are about.", COLUMNS)] = ""
    dates: Annotated[
        str, _option("iso, day-first, month-first, days or weeks (with --start), undated (with --on).", DECLARED)
    ] = ""
    start: Annotated[str, _option("The date that is day 0.", DECLARED)] = ""
    on: Annotated[str, _option("The one date of undated answers.", DECLARED)] = ""
    occasion: Annotated[list[str], _option("LABEL=NUMBER or LABEL=DATE, e.g. fu1=26.", DECLARED)] = field(
        default_factory=list
    )
    raw: Annotated[list[str], _option("MEASURE whose reversed items were not turned yet.", DECLARED)] = field(
        default_factory=list
    )
    already_keyed: Annotated[list[str], _option("MEASURE whose reversed items were turned.", DECLARED)] = field(
        default_factory=list
    )
    range: Annotated[list[str], _option("MEASURE=MIN:MAX of the answers, where it is not the key's.", DECLARED)] = (
        field(default_factory=list)
    )
    missing: Annotated[list[str], _option("CODE that stands for a missing answer, or MEASURE=CODE.", DECLARED)] = field(
        default_factory=list
    )
    about: Annotated[list[str], _option("MEASURE=KIND, e.g. ecr-rs=partner.", DECLARED)] = field(default_factory=list)
    rater: Annotated[list[str], _option("MEASURE=clinician or =partner; else the client.", DECLARED)] = field(
        default_factory=list
    )
    coding: Annotated[list[str], _option("MEASURE=CODING of the catalogue.", DECLARED)] = field(default_factory=list)
    order: Annotated[list[str], _option("MEASURE=own, or an order of the catalogue.", DECLARED)] = field(
        default_factory=list
    )
    accept_negative: Annotated[
        list[str], _option("MEASURE=ITEM whose negative item-rest correlation is true.", DECLARED)
    ] = field(default_factory=list)
    prefix: Annotated[str, _option("Put before every person's code.", DECISIONS)] = ""
    join: Annotated[bool, _option("People who are in the clinic already are the same people.", DECISIONS, "--join")] = (
        False
    )
    duplicates: Annotated[Duplicates, _option("When the file contradicts itself about one occasion.", DECISIONS)] = (
        "stop"
    )
    on_conflict: Annotated[
        OnConflict, _option("When the file contradicts what is stored. Nothing is ever replaced.", DECISIONS)
    ] = "stop"
    dry_run: Annotated[
        bool, _option("List every problem and what would be imported; change nothing.", DECISIONS, "--dry-run")
    ] = False
    problems: Annotated[Path | None, _option("Write every problem to this CSV.", DECISIONS)] = None
    risks: Annotated[Path | None, _option("Write every endorsed risk item to this CSV.", DECISIONS)] = None
    yes: Annotated[bool, _option("Import without asking when the check finds no problem.", DECISIONS, "--yes")] = False


def taking_options(run: Callable[[Options], None]) -> Callable[..., None]:
    """A function with one parameter for each option, as the command line needs it."""
    hints = get_type_hints(Options, include_extras=True)

    def command(**given: Any) -> None:
        run(Options(**given))

    command.__doc__, command.__name__ = run.__doc__, run.__name__
    parameters = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(one),
            annotation=hints[one.name],
        )
        for one in fields(Options)
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: hints[one.name] for one in fields(Options)}
    return command


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return inspect.Parameter.empty if one.default is MISSING else one.default
