"""Raw or turned, in which order, in which range: what the answers themselves say against a declaration."""

from pathlib import Path

import polars as pl
import pytest

from mooring.checkins.models import Block, CheckIn, Series
from tests.checkins.imports.made_up import answers, turned
from tests.checkins.imports.trying import Trier

DAY = "2026-01-05"


def written(frame: pl.DataFrame, room: Path) -> Path:
    file = room / "items.csv"
    frame.write_csv(file)
    return file


@pytest.fixture
def ecr() -> pl.DataFrame:
    return answers("ecr", 120, seed=7)


def test_turned_data_declared_raw_stop_and_name_the_items(attempt: Trier, ecr: pl.DataFrame) -> None:
    file = written(turned(ecr, "ecr", (1, 7)), attempt.room)
    tried = attempt(file, on=DAY, raw=["ecr"])
    for number in (3, 15, 19, 22, 25, 27, 29, 31, 33, 35):
        assert f"ecr_{number} correlates negatively" in tried.at(None, f"ecr_{number}")
    assert "It would fit with --already-keyed ecr." in tried.said
    assert not CheckIn.objects.exists()


def test_raw_data_declared_turned_stop_too(attempt: Trier, ecr: pl.DataFrame) -> None:
    tried = attempt(written(ecr, attempt.room), on=DAY, already_keyed=["ecr"])
    assert "declared already turned" in tried.at(None, "ecr_22")
    assert "It would fit with --raw ecr." in tried.said


def test_the_right_declaration_passes_and_scores_agree(attempt: Trier, ecr: pl.DataFrame) -> None:
    attempt(written(ecr, attempt.room), on=DAY, raw=["ecr"])
    once = {(s.participation.client.code, s.scale): s.points[0]["score"] for s in Series.objects.all()}
    other = turned(ecr, "ecr", (1, 7)).with_columns(("T" + pl.col("id")).alias("id"))
    attempt(written(other, attempt.room), on=DAY, already_keyed=["ecr"])
    again = {(s.participation.client.code, s.scale): s.points[0]["score"] for s in Series.objects.all()}
    assert len(again) == 2 * len(once) == 480
    assert all(again[f"T{code}", scale] == value for (code, scale), value in once.items())


def test_a_true_negative_item_is_accepted_by_name(attempt: Trier, ecr: pl.DataFrame) -> None:
    odd = written(ecr.with_columns((8 - pl.col("ecr_6")).alias("ecr_6")), attempt.room)
    tried = attempt(odd, on=DAY, raw=["ecr"])
    assert [one["column"] for one in tried.problems] == ["ecr_6"]
    assert "--accept-negative ecr=ecr_6" in tried.said
    attempt(odd, on=DAY, raw=["ecr"], accept_negative=["ecr=ecr_6"])
    assert Block.objects.count() == 120


def test_a_little_negative_among_few_people_is_only_mentioned(attempt: Trier) -> None:
    few = answers("gad-7", 9, seed=3).with_columns(pl.Series("gad7_4", [0, 1, 2, 0, 1, 2, 3, 0, 1]))
    tried = attempt(written(few, attempt.room), on=DAY)
    assert tried.loaded is not None
    assert "gad7_4" in tried.said
    assert "with 9 people that can be chance" in tried.said


def test_another_order_is_found_by_its_correlations(attempt: Trier) -> None:
    # The blocked form's answers, numbered as the interleaved form prints them.
    blocked = answers("ecr-r", 150, seed=11)
    interleaved = blocked.rename(
        {f"ecrr_{k}": f"ecrr_{2 * k - 1}" for k in range(1, 19)}
        | {f"ecrr_{18 + k}": f"ecrr_{2 * k}" for k in range(1, 19)}
    )
    file = written(interleaved, attempt.room)
    tried = attempt(file, on=DAY, raw=["ecr-r"], order=["ecr-r=own"])
    assert "It would fit with --order ecr-r=interleaved" in tried.said
    assert not CheckIn.objects.exists()


def test_a_known_coding_is_turned_back(attempt: Trier) -> None:
    boxes = (
        "id,date," + ",".join(f"csi16_{n}" for n in range(1, 17)) + f"\nA1,{DAY},6" + ",0,5,5,5,5,5,5,5,5,0,5,0,0,5,0\n"
    )
    attempt(boxes, coding=["csi-16=box_positions"])
    # Items 2, 11, 13, 14 and 16 are printed from 5 down to 0 (catalogue): the leftmost box is a 5.
    assert Series.objects.get().points[0]["score"] == 81


def test_a_coding_that_would_fit_is_found(attempt: Trier) -> None:
    printed = answers("csi-16", 120, seed=4)
    downwards = [f"csi16_{n}" for n in (2, 11, 13, 14, 16)]
    boxes = written(printed.with_columns([(5 - pl.col(code)).alias(code) for code in downwards]), attempt.room)
    tried = attempt(boxes, on=DAY)
    assert sorted(one["column"] for one in tried.problems) == sorted(downwards)
    assert "It would fit with --coding csi-16=box_positions." in tried.said
    attempt(boxes, on=DAY, coding=["csi-16=box_positions"])
    assert Series.objects.count() == 120
    tried = attempt(written(printed, attempt.room), on=DAY, coding=["csi-16=box_positions"], prefix="p")
    assert "It would fit with no --coding for csi-16." in tried.said


def test_a_coding_that_turns_just_the_reversed_items_is_already_keyed(attempt: Trier) -> None:
    core = "id,date," + ",".join(f"core10_{n}" for n in range(1, 11)) + f"\nA1,{DAY},1,1,2,2,0,0,4,1,2,3\n"
    attempt(core, coding=["core-10=camcops"])
    block = Block.objects.get()
    assert block.already_keyed
    assert block.answers["core10_2"] == 1, "kept as it stands in the file"
    # 1 + 1 + 2 + 2 + 0 + 0 + 4 + 1 + 2 + 3, nothing turned.
    assert Series.objects.get().points[0]["score"] == 16


def test_a_range_that_nobody_uses_to_its_end_is_asked_about(attempt: Trier) -> None:
    five = written(answers("ecr", 60, seed=5, span=(1, 5)), attempt.room)
    tried = attempt(five, on=DAY, raw=["ecr"])
    assert tried.at(None, "ecr") == "2,160 answers go from 1 to 5, the key's from 1 to 7"
    assert "--range ecr=1:5, or --range ecr=1:7" in tried.said
    assert not CheckIn.objects.exists()


def test_another_range_gets_no_norms_and_the_files_own_precision(attempt: Trier) -> None:
    five = written(answers("ecr", 60, seed=5, span=(1, 5)), attempt.room)
    tried = attempt(five, on=DAY, raw=["ecr"], range=["ecr=1:5"])
    assert "ecr: given from 1 to 5, which is not the key's range: no norms, no borders." in tried.said
    block = Block.objects.first()
    assert (block.minimum, block.maximum) == (1, 5)
    series = Series.objects.filter(scale="anxiety").first()
    assert (series.precision, series.minimum, series.maximum) == ("reference", 1, 5)


def test_the_keys_own_range_declared_is_no_other_range(attempt: Trier) -> None:
    five = written(answers("ecr", 60, seed=5, span=(1, 5)), attempt.room)
    attempt(five, on=DAY, raw=["ecr"], range=["ecr=1:7"])
    assert Block.objects.first().minimum is None


def test_one_range_cannot_stand_for_items_that_differ(attempt: Trier) -> None:
    tried = attempt("id,date,csi16_1,csi16_2\nA1,2026-01-05,1,1\n", range=["csi-16=1:6"])
    assert "its items have different ranges, and one range was declared" in tried.refused
