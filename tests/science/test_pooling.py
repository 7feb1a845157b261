"""A small group leans on its neighbours, a large one hardly, and nobody's mean is moved."""

from __future__ import annotations

import numpy as np
import pytest

from mooring.science.panel import fit
from mooring.science.pooling import fit_pooled, joined
from tests.science.test_panel import TRUE, people


def test_nothing_shared_is_each_alone() -> None:
    panels = {"mother": people(20, 1)[0], "friend": people(25, 2)[0]}
    assert fit_pooled(panels, 0)["mother"].parameters == fit(panels["mother"]).parameters


def test_a_group_that_counts_as_all_of_itself_is_one_panel() -> None:
    """With m = M every other person counts once: the fit of all together, centres aside."""
    one, two = people(20, 3)[0], people(30, 4)[0]
    moved = two._replace(scores=two.scores - np.nanmean(two.scores) + np.nanmean(one.scores))
    pooled = fit_pooled({"one": one, "two": two}, 30)["one"].parameters
    np.testing.assert_allclose(pooled, fit(joined([one, moved])).parameters, rtol=1e-6, atol=1e-9)


def test_small_groups_come_nearer_to_the_truth() -> None:
    """Eight people of a figure beside 300 of another one, twenty times: the movement's error shrinks."""
    alone, leaning = [], []
    for seed in range(20):
        small, large = people(8, 200 + seed)[0], people(300, 300 + seed)[0]
        far = large._replace(scores=large.scores + 3)
        alone.append(fit(small).parameters)
        leaning.append(fit_pooled({"small": small, "large": far})["small"].parameters)
    for place in (0, 2):
        before = np.mean((np.array(alone)[:, place] - TRUE[place]) ** 2)
        assert np.mean((np.array(leaning)[:, place] - TRUE[place]) ** 2) < 0.5 * before
    apart = np.array(leaning)[:, 5] - np.array(alone)[:, 5]
    assert np.abs(apart).max() < 1.5, "the other figure's mean, three points away, is not taken over"


def test_an_empty_group_is_left_out_and_bad_numbers_are_refused() -> None:
    silent = people(5, 5)[0]
    silent = silent._replace(scores=np.full(silent.scores.size, np.nan))
    assert list(fit_pooled({"one": people(10, 6)[0], "silent": silent})) == ["one"]
    with pytest.raises(ValueError, match="not negative"):
        fit_pooled({"one": people(10, 6)[0]}, -1)
