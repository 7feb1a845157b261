"""Which answers moved most, item by item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mooring.catalogue import Instrument
from mooring.checkins.models import Block

MOST = 5


@dataclass(frozen=True)
class Moved:
    """One answer, last time and this time, as given, on the item's full range."""

    key: str
    figure: UUID | None
    code: str
    name: str
    """A few words that stand for the item."""
    facet: str
    low: float
    high: float
    before: float
    now: float
    before_on: date

    @property
    def share(self) -> float:
        """How far it moved, of the whole range."""
        return abs(self.now - self.before) / (self.high - self.low)


def most_moved(now: Sequence[Block], earlier: Iterable[Block], most: int = MOST) -> list[Moved]:
    """The answers of `now` that differ most from the time before; `earlier` blocks come newest first.

    What was skipped on either occasion has not moved: missing is not zero.
    """
    before: dict[tuple[str, UUID | None], Block] = {}
    for block in earlier:
        before.setdefault((block.instrument_version.key, block.figure_id), block)
    found = [
        moved
        for block in now
        if (last := before.get((block.instrument_version.key, block.figure_id))) is not None
        for moved in _between(last, block)
    ]
    return sorted(found, key=lambda moved: -moved.share)[:most]


def _between(last: Block, block: Block) -> Iterable[Moved]:
    instrument = block.instrument_version.instrument
    if (last.minimum, last.maximum) != (block.minimum, block.maximum):
        return
    for code in block.items:
        now, before = block.answers.get(code), last.answers.get(code)
        if now is None or before is None or now == before:
            continue
        item = instrument.item(code)
        yield Moved(
            instrument.key,
            block.figure_id,
            code,
            short_name(instrument, code, block.language),
            facet(instrument, code, block.language),
            item.minimum if block.minimum is None else block.minimum,
            item.maximum if block.maximum is None else block.maximum,
            before,
            now,
            last.checkin.local_date,
        )


def skipped(blocks: Iterable[Block]) -> list[tuple[Block, str]]:
    """What was shown and not answered, as (block, short name)."""
    return [
        (block, short_name(block.instrument_version.instrument, code, block.language))
        for block in blocks
        for code in block.items
        if block.answers.get(code) is None
    ]


def short_name(instrument: Instrument, code: str, language: str) -> str:
    """A few words for an item; its number where the measure came without wording."""
    wording = _wording(instrument, language)
    if wording is not None and code in wording.short:
        return str(wording.short[code])
    return _("item %(number)s") % {"number": instrument.item(code).number}


def facet(instrument: Instrument, code: str, language: str) -> str:
    """What part of the measure an item belongs to; empty where it has none."""
    wording, name = _wording(instrument, language), instrument.item(code).facet
    return str(wording.facets.get(name, "")) if wording is not None and name else ""


def _wording(instrument: Instrument, language: str) -> Any:
    return instrument.wording.get(language) or next(iter(instrument.wording.values()), None)
