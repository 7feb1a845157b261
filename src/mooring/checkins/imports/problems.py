"""What is wrong with a file: one row a problem, with its place in the file and the mend."""

from collections.abc import Sequence

import polars as pl

from mooring.checkins.imports.names import ROW

SCHEMA = {
    "row": pl.UInt32,  # as an editor counts the lines, the header being 1; null: the whole column or file
    "column": pl.String,
    "value": pl.String,
    "wrong": pl.String,
    "mend": pl.String,
}


def none() -> pl.DataFrame:
    """No problem."""
    return pl.DataFrame(schema=SCHEMA)


def one(column: str, wrong: str, mend: str, *, row: int | None = None, value: str | None = None) -> pl.DataFrame:
    """A single problem."""
    return pl.DataFrame([(row, column, value, wrong, mend)], schema=SCHEMA, orient="row")


def of(
    rows: pl.DataFrame, column: str | pl.Expr, value: pl.Expr, wrong: str | pl.Expr, mend: str | pl.Expr
) -> pl.DataFrame:
    """One problem for each of these rows, which carry their number in ROW."""
    return rows.select(
        pl.col(ROW).cast(pl.UInt32).alias("row"),
        _text(column).alias("column"),
        value.cast(pl.String).alias("value"),
        _text(wrong).alias("wrong"),
        _text(mend).alias("mend"),
    )


def together(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All of them in the file's order; what concerns a whole column comes first."""
    every = pl.concat([none(), *found]).unique(maintain_order=True)
    return every.sort("row", "column", nulls_last=False, maintain_order=True)


def _text(given: str | pl.Expr) -> pl.Expr:
    return pl.lit(given) if isinstance(given, str) else given
