"""A file that contradicts itself about one occasion: listed, and decided by a person."""

import pytest

from mooring.checkins.models import Block, CheckIn, Series
from tests.checkins.imports.trying import Trier

TWICE = "id,date,core-10\nA1,2026-01-05,12\nA1,2026-02-05,20\nA1,2026-02-05,8\nA1,2026-02-05,20\nA1,2026-03-05,9\n"
LONG = (
    "id,date,item,answer\nA1,2026-01-05,gad7_1,1\nA1,2026-01-05,gad7_2,2\nA1,2026-01-05,gad7_1,3\n"
    "A1,2026-01-05,gad7_2,2\n"
)


def totals() -> list[float]:
    return [point["score"] for point in Series.objects.get().points]


def test_the_default_lists_them_and_imports_nothing(attempt: Trier) -> None:
    tried = attempt(TWICE)
    assert tried.at(4, "core-10").startswith("another value of core-10 total than in row 3")
    assert "--duplicates first, last, or separate" in tried.said
    assert len(tried.problems) == 1, "row 5 says what row 3 says"
    assert "Said again in the file, alike: 1 time" in tried.said
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(("decision", "expected"), [("first", [12, 20, 9]), ("last", [12, 8, 9])])
def test_the_first_or_the_last_can_count(attempt: Trier, decision: str, expected: list[float]) -> None:
    attempt(TWICE, duplicates=decision)
    assert totals() == expected


def test_both_can_stand_at_the_same_moment(attempt: Trier) -> None:
    attempt(TWICE, duplicates="separate")
    assert sorted(totals()) == [8, 9, 12, 20]
    assert Series.objects.get().points[1]["t"] == Series.objects.get().points[2]["t"]
    again = attempt(TWICE, duplicates="separate")
    assert "Nothing changed" in again.said


def test_single_answers_are_settled_item_by_item(attempt: Trier) -> None:
    tried = attempt(LONG)
    assert tried.at(4, "answer").startswith("another value of gad-7 gad7_1 than in row 2")
    attempt(LONG, duplicates="last")
    assert {code: value for code, value in Block.objects.get().answers.items() if value is not None} == {
        "gad7_1": 3,
        "gad7_2": 2,
    }


def test_answers_that_differ_stay_apart_when_both_were_given(attempt: Trier) -> None:
    attempt(LONG, duplicates="separate")
    given = [{k: v for k, v in b.answers.items() if v is not None} for b in Block.objects.all()]
    assert sorted(given, key=len) == [{"gad7_1": 3}, {"gad7_1": 1, "gad7_2": 2}]


def test_one_measure_in_each_of_two_rows_is_one_occasion(attempt: Trier) -> None:
    attempt("id,date,core-10,gad7\nA1,2026-01-05,12,\nA1,2026-01-05,,7\n")
    assert CheckIn.objects.get().blocks.count() == 2
