"""What the file cannot say and the map leaves open. Asked one by one, or listed all at once; never guessed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.prompt import Prompt

from mooring.catalogue import Instrument
from mooring.catalogue.naming import Target
from mooring.checkins.imports.columns import OPEN, OWN_ORDER, ColumnMap, MeasureMap
from mooring.checkins.imports.declare import READINGS
from mooring.checkins.imports.figures import KINDS


@dataclass(frozen=True)
class Question:
    """One open point, how to settle it on the command line, and what an answer does to the map."""

    text: str
    option: str
    choices: tuple[str, ...]
    answer: Callable[[str], ColumnMap]


def questions(columns: ColumnMap, measures: Mapping[str, Instrument]) -> list[Question]:
    """Everything that is still open, in the order of asking."""
    found = []
    if not columns.person:
        found.append(
            Question(
                "Which column holds each person's code?",
                "--person COLUMN",
                (),
                lambda text: replace(columns, person=text),
            )
        )
    found += _about_time(columns)
    for name, kind in columns.figures.items():
        if kind == OPEN:
            found.append(_about_figure_name(columns, name))
    for entry in columns.measures:
        found += _about_measure(columns, entry, measures[entry.key])
    return found


def offers(columns: ColumnMap, measures: Mapping[str, Instrument]) -> list[str]:
    """Codings and orders that the catalogue knows of such files, where nobody has to be asked about them."""
    found = []
    for entry in columns.measures:
        instrument = measures.get(entry.key)
        codes = {Target.read(text).code for text in entry.columns.values()}
        if instrument is None or not codes & {item.code for item in instrument.items}:
            continue
        if not entry.coding and not any(item.reversed for item in instrument.items):
            found += [
                f"{entry.key}: {one.note} Then add --coding {entry.key}={one.code}." for one in instrument.codings
            ]
        if not entry.order:
            found += [f"{entry.key}: {one.note} Then add --order {entry.key}={one.code}." for one in instrument.orders]
    return list(dict.fromkeys(found))


def _about_time(columns: ColumnMap) -> list[Question]:
    time, found = columns.time, []

    def changed(**change: str) -> ColumnMap:
        return replace(columns, time=replace(time, **change))  # type: ignore[arg-type]

    numbers = any(isinstance(when, int | float) for when in columns.occasions.values())
    if time.reading == OPEN and (columns.shape != "persons" or numbers):
        where = f"the values of “{time.column}”" if time.column else "the numbers of the occasions"
        found.append(
            Question(
                f"How are {where} to be read?",
                "--dates day-first, month-first, iso, days or weeks; single ones with --occasion 1=2024-05-13",
                READINGS,
                lambda text: changed(reading=text),
            )
        )
    if time.reading not in (OPEN, "undated") and columns.shape != "persons" and not time.column:
        text = "Which column holds the dates, or the day or week numbers?"
        found.append(Question(text, "--time COLUMN", (), lambda text: changed(column=text)))
    if time.reading in ("days", "weeks") and not (time.start or time.start_column):
        text = f"The {time.reading} count from which date (YYYY-MM-DD)?"
        found.append(Question(text, "--start DATE", (), lambda text: changed(start=text)))
    if time.reading == "undated" and not time.on:
        text = "No column of dates was found. On which date (YYYY-MM-DD) were the answers given?"
        found.append(Question(text, "--on DATE, or --time COLUMN", (), lambda text: changed(on=text)))
    for label, when in columns.occasions.items():
        if when == OPEN:
            found.append(_about_occasion(columns, label))
    return found


def _about_occasion(columns: ColumnMap, label: str) -> Question:
    def answer(text: str) -> ColumnMap:
        held: str | float = float(text) if text.replace(".", "", 1).lstrip("-").isdigit() else text
        return replace(columns, occasions={**columns.occasions, label: held})

    return Question(
        f"When was occasion “{label}” (its day or week number, or a date)?", f"--occasion {label}=…", (), answer
    )


def _about_figure_name(columns: ColumnMap, name: str) -> Question:
    return Question(
        f"Column “{columns.figure}” names “{name}”: what kind of figure is that?",
        f"in the map: [figures] {name} = …",
        KINDS,
        lambda text: replace(columns, figures={**columns.figures, name: text}),
    )


def _about_measure(columns: ColumnMap, entry: MeasureMap, instrument: Instrument) -> list[Question]:
    found, key = [], entry.key
    targets = [Target.read(text) for text in entry.columns.values()]
    if entry.order == OPEN:
        known = [OWN_ORDER, *(order.code for order in instrument.orders)]
        notes = " ".join(f"“{order.code}”: {order.note}" for order in instrument.orders)
        found.append(
            Question(
                f"{key} is printed in more than one order. Which one do the numbers follow? {notes}",
                f"--order {key}={' or '.join(known)}",
                tuple(known),
                lambda text: columns.with_measure(key, order=text),
            )
        )
    elif entry.keyed in ("", OPEN) and not entry.coding and (turned := _reversed_numbers(targets, instrument)):
        found.append(_about_key(columns, key, instrument, turned))
    if instrument.per_figure and not (columns.figure or entry.figure or all(t.figure for t in targets)):
        found.append(
            Question(
                f"{key} is asked about one person at a time. About whom are these answers?",
                f"--about {key}=partner, or --figure COLUMN",
                KINDS,
                lambda text: columns.with_measure(key, figure=text),
            )
        )
    return found


def _about_key(columns: ColumnMap, key: str, instrument: Instrument, turned: str) -> Question:
    codings = {coding.code: coding for coding in instrument.codings}
    known = "".join(f" Known: “{code}”: {coding.note}" for code, coding in codings.items())

    def answer(text: str) -> ColumnMap:
        if text in codings:
            return columns.with_measure(key, coding=text, keyed="")
        return columns.with_measure(key, keyed=text)

    options = [f"--raw {key}", f"--already-keyed {key}", *(f"--coding {key}={code}" for code in codings)]
    return Question(
        f"{key}: were its reversed items ({turned}) turned before they came into this file? raw: as the person"
        f" ticked them. already: turned.{known}",
        " or ".join(options),
        ("raw", "already", *codings),
        answer,
    )


def _reversed_numbers(targets: list[Target], instrument: Instrument) -> str:
    """The numbers of the reversed items that the file holds; empty when there are none."""
    codes = {target.code for target in targets}
    numbered = any(code.isdigit() for code in codes)
    found = [item for item in instrument.items if item.reversed and (numbered or item.code in codes)]
    return ", ".join(str(item.number) for item in found)


def at_the_keyboard(console: Console) -> Callable[[str, Sequence[str]], str] | None:
    """Puts a question to whoever runs the command; None when nobody sits there."""
    if not sys.stdin.isatty():
        return None

    def ask(text: str, choices: Sequence[str]) -> str:
        console.print(f"\n{text}", markup=False, highlight=False)
        return Prompt.ask(">", choices=list(choices) or None, console=console)

    return ask
