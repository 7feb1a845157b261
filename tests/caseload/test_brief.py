"""One page before a session: their words, what moved and what did not, what to ask, what we do not know."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.alerts.models import Kind
from mooring.checkins.models import Block, CheckIn, DueCheckIn
from mooring.checkins.read import mark_read, talked
from mooring.people.models import Participation
from mooring.privacy.models import AccessEntry
from mooring.relationships.models import Figure
from tests.caseload.conftest import Raise, shown, weekly
from tests.cast import People, Person
from tests.checkins.answering import block, security, send

pytestmark = pytest.mark.usefixtures("clock")


def brief(browser: Browser, person: Person) -> str:
    return shown(browser, f"/case/{person.participation.pk}/brief/")


def part(page: str, heading: str) -> str:
    """What stands under a heading, until the next one."""
    found = re.search(rf"<h2>{re.escape(heading)}.*?</h2>(.*?)(?:<h2>|</article>)", page)
    assert found is not None, heading
    return found[1]


def test_their_topic_stands_first_and_large(alice: Browser, sarah: Person, now: datetime) -> None:
    sarah.client.pronouns = "she"
    sarah.client.save()
    send(sarah, security(sarah, 6), at=now - timedelta(days=1), topic="Whether I asked too much.")
    page = brief(alice, sarah)
    assert "She wants to talk about" in page
    assert '<blockquote class="quotation large">“Whether I asked too much.”</blockquote>' in page
    assert "for Thursday 14 May, 16:50" in page
    assert "Answered yesterday at 20:51, all 4 questions. Sarah saw this first." in page
    assert "Nothing here is a diagnosis; a change is in the answers, not in the person." in page


def test_what_did_not_move_is_said_too(alice: Browser, sarah: Person, now: datetime) -> None:
    weekly(sarah, [6, 6, 6, 6], now)
    page = part(brief(alice, sarah), "Since Wednesday 29 April")
    assert "Security with Daniel and distress are where they were, within their error." in page


def test_what_moved_beyond_its_error_is_told_with_both_errors(alice: Browser, sarah: Person, now: datetime) -> None:
    # Half a year between two answers: the level had time to go anywhere, so the new answer is believed.
    send(sarah, block("distress", 1), at=now - timedelta(weeks=26))
    send(sarah, block("distress", 5), at=now - timedelta(days=1))
    page = brief(alice, sarah)
    assert re.search(r"Distress went up since 12 November 2025, from \d\.\d ± \d\.\d to \d\.\d ± \d\.\d\.", page)
    assert "within" not in part(page, "Since Wednesday 12 November")


def test_a_dimension_that_moved_is_told_with_both_readings(alice: Browser, sarah: Person, now: datetime) -> None:
    mum = sarah.figures["Mum"]
    low = {"anx_vig_1": 1, "anx_loss_1": 1, "anx_reas_1": 1, "anx_worth_6": 7}
    high = {"anx_vig_1": 7, "anx_loss_1": 7, "anx_reas_1": 7, "anx_worth_6": 1}
    send(sarah, block("attachment", low, mum), at=now - timedelta(weeks=26))
    send(sarah, block("attachment", high, mum), at=now - timedelta(days=1))
    page = brief(alice, sarah)
    assert 'Answers about Mum moved towards <span class="anxiety">more worry</span> since 12 November 2025' in page
    assert "It may be more alarm, or more ability to notice it." in page
    assert "What did they begin to notice with Mum?" in page


def test_answers_that_moved_most_go_from_last_time_to_this_time(alice: Browser, sarah: Person, now: datetime) -> None:
    before = {"dis_worry_1": 2, "dis_mood_1": 3, "dis_sleep_1": 1, "dis_coping_1": None}
    after = {"dis_worry_1": 3, "dis_mood_1": 3, "dis_sleep_1": 5, "dis_coping_1": 1}
    send(sarah, block("distress", before), security(sarah, 2), at=now - timedelta(days=8))
    send(sarah, block("distress", after), security(sarah, 4), at=now - timedelta(days=1))
    page = part(brief(alice, sarah), "Answers that moved most:")
    rows = re.findall(r'moved-words">(.*?)</p>.*?aria-label="(.*?)"', page)
    # The whole range, a quarter of it, then a fifth of ten; what was skipped or is equal is not there.
    assert rows[0] == ("Sleep: lay awake", "lay awake, from 1 to 5, on 1 to 5")
    assert rows[1] == ("Worry: worry after worry", "worry after worry, from 2 to 3, on 1 to 5")
    assert rows[2][0].startswith("Daniel: ")
    assert len(rows) == 5
    assert "found a way" not in page
    assert "heavy days" not in page


def test_an_answer_not_asked_last_time_says_when_it_was(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("session-alliance", 3), at=now - timedelta(days=22))
    send(sarah, block("distress", 3), at=now - timedelta(days=8))
    send(sarah, block("session-alliance", 4), at=now - timedelta(days=1))
    assert 'felt welcome <span class="note">before: 21 April</span>' in brief(alice, sarah)


def test_what_we_do_not_know_names_missing_weeks_skips_and_whom_nobody_asked_about(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    dues = list(DueCheckIn.objects.filter(plan=sarah.plan, closes_at__lte=now).order_by("-due_on")[:4])
    # Thursdays 7 May, 30 April, 23 April and 16 April; the second and third stay unanswered, one by choice.
    assert [due.due_on.day for due in dues] == [7, 30, 23, 16]
    send(sarah, block("attachment", 3, sarah.figures["Dad"]), at=now - timedelta(weeks=20))
    send(sarah, block("distress", 3), at=now - timedelta(days=26), due=dues[3])
    dues[2].declined_at = now - timedelta(days=19)
    dues[2].save()
    send(sarah, security(sarah, {"sec_safe_1": 5}), block("distress", 3), at=now - timedelta(days=6), due=dues[0])
    DueCheckIn.objects.filter(due_on__lt=dues[3].due_on).delete()
    page = part(brief(alice, sarah), "What we do not know")
    assert "The check-in of 30 April is missing." in page
    assert "“Not this week” was chosen on 23 April." in page
    skipped = (
        "Skipped this time: “seen as I was” with Daniel, “found comfort” with Daniel, “bond felt solid” with Daniel."
    )
    assert skipped in page
    assert "Last asked about: Dad in December." in page
    assert "Not asked about yet: Mum, Maya and Ines." in page
    assert "The measures are not yet validated: precision is assumed." in page


def test_what_was_talked_about_is_not_offered_as_a_beginning(
    alice: Browser, sarah: Person, now: datetime, people: People
) -> None:
    sent = send(sarah, security(sarah, 6), at=now - timedelta(days=5), topic="The wedding.").checkin
    assert "like to begin with" in brief(alice, sarah)
    talked(sent, by=people.alice, at=now - timedelta(days=4))
    page = brief(alice, sarah)
    assert "You talked about this on 9 May." in page
    assert "like to begin with" not in page


def test_what_rules_say_stands_in_the_order_of_the_strip(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    weekly(sarah, [6, 6], now)
    for days, kind in ((9, Kind.RECOVERY), (8, Kind.ALLIANCE_DROP), (7, Kind.DETERIORATION)):
        raised(sarah, kind, days_ago=days)
    page = part(brief(alice, sarah), "Worth a conversation")
    assert page.index("Deterioration.") < page.index("Alliance.") < page.index("Recovery.")


def test_good_news_alone_says_so(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    weekly(sarah, [6, 6], now)
    raised(sarah, Kind.RECOVERY)
    assert "is back at the level" in part(brief(alice, sarah), "Good news")


def test_nobody_is_asked_for_news_of_the_one_who_asks(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("attachment", 3, sarah.figures["Ines"]), at=now - timedelta(weeks=21))
    send(sarah, block("distress", 3), at=now - timedelta(days=1))
    page = brief(alice, sarah)
    assert "Last asked about: Ines in December." in page
    assert "Is there news" not in page
    send(sarah, block("attachment", 3, sarah.figures["Dad"]), at=now - timedelta(weeks=20))
    assert "Is there news from Dad?" in brief(alice, sarah)


def test_a_skipped_question_is_asked_about_in_a_sentence(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, security(sarah, {"sec_safe_1": 5, "sec_soothed_1": 5, "sec_secure_1": 5}), at=now - timedelta(days=1))
    page = brief(alice, sarah)
    assert "How is the question “seen as I was” with Daniel for them?" in page
    assert "It was skipped this time." in page


def test_a_figure_who_is_not_asked_about_by_agreement_is_not_missed(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    Figure.objects.filter(client=sarah.client).exclude(kind="partner").update(asked=False)
    weekly(sarah, [6], now)
    page = brief(alice, sarah)
    assert "Not asked about yet" not in page


def test_an_open_signal_is_told_and_can_be_settled_here(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    weekly(sarah, [6, 6], now)
    signal = raised(sarah, Kind.DETERIORATION)
    page = brief(alice, sarah)
    assert "Distress is higher than at their start, since 6 May." in page
    assert "What was different around 6 May, and what did they need then?" in page
    # What a rule has been saying stands apart from what moved since the time before.
    assert "Distress is higher" in part(page, "Worth a conversation")
    assert "Distress is higher" not in part(page, "Since Wednesday 29 April")
    response = alice.post(f"/signal/{signal.pk}/", {"kind": "talked", "back": "brief"})
    assert response["Location"] == f"/case/{sarah.participation.pk}/brief/"
    assert "Distress is higher" not in brief(alice, sarah)


def test_historical_signals_are_not_in_the_brief(alice: Browser, sarah: Person, raised: Raise, now: datetime) -> None:
    weekly(sarah, [6, 6], now)
    raised(sarah, Kind.DETERIORATION, historical=True)
    assert "Distress is higher" not in brief(alice, sarah)


def test_before_the_first_checkin(alice: Browser, sarah: Person) -> None:
    sarah.client.user = None
    sarah.client.save()
    page = brief(alice, sarah)
    assert "There is no check-in yet." in page
    assert "The invitation has not been used so far." in page
    assert "Mark as read" not in page


def test_somebody_silent_is_told_as_of_when_they_were_last_heard(
    alice: Browser, sarah: Person, raised: Raise, now: datetime
) -> None:
    send(sarah, security(sarah, 6), at=now - timedelta(days=42), topic="Not sure yet.")
    send(sarah, security(sarah, 6), at=now - timedelta(days=35), topic="Not sure still.")
    raised(sarah, Kind.SILENCE, days_ago=35, missed=4)
    page = brief(alice, sarah)
    assert "They want to talk about (8 April)" in page
    assert "From 1 April to the last check-in on 8 April" in page
    assert "No check-in since 8 April. No reminder was added." in page
    assert "Does the check-in still suit them: its day, its length, its questions?" in page
    assert "Where would they like to begin" not in page
    assert "last 6.0 ±" in page


def test_words_are_shown_as_words(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, security(sarah, 6), at=now - timedelta(days=1), topic="<b>{they} %s</b> & more")
    response = alice.get(f"/case/{sarah.participation.pk}/brief/").content.decode()
    assert "&lt;b&gt;{they} %s&lt;/b&gt; &amp; more" in response
    assert "<b>{they}" not in response


def test_a_couples_briefs_never_mix(alice: Browser, sarah: Person, john: Person, now: datetime, raised: Raise) -> None:
    send(sarah, security(sarah, 6), at=now - timedelta(days=1), topic="The holiday.")
    Participation.objects.filter(pk=john.participation.pk).update(course=sarah.participation.course)
    send(john, security(john, 2), at=now - timedelta(days=1), topic="I do hear her.")
    assert "I do hear her." not in brief(alice, sarah)
    assert "The holiday." not in brief(alice, john)


def test_reading_the_page_is_written_down_once(alice: Browser, sarah: Person, people: People) -> None:
    before = AccessEntry.objects.count()
    brief(alice, sarah)
    (entry,) = AccessEntry.objects.all()[before:]
    assert (entry.route, entry.actor, entry.subjects) == (
        "caseload:brief", people.alice.pk, [str(sarah.client.pk)],
    )  # fmt: skip


@pytest.mark.parametrize("who", ["bob", "charlie", "dana", "frank", "gil", "olga"])
@pytest.mark.parametrize("page", ["", "brief/", "plan/"])
def test_strangers_find_nothing(who: str, page: str, people: People, sarah: Person, sign_in: Any) -> None:
    before = AccessEntry.objects.count()
    assert sign_in(getattr(people, who)).get(f"/case/{sarah.participation.pk}/{page}").status_code == 404
    assert sign_in(sarah.user).get(f"/case/{sarah.participation.pk}/{page}").status_code == 404
    assert Browser().get(f"/case/{sarah.participation.pk}/{page}")["Location"].startswith("/account/login/")
    assert AccessEntry.objects.count() == before


def test_an_imported_total_is_counted_as_a_total(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=1), source=CheckIn.Source.IMPORT)
    Block.objects.update(items=[], answers={}, totals={"distress": 2.5})
    page = brief(alice, sarah)
    assert "Imported, answered yesterday: 1 total." in page
    assert "0 of 0" not in page


def test_what_was_done_is_dated_where_a_weekday_could_be_the_coming_one(
    alice: Browser, sarah: Person, people: People, now: datetime
) -> None:
    send(sarah, security(sarah, 6), at=now - timedelta(days=6))
    mark_read(sarah.participation, by=people.alice, at=now - timedelta(days=6))
    assert "for Thursday 14 May, 16:50" in brief(alice, sarah)
    assert "Read on 7 May at 20:51." in brief(alice, sarah)
