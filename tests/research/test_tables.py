"""Which column is which item, what an answer may be, and files of each kind: a refusal names thing, place and mend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.catalogue import load
from mooring.kit.refused import Refused
from mooring.research import tables
from mooring.research.answers import Declared, answers_of
from mooring.research.columns import Said, bind
from mooring.research.tables import open_table

GAD = load("gad-7")
OWN = Said(order="own")
ROW = {f"gad_{number}": [number % 4, 3 - number % 4, None] for number in range(1, 8)}


def read(path: Path, said: Said = OWN, declared: Declared | None = None, key: str = "gad-7") -> np.ndarray:
    measure, table = load(key), open_table(path)
    bound = bind(table.columns, measure, said, path.name)
    found = answers_of(table, bound, measure, declared or Declared())
    return np.concatenate([piece.answers for piece in found.pieces()])


@pytest.mark.parametrize(
    "names",
    [
        [f"Q{n}" for n in range(1, 8)],
        [f"q{n:02}" for n in range(1, 8)],
        [f"item_{n}" for n in range(1, 8)],
        [f"GAD7_{n}" for n in range(1, 8)],
        [f"gad_{n}" for n in range(1, 8)],
        [str(n) for n in range(1, 8)],
        [item.code for item in GAD.items],
    ],
)
def test_an_item_is_known_by_its_number_or_code(names: list[str]) -> None:
    bound = bind(["row", *reversed(names), "age"], GAD, OWN)
    assert bound.columns == tuple(names)
    assert [item.number for item in bound.items] == list(range(1, 8))
    assert bound.others == ("row", "age")


@given(st.permutations([f"Q{n}" for n in range(1, 37)]))
def test_the_order_of_columns_does_not_matter(names: list[str]) -> None:
    bound = bind(["row", *names], load("ecr"), Said())
    assert bound.columns == tuple(f"Q{n}" for n in range(1, 37))


def test_columns_can_be_named() -> None:
    names = ["worry", "b", "c", "d", "e", "f", "g"]
    assert bind(["x", *names], GAD, Said(columns=tuple(names), order="own")).columns == tuple(names)
    mapped = tuple(f"{name}={number}" for number, name in enumerate(names, start=1))
    assert bind(["x", *names], GAD, Said(mapped=mapped, order="own")).columns == tuple(names)


def test_a_short_form_is_known_by_its_codes() -> None:
    measure = load("distress")
    bound = bind([*measure.forms["short"].items, "id"], measure, Said())
    assert bound.form == "short"


@pytest.mark.parametrize(
    ("names", "key", "said", "says"),
    [
        (["Q1", "Q2"], "ecr", Said(), "no column for ecr_3 (number 3)"),
        (["a", "b"], "ecr", Said(), "no column looks like an item of ecr; there are a, b"),
        ([f"Q{n}" for n in range(1, 37)], "ecr-s", Said(), "go on where ecr-s ends, with 12 items"),
        ([f"Q{n}" for n in range(1, 37)], "ecr-r", Said(), "--order own or --order interleaved"),
        ([f"Q{n}" for n in range(1, 37)], "ecr-r", Said(order="mixed"), "“mixed” is not an order"),
        (["Q1", "item1", *(f"Q{n}" for n in range(2, 8))], "gad-7", OWN, "gad7_1 could be in any of Q1, item1"),
        (["a"], "gad-7", Said(columns=("a",), order="own"), "1 columns for the 7 items"),
        (["a"], "gad-7", Said(columns=("b",), order="own"), "has no column “b”"),
        (["a"], "gad-7", Said(mapped=("a=9",), order="own"), "“9” is no item of gad-7"),
        (["a", "b"], "gad-7", Said(mapped=("a=1", "b=1"), order="own"), "stands there twice"),
        (["a"], "distress", Said(form="long"), "distress has no “long”"),
    ],
)
def test_columns_that_cannot_be_bound_are_said(names: list[str], key: str, said: Said, says: str) -> None:
    with pytest.raises(Refused) as refused:
        bind(names, load(key), said, "a.csv")
    assert says in str(refused.value)


def test_every_kind_of_file_gives_the_same_answers(tmp_path: Path) -> None:
    frame = pl.DataFrame(ROW)
    frame.write_csv(tmp_path / "a.csv")
    frame.write_csv(tmp_path / "semicolons.csv", separator=";")
    frame.write_parquet(tmp_path / "a.parquet")
    frame.cast(pl.Float64).write_parquet(tmp_path / "float.parquet")
    frame.cast(pl.String).write_parquet(tmp_path / "text.parquet")
    expected = frame.cast(pl.Float64).to_numpy()
    for path in tmp_path.glob("*.*"):
        np.testing.assert_array_equal(read(path), expected, err_msg=path.name)


def test_spss_with_its_own_missing_values(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pl.DataFrame({**ROW, "gad_1": [9, 2, 1]})
    pyreadstat.write_sav(frame, tmp_path / "a.sav", missing_ranges={"gad_1": [9]})
    assert np.isnan(read(tmp_path / "a.sav")[0, 0])
    assert read(tmp_path / "a.sav")[1, 0] == 2


def test_spss_without_its_library_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.sav").write_bytes(b"$FL2 and so on")
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    with pytest.raises(Refused, match=r"pip install 'mooring\[spss\]'"):
        open_table(tmp_path / "a.sav")


def test_pieces_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(rng.integers(0, 4, (25, 7)), schema=list(ROW))
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_csv(tmp_path / "a.csv")
    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(3):
        frame[number * 10 : number * 10 + 10].write_parquet(folder / f"{number}.parquet")
    monkeypatch.setattr(tables, "ROWS", 7)
    monkeypatch.setattr(tables, "TEXT_ROWS", 4)
    for path in (tmp_path / "a.parquet", tmp_path / "a.csv", folder):
        np.testing.assert_array_equal(read(path), frame.to_numpy())
    assert open_table(folder).rows == 25


@pytest.mark.parametrize(
    ("cell", "declared", "says"),
    [
        ("4", Declared(), "row 3, column gad_2: 4 lies outside 0 to 3"),
        ("-1", Declared(), "--missing -1"),
        ("1.5", Declared(), "row 3, column gad_2: 1.5 is not one of the answers"),
        ("often", Declared(), "row 3, column gad_2: “often” is not a number"),
        ("0", Declared(missing=("0",)), "--missing 0: it is one of the answers"),
        ("1", Declared(answer_range=(3, 1)), "--range: 3 to 1 does not rise"),
        ("1e999", Declared(), "too large"),
    ],
)
def test_an_answer_that_cannot_be_is_named(tmp_path: Path, cell: str, declared: Declared, says: str) -> None:
    names = list(ROW)
    rows = ["1"] * 7, ["1", cell, *["1"] * 5]
    (tmp_path / "a.csv").write_text("\n".join(",".join(row) for row in (names, *rows)))
    with pytest.raises(Refused) as refused:
        read(tmp_path / "a.csv", declared=declared)
    assert says in str(refused.value)


def test_declared_codes_are_missing_and_only_they(tmp_path: Path) -> None:
    frame = pl.DataFrame({**{name: ["1", "2"] for name in ROW}, "gad_3": ["99", "NA"]})
    frame.write_csv(tmp_path / "a.csv")
    found = read(tmp_path / "a.csv", declared=Declared(missing=("99", "NA")))
    assert np.isnan(found[:, 2]).all()
    assert np.isfinite(np.delete(found, 2, axis=1)).all()


def test_an_end_that_nobody_chose_asks_for_the_range(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    pl.DataFrame(rng.integers(1, 6, (40, 36)), schema=[f"Q{n}" for n in range(1, 37)]).write_csv(tmp_path / "a.csv")
    with pytest.raises(Refused, match="--range 1 5, or --range 1 7"):
        read(tmp_path / "a.csv", Said(), key="ecr")
    for declared in (Declared(answer_range=(1, 5)), Declared(answer_range=(1, 7))):
        assert read(tmp_path / "a.csv", Said(), declared, key="ecr").shape == (40, 36)


def test_answers_all_alike_are_no_range_to_declare(tmp_path: Path) -> None:
    pl.DataFrame([[3] * 36] * 40, schema=[f"Q{n}" for n in range(1, 37)], orient="row").write_csv(tmp_path / "a.csv")
    with pytest.raises(Refused, match="Declare it: --range 1 7"):
        read(tmp_path / "a.csv", Said(), key="ecr")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"a,b\n", "there is no row after the header"),
        (b"a,a\n1,2\n", "two columns are called"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"PAR1nonsense", "it is not a Parquet file that can be read"),
    ],
)
def test_a_file_that_is_no_table_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Refused) as refused:
        open_table(tmp_path / "a.csv")
    assert says in str(refused.value)


def test_a_row_that_is_cut_off_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",".join(ROW) + "\n1,1,1,1,1,1,1\n1,1\n")
    with pytest.raises(Refused, match=r"row 3: 2 cells where the header has 7"):
        read(tmp_path / "a.csv")


def test_parts_must_be_alike(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"b": [1]}).write_parquet(tmp_path / "2.parquet")
    with pytest.raises(Refused, match=r"2\.parquet: its columns are not those of 1\.parquet"):
        open_table(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Refused, match="no file"):
        open_table(empty)
