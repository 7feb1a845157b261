"""Evidence opens in place, names its rule and its numbers, and works without a script."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.alerts.models import Kind
from mooring.checkins.models import Series
from tests.caseload.conftest import Raise, shown, weekly
from tests.cast import People, Person
from tests.checkins.answering import block, send

pytestmark = pytest.mark.usefixtures("clock")


def opened(browser: Browser, person: Person, **headers: str) -> str:
    return shown(browser, f"/caseload/?open={person.participation.pk}", **headers)


def test_the_rule_its_probability_and_its_weight_are_told(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION, margin=0.7, probability=0.97, asked=0.95)
    page = opened(alice, sarah)
    assert "Worse than their start by more than 0.7 points, with probability 0.97. The rule speaks at 0.95." in page
    assert "A marked change in the answers (precision assumed)." in page
    assert "reliable" not in page.lower()


def test_only_a_measured_precision_makes_a_change_reliable(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION, precision="calibrated")
    assert "A reliable change in the answers." in opened(alice, sarah)


def test_a_number_that_was_not_frozen_is_not_made_up(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.DETERIORATION)
    for key in ("margin", "probability", "asked", "reference_level"):
        del signal.evidence[key]
    signal.save()
    page = opened(alice, sarah)
    assert "with probability" not in page
    assert "The rule speaks at" not in page
    assert "None" not in page


def test_the_picture_shows_what_it_was_compared_with(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    for days in (40, 33, 26, 19, 12, 5):
        send(sarah, block("distress", 3 if days > 20 else 5), at=now - timedelta(days=days))
    sarah.participation.signals.all().delete()
    raised(sarah, Kind.DETERIORATION, reference_level=2.4, reference_sd=0.2)
    page = opened(alice, sarah)
    # 2.4 with nine in ten: 1.6449 × 0.2 = 0.33.
    assert "start 2.4 ± 0.3" in page
    assert "Precision assumed: this measure is not yet validated." in page


def test_evidence_from_before_a_calibration_says_what_has_come_since(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    for days in (19, 12, 5):
        send(sarah, block("distress", 3), at=now - timedelta(days=days))
    raised(sarah, Kind.DETERIORATION)
    one = Series.objects.get(participation=sarah.participation, scale="distress")
    one.model["calibration"] = {"number": 1, "persons": 600, "simulated": True}
    one.save()
    page = opened(alice, sarah)
    assert "Precision was assumed when this rule spoke" in page
    assert "not yet validated" not in page


def test_the_answers_that_moved_most_go_by_short_names(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    calm = {"dis_worry_1": 2, "dis_mood_1": 2, "dis_sleep_1": 1, "dis_coping_1": 4}
    worse = {"dis_worry_1": 3, "dis_mood_1": 2, "dis_sleep_1": 5, "dis_coping_1": 4}
    first = send(sarah, block("distress", calm), at=now - timedelta(weeks=8)).checkin
    last = send(sarah, block("distress", worse), at=now - timedelta(days=1)).checkin
    sarah.participation.signals.all().delete()
    raised(sarah, Kind.DETERIORATION, checkin=str(last.pk), reference_on=first.local_date.isoformat())
    assert "Most moved: lay awake, worry after worry." in opened(alice, sarah)


def test_every_matter_of_a_person_is_opened_with_its_own_buttons(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION)
    raised(sarah, Kind.SILENCE, missed=3)
    page = opened(alice, sarah)
    assert page.count("We talked about it</button>") == 2
    assert "Three check-ins in a row closed unanswered." in page


def test_with_htmx_the_row_alone_opens_and_closes(alice: Browser, sarah: Person, john: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION)
    raised(john, Kind.DETERIORATION)
    row = opened(alice, sarah, hx_request="true")
    assert row.startswith('<li class="strip-row open"')
    assert "John" not in row
    assert 'aria-expanded="true"' in row
    closed = shown(alice, f"/caseload/?close={sarah.participation.pk}", hx_request="true")
    assert closed.startswith('<li class="strip-row"')
    assert 'aria-expanded="false"' in closed
    # The same element keeps the focus.
    toggle = f'id="toggle-{sarah.participation.pk}"'
    assert toggle in row
    assert toggle in closed


def test_somebody_elses_row_cannot_be_opened(people: People, sarah: Person, raised: Raise, sign_in: Any) -> None:
    raised(sarah, Kind.DETERIORATION)
    for user in (people.bob, people.frank):
        response = sign_in(user).get(f"/caseload/?open={sarah.participation.pk}", headers={"hx_request": "true"})
        assert response.status_code == 404


def test_unread_answers_lead_to_the_brief(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [6], now)
    page = opened(alice, sarah)
    assert "Until somebody marks them as read" in page
    assert f"/case/{sarah.participation.pk}/brief/" in page
    assert "We talked about it</button>" not in page
