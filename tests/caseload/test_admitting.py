"""Taking a client in: one form, one person, one link; bad input stores nothing and names the field."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client as Browser

from mooring.checkins.models import CheckInPlan, DueCheckIn
from mooring.people.models import CareRelation, Client, Clinic, Course, Invitation, Participation
from mooring.privacy.models import AccessEntry
from mooring.relationships.models import Figure
from tests.caseload.conftest import shown, text
from tests.cast import People, Person

pytestmark = pytest.mark.usefixtures("clock")
ADMIT = "/caseload/add/"


def form(**differently: Any) -> dict[str, Any]:
    return {
        "made_id": str(uuid4()),
        "name": "Noor H.",
        "first_name": "",
        "pronouns": "she",
        "code": "C-101",
        "email": "noor@example.org",
        "weekday": "2",
        "reading_weekday": "3",
        "reading_time": "16:50",
        "kind_1": "partner",
        "figure_1": "Sam",
        "kind_2": "mother",
        "figure_2": "",
        "security": "1",
        **differently,
    }


def counts() -> tuple[int, ...]:
    models = (Client, Course, Participation, CareRelation, Figure, CheckInPlan, DueCheckIn, Invitation)
    return tuple(model._default_manager.count() for model in models)


def link_in(page: str) -> str:
    return page.split('value="http://localhost')[1].split('"')[0]


def test_a_newcomer_is_in_care_with_figures_and_a_plan(
    alice: Browser, people: People, clinic: Clinic, now: datetime
) -> None:
    alice.post(ADMIT, form())
    client = Client.objects.get(code="C-101")
    assert (client.name, client.first_name, client.pronouns, client.user) == ("Noor H.", "Noor", "she", None)
    participation = Participation.objects.cared_for_by(people.alice, now).get()
    assert participation.client == client
    figures = list(Figure.objects.filter(client=client))
    assert [(f.kind, f.name, f.asked) for f in figures] == [("partner", "Sam", True), ("mother", "", True)]
    plan = CheckInPlan.objects.get(participation=participation)
    assert (plan.weekday, plan.reading_weekday, plan.reading_time.hour, plan.reader) == (2, 3, 16, people.alice)
    assert (plan.security_figure, plan.zone, plan.every_weeks) == (figures[0], "Europe/Berlin", 1)
    # Wednesday 13 May is the first due day, and four more lie within five weeks.
    assert [due.due_on.day for due in DueCheckIn.objects.order_by("due_on")][:2] == [13, 20]
    assert AccessEntry.objects.filter(action="admit", subjects=[str(client.pk)]).count() == 1


def test_the_link_is_shown_once_mailed_and_opens_the_door(alice: Browser, sarah: Person) -> None:
    page = text(alice.post(ADMIT, form()))
    assert "The invitation went to noor@example.org." in page
    address = link_in(page)
    (sent,) = mail.outbox
    assert sent.to == ["noor@example.org"]
    assert address in sent.body
    assert "Noor" not in sent.body
    visitor = Browser()
    assert visitor.get(address).status_code == 200
    client = Client.objects.get(code="C-101")
    assert address not in shown(alice, f"/case/{client.participations.get().pk}/plan/")


def test_without_mail_the_page_promises_none(alice: Browser, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = text(alice.post(ADMIT, form()))
    assert "Hand this link over yourself: no mail was sent." in page


def test_a_mail_that_fails_leaves_the_link_on_the_screen(alice: Browser, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2
    page = text(alice.post(ADMIT, form()))
    assert "Hand this link over yourself: no mail was sent." in page
    assert Browser().get(link_in(page)).status_code == 200


def test_sent_twice_it_is_one_person_and_the_last_link_works(alice: Browser) -> None:
    same = form()
    first = link_in(text(alice.post(ADMIT, same)))
    once = counts()[:-1]
    second = link_in(text(alice.post(ADMIT, same)))
    assert counts()[:-1] == once
    assert first != second
    assert Browser().get(first).status_code == 410
    assert Browser().get(second).status_code == 200


def test_security_is_asked_with_the_first_person_unless_one_chooses(alice: Browser) -> None:
    assert '<option value="1" selected>person 1</option>' in shown(alice, ADMIT)
    alone = {"kind_1": "", "figure_1": "", "kind_2": "", "security": "1", "email": ""}
    alice.post(ADMIT, form(**alone))
    assert CheckInPlan.objects.get().security_figure is None


def test_more_people_are_folded_away_until_one_is_filled_in(alice: Browser) -> None:
    assert '<details class="sheet-more">' in shown(alice, ADMIT)
    page = text(alice.post(ADMIT, form(figure_5="Grandpa")))
    assert '<details class="sheet-more" open>' in page
    assert "Say who this is, or leave the name out." in page


def test_nobody_needs_to_be_named_or_invited(alice: Browser) -> None:
    nobody = {"kind_1": "", "figure_1": "", "kind_2": "", "security": "", "email": ""}
    page = text(alice.post(ADMIT, form(**nobody)))
    assert "Nobody has been invited yet." in page
    assert not Figure.objects.exists()
    assert not Invitation.objects.exists()
    assert CheckInPlan.objects.get().security_figure is None


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": "  "}, "name", "Please write what you call them."),
        ({"code": "C 1"}, "code", "Enter a valid"),
        ({"code": "C-S"}, "code", "The code “C-S” belongs to another client."),
        ({"email": "noor"}, "email", "Enter a valid email address."),
        ({"reading_time": ""}, "reading_time", "Please choose a time: the client is told it."),
        ({"reading_time": "25:00"}, "reading_time", "Enter a valid time."),
        ({"weekday": "9"}, "weekday", "Select a valid choice."),
        ({"kind_1": ""}, "kind_1", "Say who this is, or leave the name out."),
        ({"security": "3"}, "security", "Choose one of the people you filled in, or nobody."),
        ({"kind_1": "enemy"}, "kind_1", "Select a valid choice."),
        ({"made_id": "x"}, "made_id", "Enter a valid UUID."),
    ],
)
def test_bad_input_names_the_field_and_stores_nothing(
    alice: Browser, sarah: Person, wrong: dict[str, str], field: str, said: str
) -> None:
    before = counts()
    response = alice.post(ADMIT, form(**wrong))
    assert response.status_code == 422
    assert said in " ".join(response.context["form"].errors[field])
    assert said in text(response) or field == "made_id"
    assert counts() == before


def test_the_next_code_follows_the_clinics_own_way(alice: Browser, clinic: Clinic, other_clinic: Clinic) -> None:
    assert 'value="C-001"' in shown(alice, ADMIT)
    for code in ("Q-007", "Q-011", "X-90", "note"):
        Client.objects.create(clinic=clinic, code=code)
    Client.objects.create(clinic=other_clinic, code="Q-500")
    assert 'value="Q-012"' in shown(alice, ADMIT)


@pytest.mark.parametrize("who", ["charlie", "gil", "olga"])
def test_only_clinicians_take_somebody_in(who: str, people: People, sarah: Person, sign_in: Any) -> None:
    before = counts()
    for user in (getattr(people, who), sarah.user):
        assert sign_in(user).get(ADMIT).status_code == 404
        assert sign_in(user).post(ADMIT, form()).status_code == 404
    assert counts() == before


def test_a_known_identifier_opens_nobodys_record(sign_in: Any, people: People, sarah: Person, now: datetime) -> None:
    """Bob does not care for Sarah: neither her name nor a link into her record is his, whatever he posts."""
    sarah.client.user = None
    sarah.client.save()
    before = counts()
    for who in (people.bob, people.dana):
        answer = sign_in(who).post(ADMIT, form(made_id=str(sarah.client.pk)))
        assert answer.status_code == 422
        assert "This form was used before." in text(answer)
        assert "/join/" not in text(answer)
        assert "Sarah" not in text(answer)
    assert counts() == before


def test_a_form_sent_twice_shows_the_first_course_of_somebody_with_two(
    alice: Browser, people: People, clinic: Clinic, now: datetime
) -> None:
    same = form()
    alice.post(ADMIT, same)
    first = Participation.objects.get()
    later = now + timedelta(days=1)
    couple = Course.objects.create(clinic=clinic, kind=Course.Kind.COUPLE, since=later)
    second = Participation.objects.create(clinic=clinic, course=couple, client=first.client)
    CareRelation.objects.create(clinic=clinic, participation=second, clinician=people.alice, since=now)
    assert f"/case/{first.pk}/" in text(alice.post(ADMIT, same))
