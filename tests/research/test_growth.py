"""`mooring growth`: what the library fits, from closed courses only, counted from each person's first answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.science import growth
from mooring.science.trajectory import Panel
from tests.research.conftest import Run
from tests.research.made_up import written
from tests.science.test_growth import people


def a_table(count: int = 240, seed: int = 1) -> tuple[pl.DataFrame, Panel]:
    panel = people(count, seed)
    owner = np.repeat(np.arange(count), 8)
    frame = pl.DataFrame({"person": owner, "time": panel.times + owner, "score": panel.scores})
    return frame.with_columns(pl.col("score").fill_nan(None)), panel


def from_the_first(panel: Panel) -> Panel:
    times = panel.times.copy()
    for first, last in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        answered = ~np.isnan(panel.scores[first:last])
        times[first:last] -= times[first:last][answered].min() if answered.any() else times[first]
    return panel._replace(times=np.maximum(times, 0))


def test_the_document_holds_the_library_s_courses(tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table(480)
    file, out = written(table, tmp_path / "a.parquet"), tmp_path / "g.json"
    said = mooring("growth", file, "--score", "score", "--edges", "5,7", "--out", out)
    assert "480 people, 480 finished" in said, said
    told = json.loads(out.read_text())
    courses = growth.learn(from_the_first(panel), [5, 7])
    for one, course in zip(told["bands"], courses.bands, strict=True):
        assert course is not None
        assert one["clients"] == course.clients
        assert one["deviance"] == pytest.approx(course.deviance, rel=1e-9)
        last = growth.tolerance_limits(course, [course.until])
        assert one["curve"][-1]["time"] == pytest.approx(course.until)
        assert one["curve"][-1]["high"] == pytest.approx(last.high[0], rel=1e-6)
    assert [(one["from"], one["to"]) for one in told["bands"]] == [(None, 5), (5, 7), (7, None)]


def test_as_a_table_with_bands_of_equal_size(tmp_path: Path, mooring: Run) -> None:
    file, out = written(a_table()[0], tmp_path / "a.csv"), tmp_path / "g.csv"
    mooring("growth", file, "--score", "score", "--bands", 2, "--out", out)
    found = pl.read_csv(out)
    assert found.columns[:8] == ["band", "from", "to", "clients", "time", "expected", "se", "low"]
    sizes = found.group_by("band").agg(pl.col("clients").first()).sort("band")["clients"].to_list()
    assert sum(sizes) == 240
    assert abs(sizes[0] - sizes[1]) <= 2
    assert (found["low"] < found["expected"]).all()


def test_open_courses_teach_nothing(tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table()
    table = table.with_columns(done=(pl.col("person") < 120).cast(pl.Int8))
    file, out = written(table, tmp_path / "a.parquet"), tmp_path / "g.json"
    said = mooring("growth", file, "--score", "score", "--bands", 1, "--closed", "done", "--out", out)
    assert "120 finished" in said
    half = Panel(panel.offsets[:121], panel.times[:960], panel.scores[:960], np.zeros(960))
    alone = growth.fit(from_the_first(half))
    assert json.loads(out.read_text())["bands"][0]["slope"] == pytest.approx(alone.slope, rel=1e-6)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--score", "absent"), "no column “absent”"),
        (("--score", "score", "--bands", 9), "none has 50 people"),
        (("--score", "score", "--edges", "7,5"), "does not rise"),
        (("--score", "score", "--edges", "low"), "no numbers"),
        (("--score", "score", "--method", "best"), "“best” is none"),
        (("--score", "score", "--content", 1.2), "Write shares"),
        (("--score", "score", "--closed", "done"), "no column “done”"),
    ],
)
def test_what_does_not_fit_says_so(words: tuple[object, ...], message: str, tmp_path: Path, mooring: Run) -> None:
    file = written(a_table(60)[0], tmp_path / "a.csv")
    assert message in mooring("growth", file, "--out", tmp_path / "g.json", *words)
    assert not (tmp_path / "g.json").exists()


def test_another_kind_of_file_is_refused(tmp_path: Path, mooring: Run) -> None:
    file = written(a_table(3)[0], tmp_path / "a.csv")
    assert ".json or .csv" in mooring("growth", file, "--score", "score", "--out", tmp_path / "g.parquet")
