"""A fit that is not to be used says so in words, and whatever the answers are, every number stays finite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mooring.science.graded_response import simulate
from mooring.science.graded_response.fit import Fit, fit
from mooring.science.graded_response.model import probabilities

RNG = np.random.default_rng(31)
BANK = simulate.bank(6, RNG, categories=4, centre_sd=0.3)
ANSWERS = simulate.answers(BANK, RNG.normal(size=1_500), RNG)


def told(answers: np.ndarray, **wishes: object) -> tuple[Fit, str]:
    found = fit(answers, categories=4, **wishes)  # type: ignore[arg-type]
    assert_finite(found)
    return found, "\n".join(found.problems)


def assert_finite(found: Fit) -> None:
    numbers = [found.items.a, found.log_likelihood, found.correlation]
    numbers += [number for group in found.groups for number in (group.persons, group.mean, group.sd)]
    assert all(np.isfinite(number).all() for number in numbers)
    assert not np.isinf(found.items.b).any()
    assert not np.isinf(found.standard_errors.a).any()
    assert not np.isinf(found.standard_errors.b).any()
    ascending = np.diff(found.items.b * np.sign(found.items.a)[:, None], axis=1)
    assert not (ascending < -1e-9).any()
    chances = probabilities(found.items, [-6.0, 0.0, 6.0])
    np.testing.assert_allclose(chances.sum(axis=2), 1)
    assert chances.min() > -1e-12


def test_nothing_is_said_against_a_good_fit() -> None:
    assert told(ANSWERS)[1] == ""


def test_too_few_iterations() -> None:
    found, problems = told(ANSWERS, max_iterations=2)
    assert not found.converged
    assert "not converged after 2 iterations" in problems


@pytest.mark.parametrize("empty", [0, 2, 3])
def test_a_category_nobody_chose(empty: int) -> None:
    """Inside, it takes no room between its neighbours; at an end, its threshold lies where nobody is."""
    answers = ANSWERS.copy()
    answers[answers[:, 1] == empty, 1] = 1
    found, problems = told(answers)
    assert f"item 1: nobody chose category {empty}; collapse it" in problems
    assert probabilities(found.items, np.linspace(-3, 3, 7))[1, :, empty].max() < 1e-6
    squeezed = answers.copy()
    squeezed[:, 1] -= answers[:, 1] > empty
    other = fit(squeezed)
    assert other.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(found.items.a, other.items.a, atol=1e-4)


def test_an_item_answered_by_all_alike_or_by_nobody() -> None:
    answers = ANSWERS.copy()
    answers[:, 2], answers[:, 4] = 3, -1
    found, problems = told(answers)
    assert "item 2: everybody gave the same answer, 3" in problems
    assert "item 4: nobody answered it" in problems
    assert np.isnan(found.standard_errors.a[[2, 4]]).all()
    assert np.isfinite(found.standard_errors.a[[0, 1, 3, 5]]).all()
    alone = fit(answers[:, [0, 1, 3, 5]], categories=4)
    assert alone.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-9)


def test_an_item_that_runs_against_the_others() -> None:
    answers = ANSWERS.copy()
    answers[:, 3] = 3 - answers[:, 3]
    found, problems = told(answers)
    assert "item 3: negative discrimination" in problems
    assert found.items.a[3] == pytest.approx(-fit(ANSWERS).items.a[3], rel=1e-3)


def test_an_item_that_measures_nothing() -> None:
    answers = ANSWERS.copy()
    answers[:, 5] = RNG.integers(0, 4, 1_500)
    assert "item 5: discrimination" in told(answers)[1]


def test_an_item_asked_twice() -> None:
    answers = ANSWERS[:, [0, 0, 0, 1]]
    assert "too high to be true" in told(answers)[1]


def test_few_persons() -> None:
    problems = told(ANSWERS[:20])[1]
    assert "only 20 persons" in problems
    assert "20 persons for" in problems


def test_a_threshold_beyond_everybody() -> None:
    a, b = BANK.a.copy(), BANK.b.copy()
    a[0], b[0] = 0.5, [-1.0, 0.0, 9.0]
    rng = np.random.default_rng(32)
    answers = simulate.answers(BANK._replace(a=a, b=b), rng.normal(size=3_000), rng)
    assert "item 0: threshold" in told(answers)[1]


TABLES = st.tuples(st.integers(1, 25), st.integers(1, 5)).flatmap(
    lambda shape: arrays.arrays(np.int8, shape, elements=st.integers(-1, 3))
)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([None, 4]), st.sampled_from(["one", "groups", "two"]))
def test_any_table_gives_finite_numbers_or_is_refused(table: np.ndarray, categories: int | None, kind: str) -> None:
    wishes: dict[str, object] = {"categories": categories, "max_iterations": 60}
    if kind == "groups":
        wishes["groups"] = np.arange(table.shape[0]) % 2
    if kind == "two" and table.shape[1] > 1:
        wishes["dimension"] = np.arange(table.shape[1]) % 2
    try:
        found = fit(table, **wishes)  # type: ignore[arg-type]
    except ValueError as refused:
        assert "there is no answer" in str(refused)  # noqa: PT017 — the only refusal of a table of categories
        return
    assert_finite(found)
    assert found.problems  # twenty-five persons are never enough


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.floats(0.0, 0.6))
def test_any_bank_is_recovered_to_its_own_likelihood(seed: int, categories: int, missing: float) -> None:
    """The maximum is at least as likely as the truth."""
    rng = np.random.default_rng(seed)
    bank = simulate.bank(5, rng, categories=categories)
    answers = simulate.answers(bank, rng.normal(size=400), rng, missing=missing)
    answers[0] = -1
    found = fit(answers, categories=categories, standard_errors=False)
    assert_finite(found)
    truth = fit(answers, categories=categories, start=bank, max_iterations=1, standard_errors=False)
    assert found.log_likelihood >= truth.log_likelihood - 1e-6
