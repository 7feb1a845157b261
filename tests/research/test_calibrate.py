"""`mooring calibrate`: finds what simulated people were made with, agrees with mirt, and never leaves half a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.catalogue import load, read_calibration, require_fitting
from mooring.kit.refused import Refused
from mooring.research.calibrate import calibrate
from mooring.research.categories import FEWEST, categorised, coded, collapsed
from mooring.research.document import read_document
from tests.research.conftest import Run
from tests.research.made_up import people, ticked, written


def test_it_finds_the_true_parameters(tmp_path: Path, mooring: Run) -> None:
    measure, truth, given, _ = people("attachment", 4000, missing=0.1)
    file, out = written(ticked(measure, given), tmp_path / "a.parquet"), tmp_path / "r.json"
    said = mooring("calibrate", file, "--instrument", "attachment", "--simulated", "--out", out)
    assert "4,000 simulated people" in said, said
    report = json.loads(out.read_text())
    rows = {row["code"]: row for row in report["items"]}
    for place, item in enumerate(measure.items):
        row = rows[item.code]
        assert abs(row["a"] - truth.a[place]) < 5 * row["a_se"]
        for k in range(1, 7):
            assert abs(row[f"b{k}"] - truth.b[place, k - 1]) < 5 * row[f"b{k}_se"]
        assert row["item"] == f"Q{item.number}"
    assert report["both_dimensions"]["correlation"] == pytest.approx(0.4, abs=0.06)
    assert report["iterations"] == sum(scale["iterations"] for scale in report["scales"])
    calibration = read_document(out)
    require_fitting(calibration, measure)
    assert calibration.simulated
    assert calibration == read_calibration(json.dumps(report["calibration"]).encode())
    # Reliability of θ's true score: the share of variance that 24 such items know.
    assert all(0.9 < scale.reliability < 0.99 for scale in calibration.scales)


def test_intervals_hold_as_often_as_they_say() -> None:
    inside = []
    for seed in range(6):
        measure, truth, given, _ = people("distress", 600, seed=seed)
        codes = [item.code for item in measure.items]
        found = calibrate(measure, given + 1.0, codes, sample="made up", already_keyed=True).scales[0]
        a = np.array([item.a for item in found.items])
        errors = np.array([item.a_se for item in found.items])
        inside += (np.abs(a - truth.a) < 1.96 * errors).tolist()
    # 72 intervals, 3.6 outside on average; more than 12 would be one chance in ten thousand.
    assert sum(inside) >= 60


def test_both_models_and_the_sum_of_two(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("attachment", 900)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    reports = []
    for model in ("separate", "together"):
        out = tmp_path / f"{model}.json"
        said = mooring("calibrate", file, "--instrument", "attachment", "--model", model, "--out", out)
        assert "900 people" in said, said
        reports.append(json.loads(out.read_text()))
    separate, together = reports
    assert separate["log_likelihood"] == pytest.approx(sum(s["log_likelihood"] for s in separate["scales"]))
    assert together["log_likelihood"] == together["both_dimensions"]["log_likelihood"]
    # What the two dimensions share makes the answers likelier.
    assert together["log_likelihood"] > separate["log_likelihood"]
    assert together["both_dimensions"]["correlation_se"] > 0


def test_the_ecr_as_mirt_has_it(ecr: Path, tmp_path: Path, mooring: Run) -> None:
    """mirt 1.47 on 25,418 people: log-likelihood within 1e-5, parameters as near as mirt itself has converged."""
    words = ("--instrument", "ecr", "--already-keyed", "--range", 1, 5, "--missing", 0)
    said = mooring("calibrate", ecr / "ecr_dev_complete.csv", *words, "--out", tmp_path / "r.json")
    assert "25,418 people" in said, said
    report = json.loads((tmp_path / "r.json").read_text())
    expected = json.loads((ecr / "expected_graded_response.json").read_text())
    rows = {row["item"]: row for row in report["items"]}
    for scale, name in (("avoidance", "dev_av"), ("anxiety", "dev_ax")):
        found = next(one for one in report["scales"] if one["scale"] == scale)
        assert found["log_likelihood"] == pytest.approx(expected[name]["logLik"], rel=1e-8)
        for item in expected[name]["items"]:
            for key in ("a", "b1", "b2", "b3", "b4"):
                assert rows[item["_row"]][key] == pytest.approx(item[key], abs=1e-3)


def test_raw_answers_of_a_keyed_file_are_stopped(ecr: Path, tmp_path: Path, mooring: Run) -> None:
    out = tmp_path / "r.json"
    said = mooring("calibrate", ecr / "ecr_dev_complete.csv", "--instrument", "ecr", "--range", 1, 5, "--out", out)
    assert "ecr_22" in said
    assert "Add --already-keyed: then every item fits" in said
    assert not out.exists()


def test_items_that_run_against_the_rest_are_named() -> None:
    measure, _, given, _ = people("distress", 500)
    answers = given + 1.0
    codes = [item.code for item in measure.items]
    turned = [item.code for item in measure.items if item.reversed]
    with pytest.raises(Refused, match="Add --already-keyed: then every item fits") as refused:
        calibrate(measure, answers, codes, sample="made up")
    assert all(code in str(refused.value) for code in turned)
    answers[:, 4] = 6 - answers[:, 4]
    with pytest.raises(Refused, match=codes[4]):
        calibrate(measure, answers, codes, sample="made up", already_keyed=True)


def test_rare_answers_go_with_their_rarer_neighbour() -> None:
    one = collapsed("x", [100, 3, 50, 0, 40], 1.0)
    assert one.lowest == (1.0, 2.0, 4.0)
    assert one.joined == [(2.0, 3.0), (4.0, 5.0)]
    assert collapsed("x", [50, 0, 0], 0.0).lowest == (0.0,)
    assert collapsed("x", [FEWEST] * 3, 0.0).lowest == (0.0, 1.0, 2.0)
    steps = coded(np.array([[1.0], [3.0], [np.nan], [5.0]]), np.array([1.0]))
    assert categorised(steps, [one]).ravel().tolist() == [0, 1, -1, 2]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=11), st.integers(-3, 3))
def test_joined_answers_are_neighbours_and_enough_people_gave_them(counts: list[int], low: int) -> None:
    one = collapsed("x", counts, float(low))
    assert one.lowest[0] == low
    assert list(one.lowest) == sorted(set(one.lowest))
    starts = [int(value - low) for value in one.lowest]
    people = np.add.reduceat(counts, starts)
    assert len(people) == 1 or people.min() >= FEWEST
    assert people.sum() == sum(counts)
    # Where everything was chosen often enough, nothing is joined.
    assert min(counts) < FEWEST or len(one.lowest) == len(counts)


def test_what_nobody_chose_is_told_and_scored(tmp_path: Path) -> None:
    measure, _, given, _ = people("distress", 700)
    given[:, 2] = np.where(given[:, 2] == 4, 3, given[:, 2])
    found = calibrate(measure, given + 1.0, [i.code for i in measure.items], sample="made up", already_keyed=True)
    item = found.scales[0].items[2]
    assert item.lowest == (1.0, 2.0, 3.0, 4.0)
    assert len(item.b) == 3
    assert any(f"{item.code}: the answers 4 and 5" in caution for caution in found.cautions)


def test_an_item_that_everybody_answers_alike_is_left_out_and_forbids_publishing() -> None:
    measure, _, given, _ = people("distress", 400)
    given[:, 0] = 2
    found = calibrate(measure, given + 1.0, [i.code for i in measure.items], sample="made up", already_keyed=True)
    assert len(found.scales[0].items) == 11
    assert any(measure.items[0].code in problem for problem in found.problems)


def test_few_people_may_not_be_published() -> None:
    measure, _, given, _ = people("distress", 120)
    found = calibrate(measure, given + 1.0, [i.code for i in measure.items], sample="made up", already_keyed=True)
    assert any("120 persons" in problem for problem in found.problems)


def test_norms_stay_locked_below_three_hundred(tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 900)
    rng = np.random.default_rng(3)
    frame = ticked(measure, given).with_columns(
        gender=pl.Series(rng.choice(["woman", "man", "other"], 900, p=[0.55, 0.4, 0.05])),
        age=pl.Series(rng.integers(15, 80, 900)),
    )
    file, out = written(frame, tmp_path / "a.csv"), tmp_path / "r.json"
    said = mooring(
        "calibrate", file, "--instrument", "distress", "--stratum", "gender", "--stratum", "age", "--out", out
    )
    assert "900 people" in said, said
    norms = {norm.stratum: norm for norm in read_document(out).scales[0].norms}
    assert norms["all"].mean is not None
    assert norms["gender: woman"].mean is not None
    assert norms["gender: other"].mean is None
    assert norms["gender: other"].n == int((frame["gender"] == "other").sum())
    assert {name for name in norms if name.startswith("age")} == {
        "age: under 16", "age: 16 to 29", "age: 30 to 44", "age: 45 to 59", "age: 60 and older",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--group", "sex"), "no such column “sex”"),
        (("--group", "Q1"), "no such column “Q1”"),
        (("--stratum", "id"), "40 different values"),
        (("--model", "three"), "“three” is not known"),
        (("--model", "together"), "has not exactly anxiety and avoidance"),
        (("--workers", 2), "is one file"),
    ],
)
def test_what_was_said_wrongly_is_named(words: tuple[object, ...], says: str, tmp_path: Path, mooring: Run) -> None:
    measure, _, given, _ = people("distress", 40)
    frame = ticked(measure, given).with_columns(id=pl.Series([f"p{n}" for n in range(40)]))
    file, out = written(frame, tmp_path / "a.csv"), tmp_path / "r.json"
    said = mooring("calibrate", file, "--instrument", "distress", "--range", 1, 5, "--out", out, *words)
    assert says in said
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [("--out", "r.json"), ("--instrument", "ecr", "--group", "gender", "--model", "together")]
)
def test_no_file_is_said(mooring: Run, words: tuple[str, ...]) -> None:
    said = mooring("calibrate", *words)
    assert "FILE is not given" in said
    assert "--out, " not in said
    assert ("--group, --model: " in said) == ("--group" in words)


def test_no_file_and_no_clinic_makes_no_clinic(tmp_path: Path) -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("MOORING_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "mooring.cli", "calibrate", "--instrument", "distress"],
        env={**env, "MOORING_DATA": str(tmp_path / "data")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("FILE is not given, and there is no clinic here")
    assert not list((tmp_path / "data").rglob("*.sqlite3"))


def test_answers_of_no_use_are_refused() -> None:
    measure = load("distress")
    codes = [item.code for item in measure.items]
    with pytest.raises(ValueError, match=r"row 1, dis_worry_1: 9 is no answer"):
        calibrate(measure, [[1.0] * 12, [9.0] + [1.0] * 11], codes, sample="x")
    with pytest.raises(Refused, match="no scale has 3 items that people answered differently, among 50 people"):
        calibrate(measure, np.ones((50, 12)), codes, sample="x", already_keyed=True)
    with pytest.raises(ValueError, match="one column for each"):
        calibrate(measure, np.ones((50, 3)), codes, sample="x")


LONG = """
import sys, time
from pathlib import Path
from mooring.research import calibrating
real = calibrating.document
def slow(*words):
    content = real(*words)
    print("writing", flush=True)
    time.sleep(60)
    return content
calibrating.document = slow
sys.argv = ["mooring", *sys.argv[1:]]
from mooring.cli import main
main()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_while_writing_it_leaves_the_old_report(how: signal.Signals, tmp_path: Path) -> None:
    measure, _, given, _ = people("distress", 300)
    file, out = written(ticked(measure, given), tmp_path / "a.csv"), tmp_path / "r.json"
    out.write_text("the old one")
    words = ["calibrate", str(file), "--instrument", "distress", "--out", str(out), "--overwrite"]
    process = subprocess.Popen([sys.executable, "-c", LONG, *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "writing"
    process.send_signal(how)
    assert process.wait(60) != 0
    process.stdout.close()
    assert out.read_text() == "the old one"
    if how == signal.SIGINT:
        assert not list(tmp_path.glob(".r.json*"))


@pytest.mark.parametrize("command", ["score", "calibrate"])
def test_no_django_is_imported(command: str, tmp_path: Path) -> None:
    measure, _, given, _ = people("distress", 300)
    file = written(ticked(measure, given), tmp_path / "a.csv")
    out = tmp_path / ("s.csv" if command == "score" else "r.json")
    program = (
        "import sys; from mooring.cli import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "found = [name for name in sys.modules if name.split('.')[0] in ('django', 'mooring')]\n"
        "print(*[name for name in found if name.startswith('django') or name.startswith('mooring.web')], sep=',')"
    )
    words = [command, str(file), "--instrument", "distress", "--out", str(out)]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert out.exists(), done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == ""
