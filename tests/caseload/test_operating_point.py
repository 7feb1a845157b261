"""The clinic's operating point: what was measured of each, one of them chosen, from now on, with audit."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.checkins.operating_point import measured_of, point_of
from mooring.people.models import Clinic
from mooring.privacy.models import AccessEntry
from mooring.science.operating_point import POINTS
from tests.caseload.conftest import shown
from tests.cast import People, Person
from tests.checkins.answering import security, send
from tests.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")
PAGE = "/clinic/signals/"


def test_the_three_are_shown_with_what_was_measured(alice: Browser) -> None:
    page = shown(alice, PAGE)
    for name in POINTS:
        assert f"these rules together are wrong {measured_of(name).flags_a_year:.2f} times a year" in page
    assert [page.index(f'value="{name}"') for name in POINTS] == sorted(page.index(f'value="{n}"') for n in POINTS)
    assert 'value="usual" checked' in page
    assert "As it is since the beginning." in page


def test_every_point_of_a_clinic_is_one_of_the_science() -> None:
    assert set(Clinic.OperatingPoint.values) == set(POINTS)


def test_choosing_is_audited_and_says_since_when(alice: Browser, people: People, clinic: Clinic, clock: Clock) -> None:
    assert alice.post(PAGE, {"point": "quieter"})["Location"] == PAGE
    clinic.refresh_from_db()
    assert (clinic.operating_point, clinic.operating_point_since) == ("quieter", clock.at)
    assert point_of(clinic) == POINTS["quieter"]
    entry = AccessEntry.objects.get(action="choose")
    assert (entry.actor, entry.clinic, entry.subjects) == (people.alice.pk, clinic.pk, [])
    assert entry.detail == {"operating_point": "quieter", "before": "usual"}
    page = shown(alice, PAGE)
    assert "It holds for answers that come in; what was raised stays as it is." in page
    assert "As it is since today." in page


def test_choosing_it_again_changes_nothing(alice: Browser, clinic: Clinic, clock: Clock) -> None:
    alice.post(PAGE, {"point": "earlier"})
    since = Clinic.objects.get(pk=clinic.pk).operating_point_since
    clock.at += timedelta(days=1)
    alice.post(PAGE, {"point": "earlier"})
    assert Clinic.objects.get(pk=clinic.pk).operating_point_since == since
    assert AccessEntry.objects.filter(action="choose").count() == 1


@pytest.mark.parametrize("wanted", ["", "loud", "usual; drop"])
def test_what_is_not_offered_is_refused(alice: Browser, clinic: Clinic, wanted: str) -> None:
    alice.post(PAGE, {"point": wanted})
    assert "Nothing was changed: please choose one of the three." in shown(alice, PAGE)
    assert Clinic.objects.get(pk=clinic.pk).operating_point == "usual"


@pytest.mark.parametrize("who", ["charlie", "gil", "olga"])
def test_only_those_who_treat_somebody_here_reach_it(who: str, people: People, clinic: Clinic, sign_in: Any) -> None:
    browser = sign_in(getattr(people, who))
    assert browser.get(PAGE).status_code == 404
    assert browser.post(PAGE, {"point": "quieter"}).status_code == 404
    assert Clinic.objects.get(pk=clinic.pk).operating_point == "usual"


def test_another_clinics_therapist_changes_only_their_own(
    people: People, clinic: Clinic, other_clinic: Clinic, sign_in: Any
) -> None:
    sign_in(people.dana).post(PAGE, {"point": "quieter"})
    assert Clinic.objects.get(pk=clinic.pk).operating_point == "usual"
    assert Clinic.objects.get(pk=other_clinic.pk).operating_point == "quieter"


def test_a_signal_keeps_the_point_at_which_it_was_raised(alice: Browser, sarah: Person, now: datetime) -> None:
    for week, value in enumerate([9, 9, 9, 9, 9, 9, 4, 4]):
        send(sarah, security(sarah, value), at=now - timedelta(weeks=7 - week))
    alice.post(PAGE, {"point": "quieter"})
    assert "Operating point: usual." in shown(alice, f"/caseload/?open={sarah.participation.pk}")
