"""The constellation: the people who matter as soft clouds on the plane of worry and distance."""

import math
from collections.abc import Sequence
from dataclasses import replace

from mooring.charts.cloud import HALF, Ellipse, before, cloud, ellipse, hearts
from mooring.charts.lettering import shortened, width, wrap
from mooring.charts.marks import Align, Layer, Rule, Shape, Spec, Word, picture, rules, words
from mooring.charts.marks import shapes as drawn_shapes
from mooring.charts.placing import Around, Box, around, mistaken
from mooring.charts.points import Figure, Place, Plane
from mooring.charts.shapes import FIGURES
from mooring.charts.tokens import size

_REACH, _TALL = 160.0, 174.0  # px from the middle to the ends of the axes
_NAME, _NOTE = 20.0, 16.0  # line heights
_OUTLINE = 0.02  # what it costs a name to stand inside the dashed first month, against 1 on a shape
_ASTRAY = 14.0  # px between a shape and its words, from which on a leader says that they belong together


def fitting(figures: Sequence[Figure], origin: tuple[float, float], *, least: float = 1.5) -> float:
    """The `reach` of a plane that holds all figures, now and before, with a standard error to spare."""
    far = [0.0]
    for figure in figures:
        for place in (figure.now, *((figure.before,) if figure.before else ()), *figure.way):
            far.append(abs(place.anxiety - origin[0]) + place.anxiety_se)
            far.append(abs(place.avoidance - origin[1]) + place.avoidance_se)
    return max(least, math.ceil(max(far) * 5) / 5)


def constellation(
    figures: Sequence[Figure],
    plane: Plane,
    *,
    chosen: int | None = None,
    before_word: str = "",
    width: float = 360,
) -> Spec | None:
    """A client's people; None without any. The `chosen` one (an index) also shows its first month.

    Shapes beyond the plane's reach would leave the picture: `fitting` gives a reach that holds everybody.
    Where each shape stands, in px, is in `usermeta.spots`, so that a page can make it touchable.
    """
    if not figures:
        return None
    middle = (width / 2, 26 + _TALL)
    frame = Box(6, 26, width - 6, 26 + 2 * _TALL)
    places = [ellipse(f.now, plane, middle, _REACH) for f in figures]
    chosen_one = figures[chosen] if chosen is not None else None
    first = ellipse(chosen_one.before, plane, middle, _REACH) if chosen_one and chosen_one.before else None
    ends = _ends(plane, middle, width)
    layers: list[Layer | None] = [
        *[cloud(e, heart) for e, heart in zip(places, hearts(places), strict=True)],
        rules(_axes(middle)),
    ]
    if chosen_one and first and chosen is not None:
        layers += _first_month(chosen_one, first, places[chosen])
    marks = [_mark(f, e, size("shape")) for f, e in zip(figures, places, strict=True)]
    written, leaders = _labels(figures, places, chosen, (first, before_word), frame, _taken(ends, middle))
    spots = [(round(e.x, 1), round(e.y, 1)) for e in places]
    layers += [rules(leaders), drawn_shapes(marks), *words([*ends, *written])]
    return picture(width, 2 * _TALL + 56, layers, spots=spots)


def _axes(middle: tuple[float, float]) -> list[Rule]:
    x, y = middle
    return [
        Rule(x, y - _TALL, x, y + _TALL, ink="edge", width=1),
        Rule(x - _REACH, y, x + _REACH, y, ink="edge", width=1),
    ]


def _ends(plane: Plane, middle: tuple[float, float], width: float) -> list[Word]:
    x, y = middle
    return [
        Word(x, y - _TALL - 10, plane.distant, "avoidance", weight=500, align="center"),
        Word(x, y + _TALL + 18, plane.closer, "avoidance", weight=500, align="center"),
        Word(12, y - 7, plane.less_worry, "anxiety", weight=500),
        Word(width - 12, y - 7, plane.more_worry, "anxiety", weight=500, align="right"),
    ]


def _taken(ends: Sequence[Word], middle: tuple[float, float]) -> list[Box]:
    """The axes' words, and the axes themselves, which a name may cross but had better not."""
    x, y = middle
    boxes = [Box(x - 1, y - _TALL, x + 1, y + _TALL), Box(x - _REACH, y - 1, x + _REACH, y + 1)]
    for word in ends[2:]:
        start = word.x if word.align == "left" else word.x - word.width
        # twice the weight, and room beside it: a name on or next to an axis's word makes both unreadable
        boxes += [Box(start - 12, word.y - 13, start + word.width + 12, word.y + 5)] * 2
    return boxes


def _first_month(figure: Figure, first: Ellipse, now: Ellipse) -> list[Layer | None]:
    trail = Rule(now.x, now.y, first.x, first.y, ink="sand", width=1.5, dash=(0.1, 4.5), cap="round")
    small = Shape(first.x, first.y, FIGURES[figure.kind], half=4.2, fill="sand")
    return [before(first), rules([trail]), drawn_shapes([small])]


def _mark(figure: Figure, e: Ellipse, half: float) -> Shape:
    return Shape(e.x, e.y, FIGURES[figure.kind], half=half, fill="ink")


def _labels(
    figures: Sequence[Figure],
    places: Sequence[Ellipse],
    chosen: int | None,
    first: tuple[Ellipse | None, str],
    frame: Box,
    taken: list[Box],
) -> tuple[list[Word], list[Rule]]:
    """Names beside their shapes, notes under their names, none over another; and leaders where one could be
    taken for somebody else's.
    """
    blocks = [_name(f, bold=i == chosen) for i, f in enumerate(figures)]
    wanted = [
        Around(e.x, e.y, 8, 8, max(word.width for word in block), sum(_line(w) * len(w.lines) for w in block))
        for e, block in zip(places, blocks, strict=True)
    ]
    outline, word = first
    if outline:
        across, down = (HALF * reach for reach in outline.reach)
        blocks.append([Word(0, 0, word)])
        wanted.append(Around(outline.x, outline.y, across, down, width(word, 13), _NOTE if word else 0, _OUTLINE))
        if chosen is not None:
            taken = [*taken, *_along(places[chosen], outline)]
    boxes = around(wanted, frame, taken)
    placed = zip(blocks, boxes, wanted, strict=True)
    leaders = [
        _leader(label, box)
        for label, box in zip(wanted, boxes, strict=True)
        if box.distance(label.mark) > _ASTRAY or (label.cover >= 1 and mistaken(box, label, wanted))
    ]
    return [word for block, box, label in placed for word in _set(block, box, label)], leaders


def _leader(label: Around, box: Box) -> Rule:
    """From the shape's edge to the nearest spot of its words."""
    x, y = max(box.x, min(label.x, box.x2)), max(box.y + 2, min(label.y, box.y2 - 2))
    long = math.hypot(x - label.x, y - label.y) or 1
    half = min(label.half / (abs(x - label.x) / long or 1e-9), label.tall / (abs(y - label.y) / long or 1e-9))
    start = min(half, long) / long
    return Rule(label.x + (x - label.x) * start, label.y + (y - label.y) * start, x, y, ink="edge")


def _name(figure: Figure, *, bold: bool) -> list[Word]:
    lines = wrap(shortened(figure.name, 34), 124, 16, "voice")[:2]
    name = Word(0, 0, "\n".join(lines), "ink", 16, "voice", 600 if bold else 400, leading=_NAME)
    note = Word(0, 0, "\n".join(wrap(figure.note, 124, 13)[:2]), "ink", leading=_NOTE)
    return [name, note] if figure.note else [name]


def _line(word: Word) -> float:
    return word.leading or _NOTE


def _along(now: Ellipse, first: Ellipse) -> list[Box]:
    """The trail as a row of small boxes."""
    steps = [i / 12 for i in range(1, 12)]
    spots = [(now.x + (first.x - now.x) * s, now.y + (first.y - now.y) * s) for s in steps]
    return [Box(x - 5, y - 4, x + 5, y + 4) for x, y in spots]


def _set(block: Sequence[Word], box: Box, label: Around) -> list[Word]:
    """The block's lines in its box: towards the shape when beside it, centred above or below."""
    align: Align = "left"
    x = box.x
    if box.x2 <= label.x:
        align, x = "right", box.x2
    elif box.x < label.x:
        align, x = "center", (box.x + box.x2) / 2
    placed, y = [], box.y
    for word in block:
        baseline = y + (15 if word.voice == "voice" else 12)
        placed.append(replace(word, x=x, y=baseline, align=align))
        y += _line(word) * len(word.lines)
    return placed


def plane(figure: Figure, on: Plane, *, marked: Sequence[tuple[int, str]] = (), side: float = 148) -> Spec:
    """One relationship for the case page: cloud now, dashed first month, and the way between them.

    `marked` names places of the way, (index, words), such as the week of a setback. Its ends are worded
    once by the page, for all the small planes of one size and reach.
    """
    middle, reach = (side / 2, side / 2), side / 2 - 4
    now = ellipse(figure.now, on, middle, reach)
    faint = [Rule(4, side / 2, side - 4, side / 2), Rule(side / 2, 4, side / 2, side - 4)]
    layers: list[Layer | None] = [rules(faint), cloud(now, hearts([now])[0])]
    if figure.before:
        layers.append(before(ellipse(figure.before, on, middle, reach)))
    way = [ellipse(place, on, middle, reach) for place in (*_starts(figure), *figure.way, figure.now)]
    layers.append(_way([(e.x, e.y) for e in way]))
    marks = [Shape(way[0].x, way[0].y, FIGURES[figure.kind], half=4.2, fill="sand")] if figure.before else []
    marks.append(_mark(figure, now, size("shape")))
    offset = len(_starts(figure))
    written = [_beside(way[offset + index], text, side) for index, text in marked]
    return picture(side, side, [*layers, drawn_shapes(marks), *words(written)])


def _starts(figure: Figure) -> tuple[Place, ...]:
    return (figure.before,) if figure.before else ()


def _way(spots: Sequence[tuple[float, float]]) -> Layer | None:
    if len(spots) < 2:
        return None
    steps = [f"{x:.1f},{y:.1f}" for x, y in spots]
    return drawn_shapes([Shape(0, 0, "M" + "L".join(steps), stroke="slate", width=size("stroke-thin"))])


def _beside(e: Ellipse, text: str, side: float) -> Word:
    room = width(text, 13) + 11
    return Word(e.x + 11, e.y + 5, text) if e.x + room < side else Word(e.x - 11, e.y + 5, text, align="right")
