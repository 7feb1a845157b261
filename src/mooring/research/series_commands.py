"""`mooring trajectory`: a long table in, where everybody was and how sure that is out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mooring.kit.refused import Refused
from mooring.research.commands import (
    COLUMNS,
    Columns,
    File,
    Form,
    Keyed,
    Mapped,
    Missing,
    Order,
    Overwrite,
    Range,
    _declared,
    _progress,
    _said,
    out,
)

if TYPE_CHECKING:
    from mooring.research.smoothing import Learnt, Source
    from mooring.research.tables import Table
    from mooring.science.panel import Parameters

MODEL = "How levels move"
Instrument = Annotated[str, typer.Option(help="Measure of the catalogue whose answers these are.", show_default=False)]
Person = Annotated[str, typer.Option(help="Column that tells the person.", rich_help_panel=COLUMNS)]
Time = Annotated[str, typer.Option(help="Column of dates, or of numbers.", rich_help_panel=COLUMNS)]
Unit = Annotated[str, typer.Option(help="Of numbers in it: weeks, days or sessions.", rich_help_panel=COLUMNS)]
Score = Annotated[str, typer.Option(help="Column of scores, instead of --instrument.", rich_help_panel=COLUMNS)]


def trajectory(
    file: File,
    out_file: Annotated[Path, typer.Option("--out", help="CSV or Parquet, by its suffix.", show_default=False)],
    instrument: Instrument = "",
    score: Score = "",
    se: Annotated[
        str, typer.Option(help="Its standard errors: a column, or one number for all.", rich_help_panel=COLUMNS)
    ] = "",
    person: Person = "person",
    time: Time = "time",
    unit: Unit = "weeks",
    columns: Columns = "",
    mapped: Mapped = [],  # noqa: B006  typer's own way of saying "none"
    order: Order = "",
    form: Form = "",
    range_: Range = None,
    already_keyed: Keyed = False,
    missing: Missing = [],  # noqa: B006
    fit: Annotated[
        bool, typer.Option("--fit", help="Learn from this file how levels move.", rich_help_panel=MODEL)
    ] = False,
    model: Annotated[
        Path | None, typer.Option(help="What --model-out wrote of other people.", rich_help_panel=MODEL)
    ] = None,
    model_out: Annotated[Path | None, typer.Option(help="Keep what was used, JSON.", rich_help_panel=MODEL)] = None,
    norm: Annotated[
        tuple[float, float] | None,
        typer.Option(
            help="Mean and standard deviation between persons, where the key has none.", rich_help_panel=MODEL
        ),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Smooth every person's scores: one row an occasion in, level and its standard deviation at each out.

    Example: mooring trajectory answers.parquet --instrument distress --form short --out levels.parquet --fit
    """
    from mooring.research import smoothing
    from mooring.research.series import Columns as Place
    from mooring.research.series import Whole
    from mooring.research.whole import written_whole

    table = opened(file, [("--out", out_file), ("--model-out", model_out)], (person, time, unit), overwrite)
    if fit and model is not None:
        raise Refused("--fit and --model", "both were given", "Give one of them.")
    if score:
        source = _scored(table, score, se, tuple(missing), instrument)
    else:
        source = _by_key(
            table, instrument, _said(columns, mapped, order, form), _declared(range_, already_keyed, missing)
        )
    whole = Whole(table, Place(person, time, unit))
    fits = smoothing.learn(whole, source, whole.columns) if fit else {}
    parameters = _parameters(source, fits, model, norm)
    with _progress() as progress:
        task = progress.add_task("rows smoothed", total=table.rows)
        smoother = smoothing.Smoother(source, whole.columns, parameters)
        rows = smoothing.smooth_table(whole, smoother, out_file, lambda some: progress.advance(task, some))
    if model_out is not None:
        with written_whole(model_out) as part:
            part.write_text(smoothing.model_text(parameters, fits), encoding="utf-8")
    out.print(f"{out_file}: {rows:,} occasions of {whole.people:,} people.", markup=False, highlight=False)
    for scale, numbers in parameters.items():
        how = f"fitted to {fits[scale].fit.persons:,} people" if scale in fits else "given" if model else "assumed"
        out.print(f"  {scale or score}: {_moves(numbers)} ({how}).", markup=False, highlight=False)


def _parameters(
    source: Source, fits: dict[str, Learnt], model: Path | None, norm: tuple[float, float] | None
) -> dict[str, Parameters]:
    """How each scale's level moves: fitted, read, or assumed."""
    from mooring.research import smoothing

    if fits:
        return {scale: one.fit.parameters for scale, one in fits.items()}
    if model is not None:
        return smoothing.read_model(model, source.scales)
    return {scale: _assumed(source, scale, norm) for scale in source.scales}


def opened(file: Path, outputs: list[tuple[str, Path | None]], place: tuple[str, str, str], overwrite: bool) -> Table:
    """The table, after the places of the results and its columns were looked at."""
    from mooring.research.series import DAYS, require_columns
    from mooring.research.tables import open_table
    from mooring.research.whole import require_apart, require_places

    named = [(option, path) for option, path in outputs if path is not None]
    require_places(named, overwrite=overwrite)
    for option, path in named:
        require_apart(path, file, option=option)
    person, time, unit = place
    if unit not in DAYS:
        raise Refused("--unit", f"“{unit}” is no unit of time", f"Write one of {', '.join(DAYS)}.")
    table = open_table(file)
    require_columns(table, {"--person": person, "--time": time})
    return table


def _moves(found: Parameters) -> str:
    return (
        f"level diffusion {found.level_diffusion:.3g}, slope diffusion {found.slope_diffusion:.3g},"
        f" one occasion's SD {found.occasion_variance**0.5:.3g}"
    )


def _scored(table: Table, score: str, se: str, missing: tuple[str, ...], instrument: str) -> Source:
    from mooring.research.series import require_columns
    from mooring.research.smoothing import Scored

    if instrument:
        raise Refused("--instrument and --score", "both were given", "Give one of them.")
    require_columns(table, {"--score": score})
    if not se:
        raise Refused("--se", "it is not given", "Name the column of standard errors, or give one number for all.")
    if se in table.columns:
        return Scored(score, se, missing)
    try:
        number = float(se)
    except ValueError:
        raise Refused("--se", f"“{se}” is no column and no number", "Name a column, or give one number.") from None
    if not 0 <= number < float("inf"):
        raise Refused("--se", f"{se} is no standard error", "It must be finite and not negative.")
    return Scored(score, number, missing)


def _by_key(table: Table, instrument: str, said: object, declared: object) -> Source:
    from mooring.catalogue import load
    from mooring.research import columns as binding
    from mooring.research.answers import answers_of
    from mooring.research.score import Scorer
    from mooring.research.smoothing import ByKey

    if not instrument:
        raise Refused(
            "mooring trajectory", "neither --instrument nor --score is given", "Say whose answers, or which score."
        )
    measure = load(instrument)
    bound = binding.bind(table.columns, measure, said, str(table.path))  # type: ignore[arg-type]
    return ByKey(Scorer(measure, answers_of(table, bound, measure, declared)))  # type: ignore[arg-type]


def _assumed(source: Source, scale: str, norm: tuple[float, float] | None) -> Parameters:
    from mooring.research.smoothing import ByKey, assumed

    if norm is not None:
        return assumed(norm[1], norm[0])
    spread = middle = None
    if isinstance(source, ByKey):
        one = next(found for found in source.scorer.scales if found.code == scale)
        precision = source.scorer.precision(one)
        asked = [item for item in source.scorer.answers.bound.items if item.code in one.items]
        if precision is not None and one.score == "mean" and asked:
            spread, middle = precision.sd, sum(item.minimum + item.maximum for item in asked) / 2 / len(asked)
    if spread is None or middle is None:
        raise Refused(
            scale or "--score",
            "its mean and standard deviation between persons are not known, so nothing can be assumed",
            "Give --fit, --model FILE or --norm MEAN SD.",
        )
    return assumed(spread, middle)
