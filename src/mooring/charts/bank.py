"""What a bank of items can tell: precision along the scale, where the items' thresholds lie, how answers are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from mooring.charts.marks import DASHED, Layer, Rule, Shape, Spec, Word, picture, rules, shapes, words
from mooring.charts.points import Hue, ValueLabel
from mooring.charts.scales import Values
from mooring.charts.shapes import FIGURES
from mooring.charts.tokens import colour, size

WIDTH = 336
"""As wide as a phone; larger screens set several side by side."""
LEFT, RIGHT = 6, 6
LANE = 84
LABELS, STEEPNESS = 84, 62
ROW = 21
ACROSS = 2


@dataclass(frozen=True, slots=True)
class Curve:
    """A value along the latent scale, named in words; `ticks` are labelled values."""

    words: str
    values: tuple[float, ...]
    ticks: tuple[ValueLabel, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Latent:
    """The latent scale as drawn: labelled places, their second line (points), and the words of its ends."""

    at: tuple[float, ...]
    ticks: tuple[ValueLabel, ...]
    low: str = ""
    high: str = ""
    second: tuple[ValueLabel, ...] = ()
    beside: str = ""
    """What the second line is."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One item: each threshold with its interval, and its discrimination in words."""

    name: str
    steepness: str
    places: tuple[tuple[float, float, float], ...]
    """(estimate, lower, upper)"""


@dataclass(frozen=True, slots=True)
class Choices:
    """One item: the chance of each category along the scale."""

    name: str
    chances: tuple[tuple[float, ...], ...]


def precision(latent: Latent, curves: Sequence[Curve], people: str, hue: Hue = "slate") -> Spec:
    """One lane a curve, above where the calibrated people are (a standard normal wash)."""
    across = Values(latent.at[0], latent.at[-1], LEFT, WIDTH - RIGHT)
    layers: list[Layer | None] = []
    written, lines = [], []
    foot = 0.0
    for number, curve in enumerate(curves):
        top = 26 + number * (LANE + 40)
        foot = top + LANE
        up = Values(0, curve.top, foot, top)
        layers.append(_people(latent, across, Values(0, 0.42, foot, top)))
        written.append(Word(LEFT, top - 9, curve.words, ink="ink", weight=500))
        for value, label in curve.ticks:
            lines.append(Rule(LEFT, up.px(value), WIDTH - RIGHT, up.px(value)))
            written.append(Word(WIDTH - RIGHT, up.px(value) + 4, label, align="right", halo="paper"))
        lines.append(Rule(LEFT, foot, WIDTH - RIGHT, foot, ink="edge"))
        layers.append(_line(latent.at, curve.values, across, up, hue))
    written += _axis(latent, across, foot)
    after = foot + 18 + (18 if latent.second else 0) + 20
    ends = [Word(LEFT, after, latent.low), Word(WIDTH - RIGHT, after, latent.high, align="right")]
    note = Word(LEFT, after + 20, people)
    height = after + (26 if people else 6)
    return picture(WIDTH, height, [*layers[::2], rules(lines), *layers[1::2], *words([*written, *ends, note])])


def item_map(latent: Latent, items: Sequence[Thresholds], steepness: str, hue: Hue = "slate") -> Spec:
    """A row an item: its thresholds along the scale with their intervals; to the right its discrimination."""
    across = Values(latent.at[0], latent.at[-1], LABELS, WIDTH - STEEPNESS)
    head, lines, marks = 24, [], []
    written = [Word(WIDTH - RIGHT, 14, steepness, align="right")]
    foot = head + ROW * len(items) + 4
    for value, _ in latent.ticks:
        lines.append(Rule(across.px(value), head, across.px(value), foot))
    for number, item in enumerate(items):
        y = head + ROW * number + ROW / 2
        written.append(Word(LEFT, y + 4, item.name, ink="ink"))
        written.append(Word(WIDTH - RIGHT, y + 4, item.steepness, align="right"))
        shown = [place for place in item.places if latent.at[0] <= place[0] <= latent.at[-1]]
        if shown:
            ends = across.px(shown[0][0]), across.px(shown[-1][0])
            lines.append(Rule(ends[0], y, ends[1], y, ink="edge", width=0.6))
        for estimate, lower, upper in shown:
            low, high = max(lower, latent.at[0]), min(upper, latent.at[-1])
            lines.append(Rule(across.px(low), y, across.px(high), y, ink=hue, width=2.4))
            marks.append(Shape(across.px(estimate), y, FIGURES["mother"], half=2.8, fill=hue))
        if item.places[0][0] < latent.at[0]:
            written.append(Word(across.start - 7, y + 4, "‹"))
        if item.places[-1][0] > latent.at[-1]:
            written.append(Word(across.end + 2, y + 4, "›"))
    written += _axis(latent, across, foot)
    after = foot + 36 + (18 if latent.second else 0)
    written += [Word(LABELS, after, latent.low), Word(WIDTH - STEEPNESS, after, latent.high, align="right")]
    return picture(WIDTH, after + 8, [rules(lines), shapes(marks), *words(written)])


def choices(latent: Latent, items: Sequence[Choices], hue: Hue = "slate") -> Spec:
    """Small pictures side by side: the chance of each category along the scale."""
    width, high = (WIDTH - 16) / ACROSS, 74
    layers: list[Layer | None] = []
    written, lines = [], []
    for number, item in enumerate(items):
        left = (number % ACROSS) * (width + 16)
        top = (number // ACROSS) * (high + 34) + 20
        across = Values(latent.at[0], latent.at[-1], left, left + width)
        up = Values(0, 1, top + high, top)
        written.append(Word(left, top - 6, item.name, ink="ink"))
        lines.append(Rule(left, top + high, left + width, top + high, ink="edge"))
        lines += [Rule(across.px(v), top + high, across.px(v), top + high + 3, ink="edge") for v, _ in latent.ticks]
        for place, chances in enumerate(item.chances):
            layers.append(_line(latent.at, chances, across, up, hue, thin=True, dashed=place % 2 == 1))
    rows = -(-len(items) // ACROSS)
    return picture(WIDTH, rows * (high + 34) + 8, [rules(lines), *layers, *words(written)])


def _people(latent: Latent, across: Values, up: Values) -> Layer:
    rows = [{"x": at, "lo": 0, "hi": exp(-at * at / 2) * 0.3989} for at in latent.at]
    encoding = {"x": across.channel("x"), "y": up.channel("lo"), "y2": {"field": "hi"}}
    return {"data": {"values": rows}, "mark": {"type": "area", "color": colour("sand-wash")}, "encoding": encoding}


def _line(
    at: Sequence[float],
    values: Sequence[float],
    across: Values,
    up: Values,
    hue: Hue,
    *,
    thin: bool = False,
    dashed: bool = False,
) -> Layer:
    """Cut off where it leaves the lane."""
    rows = [{"x": x, "y": round(y, 5)} for x, y in zip(at, values, strict=True) if up.lo <= y <= up.hi]
    mark = {
        "type": "line",
        "color": colour(hue),
        "strokeWidth": 1.1 if thin else size("stroke-level"),
        "strokeJoin": "round",
        **({"strokeDash": DASHED} if dashed else {}),
    }
    return {
        "data": {"values": rows},
        "mark": mark,
        "encoding": {"x": across.channel("x"), "y": up.channel("y"), "order": {"field": "x", "type": "quantitative"}},
    }


def _axis(latent: Latent, across: Values, foot: float) -> list[Word]:
    written = [Word(across.px(value), foot + 16, label, align="center") for value, label in latent.ticks]
    if latent.second:
        written += [Word(across.px(value), foot + 34, label, align="center") for value, label in latent.second]
    return written
