from mooring.charts.points import Axis
from mooring.charts.waterline import Berth, harbour, waterline
from tests.charts import made_up as m
from tests.charts.reading import kinds, layers, overlapping, written

BERTHS = (Berth("rowboat", 48, 400, 150), Berth("ketch", 464, 816, 566), Berth("trawler", 880, 1232, 1010))


def test_without_answers_there_is_no_water():
    assert waterline((), m.SECURITY) is None
    assert harbour((), m.SECURITY, BERTHS) is None


def test_the_boat_lies_where_the_water_ends():
    for points in (m.sarah(), m.sarah()[:1], m.falling()):
        spec = waterline(points, m.SECURITY)
        hull = layers(spec, "point")[1]["data"]["values"][-1]
        assert hull["x"] == 297
        assert 30 <= hull["y"] <= 80


def test_the_water_is_the_real_series():
    spec = waterline(m.sarah(), m.SECURITY)
    rows = layers(spec, "area")[0]["data"]["values"]
    assert [row["at"] for row in rows] == [p.at.isoformat() for p in m.sarah()]
    assert kinds(spec)[:2] == ["area", "line"]


def test_calm_weeks_look_calm():
    calm = m.smoothed([5.0, 5.1, 5.0, 4.9, 5.0], noise=0.1, sway=0.2)
    lo, hi = layers(waterline(calm, Axis(0, 10)), "area")[0]["encoding"]["y"]["scale"]["domain"]
    assert hi - lo >= 2.5


def test_each_boat_is_tied_to_its_own_post():
    spec = harbour(m.sarah(), m.SECURITY, BERTHS, now="now", caption=(594, "The waterline is Sarah’s."))
    quays = [row for layer in layers(spec, "rule") for row in layer["data"]["values"]]
    assert [(row["x"], row["x2"]) for row in quays] == [(48, 400), (464, 816), (880, 1232)]
    ropes = [r for r in layers(spec, "point")[0]["data"]["values"] if r["x"] == 0]
    assert len(ropes) == 3
    assert overlapping(spec) == []
    assert {row["text"] for row in written(spec)} == {"now", "The waterline is Sarah’s."}
