"""`mooring score`: by the key as by hand, by the item model as the library does, streamed, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.catalogue import canonical_calibration, keys, load
from mooring.research import tables
from mooring.research.calibrate import calibrate
from mooring.science.graded_response.scores import eap, wle
from tests.research.conftest import Run
from tests.research.made_up import people, ticked, written


@pytest.mark.parametrize("key", [key for key in keys() if load(key).golden and load(key).scales])
def test_the_golden_cases_of_every_key(key: str, tmp_path: Path, mooring: Run) -> None:
    """Worked by hand in the catalogue."""
    measure = load(key)
    for form in {case.form for case in measure.golden}:
        cases = [case for case in measure.golden if case.form == form]
        rows = {
            code: pl.Series([case.answers[place] for case in cases], dtype=pl.Int64)
            for place, code in enumerate(measure.forms[form].items)
        }
        file = written(pl.DataFrame(rows), tmp_path / f"{form}.csv")
        out = tmp_path / f"{form}-scores.parquet"
        order = ("--order", "own") if measure.orders else ()
        said = mooring("score", file, "--instrument", key, "--form", form, "--out", out, *order)
        assert f"{len(cases)} rows" in said, said
        found = pl.read_parquet(out)
        for row, case in enumerate(cases):
            for scale, expected in case.scores.items():
                given = found[f"{scale}_score"][row]
                assert given is None if expected is None else given == pytest.approx(expected), (case.name, scale)


def test_missing_is_never_zero_and_is_counted(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 60, missing=0.4)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    mooring("score", file, "--instrument", "distress", "--out", tmp_path / "s.csv", "--range", 1, 5)
    found = pl.read_csv(tmp_path / "s.csv")
    answered = (given >= 0).sum(axis=1)
    assert found["distress_answered"].to_list() == answered.tolist()
    assert (found["distress_answered"] + found["distress_missing"] == 12).all()
    enough = answered >= 6
    assert 0 < enough.sum() < 60
    assert (found["distress_score"].is_not_null().to_numpy() == enough).all()
    # As they were ticked 1 to 5, reversed items turned: the keyed steps are the given ones, plus 1.
    means = np.where(given >= 0, given + 1.0, np.nan)[enough]
    np.testing.assert_allclose(found["distress_score"].drop_nulls(), np.nanmean(means, axis=1))
    spread = measure.scale("distress").precision
    assert spread is not None
    assert spread.sd is not None
    assert spread.reliability is not None
    error = spread.sd * np.sqrt(1 - spread.reliability) * np.sqrt(12 / answered[enough])
    np.testing.assert_allclose(found["distress_se"].drop_nulls(), error)


def test_by_a_calibration_as_the_library_scores(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 800, missing=0.05)
    frame = ticked(measure, given)
    codes = [item.code for item in measure.items]
    made = calibrate(measure, frame.to_numpy().astype(float), codes, sample="made up", simulated=True)
    (tmp_path / "c.json").write_bytes(canonical_calibration(made))
    file = written(frame.with_columns(id=pl.Series(range(800))), tmp_path / "a.parquet")
    said = mooring("score", file, "--instrument", "distress", "--calibration", tmp_path / "c.json", "--out",
                   tmp_path / "s.parquet")  # fmt: skip
    assert "800 rows" in said, said
    found = pl.read_parquet(tmp_path / "s.parquet")
    assert found["id"].to_list() == list(range(800))
    scale = made.scale("distress")
    assert scale is not None
    from mooring.science.graded_response.model import Items

    b = np.array([item.b for item in scale.items])
    items = Items(np.array([item.a for item in scale.items]), b, np.zeros(12, dtype=np.int64))
    for name, library in (("wle", wle(items, given)), ("eap", eap(items, given))):
        np.testing.assert_allclose(found[f"distress_{name}"], library.theta, atol=1e-9)
        np.testing.assert_allclose(found[f"distress_{name}_se"], library.standard_error, atol=1e-9)
    # The true score in points agrees with the plain one but for the error of both.
    plain, model = found["distress_score"].to_numpy(), found["distress_points"].to_numpy()
    assert np.corrcoef(plain, model)[0, 1] > 0.98
    assert np.abs(plain - model).mean() < 0.15


def test_pieces_do_not_change_anything(tmp_path: Path, mooring: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    measure, _, given, _ = people("distress", 100, missing=0.2)
    file = written(ticked(measure, given), tmp_path / "a.parquet")
    words = ("score", file, "--instrument", "distress", "--range", 1, 5, "--out")
    mooring(*words, tmp_path / "whole.parquet")
    monkeypatch.setattr(tables, "ROWS", 9)
    mooring(*words, tmp_path / "pieces.parquet")
    mooring(*words, tmp_path / "pieces.csv")
    whole = pl.read_parquet(tmp_path / "whole.parquet")
    assert whole.equals(pl.read_parquet(tmp_path / "pieces.parquet"))
    assert pl.read_csv(tmp_path / "pieces.csv")["distress_score"].to_list() == pytest.approx(
        whole["distress_score"].to_list()
    )


def test_already_keyed_means_that_nothing_is_turned(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 50)
    raw = written(ticked(measure, given), tmp_path / "raw.csv")
    turned = pl.DataFrame(given + 1, schema=[f"Q{n}" for n in range(1, 13)])
    keyed = written(turned, tmp_path / "keyed.csv")
    mooring("score", raw, "--instrument", "distress", "--out", tmp_path / "1.csv", "--range", 1, 5)
    mooring("score", keyed, "--instrument", "distress", "--already-keyed", "--out", tmp_path / "2.csv", "--range", 1, 5)
    assert (tmp_path / "1.csv").read_text() == (tmp_path / "2.csv").read_text()


def test_nothing_is_written_when_an_answer_is_wrong(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 50)
    frame = ticked(measure, given)
    frame[40, "Q3"] = 77
    file, out = written(frame, tmp_path / "a.csv"), tmp_path / "s.csv"
    said = mooring("score", file, "--instrument", "distress", "--out", out, "--range", 1, 5)
    assert "row 42, column Q3: 77 lies outside 1 to 5" in said
    assert "--missing 77" in said
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.csv"]


def test_an_old_file_is_kept_unless_it_may_be_replaced(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 20)
    file, out = written(ticked(measure, given), tmp_path / "a.csv"), tmp_path / "s.csv"
    out.write_text("dear to me")
    words = ("score", file, "--instrument", "distress", "--out", out, "--range", 1, 5)
    assert "Choose another name, or replace it with --overwrite" in mooring(*words)
    assert out.read_text() == "dear to me"
    mooring(*words, "--overwrite")
    assert out.read_text().startswith("row,distress_score")


@pytest.mark.parametrize("command", ["score", "calibrate"])
@pytest.mark.parametrize("name", ["a.csv", "link.csv", "same.csv", "here/../a.csv"])
def test_the_answers_are_never_replaced(name: str, command: str, tmp_path: Path, mooring: Run) -> None:
    """Not even with --overwrite, and under no other name."""
    measure, _, given, _ = people("distress", 20)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    (tmp_path / "here").mkdir()
    (tmp_path / "link.csv").symlink_to(file)
    (tmp_path / "same.csv").hardlink_to(file)
    before = file.read_bytes()
    said = mooring(command, file, "--instrument", "distress", "--out", tmp_path / name, "--overwrite")
    assert "which is read" in said
    assert file.read_bytes() == before


def test_nothing_but_a_file_is_replaced(tmp_path: Path, mooring: Run) -> None:
    """Whoever runs it with all rights would lose the machine's /dev/null."""
    measure, _, given, _ = people("distress", 20)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    said = mooring("score", file, "--instrument", "distress", "--out", tmp_path / "pipe.csv", "--overwrite")
    assert "no ordinary file" in said


def test_two_reports_in_one_place_are_refused(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 20)
    file, out = written(ticked(measure, given), tmp_path / "a.csv"), tmp_path / "r.json"
    said = mooring("calibrate", file, "--instrument", "distress", "--out", out, "--html", out)
    assert "is the place of --out too" in said
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "s.xlsx"), "“.xlsx” is not a kind of table"),
        (("--out", "nowhere/s.csv"), "there is no folder"),
        (("--out", "s.csv", "--keep", "name"), "has no column “name”"),
        (("--out", "s.csv", "--calibration", "no.json"), "cannot be read"),
    ],
)
def test_what_was_said_wrongly_is_named(
    words: tuple[str, ...], says: str, tmp_path: Path, mooring: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    measure, _, given, _ = people("distress", 20)
    written(ticked(measure, given), tmp_path / "a.csv")
    assert says in mooring("score", "a.csv", "--instrument", "distress", "--range", 1, 5, *words)


def test_a_calibration_of_something_else_is_refused(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 300)
    frame = ticked(measure, given)
    made = calibrate(measure, frame.to_numpy().astype(float), [i.code for i in measure.items], sample="made up")
    (tmp_path / "c.json").write_bytes(canonical_calibration(made))
    file = written(frame, tmp_path / "a.csv")
    words = ("score", file, "--calibration", tmp_path / "c.json", "--out", tmp_path / "s.csv")
    other = written(frame[:, :7] - 1, tmp_path / "gad.csv")
    said = mooring("score", other, "--instrument", "gad-7", "--order", "own", "--missing", 4, *words[2:])
    assert "it is not one of gad-7" in said
    said = mooring(*words, "--instrument", "distress", "--range", 1, 6)
    assert "another range" in said
    assert "Leave --range out" in said


def test_a_column_called_like_a_score_asks_what_to_keep(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 20)
    frame = ticked(measure, given).with_columns(distress_score=pl.lit(1), id=pl.lit("a"))
    file = written(frame, tmp_path / "a.csv")
    words = ("score", file, "--instrument", "distress", "--out", tmp_path / "s.csv", "--range", 1, 5)
    assert "--keep" in mooring(*words)
    mooring(*words, "--keep", "id")
    assert pl.read_csv(tmp_path / "s.csv").columns[:2] == ["id", "distress_score"]
