"""Rows of results into CSV, Parquet or JSON, by the suffix; whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from mooring.kit.refused import Refused
from mooring.research.whole import require_apart, written_whole
from mooring.research.whole import require_places as require_each

SUFFIXES = (".csv", ".parquet", ".json")
DIGITS = 10
"""Of a number in a table; more would differ between machines and tell nothing."""


def require_places(outputs: Iterable[tuple[str, Path | None]], read: Path, *, overwrite: bool) -> None:
    """Of each option that was given: raises Refused for another suffix, for the place of `read` or of another one,
    and as :func:`require_free`."""
    named = [(option, path) for option, path in outputs if path is not None]
    for option, path in named:
        if path.suffix.lower() not in SUFFIXES:
            raise Refused(option, f"“{path.suffix}” is not a kind of table", f"Name it with {', '.join(SUFFIXES)}.")
    require_each(named, overwrite=overwrite)
    for option, path in named:
        require_apart(path, read, option=option)


def write(rows: pl.DataFrame, summary: Mapping[str, Any], path: Path) -> None:
    """The rows; JSON holds the summary too. What is not known is empty, or null."""
    rows = rows.fill_nan(None).with_columns(pl.selectors.float().round_sig_figs(DIGITS))
    with written_whole(path) as part:
        if path.suffix.lower() == ".csv":
            rows.write_csv(part)
        elif path.suffix.lower() == ".parquet":
            rows.write_parquet(part)
        else:
            whole = {**summary, "rows": rows.to_dicts()}
            part.write_text(json.dumps(_plain(whole), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """What JSON can hold: nan is null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
