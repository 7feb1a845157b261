"""A CSV or Parquet file as text cells, each with the number of its row; nothing is interpreted yet.

Text, because a problem is shown as it stands in the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from mooring.checkins.imports import problems
from mooring.checkins.imports.names import ROW, SIGN
from mooring.kit.records import header, records, require_utf8, separator_of, start_of
from mooring.kit.refused import Refused

SAMPLE_ROWS = 2000
CHUNK_ROWS = 50_000
LARGEST_WHOLE = 2**53
"""Up to here a floating-point number can be told from its neighbours."""


@dataclass(frozen=True)
class Source:
    """A file that can be read: what its columns are called and how its cells are parted."""

    path: Path
    columns: tuple[str, ...]
    separator: str = ""
    """Empty for Parquet."""
    sample: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Its first rows, as text."""


def open_file(path: Path) -> Source:
    """Look at a file; raises Refused when it is not a table with a header."""
    if start_of(path) == b"PAR1":
        return _open_parquet(path)
    require_utf8(path)
    separator = separator_of(path)
    rows = records(path, separator)
    _, names = next(rows, (1, []))
    columns = header(path, names)
    _require_plain(f"{path}, row 1", columns)
    first = list(islice(rows, SAMPLE_ROWS))
    if not first:
        raise Refused(str(path), "there is no row after the header", "Is it the right file?")
    width = len(columns)
    cells = [row[:width] + [""] * (width - len(row)) for _, row in first]
    return Source(path, columns, separator, _cleaned(pl.DataFrame(cells, schema=_texts(columns), orient="row")))


def read(source: Source, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """These columns of every row as stripped text (null: empty) with ROW, and the rows that do not fit the header."""
    if not source.separator:
        return _read_parquet(source, columns), problems.none()
    places = {name: source.columns.index(name) for name in columns}
    following = records(source.path, source.separator)
    next(following)
    chunks, misfits = [pl.DataFrame(schema={ROW: pl.UInt32, **_texts(columns)})], []
    while chunk := list(islice(following, CHUNK_ROWS)):
        fitting = [(row, cells) for row, cells in chunk if len(cells) == len(source.columns)]
        misfits += [(row, len(cells)) for row, cells in chunk if cells and len(cells) != len(source.columns)]
        texts = {name: [cells[place] for _, cells in fitting] for name, place in places.items()}
        rows = pl.Series(ROW, [row for row, _ in fitting], dtype=pl.UInt32)
        frame = pl.DataFrame(texts, schema=_texts(columns))
        chunks.append(_cleaned(frame).select(rows, *columns))
    return pl.concat(chunks), _misfits(misfits, len(source.columns))


def _open_parquet(path: Path) -> Source:
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        _require_plain(str(path), schema)
        nested = [name for name, kind in schema.items() if kind.is_nested()]
        if nested:
            raise Refused(str(path), f"column “{nested[0]}” holds lists or records", "Give one value a cell.")
        sample = _cleaned(lazy.head(SAMPLE_ROWS).select(_as_text(schema, list(schema))).collect())
    except pl.exceptions.PolarsError as error:
        raise _unreadable(path, error) from error
    if sample.is_empty():
        raise Refused(str(path), "there is no row in it", "Is it the right file?")
    return Source(path, tuple(schema), "", sample)


def _read_parquet(source: Source, columns: Sequence[str]) -> pl.DataFrame:
    try:
        lazy = pl.scan_parquet(source.path)
        texts = lazy.select(_as_text(lazy.collect_schema(), columns)).collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise _unreadable(source.path, error) from error
    return _cleaned(texts).with_row_index(ROW, offset=1)


def _unreadable(path: Path, error: pl.exceptions.PolarsError) -> Refused:
    why = " ".join(str(error).split())
    return Refused(str(path), f"it is not a Parquet file that can be read ({why})", "Write it anew.")


def _require_plain(where: str, names: Iterable[str]) -> None:
    """A column's name must mean itself: no column of ours, and none of the signs that stand for several columns."""
    for name in names:
        if name.startswith(SIGN):
            raise Refused(where, f"“{name}” begins with {SIGN}", "Give it another name.")
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            raise Refused(where, f"“{name}” is no name of a column", "Give it another name.")


def _as_text(schema: pl.Schema, columns: Sequence[str]) -> list[pl.Expr]:
    """As a CSV would hold it: 3 rather than 3.0, ISO dates. Not-a-number is how data frames say missing; an infinite
    or a huge number is no answer, and has to be seen."""
    texts = []
    for name in columns:
        kind, column = schema[name], pl.col(name)
        if kind.is_float():
            whole = (column == column.floor()) & (column.abs() < LARGEST_WHOLE)
            text = (
                pl.when(column.is_nan())
                .then(None)
                .when(whole)
                .then(column.cast(pl.Int64, strict=False).cast(pl.String))
                .otherwise(column.cast(pl.String))
            )
        elif isinstance(kind, pl.Datetime):
            text = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f%z" if kind.time_zone else "%Y-%m-%dT%H:%M:%S%.f")
        else:
            text = column.cast(pl.String)
        texts.append(text.alias(name))
    return texts


def _misfits(misfits: Sequence[tuple[int, int]], width: int) -> pl.DataFrame:
    mend = "Is a cell cut off, or a separator inside one that is not quoted?"
    found = [
        (row, "the whole row", None, f"{cells} cells where the header has {width}", mend) for row, cells in misfits
    ]
    return pl.DataFrame(found, schema=problems.SCHEMA, orient="row")


def _cleaned(frame: pl.DataFrame) -> pl.DataFrame:
    texts = pl.all().str.strip_chars()
    return frame.select(texts).select(pl.when(pl.all() != "").then(pl.all()))


def _texts(columns: Sequence[str]) -> dict[str, type[pl.String]]:
    return dict.fromkeys(columns, pl.String)
