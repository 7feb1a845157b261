"""A client answers a check-in on a phone without JavaScript: every page a form, every tap a post."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.checkins.models import Block, CheckIn, Draft, DueCheckIn, Series
from mooring.privacy.models import AccessEntry
from tests.cast import People, Person
from tests.clock import Clock, clock

__all__ = ["clock"]

pytestmark = pytest.mark.usefixtures("clock")
STOP = re.compile(r'<button class="stop" name="answer" value="(\d+)" aria-pressed="(true|false)">')


@pytest.fixture
def due(sarah: Person, now: datetime) -> DueCheckIn:
    return DueCheckIn.objects.open(now).get(participation=sarah.participation)


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    return sign_in(sarah.user)


def url(name: str, due: DueCheckIn, *more: int) -> str:
    return reverse(f"checkins:{name}", args=[due.pk, *more])


def page(browser: Browser, address: str, **headers: Any) -> str:
    response = browser.get(address, **headers)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


def stops(html: str) -> dict[int, bool]:
    return {int(value): pressed == "true" for value, pressed in STOP.findall(html)}


def begin(browser: Browser, due: DueCheckIn) -> str:
    """The first page's address."""
    return browser.post(url("checkin", due)).url


def answer_all(browser: Browser, due: DueCheckIn, skip: tuple[int, ...] = ()) -> dict[int, int | None]:
    """Tap the highest stop of every question, skip some; returns what was tapped."""
    address, tapped, number = begin(browser, due), {}, 0
    while address != url("topic", due):
        number += 1
        assert address == url("question", due, number)
        shown = page(browser, address)
        assert f"{number} of 16" in shown
        tapped[number] = None if number in skip else max(stops(shown))
        posted = {"skip": "1"} if number in skip else {"answer": tapped[number]}
        address = browser.post(address, posted).url
    return tapped


def test_sixteen_taps_and_a_wish_are_one_checkin(phone: Browser, sarah: Person, due: DueCheckIn, now: datetime) -> None:
    tapped = answer_all(phone, due)
    assert len(tapped) == 16
    sent = phone.post(url("topic", due), {"topic": "  Whether I asked too much.  "})
    assert sent.url == reverse("home:river", args=[sarah.figures["Daniel"].pk])
    (checkin,) = CheckIn.objects.all()
    assert (checkin.participation, checkin.due, checkin.topic) == (
        sarah.participation,
        due,
        "Whether I asked too much.",
    )
    assert (checkin.answered_at, checkin.occurred_at, checkin.zone) == (now, now, "Europe/Berlin")
    blocks = list(Block.objects.order_by("position"))
    assert [block.instrument_version.key for block in blocks] == ["state-security", "distress", "attachment"]
    assert [len(block.items) for block in blocks] == [4, 4, 8]
    kept = [block.answers[item] for block in blocks for item in block.items]
    assert kept == [tapped[number] for number in range(1, 17)] == [10] * 4 + [5] * 4 + [7] * 8
    assert not Draft.objects.exists()
    assert {series.role for series in Series.objects.all()} == {"security", "distress", "anxiety", "avoidance"}


def test_after_sending_the_river_says_who_reads_it_and_when(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    shown = phone.post(url("topic", due), {"topic": ""}, follow=True).content.decode()
    assert "Sent. Alice reads it tomorrow at 16:50. Until then nobody is watching it." in shown


def test_a_statement_names_the_figure_and_offers_every_stop(phone: Browser, due: DueCheckIn) -> None:
    shown = page(phone, begin(phone, due))
    assert "With Daniel, this past week" in shown
    assert "I could let my guard down with Daniel." in shown
    assert list(stops(shown)) == list(range(11))
    assert "Alice reads this tomorrow at 16:50.<br>Until then nobody is watching it." in shown


def test_a_skipped_question_is_missing_and_not_zero(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due, skip=(2, 5))
    phone.post(url("topic", due), {"topic": ""})
    first, second, _third = Block.objects.order_by("position")
    assert first.answers[first.items[1]] is None
    assert second.answers[second.items[0]] is None
    assert [first.answers[item] for item in first.items].count(None) == 1


def test_going_back_shows_the_answer_and_a_new_tap_counts(phone: Browser, due: DueCheckIn) -> None:
    first = begin(phone, due)
    second = phone.post(first, {"answer": "3"}).url
    assert f'href="{first}"' in page(phone, second)
    assert [value for value, pressed in stops(page(phone, first)).items() if pressed] == [3]
    assert phone.post(first, {"answer": "8"}).url == second
    assert [value for value, pressed in stops(page(phone, first)).items() if pressed] == [8]
    phone.post(first, {"skip": "1"})
    assert not any(stops(page(phone, first)).values())
    assert "Skipped; leave it so" in page(phone, first)


def test_it_resumes_where_it_was_left(phone: Browser, sarah: Person, due: DueCheckIn, sign_in: Any) -> None:
    phone.post(begin(phone, due), {"answer": "3"})
    phone.post(url("question", due, 2), {"skip": "1"})
    elsewhere = sign_in(sarah.user)
    assert elsewhere.get(url("checkin", due)).url == url("question", due, 3)
    assert elsewhere.post(url("checkin", due)).url == url("question", due, 3)
    assert "You stopped at question 3 of 16, and it is not sent yet. Once it is, Alice reads it" in " ".join(
        page(elsewhere, reverse("home:today")).split()
    )


def test_looking_at_the_door_begins_nothing(phone: Browser, due: DueCheckIn) -> None:
    shown = page(phone, url("checkin", due))
    assert "16 questions, about two minutes. Alice reads it tomorrow at 16:50." in " ".join(shown.split())
    assert not Draft.objects.exists()


def test_a_double_tap_is_one_answer(phone: Browser, due: DueCheckIn) -> None:
    first = begin(phone, due)
    assert phone.post(first, {"answer": "3"}).url == phone.post(first, {"answer": "3"}).url == url("question", due, 2)
    assert list(Draft.objects.get().answers.values()) == [3]


def test_sending_twice_shows_the_same_result(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    once = phone.post(url("topic", due), {"topic": "Sunday"}, follow=True)
    again = phone.post(url("topic", due), {"topic": "something else"}, follow=True)
    assert once.redirect_chain[-1][0] == again.redirect_chain[-1][0]
    assert "Sent. Alice reads it tomorrow at 16:50." in again.content.decode()
    assert [checkin.topic for checkin in CheckIn.objects.all()] == ["Sunday"]
    assert phone.get(url("checkin", due), follow=True).redirect_chain[-1][0] == once.redirect_chain[-1][0]


def test_a_second_tab_that_is_late_changes_nothing(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    phone.post(url("topic", due), {"topic": ""})
    before = list(Block.objects.order_by("position").values_list("answers", flat=True))
    late = phone.post(url("question", due, 4), {"answer": "0"}, follow=True)
    assert late.redirect_chain[-1][0].startswith("/river/")
    assert list(Block.objects.order_by("position").values_list("answers", flat=True)) == before


def test_an_answer_that_is_none_is_refused_calmly_and_not_kept(phone: Browser, due: DueCheckIn) -> None:
    first = begin(phone, due)
    for wrong in ({"answer": "11"}, {"answer": "-1"}, {"answer": "2.5"}, {"answer": "many"}, {"answer": "nan"}, {}):
        response = phone.post(first, wrong)
        assert response.status_code == 422, wrong
        assert "was not one of the answers" in response.content.decode()
    assert Draft.objects.get().answers == {}


def test_a_wish_that_is_too_long_stays_on_the_page(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    response = phone.post(url("topic", due), {"topic": "long " * 500})
    assert response.status_code == 422
    assert "Please keep it under 2000" in response.content.decode()
    assert "long long long" in response.content.decode()
    assert not CheckIn.objects.exists()


def test_leave_empty_sends_without_words(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    phone.post(url("topic", due), {"topic": "typed and thought better of", "empty": "1"})
    assert CheckIn.objects.get().topic == ""


def test_words_are_kept_while_they_are_written(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    assert phone.post(url("topic", due), {"topic": "half a sent", "keep": "1"}).status_code == 204
    assert "half a sent" in page(phone, url("topic", due))
    assert not CheckIn.objects.exists()
    phone.post(url("topic", due), {"topic": "the whole sentence"})
    assert phone.post(url("topic", due), {"topic": "half a sent", "keep": "1"}).status_code == 204
    assert CheckIn.objects.get().topic == "the whole sentence"


def test_not_this_week_can_be_taken_back_while_it_is_open(phone: Browser, due: DueCheckIn) -> None:
    phone.post(begin(phone, due), {"answer": "3"})
    said = phone.post(url("decline", due), follow=True).content.decode()
    assert "You said not this week, and Alice can see that. Changed your mind?" in said
    assert phone.get(url("question", due, 2)).url == url("checkin", due)
    assert phone.post(url("checkin", due)).status_code == 200
    phone.post(url("after_all", due))
    assert phone.post(url("checkin", due)).url == url("question", due, 2)


def test_and_not_when_its_time_is_over(
    phone: Browser, sarah: Person, due: DueCheckIn, clock: Clock, sign_in: Any
) -> None:
    phone.post(url("decline", due))
    clock.at = due.closes_at + timedelta(minutes=1)
    said = sign_in(sarah.user).post(url("after_all", due), follow=True)
    assert said.status_code == 200
    due.refresh_from_db()
    assert due.declined_at is not None


def test_what_was_sent_cannot_be_declined(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    phone.post(url("topic", due), {"topic": ""})
    phone.post(url("decline", due))
    due.refresh_from_db()
    assert due.declined_at is None


def test_a_closed_checkin_says_so_and_takes_nothing(
    phone: Browser, sarah: Person, due: DueCheckIn, clock: Clock, sign_in: Any
) -> None:
    answer_all(phone, due)
    clock.at = due.closes_at + timedelta(hours=1)
    response = sign_in(sarah.user).post(url("topic", due), {"topic": "late"}, follow=True)
    assert "This check-in closed today at 18:00." in response.content.decode()
    assert "was not sent, and nobody reads it." in response.content.decode()
    assert not CheckIn.objects.exists()


def test_a_late_post_of_answers_given_in_time_is_taken(
    phone: Browser, sarah: Person, due: DueCheckIn, clock: Clock, sign_in: Any
) -> None:
    answer_all(phone, due)
    given = due.closes_at - timedelta(hours=3)
    clock.at = due.closes_at + timedelta(days=2)
    sign_in(sarah.user).post(url("topic", due), {"topic": "", "answered_at": given.isoformat()})
    checkin = CheckIn.objects.get()
    assert (checkin.answered_at, checkin.occurred_at, checkin.received_at) == (given, given, clock.at)


def test_a_moment_that_cannot_be_read_is_said_and_nothing_is_sent(phone: Browser, due: DueCheckIn) -> None:
    answer_all(phone, due)
    for wrong in ("yesterday", "2026-05-13T20:51:00"):
        response = phone.post(url("topic", due), {"topic": "Sunday", "answered_at": wrong})
        assert response.status_code == 422
        assert "offset from UTC" in response.content.decode()
        assert "Sunday" in response.content.decode()
    assert not CheckIn.objects.exists()


def test_one_that_opens_later_says_when(phone: Browser, sarah: Person, now: datetime) -> None:
    later = DueCheckIn.objects.filter(participation=sarah.participation, opens_at__gt=now).earliest("opens_at")
    assert "This check-in opens on 20 May at 18:00." in page(phone, url("checkin", later))
    assert phone.post(url("checkin", later)).status_code == 200
    assert not Draft.objects.exists()


def test_htmx_gets_the_step_alone(phone: Browser, due: DueCheckIn) -> None:
    shown = page(phone, begin(phone, due), headers={"HX-Request": "true"})
    assert "<html" not in shown
    assert 'id="statement"' in shown
    assert re.search(r'id="count"[^>]*hx-swap-oob="true"', shown)
    following = phone.post(url("question", due, 1), {"answer": "3"}, headers={"HX-Request": "true"}, follow=True)
    assert "<html" not in following.content.decode()
    assert "2 of 16" in following.content.decode()


def test_nobody_else_reaches_it(people: People, john: Person, due: DueCheckIn, sign_in: Any) -> None:
    routes = [url(name, due) for name in ("checkin", "topic", "decline", "after_all")] + [url("question", due, 1)]
    for user in (*vars(people).values(), john.user):
        browser = sign_in(user)
        for route in routes:
            assert browser.post(route, {"answer": "3", "topic": "x"}).status_code == 404, (user.email, route)
        assert browser.get(url("checkin", due)).status_code == 404
        assert browser.get(url("question", due, 1)).status_code == 404
    assert not Draft.objects.exists()


def test_signed_out_means_signing_in_first(due: DueCheckIn) -> None:
    for route in (url("checkin", due), url("question", due, 1), url("topic", due)):
        assert Browser().get(route).url.startswith("/account/login/")


def test_a_question_that_does_not_exist_is_not_found(phone: Browser, due: DueCheckIn) -> None:
    begin(phone, due)
    assert phone.get(url("question", due, 17)).status_code == 404
    assert phone.get(url("question", due, 0)).status_code == 404


def test_each_page_is_one_row_in_the_access_log(phone: Browser, sarah: Person, due: DueCheckIn) -> None:
    page(phone, begin(phone, due))
    (entry,) = AccessEntry.objects.filter(action="read")
    assert (entry.route, entry.actor, entry.subjects) == (
        "checkins:question",
        sarah.user.pk,
        [str(sarah.client.pk)],
    )


def test_a_question_page_is_cheap(phone: Browser, due: DueCheckIn, django_assert_max_num_queries: Any) -> None:
    first = begin(phone, due)
    with django_assert_max_num_queries(7):
        phone.get(first)


@pytest.mark.parametrize(
    "claimed",
    ["0001-01-01T00:00:00+14:00", "0001-06-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"],
)
def test_a_moment_that_no_calendar_has_everywhere_is_said(phone: Browser, due: DueCheckIn, claimed: str) -> None:
    begin(phone, due)
    response = phone.post(url("topic", due), {"topic": "Home", "answered_at": claimed})
    assert response.status_code == 422
    assert "The time of answering could not be read." in response.content.decode()
    assert not CheckIn.objects.exists()


def test_a_new_line_counts_once_as_the_browser_counts_it(phone: Browser, due: DueCheckIn) -> None:
    """Browsers send two characters for it: words that just fit on the page would be refused."""
    begin(phone, due)
    words = "\r\n".join(["a" * 19] * 100)
    assert len(words.replace("\r\n", "\n")) == 1999
    assert phone.post(url("topic", due), {"topic": words}).status_code == 302
    assert CheckIn.objects.get().topic == words.replace("\r\n", "\n")
