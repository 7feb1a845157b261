"""Every command on a bad or a scanty table: an answer, or a sentence naming the place and the mend; never a crash."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.research.conftest import Run

HEAD = "id,role,t,x"
COMMANDS: dict[str, tuple[str, ...]] = {
    "change": ("change", "a.csv", "--score", "x", "--session", "t", "--reliability", "0.8"),
    "gains": ("gains", "a.csv", "--score", "x", "--session", "t", "--cut-off", "2"),
    "trajectory": ("trajectory", "a.csv", "--person", "id", "--time", "t", "--score", "x", "--se", "0.4", "--fit"),
    "growth": ("growth", "a.csv", "--person", "id", "--time", "t", "--score", "x"),
    "couples": ("couples", "a.csv", "--couple", "id", "--role", "role", "--x", "t", "--y", "x"),
    "couples over time": ("couples", "a.csv", "--couple", "id", "--role", "role", "--time", "t", "--score", "x",
                          "--se", "0.4"),
    "transfer": ("transfer", "a.csv", "--person", "id", "--figure", "role", "--time", "t", "--score", "x",
                 "--se", "0.4", "--lead", "a"),
}  # fmt: skip
ORDINARY = [("p", "a", "1", "3"), ("p", "b", "2", "4"), ("q", "a", "1", "2"), ("q", "b", "2", "5")]
SCANTY: dict[str, list[tuple[str, ...]]] = {
    "one occasion": [("p", "a", "1", "3")],
    "nothing answered": [("p", "a", "1", ""), ("p", "b", "2", "")],
    "constant": [("p", "a", "1", "3"), ("p", "b", "2", "3"), ("q", "a", "1", "3"), ("q", "b", "2", "3")],
    "doubled times": [("p", "a", "1", "3"), ("p", "a", "1", "4"), ("p", "b", "2", "4")],
    "reversed times": [("p", "a", "3", "3"), ("p", "b", "2", "4"), ("q", "a", "2", "2"), ("q", "b", "1", "5")],
    "partner missing": [("p", "a", "1", "3"), ("q", "a", "1", "2"), ("q", "b", "2", "5")],
    "no rows": [],
    "ordinary": ORDINARY,
}


def table(rows: list[tuple[str, ...]]) -> None:
    Path("a.csv").write_text("\n".join([HEAD, *(",".join(row) for row in rows)]) + "\n")


def run(mooring: Run, command: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        out = "o.csv" if command == "trajectory" else "o.json"
        return mooring(*COMMANDS[command], "--out", out)


@pytest.mark.parametrize("series", SCANTY)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_answer_or_a_sentence(
    command: str, series: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    table(SCANTY[series])
    said = run(mooring, command)
    written = list(tmp_path.glob("o.*"))
    assert bool(written) != said.startswith("refused: "), said
    if not written:
        # Where, what, and what to do.
        assert said.count(". ") >= 1, said
        assert said.rstrip().endswith((".", "?")), said
        assert "numpy" not in said, said


@pytest.mark.parametrize(
    ("row", "column", "mend"),
    [
        (("q", "a", "1", "x"), "x", "--missing x"),
        (("", "a", "1", "2"), "id", "Give each row"),
        (("q", "a", "", "2"), "t", "Give each"),
        (("q", "a", "soon", "2"), "t", ""),
        (("q", "a", "1", "1e400"), "x", "too large"),
        (("q", "a", "1", "-7e300"), "x", "too large"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_cell_is_named_by_row_column_and_mend(
    command: str, row: tuple[str, ...], column: str, mend: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    table([ORDINARY[0], ORDINARY[1], row, ORDINARY[3]])
    said = run(mooring, command)
    if command == "couples" and row[2] == "":
        return  # x is missing there, and that is no fault
    assert said.startswith("refused: a.csv, row 4"), said
    assert column in said.split(":")[1], said
    assert mend in said, said
    assert not list(tmp_path.glob("o.*"))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["a.csv", "./a.csv", "linked.csv"])
def test_the_answers_are_never_replaced_by_the_result(
    command: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    table(ORDINARY)
    Path("linked.csv").symlink_to("a.csv")
    before = Path("a.csv").read_text()
    said = mooring(*COMMANDS[command], "--out", place, "--overwrite")
    assert "would take the place of a.csv, which is read" in said
    assert Path("a.csv").read_text() == before


def test_the_steps_of_gains_have_a_place_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mooring: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    table(ORDINARY)
    assert "o.csv is the place of --out too" in mooring(*COMMANDS["gains"], "--out", "o.csv", "--steps", "o.csv")
    assert "which is read" in mooring(*COMMANDS["gains"], "--out", "o.csv", "--steps", "a.csv", "--overwrite")
    assert not Path("o.csv").exists()
