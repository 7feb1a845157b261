"""`mooring learn` and `mooring clinic unlearn`, as they are typed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from mooring import cli
from mooring.checkins import learn
from mooring.checkins.models import Learned
from mooring.people import founding
from mooring.people.models import Clinic
from tests.checkins.test_learn import people

ROOMS = {"mooring.people.founding": founding, "mooring.checkins.learn": learn}


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django is up already, on the tests' database."""
    monkeypatch.setattr(cli, "_ready_room", ROOMS.__getitem__)


def printed(*words: str) -> str:
    result: Any = CliRunner().invoke(cli.app, words)
    if result.exception is not None:
        raise result.exception
    return str(result.output)


def test_it_says_what_it_learned_and_a_second_time_that_nothing_changed(clinic: Clinic) -> None:
    people(clinic, 60, datetime.now(UTC) - timedelta(days=1), closed=True)
    said = printed("learn")
    assert said.startswith("Quayside Practice\n")
    assert "movement of distress distress: learned from 60 people, 840 answers (number 1)" in said
    assert "expected course of distress distress: learned from 60 people, 840 answers (number 2)" in said
    assert printed("learn", "--clinic", str(clinic.pk)).endswith("Nothing changed.\n")
    assert "nothing learned is in force" in printed("clinic", "unlearn", "distress", "--clinic", str(clinic.pk))
    assert Learned.objects.in_force(clinic.pk) == {}


def test_a_clinic_that_is_not_there(clinic: Clinic) -> None:
    with pytest.raises(LookupError, match="There is no clinic"):
        printed("learn", "--clinic", "nowhere")
    with pytest.raises(LookupError):
        printed("clinic", "unlearn", "astrology", "--clinic", str(clinic.pk))


def test_of_two_clinics_one_has_to_be_named(clinic: Clinic, other_clinic: Clinic) -> None:
    with pytest.raises(LookupError, match="Say which clinic"):
        printed("learn")
