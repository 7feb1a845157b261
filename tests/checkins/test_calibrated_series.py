"""A series whose scores rest on a calibration: on the metric of the whole bank, with each occasion's own error."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.forms.models import model_to_dict
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from mooring.alerts.models import Signal
from mooring.checkins.models import CalibrationInForce, Series
from mooring.checkins.put_in_force import NotToBeUsed, keep, put_in_force
from mooring.checkins.recompute import recompute
from mooring.instruments.publish import current
from mooring.people.models import Clinic
from mooring.science.graded_response.model import probabilities
from tests.cast import Person
from tests.checkins.answering import block, send
from tests.checkins.calibrating import in_force, known, parameters

SHORT = ("dis_worry_1", "dis_mood_1", "dis_sleep_1", "dis_coping_1")


def distress(person: Person) -> Series:
    found: Series = Series.objects.get(participation=person.participation, role="distress")
    return found


def answer(person: Person, values: tuple[int | None, ...], at: datetime) -> None:
    send(person, block("distress", dict(zip(SHORT, values, strict=True))), at=at)


def by_hand(values: tuple[int, ...]) -> tuple[float, float]:
    """The same from the equations: Warm's estimate by a search, points and their error by an integral."""
    scale = known("distress").scale("distress")
    assert scale is not None
    items, codes = parameters(scale), [item.code for item in scale.items]
    # Coping is asked the other way round on 1 to 5.
    keyed = {code: (6 - v if code == "dis_coping_1" else v) - 1 for code, v in zip(SHORT, values, strict=True)}
    rows = [codes.index(code) for code in SHORT]

    def of(theta: float) -> np.ndarray:
        return probabilities(items, theta)[rows, 0]

    def information(theta: float) -> float:
        h = 1e-4
        slope = (of(theta + h) - of(theta - h)) / (2 * h)
        return float((slope**2 / of(theta)).sum())

    def lack(theta: float) -> float:
        chances = of(theta)
        h = 1e-3
        first = (of(theta + h) - of(theta - h)) / (2 * h)
        second = (of(theta + h) - 2 * chances + of(theta - h)) / h**2
        likely = sum(np.log(chances[row, keyed[code]]) for row, code in enumerate(SHORT))
        # Warm's condition l' + J / 2I = 0 as the root of its square.
        slope = sum(first[row, keyed[code]] / chances[row, keyed[code]] for row, code in enumerate(SHORT))
        lean = (first * second / chances).sum() / (2 * information(theta))
        assert np.isfinite(likely)
        return float((slope + lean) ** 2)

    theta = float(minimize_scalar(lack, bounds=(-4, 4), method="bounded", options={"xatol": 1e-9}).x)
    se = 1 / np.sqrt(information(theta))

    def points(at: float) -> float:
        return float((probabilities(items, at)[:, 0] @ np.arange(1.0, 6.0)).mean())

    def square(z: float) -> float:
        return (points(theta + se * z) - points(theta)) ** 2 * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    return points(theta), float(np.sqrt(quad(square, -8, 8, limit=200)[0]))


def test_the_score_and_its_error_are_those_of_the_equations(sarah: Person, clinic: Clinic, now: datetime) -> None:
    in_force(clinic, known("distress"), now)
    answer(sarah, (4, 3, 2, 4), now)
    (point,) = distress(sarah).points
    score, se = by_hand((4, 3, 2, 4))
    assert point["score"] == pytest.approx(score, abs=1e-3)
    assert point["se"] == pytest.approx(se, rel=1e-3)
    assert distress(sarah).precision == "calibrated"


def test_answers_from_before_are_rescored_and_withdrawing_brings_the_old_rows_back(
    sarah: Person, clinic: Clinic, now: datetime
) -> None:
    for week, values in enumerate([(2, 2, 2, 4), (3, 2, None, 4), (2, 3, 2, 3)]):
        answer(sarah, values, now + timedelta(weeks=week))
    before = model_to_dict(distress(sarah))
    row = in_force(clinic, known("distress"), now)
    calibrated = distress(sarah)
    assert calibrated.calibration == row
    assert calibrated.model["calibration"]["persons"] == 2000
    assert [p["score"] for p in calibrated.points] != [p["score"] for p in before["points"]]
    # A skipped answer widens its own occasion.
    assert calibrated.points[1]["se"] > 1.05 * calibrated.points[0]["se"]
    assert recompute().changed == 0
    put_in_force(None, current("distress"), clinic, at=now + timedelta(days=1), by=None)
    assert model_to_dict(distress(sarah)) == before


def test_too_few_answers_give_no_score(sarah: Person, clinic: Clinic, now: datetime) -> None:
    in_force(clinic, known("distress"), now)
    answer(sarah, (4, None, None, None), now)
    assert distress(sarah).points[0]["score"] is None


@pytest.mark.parametrize("values", [(1, 1, 1, 5), (5, 5, 5, 1), (3, 3, 3, 3), (5, 1, 5, 5)])
def test_constant_and_extreme_answers_have_a_finite_score(
    sarah: Person, clinic: Clinic, now: datetime, values: tuple[int, ...]
) -> None:
    in_force(clinic, known("distress"), now)
    answer(sarah, values, now)
    (point,) = distress(sarah).points
    assert 1 <= point["score"] <= 5
    assert 0.05 < point["se"] < 1.5


def test_another_clinic_keeps_its_own(sarah: Person, other_clinic: Clinic, now: datetime) -> None:
    in_force(other_clinic, known("distress"), now)
    answer(sarah, (2, 2, 2, 4), now)
    assert distress(sarah).precision == "assumed"
    assert distress(sarah).calibration is None


def test_publishing_touches_no_signal(sarah: Person, clinic: Clinic, now: datetime) -> None:
    for week, value in enumerate([2, 2, 2, 2, 4, 4, 5]):
        at = now + timedelta(weeks=week)
        answer(sarah, (value, value, value, 6 - value), at)
    signals = list(Signal.objects.order_by("pk").values())
    assert signals
    in_force(clinic, known("distress"), now + timedelta(weeks=8))
    assert list(Signal.objects.order_by("pk").values()) == signals


def test_one_that_is_not_to_be_used_leaves_the_old_one_in_force(sarah: Person, clinic: Clinic, now: datetime) -> None:
    version = current("distress")
    good = in_force(clinic, known("distress"), now)
    bad = keep(known("distress", seed=8, problems=("It did not converge.",)), version, clinic, at=now, by=None)
    assert bad.number == 2
    with pytest.raises(NotToBeUsed, match="did not converge"):
        put_in_force(bad, version, clinic, at=now + timedelta(hours=1), by=None)
    assert CalibrationInForce.objects.at_present(clinic.pk, [version.pk]) == {version.pk: good}


def test_the_same_calibration_twice_is_one_row(clinic: Clinic, now: datetime) -> None:
    version = current("distress")
    first = keep(known("distress"), version, clinic, at=now, by=None)
    again = keep(known("distress"), version, clinic, at=now + timedelta(days=1), by=None)
    assert first == again


def test_what_is_put_in_force_last_counts_whenever_it_began(sarah: Person, clinic: Clinic, now: datetime) -> None:
    """Of two runs at once the longer one ends last, and names the earlier moment."""
    answer(sarah, (2, 2, 2, 4), now)
    in_force(clinic, known("distress", seed=1), now + timedelta(minutes=1))
    slow = in_force(clinic, known("distress", seed=2), now)
    assert distress(sarah).calibration == slow
    put_in_force(None, current("distress"), clinic, at=now - timedelta(minutes=1), by=None)
    assert distress(sarah).calibration is None
