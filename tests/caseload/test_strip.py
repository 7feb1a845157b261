"""Who is worth a conversation, why, and in which order."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.alerts.models import Kind
from mooring.checkins.models import CheckIn, CheckInPlan
from mooring.checkins.read import talked
from mooring.people.models import Course, Participation
from mooring.privacy.models import AccessEntry
from tests.caseload.conftest import Raise, read, shown, weekly
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")
STRIP = "/caseload/"
Another = Callable[..., Participation]


def rows(page: str) -> list[str]:
    """Each row of the strip, from its opening tag on."""
    return re.split(r'<li class="strip-row', page)[1:]


def names(page: str) -> list[str]:
    return [found[1] for row in rows(page) if (found := re.search(r"<h2><a [^>]*>(.*?)</a>", row))]


def test_the_day_and_how_many_are_worth_a_conversation(
    alice: Browser, sarah: Person, john: Person, raised: Raise
) -> None:
    raised(sarah, Kind.SETBACK)
    raised(john, Kind.DETERIORATION)
    page = shown(alice, STRIP)
    assert "Wednesday 13 May" in page
    assert "Two people are worth a conversation." in page


def test_safety_comes_first_and_unread_last_whatever_was_raised_when(
    alice: Browser, another: Another, sarah: Person, raised: Raise, now: datetime
) -> None:
    order = [
        (Kind.RISK, "Rita"), (Kind.DETERIORATION, "Dora"), (Kind.ALLIANCE_DROP, "Alla"), (Kind.SILENCE, "Sila"),
        (Kind.SETBACK, "Seta"), (Kind.OFF_COURSE, "Ottilie"), (Kind.SHIFT, "Shira"),
    ]  # fmt: skip
    for age, (kind, name) in enumerate(reversed(order), start=1):
        raised(another(name, f"X-{age}"), kind, days_ago=age, change=9.0 if kind == Kind.SHIFT else 1.0)
    (checkin,) = weekly(sarah, [6], now)
    assert checkin.received_at < now - timedelta(days=6)
    assert names(shown(alice, STRIP)) == [*(name for _, name in order), "Sarah L."]


def test_within_a_kind_the_one_who_is_read_next_comes_first(
    alice: Browser, sarah: Person, john: Person, another: Another, raised: Raise
) -> None:
    never = another("Nora", "N-1")
    CheckInPlan.objects.filter(pk=sarah.plan.pk).update(reading_weekday=5)  # Saturday; John's is tomorrow
    # The larger change does not come first: never by severity.
    for person, change in ((never, 3.0), (sarah, 2.0), (john, 0.5)):
        raised(person, Kind.DETERIORATION, change=change)
    page = shown(alice, STRIP)
    assert names(page) == ["John L.", "Sarah L.", "Nora"]
    assert ["tomorrow 16:50" in rows(page)[0], "Saturday 16:50" in rows(page)[1]] == [True, True]
    assert "no reading agreed" in rows(page)[2]


def test_one_row_a_person_names_the_other_kinds(alice: Browser, sarah: Person, raised: Raise) -> None:
    daniel = sarah.figures["Daniel"]
    raised(sarah, Kind.SHIFT, figure=daniel, role="anxiety")
    raised(sarah, Kind.SETBACK, figure=daniel, role="security", direction="better", reference="best held")
    raised(sarah, Kind.DETERIORATION)
    page = shown(alice, STRIP)
    (row,) = rows(page)
    assert "Deterioration" in row
    assert "and setback and shift" in row
    assert "Distress is higher than at their start" in row


def test_each_kind_says_why_in_one_sentence(alice: Browser, sarah: Person, john: Person, raised: Raise) -> None:
    sarah.client.pronouns = "she"
    sarah.client.save()
    daniel = sarah.figures["Daniel"]
    raised(
        sarah, Kind.SETBACK, figure=daniel, role="security", direction="better", reference="best held",
        reference_on="2026-03-05",
    )  # fmt: skip
    raised(john, Kind.SILENCE, days_ago=21, missed=3)
    page = shown(alice, STRIP)
    assert "Security with Daniel fell below the level she had held on 5 March." in page
    assert "No check-in since 22 April. No reminder was added." in page


def test_a_shift_is_told_with_both_readings(alice: Browser, sarah: Person, john: Person, raised: Raise) -> None:
    raised(sarah, Kind.SHIFT, figure=sarah.figures["Mum"], role="anxiety", change=1.2)
    raised(john, Kind.SHIFT, figure=john.figures["Claire"], role="avoidance", change=-1.2)
    page = shown(alice, STRIP)
    assert "More worry with Mum since 6 May: more alarm, or more able to notice it." in page
    assert "Less distance from Claire since 6 May: closer, or less guarded than is safe." in page


def test_their_own_words_stand_in_the_row(
    alice: Browser, sarah: Person, john: Person, raised: Raise, now: datetime
) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=20), topic="An older matter.")
    send(sarah, block("distress", 3), at=now - timedelta(days=2), topic="The wedding.")
    send(john, block("distress", 3), at=now - timedelta(days=9), topic="Dad.")
    send(john, block("distress", 3), at=now - timedelta(days=2))
    raised(sarah, Kind.DETERIORATION)
    raised(john, Kind.DETERIORATION)
    page = shown(alice, STRIP)
    assert '<q class="words">The wedding.</q>' in page
    assert "wrote nothing" in page
    assert "An older matter." not in page
    assert "Dad." not in page


def test_answers_past_their_agreed_reading_are_unread(
    sarah: Person, people: People, now: datetime, clock: Clock, sign_in: Any
) -> None:
    # Answered on Wednesday evening; Alice agreed to read on Thursday at 16:50.
    checkin = send(sarah, block("distress", 3), at=now).checkin
    clock.at = now + timedelta(hours=19)  # Thursday 15:51 in Berlin
    assert rows(shown(sign_in(people.alice), STRIP)) == []
    clock.at = now + timedelta(hours=20)  # Thursday 16:51
    (row,) = rows(shown(sign_in(people.alice), STRIP))
    assert "Unread" in row
    assert "Nobody has read the answers of yesterday. Sarah’s screen says so." in row
    read(checkin, people.alice, clock.at)
    assert rows(shown(sign_in(people.alice), STRIP)) == []


def test_an_import_is_never_unread(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=60), source=CheckIn.Source.IMPORT)
    assert rows(shown(alice, STRIP)) == []


def test_historical_signals_are_never_on_the_strip(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION, historical=True)
    raised(sarah, Kind.RECOVERY, historical=True, days_ago=1)
    page = shown(alice, STRIP)
    assert rows(page) == []
    assert "Good news" not in page


def test_nobody_else_is_on_the_strip(
    alice: Browser, sarah: Person, another: Another, people: People, raised: Raise
) -> None:
    raised(another("Bruno", "B-1", clinician=people.bob), Kind.RISK)
    raised(sarah, Kind.SETBACK)
    page = shown(alice, STRIP)
    assert names(page) == ["Sarah L."]
    assert "Bruno" not in page


def test_an_ended_course_is_not_on_the_strip(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    raised(sarah, Kind.SETBACK)
    Course.objects.filter(participations=sarah.participation).update(until=now - timedelta(days=1))
    assert rows(shown(alice, STRIP)) == []


def test_what_is_over_says_so(alice: Browser, sarah: Person, now: datetime, raised: Raise) -> None:
    weekly(sarah, [4, 4, 8, 8, 8, 8, 8, 8, 4, 4, 4, 8, 8, 8, 8], now)
    series = sarah.participation.series.get(role="security")
    ended = next(s["ceased"] for s in series.stretches if s["kind"] == "setback")
    assert ended is not None, "the rule did not cease; the test needs other answers"
    page = shown(alice, STRIP)
    day = int(ended[8:])
    assert f"No longer so since {day} " in page


def test_good_news_comes_last_without_buttons_and_leaves_by_itself(
    alice: Browser, sarah: Person, john: Person, people: People, raised: Raise, clock: Clock, sign_in: Any
) -> None:
    raised(john, Kind.DETERIORATION)
    news = raised(sarah, Kind.RECOVERY, days_ago=3, figure=sarah.figures["Daniel"], role="security")
    page = shown(alice, f"{STRIP}?news={news.pk}")
    strip, good = page.split("Good news</h2>")
    assert "Security with Daniel is back at the level they held before" in good
    assert "Sarah" not in strip.split('class="strip"')[1]
    assert "<button" not in good.split("</section>")[0]
    clock.wait(days=10)
    assert "is back at the level" in shown(sign_in(people.alice), STRIP)
    clock.wait(days=2)
    assert "is back at the level" not in shown(sign_in(people.alice), STRIP)


def test_there_is_never_an_all_clear(
    alice: Browser, sarah: Person, john: Person, now: datetime, people: People
) -> None:
    for person in (sarah, john):
        read(send(person, block("distress", 2), at=now - timedelta(days=1)).checkin, people.alice, now)
    page = shown(alice, STRIP)
    assert "No rule spoke for anybody. That is not the same as nothing there." in page
    assert "Two people checked in these two weeks." in page
    assert "The other" not in page


def test_those_who_did_not_check_in_are_not_said_to_have(
    alice: Browser, sarah: Person, john: Person, now: datetime, people: People
) -> None:
    read(send(sarah, block("distress", 2), at=now - timedelta(days=1)).checkin, people.alice, now)
    page = shown(alice, STRIP)
    assert "One person checked in these two weeks." in page
    assert "One person has not begun yet." in page
    read(send(john, block("distress", 2), at=now - timedelta(days=20)).checkin, people.alice, now)
    page = shown(alice, STRIP)
    assert "One person has not checked in for two weeks, or is not asked." in page
    assert "not begun" not in page


def test_before_anybody_has_begun_nothing_is_said_of_rules(alice: Browser, sarah: Person, john: Person) -> None:
    page = shown(alice, STRIP)
    assert "Nobody has checked in yet." in page
    assert "Two people have not begun yet." in page
    assert "No rule spoke" not in page


def test_the_others_are_those_besides_the_strip(
    alice: Browser, sarah: Person, john: Person, raised: Raise, now: datetime, people: People
) -> None:
    raised(john, Kind.DETERIORATION)
    read(send(sarah, block("distress", 2), at=now - timedelta(days=1)).checkin, people.alice, now)
    assert "The other one checked in and no rule spoke. That is not the same as nothing there." in shown(alice, STRIP)


def test_words_that_were_talked_about_say_so(
    alice: Browser, sarah: Person, raised: Raise, now: datetime, people: People
) -> None:
    raised(sarah, Kind.DETERIORATION)
    sent = send(sarah, block("distress", 2), at=now - timedelta(days=6), topic="The wedding.").checkin
    assert "talked about" not in shown(alice, STRIP)
    talked(sent, by=people.alice, at=now - timedelta(days=5))
    assert '<q class="words">The wedding.</q> <span class="note whole">talked about, 8 May</span>' in shown(
        alice, STRIP
    )


def test_somebody_without_clients_is_told_so(people: People, sign_in: Any) -> None:
    page = shown(sign_in(people.bob), STRIP)
    assert "Nobody is in your care here yet." in page
    assert "Add a client" in page


def test_beyond_twenty_five_the_rest_is_shown_on_request(alice: Browser, another: Another, raised: Raise) -> None:
    for number in range(27):
        raised(another(f"P{number:02}", f"P-{number}"), Kind.DETERIORATION)
    page = shown(alice, STRIP)
    assert "27 people are worth a conversation." in page
    assert len(rows(page)) == 25
    assert "Show the rest (2 people)" in page
    rest = shown(alice, f"{STRIP}?from=25")
    assert len(rows(rest)) == 2
    assert set(names(page)) | set(names(rest)) == {f"P{number:02}" for number in range(27)}


@pytest.mark.parametrize(
    ("query", "status"), [("from=x", 400), ("from=-1", 400), ("open=x", 404), ("news=nobody", 404)]
)
def test_a_wrong_address_is_refused(alice: Browser, sarah: Person, query: str, status: int) -> None:
    assert alice.get(f"{STRIP}?{query}").status_code == status


def test_the_page_writes_one_audit_row_that_lists_its_people(
    alice: Browser, sarah: Person, john: Person, raised: Raise, people: People
) -> None:
    raised(sarah, Kind.SETBACK)
    CheckInPlan.objects.filter(pk=john.plan.pk).update(reading_weekday=5)
    before = AccessEntry.objects.count()
    shown(alice, STRIP)
    (entry,) = AccessEntry.objects.all()[before:]
    assert (entry.route, entry.action, entry.actor) == ("caseload:caseload", "read", people.alice.pk)
    # John's name is not on the page: he has no row, is not read today, and his brief is not the next one.
    assert entry.subjects == [str(sarah.client.pk)]
