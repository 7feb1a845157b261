"""A measure that a researcher declares for an import of totals: name, range, direction, precision, source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mooring.catalogue.consistency import check
from mooring.catalogue.decode import decode
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import (
    Cutoff,
    Direction,
    Instrument,
    MissingRule,
    Precision,
    PrecisionStatus,
    ReliableChange,
    Role,
    Scale,
    Source,
)
from mooring.catalogue.reader import keys, parse

TOTAL = "total"
"""The one scale of a declared measure."""


@dataclass(frozen=True)
class DeclaredCutoff:
    value: float
    relation: Literal["at least", "above", "below"]
    meaning: str
    source: str


@dataclass(frozen=True)
class DeclaredFile:
    key: str
    name: str
    minimum: float
    maximum: float
    direction: Direction
    """What a higher total means."""
    source: str
    reliability: float | None = None
    sd: float | None = None
    mean: float | None = None
    precision: PrecisionStatus = "published"
    """Whether reliability and standard deviation are the source's, this data's own, or assumed."""
    reliable_change: float | None = None
    confidence: float | None = None
    """Of the reliable change, as its source states it: 0.95."""
    cutoffs: tuple[DeclaredCutoff, ...] = ()
    role: Role | None = None
    per_figure: bool = False
    licence: str = "Declared by whoever imports it; totals only, no wording."
    version: int = 1


def read_declared(path: Path) -> Instrument:
    """The declared measure, of kind "declared", with the single scale "total".

    Raises CatalogueError naming the file, the field and how to mend it.
    """
    file = str(path)
    content = decode(DeclaredFile, parse(path), file)
    _plausible(content, file)
    instrument = Instrument(
        key=content.key,
        version=content.version,
        title=content.name,
        kind="declared",
        licence=content.licence,
        validated=content.precision != "assumed",
        per_figure=content.per_figure,
        scales=(_scale(content),),
        sources=(Source("everything in this file", content.source, "declared"),),
    )
    return check(instrument, file)


def _scale(content: DeclaredFile) -> Scale:
    known = (content.mean, content.sd, content.reliability) != (None, None, None)
    change = content.reliable_change
    return Scale(
        code=TOTAL,
        title=content.name,
        score="sum",
        items=(),
        minimum=content.minimum,
        maximum=content.maximum,
        direction=content.direction,
        missing=MissingRule("all", "Totals are taken as they are given."),
        role=content.role,
        precision=Precision(content.mean, content.sd, content.reliability, content.precision, content.source)
        if known
        else None,
        cutoffs=tuple(Cutoff(cut.value, cut.relation, cut.meaning, cut.source, "declared") for cut in content.cutoffs),
        reliable_change=()
        if change is None
        else (ReliableChange(change, content.source, "declared", content.confidence),),
    )


def _plausible(content: DeclaredFile, file: str) -> None:
    if content.key in keys():
        raise CatalogueError(
            file,
            "key",
            f"{content.key!r} is in the catalogue already",
            "Import with that, or choose another key",
        )
    for place, text in (("name", content.name), ("source", content.source)):
        if not text.strip():
            raise CatalogueError(file, place, "empty", "Fill it in")
    width = content.maximum - content.minimum
    if width <= 0:
        raise CatalogueError(
            file, "maximum", f"{content.maximum:g} is not above the minimum", "Give the range of the total"
        )
    if content.sd is not None and not 0 < content.sd < width:
        raise CatalogueError(
            file, "sd", f"{content.sd:g} does not fit a range of {width:g}", "Give it in points of the total"
        )
    if content.mean is not None and not content.minimum <= content.mean <= content.maximum:
        raise CatalogueError(file, "mean", f"{content.mean:g} is out of range", "Give it in points of the total")
    if content.reliability is not None and not 0 < content.reliability < 1:
        raise CatalogueError(
            file, "reliability", f"{content.reliability:g} is not between 0 and 1", "Write for example 0.85"
        )
