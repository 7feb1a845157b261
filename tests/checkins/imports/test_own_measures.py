"""Answers to a questionnaire that the clinic brought itself are found by its name, and scored as it says."""

from mooring.checkins.models import Block, Series
from mooring.people.models import Clinic
from tests.cast import People
from tests.checkins.imports.trying import Trier
from tests.instruments.bringing import published

ANSWERS = "person,date,rest,wind,ropes,knots\nK-1,2026-05-01,1,0,3,2\nK-1,2026-05-08,3,0,3,0\n"


def test_an_own_measure_is_imported_and_scored(attempt: Trier, people: People, clinic: Clinic) -> None:
    version = published(people.alice, clinic)
    done = attempt(ANSWERS, measure=["harbour-calm"], raw=["harbour-calm"])
    assert done.refused == ""
    assert {block.instrument_version_id for block in Block.objects.all()} == {version.pk}
    series = Series.objects.get(instrument_key="harbour-calm")
    assert [point["score"] for point in series.points] == [2.0, 3.0]


def test_another_clinics_measure_is_not_found(
    attempt: Trier, people: People, clinic: Clinic, other_clinic: Clinic
) -> None:
    published(people.dana, other_clinic)
    try:
        refused = attempt(ANSWERS, measure=["harbour-calm"], raw=["harbour-calm"]).refused
    except ValueError as error:
        refused = str(error)
    assert "no measure 'harbour-calm'" in refused


def test_a_declared_measure_cannot_take_its_name(attempt: Trier, people: People, clinic: Clinic) -> None:
    published(people.alice, clinic)
    declared = attempt.file(
        'key = "harbour-calm"\nname = "X"\nminimum = 0\nmaximum = 9\ndirection = "none"\nsource = "x"\n', "d.toml"
    )
    assert "is a measure of this clinic" in attempt("person,date,total\nK,2026-05-01,3\n", declare=[declared]).refused
