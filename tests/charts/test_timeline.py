from dataclasses import replace
from datetime import timedelta

import pytest

from mooring.charts.points import Axis, Stretch
from mooring.charts.timeline import LevelLane, timeline
from mooring.charts.tokens import theme
from tests.charts import made_up as m
from tests.charts.gallery import lanes
from tests.charts.reading import box, kinds, layers, overlapping, written

LIGHT = theme("light")


def test_without_lanes_there_is_no_timeline():
    assert timeline([], m.JOHN_WEEKS) is None


@pytest.mark.parametrize("width", [1184, 330])
def test_words_neither_overlap_nor_leave_the_picture(width: float):
    spec = timeline(lanes(), m.JOHN_WEEKS, width=width)
    assert overlapping(spec) == []
    for row in written(spec):
        assert box(row).x >= -0.5, row["text"]
        assert box(row).x2 <= width + 0.5, row["text"]
        assert box(row).y2 <= spec["height"], row["text"]


def test_amber_ground_lies_under_everything_and_its_words_above():
    spec = timeline(lanes(), m.JOHN_WEEKS)
    assert kinds(spec)[0] == "rect"
    ground = layers(spec, "rect")[0]["data"]["values"][0]
    words = next(row for row in written(spec) if row["text"].startswith("rupture"))
    assert words["ink"] == LIGHT["talk"]
    assert words["y"] < ground["y"]


def test_a_rupture_is_dashed_and_a_repair_solid():
    spec = timeline(lanes(), m.JOHN_WEEKS)
    amber = [r for layer in layers(spec, "rule") for r in layer["data"]["values"] if r["ink"] == LIGHT["talk"]]
    assert [bool(row["dash"]) for row in amber] == [True, False]


def test_each_lane_keeps_its_own_scale():
    spec = timeline(lanes(), m.JOHN_WEEKS)
    ranges = [tuple(layer["encoding"]["y"]["scale"]["domain"]) for layer in layers(spec, "area")]
    assert ranges == [(1, 4), (2, 8)]


def test_an_empty_lane_still_has_its_title():
    lane = LevelLane("Distress", "1 to 5; up is worse", Axis(1, 5, ((1, "1"), (5, "5"))), ())
    assert "Distress" in [row["text"] for row in written(timeline([lane], m.JOHN_WEEKS))]


def test_what_lies_outside_the_weeks_is_not_drawn():
    before = Stretch(m.START - timedelta(days=60), m.START - timedelta(days=30), "long ago")
    weeks = replace(m.JOHN_WEEKS, since=m.week(10), stretches=(before,), moments=())
    spec = timeline(lanes(), weeks)
    assert "long ago" not in [row["text"] for row in written(spec)]
    days = [r["at"] for layer in layers(spec, "area") for r in layer["data"]["values"]]
    assert min(days) >= m.week(10).isoformat()


def test_stretches_close_to_each_other_keep_their_words_apart():
    close = (Stretch(m.week(14), m.week(17), "first hard weeks"), Stretch(m.week(18), m.week(20), "second hard weeks"))
    spec = timeline(lanes(), replace(m.JOHN_WEEKS, stretches=close))
    assert overlapping(spec) == []
