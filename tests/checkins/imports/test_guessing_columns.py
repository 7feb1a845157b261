"""What a column's name is taken to mean. A guess is confirmed by a person; it still ought to be a good one."""

from pathlib import Path

import polars as pl
import pytest

from mooring import catalogue
from mooring.checkins.imports.columns import ColumnMap, as_toml, read_map
from mooring.checkins.imports.guess import Said, guess

ALL = {key: catalogue.load(key) for key in (*catalogue.keys(),)}


def guessed(columns: dict[str, list[object]], *keys: str) -> ColumnMap:
    frame = pl.DataFrame(columns).cast(pl.String)
    measures = {key: ALL[key] for key in keys} if keys else ALL
    return guess(frame, measures, lambda names: frame.select(names), Said())


def held(found: ColumnMap) -> dict[str, str]:
    return {name: f"{one.key} {text}" for one in found.measures for name, text in one.columns.items()}


@pytest.mark.parametrize(
    ("column", "holds"),
    [
        ("phq9_3", "phq-9 phq9_3"),
        ("PHQ-9 item 3", "phq-9 phq9_3"),
        ("phq.3", "phq-9 phq9_3"),
        ("PHQ9_Q3", "phq-9 phq9_3"),
        ("GAD7 total", "gad-7 total"),
        ("gad", "gad-7 total"),
        ("CORE10", "core-10 total"),
        ("ecr1", "ecr ecr_1"),
        ("ecr_s_12", "ecr-s ecrs_12"),
        ("ecr_anx", "ecr anxiety"),
        ("ECR-RS mother 7", "ecr-rs ecrrs_7/mother"),
        ("dad_ecrrs_1", "ecr-rs ecrrs_1/father"),
        ("sec_safe_1", "state-security sec_safe_1"),
        ("csi16_16", "csi-16 csi16_16"),
        ("waisr_bond", "wai-sr bond"),
    ],
)
def test_a_column_is_recognised_by_its_name(column: str, holds: str) -> None:
    assert held(guessed({"id": ["A"], "date": ["2026-01-05"], column: [1]})) == {column: holds}


@pytest.mark.parametrize("column", ["age", "session", "phq9_12", "sex", "medication_3", "csi", "q1", "remarks"])
def test_a_column_that_is_not_understood_is_left_alone(column: str) -> None:
    assert not guessed({"id": ["A"], column: [1]}).measures


def test_a_bare_number_names_an_item_only_when_one_measure_can_be_meant() -> None:
    columns = {"id": ["A"], **{f"Q{n}": [1] for n in range(1, 37)}}
    assert held(guessed(columns, "ecr"))["Q36"] == "ecr ecr_36"
    assert not guessed(columns).measures


def test_a_tenth_item_is_not_taken_for_the_total() -> None:
    found = guessed({"id": ["A"], **{f"core_{n}": [1] for n in range(1, 11)}})
    assert held(found)["core_10"] == "core-10 core10_10"
    assert held(guessed({"id": ["A"], "core_10": [1]})) == {"core_10": "core-10 total"}


def test_occasions_side_by_side_make_a_row_a_person() -> None:
    found = guessed({"id": ["A"], "phq9_w0": [1], "phq9_w4": [2], "phq9_3_w4": [1], "gad7 w4": [2], "phq9_fu1": [3]})
    assert found.shape == "persons"
    assert held(found) == {
        "phq9_w0": "phq-9 total@w0",
        "phq9_3_w4": "phq-9 phq9_3@w4",
        "phq9_fu1": "phq-9 total@fu1",
        "gad7 w4": "gad-7 total@w4",
    }, "the total of week 4 is left out beside its items"
    assert found.time.reading == "weeks"
    assert found.occasions == {"w0": 0, "w4": 4, "fu1": "?"}


def test_a_column_without_an_occasion_beside_others_asks_for_its_time() -> None:
    found = guessed({"id": ["A"], "gad7": [3], "gad7_w4": [2]})
    assert held(found) == {"gad7": "gad-7 total@unnamed", "gad7_w4": "gad-7 total@w4"}
    assert found.occasions == {"w4": 4, "unnamed": "?"}


def test_long_files_are_read_from_their_cells() -> None:
    found = guessed(
        {
            "patient": ["A", "A", "A", "A"],
            "date": ["2026-01-05"] * 4,
            "questionnaire": ["PHQ-9", "PHQ-9", "CORE", "CORE"],
            "item": ["1", "item 9", "1", "10"],
            "answer": [1, 2, 3, 4],
        }
    )
    assert (found.shape, found.person, found.time.column) == ("answers", "patient", "date")
    assert [(one.key, one.named, dict(one.columns)) for one in found.measures] == [
        ("phq-9", "PHQ-9", {"1": "phq9_1", "item 9": "phq9_9"}),
        ("core-10", "CORE", {"1": "core10_1", "10": "core10_10"}),
    ]
    assert found.measures[1].keyed == "", "items 1 and 10 are not reversed"


def test_what_only_a_person_knows_is_left_open() -> None:
    found = guessed({"id": ["A"], **{f"ecrr_{n}": [1] for n in range(1, 37)}}, "ecr-r")
    assert (found.measures[0].keyed, found.measures[0].order) == ("?", "?")
    assert found.measures[0].columns["ecrr_7"] == "7", "a place on the form, until the order is known"


def test_the_combined_sheet_is_recognised_by_its_positions() -> None:
    found = guessed({"id": ["A"], **{f"phq_{n}": [1] for n in (1, 3, 5, 7, 9, 11, 13, 15, 16)}})
    assert found.measures[0].order == "sheet_with_gad7"


def test_the_map_survives_its_own_file(tmp_path: Path) -> None:
    found = guessed({"id": ["A"], "ECR-RS mother 7": [1], "phq9_w2": [3], 'a "quoted" gad7': [1]})
    file = tmp_path / "map.toml"
    file.write_text(as_toml(found), encoding="utf-8")
    assert read_map(file) == found
