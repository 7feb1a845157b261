"""The expected course on a case page: nothing pretended before it is learned, and in words what is drawn after."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client as Browser

from mooring.alerts.models import Kind, Signal
from mooring.checkins.learn import learn
from mooring.checkins.models import CheckIn, Learned
from mooring.people.models import Clinic, Participation
from mooring.privacy import consent
from tests.cast import Person
from tests.checkins.answering import block, send
from tests.checkins.learning import answered, lived, person, say

pytestmark = pytest.mark.usefixtures("clock")


def page(alice: Browser, sarah: Person) -> str:
    return " ".join(alice.get(f"/case/{sarah.participation.pk}/").content.decode().split())


def section(alice: Browser, sarah: Person) -> str:
    found = re.search(r'<section class="section expected".*?</section>', page(alice, sarah))
    return re.sub(r"<svg.*?</svg>", "", found[0]) if found else ""


def closed(clinic: Clinic, count: int, now: datetime, *, seed: int = 1) -> list[Participation]:
    """Finished courses with check-ins, and with the series that they would have."""
    rng = np.random.default_rng(seed)
    made = [person(clinic, f"{seed}-{number:03}", now, closed=True) for number in range(count)]
    for one in made:
        answered(one, lived(14, rng), now - timedelta(weeks=1))
    CheckIn.objects.bulk_create(
        CheckIn(
            clinic=clinic, participation=one, client_id=one.client_id, client_made_id=uuid4(),
            source=CheckIn.Source.PHONE, answered_at=at, received_at=at, occurred_at=at, zone="Europe/Berlin",
            local_date=at.date(),
        )
        for one in made
        for at in (now - timedelta(weeks=week) for week in (2, 3, 4))
    )  # fmt: skip
    return made


def weekly(sarah: Person, values: list[float], now: datetime) -> None:
    for week, value in enumerate(values):
        send(sarah, block("distress", value), at=now - timedelta(weeks=len(values) - 1 - week))


def test_without_an_answer_there_is_no_such_section(alice: Browser, sarah: Person) -> None:
    assert section(alice, sarah) == ""


def test_until_enough_courses_are_finished_nothing_is_pretended(
    alice: Browser, sarah: Person, clinic: Clinic, other_clinic: Clinic, now: datetime
) -> None:
    weekly(sarah, [3, 3, 4, 3], now)
    assert "No finished courses here can be learned from; an expected course needs 50." in section(alice, sarah)
    made = closed(clinic, 12, now)
    closed(other_clinic, 9, now, seed=2)
    say(made[0].client, consent.Action.WITHDRAWN, now - timedelta(days=1))
    learn(clinic, at=now)
    said = section(alice, sarah)
    assert "11 finished courses here can be learned from; an expected course needs 50." in said
    assert "Until then this page shows their own course alone." in said
    assert "usual here" not in page(alice, sarah)


def test_enough_courses_that_nobody_let_be_learned(
    alice: Browser, sarah: Person, clinic: Clinic, now: datetime
) -> None:
    weekly(sarah, [3, 3, 4, 3], now)
    closed(clinic, 50, now)
    said = section(alice, sarah)
    assert (
        "50 finished courses here can be learned from. Whoever runs Mooring here does so with “mooring learn”." in said
    )


def test_the_person_beside_the_finished_courses(alice: Browser, sarah: Person, clinic: Clinic, now: datetime) -> None:
    weekly(sarah, [3, 3, 3, 3], now)
    closed(clinic, 60, now)
    learn(clinic, at=now)
    said = section(alice, sarah)
    told = re.search(
        r"Of 60 finished courses here, nine in ten answers in week (\d+) lay between ([\d.]+) and ([\d.]+), "
        r"about ([\d.]+)\. Two answers running above ([\d.]+) are off that course\.",
        said,
    )
    assert told is not None, said
    week, low, high, middle, limit = map(float, told.groups())
    assert week == 3
    # What the closed courses' own scores say in that week, without any model: the middle nine in ten of 60.
    scores = [
        one.series.get(role="distress").points[3]["score"]
        for one in Participation.objects.filter(course__until__isnull=False)
    ]
    assert middle == pytest.approx(np.mean(scores), abs=0.2)
    assert (low, high) == pytest.approx(tuple(np.quantile(scores, [0.05, 0.95])), abs=0.45)
    assert limit > high
    assert "The latest answer lies within it." in said
    assert (
        "It does not say what will come now, nor why. How far a level may move from week to week is learned too, "
        in said
    )
    assert "from the answers of 60 people here." in said
    whole = page(alice, sarah)
    assert [words for words in ("usual here", "off course", "Distress since the start") if words not in whole] == []


def test_who_is_off_it_is_told_since_when(alice: Browser, sarah: Person, clinic: Clinic, now: datetime) -> None:
    closed(clinic, 60, now)
    learn(clinic, at=now)
    weekly(sarah, [3, 3, 3, 5], now)
    assert "The latest answer lies beyond it; one alone says nothing yet." in section(alice, sarah)
    send(sarah, block("distress", 5), at=now + timedelta(minutes=1))  # the same day is the same occasion
    assert "Off that course" not in section(alice, sarah)


def test_two_weeks_beyond_are_off_course(alice: Browser, sarah: Person, clinic: Clinic, now: datetime) -> None:
    closed(clinic, 60, now)
    learn(clinic, at=now)
    weekly(sarah, [3, 3, 3, 5, 5], now)
    assert "Off that course since 6 May." in section(alice, sarah)
    # One signal, raised by the submit itself; its numbers by value, the whole course under its number for good.
    signal = Signal.objects.get(kind=Kind.OFF_COURSE)
    assert (signal.as_of, signal.evidence["courses"], signal.evidence["weeks"]) == (now.date(), 60, 4.0)
    assert Learned.objects.get(number=signal.evidence["model"]["expected"]["number"]).parsed["courses"] == 60
    assert alice.get(f"/case/{sarah.participation.pk}/?open={signal.pk}").status_code == 200


def test_made_up_courses_say_so(alice: Browser, sarah: Person, clinic: Clinic, now: datetime) -> None:
    closed(clinic, 60, now)
    learn(clinic, at=now, simulated=True)
    weekly(sarah, [3, 3, 3], now)
    assert "Of 60 made-up finished courses here, nine in ten" in section(alice, sarah)
    assert Learned.objects.exists()


def test_beyond_what_was_learned_the_band_ends(alice: Browser, sarah: Person, clinic: Clinic, now: datetime) -> None:
    closed(clinic, 60, now)
    learn(clinic, at=now)
    weekly(sarah, [3.0] * 20, now)
    assert "Nothing was learned beyond week 13." in section(alice, sarah)
