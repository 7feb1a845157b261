"""My people: clouds on the plane, what the answers suggest about one of them, and the client's word on it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.home.suggesting import CODES, Suggestion
from mooring.people.models import Course, Participation
from mooring.privacy.models import AccessEntry
from mooring.relationships.models import Figure, Fit
from tests.cast import People, Person
from tests.checkins.answering import block, send

pytestmark = pytest.mark.usefixtures("clock")
PEOPLE = "/people/"
BUTTON = re.compile(r'name="answer" value="(\w+)" aria-pressed="(true|false)"')


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    return sign_in(sarah.user)


def answered(person: Person, who: str, weeks_ago: float, now: datetime, anxiety: float, avoidance: float) -> None:
    """One occasion about somebody, every item of a dimension at the same level."""
    whole = block("attachment", anxiety, person.figures[who])
    distance = block("attachment", avoidance, person.figures[who]).answers
    mixed = {code: (whole.answers if code.startswith("anx") else distance)[code] for code in whole.items}
    send(person, block("attachment", mixed, person.figures[who]), at=now - timedelta(weeks=weeks_ago))


def month_by_month(person: Person, who: str, now: datetime, *levels: tuple[float, float]) -> None:
    for index, (anxiety, avoidance) in enumerate(levels):
        answered(person, who, 6 * (len(levels) - index), now, anxiety, avoidance)


def shown(browser: Browser, who: Figure | None = None) -> str:
    response = browser.get(reverse("home:people", args=[who.pk] if who else []))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def claim(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(anxiety|avoidance)" value="(\w+)"', html))


def pressed(html: str) -> list[str]:
    return [answer for answer, state in BUTTON.findall(html) if state == "true"]


def answer(browser: Browser, figure: Figure, given: str, **more: str) -> Any:
    posted: Mapping[str, str] = {"answer": given, **claim(shown(browser, figure)), **more}
    return browser.post(reverse("home:fit", args=[figure.pk]), posted)


def test_before_the_first_answers_there_is_nobody_and_it_says_who_will_come(phone: Browser) -> None:
    page = shown(phone)
    assert "Nobody is on your map yet." in page
    assert "You will be asked about: Daniel, Mum, Dad, Maya, Ines." in page


def test_a_clear_change_is_suggested_and_asked_about(sarah: Person, phone: Browser, now: datetime) -> None:
    month_by_month(sarah, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    page = shown(phone)
    assert (
        "Your answers suggest you worry less about losing Daniel than in your first month, and come about as close. "
        "Does this fit?" in page
    )
    assert [value for value, _ in BUTTON.findall(page)] == ["fits", "partly", "no"]
    assert claim(page) == {"anxiety": "less", "avoidance": "same"}
    assert "first month" in page


def test_who_opens_is_the_first_of_whom_there_is_something_to_say(sarah: Person, phone: Browser, now: datetime) -> None:
    answered(sarah, "Daniel", 2, now, 6, 3)
    month_by_month(sarah, "Mum", now, (6, 3), (5, 3), (3, 3), (2, 3))
    page = shown(phone)
    assert "about losing Mum" in page
    assert "About Daniel there are too few answers" not in page
    assert "About Daniel there are too few answers" in shown(phone, sarah.figures["Daniel"])


def test_what_stayed_is_said_in_words_one_can_read(sarah: Person, phone: Browser, now: datetime) -> None:
    month_by_month(sarah, "Daniel", now, (4, 3), (4, 3), (4, 3), (4, 3))
    assert (
        "Your answers suggest you worry about losing Daniel much as you did in your first month, "
        "and come about as close. Does this fit?" in shown(phone)
    )


def test_more_worry_is_told_with_both_its_readings(sarah: Person, phone: Browser, now: datetime) -> None:
    month_by_month(sarah, "Mum", now, (2, 5), (3, 5), (5, 3), (6, 2))
    assert "worry more about losing Mum than in your first month, or notice the worry more, and come closer." in shown(
        phone, sarah.figures["Mum"]
    )


def test_asked_once_is_too_few_to_say_and_nothing_is_asked(sarah: Person, phone: Browser, now: datetime) -> None:
    answered(sarah, "Daniel", 2, now, 6, 3)
    page = shown(phone)
    assert "About Daniel there are too few answers to say whether anything has moved" in page
    assert "Does this fit?" not in page
    assert not BUTTON.findall(page)
    assert "few answers" in page


def test_the_words_say_where_somebody_is_within_their_error(sarah: Person, phone: Browser, now: datetime) -> None:
    month_by_month(sarah, "Daniel", now, (6, 3), (3, 3))
    page = shown(phone)
    said = (
        r"Daniel</span>: on a scale from 1 to 7, worry between \d\.\d and \d\.\d, "
        r"distance between \d\.\d and \d\.\d; in the first month worry"
    )
    assert re.search(said, page)
    assert "asked 2 times, last on 1 April." in page


def test_those_without_answers_are_named(sarah: Person, phone: Browser, now: datetime) -> None:
    answered(sarah, "Daniel", 2, now, 6, 3)
    Figure.objects.filter(pk=sarah.figures["Dad"].pk).update(asked=False)
    assert "No answers yet about: Mum, Maya, Ines." in shown(phone)
    assert "There are no answers about Maya yet." in shown(phone, sarah.figures["Maya"])


def test_myself_is_never_on_the_plane(sarah: Person, phone: Browser, now: datetime) -> None:
    me = Figure.objects.create(clinic=sarah.client.clinic, client=sarah.client, kind="self", name="Me", position=9)
    sarah.figures["Me"] = me
    answered(sarah, "Daniel", 2, now, 6, 3)
    answered(sarah, "Me", 2, now, 6, 3)
    page = shown(phone)
    assert ">Me<" not in page
    assert "Me, " not in page


def test_no_style_is_named(sarah: Person, phone: Browser, now: datetime) -> None:
    month_by_month(sarah, "Daniel", now, (6, 6), (6, 6), (6, 6))
    page = re.sub(r"<[^>]*>", " ", shown(phone).partition("<main")[2]).lower()
    assert "in the first month worry" in page
    for word in ("anxious", "avoidant", "fearful", "preoccupied", "dismissing", "disorganized", "style"):
        assert word not in page, word


@pytest.mark.parametrize("anxiety", CODES)
@pytest.mark.parametrize("avoidance", CODES)
def test_every_suggestion_has_a_sentence_with_the_name(anxiety: Any, avoidance: Any) -> None:
    suggested = Suggestion(anxiety, avoidance)
    assert "Daniel" in suggested.sentence("Daniel")
    assert ("suggest" in suggested.sentence("Daniel")) == suggested.asks


def test_an_answer_is_kept_with_what_was_claimed(sarah: Person, phone: Browser, now: datetime) -> None:
    daniel = sarah.figures["Daniel"]
    month_by_month(sarah, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    assert pressed(shown(phone)) == []
    assert answer(phone, daniel, "partly").url == reverse("home:people", args=[daniel.pk])
    fit = Fit.objects.get()
    assert (fit.figure, fit.participation, fit.answer, fit.at) == (daniel, sarah.participation, "partly", now)
    assert fit.suggested == {"anxiety": "less", "avoidance": "same"}
    assert pressed(shown(phone)) == ["partly"]


def test_a_change_of_mind_is_kept_beside_it_and_a_double_tap_is_none(
    sarah: Person, phone: Browser, now: datetime, clock: Any
) -> None:
    daniel = sarah.figures["Daniel"]
    month_by_month(sarah, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    for given in ("fits", "fits", "no"):
        answer(phone, daniel, given)
        clock.wait(minutes=1)
    assert [fit.answer for fit in Fit.objects.order_by("at")] == ["fits", "no"]
    assert pressed(shown(phone)) == ["no"]


def test_an_answer_to_an_earlier_sentence_is_not_one_to_this(sarah: Person, phone: Browser, now: datetime) -> None:
    daniel = sarah.figures["Daniel"]
    month_by_month(sarah, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    answer(phone, daniel, "fits", anxiety="more")
    assert pressed(shown(phone)) == []


def test_what_fits_in_one_course_says_nothing_in_another(sarah: Person, sign_in: Any, now: datetime) -> None:
    course = Course.objects.create(clinic=sarah.client.clinic, kind="couple", since=now - timedelta(weeks=60))
    couple = Participation.objects.create(clinic=course.clinic, course=course, client=sarah.client)
    for part in (sarah, replace(sarah, participation=couple)):
        month_by_month(part, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    phone = sign_in(sarah.user)
    answer(phone, sarah.figures["Daniel"], "fits")
    assert pressed(shown(phone)) == ["fits"]
    phone.post(reverse("home:turn_to"), {"participation": couple.pk})
    page = shown(phone)
    assert "In couple therapy" in page
    assert pressed(page) == []


def test_anything_else_is_not_kept(sarah: Person, phone: Browser, now: datetime) -> None:
    daniel = sarah.figures["Daniel"]
    month_by_month(sarah, "Daniel", now, (6, 3), (5, 3), (3, 3), (2, 3))
    for wrong in ({"given": "maybe"}, {"given": "fits", "anxiety": "preoccupied"}):
        said = phone.get(answer(phone, daniel, **wrong).url).content.decode()
        assert "nothing was kept" in said
    assert not Fit.objects.exists()


def test_nobody_else_sees_them_or_answers_for_them(
    sarah: Person, john: Person, people: People, sign_in: Any, now: datetime
) -> None:
    month_by_month(sarah, "Daniel", now, (6, 3), (2, 3))
    daniel = sarah.figures["Daniel"]
    posted = {"answer": "fits", "anxiety": "less", "avoidance": "same"}
    for user in (*vars(people).values(), john.user):
        browser = sign_in(user)
        assert browser.get(reverse("home:people", args=[daniel.pk])).status_code == 404
        assert browser.post(reverse("home:fit", args=[daniel.pk]), posted).status_code == 404
    assert "Daniel" not in sign_in(john.user).get(PEOPLE).content.decode()
    assert Browser().get(PEOPLE).url.startswith("/account/login/")
    assert not Fit.objects.exists()


def test_it_is_one_row_in_the_access_log_and_cheap(
    sarah: Person, phone: Browser, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for who in sarah.figures:
        month_by_month(sarah, who, now, (6, 3), (3, 3))
    with django_assert_max_num_queries(8):
        shown(phone)
    (entry,) = AccessEntry.objects.filter(action="read")
    assert (entry.route, entry.subjects) == ("home:people", [str(sarah.client.pk)])
