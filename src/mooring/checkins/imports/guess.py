"""What the columns probably hold, from their names and first values. A guess is shown and confirmed, never trusted."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from mooring.catalogue import Instrument
from mooring.catalogue.naming import STEM, WORDS, Guess, Names, Target, read_together, squashed, words_of
from mooring.checkins.imports.columns import (
    OPEN,
    AnswerColumns,
    ColumnMap,
    Keyed,
    MeasureMap,
    Reading,
    TimeMap,
)

PERSONS = ("person", "client", "patient", "participant", "subject", "code", "pid", "id", "case")
TIMES = (
    "date",
    "datum",
    "answered",
    "day",
    "days",
    "tag",
    "week",
    "weeks",
    "woche",
    "time",
    "session",
    "visit",
    "wave",
)
FIGURE_COLUMNS = ("figure", "about", "target", "relationship", "relation", "whom")
ITEM_COLUMNS = ("item", "question", "variable", "frage")
VALUE_COLUMNS = ("answer", "value", "response", "score", "total", "antwort", "wert")
MEASURE_COLUMNS = ("measure", "scale", "instrument", "questionnaire", "form", "test")
UNNAMED = "unnamed"
WEEK_STEMS, DAY_STEMS = {"w", "wk", "week"}, {"d", "day"}


Whole = Callable[[Sequence[str]], pl.DataFrame]
"""Reads these columns of every row: a sample may not hold every item or figure."""


class Said(NamedTuple):
    """Columns that were named on the command line; empty: not named."""

    person: str = ""
    time: str = ""
    figure: str = ""


def guess(sample: pl.DataFrame, measures: Mapping[str, Instrument], whole: Whole, said: Said) -> ColumnMap:
    """A map for a file of which these are the first rows, with "?" where only a person can know."""
    reader = Names(measures)
    columns = [name for name in sample.columns if name not in said]
    found = read_together(columns, reader)
    person = said.person or _named(columns, PERSONS, found)
    value, measure = _named(columns, VALUE_COLUMNS, {}), _named(columns, MEASURE_COLUMNS, {})
    item = _named(columns, ITEM_COLUMNS, {})
    if value and (item or measure) and len(found) <= 1:
        taken = {person, value, item, measure}
        figure = said.figure or _named(columns, FIGURE_COLUMNS, taken)
        entries = _long(reader, AnswerColumns(value, item, measure), whole)
        time = _time(columns, sample, taken, said.time)
        return ColumnMap(
            "answers",
            person,
            time,
            figure,
            figures=figures_of(figure, whole),
            answers=AnswerColumns(value, item, measure),
            measures=entries,
        )
    entries = measure_maps(found, measures)
    labels = _in_order(Target.read(text).occasion for one in entries for text in one.columns.values())
    if labels:
        occasions, reading = _label_times(labels)
        entries = tuple(_all_placed(one) for one in entries)
        if any(text.endswith(f"@{UNNAMED}") for one in entries for text in one.columns.values()):
            occasions[UNNAMED] = OPEN
        return ColumnMap("persons", person, TimeMap(reading), occasions=occasions, measures=entries)
    figure = said.figure or _named(columns, FIGURE_COLUMNS, found)
    time = _time(columns, sample, {person, figure, *found}, said.time)
    return ColumnMap("occasions", person, time, figure, figures=figures_of(figure, whole), measures=entries)


def _all_placed(entry: MeasureMap) -> MeasureMap:
    """Beside columns of named occasions, a column without one belongs to an occasion that has to be asked for."""
    columns = {
        name: text if Target.read(text).occasion else f"{text}@{UNNAMED}" for name, text in entry.columns.items()
    }
    return replace(entry, columns=columns)


def figures_of(column: str, whole: Whole) -> dict[str, str]:
    """Each figure of that column with its kind, or "?"."""
    if not column:
        return {}
    names = whole([column])[column].drop_nulls().unique(maintain_order=True)
    return {name: WORDS.get(squashed(name), OPEN) for name in names}


def measure_maps(found: Mapping[str, Guess], measures: Mapping[str, Instrument]) -> tuple[MeasureMap, ...]:
    """One entry a measure. Totals beside the items of the same measure are left out: the items say more."""
    entries = []
    for key in _in_order(one.measure for one in found.values()):
        instrument = measures[key]
        own = {name: one for name, one in found.items() if one.measure == key}
        codes = {item.code for item in instrument.items} | {str(one.numbered) for one in own.values()}
        with_items = {(o.target.figure, o.target.occasion) for o in own.values() if o.target.code in codes}
        kept = {
            name: one
            for name, one in own.items()
            if one.target.code in codes or (one.target.figure, one.target.occasion) not in with_items
        }
        order = _order(instrument, kept.values())
        if not order:
            kept = {name: _numbered(one, instrument) for name, one in kept.items()}
        columns = {name: str(one.target) for name, one in kept.items()}
        keyed: Keyed = OPEN if _turns(instrument, kept.values()) else ""
        entries.append(MeasureMap(key, columns, keyed=keyed, order=order))
    return tuple(entries)


def _long(reader: Names, answers: AnswerColumns, whole: Whole) -> tuple[MeasureMap, ...]:
    """Where a row is an answer, the names are read from the cells of the item and measure columns."""
    naming = [name for name in (answers.measure, answers.item) if name]
    found: dict[tuple[str, str], dict[str, Guess]] = {}
    for row in whole(naming).select(naming).unique(maintain_order=True).drop_nulls().iter_rows(named=True):
        named, item = row.get(answers.measure, ""), row.get(answers.item, "")
        one = reader.read_within(named, item) or reader.read(f"{named} {item}") or reader.read(item or named)
        if one is not None:
            found.setdefault((one.measure, named), {})[item] = one
    return tuple(replace(measure_maps(own, reader.measures)[0], named=named) for (_, named), own in found.items())


def _time(columns: Sequence[str], sample: pl.DataFrame, taken: Iterable[str], said: str) -> TimeMap:
    column = said or _named(columns, TIMES, taken)
    if not column:
        return TimeMap("undated")
    return TimeMap(_reading(column, sample[column].drop_nulls()), column)


def _reading(column: str, values: pl.Series) -> Reading:
    """How dates or numbers of that column are to be read; "?" when they could be read in two ways."""
    if values.is_empty():
        return OPEN
    # Most, not all: a mistyped date is a problem of its row, not another way of writing dates.
    most = len(values) / 2
    if values.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}").sum() > most:
        return "iso"
    parts = values.str.extract_groups(r"^([0-9]{1,2})([./-])([0-9]{1,2})[./-][0-9]{4}").struct.unnest()
    first, mark, second = parts.iter_columns()
    if first.is_not_null().sum() > most:
        beyond = [bool((part.cast(pl.Int64) > 12).any()) for part in (first, second)]
        if (mark == ".").any() and not beyond[1]:
            return "day-first"
        return "day-first" if beyond == [True, False] else "month-first" if beyond == [False, True] else OPEN
    words = set(words_of(column))
    if words & {"day", "days", "tag"}:
        return "days"
    return "weeks" if words & {"week", "weeks", "woche"} else OPEN


def _label_times(labels: Sequence[str]) -> tuple[dict[str, str | int | float], Reading]:
    """The numbers that the labels of most columns carry; a rarer kind (fu1) would collide and stays open."""
    parts = {label: STEM.fullmatch(label) for label in labels}
    stems = Counter((m[1] or m[4]) if m else ("" if label.isdigit() else label) for label, m in parts.items())
    usual = stems.most_common(1)[0][0]
    times: dict[str, str | int | float] = {}
    for label, match in parts.items():
        stem, digits = (match[1] or match[4], match[2] or match[3]) if match else ("", label)
        times[label] = int(digits) if stem == usual and digits.isdigit() else OPEN
    return times, "weeks" if usual in WEEK_STEMS else "days" if usual in DAY_STEMS else OPEN


def _order(instrument: Instrument, found: Iterable[Guess]) -> str:
    """Which order numbers stand for: settled where only one fits, open where two do."""
    numbers = {one.numbered for one in found if one.numbered is not None}
    if not instrument.orders or not numbers:
        return ""
    fitting = [order.code for order in instrument.orders if numbers <= set(order.positions)]
    own_fits = numbers <= {item.number for item in instrument.items}
    if own_fits and any(numbers == set(order.positions) for order in instrument.orders):
        return OPEN
    return "" if own_fits else (fitting[0] if fitting else OPEN)


def _numbered(one: Guess, instrument: Instrument) -> Guess:
    """With the item's code in place of its number, where only the measure's own order can be meant."""
    if one.numbered is None:
        return one
    code = instrument.items[one.numbered - 1].code
    return replace(one, target=replace(one.target, code=code), numbered=None)


def _turns(instrument: Instrument, found: Iterable[Guess]) -> bool:
    reversed_ones = {item.code for item in instrument.items if item.reversed}
    return any(one.target.code in reversed_ones or one.numbered for one in found) and bool(reversed_ones)


def _named(columns: Sequence[str], names: Sequence[str], taken: Iterable[str]) -> str:
    """The first column that goes by one of these names, whole names before parts of names."""
    taken = set(taken)
    free = [column for column in columns if column not in taken]
    for name in names:
        for column in free:
            if squashed(column) == name:
                return column
    for name in names:
        for column in free:
            if name in words_of(column):
                return column
    return ""


def _in_order(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]
