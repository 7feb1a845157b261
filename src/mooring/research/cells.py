"""Cells of a table as numbers: missing is what was declared missing, and what is no number is named with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research.tables import Piece

Floats = npt.NDArray[np.float64]
PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
DECIMAL_COMMA = r"^([+-]?\d+),(\d+)$"
LARGEST = 1e50
"""No score is larger, and the fourth power of this is still a number."""


def numbers(piece: Piece, name: str, missing: Sequence[str], kind: str = "numbers") -> Floats:
    """One column, nan for missing. Raises Refused for a cell that is no number, or an endless one; kind: what was
    expected."""
    cells = piece.frame[name]
    if cells.dtype.is_numeric():
        found = cells.cast(pl.Float64).fill_null(float("nan")).to_numpy(writable=True)
    elif cells.dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        found = _read(piece, cells.cast(pl.String), name, missing)
    else:
        raise Refused(f"{piece.file}, column {name}", f"it holds {cells.dtype}, not {kind}", "Give numbers.")
    for code in codes(missing):
        found[found == code] = np.nan
    beyond = np.abs(found) > LARGEST
    if beyond.any():
        row = int(beyond.argmax())
        raise Refused(place(piece, row, name), f"{cells[row]} is too large for any scale or time", "Correct it.")
    return np.asarray(found, dtype=float)


def codes(missing: Sequence[str]) -> list[float]:
    """Those of the declared codes that are numbers."""
    return [float(code) for code in missing if re.fullmatch(r"[+-]?\d+(\.\d+)?", code)]


def place(piece: Piece, row: int, column: str) -> str:
    """Where a cell stands, for a message."""
    return f"{piece.file}, row {piece.places[int(row)]}, column {column}"


def _read(piece: Piece, texts: pl.Series, name: str, missing: Sequence[str]) -> Floats:
    kept = pl.DataFrame({"t": texts}).select(pl.when(~pl.col("t").is_in(list(missing))).then(pl.col("t")))["t"]
    plain = kept.str.replace(DECIMAL_COMMA, "$1.$2")
    read = pl.DataFrame({"t": plain}).select(
        pl.when(pl.col("t").str.contains(PLAIN)).then(pl.col("t").cast(pl.Float64, strict=False))
    )["t"]
    broken = kept.is_not_null() & read.is_null()
    if broken.any():
        row = int(broken.arg_max() or 0)
        raise Refused(
            place(piece, row, name),
            f"“{kept[row]}” is not a number",
            f"Correct it; if it stands for a missing answer, declare it: --missing {kept[row]}.",
        )
    return np.asarray(read.fill_null(float("nan")).to_numpy(), dtype=float).copy()
