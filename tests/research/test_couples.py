"""`mooring couples`: as the library, whatever the order of the rows; nothing is written in doubt."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.science import dyads
from tests.research.conftest import Run

SAID = ("couples", "p.csv", "--x", "x", "--y", "y")
FEW = ("--resamples", 100)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray]:
    """Forty couples as p.csv, one partner of two of them missing, rows in no order."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 2))
    y = 0.5 * x + 0.3 * x[:, ::-1] + rng.normal(size=(40, 2))
    rows = [
        (c, "ab"[m], x[c, m], y[c, m], c % 5, "n") for c in range(40) for m in (0, 1) if (c, m) not in {(3, 0), (7, 1)}
    ]
    table = pl.DataFrame(rows, schema=["couple", "role", "x", "y", "years", "no"], orient="row")
    table.sample(fraction=1, shuffle=True, seed=2).write_csv("p.csv")
    for c, m in ((3, 0), (7, 1)):
        x[c, m] = y[c, m] = np.nan
    return x, y


def test_as_the_library(people: tuple[np.ndarray, np.ndarray], mooring: Run) -> None:
    said = mooring(*SAID, "--role", "role", "--shared", "years", "--out", "o.csv", *FEW)
    assert "40 couples, 38 of them complete" in said
    ours = dyads.fit(dyads.dyads(*people, shared=(np.arange(40.0) % 5)[:, None]), distinguishable=True)
    found = pl.read_csv("o.csv").filter(pl.col("term") != "k")
    assert found["term"].to_list() == ["intercept", "actor", "partner", "years"] * 2
    np.testing.assert_allclose(found["estimate"], ours.coefficients.ravel(), atol=1e-6)
    np.testing.assert_allclose(found["se"], ours.standard_errors.ravel(), atol=1e-6)


def test_without_roles_one_equation_stands_for_both(people: tuple[np.ndarray, np.ndarray], mooring: Run) -> None:
    mooring(*SAID, "--out", "o.json", *FEW)
    found = json.loads(Path("o.json").read_text())
    assert found["roles"] == ["both"]
    assert found["distinguishable"] is None
    ours = dyads.fit(dyads.dyads(*people), distinguishable=False)
    assert found["log_likelihood"] == pytest.approx(ours.log_likelihood, abs=1e-6)
    # The same file gives the same interval.
    mooring(*SAID, "--out", "again.json", *FEW)
    assert Path("o.json").read_bytes() == Path("again.json").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--out", "o.csv", "--role", "nope"), "no column “nope”"),
        (("--out", "o.csv", "--role", "no"), "it has 1 values: n"),
        (("--out", "o.csv", "--role", "years"), "it has 5 values"),
        (("--out", "o.txt"), "not a kind of table"),
        (("--out", "o.csv", "--couple", "years"), "a third person of couple"),
        (("--out", "o.csv", "--shared", "y"), "differs between its two rows"),
        (("--out", "o.csv", "--own", "role"), "is not a number"),
    ],
)
def test_what_was_said_wrongly_is_named(
    words: tuple[str, ...], says: str, people: tuple[np.ndarray, np.ndarray], mooring: Run
) -> None:
    said = mooring(*SAID, *words)
    assert says in said
    assert [path.name for path in Path().iterdir() if path.is_file()] == ["p.csv"]


def test_the_help_shows_a_worked_example(mooring: Run) -> None:
    assert "mooring couples couples.csv" in mooring("couples", "--help")


def test_lavaans_effects_come_out(tmp_path: Path, mooring: Run) -> None:
    """Acitelli's couples, pairwise: each person's row; data that are no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data")) / "couples"
    if not (folder / "acitelli_pairwise.csv").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with couples/acitelli_pairwise.csv")
    said = mooring("couples", folder / "acitelli_pairwise.csv", "--couple", "CoupleID", "--role", "Gender_A",
                   "--x", "OtherPos_A", "--y", "Satisfaction_A", "--out", tmp_path / "o.csv", *FEW)  # fmt: skip
    assert "Husband, actor: +0.424 (+0.293 to +0.556)" in said
    assert "Wife, partner: +0.321 (+0.163 to +0.480)" in said
