"""What was agreed changes: the day, the reading, about whom is asked; and check-ins end."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from mooring.checkins.decline import decline
from mooring.checkins.models import CheckInPlan, DueCheckIn
from mooring.checkins.weekly import occasion
from mooring.people.models import Invitation
from mooring.relationships.models import Figure
from tests.caseload.conftest import shown, text
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")


def plan(person: Person) -> str:
    return f"/case/{person.participation.pk}/plan/"


def agreed(**differently: Any) -> dict[str, Any]:
    usual = {"every_weeks": "1", "weekday": "3", "reading_weekday": "3", "reading_time": "16:50"}
    return {**usual, "security_figure": "", **differently}


def test_the_page_shows_what_is_agreed(alice: Browser, sarah: Person) -> None:
    page = shown(alice, plan(sarah))
    assert '<option value="3" selected>Thursday</option>' in page
    assert 'value="16:50"' in page
    assert "Daniel</option>" in page


def test_another_reading_changes_the_plan_and_keeps_its_days(
    alice: Browser, sarah: Person, people: People, now: datetime
) -> None:
    dues = list(DueCheckIn.objects.values_list("pk", flat=True))
    response = alice.post(plan(sarah), agreed(reading_weekday="4", reading_time="09:15"))
    assert response["Location"] == plan(sarah)
    (kept,) = CheckInPlan.objects.filter(participation=sarah.participation)
    assert (kept.pk, kept.reading_weekday, kept.reading_time) == (sarah.plan.pk, 4, time(9, 15))
    assert kept.security_figure is None
    assert list(DueCheckIn.objects.values_list("pk", flat=True)) == dues


def test_another_day_begins_a_new_plan_and_takes_back_what_was_not_asked_yet(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    open_now = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    answered = DueCheckIn.objects.filter(due_on__lt=open_now.due_on).order_by("-due_on")[0]
    send(sarah, block("distress", 3), at=now - timedelta(days=6), due=answered)
    alice.post(plan(sarah), agreed(weekday="0"))
    old, new = CheckInPlan.objects.filter(participation=sarah.participation).order_by("since")
    assert (old.until, new.since, new.until, new.weekday) == (now, now, None, 0)
    # What was open or answered stays; the first Monday after is 18 May.
    assert set(DueCheckIn.objects.filter(plan=old, opens_at__gt=now)) == set()
    assert DueCheckIn.objects.filter(pk__in=[open_now.pk, answered.pk]).count() == 2
    assert DueCheckIn.objects.filter(plan=new).order_by("due_on")[0].due_on.isoformat() == "2026-05-18"


def test_agreeing_on_the_same_twice_is_one_plan(alice: Browser, sarah: Person) -> None:
    for _ in range(2):
        alice.post(plan(sarah), agreed(weekday="0"))
    assert CheckInPlan.objects.filter(participation=sarah.participation).count() == 2


def test_ending_asks_nothing_more_and_keeps_everything(alice: Browser, sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", 3), at=now - timedelta(days=6))
    for _ in range(2):
        alice.post(f"{plan(sarah)}end/")
    kept = CheckInPlan.objects.get(participation=sarah.participation)
    assert kept.until == now
    assert not DueCheckIn.objects.filter(opens_at__gt=now).exists()
    assert sarah.participation.checkins.count() == 1
    assert "No check-in is agreed at present" in shown(alice, plan(sarah))
    alice.post(plan(sarah), agreed())
    assert CheckInPlan.objects.filter(participation=sarah.participation, until=None).count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"reading_time": "soon"}, "reading_time"), ({"weekday": "7"}, "weekday"), ({"every_weeks": "0"}, "every_weeks")],
)
def test_bad_input_names_the_field_and_changes_nothing(
    alice: Browser, sarah: Person, wrong: dict[str, str], field: str
) -> None:
    before = CheckInPlan.objects.values().get()
    response = alice.post(plan(sarah), agreed(**wrong))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert CheckInPlan.objects.values().get() == before


def test_security_is_asked_with_one_of_their_own(alice: Browser, sarah: Person, john: Person) -> None:
    theirs = john.figures["Claire"]
    assert alice.post(plan(sarah), agreed(security_figure=str(theirs.pk))).status_code == 422
    mum = sarah.figures["Mum"]
    assert alice.post(plan(sarah), agreed(security_figure=str(mum.pk))).status_code == 302
    assert CheckInPlan.objects.get(pk=sarah.plan.pk).security_figure == mum


def test_about_whom_is_asked_is_chosen_here(alice: Browser, sarah: Person, john: Person) -> None:
    asked = [sarah.figures[name].pk for name in ("Daniel", "Maya")]
    alice.post(f"/case/{sarah.participation.pk}/figures/", {"asked": [*asked, john.figures["Claire"].pk]})
    assert set(Figure.objects.filter(client=sarah.client, asked=True)) == {
        sarah.figures["Daniel"],
        sarah.figures["Maya"],
    }
    assert not Figure.objects.filter(client=john.client, asked=False).exists()


def test_somebody_is_added_once(alice: Browser, sarah: Person) -> None:
    for _ in range(2):
        alice.post(f"/case/{sarah.participation.pk}/figures/add/", {"kind": "friend", "name": "Lena"})
    added = Figure.objects.filter(client=sarah.client, position=5)
    assert [(figure.kind, figure.name) for figure in added] == [("friend", "Lena")]
    alice.post(f"/case/{sarah.participation.pk}/figures/add/", {"kind": "boss", "name": "Lena"})
    assert Figure.objects.filter(client=sarah.client).count() == 6
    assert "Somebody else: their: Select a valid choice." in shown(alice, plan(sarah))


def test_a_new_invitation_stops_the_old_one(alice: Browser, sarah: Person) -> None:
    sarah.client.user = None
    sarah.client.save()
    address = f"/case/{sarah.participation.pk}/invite/"
    links = []
    for _ in range(2):
        page = text(alice.post(address, {"email": "new@example.org"}))
        links.append(page.split('value="http://localhost')[1].split('"')[0])
    assert [Browser().get(link).status_code for link in links] == [410, 200]


def test_somebody_with_an_account_is_not_invited_again(alice: Browser, sarah: Person) -> None:
    alice.post(f"/case/{sarah.participation.pk}/invite/", {"email": "new@example.org"})
    assert not Invitation.objects.exists()
    assert "They have an account already." in shown(alice, plan(sarah))


@pytest.mark.parametrize("who", ["bob", "charlie", "dana", "frank", "gil", "olga"])
def test_strangers_change_nothing(who: str, people: People, sarah: Person, sign_in: Any) -> None:
    before = (CheckInPlan.objects.values().get(), list(Figure.objects.values_list("pk", "asked")))
    browser = sign_in(getattr(people, who))
    for act in ("plan/", "plan/end/", "figures/", "figures/add/", "invite/"):
        response = browser.post(
            f"/case/{sarah.participation.pk}/{act}", agreed(kind="friend", name="x", email="a@b.org")
        )
        assert response.status_code == 404
    assert (CheckInPlan.objects.values().get(), list(Figure.objects.values_list("pk", "asked"))) == before


@pytest.mark.parametrize("settled", ["answered", "declined"])
def test_a_plan_agreed_on_after_this_weeks_check_in_does_not_ask_for_it_again(
    settled: str, alice: Browser, sarah: Person, clock: Clock, now: datetime
) -> None:
    """In a session on the due day they agree to go on every second week, or end it and begin anew."""
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    if settled == "answered":
        send(sarah, block("distress", 3), at=now, due=due)
    else:
        decline(due, by=sarah.user, at=now)
    at = clock.wait(hours=11)
    alice.post(plan(sarah), agreed(every_weeks="2"))
    new = CheckInPlan.objects.get(participation=sarah.participation, until=None)
    assert not DueCheckIn.objects.open(at).filter(plan=new).exists()
    assert DueCheckIn.objects.filter(plan=new).order_by("due_on")[0].due_on == due.due_on + timedelta(days=7)
    # Its turns begin with its first check-in, so nobody on the map is passed over.
    assert occasion(new, due.due_on + timedelta(days=7)) == 0


def test_a_plan_agreed_on_before_an_open_check_in_is_answered_asks_for_it(
    alice: Browser, sarah: Person, now: datetime
) -> None:
    alice.post(plan(sarah), agreed(every_weeks="2"))
    new = CheckInPlan.objects.get(participation=sarah.participation, until=None)
    assert DueCheckIn.objects.open(now).filter(plan=new).count() == 1
