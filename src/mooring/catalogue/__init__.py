"""Measures as data: our own banks, and keys of published measures without their wording."""

from mooring.catalogue.declared import read_declared
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.identity import canonical, digest, from_json
from mooring.catalogue.model import (
    FIGURE,
    FULL,
    Answer,
    Coding,
    Cutoff,
    Form,
    Golden,
    Instrument,
    Item,
    MissingRule,
    Norm,
    Order,
    Precision,
    ReliableChange,
    Scale,
    Source,
    Wording,
)
from mooring.catalogue.reader import keys, load

__all__ = [
    "FIGURE",
    "FULL",
    "Answer",
    "CatalogueError",
    "Coding",
    "Cutoff",
    "Form",
    "Golden",
    "Instrument",
    "Item",
    "MissingRule",
    "Norm",
    "Order",
    "Precision",
    "ReliableChange",
    "Scale",
    "Source",
    "Wording",
    "canonical",
    "digest",
    "from_json",
    "keys",
    "load",
    "read_declared",
]
