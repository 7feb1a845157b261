"""The demonstration, calibrated: the survey's known parameters are found again, and the pages say what they rest on."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from mooring import cli
from mooring.checkins.calibrate import NobodyConsented, calibrate
from mooring.checkins.models import Block, Calibration, CalibrationInForce, Series
from mooring.demo import survey
from mooring.instruments.publish import current
from mooring.people.models import Clinic
from mooring.privacy import consent
from mooring.privacy.models import ConsentEvent
from mooring.research.commands import OfClinic
from tests.cast import Person
from tests.checkins.answering import block, security, send
from tests.checkins.calibrating import in_force, known


def phrase(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


AT = datetime(2026, 5, 13, 18, 51, tzinfo=UTC)


@pytest.fixture
def harbour(clinic: Clinic) -> Clinic:
    return survey.answer_the_survey(AT)


@pytest.mark.slow
def test_known_parameters_are_found_again_and_the_pages_follow(
    harbour: Clinic, clinic: Clinic, sarah: Person, people: Any, sign_in: Any
) -> None:
    for week in (3, 2, 1):
        attachment = block("attachment", 3, sarah.figures["Daniel"])
        send(sarah, security(sarah, 6), block("distress", 2), attachment, at=AT - timedelta(weeks=week))
    before = {one.pk: one for one in Series.objects.filter(clinic=clinic)}
    phone, desk = sign_in(sarah.user), sign_in(people.alice)
    brief = reverse("caseload:brief", args=[sarah.participation.pk])
    assert "not yet validated" in phrase(phone.get("/river/"))
    assert "precision is assumed" in phrase(desk.get(brief))
    rows = survey.put_to_use(clinic, harbour, AT)
    assert [row.parsed.problems for row in rows] == [()] * 4
    # Every parameter of every item of every bank: within its own error, as an interval of 95 % should be.
    off = []
    for row in rows:
        instrument = row.instrument_version.instrument
        truth = survey.known(instrument)
        for scale in row.parsed.scales:
            for item in scale.items:
                off.append((item.a - truth[item.code].a) / item.a_se)
                first = instrument.item(item.code).minimum + 1
                expected = [truth[item.code].b[int(low) - first] for low in item.lowest[1:]]
                off += list((np.array(item.b) - expected) / item.b_se)
    assert len(off) > 500
    assert 0.92 < np.mean(np.abs(off) < 1.96) < 0.98
    after = {one.pk: one for one in Series.objects.filter(clinic=clinic)}
    assert {one.precision for one in after.values()} == {"calibrated"}
    assert any(after[key].last_sd != before[key].last_sd for key in before)
    assert "not yet validated" not in phrase(phone.get("/river/"))
    assert "made-up people" in phrase(phone.get("/river/"))
    assert "not yet validated" not in phrase(phone.get("/people/"))
    told = phrase(desk.get(brief))
    assert "precision is assumed" not in told
    assert "Precision comes from a calibration on 600 made-up people." in told


def test_nobody_who_has_not_agreed_is_counted(clinic: Clinic, sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", 2), at=now)
    with pytest.raises(NobodyConsented, match="nobody of Quayside Practice"):
        calibrate("distress", clinic, at=now)
    assert Calibration.objects.count() == 0


def test_another_clinics_people_count_only_for_research(clinic: Clinic, other_clinic: Clinic, sarah: Person) -> None:
    send(sarah, block("distress", 2), at=AT)
    said = {"subject": sarah.client.pk, "clinic": clinic.pk, "text_version": "x", "actor": sarah.user.pk}
    consent.express(consent.Action.GIVEN, ConsentEvent.Purpose.QUALITY, at=AT, **said)
    with pytest.raises(NobodyConsented):
        calibrate("distress", other_clinic, at=AT + timedelta(hours=1), also=[clinic])


def test_whoever_takes_it_back_is_counted_no_more(clinic: Clinic, sarah: Person) -> None:
    send(sarah, block("distress", 2), at=AT)
    said = {"subject": sarah.client.pk, "clinic": clinic.pk, "text_version": "x", "actor": sarah.user.pk}
    consent.express(consent.Action.GIVEN, ConsentEvent.Purpose.QUALITY, at=AT, **said)
    consent.express(consent.Action.WITHDRAWN, ConsentEvent.Purpose.QUALITY, at=AT + timedelta(hours=1), **said)
    with pytest.raises(NobodyConsented):
        calibrate("distress", clinic, at=AT + timedelta(hours=2))


def test_a_refused_calibration_leaves_the_old_one_in_force(clinic: Clinic, sarah: Person, now: datetime) -> None:
    """One person alone teaches nothing about an item."""
    row = in_force(clinic, known("distress"), now)
    send(sarah, block("distress", 2), at=now)
    said = {"subject": sarah.client.pk, "clinic": clinic.pk, "text_version": "x", "actor": sarah.user.pk}
    consent.express(consent.Action.GIVEN, ConsentEvent.Purpose.QUALITY, at=now, **said)
    with pytest.raises(ValueError, match="distress"):
        calibrate("distress", clinic, at=now + timedelta(hours=1), publish=True)
    version = current("distress")
    assert CalibrationInForce.objects.at_present(clinic.pk, [version.pk]) == {version.pk: row}
    assert Block.objects.count() == 1


def test_the_command_says_of_the_demonstrations_people_that_they_are_made_up(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MOORING_DEMO = True
    asked: list[OfClinic] = []

    def run(one: OfClinic, at: datetime, seen: Any) -> list[str]:
        asked.append(one)
        return []

    monkeypatch.setattr(cli, "_ready_room", lambda name: SimpleNamespace(run=run))
    said = OfClinic("distress", "", (), publish=False, simulated=False, out=None, html=None, pdf=None)
    cli._calibrate_a_clinic(said)
    assert [one.simulated for one in asked] == [True]
