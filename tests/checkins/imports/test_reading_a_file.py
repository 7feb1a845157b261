"""Files as people have them: with a byte-order mark, semicolons, decimal commas, Parquet, and broken ones."""

from pathlib import Path

import polars as pl
import pytest

from mooring.checkins.models import Block, CheckIn
from tests.checkins.imports.trying import Trier

PLAIN = "id,date,core-10\nA1,2026-01-05,12\nA1,2026-02-02,9.5\n"


def totals() -> list[object]:
    return [block.totals["total"] for block in Block.objects.order_by("checkin__occurred_at")]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        "id;date;core-10\nA1;2026-01-05;12\nA1;2026-02-02;9,5\n",
        "id\tdate\tcore-10\nA1\t2026-01-05\t12\nA1\t2026-02-02\t9,5\n",
        'id,date,core-10\nA1,2026-01-05,"12"\n"A1","2026-02-02","9,5"\n',
        "id,date,core-10\n\nA1 , 2026-01-05,12\n\nA1,2026-02-02,9.50\n,,\n",
    ],
    ids=["plain", "byte-order mark", "windows lines", "semicolons", "tabs", "quoted", "blank lines"],
)
def test_the_same_answers_come_in_however_the_file_is_written(attempt: Trier, text: str) -> None:
    attempt(text)
    assert totals() == [12, 9.5]


def test_a_decimal_comma_is_noticed_and_said(attempt: Trier) -> None:
    tried = attempt("id;date;core-10\nA1;2026-01-05;12\nA1;2026-02-02;9,5\n")
    assert "parted by semicolons" in tried.said
    assert "Read with a decimal comma: 1 number" in tried.said


def test_parquet_gives_the_same_rows_as_csv(attempt: Trier, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"id": [1.0, 1.0], "date": ["2026-01-05", "2026-02-02"], "core-10": [12.0, 9.5]},
    ).with_columns(pl.col("date").str.to_date())
    file = tmp_path / "answers.parquet"
    frame.write_parquet(file)
    attempt(file)
    attempt("id,date,core-10\n1,2026-01-05,12\n1,2026-02-02,9.5\n")
    assert totals() == [12, 9.5], "the CSV brought nothing that the Parquet file had not brought"


def test_a_row_with_too_few_cells_is_named_by_its_line(attempt: Trier) -> None:
    tried = attempt('id,date,core-10\n"A\n1",2026-01-05,12\nA1,2026-02-02\nA1,2026-03-02,7,8\n')
    assert tried.at(4, "the whole row") == "2 cells where the header has 3"
    assert tried.at(5, "the whole row") == "4 cells where the header has 3"
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b"id,date,core-10\n", "there is no row after the header"),
        (PLAIN.encode("utf-16"), "it is UTF-16 text"),
        (
            "id,date,core-10\nA1,2026-01-05,12\nM\xfcller,2026-01-05,3\n".encode("latin-1"),
            "row 3: a character is not UTF-8",
        ),
        (b'id,date,core-10\nA1,"2026-01-05,12\n', "row 2: the quotation marks do not pair"),
        (b"id,date,date,core-10\nA1,2026-01-05,1,2\n", "two columns are called \u201cdate\u201d"),
        (b"id,,core-10\nA1,2026-01-05,2\n", "column 2 has no name"),
        (b"PAR1 and then nothing of the kind", "not a Parquet file"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_place(
    attempt: Trier, tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(content)
    tried = attempt(file)
    assert says in tried.refused
    assert tried.refused.endswith(".") or tried.refused.endswith("?")
    assert not CheckIn.objects.exists()


def test_a_file_that_is_not_there_is_named(attempt: Trier, tmp_path: Path) -> None:
    assert "nowhere.csv: it cannot be read (No such file" in attempt(tmp_path / "nowhere.csv").refused
