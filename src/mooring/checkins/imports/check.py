"""Look a file through before anything is written: every cell, every declaration, everybody the clinic has already."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from mooring.catalogue import Instrument
from mooring.checkins.imports import alike, keying, precision, problems, risk
from mooring.checkins.imports.cells import Reader, Unfolded, unfold
from mooring.checkins.imports.columns import ColumnMap
from mooring.checkins.imports.gather import People
from mooring.checkins.imports.options import Options
from mooring.checkins.imports.parts import parts
from mooring.checkins.imports.precision import Measured
from mooring.checkins.imports.read import Source
from mooring.checkins.imports.stored import Compared, Destination, compare
from mooring.checkins.imports.times import Calendar
from mooring.instruments.models import Reference
from mooring.kit.refused import Refused
from mooring.people.models import Client


@dataclass(frozen=True)
class Precise:
    """Which precision a scale's scores will have, where the key has none for such answers."""

    measured: Measured
    existing: Reference | None
    """The clinic's own, made by an earlier import: it stays."""


@dataclass(frozen=True)
class Checked:
    """A file that was looked through."""

    unfolded: Unfolded
    people: People
    precise: list[Precise]
    risks: pl.DataFrame
    compared: Compared
    problems: pl.DataFrame
    notices: list[str]


def check(
    source: Source,
    columns: ColumnMap,
    measures: Mapping[str, Instrument],
    destination: Destination,
    options: Options,
) -> Checked:
    """Everything about a file that can be known beforehand. Reads only; raises Refused for a map that
    contradicts itself."""
    found = parts(columns, measures, source.columns)
    calendar = Calendar(destination.clinic.zone, destination.at)
    unfolded = unfold(source, Reader(columns, found, calendar, options.prefix, options.duplicates))
    people = People(unfolded.blocks)
    if not people.codes and unfolded.problems.is_empty():
        raise Refused(options.file.name, "no row holds an answer", "Check the map and the missing codes.")
    doubts, notices = keying.misfits(unfolded.blocks)
    known = Client.objects.filter(clinic=destination.clinic).order_by("code").values_list("code", flat=True)
    notices += alike.notices(people.codes, known)
    compared = compare(people, destination, join=options.join)
    conflicts = compared.conflicts if options.on_conflict == "stop" else problems.none()
    about_people = compared.problems.with_columns(pl.lit(columns.person).alias("column"))
    return Checked(
        unfolded,
        people,
        [Precise(one, _existing(one, destination)) for one in precision.needed(unfolded.blocks)],
        risk.endorsed(unfolded.blocks),
        compared,
        problems.together([unfolded.problems, doubts, about_people, conflicts]),
        notices,
    )


def _existing(measured: Measured, destination: Destination) -> Reference | None:
    return Reference.objects.filter(
        clinic=destination.clinic,
        instrument_version__key=measured.instrument.key,
        instrument_version__version=measured.instrument.version,
        scale=measured.scale,
        minimum=measured.minimum,
        maximum=measured.maximum,
    ).first()
