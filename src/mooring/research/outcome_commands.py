"""`mooring change`, `gains` and `couples`: files in, files out. What they need is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mooring.kit.refused import Refused
from mooring.research.commands import COLUMNS, DECLARED, OUTPUT, File, Missing, Overwrite, out

if TYPE_CHECKING:
    from mooring.research.people import Layout

METHOD, OVER = "How it is judged", "Over time"
NAMES = (
    "jacobson-truax, gulliksen-lord-novick, hsu-lin-lord, edwards-nunnally, nunnally-kotsch, hageman-arrindell,"
    " own-error, multilevel-slope"
)
Out = Annotated[Path, typer.Option("--out", help="CSV, Parquet or JSON, by its suffix.", show_default=False)]
Code = Annotated[str, typer.Option("--id", help="Column of the person's code.", rich_help_panel=COLUMNS)]
Score = Annotated[str, typer.Option(help="Column of the score, one row a session.", rich_help_panel=COLUMNS)]
Session = Annotated[str, typer.Option(help="Column of the session, whole numbers.", rich_help_panel=COLUMNS)]
Higher = Annotated[bool, typer.Option("--higher-is-better", help="Else lower is better.", rich_help_panel=DECLARED)]
Group = Annotated[
    tuple[float, float] | None,
    typer.Option(help="Mean and standard deviation.", rich_help_panel=METHOD, show_default=False),
]


def change(
    file: File,
    out_file: Out,
    code: Code = "id",
    before: Annotated[str, typer.Option(help="Column of the score before.", rich_help_panel=COLUMNS)] = "",
    after: Annotated[str, typer.Option(help="Column of the score after.", rich_help_panel=COLUMNS)] = "",
    score: Score = "",
    session: Session = "",
    first: Annotated[str, typer.Option("--from", help="Else the first session.", rich_help_panel=COLUMNS)] = "",
    last: Annotated[str, typer.Option("--to", help="Else the last session.", rich_help_panel=COLUMNS)] = "",
    errors: Annotated[
        str, typer.Option(help="Columns of the standard errors, for the method own-error.", rich_help_panel=COLUMNS)
    ] = "",
    method: Annotated[
        list[str], typer.Option(help=f"Else the first; may be repeated: {NAMES}.", rich_help_panel=METHOD)
    ] = [],  # noqa: B006
    reliability: Annotated[float | None, typer.Option(help="Of the scores before.", rich_help_panel=METHOD)] = None,
    reliability_after: Annotated[
        float | None, typer.Option(help="For nunnally-kotsch; else the same.", rich_help_panel=METHOD)
    ] = None,
    clinical: Group = None,
    functional: Group = None,
    cut_off: Annotated[str, typer.Option(help="a, b, c, or points.", rich_help_panel=METHOD)] = "",
    higher_is_better: Higher = False,
    missing: Missing = [],  # noqa: B006
    overwrite: Overwrite = False,
) -> None:
    """Who changed more than error, on which side of a cut-off they ended, and how much the group did.

    mooring change answers.csv --before pre --after post --reliability 0.85 --functional 8 7 --cut-off c --out rc.csv
    """
    from mooring.research import changing
    from mooring.science.change import Sample

    layout = _two_occasions(code, (before, after), (score, session), (first, last), missing)
    asked = changing.Asked(
        file=file,
        out=out_file,
        layout=layout,
        errors=_parted(errors),
        occasions=(first, last) if first else (),
        methods=tuple(method) or ("jacobson-truax",),
        reliability=reliability,
        reliability_after=reliability_after,
        clinical=None if clinical is None else Sample(*clinical),
        functional=None if functional is None else Sample(*functional),
        cut=cut_off,
        higher_is_better=higher_is_better,
        overwrite=overwrite,
    )
    for line in changing.lines(changing.run(asked), str(out_file)):
        out.print(line, markup=False, highlight=False)


def _two_occasions(
    code: str, wide: tuple[str, str], tall: tuple[str, str], chosen: tuple[str, str], missing: list[str]
) -> Layout:
    """Raises Refused where it is not clear which scores are before and after."""
    from mooring.research.people import Layout

    if all(map(bool, wide)) == all(map(bool, tall)):
        raise Refused("--before, --after", "it is not clear where the scores stand", "Name them: --before A --after B,"
                      " or --score S --session T where each session has a row.")  # fmt: skip
    if bool(chosen[0]) != bool(chosen[1]):
        raise Refused("--from, --to", "one of them is missing", "Give both, or neither.")
    score, session = tall
    return Layout(code, wide if wide[0] else (score,), session if score else "", missing=tuple(missing))


def gains(
    file: File,
    out_file: Out,
    code: Code = "id",
    scores: Annotated[
        str, typer.Option(help="Columns of the sessions' scores in their order: s1,s2,…", rich_help_panel=COLUMNS)
    ] = "",
    score: Score = "",
    session: Session = "",
    date: Annotated[
        str, typer.Option(help="Column of the date, where sessions bear no number.", rich_help_panel=COLUMNS)
    ] = "",
    cut_off: Annotated[
        float | None, typer.Option(help="Least step in points; 7 on the BDI.", rich_help_panel=METHOD)
    ] = None,
    reliable: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Or the standard deviation before and the reliability.", rich_help_panel=METHOD),
    ] = None,
    healthy_end: Annotated[
        float | None, typer.Option(help="End of the scale without trouble; else 0.", rich_help_panel=DECLARED)
    ] = None,
    higher_is_better: Higher = False,
    losses: Annotated[bool, typer.Option("--losses", help="Sudden losses instead.", rich_help_panel=METHOD)] = False,
    steps: Annotated[
        Path | None, typer.Option(help="Each criterion at each step, too.", rich_help_panel=OUTPUT)
    ] = None,
    missing: Missing = [],  # noqa: B006
    overwrite: Overwrite = False,
) -> None:
    """Find sudden gains: large, stable improvements from one session to the next (Tang & DeRubeis 1999).

    mooring gains scores.csv --scores s1,s2,s3,s4,s5,s6,s7,s8 --cut-off 7 --out gains.csv --steps steps.csv
    """
    from mooring.research import gaining

    asked = gaining.Asked(
        file=file,
        out=out_file,
        layout=_sessions(code, scores, (score, session, date), missing),
        rule=gaining.rule_of(cut_off, reliable, healthy_end, higher=higher_is_better),
        losses=losses,
        steps=steps,
        overwrite=overwrite,
    )
    for line in gaining.lines(gaining.run(asked), str(out_file)):
        out.print(line, markup=False, highlight=False)


def _sessions(code: str, scores: str, tall: tuple[str, str, str], missing: list[str]) -> Layout:
    from mooring.research.people import Layout

    score, session, date = tall
    if bool(scores) == bool(score) or (score and bool(session) == bool(date)):
        raise Refused(
            "--scores",
            "it is not clear where the scores stand",
            "Name the columns: --scores s1,s2,…, or --score S with --session T or --date T where each has a row.",
        )
    return Layout(code, _parted(scores) or (score,), session, date, tuple(missing))


def _parted(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def couples(
    file: File,
    out_file: Out,
    x: Annotated[str, typer.Option("--x", help="Column of what acts.", rich_help_panel=COLUMNS)] = "",
    y: Annotated[str, typer.Option("--y", help="Column of what it acts on.", rich_help_panel=COLUMNS)] = "",
    couple: Annotated[str, typer.Option(help="Column of the couple's code.", rich_help_panel=COLUMNS)] = "couple",
    role: Annotated[
        str, typer.Option(help="Column that tells the two apart; none: nothing does.", rich_help_panel=COLUMNS)
    ] = "",
    own: Annotated[str, typer.Option(help="Covariates of each person: a,b.", rich_help_panel=COLUMNS)] = "",
    shared: Annotated[str, typer.Option(help="Covariates of the couple: c,d.", rich_help_panel=COLUMNS)] = "",
    resamples: Annotated[int, typer.Option(help="For the interval of k.", min=100, rich_help_panel=METHOD)] = 2000,
    time: Annotated[str, typer.Option(help="Column of the time: then who moves first.", rich_help_panel=OVER)] = "",
    unit: Annotated[
        str, typer.Option(help="Of numbers in it: weeks, days or sessions.", rich_help_panel=OVER)
    ] = "weeks",
    score: Annotated[str, typer.Option(help="Column of the score.", rich_help_panel=OVER)] = "",
    se: Annotated[str, typer.Option(help="Its standard errors: a column, or one number.", rich_help_panel=OVER)] = "",
    missing: Missing = [],  # noqa: B006
    overwrite: Overwrite = False,
) -> None:
    """What my x does to my y, and what my partner's x does to it (Kenny, Kashy & Cook 2006). One row a person.

    mooring couples couples.csv --couple id --role role --x warmth --y satisfaction --out effects.csv

    Over time: whose level moves first? One row an answer.

    mooring couples diary.csv --couple id --role role --time day --unit days --score mood --se 0.5 --out first.csv
    """
    if _over_time((x, y), (time, score), role):
        from mooring.research import leading
        from mooring.research.side_by_side import Place

        place = Place(("--couple", couple), ("--role", role), time, score, se, unit, tuple(missing))
        said = leading.lines(leading.run(leading.Asked(file, out_file, place, overwrite)), str(out_file))
    else:
        from mooring.research import coupling

        covariates = _parted(own), _parted(shared)
        asked = coupling.Asked(file, out_file, couple, x, y, role, *covariates, tuple(missing), resamples, overwrite)
        said = coupling.lines(coupling.run(asked), str(out_file))
    for line in said:
        out.print(line, markup=False, highlight=False)


def _over_time(effects: tuple[str, str], series: tuple[str, str], role: str) -> bool:
    """Which of the two questions is asked. Raises Refused where that is not clear."""
    if all(effects) and not any(series):
        return False
    if any(effects) or not all(series):
        raise Refused(
            "--x, --y, --time, --score",
            "it is not clear what is asked",
            "Name --x and --y for effects at one time, or --time and --score for who moves first.",
        )
    if not role:
        raise Refused("--role", "it is not given", "Name the column that tells the two apart.")
    return True
