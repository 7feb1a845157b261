"""“We talked about it” and “Dismiss, with a reason”: kept once, by whom and when; the row then leaves the strip."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.alerts.acknowledge import CannotAcknowledge, ReasonMissing, acknowledge
from mooring.alerts.models import Acknowledgement, Kind, Signal
from mooring.privacy.models import AccessEntry
from tests.caseload.conftest import Raise, shown
from tests.cast import People, Person

pytestmark = pytest.mark.usefixtures("clock")


def act(browser: Browser, signal: Signal, kind: str = "talked", **more: str) -> Any:
    return browser.post(f"/signal/{signal.pk}/", {"kind": kind, **more})


def test_talked_about_leaves_the_strip_and_stays_a_fact(
    alice: Browser, sarah: Person, people: People, raised: Raise, now: datetime
) -> None:
    signal = raised(sarah, Kind.SETBACK)
    assert "Sarah L." in shown(alice, "/caseload/")
    assert act(alice, signal)["Location"] == "/caseload/"
    (kept,) = Acknowledgement.objects.all()
    assert (kept.signal, kept.by, kept.kind, kept.at) == (signal, people.alice, "talked", now)
    assert kept.client_id == sarah.client.pk
    page = shown(alice, "/caseload/")
    assert "Noted for Sarah L." in page
    assert "strip-row" not in page
    assert Signal.objects.get(pk=signal.pk).evidence == signal.evidence


def test_a_double_tap_is_one_act(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.SETBACK)
    before = AccessEntry.objects.filter(action="acknowledge").count()
    for _ in range(2):
        assert act(alice, signal).status_code == 302
    assert Acknowledgement.objects.count() == 1
    assert AccessEntry.objects.filter(action="acknowledge").count() == before + 1


def test_the_other_matter_of_the_same_person_stays(alice: Browser, sarah: Person, raised: Raise) -> None:
    raised(sarah, Kind.DETERIORATION)
    act(alice, raised(sarah, Kind.SETBACK, figure=sarah.figures["Daniel"], role="security"))
    page = shown(alice, "/caseload/")
    assert "Deterioration" in page
    assert "and setback" not in page


def test_a_dismissal_keeps_its_reason_sealed(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.SHIFT, role="anxiety")
    act(alice, signal, "not-useful", reason="  The exam week.  ", back="case")
    kept = Acknowledgement.objects.get()
    assert (kept.kind, kept.reason) == ("not-useful", "The exam week.")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM alerts_acknowledgement")
        (stored,) = cursor.fetchone()
    assert "exam" not in stored
    assert "strip-row" not in shown(alice, "/caseload/")
    assert "Dismissed: Alice, 13 May. “The exam week.”" in shown(alice, f"/case/{sarah.participation.pk}/")


def test_a_reason_that_is_too_long_stores_nothing_and_says_so(alice: Browser, sarah: Person, raised: Raise) -> None:
    signal = raised(sarah, Kind.SHIFT, role="anxiety")
    act(alice, signal, "not-useful", reason="x" * 501)
    assert not Acknowledgement.objects.exists()
    assert "The reason is 501 characters long. Please keep it under 500." in shown(alice, "/caseload/")


@pytest.mark.parametrize("reason", ["", "   ", "\x00", "\u202e\u200b \u00ad"])
def test_a_dismissal_without_a_reason_stores_nothing_and_says_so(
    alice: Browser, sarah: Person, raised: Raise, reason: str
) -> None:
    act(alice, raised(sarah, Kind.SHIFT, role="anxiety"), "not-useful", reason=reason)
    assert not Acknowledgement.objects.exists()
    page = shown(alice, "/caseload/")
    assert "Nothing was dismissed: please write the reason in a few words." in page
    assert "strip-row" in page


def test_talking_about_it_needs_no_reason(people: People, sarah: Person, raised: Raise, now: datetime) -> None:
    signal = raised(sarah, Kind.SHIFT, role="anxiety")
    with pytest.raises(ReasonMissing):
        acknowledge(signal, Acknowledgement.Kind.NOT_USEFUL, by=people.alice, at=now)
    acknowledge(signal, Acknowledgement.Kind.TALKED, by=people.alice, at=now)
    assert not Signal.objects.get().open_at(now)


def test_an_act_that_does_not_exist_is_refused(alice: Browser, sarah: Person, raised: Raise) -> None:
    assert act(alice, raised(sarah, Kind.SETBACK), "solved").status_code == 404
    assert not Acknowledgement.objects.exists()


def test_good_news_and_historical_signals_ask_nobody(
    people: People, sarah: Person, raised: Raise, now: datetime
) -> None:
    for signal in (raised(sarah, Kind.RECOVERY, role="security"), raised(sarah, Kind.SETBACK, historical=True)):
        with pytest.raises(CannotAcknowledge):
            acknowledge(signal, Acknowledgement.Kind.TALKED, by=people.alice, at=now)
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "dana", "frank", "gil", "olga"])
def test_strangers_cannot_settle_anything(who: str, people: People, sarah: Person, raised: Raise, sign_in: Any) -> None:
    signal = raised(sarah, Kind.SETBACK)
    assert act(sign_in(getattr(people, who)), signal).status_code == 404
    assert act(sign_in(sarah.user), signal).status_code == 404
    assert act(Browser(), signal)["Location"].startswith("/account/login/")
    assert not Acknowledgement.objects.exists()
