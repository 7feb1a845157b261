"""Which column of a table holds which item: by the item's number or code, or as it was said on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mooring.catalogue import FULL, Instrument, Item
from mooring.catalogue.naming import Names, read_together
from mooring.kit.refused import Refused

OWN_ORDER = "own"
SHOWN = 12
"""So many names are listed in a message before it says how many more there are."""


@dataclass(frozen=True)
class Said:
    """What was said about columns; empty where nothing was."""

    columns: tuple[str, ...] = ()
    """Columns in the order of the items on the form at hand."""
    mapped: tuple[str, ...] = ()
    """ "COLUMN=ITEM", ITEM a number or a code."""
    order: str = ""
    """In which order the items are numbered: "own", or one of the measure's other orders."""
    form: str = ""
    """Which items were asked: all, where nothing is said, unless the columns are another form's by code."""


@dataclass(frozen=True)
class Bound:
    """Columns and their items, in the measure's own order."""

    form: str
    items: tuple[Item, ...]
    columns: tuple[str, ...]
    others: tuple[str, ...]
    """Columns of the table that hold no answer: row numbers, ages, groups."""


def bind(columns: Sequence[str], instrument: Instrument, said: Said, file: str = "the file") -> Bound:
    """Each item's column. Raises Refused, which lists what was found, when one is missing or can be several."""
    if not instrument.items:
        raise Refused(instrument.key, "it has no items, only totals", "Choose a measure with items.")
    if said.form and said.form not in instrument.forms:
        raise Refused(
            "--form", f"{instrument.key} has no “{said.form}”", f"It has {', '.join(instrument.forms) or FULL}."
        )
    found = _given(columns, instrument, said, file)
    form = said.form or _form(instrument, found.values())
    asked = instrument.forms[form].items if form in instrument.forms else tuple(i.code for i in instrument.items)
    missing = [code for code in asked if code not in found.values()]
    if missing:
        raise Refused(file, _lacking(instrument, found, missing, columns), _mend(instrument))
    chosen = {code: column for column, code in found.items() if code in set(asked)}
    items = tuple(item for item in instrument.items if item.code in chosen)
    return Bound(
        form,
        items,
        tuple(chosen[item.code] for item in items),
        tuple(name for name in columns if name not in chosen.values()),
    )


def positions(instrument: Instrument, order: str) -> dict[int, str]:
    """Number on the form at hand → item. Raises Refused for an order that is not known or not confirmed."""
    if order in ("", OWN_ORDER):
        return {item.number: item.code for item in instrument.items}
    known = next((one for one in instrument.orders if one.code == order), None)
    if known is None:
        listed = ", ".join([OWN_ORDER, *(one.code for one in instrument.orders)])
        raise Refused("--order", f"“{order}” is not an order of {instrument.key}", f"Write one of {listed}.")
    if not known.confirmed:
        raise Refused(
            "--order",
            f"no source confirms “{order}” of {instrument.key} ({known.note})",
            "Compare it with the form at hand and give each column its item with --map COLUMN=ITEM.",
        )
    return {known.positions[item.number - 1]: item.code for item in instrument.items}


def _given(columns: Sequence[str], instrument: Instrument, said: Said, file: str) -> dict[str, str]:
    """Column → item."""
    if said.columns and said.mapped:
        raise Refused("--columns and --map", "both were given", "Give one of them.")
    if said.columns:
        return _listed(columns, instrument, said, file)
    if said.mapped:
        return _mapped(columns, instrument, said, file)
    return _guessed(columns, instrument, said, file)


def _listed(columns: Sequence[str], instrument: Instrument, said: Said, file: str) -> dict[str, str]:
    _require(said.columns, columns, "--columns", file)
    placed = positions(instrument, said.order)
    if said.form:
        asked = list(instrument.forms[said.form].items)
    else:
        asked = [placed[place] for place in sorted(placed)]
    if len(said.columns) != len(asked):
        raise Refused(
            "--columns",
            f"{len(said.columns)} columns for the {len(asked)} items of {instrument.key}",
            "Name one column for each item, in the order of the form at hand.",
        )
    return dict(zip(said.columns, asked, strict=True))


def _mapped(columns: Sequence[str], instrument: Instrument, said: Said, file: str) -> dict[str, str]:
    placed, codes = positions(instrument, said.order), {item.code for item in instrument.items}
    found: dict[str, str] = {}
    for text in said.mapped:
        column, mark, item = (part.strip() for part in text.rpartition("="))
        code = placed.get(int(item), "") if item.isdecimal() else item
        if not mark or code not in codes:
            raise Refused(f"--map {text}", f"“{item}” is no item of {instrument.key}", "Write COLUMN=NUMBER.")
        if column in found or code in found.values():
            raise Refused(f"--map {text}", "the column or the item stands there twice", "Map each once.")
        found[column] = code
    _require(found, columns, "--map", file)
    return found


def _require(named: Iterable[str], columns: Sequence[str], option: str, file: str) -> None:
    seen: set[str] = set()
    for name in named:
        if name not in columns:
            raise Refused(option, f"{file} has no column “{name}”", f"It has {listed(columns)}.")
        if name in seen:
            raise Refused(option, f"“{name}” stands there twice", "Name each column once.")
        seen.add(name)


def _guessed(columns: Sequence[str], instrument: Instrument, said: Said, file: str) -> dict[str, str]:
    reader = Names({instrument.key: instrument})
    read = {name: one for name, one in read_together(columns, reader).items() if reader.is_item(one)}
    numbers: set[int] = {one.numbered for one in read.values() if one.numbered is not None}
    if numbers and not said.order and _may_differ(instrument, numbers):
        known = ", ".join([OWN_ORDER, *(order.code for order in instrument.orders)])
        raise Refused(
            file,
            f"{instrument.key} is printed in several orders, and its columns go by number",
            f"Say which it is: --order {known.replace(', ', ' or --order ')}.",
        )
    placed = positions(instrument, said.order)
    found: dict[str, str] = {}
    for name, one in read.items():
        code = placed.get(one.numbered, "") if one.numbered is not None else one.target.code
        if code:
            found[name] = code
    _require_single(found, file)
    _require_no_more(columns, [name for name in found if read[name].numbered is not None], instrument, file)
    return found


def _may_differ(instrument: Instrument, numbers: set[int]) -> bool:
    """Whether those numbers can be places in more than one order of the measure."""
    own = numbers <= {item.number for item in instrument.items}
    others = [order for order in instrument.orders if numbers <= set(order.positions)]
    return bool(others) and (own or len(others) > 1)


def _require_single(found: Mapping[str, str], file: str) -> None:
    columns: dict[str, list[str]] = {}
    for name, code in found.items():
        columns.setdefault(code, []).append(name)
    double = {code: names for code, names in columns.items() if len(names) > 1}
    if double:
        code, names = next(iter(double.items()))
        more = f", and {len(double) - 1} more items likewise" if len(double) > 1 else ""
        raise Refused(
            file,
            f"{code} could be in any of {listed(names)}{more}",
            "Name the columns: --columns Q1,Q2,… in the order of the items, or --map COLUMN=ITEM for each.",
        )


def _require_no_more(columns: Sequence[str], numbered: Sequence[str], instrument: Instrument, file: str) -> None:
    """Thirty-six columns Q1 to Q36 are not the first twelve of a measure that has twelve items."""
    stems = {name.rstrip("0123456789") for name in numbered}
    beyond = [
        name for name in columns if name not in numbered and name[-1:].isdigit() and name.rstrip("0123456789") in stems
    ]
    if beyond:
        raise Refused(
            file,
            f"{listed(beyond)} go on where {instrument.key} ends, with {len(instrument.items)} items",
            "Is it another measure? Else name the columns of its items: --columns Q1,Q2,…, in their order.",
        )


def _form(instrument: Instrument, found: Iterable[str]) -> str:
    """The form whose items these are, all of them unless they are exactly another one's."""
    given = set(found)
    return next((code for code, form in instrument.forms.items() if code != FULL and set(form.items) == given), FULL)


def _lacking(instrument: Instrument, found: Mapping[str, str], missing: Sequence[str], columns: Sequence[str]) -> str:
    numbers = {item.code: item.number for item in instrument.items}
    absent = listed([f"{code} (number {numbers[code]})" for code in missing])
    if not found:
        return f"no column looks like an item of {instrument.key}; there are {listed(columns)}"
    return f"no column for {absent}; found were {listed([f'{name} for {code}' for name, code in found.items()])}"


def _mend(instrument: Instrument) -> str:
    forms = [code for code in instrument.forms if code != FULL]
    shorter = f" If only those of a form were asked: --form {forms[0]}." if forms else ""
    return (
        "Name the columns: --columns Q1,Q2,… in the order of the items, or --map COLUMN=ITEM for each."
        f"{shorter} Answers to an item that was never asked are not zero."
    )


def listed(names: Sequence[str]) -> str:
    """Names for a message, the first of many."""
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"
