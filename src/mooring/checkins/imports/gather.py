"""From blocks' frames to people: everything the file says about one person, in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from mooring.checkins.imports.keying import Blocks
from mooring.checkins.imports.names import AT, FIGURE, PERSON, REPLICATE, ROW, WHEN
from mooring.checkins.imports.parts import Part

Values = dict[str, int | float | None]
_PLACE = "place in the file"


@dataclass(frozen=True)
class Answered:
    """One measure about one figure on one occasion."""

    part: Part
    figure: str
    row: int
    values: Values
    """Item → answer or null; scale → total."""


@dataclass
class Occasion:
    """What one rater said at one time."""

    when: str
    at: datetime
    rater: str
    replicate: int
    blocks: list[Answered] = field(default_factory=list)


@dataclass
class Person:
    code: str
    occasions: dict[tuple[str, str, int], Occasion] = field(default_factory=dict)

    @property
    def figures(self) -> list[str]:
        """Whom the answers are about, in the file's order."""
        found = (block.figure for occasion in self.occasions.values() for block in occasion.blocks)
        return [figure for figure in dict.fromkeys(found) if figure]


class People:
    """Everybody in the file, in order of appearance, a chunk at a time: only a chunk is unpacked from its columns."""

    def __init__(self, blocks: Blocks) -> None:
        appearing = pl.concat([block.select(PERSON, ROW) for _, block in blocks])
        order = appearing.group_by(PERSON).agg(pl.col(ROW).min()).sort(ROW, PERSON)
        self.codes: list[str] = order[PERSON].to_list()
        places = order.select(PERSON).with_row_index(_PLACE)
        self._blocks = [
            (part, block.join(places, on=PERSON, how="left", maintain_order="left").sort(_PLACE, AT, ROW))
            for part, block in blocks
        ]

    def chunks(self, size: int, without: frozenset[str] = frozenset()) -> Iterator[list[Person]]:
        """Everybody but those, in chunks."""
        for first in range(0, len(self.codes), size):
            wanted = [code for code in self.codes[first : first + size] if code not in without]
            if wanted:
                yield self._unpacked(first, first + size, wanted)

    def _unpacked(self, first: int, last: int, wanted: Sequence[str]) -> list[Person]:
        people = {code: Person(code) for code in wanted}
        for part, block in self._blocks:
            start, end = (block[_PLACE].search_sorted(place, side="left") for place in (first, last))
            for row in block[int(start) : int(end)].iter_rows(named=True):
                if (person := people.get(row[PERSON])) is not None:
                    _add(person, part, row)
        return list(people.values())


def _add(person: Person, part: Part, row: dict[str, object]) -> None:
    identity = (str(row[WHEN]), part.entry.rater, int(str(row[REPLICATE])))
    occasion = person.occasions.get(identity)
    if occasion is None:
        at = row[AT]
        assert isinstance(at, datetime)
        occasion = person.occasions[identity] = Occasion(identity[0], at, identity[1], identity[2])
    if part.totals:
        values = {code: _number(row[code]) for code in part.codes if row[code] is not None}
    else:
        values = {code: _number(row.get(code)) for code in part.items}
    occasion.blocks.append(Answered(part, str(row[FIGURE]), int(str(row[ROW])), values))


def _number(value: object) -> int | float | None:
    """3 rather than 3.0, as a phone would send it."""
    if not isinstance(value, float):
        return None
    return int(value) if value.is_integer() else value
