from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mooring.charts.points import Axis, Eddy, Point, Quotation
from mooring.charts.river import Told, river
from tests.charts import made_up as m
from tests.charts.reading import box, kinds, layers, overlapping, water, written

TOLD = Told("now between 6.4 and 7.5", m.months(), (m.SARAH_EDDY,), m.SARAH_SAID)


def serif(spec: dict) -> list[dict]:
    return [row for row in written(spec) if row["font"] == "serif"]


def test_without_any_check_in_there_is_no_river():
    assert river([], m.SECURITY, Told()) is None


def test_one_check_in_is_a_ring_on_a_short_band():
    spec = river(m.sarah()[:1], m.SECURITY, Told("now between 3.0 and 4.1", m.months()[:1]))
    assert "area" not in kinds(spec)
    assert "line" not in kinds(spec)
    assert [row["text"] for row in written(spec)][-1] == "now between 3.0 and 4.1"


def test_the_band_lies_under_the_line_and_the_dots_on_top():
    order = kinds(river(m.sarah(), m.SECURITY, TOLD))
    assert order.index("area") < order.index("line") < order.index("point")


def test_unanswered_weeks_are_dotted_and_only_they():
    spec = river(m.sarah(), m.SECURITY, TOLD)
    solid, dotted = layers(spec, "line")
    assert "strokeDash" not in solid["mark"]
    assert dotted["mark"]["strokeDash"] == [0.1, 5]
    gaps = {row["run"] for row in dotted["data"]["values"]}
    assert len(gaps) == 2  # weeks 6 and 7, and week 21
    first = [row["at"] for row in dotted["data"]["values"] if row["run"] == min(gaps)]
    assert (first[0], first[-1]) == (m.week(5).isoformat(), m.week(8).isoformat())


def test_time_flows_down_and_every_week_has_the_same_height():
    half_year = river(m.sarah(), m.SECURITY, TOLD)
    longer = river(m.long_river(), m.SECURITY, Told())
    assert half_year["height"] == pytest.approx(25 * 20.8 + 30 + 8, abs=40)
    assert longer["height"] == pytest.approx(59 * 20.8 + 30 + 8, abs=40)
    up_and_down = layers(half_year, "area")[0]["encoding"]["y"]["scale"]["range"]
    assert up_and_down[0] < up_and_down[1]


def test_all_of_sarahs_words_find_their_place_on_land():
    spec = river(m.sarah(), m.SECURITY, TOLD)
    said = serif(spec)
    assert len(said) == 4
    assert not spec["usermeta"].get("left_out")
    assert not [(s["text"], w) for s in said for w in water(spec) if box(s).meets(w)]
    assert overlapping(spec) == []


def test_what_finds_no_place_is_handed_back_to_be_told_in_words():
    crowd = tuple(Quotation(m.week(10), f"“{n} of far too many words for one single week of May.”") for n in range(12))
    spec = river(m.sarah(), m.SECURITY, Told(quotations=crowd))
    left_out = spec["usermeta"]["left_out"]
    assert left_out
    assert len(serif(spec)) + len(left_out) == 12


def test_the_eddy_is_amber_and_never_an_arrow():
    spec = river(m.sarah(), m.SECURITY, TOLD)
    amber = [r for layer in layers(spec, "rule") for r in layer["data"]["values"] if r["ink"] == "#825600"]
    assert len(amber) == 3
    assert any(row["text"] == "eddy" and row["ink"] == "#825600" for row in written(spec))


def test_after_the_last_answer_the_ring_stays_behind():
    silent = m.silent_security()
    spec = river(silent, m.SECURITY, Told("last between 4.6 and 6.0"))
    days = layers(spec, "area")[0]["encoding"]["y"]["scale"]
    last = max(p.at for p in silent if p.answered)
    ring = next(row for layer in layers(spec, "point") for row in layer["data"]["values"] if row.get("width") == 2.5)
    top, foot = days["range"]
    share = (last - silent[0].at).days / (silent[-1].at - silent[0].at).days
    assert ring["y"] == pytest.approx(top + share * (foot - top), abs=0.1)
    assert not [w for w in water(spec) if box(written(spec)[-1]).meets(w)]


words_of_people = st.text(alphabet="abcdefghij klmnop rstuvw yzäöü’,.", min_size=1, max_size=140)


@st.composite
def lives(draw: st.DrawFn) -> tuple[tuple[Point, ...], Told]:
    """Any series of 2 to 60 weeks with gaps, wide and narrow bands, eddies and quotations anywhere."""
    weeks = draw(st.integers(2, 60))
    level, points = draw(st.floats(0, 10)), []
    for n in range(weeks):
        level = min(10.0, max(0.0, level + draw(st.floats(-2, 2))))
        half = draw(st.floats(0.2, 2))
        answered = draw(st.booleans())
        score = draw(st.floats(0, 10)) if answered else None
        points.append(Point(m.week(n + 1), level, level - half, level + half, score, answered))
    days = st.integers(0, weeks * 7).map(lambda d: m.START + timedelta(days=d))
    said = draw(st.lists(st.builds(Quotation, days, words_of_people), max_size=6))
    since = draw(days)
    eddy = Eddy(since, since + timedelta(days=draw(st.integers(1, 60))), "eddy", "week 15; back in 4 weeks (3 to 5)")
    months = m.months(m.START, points[-1].at)
    return tuple(points), Told("now between 6.4 and 7.5", months, (eddy,), tuple(said))


@given(lives())
@settings(max_examples=120, deadline=None)
def test_no_words_ever_cover_the_water_each_other_or_the_edge(life: tuple[tuple[Point, ...], Told]):
    points, told = life
    spec = river(points, Axis(0, 10, ((0, "0"), (5, "5"), (10, "10")), "0 less secure", "more secure 10"), told)
    frame = box({"x": 0, "y": 0, "text": "", "font": "serif", "size": 0, "weight": 400, "align": "left", "leading": 0})
    assert frame.x == 0
    for row in serif(spec):
        covered = box(row)
        assert covered.x >= 46
        assert covered.x2 <= 360
        assert covered.y2 <= spec["height"]
        assert not [w for w in water(spec) if covered.meets(w)]
    assert overlapping(spec) == []
