"""A study of more than 50,000 answers, made here from a seed: two measures of items, one of totals, one a figure.

What the import makes of it is compared with scores worked out by polars alone, from the key as it is printed in
the sources: PHQ-9 is a plain sum of nine, ECR-RS a mean of six (1 to 4 turned) and of three.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.checkins.models import Block, CheckIn, Series
from mooring.people.models import Client
from tests.checkins.imports.trying import Trier

PEOPLE, OCCASIONS = 160, 12
PHQ = [f"phq9_{n}" for n in range(1, 10)]
RS = [f"ecrrs_{n}" for n in range(1, 10)]
FIGURES = ("mother", "partner")


def study() -> pl.DataFrame:
    """A row an occasion: PHQ-9 items, a CORE-10 total, ECR-RS about two figures; a twentieth of the answers missing."""
    rng = np.random.default_rng(50_000)
    rows = PEOPLE * OCCASIONS
    level = np.repeat(rng.normal(size=PEOPLE), OCCASIONS) + rng.normal(0, 0.4, rows)

    def answers(low: int, high: int, sign: int) -> pl.Series:
        drawn = (low + high) / 2 + sign * (high - low) / 4 * (level + rng.normal(0, 0.7, rows))
        values = pl.Series(np.clip(np.rint(drawn), low, high).astype(int))
        return values.zip_with(pl.Series(rng.random(rows) > 0.05), pl.Series([None] * rows, dtype=pl.Int64))

    start = date(2024, 1, 1)
    columns: dict[str, object] = {
        "id": np.repeat([f"S{n:04}" for n in range(PEOPLE)], OCCASIONS),
        "date": [start + timedelta(days=7 * w) for _ in range(PEOPLE) for w in range(OCCASIONS)],
    }
    columns |= {item: answers(0, 3, 1) for item in PHQ}
    columns["core10_total"] = answers(0, 40, 1)
    for figure in FIGURES:
        for number, item in enumerate(RS, start=1):
            columns[f"{item}_{figure}"] = answers(1, 7, -1 if number <= 4 else 1)
    return pl.DataFrame(columns)


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return study()


def expected(frame: pl.DataFrame) -> dict[tuple[str, str, str, str, str], float]:
    """(person, day, measure, scale, figure) → score, where enough was answered (80 %)."""
    phq = pl.mean_horizontal(PHQ) * 9
    enough = pl.sum_horizontal(pl.col(PHQ).is_not_null()) >= 0.8 * 9
    scores = {("phq-9", "total", ""): pl.when(enough).then(phq), ("core-10", "total", ""): pl.col("core10_total")}
    for figure in FIGURES:
        items = [pl.col(f"{item}_{figure}") for item in RS]
        avoidance = [8 - item for item in items[:4]] + items[4:6]
        for scale, of in (("avoidance", avoidance), ("anxiety", items[6:])):
            enough = pl.sum_horizontal(item.is_not_null() for item in of) >= 0.8 * len(of)
            scores["ecr-rs", scale, figure] = pl.when(enough).then(pl.mean_horizontal(of))
    found = {}
    for (key, scale, figure), score in scores.items():
        for person, day, value in frame.select("id", pl.col("date").cast(pl.String), score.alias("s")).iter_rows():
            if value is not None:
                found[person, day, key, scale, figure] = float(value)
    return found


def stored() -> dict[tuple[str, str, str, str, str], float]:
    return {
        (
            series.participation.client.code,
            point["on"],
            series.instrument_key,
            series.scale,
            series.figure.kind if series.figure else "",
        ): point["score"]
        for series in Series.objects.select_related("participation__client", "figure")
        for point in series.points
        if point["score"] is not None
    }


def compare(frame: pl.DataFrame) -> None:
    found, wanted = stored(), expected(frame)
    assert found.keys() == wanted.keys()
    assert max(abs(found[key] - wanted[key]) for key in wanted) < 1e-9


@pytest.mark.slow
def test_every_score_of_a_wide_study_is_the_one_polars_finds(
    attempt: Trier, frame: pl.DataFrame, tmp_path: Path
) -> None:
    file = tmp_path / "study.parquet"
    frame.write_parquet(file)
    answers = frame.select(pl.sum_horizontal(pl.all().exclude("id", "date").count())).item()
    assert answers >= 50_000
    tried = attempt(file, raw=["ecr-rs"])
    assert tried.loaded is not None, tried.refused + tried.said
    assert (Client.objects.count(), CheckIn.objects.count()) == (PEOPLE, PEOPLE * OCCASIONS)
    compare(frame)
    values = [v for b in Block.objects.all() for v in (b.totals or b.answers).values()]
    assert sum(value is not None for value in values) == answers, "not one answer was lost or made"


@pytest.mark.slow
def test_a_long_study_gives_the_same_scores(attempt: Trier, frame: pl.DataFrame, tmp_path: Path) -> None:
    some = frame.filter(pl.col("id") < "S0030").drop("core10_total")
    long = some.unpivot(index=["id", "date"], variable_name="item", value_name="answer").drop_nulls()
    named = long.with_columns(
        pl.col("item").str.extract("_(mother|partner)$").alias("about"), pl.col("item").str.extract(r"^([a-z0-9]+_\d)")
    )
    file = tmp_path / "study.csv"
    # In no order at all: identity, not place, decides.
    named.sample(fraction=1, shuffle=True, seed=1).write_csv(file, separator=";")
    tried = attempt(file, raw=["ecr-rs"])
    assert tried.loaded is not None, tried.refused + tried.said
    some = some.with_columns(pl.lit(None, pl.Int64).alias("core10_total"))
    compare(some)
