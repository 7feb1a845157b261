"""`mooring trajectory`: scored and smoothed as the library does, whole people at a time, refusing what cannot be."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.research import series, smoothing, tables
from mooring.science.panel import Parameters, fit
from mooring.science.panel_interval import interval
from mooring.science.trajectory import Panel, trajectory
from tests.research.conftest import Run
from tests.research.made_up import people, ticked, written
from tests.science.test_panel import people as panel_of

GIVEN = Parameters(0.08, 0.0004, 0.25, 9.0, 0.01, 5.0, 0.02)


def a_table(count: int = 12, seed: int = 1) -> tuple[pl.DataFrame, Panel]:
    panel, _ = panel_of(count, seed)
    owner = np.repeat([f"p{i:03d}" for i in range(count)], 12)
    columns = {"person": owner, "time": panel.times, "score": panel.scores}
    return pl.DataFrame(columns).with_columns(pl.col("score").fill_nan(None)), panel


def model_file(folder: Path) -> Path:
    path = folder / "model.json"
    path.write_text(smoothing.model_text({"": GIVEN}, {}), encoding="utf-8")
    return path


def expected(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    levels, sds = [], []
    for first, last in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        one = trajectory(panel.times[first:last], panel.scores[first:last], 0.6, GIVEN.dynamics, GIVEN.prior).smoothed
        levels.append(one.level)
        sds.append(one.level_sd)
    return np.concatenate(levels), np.concatenate(sds)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_levels_are_the_library_s(suffix: str, tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table()
    file, out = written(table, tmp_path / f"a{suffix}"), tmp_path / f"b{suffix}"
    said = mooring("trajectory", file, "--score", "score", "--se", "0.6", "--model", model_file(tmp_path), "--out", out)
    assert "144 occasions of 12 people" in said
    found = pl.read_csv(out) if suffix == ".csv" else pl.read_parquet(out)
    assert found.columns == ["person", "time", "score", "se", "level", "sd"]
    level, sd = expected(panel)
    np.testing.assert_allclose(found["level"], level, rtol=1e-10)
    np.testing.assert_allclose(found["sd"], sd, rtol=1e-10)
    assert found["se"].null_count() == found["score"].null_count() == table["score"].null_count()


def test_people_who_lie_across_pieces_stay_whole(tmp_path: Path, mooring: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    table, panel = a_table()
    monkeypatch.setattr(tables, "ROWS", 5)
    file, out = written(table, tmp_path / "a.parquet"), tmp_path / "b.parquet"
    mooring("trajectory", file, "--score", "score", "--se", "0.6", "--model", model_file(tmp_path), "--out", out)
    np.testing.assert_allclose(pl.read_parquet(out)["level"], expected(panel)[0], rtol=1e-10)


def test_rows_out_of_order_keep_their_place_and_get_the_level_of_their_time(tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table()
    shuffled = table.with_row_index("place").with_columns(
        shuffle=pl.Series(np.random.default_rng(0).random(table.height))
    )
    turned = shuffled.sort("person", "shuffle")
    file, out = written(turned, tmp_path / "a.parquet"), tmp_path / "b.parquet"
    mooring("trajectory", file, "--score", "score", "--se", "0.6", "--model", model_file(tmp_path), "--out", out)
    found = pl.read_parquet(out)
    assert found["time"].to_list() == turned["time"].to_list()
    np.testing.assert_allclose(found["level"], expected(panel)[0][turned["place"].to_numpy()], rtol=1e-10)


def test_answers_are_scored_by_the_key_on_the_way(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 60, missing=0.3)
    long = ticked(measure, given).with_columns(
        id=pl.Series(np.repeat(np.arange(12), 5)), week=pl.Series(np.tile(np.arange(5), 12))
    )
    file = written(long, tmp_path / "a.parquet")
    words = ("--instrument", "distress", "--range", 1, 5, "--out")
    mooring("score", file, *words, tmp_path / "s.parquet")
    said = mooring("trajectory", file, "--person", "id", "--time", "week", *words, tmp_path / "t.parquet")
    assert "assumed" in said, said
    scored, smoothed = pl.read_parquet(tmp_path / "s.parquet"), pl.read_parquet(tmp_path / "t.parquet")
    assert smoothed.columns == ["id", "week", *(f"distress_{name}" for name in ("score", "se", "level", "sd"))]
    for name in ("distress_score", "distress_se"):
        assert smoothed[name].equals(scored[name].alias(name), null_equal=True)
    assert smoothed["distress_level"].is_finite().all(), "a missed week has a level too"


def test_fitted_parameters_are_kept_and_can_be_given_again(tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table(40)
    file, model = written(table, tmp_path / "a.parquet"), tmp_path / "m.json"
    words = ("trajectory", file, "--score", "score", "--se", "0.6", "--out")
    said = mooring(*words, tmp_path / "b.parquet", "--fit", "--model-out", model)
    assert "fitted to 40 people" in said
    kept = json.loads(model.read_text())["scales"][""]
    np.testing.assert_allclose(list(kept["parameters"].values()), fit(panel).parameters, rtol=1e-10)
    ends = interval(panel, fit(panel), "prior_mean")
    assert kept["intervals_95"]["prior_mean"] == {"low": ends.low, "high": ends.high, "in_words": ends.words}
    mooring(*words, tmp_path / "c.parquet", "--model", model)
    assert pl.read_parquet(tmp_path / "c.parquet").equals(pl.read_parquet(tmp_path / "b.parquet"))


def test_of_many_people_some_teach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoothing, "PEOPLE", 10)
    monkeypatch.setattr(tables, "ROWS", 50)
    table, _ = a_table(57)
    whole = series.Whole(tables.open_table(written(table, tmp_path / "a.parquet")), series.Columns("person", "time"))
    chosen = smoothing._some(whole, smoothing.Scored("score", 0.6), whole.columns)
    names = chosen.frame["person"].unique(maintain_order=True).to_list()
    assert len(names) == 10
    assert names[0] == "p000"
    assert names[-1] >= "p050"
    assert chosen.frame.height == 120


@pytest.mark.parametrize("kind", ["date", "datetime", "text", "days"])
def test_times_are_weeks_whatever_they_are_written_as(kind: str, tmp_path: Path, mooring: Run) -> None:
    table, panel = a_table()
    days = np.round(panel.times * 7).astype(int)
    dates = pl.Series([date(2026, 1, 5) + timedelta(days=int(day)) for day in days])
    columns = {
        "date": dates,
        "datetime": dates.cast(pl.Datetime("us")),
        "text": dates.cast(pl.String),
        "days": pl.Series(days),
    }
    file = written(table.with_columns(time=columns[kind]), tmp_path / ("a.csv" if kind == "text" else "a.parquet"))
    out = tmp_path / "b.parquet"
    more = ("--unit", "days") if kind == "days" else ()
    mooring("trajectory", file, "--score", "score", "--se", 0.6, "--model", model_file(tmp_path), "--out", out, *more)
    level, _ = expected(panel._replace(times=days / 7))
    np.testing.assert_allclose(pl.read_parquet(out)["level"], level, rtol=1e-9)


def test_one_occasion_twice_and_a_silent_person_have_an_answer(tmp_path: Path, mooring: Run) -> None:
    table = pl.DataFrame(
        {"person": ["a", "b", "b", "c", "c"], "time": [3, 1, 1, 0, 9], "score": [5.0, 4.0, 4.0, None, None]}
    )
    file, out = written(table, tmp_path / "a.csv"), tmp_path / "b.csv"
    mooring("trajectory", file, "--score", "score", "--se", 0.6, "--model", model_file(tmp_path), "--out", out)
    found = pl.read_csv(out)
    assert found["level"].is_finite().all()
    assert found["level"][1] == found["level"][2]
    np.testing.assert_allclose(found["level"][3:], [5.0, 5.18])


BAD = {
    "apart": ({"person": ["a", "b", "a"], "time": [0, 0, 1], "score": [1.0, 2.0, 3.0]}, "rows of a lie apart"),
    "nobody": ({"person": ["a", None], "time": [0, 1], "score": [1.0, 2.0]}, "row 2, column person: it is empty"),
    "no time": ({"person": ["a", "a"], "time": [0, None], "score": [1.0, 2.0]}, "row 2, column time: there is no time"),
    "no score": ({"person": ["a"], "time": [0], "score": ["x"]}, "“x” is not a number"),
    "no date": ({"person": ["a", "a"], "time": ["2026-01-01", "soon"], "score": [1.0, 2.0]}, "“soon” is no date"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_cannot_be_is_named_and_nothing_is_written(name: str, tmp_path: Path, mooring: Run) -> None:
    columns, message = BAD[name]
    file, out = written(pl.DataFrame(columns), tmp_path / "a.parquet"), tmp_path / "b.parquet"
    said = mooring("trajectory", file, "--score", "score", "--se", 0.6, "--model", model_file(tmp_path), "--out", out)
    assert message in said
    assert not [path.name for path in tmp_path.iterdir() if "b.parquet" in path.name]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "neither --instrument nor --score"),
        (("--score", "score"), "--se: it is not given"),
        (("--score", "score", "--se", "-1"), "-1 is no standard error"),
        (("--score", "score", "--se", "wide"), "no column and no number"),
        (("--score", "absent", "--se", "1"), "no column “absent”"),
        (("--score", "score", "--se", "1"), "Give --fit, --model FILE or --norm"),
        (("--score", "score", "--se", "1", "--unit", "years"), "“years” is no unit"),
        (("--score", "score", "--se", "1", "--person", "who"), "no column “who”"),
        (("--score", "score", "--se", "1", "--fit", "--model", "m.json"), "both were given"),
    ],
)
def test_options_that_do_not_fit_say_so(words: tuple[str, ...], message: str, tmp_path: Path, mooring: Run) -> None:
    file = written(a_table(3)[0], tmp_path / "a.csv")
    assert message in mooring("trajectory", file, "--out", tmp_path / "b.csv", *words)
    assert not (tmp_path / "b.csv").exists()
