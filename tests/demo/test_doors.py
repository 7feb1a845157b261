"""The demonstration's front page: whom one can meet, and one click to be them."""

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser
from django.urls import reverse

from mooring.people.models import User
from tests.cast import People, Person
from tests.checkins.answering import security, send


@pytest.fixture
def demo(settings: Any, sarah: Person, people: People, now: datetime) -> Person:
    """The doors' addresses in this process. The room itself refuses to be installed outside the demonstration."""
    settings.ROOT_URLCONF = "mooring.demo.urls"
    settings.MOORING_DEMO = True
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], str(files("mooring.demo") / "templates")]}]
    for user, who in ((sarah.user, "sarah"), (people.alice, "ines")):
        User.objects.filter(pk=user.pk).update(email=f"{who}@demo.example")
        EmailAddress.objects.create(user=user, email=f"{who}@demo.example", verified=True, primary=True)
    return sarah


def shown(browser: Browser) -> str:
    response = browser.get("/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_it_says_whom_one_can_meet_and_that_nobody_exists(demo: Person) -> None:
    page = shown(Browser())
    for name in ("Sarah", "John", "Mara", "Jonas", "Ines Hartmann"):
        assert f">{name}</button>" in page
    assert "Nobody in it exists: their answers are simulated, their true states are known." in page
    assert "What you change stays until <code>make demo-reset</code>." in page
    assert "Not a medical device." in page


def test_the_water_is_sarahs(demo: Person, now: datetime) -> None:
    assert "The waterline is" not in shown(Browser())
    for week in range(8):
        send(demo, security(demo, 5 + week % 2), at=now - timedelta(weeks=8 - week))
    assert "The waterline is Sarah’s: 8 weeks with Daniel." in shown(Browser())


def test_one_click_makes_somebody_and_they_can_go_on(demo: Person) -> None:
    browser = Browser()
    assert browser.post("/enter/sarah/").url == "/today/"
    page = shown(browser)
    assert "You are here as Sarah." in page
    assert 'href="/today/"' in page
    assert browser.post("/enter/ines/").url == "/caseload/"
    assert "You are here as Alice." in shown(browser)


def test_who_joins_or_signs_in_by_hand_is_not_sent_back_to_the_doors(demo: Person) -> None:
    browser = Browser()
    browser.force_login(demo.user)
    assert reverse("front") != "/"
    assert browser.get(reverse("front")).headers["Location"] == "/today/"


def test_looking_at_a_door_does_not_open_it(demo: Person) -> None:
    browser = Browser()
    assert browser.get("/enter/sarah/").status_code == 405
    assert "You are here as" not in shown(browser)


def test_there_is_no_other_door(demo: Person) -> None:
    assert Browser().post("/enter/bob/").status_code == 404
