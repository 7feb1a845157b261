"""`mooring measure`: bring a questionnaire and take any measure out as FHIR. No Django here until a command runs."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console

from mooring import catalogue
from mooring.catalogue.forms.export_fhir import as_json
from mooring.instruments.options import Bringing
from mooring.kit.refused import Refused


def application(room: Callable[[str], ModuleType], out: Console) -> typer.Typer:
    """The two commands; `room` makes Django ready and gives a module of it."""
    app = typer.Typer(help="Bring a questionnaire of your own, and take any measure out.", no_args_is_help=True)

    @app.command("import")
    def bring(
        file: Annotated[Path, typer.Argument(help="FHIR JSON, ReproSchema folder or zip, REDCap dictionary, table.")],
        clinic: Annotated[str, typer.Option(help="UUID of the clinic; `mooring clinic list` shows it.")],
        by: Annotated[str, typer.Option(help="E-mail address of the clinician or administrator who brings it.")],
        key: Annotated[str, typer.Option(help="Short name it is kept under.")] = "",
        title: Annotated[str, typer.Option(help="Title, as clients see it.")] = "",
        of: Annotated[str, typer.Option(help="Key of the catalogue that scores it.")] = "",
        order: Annotated[str, typer.Option(help="own, or another order of that key.")] = "own",
        place: Annotated[list[str] | None, typer.Option(help="QUESTION=NUMBER of the key's item.")] = None,
        compared: Annotated[str, typer.Option(help="With what the order was compared.")] = "",
        scale: Annotated[
            list[str] | None, typer.Option(help="TITLE=worse, =better or =none; or TITLE=sum,better:QUESTION,QUESTION")
        ] = None,
        leave_out: Annotated[list[str] | None, typer.Option(help="QUESTION that is not asked.")] = None,
        turned: Annotated[str, typer.Option(help="QUESTIONS worded the other way round, by commas; or none.")] = "",
        harm: Annotated[str, typer.Option(help="QUESTIONS about harm to oneself or others; or none.")] = "",
        before: Annotated[str, typer.Option(help="Said before the first question, where one asks about harm.")] = "",
        example: Annotated[list[str] | None, typer.Option(help="SCALE=SCORE of the example, worked by hand.")] = None,
        unscored: Annotated[str, typer.Option(help="Make no score, for this reason.")] = "",
        terms: Annotated[str, typer.Option(help="Whose questionnaire it is, and why you may use it.")] = "",
        attest: Annotated[bool, typer.Option("--attest", help="Agree to the attestation that is shown.")] = False,
        language: Annotated[str, typer.Option(help="Of several in the file.")] = "",
        part: Annotated[str, typer.Option(help="Form or schema, of several in the file.")] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what the file holds; keep nothing.")] = False,
    ) -> None:
        """Bring a questionnaire of the clinic's own. Without everything that is needed it says what is missing."""
        given = Bringing(
            file=file, clinic=clinic, by=by, key=key, title=title, of=of, order=order, place=tuple(place or ()),
            compared=compared, scale=tuple(scale or ()), leave_out=tuple(leave_out or ()), turned=turned, harm=harm,
            before=before, example=tuple(example or ()), unscored=unscored, terms=terms, attest=attest,
            language=language, part=part, dry_run=dry_run,
        )  # fmt: skip
        room("mooring.instruments.bring").bring(given, out)

    @app.command("export")
    def export(
        key: Annotated[str, typer.Argument(help="A measure of the catalogue, or with --clinic one of the clinic's.")],
        to: Annotated[Path, typer.Option("--out", help="File that is written; there must be none yet.")],
        clinic: Annotated[str, typer.Option(help="UUID of the clinic whose own measure it is.")] = "",
        language: Annotated[str, typer.Option(help="Of several in the measure.")] = "",
    ) -> None:
        """Write a measure as a FHIR R4 Questionnaire."""
        measure = room("mooring.instruments.bring").named(clinic, key) if clinic else catalogue.load(key)
        try:
            with to.open("x", encoding="utf-8") as file:
                file.write(as_json(measure, language))
        except FileExistsError as error:
            raise Refused(str(to), "there is such a file already", "Choose another name.") from error
        out.print(f"{measure.title} is in {to}.", markup=False)

    return app
