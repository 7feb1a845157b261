"""Reading a spec back: where its words stand and what its water covers, in px."""

from itertools import pairwise
from typing import Any

from mooring.charts.lettering import width
from mooring.charts.placing import Box

Spec = dict[str, Any]


def layers(spec: Spec, mark: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == mark]


def kinds(spec: Spec) -> list[str]:
    return [layer["mark"]["type"] for layer in spec["layer"]]


def written(spec: Spec) -> list[dict[str, Any]]:
    """The words themselves, without the layer of their halos."""
    texts = [layer for layer in layers(spec, "text") if "stroke" not in layer["encoding"]]
    return [row for layer in texts for row in layer["data"]["values"]]


def box(row: dict[str, Any]) -> Box:
    """What a word covers, as wide as the widest font allowed."""
    voice = "voice" if row["font"] == "serif" else "sans"
    lines = row["text"].split("\n")
    long = max(width(line, row["size"], voice, bold=row["weight"] > 500) for line in lines)
    x = row["x"] - {"left": 0, "center": long / 2, "right": long}[row["align"]]
    top = row["y"] - row["size"] * 0.78
    return Box(x, top, x + long, row["y"] + row["leading"] * (len(lines) - 1) + row["size"] * 0.22)


def overlapping(spec: Spec) -> list[tuple[str, str]]:
    boxes = [(row["text"], box(row)) for row in written(spec) if row["text"].strip()]
    return [(a, b) for i, (a, one) in enumerate(boxes) for b, other in boxes[i + 1 :] if one.meets(other)]


def water(spec: Spec) -> list[Box]:
    """A river's band as thin boxes between its samples."""
    layer = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "area")
    rows, encoding = layer["data"]["values"], layer["encoding"]
    across, down = encoding["x"]["scale"], encoding["y"]["scale"]
    span = across["domain"][1] - across["domain"][0]

    def x(value: float) -> float:
        share = (value - across["domain"][0]) / span
        return across["range"][0] + share * (across["range"][1] - across["range"][0])

    from datetime import date

    since, until = (date.fromisoformat(day) for day in down["domain"])

    def y(day: str) -> float:
        share = (date.fromisoformat(day) - since).days / (until - since).days
        return down["range"][0] + share * (down["range"][1] - down["range"][0])

    return [
        Box(max(x(a["lo"]), x(b["lo"])), y(a["at"]), min(x(a["hi"]), x(b["hi"])), y(b["at"])) for a, b in pairwise(rows)
    ]
