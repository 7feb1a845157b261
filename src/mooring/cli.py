"""`mooring`: one command for the clinic and for the researcher.

Commands of the clinic import Django only when they are called, so that the others start without it.
"""

import importlib
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console

from mooring.checkins.imports.options import Options, taking_options
from mooring.instruments import command as measures
from mooring.research import commands as research
from mooring.research import growth_command, transfer_command
from mooring.research import outcome_commands as outcomes
from mooring.research import series_commands as series

app = typer.Typer(
    name="mooring",
    help="Measurement-based care for attachment-focused therapy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
clinic_app = typer.Typer(help="Make a clinic and invite people into it.", no_args_is_help=True)
app.add_typer(clinic_app, name="clinic")
app.command("score")(research.score)
app.command("calibrate")(research.calibrate)
app.command("change")(outcomes.change)
app.command("gains")(outcomes.gains)
app.command("couples")(outcomes.couples)
app.command("trajectory")(series.trajectory)
app.command("growth")(growth_command.growth)
app.command("transfer")(transfer_command.transfer)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Port = Annotated[int, typer.Option(help="Port on localhost.", min=1, max=65535)]


@app.callback()
def _begin(context: typer.Context) -> None:
    context.obj = _calibrate_a_clinic


def _calibrate_a_clinic(asked: research.OfClinic) -> None:
    """What `mooring calibrate` without a file does: from the answers of a clinic's people who agreed."""
    _room("mooring.web.serving")
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"] and not Path(database["NAME"]).exists():
        # A researcher who forgot the file is not given a clinic.
        raise LookupError(
            "FILE is not given, and there is no clinic here whose answers could be meant. For a file: mooring calibrate"
            " FILE --instrument KEY --out FILE. For a clinic: run it where the clinic's data are, or set MOORING_DATA."
        )
    calibrate = _ready_room("mooring.checkins.calibrate")
    if getattr(settings, "MOORING_DEMO", False):
        # Nobody there exists: no flag may be forgotten.
        asked = replace(asked, simulated=True)
    with research.rounds_shown() as seen:
        lines = calibrate.run(asked, datetime.now(UTC), seen)
    for line in lines:
        out.print(line, markup=False, highlight=False)


@clinic_app.command("uncalibrate")
def uncalibrate(
    instrument: Annotated[str, typer.Argument(help="Measure of the catalogue, e.g. distress.")],
    clinic: Annotated[str, typer.Option(help="The clinic's UUID.")],
) -> None:
    """Let a clinic's scores of a measure rest on no calibration again. The calibration itself is kept."""
    done = _ready_room("mooring.checkins.put_in_force").take_out_of_force(instrument, clinic, datetime.now(UTC))
    out.print(f"{instrument}: no calibration is in force. {done.series} series were rebuilt.", highlight=False)


@clinic_app.command("unlearn")
def unlearn(
    instrument: Annotated[str, typer.Argument(help="Measure of the catalogue, e.g. distress.")],
    clinic: Annotated[str, typer.Option(help="The clinic's UUID.")],
) -> None:
    """Follow a clinic's series of a measure by what is assumed again. What was learned is kept."""
    done = _ready_room("mooring.checkins.learn").unlearn(instrument, clinic, datetime.now(UTC))
    out.print(f"{instrument}: nothing learned is in force. {done.series} series were rebuilt.", highlight=False)


def main() -> None:
    """Run a command; an error that names its own mend is printed as a sentence, not as a traceback."""
    try:
        app()
    except (ValueError, LookupError, OSError) as error:
        if os.environ.get("MOORING_TRACEBACK"):
            raise
        err.print(f"{error}", style="bold", markup=False)
        sys.exit(1)


def _room(name: str, settings: str = "mooring.web.settings") -> ModuleType:
    """A module of the web system, after Django is ready."""
    # Whatever is written, a database or a copy of it, is this user's alone.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    try:
        import django
    except ImportError:
        err.print("This command needs the web system: pip install 'mooring\\[clinic]'")
        raise typer.Exit(1) from None
    django.setup()
    return importlib.import_module(name)


def _ready_room(name: str) -> ModuleType:
    """The same, with a database as this version needs it: the first command of a new installation makes it."""
    _room("mooring.web.serving").prepare_database(out.print)
    return importlib.import_module(name)


def _lead_links_here(port: int) -> None:
    """Invitations made by this process lead back to it, where no other address was set."""
    os.environ.setdefault("MOORING_ORIGIN", f"http://localhost:{port}")


@app.command()
def demo(
    port: Port = 8000,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what was entered and start over, without serving.")
    ] = False,
    calibrated: Annotated[
        bool, typer.Option("--calibrated", help="Answer a made-up survey too, and calibrate the questions with it.")
    ] = False,
) -> None:
    """Serve the demonstration clinic on localhost."""
    os.umask(0o077)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mooring.demo.settings"
    os.environ.pop("MOORING_ORIGIN", None)
    _lead_links_here(port)
    run = importlib.import_module("mooring.demo.run")
    if reset:
        run.reset(out.print)
        return
    run.serve(port, out.print, calibrated=calibrated)


@app.command()
def serve(
    port: Port = 8000, workers: Annotated[int, typer.Option(help="Processes; one on SQLite.", min=1)] = 1
) -> None:
    """Serve the clinic on localhost, behind a proxy that brings https; does the work by time beside it."""
    _lead_links_here(port)
    _room("mooring.web.serving").serve(port, out.print, workers=workers)


@app.command()
def work(once: Annotated[bool, typer.Option("--once", help="One round, then stop.")] = False) -> None:
    """Do what happens by time: due check-ins, silence. `serve` and `demo` run this themselves."""
    _room("mooring.web.work").work(once=once)


@app.command()
def recompute(
    clinic: Annotated[str | None, typer.Option(help="Only this clinic (its UUID).")] = None,
) -> None:
    """Rebuild every derived row from the raw answers. Signals are facts: none is added, changed or sent."""
    done = _ready_room("mooring.checkins.recompute").recompute(clinic)
    out.print(f"{done.participations} people, {done.series} series rebuilt; {done.changed} differ from before.")


@app.command()
def learn(
    clinic: Annotated[str | None, typer.Option(help="The clinic's UUID; not needed where there is one.")] = None,
) -> None:
    """Learn from the answers of a clinic's people who agreed: how levels move, and how finished courses went."""
    founding = _ready_room("mooring.people.founding")
    learning = importlib.import_module("mooring.checkins.learn")
    from django.conf import settings

    where = founding.clinic_of(clinic) if clinic else founding.the_only_clinic()
    # In the demonstration nobody exists.
    done = learning.learn(where, at=datetime.now(UTC), simulated=getattr(settings, "MOORING_DEMO", False))
    for line in [where.name, *learning.told(done)]:
        out.print(line, markup=False, highlight=False)


@app.command("import")
@taking_options
def import_answers(options: Options) -> None:
    """Bring existing answers from a CSV or Parquet file into a clinician's caseload."""
    run = _room("mooring.checkins.imports.run")
    table = Console()
    run.run(options, table, datetime.now(UTC), run.at_the_keyboard(table))


app.add_typer(measures.application(_ready_room, out), name="measure")


@clinic_app.command("new")
def new_clinic(
    name: str, zone: Annotated[str, typer.Option(help="IANA time zone, e.g. Europe/Berlin.")] = "UTC"
) -> None:
    """Make a clinic; the first one also makes the database."""
    made = _ready_room("mooring.people.founding").found(name, zone)
    out.print(f"{made.name} is there. Now name a crisis line that its clients can call, and invite its first member:")
    out.print(f'  mooring clinic crisis-line "Its name" "0800 000 000" --clinic {made.pk}', markup=False)
    out.print(f"  mooring clinic invite you@example.org --clinic {made.pk} --role clinician", markup=False)


@clinic_app.command("invite")
def invite(
    email: str,
    clinic: Annotated[str, typer.Option(help="The clinic's UUID.")],
    role: Annotated[str, typer.Option(help="clinician, supervisor, admin, responder or researcher.")] = "clinician",
) -> None:
    """Print an invitation link for a member of staff. It is shown once."""
    link = _ready_room("mooring.people.founding").invite_staff(email, clinic, role, datetime.now(UTC))
    out.print("Hand this link over yourself; it works once and for fourteen days:")
    out.print(f"  {link}", markup=False)
    if "MOORING_ORIGIN" not in os.environ:
        out.print("MOORING_ORIGIN is not set, so it leads to this machine. Set it to the address people type.")


@clinic_app.command("crisis-line")
def crisis_line(
    name: Annotated[str, typer.Argument(help="Its name, as people know it.")],
    clinic: Annotated[str, typer.Option(help="The clinic's UUID.")],
    number: Annotated[str, typer.Argument(help="The number to call. Left out: the line is taken away.")] = "",
    hours: Annotated[str, typer.Option(help="When somebody answers, e.g. “day and night”.")] = "",
    source: Annotated[str, typer.Option(help="Where you checked it.")] = "",
) -> None:
    """Name a crisis line that the clinic's clients see, or change it; without a number take it away."""
    founding = _ready_room("mooring.people.founding")
    lines = founding.name_crisis_line(
        clinic, founding.CrisisLine(name, number, hours, source), datetime.now(UTC).date()
    )
    out.print("Clients of this clinic now see:" if lines else "Clients of this clinic now see no crisis line.")
    for line in lines:
        out.print(f"  {line['name']}: {line['number']}", markup=False)


@clinic_app.command("list")
def list_clinics() -> None:
    """List the clinics of this installation."""
    clinics = _ready_room("mooring.people.founding").clinics()
    for clinic in clinics:
        out.print(f"{clinic.pk}  {clinic.name}  ({clinic.zone})", markup=False)
    if not clinics:
        out.print('There is none yet. `mooring clinic new "Its name" --zone Europe/Berlin` makes one.', markup=False)


if __name__ == "__main__":
    main()
