"""Answers in many files: the same calibration as in one, here, on a cluster, and with a worker killed on the way."""

from __future__ import annotations

import json
import os
import signal
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mooring.catalogue import load
from mooring.kit.refused import Refused
from mooring.research import partitions
from mooring.research.answers import Answers, Declared, answers_of
from mooring.research.categories import collapsed
from mooring.research.columns import Said, bind
from mooring.research.persons import Asked, InMemory
from mooring.research.tables import open_table
from mooring.science.graded_response.fit import Fit
from tests.research.conftest import Run
from tests.research.made_up import people, ticked, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five parts of unequal length, one of them without any answer."""
    measure, _, given, _ = people("distress", 1500, missing=0.1)
    frame, parts = ticked(measure, given), tmp_path / "parts"
    parts.mkdir()
    written(frame, tmp_path / "whole.parquet")
    edges = [0, 100, 700, 701, 1500]
    for number, (first, last) in enumerate(pairwise(edges)):
        written(frame[first:last], parts / f"part-{number}.parquet")
    written(frame[:3].with_columns(pl.all() * None).cast(frame.schema), parts / "part-9.parquet")
    return parts


def answers(path: Path) -> Answers:
    measure, table = load("distress"), open_table(path)
    return answers_of(table, bind(table.columns, measure, Said()), measure, Declared())


def asked(given: Answers, counts: np.ndarray) -> Asked:
    categories = [
        collapsed(item.code, counts[place].tolist(), item.minimum) for place, item in enumerate(given.bound.items)
    ]
    return Asked(range(len(categories)), categories)


def alike(one: Fit, other: Fit, within: float) -> None:
    np.testing.assert_allclose(one.items.a, other.items.a, rtol=within)
    np.testing.assert_allclose(one.items.b, other.items.b, rtol=within, atol=within)
    np.testing.assert_allclose(one.standard_errors.a, other.standard_errors.a, rtol=100 * within)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=within)
    assert one.n == other.n


def test_parts_are_as_one_file(folder: Path) -> None:
    given = answers(folder)
    parts = partitions.InParts(given, 5)
    whole = answers(folder.parent / "whole.parquet")
    steps = np.concatenate(list(partitions.steps_of(whole)))
    memory = InMemory(steps, 5)
    np.testing.assert_array_equal(parts.counts(), memory.counts())
    question = asked(given, parts.counts())
    # Both stop when nothing moves by more than 1e-5.
    alike(parts.fit(question, None), memory.fit(question, None), 1e-4)


def test_the_command_takes_a_folder(folder: Path, tmp_path: Path, mooring: Run) -> None:
    out = tmp_path / "r.json"
    said = mooring("calibrate", folder, "--instrument", "distress", "--out", out)
    assert "1,500 people" in said, said
    assert json.loads(out.read_text())["persons"] == 1500


def test_a_few_parts_stand_for_many(folder: Path, tmp_path: Path) -> None:
    few = partitions.spread(answers(folder), 300)
    assert 1 <= len(few.table.parts) < 5
    assert partitions.spread(answers(folder), 10_000).table.parts == answers(folder).table.parts


def test_a_cluster_gives_the_same_to_1e_8(folder: Path) -> None:
    pytest.importorskip("distributed", reason="needs Dask: pip install 'mooring[cluster]'")
    given = answers(folder)
    here = partitions.InParts(given, 5)
    question = asked(given, here.counts())
    with partitions.cluster(workers=2) as client:
        there = partitions.OnCluster(given, 5, client)
        np.testing.assert_array_equal(there.counts(), here.counts())
        alike(there.fit(question, None), here.fit(question, None), 1e-8)


def test_it_survives_a_worker_that_is_killed(folder: Path) -> None:
    pytest.importorskip("distributed", reason="needs Dask: pip install 'mooring[cluster]'")
    given = answers(folder)
    here = partitions.InParts(given, 5)
    question = asked(given, here.counts())
    with partitions.cluster(workers=2) as client:
        killed: list[int] = []

        def kill(rounds: int, _: float) -> None:
            if rounds >= 2 and not killed:
                worker = sorted(client.run(os.getpid).values())[0]
                os.kill(worker, signal.SIGKILL)
                killed.append(worker)

        alike(partitions.OnCluster(given, 5, client).fit(question, kill), here.fit(question, None), 1e-8)
        assert killed


def test_nobody_at_the_address_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="needs Dask: pip install 'mooring[cluster]'")
    with pytest.raises(Refused, match="nobody answers at"), partitions.cluster("tcp://127.0.0.1:9"):
        pass


def test_without_dask_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(Refused, match=r"pip install 'mooring\[cluster\]'"), partitions.cluster(workers=1):
        pass
