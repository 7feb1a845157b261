"""What was said on the command line, laid over a guessed or given map."""

from dataclasses import replace
from typing import Any, get_args

from mooring.checkins.imports.columns import OPEN, ColumnMap, MeasureMap, Reading, TimeMap
from mooring.checkins.imports.options import Options
from mooring.kit.refused import Refused

READINGS = tuple(word for word in get_args(Reading) if word != "?")


def declare(columns: ColumnMap, options: Options) -> ColumnMap:
    """The map with every option applied; raises Refused for an option that fits nothing in it."""
    occasions = {**columns.occasions, **dict(_occasion(text) for text in options.occasion)}
    time = _time(columns.time, options)
    if time.reading == OPEN and occasions and all(isinstance(at, str) and at != OPEN for at in occasions.values()):
        time = replace(time, reading="iso")
    columns = replace(
        columns,
        person=options.person or columns.person,
        figure=options.figure or columns.figure,
        time=time,
        occasions=occasions,
    )
    for key in options.raw:
        columns = _said(columns, "--raw", key, keyed="raw")
    for key in options.already_keyed:
        columns = _said(columns, "--already-keyed", key, keyed="already")
    for key, text in _pairs("--range", options.range):
        columns = _said(columns, "--range", key, range=_range(key, text))
    for key, text in _pairs("--about", options.about):
        columns = _said(columns, "--about", key, figure=text)
    for key, text in _pairs("--coding", options.coding):
        columns = _said(columns, "--coding", key, coding=text)
    for key, text in _pairs("--order", options.order):
        columns = _said(columns, "--order", key, order=text)
    for key, text in _pairs("--accept-negative", options.accept_negative):
        one = columns.measure(key)
        columns = _said(
            columns, "--accept-negative", key, accept_negative=(*(one.accept_negative if one else ()), text)
        )
    for key, text in _pairs("--rater", options.rater):
        raters = get_args(MeasureMap.__annotations__["rater"])
        if text not in raters:
            raise Refused(f"--rater {key}={text}", "nobody of that kind rates", f"Write {', '.join(raters)}.")
        columns = _said(columns, "--rater", key, rater=text)
    return _missing(columns, options.missing)


def _time(time: TimeMap, options: Options) -> TimeMap:
    if options.dates and options.dates not in READINGS:
        raise Refused(
            f"--dates {options.dates}", "there is no such way to read them", f"Write one of {', '.join(READINGS)}."
        )
    column = options.time or time.column
    reading: Any = options.dates or ("undated" if options.on and not column else time.reading)
    return replace(
        time,
        column="" if reading == "undated" else column,
        reading=reading,
        start=options.start or time.start,
        on=options.on or time.on,
    )


def _missing(columns: ColumnMap, codes: list[str]) -> ColumnMap:
    for text in codes:
        key, equals, code = text.partition("=")
        if not equals:
            columns = replace(columns, missing=(*columns.missing, text))
            continue
        one = columns.measure(key)
        columns = _said(columns, "--missing", key, missing=(*(one.missing if one else ()), code))
    return columns


def _said(columns: ColumnMap, option: str, key: str, **change: Any) -> ColumnMap:
    if columns.measure(key) is None:
        there = ", ".join(dict.fromkeys(one.key for one in columns.measures)) or "no measure at all"
        raise Refused(f"{option} {key}", "the map has no such measure", f"It has {there}.")
    return columns.with_measure(key, **change)


def _pairs(option: str, texts: list[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise Refused(f"{option} {text}", "it does not say for which measure", f"Write {option} MEASURE=….")
        pairs.append((key.strip(), value.strip()))
    return pairs


def _range(key: str, text: str) -> tuple[float, ...]:
    low, _, high = text.partition(":")
    try:
        found = float(low), float(high)
    except ValueError:
        raise Refused(f"--range {key}={text}", "this is no range", f"Write --range {key}=1:5.") from None
    return found


def _occasion(text: str) -> tuple[str, str | int | float]:
    label, equals, when = text.rpartition("=")
    if not (label and equals and when):
        raise Refused(f"--occasion {text}", "it does not say when", "Write --occasion fu1=26 or =2024-05-13.")
    try:
        return label, int(when)
    except ValueError:
        pass
    try:
        return label, float(when)
    except ValueError:
        return label, when
