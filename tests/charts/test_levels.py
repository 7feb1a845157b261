import pytest

from mooring.charts.levels import Beside, brief_alliance, brief_asked, brief_level, evidence
from mooring.charts.moved import moved
from mooring.charts.points import Axis, Eddy, Measured, Move, Rating
from mooring.charts.tokens import theme
from tests.charts import made_up as m
from tests.charts.reading import box, kinds, layers, overlapping, written

FOUR = Axis(1, 4, ((1, "1"), (4, "4")))
TEN = Axis(0, 10, ((0, "0"), (5, "5"), (10, "10")))
NOW = Beside("now 3.4 ± 0.4", "start 2.4 ± 0.3")
LIGHT = theme("light")


def test_without_points_there_is_no_picture():
    assert evidence((), FOUR, NOW) is None
    assert brief_level((), TEN, NOW) is None
    assert brief_asked((), TEN, NOW, hue="anxiety") is None
    assert brief_alliance((Rating(m.START, None),), (), FOUR, NOW) is None


def test_a_single_check_in_is_drawn():
    one = m.hannah()[:1]
    assert evidence(one, FOUR, NOW) is not None
    assert brief_level(one, TEN, NOW) is not None
    assert brief_asked(m.MOTHER_ASKED[:1], TEN, NOW, hue="anxiety") is not None
    assert brief_alliance((Rating(m.START, 4.0),), (), FOUR, NOW) is not None


def test_evidence_draws_the_band_then_the_start_then_the_level():
    spec = evidence(m.hannah(), FOUR, NOW, start=2.4, days=("January", "13 May"))
    order = kinds(spec)
    assert order.index("area") < order.index("line") < order.index("point")
    start = [r for layer in layers(spec, "rule") for r in layer["data"]["values"] if r["ink"] == LIGHT["sand"]]
    assert [row["dash"] for row in start] == [[4, 3]]
    assert start[0]["y"] == start[0]["y2"]


def test_no_number_stands_alone_and_now_is_the_bold_one():
    rows = {row["text"]: row for row in written(evidence(m.hannah(), FOUR, NOW, start=2.4))}
    assert rows["now 3.4\u00a0±\u00a00.4"]["weight"] == 600
    assert rows["start 2.4\u00a0±\u00a00.3"]["ink"] == LIGHT["ink-soft"]


@pytest.mark.parametrize(
    "beside", [NOW, Beside("jetzt ungefähr 3,4 ± 0,4", "im ersten Monat ungefähr 2,4 ± 0,3")], ids=["en", "long"]
)
@pytest.mark.parametrize("width", [430, 330])
def test_words_fit_beside_the_level_in_other_languages(beside: Beside, width: float):
    spec = evidence(m.hannah(), FOUR, beside, start=2.4, days=("January", "13 May"), width=width)
    assert overlapping(spec) == []
    assert all(
        box(row).x >= -0.1 and box(row).x2 <= width + 0.1 and box(row).y2 <= spec["height"] for row in written(spec)
    )


def test_an_eddys_words_stand_under_their_dip():
    eddy = Eddy(m.week(14), m.week(19), "eddy", "week 15; back after 4 weeks (3–5)")
    since = [p for p in m.sarah() if p.at >= m.week(12)]
    spec = brief_level(since, TEN, Beside("now 7.0 ± 0.5", "last 6.5 ± 0.5"), eddies=(eddy,), days=("Feb", "13 May"))
    words = next(row for row in written(spec) if row["text"].startswith("week 15"))
    scale = layers(spec, "area")[0]["encoding"]["y"]["scale"]
    lowest = min(p.lo for p in since if eddy.since <= p.at <= eddy.until)
    bottom, top = scale["range"]
    assert box(words).y > bottom + lowest / 10 * (top - bottom)
    assert overlapping(spec) == []
    assert LIGHT["talk"] in {
        r["stroke"] for layer in layers(spec, "point") for r in layer["data"]["values"] if "stroke" in r
    }


def test_what_is_asked_now_and_then_keeps_its_hue_and_shows_its_error():
    spec = brief_asked(m.MOTHER_ASKED, Axis(1, 7, ((1, "1"), (7, "7"))), Beside("now 4.8 ± 0.8"), hue="anxiety")
    errors = [r for layer in layers(spec, "rule") for r in layer["data"]["values"] if r["ink"] == LIGHT["anxiety"]]
    assert len(errors) == len(m.MOTHER_ASKED)
    assert all(row["y"] > row["y2"] for row in errors)
    assert "area" not in kinds(spec)


def test_the_alliances_raters_differ_in_shape_fill_and_dash():
    spec = brief_alliance(m.JOHN_RATES, m.INES_RATES, Axis(2, 5), Beside("his", "yours"), usual=(3.35, 4.35))
    ground = layers(spec, "rect")[0]["data"]["values"]
    assert [row["fill"] for row in ground] == [LIGHT["sand-wash"]]
    yours, theirs = layers(spec, "line")
    assert "strokeDash" in yours["mark"]
    assert "strokeDash" not in theirs["mark"]
    fills = {row["fill"] for row in layers(spec, "point")[0]["data"]["values"]}
    assert fills == {LIGHT["paper"], LIGHT["slate"]}


def test_a_week_without_a_session_breaks_the_line():
    spec = brief_alliance(m.JOHN_RATES, m.INES_RATES, Axis(2, 5), Beside("his", "yours"))
    for line in layers(spec, "line"):
        assert len({row["run"] for row in line["data"]["values"]}) == 3


def test_a_moved_answer_is_hollow_before_and_filled_now():
    spec = moved(Move(1, 7, 3, 5), low="1", high="7")
    before, now = (layer["data"]["values"][0] for layer in layers(spec, "point"))
    assert (before["fill"], before["stroke"]) == (LIGHT["paper"], LIGHT["sand"])
    assert now["fill"] == LIGHT["slate"]
    assert before["x"] < now["x"]
    assert [row["text"] for row in written(spec)] == ["1", "7"]


def test_an_axis_runs_upwards():
    with pytest.raises(ValueError, match="from a lower to a higher"):
        Axis(5, 5)


def test_errors_are_asked_for_as_they_were_measured():
    with pytest.raises(TypeError):
        Measured(m.START, 3.4)  # type: ignore[call-arg]
