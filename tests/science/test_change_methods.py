"""Six methods and the five categories against a peer's quoted results, and by hand."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mooring.science import change
from mooring.science.change import Category, Occasions, Sample
from mooring.science.trajectory import Panel

GROUP = Occasions(Sample(40, 8), Sample(30, 10), 0.5, 60)
PEER = {
    "JT": "jacobson-truax",
    "GLN": "gulliksen-lord-novick",
    "HLL": "hsu-lin-lord",
    "EN": "edwards-nunnally",
    "NK": "nunnally-kotsch",
    "HA": "hageman-arrindell",
}
scores = st.floats(-100, 100)


@pytest.fixture(scope="session")
def claus() -> Path:
    """Forty depressed patients and what clinicalsignificance makes of them; no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data")) / "change"
    if not (folder / "expected_claus_2020.json").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with change/expected_claus_2020.json")
    return folder


def before_and_after(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """HAMD at the first and the fourth occasion, of those with both, in the order of the id."""
    rows = list(csv.DictReader((folder / "claus_2020.csv").open()))
    held = [{r["id"]: r["hamd"] for r in rows if r["time"] == time and r["hamd"] not in ("", "NA")} for time in "14"]
    both = [person for person in held[0] if person in held[1]]
    first, second = (np.array([float(one[person]) for person in both]) for one in held)
    return first, second


@pytest.mark.parametrize("cut", "ac")
@pytest.mark.parametrize("name", PEER)
def test_every_person_as_in_the_peer(name: str, cut: str, claus: Path) -> None:
    """clinicalsignificance 2.1.0.9000 (863dc77): hamd 1 → 4, functional 8 (8), r .80, for NK r₂ .50."""
    x, y = before_and_after(claus)
    expected = list(csv.DictReader((claus / f"expected_claus_hamd_{name}_{cut}.csv").open()))
    group = change.occasions(x, y)
    found = change.index(PEER[name], x, y, group, 0.8, reliability_after=0.5)
    np.testing.assert_allclose(found.rc, [float(row["rci"]) for row in expected], rtol=1e-10)
    certain = None
    if name == "HA":
        value = getattr(change.true_cut_offs(group.before, Sample(8, 8), 0.8), cut)
        certain = change.beyond_cut_off(y, group, 0.8, value)
        np.testing.assert_allclose(certain, [float(row["cs_indiv"]) for row in expected], rtol=1e-10)
    else:
        value = getattr(change.cut_offs(group.before, Sample(8, 8)), cut)
    crossed = change.crossing(x, y, value, higher_is_better=False, certain=certain)
    categories = change.categorise(found.rc, found.reliable, crossed, higher_is_better=False)
    assert [Category(code).name.capitalize() for code in categories] == [row["category"] for row in expected]


@pytest.mark.parametrize(("measure", "reliability"), [("hamd", 0.85), ("bdi", 0.85), ("shaps", 0.85), ("who", 0.85)])
def test_without_a_cut_off_as_in_the_peer(measure: str, reliability: float, claus: Path) -> None:
    """cs_distribution: three categories, on the first and the last occasion; its shaps was read as higher is better."""
    rows = list(csv.DictReader((claus / "claus_2020.csv").open()))
    held = [{r["id"]: r[measure] for r in rows if r["time"] == time and r[measure] not in ("", "NA")} for time in "14"]
    both = [person for person in held[0] if person in held[1]]
    x, y = (np.array([float(one[person]) for person in both]) for one in held)
    found = change.index("jacobson-truax", x, y, change.occasions(x, y), reliability)
    expected = list(csv.DictReader((claus / f"expected_claus_dist_JT_{measure}.csv").open()))
    np.testing.assert_allclose(found.rc, [float(row["rci"]) for row in expected], rtol=1e-10)
    categories = change.categorise(found.rc, found.reliable, higher_is_better=measure in ("who", "shaps"))
    assert [Category(code).name.capitalize() for code in categories] == [row["category"] for row in expected]


@pytest.mark.parametrize("cut", "ac")
def test_slopes_as_in_the_peer(cut: str, claus: Path) -> None:
    """Its HLM method, of those with all four occasions; lme4's REML is converged to some 1e-4 of the index."""
    rows = list(csv.DictReader((claus / "claus_2020.csv").open()))
    by: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["hamd"] not in ("", "NA"):
            by.setdefault(row["id"], {})[row["time"]] = float(row["hamd"])
    people = {person: one for person, one in by.items() if {"1", "4"} <= set(one)}
    offsets = np.cumsum([0, *(len(one) for one in people.values())])
    times, given = (np.array([float(x) for one in people.values() for x in part(one)]) for part in (list, dict.values))
    found = change.slopes(Panel(offsets, times, given, np.zeros(given.size)))
    expected = {row["id"]: row for row in csv.DictReader((claus / f"expected_claus_hamd_HLM_{cut}.csv").open())}
    peer = [float(expected[person]["rci"]) for person in people]
    np.testing.assert_allclose(found.rc, peer, atol=2e-4)
    x, y = before_and_after(claus)
    value = getattr(change.cut_offs(change.occasions(x, y).before, Sample(8, 8)), cut)
    crossed = change.crossing(x, y, value, higher_is_better=False)
    categories = change.categorise(found.rc, found.reliable, crossed, higher_is_better=False)
    names = [Category(code).name.capitalize() for code in categories]
    assert names == [expected[person]["category"] for person in people]


def test_the_peers_second_cut_off_is_not_ours(claus: Path) -> None:
    """The peer's cut-off b takes the clinical sd, 8 + 2 · 3.34; Jacobson & Truax's takes the functional, 8 + 2 · 8."""
    x, y = before_and_after(claus)
    assert change.cut_offs(change.occasions(x, y).before, Sample(8, 8)).b == 24


BY_HAND = {
    # x 40, y 28: r .75, SEM 8 · .5 = 4.
    "jacobson-truax": -12 / (4 * 2**0.5),
    "gulliksen-lord-novick": -12 / (8 * (1 - 0.75**2) ** 0.5),
    "hsu-lin-lord": -2 / (8 * (1 - 0.75**2) ** 0.5),
    "edwards-nunnally": -12 / 4,
    "nunnally-kotsch": -12 / (0.5625 * 64 * 0.25 + 64 * 0.25) ** 0.5,
    # s₁² + s₂² − 2 s₁ s₂ r = 64 + 100 − 80 = 84; r_dd = (84 − 32) / 84.
    "hageman-arrindell": (-12 * 52 / 84 - 10 * 32 / 84) / ((52 / 84) ** 0.5 * 2**0.5 * 4),
}


@pytest.mark.parametrize("method", change.METHODS)
def test_by_hand(method: str) -> None:
    found = change.index(method, 40, 28, GROUP, 0.75)
    assert found.rc == pytest.approx(BY_HAND[method])
    assert found.change == -12
    assert found.threshold == (1.65 if method == "hageman-arrindell" else 1.96)


def test_the_first_is_the_reliable_change_index() -> None:
    x, y = np.array([30.0, 55.0, np.nan]), np.array([41.0, 20.0, 3.0])
    ours = change.index("jacobson-truax", x, y, GROUP, 0.8)
    plain = change.reliable_change(x, y, 8, 0.8)
    np.testing.assert_allclose(ours.rc, plain.rc)
    np.testing.assert_array_equal(ours.reliable, plain.reliable)


@pytest.mark.parametrize("method", change.METHODS)
@given(before=scores, after=scores)
def test_a_mirrored_scale_mirrors_the_index_and_keeps_the_category(method: str, before: float, after: float) -> None:
    mirrored = Occasions(Sample(-40, 8), Sample(-30, 10), 0.5, 60)
    found, back = (
        change.index(method, before, after, GROUP, 0.75),
        change.index(method, -before, -after, mirrored, 0.75),
    )
    assert found.rc == pytest.approx(-back.rc)
    pair = [
        change.categorise(one.rc, one.reliable, change.crossing(s * before, s * after, s * 33, **way), **way)
        for one, s, way in ((found, 1, {"higher_is_better": True}), (back, -1, {"higher_is_better": False}))
    ]
    assert pair[0] == pair[1]


def test_each_category() -> None:
    """Higher is worse, cut at 20: what crossed and what did not."""
    before, after = [30, 30, 30, 15, 15, 30, 20, np.nan], [15, 25, 28, 19, 25, 35, 5, 10]
    index = [-3, -2.5, -1, 2.5, 3, 2.5, -3, np.nan]
    crossed = change.crossing(before, after, 20, higher_is_better=False)
    found = change.categorise(index, np.abs(np.nan_to_num(index)) > 1.96, crossed, higher_is_better=False)
    assert [Category(code).name for code in found] == [
        "RECOVERED", "IMPROVED", "UNCHANGED", "DETERIORATED", "HARMED", "DETERIORATED", "IMPROVED", "MISSING",
    ]  # fmt: skip
    without = change.categorise(index, np.abs(np.nan_to_num(index)) > 1.96, higher_is_better=False)
    assert not set(without) & {Category.RECOVERED, Category.HARMED}


def test_a_group_of_nobody_or_one_or_of_equals_is_answered() -> None:
    assert np.isnan(change.occasions([], []).before.mean)
    lone = change.occasions([3, np.nan], [5, 2])
    assert (lone.n, lone.before.mean) == (1, 3)
    assert np.isnan([lone.before.sd, lone.correlation]).all()
    assert np.isnan(change.occasions([3, 3], [5, 2]).correlation)
    with pytest.raises(ValueError, match="standard deviation before"):
        change.index("edwards-nunnally", [3], [5], lone, 0.8)


@pytest.mark.parametrize(
    ("method", "group", "reliability", "says"),
    [
        ("guess", GROUP, 0.8, "no method"),
        ("jacobson-truax", GROUP, 1.0, "below 1"),
        ("hageman-arrindell", GROUP._replace(correlation=0.99), 0.5, "no reliability"),
        ("hageman-arrindell", GROUP._replace(correlation=np.nan), 0.8, "no reliability"),
    ],
)
def test_what_cannot_be_asked_is_named(method: str, group: Occasions, reliability: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        change.index(method, [1], [2], group, reliability)


def test_a_cut_off_step_needs_more_spread_than_error() -> None:
    with pytest.raises(ValueError, match="no more than the error"):
        change.beyond_cut_off([1], GROUP._replace(after=Sample(30, 2)), 0.5, 20)
    with pytest.raises(ValueError, match="finite"):
        change.crossing([1], [2], np.nan, higher_is_better=True)
