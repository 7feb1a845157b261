"""Where words find room: beside a river without covering it, or around shapes without covering each other."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    x2: float
    y2: float

    def meets(self, other: "Box") -> bool:
        return self.x < other.x2 and other.x < self.x2 and self.y < other.y2 and other.y < self.y2

    def within(self, other: "Box") -> bool:
        return other.x <= self.x and self.x2 <= other.x2 and other.y <= self.y and self.y2 <= other.y2

    def grown(self, by: float) -> "Box":
        return Box(self.x - by, self.y - by, self.x2 + by, self.y2 + by)

    def distance(self, other: "Box") -> float:
        """Between the nearest edges; 0 where they touch."""
        across = max(0.0, other.x - self.x2, self.x - other.x2)
        down = max(0.0, other.y - self.y2, self.y - other.y2)
        return math.hypot(across, down)

    def overlap(self, other: "Box") -> float:
        """Shared area."""
        across = min(self.x2, other.x2) - max(self.x, other.x)
        down = min(self.y2, other.y2) - max(self.y, other.y)
        return across * down if across > 0 and down > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Bank:
    """The water's edges down the page: (y, left, right), by y; dots outside the band belong to it."""

    edges: tuple[tuple[float, float, float], ...]

    def between(self, y: float, y2: float) -> tuple[float, float]:
        """Leftmost and rightmost water between two heights. Raises ValueError without any water there."""
        near = [edge for edge in self.edges if y <= edge[0] <= y2]
        # where the water has bends between two samples, the neighbours bound it
        above = [edge for edge in self.edges if edge[0] < y][-1:]
        below = [edge for edge in self.edges if edge[0] > y2][:1]
        reached = [*above, *near, *below]
        if not reached:
            raise ValueError("a bank needs at least one edge")
        return min(left for _, left, _ in reached), max(right for _, _, right in reached)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a block of words came to stand, on which side of the water, with which line breaks."""

    box: Box
    side: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Words with their lines broken, and the room they need."""

    lines: tuple[str, ...]
    width: float
    leading: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading


@dataclass(frozen=True, slots=True)
class Shore:
    """The land on both sides of the water, and the frame that words stay in."""

    bank: Bank
    frame: Box
    gap: float = 20  # from the water's edge to the words: room for a short leader


_SHIFTS = tuple(sign * step for step in range(0, 91, 6) for sign in (1, -1) if step or sign > 0)


def beside(blocks: Iterable[Block], y: float, shore: Shore, taken: Sequence[Box]) -> Spot | None:
    """The best place near height `y` for one of the `blocks` (the same words, differently broken).

    It covers neither the water nor what is taken. None when there is no such place.
    """
    found: list[tuple[float, int, Spot]] = []
    for block, side, shift in product(blocks, ("right", "left"), _SHIFTS):
        spot = _spot(block, y + shift, side, shore)
        if spot and not any(spot.box.meets(obstacle) for obstacle in taken):
            found.append((_cost(block, shift), len(found), spot))
    return min(found)[2] if found else None


def _spot(block: Block, middle: float, side: str, shore: Shore) -> Spot | None:
    top, bottom = middle - block.height / 2, middle + block.height / 2
    left, right = shore.bank.between(top - 2, bottom + 2)
    start = right + shore.gap if side == "right" else left - shore.gap - block.width
    box = Box(start, top, start + block.width, bottom)
    return Spot(box, side, block.lines) if box.within(shore.frame) else None


def _cost(block: Block, shift: float) -> float:
    """Near its day, so that its leader points at it; two or three lines rather than a needle or a ribbon."""
    astray = max(0.0, abs(shift) - block.height / 2 + block.leading / 2)
    return abs(shift) * 0.3 + astray * 1.5 + 12 * abs(len(block.lines) - 2.5)


@dataclass(frozen=True, slots=True)
class Around:
    """A label looking for a side of its shape: where the shape is, its half-sizes, and the label's size in
    px. `cover` is what it costs to write on the shape: an outline can be written in, if there is no better place.
    """

    x: float
    y: float
    half: float
    tall: float
    width: float
    height: float
    cover: float = 1

    @property
    def mark(self) -> Box:
        return Box(self.x - self.half, self.y - self.tall, self.x + self.half, self.y + self.tall)


def around(labels: Sequence[Around], frame: Box, avoid: Sequence[Box], *, sweeps: int = 6) -> list[Box]:
    """One box a label, as free of the others, of all shapes and of `avoid` as can be, always in the frame.

    Coordinate descent over the sides of every shape: with up to eight people it settles in two or three
    sweeps.
    """
    options = [
        [
            (liking + (90 if mistaken(box, label, labels) else 0) + _covered(box, labels), box)
            for liking, box in _sides(label, frame)
        ]
        for label in labels
    ]
    chosen = [0] * len(labels)
    for _ in range(sweeps):
        before = list(chosen)
        for i, sides in enumerate(options):
            others = [options[j][chosen[j]][1].grown(2) for j in range(len(labels)) if j != i]
            costs = [liking + sum(box.overlap(other) for other in (*others, *avoid)) for liking, box in sides]
            chosen[i] = costs.index(min(costs))
        if chosen == before:
            break
    return [options[i][side][1] for i, side in enumerate(chosen)]


def mistaken(box: Box, label: Around, labels: Sequence[Around]) -> bool:
    """Whether the words stand as near to somebody else's shape as to their own."""
    others = [box.distance(other.mark) for other in labels if other is not label and other.cover >= 1]
    return bool(others) and min(others) < box.distance(label.mark) + 5


def _covered(box: Box, labels: Sequence[Around]) -> float:
    return sum(label.cover * box.overlap(label.mark.grown(2)) for label in labels)


def _sides(label: Around, frame: Box) -> list[tuple[float, Box]]:
    """Right, left, below, above, then the corners, then farther out; each pushed inside the frame."""
    found = []
    for far, penalty in ((0.0, 0.0), (14.0, 30.0), (30.0, 70.0)):
        out, down = label.half + 5 + far, label.tall + 3 + far
        above, left = label.y - down - label.height, label.x - out - label.width
        middle_x, middle_y = label.x - label.width / 2, label.y - label.height / 2
        places = [
            (label.x + out, middle_y, 0.0),
            (left, middle_y, 3.0),
            (middle_x, label.y + down, 2.0),
            (middle_x, above, 4.0),
            (label.x + out - 4, above + 9, 6.0),
            (label.x + out - 4, label.y + down - 9, 6.0),
            (left + 4, above + 9, 8.0),
            (left + 4, label.y + down - 9, 8.0),
        ]
        found += [(penalty + cost, _pushed(x, y, label, frame)) for x, y, cost in places]
    return found


def _pushed(x: float, y: float, label: Around, frame: Box) -> Box:
    x = max(frame.x, min(x, frame.x2 - label.width))
    y = max(frame.y, min(y, frame.y2 - label.height))
    return Box(x, y, x + label.width, y + label.height)
