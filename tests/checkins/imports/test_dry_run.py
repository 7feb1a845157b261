"""The dry run lists every problem with its row and column, and changes nothing."""

from typing import Any

from django.apps import apps

from mooring.checkins.models import Block, CheckIn
from mooring.people.models import Client
from tests.checkins.imports.trying import Trier

HEAD = "id,date," + ",".join(f"phq9_{n}" for n in range(1, 10)) + ",gad7\n"
BAD = (
    HEAD
    + "A1,2026-01-05,0,1,2,3,0,1,2,3,0,12\n"
    + "A2,2026-01-05,4,1,two,3,0,1,2,,-1,12\n"
    + ",2026-01-05,0,1,2,3,0,1,2,3,0,22\n"
    + "Anna Schmidt,2026-01-05,0,1,2,3,0,1,2,3,0,12\n"
    + "A3,2026-01-05,0,1,2,3,0,1,2,NA,1.5,3\n"
    + "A1,2026-01-05,0,1,2,3,0,1,2,2,0,12\n"
)


def everything() -> dict[str, Any]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_every_problem_is_listed_by_row_and_column_and_nothing_changes(attempt: Trier) -> None:
    before = everything()
    tried = attempt(BAD, dry_run=True)
    assert tried.at(3, "phq9_1") == "outside 0 to 3"
    assert tried.at(3, "phq9_3") == "not a number"
    assert tried.at(3, "phq9_9") == "outside 0 to 3"
    assert tried.at(4, "id") == "no person"
    assert tried.at(4, "gad7") == "outside 0 to 21"
    assert tried.at(5, "id") == "looks like a name or an address"
    assert tried.at(6, "phq9_8") == "not a number"
    assert tried.at(6, "phq9_9") == "not one of the answers"
    assert tried.at(7, "phq9_8").startswith("another value of phq-9 phq9_8 than in row 2")
    assert len(tried.problems) == 9
    assert tried.refused == "answers.csv: 9 problems, listed above. Nothing was imported."
    assert everything() == before


def test_the_printed_table_says_the_same(attempt: Trier) -> None:
    said = attempt(BAD, dry_run=True).said
    assert " 3     phq9_3   two           not a number " in said
    assert "if two stands for a missing answer, add --missing phq-9=two." in said
    assert "if NA stands for a missing answer, add --missing phq-9=NA." in said
    assert "Anna" not in said, "a name is not repeated"


def test_without_a_dry_run_a_single_problem_stops_everything(attempt: Trier) -> None:
    tried = attempt(HEAD + "A1,2026-01-05,0,1,2,3,0,1,2,3,0,12\nA2,2026-01-05,4,1,2,3,0,1,2,3,0,12\n")
    assert "1 problem, listed above. Nothing was imported." in tried.refused
    assert not Client.objects.filter(code="A1").exists()


def test_a_sound_file_is_described_and_still_not_imported(attempt: Trier) -> None:
    before = everything()
    tried = attempt(HEAD + "A1,2026-01-05,0,1,2,3,0,1,2,3,0,12\n", dry_run=True)
    assert "No problem was found. Nothing was imported: this was a dry run." in tried.said
    assert "1 new person" in tried.said
    assert everything() == before


def test_declared_missing_codes_are_neither_answers_nor_zero(attempt: Trier) -> None:
    attempt(HEAD + "A1,2026-01-05,0,1,2,3,0,1,2,-1,NA,99\n", missing=["NA", "-1", "gad-7=99"])
    (block,) = Block.objects.all()
    assert block.answers["phq9_8"] is None
    assert block.answers["phq9_9"] is None
    assert list(block.answers.values())[:7] == [0, 1, 2, 3, 0, 1, 2]


def test_a_row_without_any_answer_is_no_occasion(attempt: Trier) -> None:
    attempt(HEAD + "A1,2026-01-05,0,1,2,3,0,1,2,3,0,\nA1,,,,,,,,,,,\nA1,2026-02-05,,,,,,,,,,4\n")
    assert [(c.local_date.isoformat(), c.blocks.count()) for c in CheckIn.objects.in_order()] == [
        ("2026-01-05", 1),
        ("2026-02-05", 1),
    ]


def test_unknown_items_of_a_long_file_are_listed(attempt: Trier) -> None:
    tried = attempt(
        "id,date,item,answer\nA1,2026-01-05,phq9_1,2\nA1,2026-01-05,phq9_10,2\nA1,2026-01-05,mood,2\n"
        "A1,2026-01-05,phq9_2,7\n"
    )
    assert tried.at(3, "item") == "unknown item"
    assert tried.at(4, "item") == "unknown item"
    assert tried.at(5, "answer") == "outside 0 to 3"
    assert not CheckIn.objects.exists()


def test_figures_that_are_missing_or_unknown_are_listed(attempt: Trier) -> None:
    head = "id,date,about," + ",".join(f"ecrrs_{n}" for n in range(1, 10))
    rows = [f"A1,2026-01-05,{who},2,2,1,2,6,5,4,5,3" for who in ("mum", "", "Hedwig")]
    text = "\n".join([head, *rows]) + "\n"
    assert "what kind of figure is that?" in attempt(text, raw=["ecr-rs"]).refused
    columns = attempt.room / "map.toml"
    attempt(text, raw=["ecr-rs"], write_map=columns)
    columns.write_text(columns.read_text(encoding="utf-8").replace('Hedwig = "?"\n', ""), encoding="utf-8")
    tried = attempt(text, map=columns)
    assert tried.at(3, "about") == "nobody named"
    assert tried.at(4, "about") == "unknown figure"


def test_a_thousand_lines_are_printed_and_the_rest_is_in_the_file(attempt: Trier) -> None:
    rows = "".join(f"P{n},2026-01-05,{40 + n}\n" for n in range(1500))
    tried = attempt("id,date,core-10\n" + rows, dry_run=True)
    assert len(tried.problems) == 1500 - 1, "40 is still in range"
    assert "… and 499 more; --problems FILE.csv writes every one." in tried.said
