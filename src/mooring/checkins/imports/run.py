"""`mooring import`, from the options to the end summary. Until every check has passed, nothing is written."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mooring import catalogue
from mooring.catalogue import Instrument
from mooring.checkins.imports import precision, report
from mooring.checkins.imports.ask import at_the_keyboard, offers, questions
from mooring.checkins.imports.check import Checked, check
from mooring.checkins.imports.columns import ColumnMap, as_toml, read_map
from mooring.checkins.imports.declare import declare
from mooring.checkins.imports.guess import Said, guess
from mooring.checkins.imports.load import Loaded, Loading, load
from mooring.checkins.imports.options import Options
from mooring.checkins.imports.read import Source, open_file, read
from mooring.checkins.imports.stored import Destination
from mooring.instruments.models import InstrumentVersion, Reference
from mooring.instruments.own import own_measures
from mooring.instruments.publish import VersionChanged, publish
from mooring.kit.dates import local_date
from mooring.kit.refused import Refused
from mooring.kit.transactions import write
from mooring.people.founding import clinic_of
from mooring.people.models import Clinic, Membership, User
from mooring.people.models.course import CLINICAL_ROLES
from mooring.privacy import audit

__all__ = ["Ask", "at_the_keyboard", "run"]

Ask = Callable[[str, Sequence[str]], str]
"""Puts a question to the person at the keyboard; the choices may be none."""


def run(options: Options, console: Console, at: datetime, ask: Ask | None) -> Loaded | None:
    """Import a file, or say why not (Refused). None: only looked, or only wrote the map."""
    destination = _destination(options, at)
    measures = _measures(options, destination.clinic)
    source = open_file(options.file)
    digest = _digest(options.file)
    columns = declare(_map(options, source, measures), options)
    if options.write_map is not None:
        _keep_map(columns, options.write_map, console)
        return None
    report.show_map(console, columns, source)
    for offer in offers(columns, measures):
        report.say(console, f"Known of such files: {offer}")
    columns = _settle(columns, measures, ask)
    checked = check(source, columns, measures, destination, options)
    _show(checked, options, console, destination)
    _require_sound(checked, options)
    if options.dry_run:
        report.show_risks(console, checked.risks, checked.unfolded)
        report.say(console, "\nNo problem was found. Nothing was imported: this was a dry run.", style="bold")
        return None
    _require_confirmed(checked, options, ask)
    if _digest(options.file) != digest:
        raise Refused(
            options.file.name, "it changed while it was looked through", "Run it again. Nothing was imported."
        )
    done = _write(checked, options, console, Loading(destination, _versions(checked, destination), digest))
    report.show_risks(console, checked.risks, checked.unfolded)
    return done


def _keep_map(columns: ColumnMap, path: Path, console: Console) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(as_toml(columns))
    except FileExistsError as error:
        raise Refused(str(path), "there is such a file already", "Choose another name for the map.") from error
    report.say(console, f"The map is in {path}. Look it over, then add --map {path}.")


def _destination(options: Options, at: datetime) -> Destination:
    try:
        clinic = clinic_of(options.clinic)
    except DatabaseError as error:
        raise Refused(
            "The clinic's database", f"it is not ready ({error})", "Run `mooring serve` once; is MOORING_DATA right?"
        ) from error
    clinician = User.objects.filter(email=options.clinician.strip().lower()).first()
    roles = Membership.objects.in_force(at).filter(clinic=clinic, role__in=CLINICAL_ROLES)
    if clinician is None or not roles.filter(user=clinician).exists():
        raise Refused(
            f"--clinician {options.clinician}",
            f"this is no clinician of {clinic.name} today",
            f"Invite them first: mooring clinic invite {options.clinician} --clinic {clinic.pk}.",
        )
    return Destination(clinic, clinician, at)


def _measures(options: Options, clinic: Clinic) -> dict[str, Instrument]:
    """The measures a file may hold: those named, the clinic's own among them, and declared; else the catalogue."""
    own = own_measures(clinic)
    declared: dict[str, Instrument] = {}
    for path in options.declare:
        one = catalogue.read_declared(path)
        if one.key in declared:
            raise Refused(f"--declare {path}", f"“{one.key}” is declared already", "Give each its own key.")
        if one.key in own:
            raise Refused(f"--declare {path}", f"“{one.key}” is a measure of this clinic", "Choose another key.")
        declared[one.key] = one
    named = options.measure or ([] if declared else catalogue.keys())
    if options.map is not None:
        named = [*catalogue.keys(), *own]
    return {**{key: own.get(key) or catalogue.load(key) for key in named if key not in declared}, **declared}


def _map(options: Options, source: Source, measures: Mapping[str, Instrument]) -> ColumnMap:
    if options.map is not None:
        return read_map(options.map)

    def whole(names: Sequence[str]) -> pl.DataFrame:
        return read(source, names)[0]

    said = Said(options.person, options.time, options.figure)
    missing = [name for name in said if name and name not in source.columns]
    if missing:
        there = ", ".join(source.columns)
        raise Refused(options.file.name, f"it has no column “{missing[0]}”", f"It has {there}.")
    columns = guess(source.sample, measures, whole, said)
    if not columns.measures:
        raise Refused(
            options.file.name,
            f"no column looks like an item or a total of {', '.join(measures)}",
            "Name the measure with --measure or --declare, or write a map and give it with --map.",
        )
    return columns


def _settle(columns: ColumnMap, measures: Mapping[str, Instrument], ask: Ask | None) -> ColumnMap:
    """Have every open question answered; raises Refused that lists them all when nobody can be asked."""
    for entry in columns.measures:
        if entry.key not in measures:
            wrong = "it is neither in the catalogue nor declared"
            raise Refused(f"measure {entry.key}", wrong, "Add --declare FILE.toml.")
    while found := questions(columns, measures):
        if ask is None:
            listed = "".join(f"\n  {one.text}\n    → {one.option}" for one in found)
            count = report.counted(len(found), "question")
            raise Refused("The file alone cannot say", count, f"Nothing was imported.{listed}")
        columns = found[0].answer(ask(found[0].text, found[0].choices))
    return columns


def _show(checked: Checked, options: Options, console: Console, destination: Destination) -> None:
    report.show_contents(console, checked.unfolded)
    report.show_precision(console, checked.precise)
    for notice in checked.notices:
        report.say(console, notice)
    compared = checked.compared
    report.show_people(console, compared)
    if compared.conflicts.height and options.on_conflict == "keep":
        report.show_problems(console, compared.conflicts, "The clinic has other values, and keeps them:")
    if checked.problems.height:
        report.show_problems(console, checked.problems, "To mend before anything is imported:")
    if options.problems is not None:
        _for_a_spreadsheet(checked.problems).write_csv(options.problems)
    if options.risks is not None:
        _for_a_spreadsheet(checked.risks).write_csv(options.risks)
    if compared.read:
        # Stored answers were just shown to somebody.
        _record("read", compared.read, destination)


def _for_a_spreadsheet(frame: pl.DataFrame) -> pl.DataFrame:
    """A cell that a spreadsheet would run as a formula gets an apostrophe before it; -99 stays a number."""
    text = pl.col(pl.String)
    runs = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(r"^[+-]?[0-9.,]+$")
    return frame.with_columns(pl.when(runs).then(text.str.replace("^", "'")).otherwise(text))


def _record(action: str, subjects: Sequence[object], destination: Destination) -> None:
    with write():
        audit.record(
            action,
            "import",
            actor=None,
            subjects=subjects,  # type: ignore[arg-type]
            at=destination.at,
            clinic=destination.clinic.pk,
        )


def _require_sound(checked: Checked, options: Options) -> None:
    count = checked.problems.height
    if count:
        listed = report.counted(count, "problem")
        raise Refused(options.file.name, f"{listed}, listed above", "Nothing was imported.")


def _require_confirmed(checked: Checked, options: Options, ask: Ask | None) -> None:
    if options.yes or options.map is not None:
        return
    if ask is None:
        wrong = "the map above is a guess that nobody has confirmed"
        raise Refused(options.file.name, wrong, "Add --yes, or give a map with --map. Nothing was imported.")
    if ask("Is everything above right, and shall it be imported?", ("yes", "no")) != "yes":
        raise Refused(
            options.file.name, "not confirmed", "Nothing was imported; --write-map writes the map for editing."
        )


def _write(checked: Checked, options: Options, console: Console, loading: Loading) -> Loaded:
    began = time.monotonic()
    _refer(checked, options, loading.versions, loading.destination)
    left = len(checked.people.codes) - len(checked.compared.complete)
    bar = (TextColumn("Importing people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bar, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=left)
        done = load(
            checked.people,
            loading,
            checked.compared.complete,
            lambda count: progress.advance(task, count),
        )
    report.show_loaded(console, done, len(checked.compared.complete), time.monotonic() - began)
    return done


def _versions(checked: Checked, destination: Destination) -> dict[str, InstrumentVersion]:
    parts = [part for part, _ in checked.unfolded.blocks]
    return {part.key: _version(part.instrument, destination.clinic) for part in parts}


def _version(instrument: Instrument, clinic: Clinic) -> InstrumentVersion:
    try:
        return publish(instrument, clinic if instrument.kind in {"declared", "form"} else None)[0]
    except VersionChanged as error:
        raise Refused(f"measure {instrument.key}", str(error), "Nothing was imported.") from error


def _refer(
    checked: Checked, options: Options, versions: Mapping[str, InstrumentVersion], destination: Destination
) -> None:
    """Keep the file's own precision as the clinic's reference, unless the clinic has one."""
    on = local_date(destination.at, destination.clinic.zone)
    with write():
        for one in checked.precise:
            measured = one.measured
            if one.existing is not None or measured.mean is None or measured.sd is None:
                continue
            Reference.objects.get_or_create(
                clinic=destination.clinic,
                instrument_version=versions[measured.instrument.key],
                scale=measured.scale,
                minimum=measured.minimum,
                maximum=measured.maximum,
                defaults={
                    "mean": measured.mean,
                    "sd": measured.sd,
                    "reliability": measured.reliability,
                    "persons": measured.persons,
                    "source": precision.source_text(measured, options.file.name, on),
                    "made_at": destination.at,
                },
            )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
