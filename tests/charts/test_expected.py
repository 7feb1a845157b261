"""The expected course as drawn: every word and mark inside the picture, words apart, the band where it was learned."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from mooring.charts import render
from mooring.charts.expected import NARROW, WIDE, Named, Usual, expected
from mooring.charts.points import Axis, Point

START = date(2026, 1, 5)
NAMED = Named("now 3.1 ± 0.4", "usual here", "off course", "start", "week %(week)s")
AXIS = Axis(1, 5, ((1, "1"), (3, "3"), (5, "5")))


def points(weeks: int, level: float = 3.1) -> list[Point]:
    return [Point(START + timedelta(weeks=week), level, level - 0.4, level + 0.4, level) for week in range(weeks)]


def course(weeks: int, limit: float = 4.2) -> list[Usual]:
    return [Usual(START + timedelta(weeks=week), 3.0 - week / 50, 1.8, 4.0, limit) for week in range(weeks)]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("weeks", [1, 2, 5, 26, 90])
@pytest.mark.parametrize("limit", [3.1, 4.2, 9.0])
def test_words_stand_inside_and_apart(width: float, weeks: int, limit: float) -> None:
    spec = expected(points(weeks), course(max(weeks, 2), limit), AXIS, NAMED, width=width)
    assert spec is not None
    words = [row for layer in spec["layer"] if layer["mark"]["type"] == "text" for row in layer["data"]["values"]]
    beside = sorted((w for w in words if w["text"] in {NAMED.now, NAMED.usual, NAMED.limit}), key=lambda w: w["y"])
    assert len(beside) == 3
    assert all(later["y"] - earlier["y"] >= 16 for earlier, later in pairwise(beside))
    assert all(0 <= word["x"] <= width and 0 < word["y"] <= spec["height"] for word in words)
    below = [w for w in words if w["text"].startswith(("week", "start"))]
    assert below[0]["text"] == "start"
    assert len({w["x"] for w in below}) == len(below)
    assert render.svg(spec, name="x").startswith("<svg")


def test_nothing_is_drawn_of_nothing() -> None:
    assert expected([], course(3), AXIS, NAMED, width=WIDE) is None
    assert expected(points(3), [], AXIS, NAMED, width=WIDE) is None


def test_the_band_ends_where_nothing_more_was_learned() -> None:
    spec = expected(points(20), course(8), AXIS, NAMED, width=WIDE)
    assert spec is not None
    sand = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "area")
    assert sand["data"]["values"][-1]["at"] == (START + timedelta(weeks=7)).isoformat()
    assert {row["lo"] for row in sand["data"]["values"]} == {1.8}


def test_a_limit_beyond_the_scale_is_no_line() -> None:
    spec = expected(points(9), course(9, limit=5.6), AXIS, NAMED, width=WIDE)
    assert spec is not None
    lines = [layer for layer in spec["layer"] if layer["mark"].get("strokeDash") == [4, 3]]
    assert len(lines) == 1
