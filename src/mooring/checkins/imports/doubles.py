"""What a file says twice about one person, measure, figure and time: dropped where alike, listed where not."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mooring.checkins.imports import problems
from mooring.checkins.imports.names import AT, CODE, FIGURE, LABEL, NUMBER, PERSON, REPLICATE, ROW, WHEN
from mooring.checkins.imports.options import Duplicates
from mooring.checkins.imports.parts import Part

IDENTITY = [PERSON, WHEN, FIGURE]
OTHER = "§row of the first"
MEND = "Correct the file, or decide for all of them: --duplicates first, last, or separate (both were given)."


@dataclass(frozen=True)
class Settled:
    blocks: pl.DataFrame
    problems: pl.DataFrame
    repeated: int


def settle_occasions(blocks: pl.DataFrame, part: Part, decision: Duplicates) -> Settled:
    """One row an occasion, or several numbered ones where the file's owner says that both were given."""
    codes = list(part.codes)
    once = blocks.unique([*IDENTITY, *codes], keep="first", maintain_order=True)
    repeated = blocks.height - once.height
    numbered = once.with_columns(_number_within(IDENTITY))
    wrong = problems.none()
    if decision == "stop" and (numbered[REPLICATE] > 0).any():
        wrong = _contradictions(numbered, part)
    return Settled(_decided(numbered, IDENTITY, decision), wrong, repeated)


def settle_answers(answers: pl.DataFrame, part: Part, column: str, decision: Duplicates) -> Settled:
    """Single answers gathered into one row an occasion, each item once."""
    single = [*IDENTITY, CODE]
    once = answers.unique([*single, NUMBER], keep="first", maintain_order=True)
    repeated = answers.height - once.height
    numbered = once.with_columns(_number_within(single))
    again = numbered.filter(pl.col(REPLICATE) > 0)
    wrong = problems.none()
    if decision == "stop" and not again.is_empty():
        first = numbered.filter(pl.col(REPLICATE) == 0).select(*single, pl.col(ROW).alias(OTHER))
        rows = again.join(first, on=single, how="left", maintain_order="left")
        wrong = problems.of(rows, column, _shown(NUMBER), _says(pl.col(CODE), part), MEND)
    decided = _decided(numbered, single, decision)
    index = [*IDENTITY, REPLICATE]
    placed = decided.group_by(index, maintain_order=True).agg(pl.col(ROW).min(), pl.col(AT, LABEL).first())
    wide = decided.pivot(CODE, index=index, values=NUMBER, aggregate_function="first", maintain_order=True)
    absent = [pl.lit(None, pl.Float64).alias(code) for code in part.codes if code not in wide.columns]
    joined = placed.join(wide.with_columns(absent), on=index, how="left", maintain_order="left")
    return Settled(joined.select(ROW, PERSON, AT, WHEN, FIGURE, LABEL, *part.codes, REPLICATE), wrong, repeated)


def _number_within(identity: Sequence[str]) -> pl.Expr:
    return pl.int_range(pl.len()).over(identity).cast(pl.UInt16).alias(REPLICATE)


def _decided(numbered: pl.DataFrame, identity: Sequence[str], decision: Duplicates) -> pl.DataFrame:
    if decision == "separate":
        return numbered
    last = pl.col(REPLICATE).max().over(identity)
    kept = pl.col(REPLICATE) == last if decision == "last" else pl.col(REPLICATE) == 0
    return numbered.filter(kept).with_columns(pl.lit(0, pl.UInt16).alias(REPLICATE))


def _contradictions(numbered: pl.DataFrame, part: Part) -> pl.DataFrame:
    """Each cell that differs from the first row of the same occasion."""
    codes = list(part.codes)
    first = numbered.filter(pl.col(REPLICATE) == 0).select(
        *IDENTITY, pl.col(ROW).alias(OTHER), *(pl.col(code).alias(f"{code} before") for code in codes)
    )
    later = numbered.filter(pl.col(REPLICATE) > 0)
    rows = later.join(first, on=IDENTITY, how="left", maintain_order="left")
    found = []
    for label, cells in part.columns.items():
        for name, code in cells.items():
            differs = pl.col(code).ne_missing(pl.col(f"{code} before")) & (pl.col(LABEL) == label)
            found.append(problems.of(rows.filter(differs), name, _shown(code), _says(pl.lit(code), part), MEND))
    return pl.concat([problems.none(), *found])


def _says(code: pl.Expr, part: Part) -> pl.Expr:
    return pl.format(
        "another value of {} than in row {}, for the same person and time ({})",
        pl.lit(f"{part.key} ") + code,
        pl.col(OTHER),
        pl.col(WHEN),
    )


def _shown(column: str) -> pl.Expr:
    number = pl.col(column)
    whole = number.cast(pl.Int64, strict=False)
    return pl.when(number == whole).then(whole.cast(pl.String)).otherwise(number.cast(pl.String)).fill_null("(empty)")
