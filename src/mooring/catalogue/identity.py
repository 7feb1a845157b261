"""One measure as bytes that are the same wherever they are made, and back."""

from __future__ import annotations

import hashlib
import json

from mooring.catalogue.consistency import check, check_wording
from mooring.catalogue.decode import decode, encode
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import Instrument


def canonical(instrument: Instrument) -> bytes:
    """Everything about a measure, wording included, as UTF-8 JSON with sorted keys and without spaces."""
    return json.dumps(
        encode(instrument), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    ).encode()


def digest(instrument: Instrument) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(instrument)).hexdigest()


def from_json(content: bytes) -> Instrument:
    """The measure that ``canonical`` wrote. Raises CatalogueError when the content is not one."""
    name = "stored measure"
    try:
        plain = json.loads(content)
    except ValueError as error:
        raise CatalogueError(name, "", f"is not JSON: {error}", "Restore it from a backup") from error
    instrument = check(decode(Instrument, plain, name), name)
    for wording in instrument.wording.values():
        check_wording(instrument, wording, name)
    return instrument
