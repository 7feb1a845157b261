"""The map set against the measures: parts, each one kind of block, with everything a cell needs to be judged."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from mooring.catalogue import FULL, Instrument, Item
from mooring.catalogue.naming import Target
from mooring.checkins.imports import figures
from mooring.checkins.imports.columns import OWN_ORDER, ColumnMap, MeasureMap
from mooring.kit.refused import Refused


@dataclass(frozen=True)
class Slot:
    """An item or a scale's total, with the range it is given in."""

    code: str
    minimum: float
    maximum: float


@dataclass(frozen=True)
class Part:
    """The blocks of one measure about one figure, as the file holds them."""

    instrument: Instrument
    entry: MeasureMap
    figure: str
    """Kind and number ("friend 2"); empty: the figure column's, or none."""
    slots: tuple[Slot, ...]
    columns: Mapping[str, Mapping[str, str]]
    """Occasion label ("" where rows are dated) → column or item name in the file → slot."""
    totals: bool
    already_keyed: bool
    turned: frozenset[str]
    """Items to turn back before the key applies, as the declared coding says."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes that stand for no answer."""
        return self.entry.missing

    @property
    def key(self) -> str:
        return self.instrument.key

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(slot.code for slot in self.slots)

    @cached_property
    def declared_range(self) -> tuple[float, float] | None:
        """The range of the answers where it is not the key's."""
        if not self.entry.range:
            return None
        declared = (self.entry.range[0], self.entry.range[1])
        own = {(slot_range(self.instrument, code, self.totals)) for code in self.codes}
        return None if own == {declared} else declared

    @cached_property
    def items(self) -> tuple[str, ...]:
        """The items as shown: a form's, so that one without a column counts as missing."""
        given = set(self.codes)
        form = next((form for form in self.instrument.forms.values() if set(form.items) == given), None)
        order = positions(self.instrument, self.entry)
        codes = (form or self.instrument.forms[FULL]).items
        return tuple(sorted(codes, key=lambda code: order[code])) if self.entry.order else codes

    @cached_property
    def reversed(self) -> tuple[Item, ...]:
        given = set(self.codes)
        return tuple(item for item in self.instrument.items if item.reversed and item.code in given)


def parts(columns: ColumnMap, measures: Mapping[str, Instrument], names: Iterable[str]) -> list[Part]:
    """Every part of the map; raises Refused where it contradicts the file, a measure or itself.

    `names` are the columns of the file. Open questions ("?") have to be answered before.
    """
    _require_columns(columns, set(names))
    for name in columns.figures:
        figures.require(name, columns.figures, "[figures]")
    found: list[Part] = []
    for entry in columns.measures:
        if entry.key not in measures:
            raise Refused(
                f"measure {entry.key}", "it is neither in the catalogue nor declared", "Add --declare FILE.toml."
            )
        # What stands for no answer in the whole file does so in each measure.
        entry = replace(entry, missing=(*columns.missing, *entry.missing))
        found += _parts_of(entry, columns, measures[entry.key])
    _require_apart(found)
    return found


def positions(instrument: Instrument, entry: MeasureMap) -> dict[str, int]:
    """Item → its number on the form at hand; raises Refused for an order that cannot be relied on."""
    if entry.order in ("", OWN_ORDER):
        return {item.code: item.number for item in instrument.items}
    order = next((order for order in instrument.orders if order.code == entry.order), None)
    if order is None:
        known = ", ".join([OWN_ORDER, *(order.code for order in instrument.orders)])
        raise Refused(f"order of {entry.key}", f"“{entry.order}” is not known", f"Write one of {known}.")
    if not (order.confirmed or entry.order_checked):
        raise Refused(
            f"order of {entry.key}",
            f"no source confirms “{order.code}” ({order.note})",
            "Compare it with the form at hand, then write order_checked = true in the map.",
        )
    return {item.code: order.positions[item.number - 1] for item in instrument.items}


def slot_range(instrument: Instrument, code: str, totals: bool) -> tuple[float, float]:
    """Lowest and highest value by the key."""
    one = instrument.scale(code) if totals else instrument.item(code)
    return one.minimum, one.maximum


def _parts_of(entry: MeasureMap, columns: ColumnMap, instrument: Instrument) -> list[Part]:
    grouped: dict[str, dict[str, dict[str, str]]] = {}
    for name, text in entry.columns.items():
        target = Target.read(text)
        code = _code(target, entry, instrument, name)
        _require_occasion(target, columns, name)
        figure = figures.require(target.figure or entry.figure, columns.figures, f"column {name}")
        cells = grouped.setdefault(figure, {}).setdefault(target.occasion, {})
        if code in cells.values():
            raise Refused(f"column {name}", f"{code} of {entry.key} has another column already", "Map one.")
        cells[name] = code
    return [_part(entry, instrument, figure, labels) for figure, labels in grouped.items()]


def _part(
    entry: MeasureMap,
    instrument: Instrument,
    figure: str,
    labels: Mapping[str, Mapping[str, str]],
) -> Part:
    given = {code for cells in labels.values() for code in cells.values()}
    scales = {scale.code for scale in instrument.scales}
    items = [item.code for item in instrument.items if item.code in given]
    if items and given & scales:
        raise Refused(f"measure {entry.key}", "both items and totals are mapped", "Leave out the totals.")
    codes = items or [scale.code for scale in instrument.scales if scale.code in given]
    turned = _turned(entry, instrument)
    reversed_ones = {item.code for item in instrument.items if item.reversed}
    # A coding that turned just the reversed items is what we call already keyed: the values stay as they are.
    undone = bool(turned) and turned == reversed_ones
    part = Part(
        instrument,
        entry,
        figure,
        tuple(Slot(code, *_range(entry, instrument, code, not items)) for code in codes),
        labels,
        totals=not items,
        already_keyed=bool(items) and (undone or entry.keyed == "already"),
        turned=frozenset() if undone else turned,
    )
    _require_missing_apart(part)
    return part


def _code(target: Target, entry: MeasureMap, instrument: Instrument, name: str) -> str:
    if target.code.isdigit():
        placed = {place: code for code, place in positions(instrument, entry).items()}
        if int(target.code) in placed:
            return placed[int(target.code)]
    elif target.code in {item.code for item in instrument.items} | {scale.code for scale in instrument.scales}:
        return target.code
    first, last = (instrument.items or instrument.scales)[0].code, (instrument.items or instrument.scales)[-1].code
    raise Refused(f"column {name}", f"{entry.key} has no “{target.code}”", f"It has {first} to {last}.")


def _turned(entry: MeasureMap, instrument: Instrument) -> frozenset[str]:
    if not entry.coding:
        return frozenset()
    coding = next((one for one in instrument.codings if one.code == entry.coding), None)
    if coding is None:
        known = ", ".join(one.code for one in instrument.codings) or "none"
        raise Refused(f"coding of {entry.key}", f"“{entry.coding}” is not known", f"Known: {known}.")
    if entry.keyed == "already":
        raise Refused(f"measure {entry.key}", "a coding and “already keyed” are declared", "Declare one.")
    return frozenset(coding.turned)


def _range(entry: MeasureMap, instrument: Instrument, code: str, totals: bool) -> tuple[float, float]:
    own = slot_range(instrument, code, totals)
    if not entry.range:
        return own
    if len(entry.range) != 2 or not -math.inf < entry.range[0] < entry.range[1] < math.inf:
        raise Refused(f"range of {entry.key}", f"{list(entry.range)} does not rise", "Write [1, 5].")
    widths = {slot_range(instrument, item.code, False) for item in instrument.items}
    if not totals and len(widths) > 1 and own != tuple(entry.range):
        raise Refused(
            f"range of {entry.key}",
            "its items have different ranges, and one range was declared",
            "Turn the answers to the key's own ranges before importing.",
        )
    return entry.range[0], entry.range[1]


def _require_columns(columns: ColumnMap, names: set[str]) -> None:
    time, answers = columns.time, columns.answers
    asked = {"person": columns.person, "figure": columns.figure, "time": time.column, "start": time.start_column}
    if (columns.shape == "answers") != (answers is not None):
        wrong = "is missing, and a row is an answer" if answers is None else f'is there, and shape = "{columns.shape}"'
        raise Refused("[answers] in the map", wrong, "Let the two agree.")
    if answers is not None:
        asked |= {"value": answers.value, "item": answers.item, "measure": answers.measure}
    for what, name in asked.items():
        if name and name not in names:
            raise Refused(f"{what} column", f"the file has no “{name}”", f"It has {', '.join(sorted(names))}.")
    if columns.shape == "answers":
        return
    seen: set[str] = {name for name in asked.values() if name}
    for entry in columns.measures:
        for name in entry.columns:
            if name not in names:
                raise Refused(f"{entry.key}", f"the file has no column “{name}”", "Check the map.")
            if name in seen:
                raise Refused(f"column {name}", "it is mapped twice", "Let it hold one thing.")
            seen.add(name)


def _require_occasion(target: Target, columns: ColumnMap, name: str) -> None:
    if columns.shape == "persons" and target.occasion not in columns.occasions:
        wrong = f"occasion “{target.occasion}” has no time" if target.occasion else "it names no occasion"
        raise Refused(f"column {name}", wrong, "Write “code@occasion”, and the occasion under [occasions].")
    if columns.shape != "persons" and target.occasion:
        raise Refused(f"column {name}", "it names an occasion, yet rows are dated", 'Set shape = "persons".')


def _require_missing_apart(part: Part) -> None:
    """A code for missing answers must not be one of the answers."""
    for code in part.missing:
        try:
            number = float(code)
        except ValueError:
            continue
        if any(slot.minimum <= number <= slot.maximum for slot in part.slots):
            raise Refused(
                f"missing code {code}",
                f"it is one of the answers of {part.key}",
                f"Check its range, or declare the code for another measure alone: --missing MEASURE={code}.",
            )


def _require_apart(found: list[Part]) -> None:
    """Two parts must not write the same block."""
    seen: set[tuple[str, str, str, str, str]] = set()
    for part in found:
        for label in part.columns:
            block = (part.key, part.figure, part.entry.rater, label, part.entry.named)
            if block in seen:
                raise Refused(f"measure {part.key}", "it stands twice in the map", "Put it into one entry.")
            seen.add(block)
