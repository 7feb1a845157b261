"""Where a key has no confirmed precision, the file's own first occasions give it: a clinic reference, no norm."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.checkins.models import Series
from mooring.instruments.models import Reference
from tests.checkins.imports.made_up import answers
from tests.checkins.imports.trying import Trier


def two_occasions(key: str, people: int) -> pl.DataFrame:
    first = answers(key, people, seed=1).with_columns(pl.lit("2026-01-05").alias("date"))
    later = answers(key, people, seed=2).with_columns(pl.lit("2026-03-05").alias("date"))
    return pl.concat([later, first])


def written(frame: pl.DataFrame, room: Path) -> Path:
    frame.write_csv(room / "items.csv")
    return room / "items.csv"


def test_mean_spread_and_alpha_are_those_of_first_occasions(attempt: Trier) -> None:
    attempt(written(two_occasions("ecr", 50), attempt.room), raw=["ecr"])
    # Worked here with numpy alone, from the first of the two occasions.
    first = answers("ecr", 50, seed=1)
    reversed_items = {3, 15, 19, 25, 27, 29, 31, 33, 35}
    items = [8 - first[f"ecr_{n}"] if n in reversed_items else first[f"ecr_{n}"] for n in range(1, 37, 2)]
    matrix = np.column_stack([column.to_numpy() for column in items]).astype(float)
    scores = matrix.mean(axis=1)
    alpha = 18 / 17 * (1 - matrix.var(axis=0, ddof=1).sum() / matrix.sum(axis=1).var(ddof=1))
    found = Reference.objects.get(scale="avoidance")
    assert (found.mean, found.sd) == pytest.approx((scores.mean(), scores.std(ddof=1)))
    assert found.reliability == pytest.approx(alpha)
    assert (found.persons, found.minimum, found.maximum) == (50, 1, 7)
    assert found.source == "Import of 2026-05-13 (items.csv): first occasion of 50 people; alpha over 18 items."


def test_the_series_rests_on_it(attempt: Trier) -> None:
    attempt(written(two_occasions("ecr", 50), attempt.room), raw=["ecr"])
    reference = Reference.objects.get(scale="anxiety")
    assert reference.reliability is not None
    series = Series.objects.filter(scale="anxiety").first()
    assert series.precision == "reference"
    assert series.points[0]["se"] == pytest.approx(reference.sd * (1 - reference.reliability) ** 0.5)
    assert series.last_level is not None


def test_totals_take_the_reliability_of_the_key_and_the_spread_of_the_file(attempt: Trier) -> None:
    rows = "".join(f"P{n},2026-01-05,{n % 20}\n" for n in range(40))
    attempt("id,date,phq9\n" + rows)
    found = Reference.objects.get()
    # PHQ-9: alpha .89 stands in the catalogue, no standard deviation.
    assert found.reliability == 0.89
    assert found.sd == pytest.approx(np.std([n % 20 for n in range(40)], ddof=1))


def test_totals_without_any_reliability_are_scores_without_error(attempt: Trier) -> None:
    rows = "".join(f"P{n},2026-01-05,{n % 20}\n" for n in range(40))
    tried = attempt("id,date,csi-16\n" + rows)
    assert "no reliability is known. A clinic reference, not a norm; scores without error, no river." in tried.said
    series = Series.objects.first()
    assert (series.precision, series.last_level) == ("none", None)


def test_too_few_people_give_no_precision(attempt: Trier) -> None:
    tried = attempt("id,date,phq9\n" + "".join(f"P{n},2026-01-05,{n}\n" for n in range(20)))
    assert "none from this file (20 people, 30 are needed); scores without error, no river." in tried.said
    assert not Reference.objects.exists()


def test_a_published_precision_needs_none_of_the_file(attempt: Trier) -> None:
    attempt("id,date,core-10\n" + "".join(f"P{n},2026-01-05,{n % 30}\n" for n in range(40)))
    assert not Reference.objects.exists()
    assert Series.objects.first().precision == "published"


def test_a_second_file_keeps_the_reference_that_is_there(attempt: Trier) -> None:
    attempt("id,date,phq9\n" + "".join(f"P{n},2026-01-05,{n % 20}\n" for n in range(40)))
    before = Reference.objects.values().get()
    tried = attempt("id,date,phq9\n" + "".join(f"Q{n},2026-01-05,{n % 5}\n" for n in range(40)))
    assert Reference.objects.values().get() == before
    assert (
        "Precision of phq-9 total: as the clinic measured it before (Import of 2026-05-13 (answers.csv)" in tried.said
    )


def test_a_declared_measure_brings_its_own(attempt: Trier) -> None:
    declared = attempt.file(
        'key = "mood"\nname = "Mood today"\nminimum = 0\nmaximum = 100\ndirection = "better"\nrole = "distress"\n'
        'reliability = 0.8\nsd = 15\nsource = "Made up for this test."\n',
        "mood.toml",
    )
    attempt("id,date,mood\nA1,2026-01-05,40\nA1,2026-01-12,55\n", declare=[declared])
    series = Series.objects.get()
    assert (series.instrument_key, series.precision, series.direction) == ("mood", "published", "better")
    assert series.points[0]["se"] == pytest.approx(15 * 0.2**0.5)
    changed = attempt.file(declared.read_text().replace("100", "90"), "mood.toml")
    tried = attempt("id,date,mood\nA2,2026-01-05,40\n", declare=[changed])
    assert "version 1 is published already. Raise its version number." in tried.refused
