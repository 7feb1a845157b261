"""The evidence card: how it grew, what else was so, and how it was worked out; all of it as it was frozen."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from mooring.alerts.models import Growth, Kind, Signal
from mooring.checkins.recompute import recompute
from mooring.people.models import CareRelation, Clinic
from mooring.sessions.models import Rupture, Session
from tests.caseload.conftest import Raise, shown
from tests.cast import People, Person
from tests.checkins.answering import block, security, send

pytestmark = pytest.mark.usefixtures("clock")


def card(browser: Browser, person: Person) -> str:
    return unescape(shown(browser, f"/caseload/?open={person.participation.pk}", hx_request="true"))


def fallen(person: Person, now: datetime, values: tuple[int, ...] = (9, 9, 9, 9, 9, 9, 4, 4)) -> None:
    """Security with Daniel, a week apart, the last one now."""
    for index, value in enumerate(values):
        send(person, security(person, value), at=now - timedelta(weeks=len(values) - 1 - index))


def grew(signal: Signal, now: datetime, **given: Any) -> Growth:
    evidence = {**signal.evidence, "since": signal.since.isoformat(), **given}
    return Growth.objects.create(
        clinic_id=signal.clinic_id, signal=signal, anew=given.pop("anew", False), as_of=now.date(), at=now,
        evidence=evidence,
    )  # fmt: skip


def test_an_open_signal_says_how_it_grew(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    signal = raised(sarah, Kind.DETERIORATION)
    grew(signal, now - timedelta(days=5), level=4.1, level_sd=0.2)
    # 4.1 with nine in ten: 1.6449 x 0.2 = 0.33; 8 May 2026 is a Friday.
    assert "Since then: grew on Friday to 4.1 ± 0.3." in card(alice, sarah)
    assert "Since then: grew on Friday" in shown(alice, f"/case/{sarah.participation.pk}/")


def test_a_silence_says_how_many_it_has_become(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    grew(raised(sarah, Kind.SILENCE, missed=3), now - timedelta(days=1), missed=4)
    assert "Since then: grew yesterday to four check-ins in a row." in card(alice, sarah)


def test_a_shift_that_turned_says_so(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    signal = raised(sarah, Kind.SHIFT, role="anxiety", change=1.2)
    grew(signal, now - timedelta(days=5), change=-1.0, level=2.0, level_sd=0.2)
    assert "moved the other way on Friday" in card(alice, sarah)


def test_the_formula_stands_there_with_its_numbers(alice: Browser, sarah: Person, now: datetime) -> None:
    fallen(sarah, now)
    given = Signal.objects.get(kind=Kind.DETERIORATION).evidence
    page = card(alice, sarah)
    change, margin, sd = (f"{abs(given[key]):.2f}" for key in ("change", "margin", "change_sd"))
    assert f"P(D > m) = Φ((E D − m) / sd D) = Φ(({change} − {margin}) / {sd}) = {given['probability']:.2f}" in page
    # Two answers held the start, and two are since the fall: a complete form answered, ± nine in ten.
    assert page.count("compared with</td>") == 2
    assert page.count("since then</td>") == 2
    assert "All 8 answers up to then were used" in page
    assert "Operating point: usual." in page
    assert f"version {given['instrument']['version']}, {given['instrument']['digest'][:10]}" in page
    assert given["science_version"] in page
    assert "Precision: assumed, from no sample." in page


def test_the_card_reads_the_same_after_a_recomputation_at_another_point(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    fallen(sarah, now)
    worked = card(alice, sarah).split("How this was worked out")[1].split("<form")[0]
    Clinic.objects.update(operating_point="quieter")
    recompute()
    assert worked in card(alice, sarah)


def test_a_sudden_gain_shows_its_three_criteria_and_that_it_was_lost(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    fallen(sarah, now, (3, 4, 3, 7, 8, 7, 3, 3))
    gain = Signal.objects.get(kind=Kind.GAIN)
    page = unescape(shown(alice, f"/case/{sarah.participation.pk}/?open={gain.pk}"))
    assert "Security with Daniel rose from one check-in to the next" in page
    assert "Half of it was lost again by 6 May." in page
    # A step of 4 points, of the 7 that were left to 10.
    assert "(2) 0.57 ≥ 0.25" in page
    assert "Tang & DeRubeis 1999" in page
    assert "We talked about it</button>" not in page


def test_what_else_was_so_is_told_as_facts(
    alice: Browser, people: People, sarah: Person, raised: Raise, now: datetime
) -> None:
    raised(sarah, Kind.DETERIORATION)
    clinic, course = sarah.client.clinic, sarah.participation.course
    for weeks, kept in ((4, "held"), (3, "missed"), (2, "cancelled")):
        Session.objects.create(
            clinic=clinic, course=course, client_made_id=uuid4(), at=now - timedelta(weeks=weeks), kept=kept,
            clinician=people.alice, recorded_by=people.alice, recorded_at=now,
        )  # fmt: skip
    Rupture.objects.create(
        clinic=clinic, participation=sarah.participation, client_id=sarah.client.pk, client_made_id=uuid4(),
        noticed_on=(now - timedelta(weeks=2)).date(), marked_by=people.alice, marked_at=now,
    )  # fmt: skip
    page = card(alice, sarah)
    assert "Session missed: 22 April." in page
    assert "Session cancelled: 29 April." in page
    assert "The last session before this was on 15 April, 21 days earlier." in page
    assert "A rupture marked on 29 April was open." in page
    assert "What else was so in these weeks; facts, not causes:" in page


def test_it_names_nothing_of_other_courses(
    alice: Browser, people: People, sarah: Person, john: Person, raised: Raise, now: datetime
) -> None:
    raised(sarah, Kind.DETERIORATION)
    Session.objects.create(
        clinic=sarah.client.clinic, course=john.participation.course, client_made_id=uuid4(),
        at=now - timedelta(weeks=2), clinician=people.alice, kept="missed", recorded_by=people.alice, recorded_at=now,
    )  # fmt: skip
    assert "Session missed" not in card(alice, sarah)


def test_off_course_says_what_it_was_compared_with(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(
        sarah, Kind.OFF_COURSE, expected=2.2, low=1.4, high=3.0, score=3.6, content=0.9, confidence=0.95, courses=34,
        band=[2, 3], simulated=True,
    )  # fmt: skip
    page = card(alice, sarah)
    assert "Distress lies above where this clinic’s finished courses that began alike were, since 6 May." in page
    assert "Two check-ins running lay beyond 1.4 to 3.0, where 90 in 100 answers" in page
    assert "y = 3.60 > U = 3.00" in page
    assert "Course: from 34 finished courses, made-up ones." in page


def test_a_card_without_numbers_makes_none_up(alice: Browser, sarah: Person, raised: Raise) -> None:
    for kind in (Kind.OFF_COURSE, Kind.ALLIANCE_DROP, Kind.SHIFT, Kind.SILENCE, Kind.RISK):
        signal = raised(sarah, kind, figure=sarah.figures["Daniel"] if kind == Kind.SHIFT else None)
        signal.evidence = {"kind": str(kind), "role": signal.evidence["role"]}
        signal.save()
    page = card(alice, sarah)
    assert "None" not in page
    assert not re.search(r"\bnan\b", page)
    assert page.count("How this was worked out") == 5


def test_all_of_it_is_on_the_case_page_too(alice: Browser, sarah: Person, now: datetime) -> None:
    fallen(sarah, now)
    signal = Signal.objects.get(kind=Kind.DETERIORATION)
    page = unescape(shown(alice, f"/case/{sarah.participation.pk}/?open={signal.pk}"))
    assert "P(D > m)" in page
    assert "Dismiss, with a reason" in page


def test_a_plateau_that_ended_stands_beside_the_fall(alice: Browser, sarah: Person, now: datetime) -> None:
    fallen(sarah, now, (7,) * 18 + (3, 3, 3))
    signal = Signal.objects.get(kind__in=(Kind.DETERIORATION, Kind.SETBACK))
    page = shown(alice, f"/case/{sarah.participation.pk}/?open={signal.pk}")
    assert "The level had stood at 7.0" in page
    # 21 check-ins, the last on 13 May: the first on 24 December; the fall from 29 April on.
    assert "stood at 7.0" in page.split("In words")[1].split("</details>")[0]


def test_somebody_who_no_longer_cares_for_them_sees_no_card(
    people: People, sarah: Person, raised: Raise, sign_in: Any, now: datetime
) -> None:
    raised(sarah, Kind.DETERIORATION)
    CareRelation.objects.filter(clinician=people.alice).update(until=now - timedelta(days=1))
    response = sign_in(people.alice).get(f"/caseload/?open={sarah.participation.pk}", headers={"hx_request": "true"})
    assert response.status_code == 404


def test_two_series_judged_together_both_show_their_answers(alice: Browser, sarah: Person, now: datetime) -> None:
    for index in range(10):
        late = index > 7
        answers = security(sarah, 5 if late else 7), block("distress", 3 if late else 2)
        send(sarah, *answers, at=now - timedelta(weeks=9 - index))
    page = card(alice, sarah)
    assert Signal.objects.get().evidence["role"] == "distress"
    assert "judged together" in page
    # Of each, two that held the start and two since; security spoke of nothing alone.
    for words in ("compared with", "compared with, security", "since then", "since then, security"):
        assert page.count(f"{words}</td>") == 2
