"""A calibration with what a reader wants beside it, as one JSON file that scoring reads back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mooring.catalogue import Calibration, CatalogueError, read_calibration

CALIBRATION = "calibration"


def read_document(path: Path) -> Calibration:
    """The calibration in a report that `mooring calibrate` wrote, or on its own. Raises CatalogueError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CatalogueError(str(path), "", f"cannot be read ({error.strerror})", "Check the path") from error
    try:
        plain: Any = json.loads(content)
    except ValueError:
        plain = None  # read_calibration says what is wrong with it
    if isinstance(plain, dict) and CALIBRATION in plain:
        content = json.dumps(plain[CALIBRATION]).encode()
    return read_calibration(content, str(path))
