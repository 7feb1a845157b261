"""Points from a calibration, with an error that is right: by simulation, week by week and along a trajectory."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from mooring import catalogue
from mooring.catalogue import CalibratedScale, Calibration, CatalogueError, ItemParameters
from mooring.catalogue.calibrated import Ready, ready_scale
from mooring.science import trajectory
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.graded_response.simulate import answers, bank
from mooring.science.graded_response.true_score import true_scores

RNG = np.random.default_rng(20261121)
BANK = bank(24, RNG, categories=7)


def calibration(**changed: object) -> Calibration:
    anxiety = catalogue.load("attachment").scale("anxiety")
    lowest = tuple(float(value) for value in range(1, 8))
    items = tuple(
        ItemParameters(code, float(BANK.a[j]), 0.1, tuple(map(float, BANK.b[j])), (0.1,) * 6, lowest)
        for j, code in enumerate(anxiety.items)
    )
    scale = CalibratedScale("anxiety", items, 0.0, 1.0, 0.95)
    given = {"key": "attachment", "version": 1, "scales": (scale,), "persons": 900, "sample": "simulated"}
    given |= {"science": "graded_response 1", "log_likelihood": -1.0, "iterations": 3, **changed}
    return Calibration(**given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ready() -> Ready:
    found = ready_scale(catalogue.load("attachment"), calibration(), "anxiety")
    assert found is not None
    return found


def level(ready: Ready, theta: np.ndarray) -> np.ndarray:
    return np.asarray(true_scores(ready.items, ready.values, theta).points)


@pytest.mark.parametrize("asked", [4, 8, 24])
def test_nineteen_of_twenty_intervals_hold_the_true_score(ready: Ready, asked: int) -> None:
    rng = np.random.default_rng(asked)
    theta = rng.standard_normal(8000)
    given = answers(BANK, theta, rng)
    given[:, asked:] = -1
    found = ready.points(given)
    held = np.abs(found.score - level(ready, theta)) < 1.96 * found.se
    assert 0.93 < held.mean() < 0.97


@pytest.mark.parametrize("about", [-1.5, 0.0, 1.5])
def test_the_trajectory_holds_the_true_level(ready: Ready, about: float) -> None:
    """Four items a week, others each week; the level walks, and the filter knows how far."""
    rng = np.random.default_rng(int(10 * about + 100))
    people, weeks, step = 500, 12, 0.1
    theta = about + 0.7 * rng.standard_normal((people, 1)) + np.cumsum(step * rng.standard_normal((people, weeks)), 1)
    given = answers(BANK, theta.ravel(), rng)
    for row in given:
        row[rng.permutation(24)[4:]] = -1
    found = ready.points(given)
    score, se = found.score.reshape(people, weeks), found.se.reshape(people, weeks)
    moves, prior = Dynamics((step * ready.sd) ** 2, 1e-9, 0.0), Prior(ready.mean, ready.sd, 1e-6)
    held = 0
    for person in range(people):
        last = trajectory.trajectory(np.arange(weeks), score[person], se[person], moves, prior).filtered
        truth = level(ready, theta[person, -1:])[0]
        held += abs(last.level[-1] - truth) < 1.96 * last.level_sd[-1]
    # 500 people: 93 to 97 %, and two standard errors of a share more; at the ends it may hold more than it says.
    assert 0.91 < held / people < 0.99


def test_answers_at_an_end_stay_on_the_scale_and_are_not_taken_for_certain(ready: Ready) -> None:
    found = ready.points(np.array([[6] * 4 + [-1] * 20, [0] * 4 + [-1] * 20], dtype=np.int8))
    assert (found.score > 1).all()
    assert (found.score < 7).all()
    assert (found.se > 0.1).all()


def test_nothing_answered_is_no_score(ready: Ready) -> None:
    found = ready.points(np.full((1, 24), -1, dtype=np.int8))
    assert np.isnan(found.score[0])
    assert np.isnan(found.se[0])


def test_merged_categories_count_what_lies_between_them() -> None:
    whole = calibration()
    first = whole.scales[0].items[0]
    merged = ItemParameters(first.code, 1.5, 0.1, (-1.0, 1.0), (0.1, 0.1), (1.0, 3.0, 6.0))
    scale = CalibratedScale("anxiety", (merged, *whole.scales[0].items[1:]), 0.0, 1.0, 0.95)
    found = ready_scale(catalogue.load("attachment"), calibration(scales=(scale,)), "anxiety")
    assert found is not None
    # 1 and 2 count 1.5; 3, 4 and 5 count 4; 6 and 7 count 6.5.
    assert found.values[0, :3].tolist() == [1.5, 4.0, 6.5]
    given = found.categories(np.array([[1.0], [2.0], [5.0], [7.0], [np.nan]]), [first.code])[:, 0]
    assert given.tolist() == [0, 0, 1, 2, -1]


def test_a_calibration_reads_back_as_it_was() -> None:
    whole = calibration()
    assert catalogue.read_calibration(catalogue.canonical_calibration(whole)) == whole


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [({"key": "distress"}, "it is not one of attachment v1"), ({"version": 2}, "it is not one of attachment v1")],
)
def test_a_calibration_of_something_else_is_refused(changed: dict[str, object], wrong: str) -> None:
    with pytest.raises(CatalogueError, match=wrong):
        catalogue.require_fitting(calibration(**changed), catalogue.load("attachment"))


@pytest.mark.parametrize(
    "broken",
    [
        SimpleNamespace(a=-1.0, b=(0.0,), b_se=(0.1,), lowest=(1.0, 2.0)),
        SimpleNamespace(a=1.0, b=(1.0, 0.0), b_se=(0.1, 0.1), lowest=(1.0, 2.0, 3.0)),
        SimpleNamespace(a=1.0, b=(0.0,), b_se=(0.1,), lowest=(1.0, 2.0, 3.0)),
        SimpleNamespace(a=1.0, b=(0.0,), b_se=(0.1,), lowest=(2.0, 1.0)),
        SimpleNamespace(a=1e308, b=(0.0,), b_se=(0.1,), lowest=(1.0, 2.0)),
        SimpleNamespace(a=1.0, b=(0.0, 1e300), b_se=(0.1, 0.1), lowest=(1.0, 2.0, 3.0)),
        SimpleNamespace(a=1.0, b=(), b_se=(), lowest=(1.0,)),
    ],
)
def test_impossible_parameters_are_refused_with_their_place(broken: SimpleNamespace) -> None:
    item = ItemParameters("anx_loss_1", broken.a, 0.1, broken.b, broken.b_se, broken.lowest)
    bad = calibration(scales=(CalibratedScale("anxiety", (item,), 0.0, 1.0, 0.9),))
    with pytest.raises(CatalogueError, match=r"scales\.anxiety\.anx_loss_1"):
        catalogue.read_calibration(catalogue.canonical_calibration(bad))


SCALE = {"code": "anxiety", "items": [], "mean": 0.0, "sd": 1.0, "reliability": 0.9}
ITEM = {"code": "anx_loss_1", "a": 1.0, "a_se": 0.1, "b": [0.0], "b_se": [0.1], "lowest": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"scales": []}, "there are none"),
        ({"scales": [SCALE]}, r"scales\.anxiety: it has no items"),
        ({"scales": [{**SCALE, "items": [ITEM, ITEM]}]}, "an item stands there twice"),
        ({"scales": [{**SCALE, "items": [ITEM]}] * 2}, "a scale stands there twice"),
        ({"scales": [{**SCALE, "items": [ITEM], "sd": -1.0}]}, "its sd or its reliability cannot be"),
        ({"scales": [{**SCALE, "items": [{**ITEM, "a": 10**400}]}]}, "is not a number"),
        ({"minimum": 0.0}, "have both ends"),
        ({"minimum": 5.0, "maximum": 1.0}, "must rise"),
        ({"persons": 0}, "persons"),
    ],
)
def test_a_calibration_that_somebody_edited_is_refused(changed: dict[str, object], wrong: str) -> None:
    plain = json.loads(catalogue.canonical_calibration(calibration())) | changed
    with pytest.raises(CatalogueError, match=wrong):
        catalogue.read_calibration(json.dumps(plain).encode())


def test_a_file_nested_without_end_is_refused() -> None:
    with pytest.raises(CatalogueError, match="is not JSON"):
        catalogue.read_calibration(b"[" * 200_000 + b"]" * 200_000)


@pytest.mark.parametrize("lowest", [[2.0, 3.0], [1.0, 8.0]])
def test_categories_beyond_the_answers_are_refused(lowest: list[float]) -> None:
    scale = {**SCALE, "items": [{**ITEM, "lowest": lowest}]}
    plain = json.loads(catalogue.canonical_calibration(calibration())) | {"scales": [scale]}
    with pytest.raises(CatalogueError, match="do not go from 1 to 7"):
        catalogue.require_fitting(catalogue.read_calibration(json.dumps(plain).encode()), catalogue.load("attachment"))
