"""`mooring transfer` and `mooring couples --time`: as the library does, or a stated why not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.multitest import multipletests

from mooring.research import side_by_side, tables
from mooring.science.coupled import couple, holm
from tests.research.conftest import Run
from tests.science.test_coupled import ERROR, person

TRANSFER = ("transfer", "a.csv", "--lead", "therapist", "--score", "score", "--se", ERROR, "--out", "o.csv")
COUPLES = ("couples", "c.csv", "--role", "role", "--time", "time", "--score", "score", "--se", "se", "--out", "o.csv")


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """One person's 70 weeks about therapist and mother, a few about a friend; as a.csv, rows in no order. The same as
    c.csv of a couple, beside one of whom one partner never answered and one who answered on ten days."""
    monkeypatch.chdir(tmp_path)
    weeks, scores = person(np.random.default_rng(2), 70)
    scores[[3, 9], [0, 1]] = np.nan
    rows = [("p", name, weeks[i], scores[i, k]) for k, name in enumerate(("therapist", "mother")) for i in range(70)]
    rows += [("p", "friend", weeks[i], 3.0 + i) for i in range(5)]
    table = pl.DataFrame(rows, schema=["person", "figure", "time", "score"], orient="row").fill_nan(None)
    table.sample(fraction=1, shuffle=True, seed=1).write_csv("a.csv")
    both = table.filter(pl.col("figure") != "friend").rename({"person": "couple", "figure": "role"})
    few = both.filter(pl.col("time") < 10)
    alone = few.filter(pl.col("role") == "mother").with_columns(couple=pl.lit("alone"))
    every = pl.concat([both, alone, few.with_columns(couple=pl.lit("few"))]).with_columns(se=pl.lit(ERROR))
    every.sample(fraction=1, shuffle=True, seed=2).write_csv("c.csv")
    return weeks, scores


def test_transfer_is_the_library_s(answers: tuple[np.ndarray, np.ndarray], mooring: Run) -> None:
    said = mooring(*TRANSFER)
    assert "1 people, 2 figures beside therapist, 1 with enough occasions" in said
    assert "p, friend: 4 occasions with both; at least 60" in said
    ours = couple(*answers, ERROR)
    found = pl.read_csv("o.csv").filter(pl.col("figure") == "mother")
    assert found["direction"].to_list() == ["lead first", "figure first"]
    for row, pull in zip(found.to_dicts(), (ours.first_on_second, ours.second_on_first), strict=True):
        assert [row["pull"], row["low"], row["high"], row["p"]] == pytest.approx(list(pull), rel=1e-3)
        assert (row["occasions"], row["why_not"]) == (68, None)


def test_the_couples_form_says_who_moves_first_or_why_not(answers: tuple[np.ndarray, np.ndarray], mooring: Run) -> None:
    said = mooring(*COUPLES[:-1], "o.json")
    assert "3 couples, 1 of them with enough occasions" in said
    assert "alone: the partner never answered." in said
    assert "few: " in said
    whole = json.loads(Path("o.json").read_text())
    assert (whole["couples"], whole["judged"], whole["least_occasions"]) == (3, 1, 60)
    found = {(row["leader"], row["follower"]): row for row in whole["rows"] if row["couple"] == "p"}
    ours = couple(answers[0], answers[1][:, ::-1], ERROR)  # roles in the order of the alphabet
    assert found["mother", "therapist"]["pull"] == pytest.approx(ours.first_on_second.rate, rel=1e-3)
    assert found["therapist", "mother"]["pull"] == pytest.approx(ours.second_on_first.rate, rel=1e-3)


def test_holm_is_statsmodels_and_what_was_not_asked_stays_out() -> None:
    p = [0.04, 0.01, 0.03, 0.6]
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1].tolist())
    corrected = holm([0.04, float("nan"), 0.01])
    assert corrected[0] == pytest.approx(0.04)
    assert corrected[2] == pytest.approx(0.02)
    assert np.isnan(corrected[1])


def test_two_answers_at_one_time_are_two_and_half_an_occasion_stays_half(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("person,figure,time,score\np,b,2,5\np,a,1,1\np,a,2,2\np,a,2,3\np,b,0,4\n")
    place = side_by_side.Place(("--person", "person"), ("--figure", "figure"), "time", "score", "0.3")
    one = side_by_side.read(tables.open_table(file), place)["p"]
    assert one.times.tolist() == [0, 1, 2, 2]
    np.testing.assert_equal(one.scores["a"], [np.nan, 1, 2, 3])
    np.testing.assert_equal(one.scores["b"], [4, np.nan, 5, np.nan])


@pytest.mark.parametrize(
    ("row", "words", "says"),
    [
        ("p,a,1,x,0.3", (), "a.csv, row 3, column score: “x” is not a number"),
        ("p,,1,2,0.3", (), "a.csv, row 3, column figure: it is empty. Give each row its figure"),
        (",a,1,2,0.3", (), "row 3, column person: it is empty. Give each row its person"),
        ("p,a,,2,0.3", (), "row 3, column time: there is no time"),
        ("p,a,1,2,0", ("--se", "se"), "row 3, column se: a score without a standard error above 0"),
        ("p,a,1,2,", ("--se", "se"), "row 3, column se: a score without a standard error above 0"),
        ("p,a,1,2,0.3", ("--se", "nope"), "“nope” is no column and no number"),
        ("p,a,1,2,0.3", ("--se", "0"), "0 is no standard error"),
        ("p,a,1,2,0.3", ("--se", ""), "--se: it is not given"),
        ("p,a,1,2,0.3", ("--lead", "aunt"), "nobody answered about “aunt”. Name one of a"),
        ("p,a,1,2,0.3", ("--lead", ""), "--lead: it is not given"),
        ("p,a,1,2,0.3", ("--score", "nope"), "has no column “nope”"),
        ("p,a,1,2,0.3", ("--figure", "nope"), "--figure: a.csv has no column “nope”"),
        ("p,a,1,2,0.3", ("--unit", "years"), "“years” is no unit of time"),
        ("p,a,1,2,0.3", ("--out", "o.txt"), "not a kind of table"),
    ],
)
def test_a_bad_file_is_named_by_row_column_and_mend(
    row: str, words: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(f"person,figure,time,score,se\np,a,0,1,0.3\n{row}\n")
    said = mooring("transfer", "a.csv", "--lead", "a", "--se", "0.3", "--out", "o.csv", *words)
    assert says in said
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["a.csv"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--x", "score"), "it is not clear what is asked"),
        (("--role", ""), "--role: it is not given"),
        (("--role", "score"), "column score: it is empty. Give each row its role"),
        (("--role", "time"), "roles: "),
        (("--score", ""), "it is not clear what is asked"),
    ],
)
def test_the_couples_form_refuses_in_words(
    words: tuple[str, ...], says: str, answers: tuple[np.ndarray, np.ndarray], mooring: Run
) -> None:
    assert says in mooring(*COUPLES, *words)
    assert not Path("o.csv").exists()


def test_somebody_never_asked_about_the_lead_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("person,figure,time,score\np,a,0,1\nq,b,0,1\n")
    assert "q, b: never asked about a." in mooring("transfer", "a.csv", "--lead", "a", "--se", "1", "--out", "o.csv")


def test_the_help_shows_a_worked_example(mooring: Run) -> None:
    assert "mooring transfer answers.csv --lead therapist" in " ".join(mooring("transfer", "--help").split())
    assert "--time day" in " ".join(mooring("couples", "--help").split())
