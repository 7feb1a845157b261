"""Whether the answers fit what was declared about them: turned or not, in which order, in which range."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from mooring.catalogue import Instrument, Scale
from mooring.checkins.imports import problems
from mooring.checkins.imports.columns import OWN_ORDER, MeasureMap
from mooring.checkins.imports.names import AT, FIGURE, PERSON
from mooring.checkins.imports.parts import Part, positions
from mooring.research.answers import ENOUGH_ANSWERS
from mooring.science import scales

Blocks = Sequence[tuple[Part, pl.DataFrame]]

ROWS_LOOKED_AT = 20_000


def first_occasions(block: pl.DataFrame) -> pl.DataFrame:
    """The first occasion of each person with each figure: rows that do not repeat a person."""
    return block.sort(AT, maintain_order=True).unique([PERSON, FIGURE], keep="first", maintain_order=True)


def misfits(blocks: Blocks) -> tuple[pl.DataFrame, list[str]]:
    """What contradicts a declaration, as problems of whole columns; and what is only worth a look, as sentences."""
    found, notices = [], []
    for part, block in blocks:
        if part.totals or block.is_empty():
            continue
        if (doubt := _range_doubt(part, block)) is not None:
            found.append(doubt)
        for scale in part.instrument.scales:
            wrong, said = _keying_doubt(part, scale, first_occasions(block).head(ROWS_LOOKED_AT))
            found.append(wrong)
            notices += said
    return pl.concat([problems.none(), *found]), notices


def matrix(part: Part, block: pl.DataFrame, codes: Sequence[str]) -> np.ndarray:
    """Answers (n, k) of these items, nan for missing; items without a column are missing throughout."""
    known = set(part.codes)
    columns = [pl.col(code) if code in known else pl.lit(None, pl.Float64).alias(code) for code in codes]
    return block.select(columns).fill_null(float("nan")).to_numpy(writable=True)


def _range_doubt(part: Part, block: pl.DataFrame) -> pl.DataFrame | None:
    bounds = {(slot.minimum, slot.maximum) for slot in part.slots}
    if part.entry.range or len(bounds) > 1:
        return None
    (low, high), values = bounds.pop(), block.select(part.codes)
    count = int(values.select(pl.sum_horizontal(pl.all().count())).item())
    lowest = values.select(pl.min_horizontal(pl.all().min())).item()
    highest = values.select(pl.max_horizontal(pl.all().max())).item()
    if count < ENOUGH_ANSWERS or (lowest == low and highest == high):
        return None
    return problems.one(
        part.key,
        f"{count:,} answers go from {lowest:g} to {highest:g}, the key's from {low:g} to {high:g}",
        f"Which range could people choose from? Declare it: --range {part.key}={lowest:g}:{highest:g}, or"
        f" --range {part.key}={low:g}:{high:g}.",
    )


def _keying_doubt(part: Part, scale: Scale, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    codes = [code for code in part.codes if code in set(scale.items)]
    negative, clear = _negative(part, codes, rows)
    accepted = set(part.entry.accept_negative)
    negative = {code: r for code, r in negative.items() if code not in accepted}
    if not negative:
        return problems.none(), []
    better = _better(part, scale, rows, len(negative))
    numbers = ", ".join(f"{code} ({r:+.2f})" for code, r in negative.items())
    if not (better or clear - accepted):
        return problems.none(), [
            f"{part.key} {scale.code}: {numbers} correlates negatively with the other items; with {rows.height}"
            " people that can be chance."
        ]
    mend = f"It would fit with {' or '.join(better)}" if better else "Is an item reversed, or in another column?"
    accept = " ".join(f"--accept-negative {part.key}={code}" for code in negative)
    column = {code: name for cells in part.columns.values() for name, code in cells.items()}
    found = [
        problems.one(
            column.get(code, code),
            f"{code} correlates negatively ({r:+.2f}) with the other items of {part.key} {scale.code},"
            f" declared {_declared(part)}",
            f"{mend}. If it is true of these people: {accept}.",
        )
        for code, r in negative.items()
    ]
    return pl.concat(found), []


def _negative(part: Part, codes: Sequence[str], rows: pl.DataFrame) -> tuple[dict[str, float], set[str]]:
    """Items whose correlation with the rest is negative, and those in which chance is unlikely (Fisher's z)."""
    if len(codes) < 2 or rows.height < 4:
        return {}, set()
    given = matrix(part, rows, codes)
    if not part.already_keyed:
        low_high = {slot.code: slot.minimum + slot.maximum for slot in part.slots}
        for place, code in enumerate(codes):
            if part.instrument.item(code).reversed:
                given[:, place] = low_high[code] - given[:, place]
    found = scales.item_rest_correlations(given)
    negative = {code: float(r) for code, r in zip(codes, found, strict=True) if r < 0}
    clear = scales.clearly_negative(found, rows.height)
    return negative, {code for code, sure in zip(codes, clear, strict=True) if sure}


def _better(part: Part, scale: Scale, rows: pl.DataFrame, count: int) -> list[str]:
    """Declarations under which no item, or at least fewer than now, would be negative: fewest first."""
    codes = [code for code in part.codes if code in set(scale.items)]
    tried = []
    for said, other, changed in _others(part, rows):
        left = len(_negative(other, codes, changed)[0])
        if left < count:
            tried.append((left, said))
    fewest = min((left for left, _ in tried), default=count)
    return [said for left, said in tried if left == fewest]


def _others(part: Part, rows: pl.DataFrame) -> list[tuple[str, Part, pl.DataFrame]]:
    """The same data under each other declaration: how it is said, the part, and the rows as they then are."""
    found: list[tuple[str, Part, pl.DataFrame]] = []
    if part.reversed and not part.turned:
        said = f"--raw {part.key}" if part.already_keyed else f"--already-keyed {part.key}"
        found.append((said, replace(part, already_keyed=not part.already_keyed), rows))
    for coding in part.instrument.codings:
        turned = frozenset(coding.turned)
        if coding.code != part.entry.coding and turned != {item.code for item in part.reversed}:
            found.append((f"--coding {part.key}={coding.code}", part, _flipped(part, rows, turned ^ part.turned)))
    if part.turned:
        found.append((f"no --coding for {part.key}", part, _flipped(part, rows, part.turned)))
    orders = [OWN_ORDER, *(order.code for order in part.instrument.orders)]
    now = part.entry.order or OWN_ORDER
    for order in orders:
        renamed = _reordered(part.instrument, part.entry, order)
        if order != now and set(renamed) == set(part.codes) == set(renamed.values()):
            found.append((f"--order {part.key}={order}", part, rows.rename(renamed)))
    return found


def _flipped(part: Part, rows: pl.DataFrame, codes: frozenset[str]) -> pl.DataFrame:
    ends = {slot.code: slot.minimum + slot.maximum for slot in part.slots if slot.code in codes}
    return rows.with_columns([(both - pl.col(code)).alias(code) for code, both in ends.items()])


def _reordered(instrument: Instrument, entry: MeasureMap, order: str) -> dict[str, str]:
    """The item that each item's place on the form holds in another order."""
    here = positions(instrument, replace(entry, order_checked=True))
    there = positions(instrument, replace(entry, order=order, order_checked=True))
    placed = {place: code for code, place in there.items()}
    return {code: placed[place] for code, place in here.items() if place in placed}


def _declared(part: Part) -> str:
    if part.entry.coding:
        return f"coded as “{part.entry.coding}”"
    keyed = "already turned" if part.already_keyed else "raw"
    return keyed if part.reversed else "in this order"
