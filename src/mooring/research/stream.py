"""Pieces in, one table out: worked on ahead of the writing, written whole or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.io.plugins import register_io_source

from mooring.kit.refused import Refused
from mooring.research.whole import written_whole

SUFFIXES = (".csv", ".parquet")
AHEAD = 2
"""Pieces worked on at once, while another one is read."""
Given = TypeVar("Given")
Made = TypeVar("Made")


def ahead(pieces: Iterable[Given], work: Callable[[Given], Made]) -> Iterator[tuple[Given, Made]]:
    """Each piece with what was made of it, in order: the next ones are read and worked on while this one is written."""
    with ThreadPoolExecutor(AHEAD) as pool:
        waiting: deque[tuple[Given, Future[Made]]] = deque()
        for piece in pieces:
            waiting.append((piece, pool.submit(work, piece)))
            if len(waiting) > AHEAD:
                first, made = waiting.popleft()
                yield first, made.result()
        while waiting:
            first, made = waiting.popleft()
            yield first, made.result()


def require_table(out: Path) -> None:
    """Raises Refused for a suffix that is no table's."""
    if out.suffix.lower() not in SUFFIXES:
        raise Refused("--out", f"“{out.suffix}” is not a kind of table", f"Name it with {' or '.join(SUFFIXES)}.")


def write(out: Path, schema: pl.Schema, frames: Iterator[pl.DataFrame]) -> None:
    """All frames into ``out``, CSV or Parquet by its suffix. What they raise is raised, and then nothing is written."""
    failed: list[BaseException] = []

    def following(*_: object) -> Iterator[pl.DataFrame]:
        try:
            yield from frames
        except BaseException as error:
            failed.append(error)
            raise

    with written_whole(out) as part:
        lazy = register_io_source(following, schema=schema)
        try:
            if out.suffix.lower() == ".csv":
                lazy.sink_csv(part)
            else:
                lazy.sink_parquet(part)
        except pl.exceptions.PolarsError as error:
            raise (failed[0] if failed else error) from None
