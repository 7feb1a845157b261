"""Whose answers a clinic's calibration counts, and what of them it keeps."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from mooring.checkins import calibrate as calibrating
from mooring.checkins.calibrate import calibrate
from mooring.checkins.consented import TakenBack, consented
from mooring.checkins.models import Block, Calibration, CalibrationInForce
from mooring.demo import survey
from mooring.instruments.publish import current
from mooring.people.models import Client, Clinic
from mooring.privacy import consent
from mooring.privacy.consent import Action, Purpose
from mooring.privacy.keyring import keyring
from mooring.research.study import study

PEOPLE = 110


@pytest.fixture
def harbour(clinic: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Made-up people who agreed to research."""
    monkeypatch.setattr(survey, "PEOPLE", PEOPLE)
    return survey.answer_the_survey(now)


def take_back(client: Client, at: datetime) -> None:
    consent.express(
        Action.WITHDRAWN,
        Purpose.RESEARCH,
        subject=client.pk,
        clinic=client.clinic_id,
        text_version="x",
        actor=client.pk,
        at=at,
    )


def test_a_word_of_ones_own_is_not_kept_with_a_calibration(harbour: Clinic, now: datetime) -> None:
    """Calibrations stay when a person's key is destroyed."""
    first, *others = Client.objects.filter(clinic=harbour).order_by("code")
    first.gender = "Zofia of Quay Street 7"
    first.save()
    for one in others:
        one.gender = "woman"
        one.save()
    found = consented(current("distress"), harbour, [], now)
    assert sorted(set(found.groups["gender"])) == ["", "woman"]
    calibrate("distress", harbour, at=now, simulated=True)
    assert "quay street" not in Calibration.objects.get().content.lower()


def test_whoever_takes_it_back_while_it_runs_stops_it(
    harbour: Clinic, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = Client.objects.filter(clinic=harbour).first()

    def meanwhile(*given: object, **said: object) -> object:
        take_back(someone, now + timedelta(minutes=1))
        return study(*given, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(calibrating, "study", meanwhile)
    with pytest.raises(TakenBack, match="Run it again"):
        calibrate("distress", harbour, at=now, publish=True, simulated=True)
    assert not Calibration.objects.exists()
    assert not CalibrationInForce.objects.exists()
    monkeypatch.undo()
    again = calibrate("distress", harbour, at=now + timedelta(minutes=2), simulated=True)
    assert again.calibration.parsed.persons == PEOPLE - 1


def test_whoever_was_erased_is_not_counted(harbour: Clinic, now: datetime) -> None:
    gone = Client.objects.filter(clinic=harbour).first()
    keyring().destroy(gone.pk)
    found = consented(current("distress"), harbour, [], now)
    assert gone.pk not in found.people
    assert len(found.people) == PEOPLE - 1


def test_answers_already_keyed_and_totals(harbour: Clinic, now: datetime) -> None:
    """Turned before they came: turned back. Totals and other ranges are not counted."""
    plain = consented(current("distress"), harbour, [], now)
    version = current("distress")
    blocks = Block.objects.filter(instrument_version=version)
    for number, block in enumerate(blocks.order_by("checkin__client_id")):
        if number == 0:
            block.minimum, block.maximum = 0, 4
        elif number == 1:
            block.totals = {"distress": 20}
        elif number == 2:
            block.already_keyed = True
            block.answers = {
                code: 6 - value if version.instrument.item(code).reversed else value
                for code, value in block.answers.items()
            }
        block.save()
    found = consented(version, harbour, [], now)
    assert found.people == plain.people[2:]
    np.testing.assert_array_equal(found.answers, plain.answers[2:])
