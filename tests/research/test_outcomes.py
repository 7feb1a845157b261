"""`mooring change` and `mooring gains`: wide and tall tables agree with the library; nothing is written in doubt."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.science import change
from mooring.science import gains as sudden
from mooring.science.trajectory import Panel
from tests.research.conftest import Run

WIDE = pl.DataFrame({"id": ["a", "b", "c", "d"], "pre": [28.0, 25, 30, 19], "post": [9.0, 24, None, 29]})
RC = ("--reliability", 0.85, "--functional", 8, 6, "--cut-off", "c")
COURSE = [35, 37, 34, 23, 24, 21, 29, 17, 11, 11, 10, 7]


def tall() -> pl.DataFrame:
    rows = [(i, t, x) for i, a, b in WIDE.iter_rows() for t, x in ((1, a), (3, b), (2, 20.0)) if x is not None]
    return pl.DataFrame(rows, schema=["id", "t", "x"], orient="row")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    WIDE.write_csv("wide.csv")
    tall().write_parquet("tall.parquet")
    course = pl.DataFrame({"id": ["p"] * 12, "s": list(range(1, 13)), "x": COURSE})
    course.write_csv("course.csv")
    course.filter(pl.col("s") != 5).with_columns(
        pl.date(2026, 1, 1).dt.offset_by(pl.format("{}w", "s")).alias("day")
    ).sort("x").write_csv("dated.csv")
    return tmp_path


@pytest.mark.parametrize("method", change.METHODS)
def test_change_as_the_library(method: str, here: Path, mooring: Run) -> None:
    mooring("change", "wide.csv", "--before", "pre", "--after", "post", *RC, "--method", method, "--out", "o.csv")
    found = pl.read_csv("o.csv")
    x, y = (WIDE[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in ("pre", "post"))
    ours = change.index(method, x, y, change.occasions(x, y), 0.85)
    np.testing.assert_allclose(found["rc"].cast(pl.Float64).fill_null(float("nan")), ours.rc, rtol=1e-9)
    assert found["category"].to_list()[2] == "missing"
    assert found["threshold"][0] == ours.threshold


def test_tall_and_wide_are_the_same(here: Path, mooring: Run) -> None:
    mooring("change", "wide.csv", "--before", "pre", "--after", "post", *RC, "--out", "1.csv")
    mooring("change", "tall.parquet", "--score", "x", "--session", "t", *RC, "--out", "2.csv")
    assert Path("1.csv").read_text() == Path("2.csv").read_text()
    mooring("change", "tall.parquet", "--score", "x", "--session", "t", "--from", 1, "--to", 2, *RC, "--out", "3.csv")
    assert pl.read_csv("3.csv")["after"].to_list() == [20.0] * 4


def test_slopes_beside_the_group_s(here: Path, mooring: Run) -> None:
    rng = np.random.default_rng(3)
    level = rng.normal(20, 3, (12, 1)) + rng.normal(-1, 1, (12, 1)) * np.arange(4) + rng.normal(0, 1, (12, 4))
    rows = [(f"p{i:02d}", t + 1, level[i, t]) for i in range(12) for t in range(4) if (i, t) not in {(3, 1), (5, 3)}]
    pl.DataFrame(rows, schema=["id", "t", "x"], orient="row").write_parquet("long.parquet")
    words = ("--score", "x", "--session", "t", "--method", "multilevel-slope", "--out", "o.csv")
    said = mooring("change", "long.parquet", *words)
    assert "12 people, 11 with both scores" in said
    assert "differs from the group's, not from none" in said
    level[3, 1] = np.nan
    kept = np.delete(level, 5, axis=0)
    panel = Panel(np.arange(12) * 4, np.tile(np.arange(1.0, 5.0), 11), kept.ravel(), np.zeros(44))
    found = pl.read_csv("o.csv").filter(pl.col("category") != "missing")
    np.testing.assert_allclose(found["rc"], change.slopes(panel).rc, rtol=1e-8)
    said = mooring("change", "wide.csv", "--before", "pre", "--after", "post", *words[4:6], "--out", "p.csv")
    assert "it needs every session" in said


def test_the_change_over_its_own_error(here: Path, mooring: Run) -> None:
    WIDE.with_columns(e=pl.lit(3.0), f=pl.Series([4.0, None, 4.0, 4.0])).write_parquet("own.parquet")
    mooring("change", "own.parquet", "--before", "pre", "--after", "post", "--method", "own-error", "--errors", "e,f",
            "--out", "o.json")  # fmt: skip
    found = json.loads(Path("o.json").read_text())
    assert [row["rc"] for row in found["rows"]] == [-19 / 5, None, None, 2.0]
    assert found["categories"]["own-error"]["deteriorated"]["number"] == 1
    assert found["made_by"].startswith("change ")


def test_gains_by_session_and_by_date(here: Path, mooring: Run) -> None:
    said = mooring("gains", "course.csv", "--score", "x", "--session", "s", "--cut-off", 7, "--out", "o.csv")
    assert "2 sudden gains of 1 of 1 people, 1 reversed" in said
    found = pl.read_csv("o.csv")
    assert found.select("from", "to", "magnitude", "reversal", "reversed_at").rows() == [
        (3, 4, 11.0, "met", 7),
        (7, 8, 12.0, "not met", None),
    ]
    # Session 5 is not there: by number it is a gap, by date the next row is the next session.
    dated = ("gains", "dated.csv", "--score", "x", "--cut-off", 7, "--out")
    mooring(*dated, "n.csv", "--session", "s", "--steps", "n-steps.csv")
    steps = pl.read_csv("n-steps.csv")
    assert steps.filter(pl.col("from") == 4)["drop"].to_list() == ["not assessable"]
    said = mooring(*dated, "d.csv", "--date", "day", "--steps", "d-steps.csv")
    assert said.startswith("d.csv: ")
    short = COURSE[:4] + COURSE[5:]
    ours = sudden.sudden_gains(short, sudden.Rule(7)).criteria
    verdicts = {"met": 1, "not met": 0, "not assessable": -1}
    steps = pl.read_csv("d-steps.csv")
    for name, row in zip(ours._fields, ours, strict=True):
        assert [verdicts[word] for word in steps[name]] == row[0].tolist()


def test_losses_and_a_scale_where_higher_is_better(here: Path, mooring: Run) -> None:
    pl.DataFrame([{"id": "p", **{f"s{k}": 63 - x for k, x in enumerate(COURSE)}}]).write_csv("h.csv")
    columns = ("--scores", ",".join(f"s{k}" for k in range(12)), "--out", "o.csv", "--reliable", 6.396, 0.931)
    said = mooring("gains", "h.csv", *columns, "--higher-is-better", "--healthy-end", 63)
    assert "2 sudden gains" in said
    assert "Least step 4.66 points" in said
    said = mooring("gains", "h.csv", *columns, "--losses", "--overwrite")
    assert "sudden losses" in said


def test_a_person_without_scores_is_a_person(here: Path, mooring: Run) -> None:
    Path("few.csv").write_text("id,s1,s2\na,,\nb,3,\n")
    said = mooring("gains", "few.csv", "--scores", "s1,s2", "--cut-off", 7, "--out", "o.csv")
    assert "0 sudden gains of 0 of 2 people" in said
    assert pl.read_csv("o.csv").columns[:3] == ["id", "from", "to"]


WRONG = [
    ("change wide.csv --out o.csv --before pre --after nope --reliability .8", "there is no column “nope”"),
    ("change wide.csv --out o.csv --before pre --after post", "--reliability"),
    ("change wide.csv --out o.csv --reliability .8", "not clear where the scores stand"),
    ("change wide.csv --out o.xlsx --before pre --after post --reliability .8", "not a kind of table"),
    ("change wide.csv --out o.csv --before pre --after post --reliability 1", "below 1"),
    ("change wide.csv --out o.csv --before pre --after post --reliability .8 --method guess", "is not known"),
    ("change wide.csv --out o.csv --before pre --after post --reliability .8 --cut-off b", "functional group"),
    ("change wide.csv --out o.csv --before pre --after post --reliability .8 --cut-off x", "Write a, b, c"),
    ("change wide.csv --out o.csv --before pre --after post --reliability .8 --cut-off c --functional 40 5",
     "is --higher-is-better right?"),
    ("change wide.csv --out o.csv --before pre --after post --method own-error", "no standard errors"),
    ("change twice.csv --out o.csv --before pre --after post --reliability .8", "row 3: a second row of a"),
    ("change tall.parquet --out o.csv --score x --session t --from 1 --to 9 --reliability .8", "no session 9"),
    ("change tall.parquet --out o.csv --score x --session t --from 1 --reliability .8", "one of them is missing"),
    ("gains course.csv --out o.csv --score x --session s", "the least step is not given"),
    ("gains course.csv --out o.csv --score x --session s --cut-off 7 --reliable 6 .9", "given twice"),
    ("gains course.csv --out o.csv --score x --session s --reliable 6 1", "--reliable"),
    ("gains course.csv --out o.csv --score x --cut-off 7", "not clear where the scores stand"),
    ("gains course.csv --out o.csv --score x --session s --cut-off -7", "cut_off must be positive"),
    ("gains course.csv --out o.csv --score x --session s --cut-off 7 --healthy-end 9", "beyond the healthy end"),
    ("gains course.csv --out o.csv --score x --session s --cut-off 7 --higher-is-better", "--healthy-end"),
    ("gains twice.csv --out o.csv --score pre --session post --cut-off 7", "row 3: a second row of a at 2"),
    ("gains half.csv --out o.csv --score x --session s --cut-off 7", "1.5 is no whole number"),
    ("gains half.csv --out o.csv --score x --date word --cut-off 7", "“soon” is no date"),
    ("gains half.csv --out o.csv --score x --date gone --cut-off 7", "it is empty"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "says"), WRONG)
def test_what_was_said_wrongly_is_named_and_nothing_written(words: str, says: str, here: Path, mooring: Run) -> None:
    Path("twice.csv").write_text("id,pre,post\na,1,2\na,3,2\n")
    Path("half.csv").write_text("id,s,x,word,gone\na,1.5,3,soon,\na,2,3,2026-01-01,\n")
    before = set(here.iterdir())
    said = mooring(*words.split())
    assert said.startswith("refused: ")
    assert says in said
    assert set(here.iterdir()) == before


def test_the_help_shows_a_worked_example(mooring: Run) -> None:
    for command in ("change", "gains"):
        assert f"mooring {command} " in mooring(command, "--help").split("Options")[0].replace("Usage", "", 1)


def test_the_peers_counts_come_out(here: Path, mooring: Run) -> None:
    """clinicalsignificance and suddengains on their own examples; data that are no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data"))
    if not (folder / "gains" / "sgdata.csv").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with change/ and gains/")
    sessions = ",".join(f"bdi_s{k}" for k in range(1, 13))
    said = mooring("gains", folder / "gains" / "sgdata.csv", "--scores", sessions, "--cut-off", 7, "--out", "g.csv")
    assert "24 sudden gains of 15 of 43 people, 4 reversed" in said
    said = mooring("change", folder / "change" / "claus_2020.csv", "--score", "hamd", "--session", "time", "--missing",
                   "NA", "--reliability", 0.8, "--functional", 8, 8, "--cut-off", "c", "--out", "c.csv")  # fmt: skip
    assert "43 people, 40 with both scores" in said
    assert "recovered: 26 of 40" in said
