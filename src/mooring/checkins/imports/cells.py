"""From text cells to blocks: each measure's rows with its values as numbers, and everything wrong with a cell.

A block's frame has ROW, PERSON, AT, WHEN, FIGURE, LABEL, REPLICATE and one column of numbers a slot (null:
no answer). It holds only rows that can be used; the others are among the problems.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mooring.checkins.imports import problems
from mooring.checkins.imports.columns import AnswerColumns, ColumnMap
from mooring.checkins.imports.doubles import settle_answers, settle_occasions
from mooring.checkins.imports.figures import is_figure
from mooring.checkins.imports.names import AT, CODE, FIGURE, LABEL, NUMBER, PERSON, ROW, WHEN
from mooring.checkins.imports.options import Duplicates
from mooring.checkins.imports.parts import Part, Slot
from mooring.checkins.imports.read import Source, read
from mooring.checkins.imports.times import Calendar, labelled, moments

LONGEST_CODE = 64  # people.Client.code
TEXT, LOW, HIGH, TURN = "text", "low", "high", "turn"
PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
DECIMAL_COMMA = r"^([+-]?\d+),(\d+)$"
# Line ends, NUL, zero widths, changes of direction: two codes that look alike would be two people.
UNSEEN = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
# Two words without a digit: "Anna Schmidt", "Schmidt, Anna".
NAME = r"^\p{L}[\p{L}.'’-]*,? +\p{L}[^\d]*$"


@dataclass(frozen=True)
class Unfolded:
    """The whole file, set in blocks."""

    blocks: Sequence[tuple[Part, pl.DataFrame]]
    problems: pl.DataFrame
    repeated: int
    """Rows or answers that say once more, and alike, what an earlier one said."""
    decimal_commas: int


@dataclass(frozen=True)
class Reader:
    """What unfolding a file depends on."""

    columns: ColumnMap
    parts: Sequence[Part]
    calendar: Calendar
    prefix: str
    duplicates: Duplicates


def unfold(source: Source, reader: Reader) -> Unfolded:
    """Read every row and judge every mapped cell."""
    columns = reader.columns
    frame, misfits = read(source, _needed(reader))
    values = _value_columns(reader)
    frame = frame.filter(pl.any_horizontal(pl.col(values).is_not_null()))
    commas = int(frame.select(pl.sum_horizontal(pl.col(values).str.contains(DECIMAL_COMMA).sum())).item() or 0)
    frame, wrong_people = _people(frame, columns.person, reader.prefix)
    found = [misfits, wrong_people]
    if columns.shape != "persons":
        frame, wrong_times = moments(frame, columns, reader.calendar)
        found.append(wrong_times)
    frame, wrong_figures = _figures(frame, reader)
    found.append(wrong_figures)
    if columns.shape == "answers":
        found.append(_unknown_items(frame, reader))
    blocks, repeated = [], 0
    for part in reader.parts:
        block, wrong, again = _answers(frame, part, reader) if columns.answers else _occasions(frame, part, reader)
        blocks.append((part, block))
        found += wrong
        repeated += again
    return Unfolded(blocks, problems.together(found), repeated, commas)


def numbers(text: pl.Expr) -> pl.Expr:
    """Text as numbers, with a decimal point or comma; null where it is neither."""
    plain = text.str.replace(DECIMAL_COMMA, "$1.$2")
    return pl.when(plain.str.contains(PLAIN)).then(plain.cast(pl.Float64, strict=False))


def _needed(reader: Reader) -> list[str]:
    columns, time = reader.columns, reader.columns.time
    names = [columns.person, columns.figure, time.column, time.start_column, *_value_columns(reader)]
    if columns.answers is not None:
        names += [columns.answers.item, columns.answers.measure]
    return [name for name in dict.fromkeys(names) if name]


def _value_columns(reader: Reader) -> list[str]:
    if reader.columns.answers is not None:
        return [reader.columns.answers.value]
    return list(dict.fromkeys(name for part in reader.parts for cells in part.columns.values() for name in cells))


def _people(frame: pl.DataFrame, column: str, prefix: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    code = pl.col(column)
    long = code.str.len_chars() > LONGEST_CODE - len(prefix)
    named = code.str.contains(NAME) | code.str.contains("@")
    unseen = (pl.lit(prefix) + code).str.contains(UNSEEN)
    mend = "Put the person's code, or remove the row."
    found = [
        problems.of(frame.filter(code.is_null()), column, code, "no person", mend),
        # What may be a name is left out: a list of problems travels.
        problems.of(
            frame.filter(long), column, pl.lit(None), "the code is too long", f"Keep it to {LONGEST_CODE} characters."
        ),
        problems.of(
            frame.filter(named),
            column,
            pl.lit(None),
            "looks like a name or an address",
            "Put codes in place of names: codes stand in logs and files.",
        ),
    ]
    found.append(
        problems.of(
            frame.filter(unseen),
            column,
            code.str.replace_all(UNSEEN, "�"),
            "holds a character that cannot be seen",
            "Write the code anew, in one line; only letters, digits and signs stay the same everywhere.",
        )
    )
    kept = frame.with_columns(pl.when(~long & ~named & ~unseen).then(pl.lit(prefix) + code).alias(PERSON))
    return kept, pl.concat(found)


def _figures(frame: pl.DataFrame, reader: Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """FIGURE from the figure column; wrong only where a measure needs it."""
    column = reader.columns.figure
    if not column:
        return frame.with_columns(pl.lit("").alias(FIGURE)), problems.none()
    known = dict(reader.columns.figures)
    known |= {name: name for name in frame[column].drop_nulls().unique() if name not in known and is_figure(name)}
    frame = frame.with_columns(pl.col(column).replace_strict(known, default=None, return_dtype=pl.String).alias(FIGURE))
    needing = [_concerns(part, reader.columns) for part in reader.parts if _by_column(part, reader.columns)]
    if not needing:
        return frame, problems.none()
    rows, value = frame.filter(pl.any_horizontal(needing)), pl.col(column)
    unknown = value.is_not_null() & pl.col(FIGURE).is_null()
    return frame, pl.concat(
        [
            problems.of(rows.filter(value.is_null()), column, value, "nobody named", "Say about whom the answers are."),
            problems.of(
                rows.filter(unknown), column, value, "unknown figure", "Say in the map under [figures] of what kind."
            ),
        ]
    )


def _concerns(part: Part, columns: ColumnMap) -> pl.Expr:
    """Rows that hold an answer to this part."""
    if columns.answers is not None:
        return _of_part(part, columns.answers).fill_null(False)
    return pl.any_horizontal([pl.col(name).is_not_null() for cells in part.columns.values() for name in cells])


def _by_column(part: Part, columns: ColumnMap) -> bool:
    return bool(columns.figure) and part.instrument.per_figure and not part.figure


def _figure(part: Part, columns: ColumnMap) -> pl.Expr:
    return (pl.col(FIGURE) if _by_column(part, columns) else pl.lit(part.figure)).alias(FIGURE)


def _occasions(frame: pl.DataFrame, part: Part, reader: Reader) -> tuple[pl.DataFrame, list[pl.DataFrame], int]:
    """Blocks of a part whose slots have a column each."""
    found, blocks = [], []
    for label, cells in part.columns.items():
        rows = frame
        answered = pl.any_horizontal(pl.col(list(cells)).is_not_null())
        if label:
            rows, wrong = labelled(
                rows.filter(answered), reader.columns.occasions[label], reader.columns, reader.calendar
            )
            found.append(wrong)
        series = {}
        for name, code in cells.items():
            slot = next(slot for slot in part.slots if slot.code == code)
            texts = rows.select(
                ROW,
                pl.col(name).alias(TEXT),
                pl.lit(slot.minimum).alias(LOW),
                pl.lit(slot.maximum).alias(HIGH),
                pl.lit(code in part.turned).alias(TURN),
            )
            series[code], wrong = _judged(texts, name, part)
            found.append(wrong)
        none = {slot.code: pl.Series([None] * rows.height, dtype=pl.Float64) for slot in part.slots}
        numbered = [(series | {c: s for c, s in none.items() if c not in series})[c].alias(c) for c in part.codes]
        place = rows.select(ROW, PERSON, AT, WHEN, _figure(part, reader.columns), pl.lit(label).alias(LABEL))
        blocks.append(place.hstack(numbered).filter(_usable(part.codes)))
    settled = settle_occasions(pl.concat(blocks), part, reader.duplicates)
    return settled.blocks, [*found, settled.problems], settled.repeated


def _answers(frame: pl.DataFrame, part: Part, reader: Reader) -> tuple[pl.DataFrame, list[pl.DataFrame], int]:
    """Blocks of a part whose rows are single answers."""
    answers = reader.columns.answers
    assert answers is not None
    slots = {slot.code: slot for slot in part.slots}
    items = part.columns[""]
    rows = frame.filter(_of_part(part, answers)).with_columns(
        pl.col(answers.item).replace_strict(items, default=None).alias(CODE)
        if answers.item
        else pl.lit(part.slots[0].code).alias(CODE)
    )
    texts = rows.select(
        ROW,
        pl.col(answers.value).alias(TEXT),
        _by_code(slots, "minimum").alias(LOW),
        _by_code(slots, "maximum").alias(HIGH),
        pl.col(CODE).is_in(list(part.turned)).alias(TURN),
    )
    values, wrong = _judged(texts, answers.value, part)
    place = rows.select(ROW, PERSON, AT, WHEN, _figure(part, reader.columns), pl.lit("").alias(LABEL), CODE)
    long = place.with_columns(values.alias(NUMBER)).filter(_usable([NUMBER]))
    settled = settle_answers(long, part, answers.value, reader.duplicates)
    return settled.blocks, [wrong, settled.problems], settled.repeated


def _of_part(part: Part, answers: AnswerColumns) -> pl.Expr:
    mine = pl.lit(True)
    if answers.measure and part.entry.named:
        mine = pl.col(answers.measure) == part.entry.named
    if answers.item:
        mine &= pl.col(answers.item).is_in(list(part.columns[""]))
    return mine


def _unknown_items(frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    """Answers that no part of the map takes."""
    answers = reader.columns.answers
    assert answers is not None
    known = pl.any_horizontal([_of_part(part, answers).fill_null(False) for part in reader.parts])
    rows = frame.filter(~known)
    column = answers.item or answers.measure
    if not column:
        return problems.none()
    return problems.of(rows, column, pl.col(column), "unknown item", "Add it to the map, or remove the row.")


def _by_code(slots: dict[str, Slot], what: str) -> pl.Expr:
    return pl.col(CODE).replace_strict(
        {code: getattr(slot, what) for code, slot in slots.items()}, default=None, return_dtype=pl.Float64
    )


def _usable(codes: Sequence[str]) -> pl.Expr:
    placed = pl.col(PERSON).is_not_null() & pl.col(AT).is_not_null() & pl.col(FIGURE).is_not_null()
    return placed & pl.any_horizontal(pl.col(list(codes)).is_not_null())


def _judged(texts: pl.DataFrame, column: str, part: Part) -> tuple[pl.Series, pl.DataFrame]:
    """Texts as numbers (null: missing or unusable), turned back where the coding says so, and what is wrong."""
    value = numbers(pl.col(TEXT))
    codes = [float(code) for code in part.missing if re.fullmatch(r"[+-]?\d+(\.\d+)?", code)]
    rows = texts.with_columns(value.alias(NUMBER)).with_columns(
        (
            pl.col(TEXT).is_null()
            | pl.col(TEXT).is_in(list(part.missing))
            | pl.col(NUMBER).is_in(codes).fill_null(False)
        ).alias("missing")
    )
    given, number = ~pl.col("missing"), pl.col(NUMBER)
    broken = given & number.is_null()
    outside = given & ((number < pl.col(LOW)) | (number > pl.col(HIGH)))
    halved = given & ~outside & (number != number.floor()) & pl.lit(not part.totals)
    bounds = pl.format("outside {} to {}", _plain(LOW), _plain(HIGH))
    code = pl.format("Correct it; if {} stands for a missing answer, add --missing {}=", TEXT, pl.lit(part.key))
    text = pl.col(TEXT)
    found = [
        problems.of(rows.filter(broken), column, text, "not a number", code + text + "."),
        problems.of(rows.filter(outside), column, text, bounds, _mend_range(part)),
        problems.of(
            rows.filter(halved),
            column,
            text,
            "not one of the answers",
            "Give a whole number; an estimated answer is no answer: leave the cell empty.",
        ),
    ]
    good = given & ~outside & ~halved
    kept = pl.when(good & pl.col(TURN)).then(pl.col(LOW) + pl.col(HIGH) - number).when(good).then(number)
    return rows.select(kept.alias(NUMBER)).to_series(), pl.concat(found)


def _plain(column: str) -> pl.Expr:
    """A bound as people write it: 3 rather than 3.0."""
    bound = pl.col(column)
    whole = bound.cast(pl.Int64, strict=False)
    return pl.when(bound == whole).then(whole.cast(pl.String)).otherwise(bound.cast(pl.String))


def _mend_range(part: Part) -> str:
    return (
        f"Correct it; if it stands for a missing answer, declare it with --missing {part.key}=CODE;"
        f" if the answers have another range, with --range {part.key}=MIN:MAX."
    )
