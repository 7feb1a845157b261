from datetime import timedelta

from mooring.charts.points import Axis, Rating, Stretch
from mooring.charts.spark import HEIGHT, WIDTH, spark, spark_alliance, spark_asked
from mooring.charts.tokens import theme
from tests.charts import made_up as m
from tests.charts.reading import kinds, layers

WINDOW = (m.week(1), m.TODAY)
FIVE, TEN = Axis(1, 5), Axis(0, 10)
LIGHT = theme("light")


def end_dot(spec: dict) -> dict:
    return layers(spec, "point")[-1]["data"]["values"][-1]


def test_nothing_in_the_window_is_no_picture():
    year_before = (m.START - timedelta(days=400), m.START - timedelta(days=200))
    assert spark(m.sarah(), TEN, year_before) is None
    assert spark_asked(m.MOTHER_ASKED, TEN, year_before) is None
    assert spark_alliance(m.JOHN_RATES, m.INES_RATES, FIVE, year_before) is None
    assert spark_alliance((Rating(m.START, None),), (), FIVE, WINDOW) is None


def test_a_stretch_in_question_is_amber_ground_under_everything():
    spec = spark(m.falling(), TEN, WINDOW, Stretch(m.week(24), m.TODAY))
    assert kinds(spec)[0] == "rect"
    ground = layers(spec, "rect")[0]["data"]["values"][0]
    assert ground["fill"] == LIGHT["talk-wash"]
    assert ground["x"] > WIDTH * 0.8
    assert kinds(spec).index("area") < kinds(spec).index("line")


def test_a_stretch_before_the_window_is_not_drawn():
    old = Stretch(m.START - timedelta(days=30), m.START - timedelta(days=2))
    assert layers(spark(m.falling(), TEN, WINDOW, old), "rect") == []


def test_silence_opens_the_fan_and_the_dot_stays_at_the_last_answer():
    silent = m.silent()
    spec = spark(silent, FIVE, WINDOW)
    rows = layers(spec, "area")[0]["data"]["values"]
    widths = [row["hi"] - row["lo"] for row in rows]
    last = max(i for i, p in enumerate(silent) if p.answered)
    assert widths[-1] > 1.5 * widths[last]
    assert end_dot(spec)["x"] < WIDTH - 20
    assert layers(spec, "line")[-1]["mark"]["strokeDash"] == [0.1, 5]


def test_everything_stays_inside_even_beyond_the_measures_range():
    wild = m.smoothed([0.2, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0])
    spec = spark(wild, TEN, WINDOW)
    scale = layers(spec, "area")[0]["encoding"]["y"]["scale"]
    lo, hi = scale["domain"]
    assert lo <= min(p.lo for p in wild) + 1e-9
    assert hi >= max(p.hi for p in wild) - 1e-9
    assert all(0 <= edge <= HEIGHT for edge in scale["range"])


def test_the_client_ends_filled_and_the_clinician_hollow():
    spec = spark_alliance(m.DROPPED, m.STEADY, FIVE, WINDOW)
    yours, theirs = layers(spec, "point")[0]["data"]["values"]
    assert (yours["fill"], theirs["fill"]) == (LIGHT["paper"], LIGHT["ink"])
    assert yours["path"] != theirs["path"]
    assert theirs["y"] > yours["y"]


def test_asked_now_and_then_has_errors_and_no_line():
    spec = spark_asked(m.MOTHER_ASKED, Axis(1, 7), WINDOW, "anxiety")
    assert kinds(spec) == ["rule", "point"]
    assert len(layers(spec, "rule")[0]["data"]["values"]) == len(m.MOTHER_ASKED)
    assert {row["fill"] for row in layers(spec, "point")[0]["data"]["values"]} == {LIGHT["anxiety"]}
