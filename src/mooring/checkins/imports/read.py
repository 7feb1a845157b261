"""A CSV or Parquet file as text cells, each with the number of its row; nothing is interpreted yet.

Text, because a problem is shown as it stands in the file. CSV goes through Python's own reader: it counts
lines, and it can say which row has too many cells and which quotation mark is never closed.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from mooring.checkins.imports import problems
from mooring.checkins.imports.names import ROW, SIGN
from mooring.checkins.imports.problems import ImportRefused

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
SAMPLE_ROWS = 2000
CHUNK_ROWS = 50_000
UNNAMED = "(first column)"


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
    """Look at a file; raises ImportRefused when it is not a table with a header."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise ImportRefused(str(path), f"it cannot be read ({error.strerror})", "Check the path.") from error
    if start == b"PAR1":
        return _open_parquet(path)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ImportRefused(str(path), "it is UTF-16 text", "Save it as “CSV UTF-8”.")
    separator = _separator(path)
    records = _records(path, separator)
    _, names = next(records, (1, []))
    columns = _header(path, names)
    first = list(islice(records, SAMPLE_ROWS))
    if not first:
        raise ImportRefused(str(path), "there is no row after the header", "Is it the right file?")
    width = len(columns)
    cells = [row[:width] + [""] * (width - len(row)) for _, row in first]
    return Source(path, columns, separator, _cleaned(pl.DataFrame(cells, schema=_texts(columns), orient="row")))


def read(source: Source, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """These columns of every row as stripped text (null: empty) with ROW, and the rows that do not fit the header."""
    if not source.separator:
        return _read_parquet(source, columns), problems.none()
    places = {name: source.columns.index(name) for name in columns}
    records = _records(source.path, source.separator)
    next(records)
    chunks, misfits = [pl.DataFrame(schema={ROW: pl.UInt32, **_texts(columns)})], []
    while chunk := list(islice(records, CHUNK_ROWS)):
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
        nested = [name for name, kind in schema.items() if kind.is_nested()]
        if nested:
            raise ImportRefused(str(path), f"column “{nested[0]}” holds lists or records", "Give one value a cell.")
        sample = _cleaned(lazy.head(SAMPLE_ROWS).select(_as_text(schema, list(schema))).collect())
    except pl.exceptions.PolarsError as error:
        raise ImportRefused(
            str(path), f"it is not a Parquet file that can be read ({error})", "Write it anew."
        ) from error
    if sample.is_empty():
        raise ImportRefused(str(path), "there is no row in it", "Is it the right file?")
    return Source(path, tuple(schema), "", sample)


def _read_parquet(source: Source, columns: Sequence[str]) -> pl.DataFrame:
    lazy = pl.scan_parquet(source.path)
    texts = lazy.select(_as_text(lazy.collect_schema(), columns)).collect(engine="streaming")
    return _cleaned(texts).with_row_index(ROW, offset=1)


def _as_text(schema: pl.Schema, columns: Sequence[str]) -> list[pl.Expr]:
    """As a CSV would hold it: 3 rather than 3.0, ISO dates."""
    texts = []
    for name in columns:
        kind, column = schema[name], pl.col(name)
        if kind.is_float():
            whole = column == column.floor()
            text = (
                pl.when(whole)
                .then(column.cast(pl.Int64, strict=False).cast(pl.String))
                .otherwise(column.cast(pl.String))
            )
        elif isinstance(kind, pl.Datetime):
            text = column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f%z" if kind.time_zone else "%Y-%m-%dT%H:%M:%S%.f")
        else:
            text = column.cast(pl.String)
        texts.append(text.alias(name))
    return texts


def _separator(path: Path) -> str:
    """The character that parts the header into most cells."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline(1_000_000)
    counts = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in SEPARATORS}
    return max(counts, key=lambda mark: counts[mark])


def _header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in names)
    if not any(columns):
        raise ImportRefused(str(path), "it is empty", "The first row names the columns.")
    # R writes row names without a heading.
    columns = (columns[0] or UNNAMED, *columns[1:])
    for place, name in enumerate(columns, start=1):
        if not name:
            raise ImportRefused(f"{path}, row 1", f"column {place} has no name", "Name it, or remove it.")
        if name.startswith(SIGN):
            raise ImportRefused(f"{path}, row 1", f"“{name}” begins with {SIGN}", "Give it another name.")
        if columns.index(name) != place - 1:
            raise ImportRefused(f"{path}, row 1", f"two columns are called “{name}”", "Give each its own name.")
    return columns


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"{path}, row {_undecodable(path)}", "a character is not UTF-8", "Save the file as “CSV UTF-8”."
        ) from error
    except csv.Error as error:
        raise ImportRefused(
            f"{path}, row {line}", f"the quotation marks do not pair ({error})", "Close or remove the odd one."
        ) from error


def _undecodable(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


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
