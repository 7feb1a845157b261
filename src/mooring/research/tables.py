"""A table in a file: CSV, Parquet (one file or a folder of parts) or SPSS, read in pieces of a few thousand rows.

Text cells are stripped and empty ones are null; the numbers of Parquet and SPSS stay numbers. What an SPSS file itself
declares as missing is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

import polars as pl

from mooring.kit.records import header, records, require_utf8, separator_of, start_of
from mooring.kit.refused import Refused

Kind = Literal["csv", "parquet", "spss"]
ROWS = 250_000
"""Of a piece of Parquet; text takes more room, so its pieces are smaller."""
TEXT_ROWS = 50_000
SPSS_STARTS = (b"$FL2", b"$FL3")


@dataclass(frozen=True)
class Piece:
    """Some rows of a table."""

    frame: pl.DataFrame
    places: pl.Series
    """Of each row: the line in a CSV file (the header is 1), else the number of the row from 1."""
    file: str


@dataclass(frozen=True)
class Table:
    """A table that can be read, several times if need be."""

    path: Path
    kind: Kind
    parts: tuple[Path, ...]
    columns: tuple[str, ...]
    separator: str = ""

    def pieces(self, names: Sequence[str] | None = None) -> Iterator[Piece]:
        """These columns of every row, in the order of the file. Raises Refused for a row that cannot be read."""
        wanted = list(self.columns if names is None else names)
        if self.kind == "csv":
            yield from _csv(self, wanted)
        elif self.kind == "spss":
            yield from _spss(self, wanted)
        else:
            for part in self.parts:
                yield from _parquet(part, wanted)

    @cached_property
    def schema(self) -> pl.Schema:
        """The kinds of the columns, as :meth:`pieces` gives them."""
        if self.kind == "csv":
            return pl.Schema(dict.fromkeys(self.columns, pl.String()))
        if self.kind == "parquet":
            return pl.scan_parquet(self.parts[0]).collect_schema()
        return next(self.pieces()).frame.schema

    @cached_property
    def rows(self) -> int | None:
        """How many there are; None where only reading it all would tell."""
        if self.kind != "parquet":
            return None
        return sum(int(pl.scan_parquet(part).select(pl.len()).collect().item()) for part in self.parts)


def open_table(path: Path) -> Table:
    """Look at a file or a folder of Parquet files. Raises Refused when it holds no table."""
    if path.is_dir():
        parts = tuple(sorted(path.glob("*.parquet")))
        if not parts:
            raise Refused(str(path), "there is no file *.parquet in it", "Give the folder of the parts.")
        return Table(path, "parquet", parts, _same_columns(parts))
    start = start_of(path)
    if start == b"PAR1":
        return Table(path, "parquet", (path,), _parquet_columns(path))
    if start in SPSS_STARTS:
        return Table(path, "spss", (path,), _spss_columns(path))
    require_utf8(path)
    separator = separator_of(path)
    rows = records(path, separator)
    columns = header(path, next(rows, (1, []))[1])
    if next(rows, None) is None:
        raise Refused(str(path), "there is no row after the header", "Is it the right file?")
    return Table(path, "csv", (path,), columns, separator)


def _csv(table: Table, names: Sequence[str]) -> Iterator[Piece]:
    places, width = [table.columns.index(name) for name in names], len(table.columns)
    following = records(table.path, table.separator)
    next(following)
    while chunk := list(islice(following, TEXT_ROWS)):
        rows = [(line, cells) for line, cells in chunk if cells]
        for line, cells in rows:
            if len(cells) != width:
                raise Refused(
                    f"{table.path}, row {line}",
                    f"{len(cells)} cells where the header has {width}",
                    "Is a cell cut off, or a separator inside one that is not quoted?",
                )
        texts = {name: [cells[place] for _, cells in rows] for name, place in zip(names, places, strict=True)}
        frame = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String))
        lines = pl.Series([line for line, _ in rows], dtype=pl.Int64)
        yield Piece(_stripped(frame), lines, str(table.path))


def _stripped(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    stripped = frame.with_columns(pl.col(texts).str.strip_chars()) if texts else frame
    return stripped.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)) for name in texts)


def _parquet_columns(path: Path) -> tuple[str, ...]:
    try:
        schema = pl.scan_parquet(path).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refused(str(path), f"it is not a Parquet file that can be read ({error})", "Write it anew.") from error
    nested = [name for name, kind in schema.items() if kind.is_nested()]
    if nested:
        raise Refused(str(path), f"column “{nested[0]}” holds lists or records", "Give one value a cell.")
    return tuple(schema)


def _same_columns(parts: Sequence[Path]) -> tuple[str, ...]:
    columns = _parquet_columns(parts[0])
    for part in parts[1:]:
        other = _parquet_columns(part)
        if other != columns:
            strange = sorted(set(columns) ^ set(other)) or ["their order"]
            raise Refused(
                str(part), f"its columns are not those of {parts[0].name} ({strange[0]})", "Write the parts alike."
            )
    return columns


def _parquet(path: Path, names: Sequence[str]) -> Iterator[Piece]:
    lazy = pl.scan_parquet(path).select(names)
    try:
        count = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        for first in range(0, count, ROWS):
            frame = lazy.slice(first, ROWS).collect()
            yield Piece(_stripped(frame), pl.int_range(first + 1, first + frame.height + 1, eager=True), str(path))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Refused(str(path), f"it cannot be read ({error})", "Write it anew.") from error


def _spss_columns(path: Path) -> tuple[str, ...]:
    reader = _pyreadstat(path)
    try:
        _, about = reader.read_sav(path, metadataonly=True, output_format="polars")
    except reader.ReadstatError as error:
        raise Refused(str(path), f"it is not an SPSS file that can be read ({error})", "Save it anew.") from error
    return tuple(about.column_names)


def _spss(table: Table, names: Sequence[str]) -> Iterator[Piece]:
    reader = _pyreadstat(table.path)
    first = 0
    chunks = reader.read_file_in_chunks(
        reader.read_sav, str(table.path), chunksize=TEXT_ROWS, usecols=list(names), output_format="polars"
    )
    try:
        for frame, _ in chunks:
            rows = pl.int_range(first + 1, first + frame.height + 1, eager=True)
            yield Piece(_stripped(frame.select(names)), rows, str(table.path))
            first += frame.height
    except reader.ReadstatError as error:
        raise Refused(str(table.path), f"it breaks off ({error})", "Save it anew.") from error


def _pyreadstat(path: Path):  # type: ignore[no-untyped-def]
    try:
        import pyreadstat
    except ImportError:
        raise Refused(
            str(path), "SPSS files need one more library", "pip install 'mooring[spss]', or save it as CSV."
        ) from None
    return pyreadstat
