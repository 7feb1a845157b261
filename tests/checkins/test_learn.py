"""What a clinic learns from its own people: who counts, what is kept, what is said where it is too little."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from mooring.checkins import learn as learning
from mooring.checkins.consented import TakenBack
from mooring.checkins.learn import Found, learn, told, unlearn
from mooring.checkins.learned import read_growth
from mooring.checkins.learners import closed_courses, learners
from mooring.checkins.models import Learned, Series
from mooring.checkins.recompute import recompute
from mooring.people.models import Client, Clinic, Participation
from mooring.privacy import consent
from mooring.privacy.keyring import keyring
from mooring.privacy.models import AccessEntry
from mooring.relationships.models import Figure
from mooring.science import growth
from mooring.science.dynamics import assumed_dynamics
from tests.cast import Person
from tests.checkins.answering import block, send
from tests.checkins.learning import MOVES, PRIOR, answered, lived, person, say


def people(
    clinic: Clinic, count: int, now: datetime, *, weeks: int = 14, seed: int = 1, closed: bool = False, code: str = "L"
) -> list[Participation]:
    rng = np.random.default_rng(seed)
    made = [person(clinic, f"{code}-{number:03}", now, closed=closed) for number in range(count)]
    for one in made:
        answered(one, lived(weeks, rng), now)
    return made


def of(found: list[Found], what: str, scale: str = "distress", kind: str = "") -> Found:
    (one,) = [one for one in found if one.place[0] == what and one.place[2:] == (scale, kind)]
    return one


def test_too_few_are_said_and_nothing_is_kept(clinic: Clinic, now: datetime) -> None:
    people(clinic, 49, now, closed=True)
    done = learn(clinic, at=now)
    assert not Learned.objects.exists()
    assert not AccessEntry.objects.filter(action="learn").exists()
    lines = "\n".join(told(done))
    assert "expected course of distress distress: not learned: 49 finished courses with 3 answers or more" in lines
    assert "movement of distress distress: not learned: 49 people answered 3 times or more; it needs 50" in lines
    assert lines.endswith("Nothing changed.")


def test_nobody_at_all(clinic: Clinic, now: datetime) -> None:
    assert told(learn(clinic, at=now)) == ["  Nobody who agreed has answered often enough.", "Nothing changed."]


def test_movement_is_recovered_within_its_intervals(clinic: Clinic, now: datetime) -> None:
    """300 people who move as is known: each parameter within three standard errors of the truth."""
    rng = np.random.default_rng(3)
    for number in range(300):
        answered(person(clinic, f"L-{number}", now), lived(20, rng, clipped=False), now)
    # As if the scale had no ends: answers that are cut off at them are less far apart.
    Series.objects.update(minimum=-20, maximum=20)
    learn(clinic, at=now)
    (row,) = Learned.objects.filter(what="movement")
    content = row.parsed
    assert (row.persons, row.occasions, row.number, row.figure_kind) == (300, 6000, 1, "")
    truth = {
        "level_diffusion": MOVES.level_diffusion,
        "slope_diffusion": MOVES.slope_diffusion,
        "occasion_variance": MOVES.occasion_sd**2,
        "prior_variance": PRIOR.sd**2,
        "prior_slope_variance": PRIOR.slope_sd**2,
        "prior_mean": PRIOR.mean,
        "prior_slope_mean": PRIOR.slope_mean,
    }
    for name, value in truth.items():
        error = content["standard_errors"][name]
        assert abs(content["parameters"][name] - value) < 3 * error, name


def test_the_expected_course_is_that_of_the_finished_courses(clinic: Clinic, now: datetime) -> None:
    people(clinic, 60, now, closed=True, seed=2)
    people(clinic, 30, now, code="open")
    learn(clinic, at=now)
    row = Learned.objects.get(what="expected course")
    assert (row.persons, row.parsed["courses"], row.parsed["edges"], len(row.parsed["bands"])) == (60, 60, [], 1)
    series = Series.objects.filter(participation__course__until__isnull=False)
    panel = growth.Panel(
        np.arange(61) * 14,
        np.tile(np.arange(14.0), 60),
        np.array([[point["score"] for point in one.points] for one in series]).ravel(),
        np.zeros(840),
    )
    ours, wanted = read_growth(row.parsed["bands"][0]), growth.fit(panel)
    assert ours.clients == 60
    np.testing.assert_allclose([ours.intercept, ours.slope], [wanted.intercept, wanted.slope], rtol=1e-6)
    np.testing.assert_allclose(ours.variance_covariance, wanted.variance_covariance, rtol=1e-4)


def test_a_hundred_and_fifty_courses_make_three_bands_of_intake(clinic: Clinic, now: datetime) -> None:
    people(clinic, 160, now, closed=True)
    learn(clinic, at=now)
    content = Learned.objects.get(what="expected course").parsed
    assert [band["clients"] >= 50 for band in content["bands"]] == [True] * 3
    assert content["edges"] == sorted(content["edges"])
    assert len(content["edges"]) == 2


def test_the_same_answers_teach_the_same_once(clinic: Clinic, now: datetime) -> None:
    people(clinic, 60, now, closed=True)
    first = learn(clinic, at=now)
    again = learn(clinic, at=now + timedelta(days=1))
    assert len(first.kept) == 2
    assert again.kept == []
    assert Learned.objects.count() == 2
    assert told(again)[-1] == "Nothing changed."
    assert AccessEntry.objects.filter(action="learn").count() == 1


def test_who_did_not_agree_or_took_it_back_is_not_learned_from(clinic: Clinic, now: datetime) -> None:
    made = people(clinic, 60, now, closed=True)
    assert closed_courses(clinic, now) == 0  # no check-in stands behind these series
    for one in made[:5]:
        say(one.client, consent.Action.WITHDRAWN, now - timedelta(days=1))
    for number in range(5):
        answered(person(clinic, f"N-{number}", now, closed=True, agreed=False), [3.0] * 9, now)
    assert learners(clinic, now) == {one.client_id for one in made[5:]}
    learn(clinic, at=now)
    assert {row.persons for row in Learned.objects.all()} == {55}


def test_a_yes_to_a_wording_that_did_not_speak_of_it_is_not_stretched(clinic: Clinic, now: datetime) -> None:
    one = person(clinic, "E-1", now, agreed=False)
    say(one.client, consent.Action.GIVEN, now - timedelta(days=9), wording="quality-2026-11-b")
    assert learners(clinic, now) == set()
    say(one.client, consent.Action.GIVEN, now - timedelta(days=2))
    assert learners(clinic, now) == {one.client_id}
    assert learners(clinic, now - timedelta(days=3)) == set()
    keyring().destroy(one.client_id)
    assert learners(clinic, now) == set()


def test_whoever_takes_it_back_while_it_runs_stops_it(
    clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = people(clinic, 55, now, closed=True)
    fitted = learning.courses

    def meanwhile(*given: object, **said: object) -> object:
        say(made[7].client, consent.Action.WITHDRAWN, now + timedelta(seconds=1))
        return fitted(*given, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(learning, "courses", meanwhile)
    with pytest.raises(TakenBack, match="Run it again"):
        learn(clinic, at=now)
    assert not Learned.objects.exists()


def test_a_strangers_clinic_teaches_nothing_and_learns_nothing(
    clinic: Clinic, other_clinic: Clinic, now: datetime
) -> None:
    people(clinic, 55, now, closed=True)
    people(other_clinic, 40, now, closed=True)
    learn(clinic, at=now)
    assert {row.persons for row in Learned.objects.all()} == {55}
    assert learn(other_clinic, at=now).kept == []
    assert set(Learned.objects.values_list("clinic", flat=True)) == {clinic.pk}


def test_of_one_person_one_series_counts(clinic: Clinic, now: datetime) -> None:
    """Two friends, or an individual and a couple's course: the series with most answers."""
    made = people(clinic, 55, now)
    for one in made:
        friends = [
            Figure.objects.create(clinic=clinic, client=one.client, kind="friend", position=place) for place in (0, 1)
        ]
        rng = np.random.default_rng(int(one.client.code[-3:]))
        answered(one, [float(5 + value) for value in rng.normal(0, 1, 5)], now, friends[0])
        answered(one, [float(5 + value) for value in rng.normal(0, 1, 7)], now, friends[1])
    done = learn(clinic, at=now)
    friend = of(done.found, "movement", "security", "friend")
    assert (friend.persons, friend.occasions) == (55, 55 * 7)


def test_a_kind_of_figure_leans_on_the_others_and_ten_are_needed(clinic: Clinic, now: datetime) -> None:
    rng = np.random.default_rng(5)
    for number, one in enumerate(people(clinic, 60, now, weeks=3)):
        kind = "partner" if number < 41 else "mother" if number < 51 else "father"
        figure = Figure.objects.create(clinic=clinic, client=one.client, kind=kind)
        answered(one, [value + 2.5 for value in lived(14, rng)], now, figure)
    done = learn(clinic, at=now)
    assert of(done.found, "movement", "security", "mother").content
    assert Learned.objects.get(figure_kind="mother").parsed["leaning_on"] == 41
    assert "9 people of 60 with anybody" in of(done.found, "movement", "security", "father").why


def test_people_who_all_answer_alike_teach_no_movement(clinic: Clinic, now: datetime) -> None:
    for number in range(60):
        answered(person(clinic, f"A-{number}", now, closed=True), [3.0] * 8, now)
    done = learn(clinic, at=now)
    assert [one.content for one in done.found] == ["", ""]
    assert of(done.found, "expected course").why.startswith("no line with its limits")


@pytest.fixture
def taught(clinic: Clinic, now: datetime) -> list[Participation]:
    return people(clinic, 60, now, closed=True)


def weekly(sarah: Person, values: list[float], now: datetime) -> Series:
    for week, value in enumerate(values):
        send(sarah, block("distress", value), at=now - timedelta(weeks=len(values) - 1 - week))
    return Series.objects.get(participation=sarah.participation, role="distress")


def test_a_series_is_followed_by_what_was_learned_and_says_so(
    sarah: Person, taught: list[Participation], clinic: Clinic, now: datetime
) -> None:
    before = weekly(sarah, [3, 3, 4, 3, 2], now)
    assert before.model["movement"] == "assumed"
    assert "expected" not in before.model
    assert before.model["dynamics"] == pytest.approx(assumed_dynamics(0.85)._asdict())  # 0.85: the bank's assumed SD
    done = learn(clinic, at=now)
    after = Series.objects.get(pk=before.pk)
    fitted = Learned.objects.get(what="movement").parsed["parameters"]
    assert after.model["dynamics"]["level_diffusion"] == fitted["level_diffusion"]
    assert after.model["prior"]["mean"] == fitted["prior_mean"]
    assert after.model["movement"] == {"number": 1, "persons": 60, "occasions": 840, "simulated": False}
    assert after.model["expected"]["courses"] == 60
    assert after.model["expected"]["number"] == 2
    assert (after.precision, after.assumed, after.model["sem"]) == ("assumed", True, before.model["sem"])
    assert after.last_level != before.last_level
    assert done.recomputed.changed >= 1
    # The next answer goes on from it; the withdrawal restores what was.
    send(sarah, block("distress", 2), at=now + timedelta(weeks=1))
    assert Series.objects.get(pk=before.pk).model["movement"]["number"] == 1
    unlearn("distress", str(clinic.pk), now)
    back = Series.objects.get(pk=before.pk)
    assert back.model["movement"] == "assumed"
    assert "expected" not in back.model
    assert back.model["dynamics"] == before.model["dynamics"]
    assert Learned.objects.filter(content="").count() == 2
    assert Learned.objects.in_force(clinic.pk) == {}
    # Learned again it is in force again, under a number of its own.
    assert [row.number for row in learn(clinic, at=now).kept] == [5, 6]


def test_killed_before_the_rebuilding_recompute_ends_it(
    sarah: Person, taught: list[Participation], clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly(sarah, [3, 3, 4, 3, 2], now)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(learning, "recompute", killed)
        with pytest.raises(KeyboardInterrupt):
            learn(clinic, at=now)
    assert Learned.objects.count() == 2
    assert Series.objects.get(participation=sarah.participation).model["movement"] == "assumed"
    assert recompute(str(clinic.pk)).changed == 1
    assert Series.objects.get(participation=sarah.participation).model["movement"]["number"] == 1
    assert recompute(str(clinic.pk)).changed == 0


def test_what_was_measured_otherwise_is_not_followed_by_it(
    sarah: Person, taught: list[Participation], clinic: Clinic, now: datetime
) -> None:
    Series.objects.filter(participation__in=taught).update(precision="published")
    learn(clinic, at=now)
    assert Learned.objects.count() == 2
    series = weekly(sarah, [3, 3, 4, 3, 2], now)
    assert series.precision == "assumed"
    assert series.model["movement"] == "assumed"
    assert "expected" not in series.model


def test_who_leaves_the_expected_course_has_it_on_the_series(
    sarah: Person, taught: list[Participation], clinic: Clinic, now: datetime
) -> None:
    learn(clinic, at=now)
    # Nine in ten of scores from 1 to 5 with these spreads lie below 4.6.
    series = weekly(sarah, [3, 3, 3, 5, 5, 5], now)
    (left,) = [one for one in series.stretches if one["kind"] == "off-course"]
    assert (left["since"], left["spoke"]) == (series.points[3]["on"], series.points[4]["on"])
    assert left["checkin"] == series.points[4]["checkin"]
    assert left["ceased"] is None
    assert left["score"] == 5.0 > left["high"] > left["expected"] > left["low"]
    assert (left["weeks"], left["courses"], left["band"]) == (4.0, 60, [None, None])
    assert Client.objects.get(pk=sarah.client.pk)
