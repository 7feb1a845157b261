"""Several groups: the reference group is standard normal, the others' means and sds are found beside the items."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.graded_response import simulate
from mooring.science.graded_response.answers import frequencies
from mooring.science.graded_response.expectation import add, expected_counts
from mooring.science.graded_response.fit import fit, fit_from_counts
from mooring.science.graded_response.parameters import start_from

RNG = np.random.default_rng(11)
BANK = simulate.bank(10, RNG, categories=5)
LABELS = RNG.choice(["clinic", "public", "students"], 9_000)
MEANS, SDS = {"clinic": 0.0, "public": -0.8, "students": -0.4}, {"clinic": 1.0, "public": 0.7, "students": 1.3}
THETA = np.array([RNG.normal(MEANS[label], SDS[label]) for label in LABELS])
ANSWERS = simulate.answers(BANK, THETA, RNG, missing=0.1)


def test_means_sds_and_items_are_recovered() -> None:
    found = fit(ANSWERS, groups=LABELS)
    assert found.converged
    assert [group.label for group in found.groups] == ["clinic", "public", "students"]
    reference, *others = found.groups
    assert (reference.mean, reference.sd) == (0.0, 1.0)
    assert np.isnan([reference.mean_error, reference.sd_error]).all()
    for group in others:
        assert abs(group.mean - MEANS[str(group.label)]) < 3.5 * group.mean_error < 0.2
        assert abs(group.sd - SDS[str(group.label)]) < 3.5 * group.sd_error < 0.2
        assert group.persons == pytest.approx(np.sum(group.label == LABELS), abs=5)
    np.testing.assert_allclose(found.items.a, BANK.a, atol=0.2)
    np.testing.assert_allclose(found.items.b, BANK.b, atol=0.2)


def test_another_reference_group_is_the_same_model() -> None:
    """θ' = (θ − m) / s: the likelihood stays but for the quadrature, and the thresholds move along."""
    one = fit(ANSWERS, groups=LABELS, tolerance=1e-8, standard_errors=False)
    renamed = np.where(LABELS == "students", "a", LABELS)  # the widest: the others then lie well within the nodes
    other = fit(ANSWERS, groups=renamed, tolerance=1e-8, standard_errors=False)
    mean, sd = one.groups[2].mean, one.groups[2].sd
    assert other.groups[0].label == "a"
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-7)
    np.testing.assert_allclose(other.items.a, one.items.a * sd, rtol=1e-3)
    np.testing.assert_allclose(other.items.b, (one.items.b - mean) / sd, atol=1e-3)


def test_groups_summed_over_partitions_give_the_same_calibration() -> None:
    whole = fit(ANSWERS, groups=LABELS, categories=5, tolerance=1e-9, standard_errors=False)
    names, codes = np.unique(LABELS, return_inverse=True)
    parts = [slice(0, 4_000), slice(4_000, 9_000)]
    start = start_from(np.sum([frequencies(ANSWERS[part], 5) for part in parts], axis=0), groups=3)
    summed = fit_from_counts(
        lambda at: add(expected_counts(ANSWERS[part], at, codes[part]) for part in parts),
        start,
        labels=names.tolist(),
        tolerance=1e-9,
        standard_errors=False,
    )
    np.testing.assert_allclose(summed.items.b, whole.items.b, atol=1e-8)
    np.testing.assert_allclose([g.mean for g in summed.groups], [g.mean for g in whole.groups], atol=1e-8)
    np.testing.assert_allclose([g.sd for g in summed.groups], [g.sd for g in whole.groups], atol=1e-8)
    assert [g.label for g in summed.groups] == [g.label for g in whole.groups]


def test_one_group_by_name_is_no_group() -> None:
    alone = fit(ANSWERS, groups=["everyone"] * ANSWERS.shape[0], standard_errors=False)
    assert alone.log_likelihood == fit(ANSWERS, standard_errors=False).log_likelihood
    assert len(alone.groups) == 1


def test_a_group_too_small_for_the_thousands_that_start_the_search() -> None:
    """Two persons of ten thousand: the first rows tried hold none of them."""
    rng = np.random.default_rng(12)
    bank = simulate.bank(6, rng, categories=3)
    answers = simulate.answers(bank, rng.normal(size=10_000), rng)
    groups = np.full(10_000, "many")
    groups[[4_001, 7_001]] = "few"
    found = fit(answers, groups=groups, standard_errors=False)
    assert [group.persons for group in found.groups] == [2.0, 9_998.0]
    assert np.isfinite([number for group in found.groups for number in (group.mean, group.sd)]).all()


def test_a_group_of_one_person_has_no_sd() -> None:
    groups = np.where(np.arange(ANSWERS.shape[0]) == 5, "one", "all")
    found = fit(ANSWERS, groups=groups)
    assert found.groups[1].sd == pytest.approx(0.1)
    assert any("group 'one'" in problem and "bound" in problem for problem in found.problems)


def test_partitions_without_a_group_are_refused() -> None:
    start = start_from(frequencies(ANSWERS, 5), groups=2)
    with pytest.raises(ValueError, match="no answer of group 1"):
        fit_from_counts(lambda at: expected_counts(ANSWERS, at), start)
