"""One course of therapy: its weeks, each relationship, every signal and what became of it, every check-in."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from mooring.alerts.acknowledge import acknowledge
from mooring.alerts.models import Acknowledgement, Kind
from mooring.caseload.lanes import Weeks, back_in
from mooring.checkins.models import Block, CheckIn
from mooring.checkins.read import talked
from mooring.instruments.publish import current
from mooring.people.models import CareRelation, Course, Participation
from mooring.privacy.models import AccessEntry
from mooring.relationships import fit
from mooring.relationships.models import Fit
from tests.caseload.conftest import Raise, read, shown, weekly
from tests.cast import People, Person
from tests.checkins.answering import block, send

pytestmark = pytest.mark.usefixtures("clock")


def case(browser: Browser, person: Person, query: str = "") -> str:
    return shown(browser, f"/case/{person.participation.pk}/{query}")


def imported(person: Person, key: str, answers: dict[str, float | None], at: datetime, **declared: float) -> Block:
    """What an import writes: raw answers, no alarm."""
    checkin = CheckIn.objects.create(
        clinic=person.client.clinic,
        participation=person.participation,
        client_id=person.client.pk,
        client_made_id=uuid4(),
        source=CheckIn.Source.IMPORT,
        answered_at=at,
        received_at=at,
        occurred_at=at,
        zone="Europe/Berlin",
        local_date=at.date(),
    )
    made: Block = Block.objects.create(
        clinic=person.client.clinic,
        checkin=checkin,
        instrument_version=current(key),
        language="en",
        items=list(answers),
        answers=answers,
        **declared,
    )
    return made


def test_the_head_says_since_when_how_often_and_when_next(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [6, 6, None, 6], now, week4="The wedding.")
    page = case(alice, sarah)
    assert "individual, since 12 November 2025; 3 check-ins; next read tomorrow 16:50" in page
    assert '<q class="words">The wedding.</q>' in page


def test_a_first_month_that_is_also_now_is_not_told_twice(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [6], now)
    page = case(alice, sarah)
    assert "first month" not in page.split('id="in-words"')[1].split("Daniel</span>")[0]
    weekly(sarah, [6, 6, 6, 6, 6, 6, 6], now)
    assert "first month" in case(alice, sarah).split('id="in-words"')[1].split("Daniel</span>")[0]


def test_one_check_in_alone_stands_at_now(alice: Browser, sarah: Person, now: datetime) -> None:
    mum = sarah.figures["Mum"]
    send(sarah, block("distress", 3), block("attachment", 3, mum), at=now - timedelta(days=1))
    page = case(alice, sarah)
    timeline = page.split('class="picture wide-picture"')[1].split("</svg>")[0]
    assert ">April</text>" in timeline  # the axis runs back four weeks
    plane = page.split("Mum on the plane")[1].split("</svg>")[0]
    assert "3.5,2.5" not in plane  # no first month over the place that is also now
    brief = shown(alice, f"/case/{sarah.participation.pk}/brief/")
    picture = brief.split('class="picture wide-picture"')[1].split("</svg>")[0]
    assert ">12 May</text>" in picture
    assert ">May</text>" not in picture


def test_the_weeks_stand_in_words_too(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [4, 4, 8, 8, 8, 8, 8, 8, 4, 4], now)
    page = case(alice, sarah)
    words = page.split('id="in-words"')[1]
    assert "Distress, 1 to 5; up is worse: now 3.0 ± " in words
    assert "Security, with Daniel, 0 to 10; up is better: now " in words
    assert "Setback, weeks 9 to 10: from " in words
    assert page.count("Check-ins, levels with their bands, and weeks in question") == 2


def test_what_fits_the_client_is_told_beside_the_relationship(alice: Browser, sarah: Person, now: datetime) -> None:
    mum = sarah.figures["Mum"]
    send(sarah, block("attachment", 3, mum), at=now - timedelta(days=9))
    assert "Asked whether" not in case(alice, sarah)
    for given, days in ((Fit.Answer.FITS, 8), (Fit.Answer.PARTLY, 1)):
        fit.answer(sarah.participation, mum, given, {}, by=sarah.user, at=now - timedelta(days=days))
    page = case(alice, sarah)
    assert page.count("Asked whether the map fits, they said partly yesterday.") == 2
    assert "said yes" not in page


def test_the_alliance_carries_its_number(alice: Browser, sarah: Person, now: datetime) -> None:
    for week in range(7):
        send(sarah, block("session-alliance", 4), at=now - timedelta(weeks=week, days=1))
    page = case(alice, sarah)
    assert re.search(r">theirs, now \d\.\d ± \d\.\d<", page)
    assert ">shaded: their usual<" in page


def test_a_relationship_asked_about_once_cannot_be_told(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("attachment", 3, sarah.figures["Mum"]), at=now - timedelta(days=9))
    page = case(alice, sarah)
    assert "Asked once: we cannot say." in page
    assert "Not asked about yet." in page


def test_a_relationship_that_moved_is_told_with_both_readings(alice: Browser, sarah: Person, now: datetime) -> None:
    sarah.client.pronouns = "she"
    sarah.client.save()
    low = {"anx_vig_1": 1, "anx_loss_1": 1, "anx_reas_1": 1, "anx_worth_6": 7}
    high = {"anx_vig_1": 7, "anx_loss_1": 7, "anx_reas_1": 7, "anx_worth_6": 1}
    for weeks, answers in ((26, low), (24, low), (3, high), (1, high)):
        send(sarah, block("attachment", answers, sarah.figures["Mum"]), at=now - timedelta(weeks=weeks))
    page = case(alice, sarah)
    assert "More worry: more alarm, or more able to notice it." in page
    assert "More worry with Mum than in the first month." in page


def test_a_signal_is_listed_with_what_became_of_it(
    alice: Browser, sarah: Person, people: People, raised: Raise, now: datetime
) -> None:
    signal = raised(sarah, Kind.SETBACK, figure=sarah.figures["Daniel"], role="security", direction="better")
    page = case(alice, sarah)
    assert "Security with Daniel is lower than at their start, since 6 May." in page
    acknowledge(signal, Acknowledgement.Kind.TALKED, by=people.alice, at=now)
    page = case(alice, sarah, f"?open={signal.pk}")
    assert "Talked about: Alice, 13 May." in page
    assert "We talked about it</button>" not in page


def test_open_evidence_has_its_buttons_here_too(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.DETERIORATION)
    page = case(alice, sarah, f"?open={signal.pk}")
    assert "Worse than their start by more than 0.4 points" in page
    assert 'name="back" value="case"' in page


def test_historical_signals_say_that_nobody_was_alerted(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.DETERIORATION, historical=True)
    page = case(alice, sarah, f"?open={signal.pk}")
    assert "Found in imported answers; nobody was alerted" in page
    assert "Distress is higher than at their start" in page.split("nobody was alerted")[1]
    assert "<button" not in page.split("nobody was alerted")[1]


def test_imported_risk_answers_are_listed_and_nobody_was_alerted(alice: Browser, sarah: Person, now: datetime) -> None:
    # PHQ-9's ninth item is its risk item; its lowest answer is 0.
    item = current("phq-9").instrument.risk_items[0].code
    imported(sarah, "phq-9", {item: 2}, now - timedelta(days=400))
    imported(sarah, "phq-9", {item: 0}, now - timedelta(days=300))
    imported(sarah, "phq-9", {item: None}, now - timedelta(days=200))
    # In a declared range of 1 to 4 the lowest answer is 1.
    imported(sarah, "phq-9", {item: 1}, now - timedelta(days=100), minimum=1, maximum=4)
    page = case(alice, sarah)
    listed = page.split("Imported answers to risk questions: historical, nobody was alerted")[1]
    assert "8 April 2025" in listed
    assert "item 9 answered 2, on 0 to 3" in listed
    assert listed.split("</section>")[0].count("answered") == 1
    assert "8 April 2025" not in shown(alice, "/caseload/")


def test_every_checkin_is_listed_with_who_read_it(alice: Browser, sarah: Person, people: People, now: datetime) -> None:
    given = {"dis_worry_1": 4, "dis_mood_1": None, "dis_sleep_1": 2, "dis_coping_1": 5}
    old = send(sarah, block("distress", given), at=now - timedelta(days=9), topic="The wedding.").checkin
    send(sarah, block("distress", 3), at=now - timedelta(days=2))
    read(old, people.alice, now - timedelta(days=6))
    talked(old, by=people.alice, at=now - timedelta(days=6))
    page = case(alice, sarah)
    first, second = page.split('<tbody role="rowgroup">')[1].split('<tr role="row">')[1:]
    assert "11 May" in first
    assert "4 of 4" in first
    assert "nobody yet" in first
    assert "wrote nothing" in first
    assert "4 May" in second
    assert "3 of 4" in second
    assert "Alice, 7 May" in second
    assert "The wedding." in second
    assert "talked about, 7 May" in second


def test_a_couples_pages_name_each_other_and_share_nothing(
    alice: Browser, sarah: Person, john: Person, people: People, now: datetime, raised: Raise
) -> None:
    Course.objects.filter(pk=sarah.participation.course_id).update(kind="couple")
    Participation.objects.filter(pk=john.participation.pk).update(course=sarah.participation.course_id)
    send(john, block("distress", 3), at=now - timedelta(days=1), topic="I do hear her.")
    raised(john, Kind.DETERIORATION)
    before = AccessEntry.objects.count()
    page = case(alice, sarah)
    assert "In this course together with John L.:" in page
    assert f"/case/{john.participation.pk}/" in page
    assert "I do hear her." not in page
    assert "Distress is higher" not in page
    (entry,) = AccessEntry.objects.all()[before:]
    assert set(entry.subjects) == {str(sarah.client.pk), str(john.client.pk)}
    CareRelation.objects.filter(participation=john.participation).update(until=now - timedelta(days=1))
    assert "John" not in case(alice, sarah)


def test_before_the_first_checkin(alice: Browser, sarah: Person) -> None:
    page = case(alice, sarah)
    assert "There is no check-in yet." in page
    assert "0 check-ins" not in page


def test_a_long_history_is_drawn_for_a_year_and_counted_whole(alice: Browser, sarah: Person, now: datetime) -> None:
    for month in range(40):
        imported(sarah, "distress", {"dis_worry_1": 3}, now - timedelta(days=30 * (41 - month)))
    page = case(alice, sarah)
    assert "40 check-ins" in page
    assert page.count('<tr role="row">') == 31
    assert "10 earlier check-ins are kept and not listed here." in page


def test_a_stand_in_reads_it_too(sarah: Person, people: People, now: datetime, sign_in: Any) -> None:
    CareRelation.objects.create(
        clinic=sarah.client.clinic,
        participation=sarah.participation,
        clinician=people.bob,
        capacity="stand-in",
        since=now - timedelta(days=1),
    )
    assert "Sarah L." in case(sign_in(people.bob), sarah)


def test_the_head_tells_what_moved_since_the_first_month(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [2, 2, 2, 2, 2, 2, 9, 9, 9, 9, 9, 9], now)
    page = case(alice, sarah)
    assert "Higher security with Daniel than in the first month." in page


def test_asked_twice_says_nothing_of_a_change_anywhere(
    alice: Browser, sarah: Person, now: datetime, sign_in: Any
) -> None:
    for weeks, answers in ((26, 2), (1, 6)):
        send(sarah, block("attachment", answers, sarah.figures["Mum"]), at=now - timedelta(weeks=weeks))
    page = case(alice, sarah)
    assert "Asked twice: we cannot say." in page
    assert "than in the first month" not in page
    hers = shown(sign_in(sarah.user), f"/people/{sarah.figures['Mum'].pk}/")
    assert "About Mum there are too few answers to say" in hers


def test_a_recovery_ends_in_the_picture_in_the_week_its_words_name(sarah: Person, now: datetime) -> None:
    """In whole weeks after the fall, as the client's own river counts them."""
    since = now.date() - timedelta(weeks=13)
    weeks = Weeks(since - timedelta(weeks=13), since - timedelta(weeks=13), now.date(), now.date())
    told = {"since": str(since), "spoke": str(since + timedelta(weeks=8)), "hindsight": [5.6, 3.2, 10.7]}
    assert back_in(told, since, weeks) == (since + timedelta(weeks=6), "back by week 20 (17 to 25)")
    told["hindsight"] = [5.6, 3.2, None]
    assert back_in(told, since, weeks) == (since + timedelta(weeks=6), "back by week 20")
    told["hindsight"] = [0.3, 0.0, 1.0]  # it hardly fell: the day the rule spoke is all there is to say
    assert back_in(told, since, weeks) == (since + timedelta(weeks=8), "back by week 22")


def test_the_planes_are_against_the_clients_own_first_month(alice: Browser, sarah: Person, now: datetime) -> None:
    sarah.client.pronouns = "she"
    sarah.client.save()
    assert "Against her own first month.</p>" in case(alice, sarah)
    send(sarah, block("attachment", 3, sarah.figures["Mum"]), at=now - timedelta(days=1))
    assert "Against her own first month. Precision assumed." in case(alice, sarah)
