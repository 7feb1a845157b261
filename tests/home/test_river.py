"""My river: the level and how sure we are, its eddies and the client's own words; the same again in sentences."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from mooring.charts.points import Point
from mooring.checkins.models import Series
from mooring.home import my_river
from mooring.privacy.models import AccessEntry
from tests.cast import People, Person
from tests.checkins.answering import block, security, send
from tests.home.conftest import Lived

pytestmark = pytest.mark.usefixtures("clock")
RIVER = "/river/"
LOW, GOOD = 4, 8


@pytest.fixture
def phone(sarah: Person, sign_in: Any) -> Browser:
    return sign_in(sarah.user)


def shown(browser: Browser, address: str = RIVER) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def in_words(html: str) -> list[str]:
    """The list's lines, in order."""
    listed = re.search(r'<ol class="river-words">(.*?)</ol>', html)
    assert listed, "no list"
    return [re.sub(r"<[^>]+>", "", line).strip() for line in re.findall(r"<li>(.*?)</li>", listed[1])]


def picture(html: str) -> str:
    found = re.search(r'<svg[^>]*class="picture".*?</svg>', html)
    assert found, "no picture"
    return found[0]


def test_without_a_checkin_there_is_no_river_and_it_says_so(phone: Browser) -> None:
    assert "No river yet: it begins with your first check-in." in shown(phone)


def test_one_checkin_is_a_place_without_direction(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6])
    page = shown(phone)
    assert "One check-in so far: a place, and no direction yet." in page
    assert "now between" in picture(page)


def test_two_are_too_few_to_say_where_it_is_going(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7])
    assert "Two check-ins so far: too few to say where it is going." in shown(phone)


def test_now_is_a_band_of_nine_in_ten_in_the_picture_and_in_words(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [5, 6, 6, 7])
    page = shown(phone)
    series = Series.objects.get(role="security")
    half = 1.645 * series.last_sd  # standard normal quantile of .95
    band = f"between {series.last_level - half:.1f} and {series.last_level + half:.1f}"
    assert f"now {band}" in picture(page)
    assert in_words(page)[-1] == f"6 May {band}"


def test_the_band_stays_inside_the_measure(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [10, 10, 10, 10])
    assert re.search(r"now between \d\.\d and 10\.0", picture(shown(phone)))


def test_a_fall_is_an_eddy_and_its_way_back_is_told(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [LOW, LOW, *[GOOD] * 6, LOW, LOW])
    page = shown(phone)
    assert "eddy: week 9; not back yet" in " ".join(in_words(page))


def test_a_fall_that_is_over_says_how_long_it_took(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [LOW, LOW, *[GOOD] * 6, LOW, LOW, *[GOOD] * 5])
    page = shown(phone)
    (line,) = [line for line in in_words(page) if "eddy" in line]
    assert re.search(r"eddy: week 9; back in \d weeks? \(", line)
    assert ">eddy<" in picture(page)
    assert "red" not in picture(page)


def test_a_steady_river_has_no_eddy(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7, 6, 7, 6, 7])
    assert "eddy" not in shown(phone)


def test_weeks_without_an_answer_are_told_as_a_gap(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7, None, None, 6])
    assert "15 April no check-in until 6 May" in in_words(shown(phone))


def test_silence_is_told_and_now_stays_at_the_last_answer(
    sarah: Person, phone: Browser, lived: Lived, now: datetime
) -> None:
    lived(sarah, [6, 7, None, None, None])
    page = shown(phone)
    assert "15 April no check-in since" in in_words(page)
    assert "now between" in picture(page)


def test_too_few_answers_are_no_place(sarah: Person, phone: Browser, now: datetime) -> None:
    one_of_four = {"sec_safe_1": 8}
    send(sarah, block("state-security", one_of_four, sarah.figures["Daniel"]), at=now - timedelta(weeks=2))
    page = shown(phone)
    assert "Too few of these questions were answered to say where you are." in page
    assert "now between" not in page


def test_every_word_they_wrote_is_in_the_list_in_its_place(sarah: Person, phone: Browser, lived: Lived) -> None:
    said = {week: f"What I thought in week {week}." for week in range(1, 13)}
    lived(sarah, [6, 7] * 6, said)
    page = shown(phone)
    lines = [line for line in in_words(page) if "What I thought" in line]
    assert [line.partition(" “")[2] for line in lines] == [f"{text}”" for text in said.values()]
    drawn = sum(f"week {week}.”" in picture(page) for week in said)
    assert 2 <= drawn <= 4  # twelve weeks, at least four apart


def test_what_they_wrote_is_escaped(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7], {2: "<script>alert(1)</script>"})
    assert "<script>alert" not in phone.get(RIVER).content.decode()


def test_distress_is_drawn_so_that_right_is_easier(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7, 6], distress=2)
    page = shown(phone, reverse("home:how_i_have_been"))
    assert "5 harder" in picture(page)
    assert "easier 1" in picture(page)
    series = Series.objects.get(role="distress")
    drawn = my_river.mirrored([Point(series.last_on, 2, 1.5, 2.5, 2)], series)
    assert [(p.level, p.lo, p.hi, p.score) for p in drawn] == [(4, 3.5, 4.5, 4)]
    half = 1.645 * series.last_sd
    assert f"now between {series.last_level - half:.1f} and {series.last_level + half:.1f}" in picture(page)


def test_another_river_can_be_chosen(sarah: Person, phone: Browser, lived: Lived, now: datetime) -> None:
    lived(sarah, [6, 7])
    send(sarah, security(sarah, 3, "Mum"), at=now - timedelta(days=1))
    page = shown(phone)
    for figure in ("Daniel", "Mum"):
        address = reverse("home:river", args=[sarah.figures[figure].pk])
        assert f'href="{address}"' in page
        assert "How secure you felt with " + figure in shown(phone, address)
    assert reverse("home:how_i_have_been") in page


def test_a_figure_without_answers_says_so(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7])
    page = shown(phone, reverse("home:river", args=[sarah.figures["Maya"].pk]))
    assert "There are no check-ins about how secure you feel with Maya." in page


def test_it_says_that_the_measure_is_new(sarah: Person, phone: Browser, lived: Lived) -> None:
    lived(sarah, [6, 7])
    assert "new and not yet validated" in shown(phone)


def test_nobody_elses_river_is_found(sarah: Person, john: Person, people: People, lived: Lived, sign_in: Any) -> None:
    lived(sarah, [6, 7], {1: "Mine alone."})
    address = reverse("home:river", args=[sarah.figures["Daniel"].pk])
    assert sign_in(john.user).get(address).status_code == 404
    assert "Mine alone." not in sign_in(john.user).get(RIVER).content.decode()
    for user in vars(people).values():
        for route in (RIVER, address, reverse("home:how_i_have_been")):
            assert sign_in(user).get(route).status_code == 404
    assert Browser().get(address).url.startswith("/account/login/")


def test_it_is_one_row_in_the_access_log_and_cheap(
    sarah: Person, phone: Browser, lived: Lived, django_assert_max_num_queries: Any
) -> None:
    lived(sarah, [6, 7] * 13, dict.fromkeys(range(1, 27), "words"))
    with django_assert_max_num_queries(7):
        phone.get(RIVER)
    (entry,) = AccessEntry.objects.filter(action="read")
    assert (entry.route, entry.subjects) == ("home:river", [str(sarah.client.pk)])
