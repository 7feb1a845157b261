"""The E-step counts what the sums written out in full count, however the persons are divided."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mooring.science.graded_response import simulate
from mooring.science.graded_response.expectation import Counts, add, expected_counts
from mooring.science.graded_response.model import Items
from mooring.science.graded_response.parameters import Parameters, parameters_of
from tests.science.graded_response import brute


def a_problem(dimensions: int = 1) -> tuple[np.ndarray, np.ndarray, Parameters]:
    """Twelve persons, items of two to six categories, holes, one who skipped all; in one dimension, two groups."""
    rng = np.random.default_rng(5)
    bank = simulate.bank(7, rng, categories=(2, 3, 6), dimensions=dimensions)
    answers = simulate.answers(bank, rng.normal(size=(12, dimensions)), rng, missing=0.2)
    answers[3] = -1
    if dimensions == 2:
        answers[4, bank.dimension == 1] = -1
        return answers, np.zeros(12, dtype=int), parameters_of(bank, correlation=0.6)
    groups = rng.integers(0, 2, 12)
    return answers, groups, parameters_of(bank, means=[0.0, 0.7], sds=[1.0, 1.4])


def assert_same(ours: Counts, theirs: tuple[np.ndarray, np.ndarray, float], rtol: float = 1e-10) -> None:
    np.testing.assert_allclose(ours.items, theirs[0], rtol=rtol, atol=1e-13)
    np.testing.assert_allclose(ours.latent, theirs[1], rtol=rtol, atol=1e-13)
    assert ours.log_likelihood == pytest.approx(theirs[2], rel=1e-12)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_counts_are_those_written_out_in_full(dimensions: int) -> None:
    answers, groups, parameters = a_problem(dimensions)
    ours = expected_counts(answers, parameters, groups)
    assert_same(ours, brute.counts(answers, groups, parameters))
    chosen = [[(answers[:, j] == k).sum() for k in range(ours.items.shape[1])] for j in range(answers.shape[1])]
    np.testing.assert_allclose(ours.items.sum(axis=2), chosen, atol=1e-12)
    assert ours.latent.sum() == pytest.approx(11)  # who answered nothing is nobody's count


@pytest.mark.parametrize("dimensions", [1, 2])
def test_partitions_add_up_to_the_whole(dimensions: int) -> None:
    answers, groups, parameters = a_problem(dimensions)
    whole = expected_counts(answers, parameters, groups)
    cuts = [slice(0, 1), slice(1, 5), slice(5, 5), slice(5, 12)]
    summed = add(expected_counts(answers[cut], parameters, groups[cut]) for cut in cuts)
    assert_same(summed, (whole.items, whole.latent, whole.log_likelihood))


def test_many_threads_count_as_one_does() -> None:
    """More rows than one part holds, against the same rows in partitions small enough for one part each."""
    rng = np.random.default_rng(6)
    bank = simulate.bank(5, rng, categories=4)
    answers = simulate.answers(bank, rng.normal(size=25_000), rng)
    parameters = parameters_of(bank)
    whole = expected_counts(answers, parameters)
    summed = add(expected_counts(answers[first : first + 300], parameters) for first in range(0, 25_000, 300))
    assert_same(whole, (summed.items, summed.latent, summed.log_likelihood))


def test_contradictory_answers_to_a_long_test_do_not_underflow() -> None:
    """200 steep items answered lowest and highest in turn: a likelihood of some e^-3000."""
    bank = Items(np.full(200, 4.0), np.tile([-2.0, 0.0, 2.0], (200, 1)), np.zeros(200, dtype=np.int64))
    answers = np.tile(np.array([0, 3], dtype=np.int8), (2, 100))
    parameters = parameters_of(bank)
    ours = expected_counts(answers, parameters)
    assert ours.log_likelihood < -1000
    assert_same(ours, brute.counts(answers, np.zeros(2, dtype=int), parameters), rtol=1e-8)


def test_wrong_answers_are_named() -> None:
    answers, groups, parameters = a_problem()
    wrong = answers.copy()
    wrong[:, 2] = 6
    with pytest.raises(ValueError, match="item 2 has an answer beyond"):
        expected_counts(wrong, parameters, groups)
    with pytest.raises(ValueError, match="answers to 3 items, parameters of 7"):
        expected_counts(answers[:, :3], parameters, groups)
    with pytest.raises(ValueError, match="from 0 to 1"):
        expected_counts(answers, parameters, groups + 1)


def test_compiled_and_interpreted_kernels_agree() -> None:
    script = """
import json, numpy as np
from mooring.science.graded_response.expectation import expected_counts
from mooring.science.graded_response.maximisation import gradient, maximise
from mooring.science.graded_response.parameters import packed, used_categories
from tests.science.graded_response.test_expectation import a_problem
numbers = []
for dimensions in (1, 2):
    answers, groups, parameters = a_problem(dimensions)
    counts = expected_counts(answers, parameters, groups)
    used = used_categories(counts.items.sum(axis=2) > 0.5)
    numbers += [*counts.items.ravel(), counts.log_likelihood, *gradient(parameters, counts, used)]
    numbers += list(packed(maximise(parameters, counts, used).expanded, used))
print(json.dumps(numbers))
"""

    def run(disabled: str) -> list[float]:
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
            text=True,
        )
        numbers: list[float] = json.loads(done.stdout)
        return numbers

    np.testing.assert_allclose(run("0"), run("1"), rtol=1e-9, atol=1e-12)
