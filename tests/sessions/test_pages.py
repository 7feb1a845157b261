"""The pages after a session and of the alliance, as a clinician uses them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from mooring.checkins.models import CheckIn
from mooring.kit.dates import local_date
from mooring.people.models import CareRelation, Client, Participation
from mooring.privacy.models import AccessEntry
from mooring.sessions.models import Rupture, Session
from mooring.sessions.rate import rate
from mooring.sessions.record import Took, record
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.sessions.rating import rated

pytestmark = pytest.mark.usefixtures("clock")

# 20:51 in Berlin on 13 May is the tests' present.
HELD = {"kept": "held", "day": "2026-05-13", "clock": "17:00"}


@pytest.fixture
def alice(people: People, sign_in: Callable[..., Browser]) -> Browser:
    return sign_in(people.alice)


def form(values: dict[str, str] | None = None, **more: str) -> dict[str, str]:
    return {**HELD, "made_id": str(uuid4()), **(values or {}), **more}


def answers(value: int) -> dict[str, str]:
    return {code: str(int(given or 0)) for code, given in rated(value).items()}


def text(browser: Browser, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def address(person: Person, page: str) -> str:
    return f"/case/{person.participation.pk}/{page}"


@pytest.fixture
def weeks(sarah: Person, people: People, now: datetime) -> Callable[..., list[Session]]:
    """A session a week, rated by both: the client's ratings come a day later."""

    def live(theirs: list[int], yours: list[int]) -> list[Session]:
        made = []
        for number, (client, clinician) in enumerate(zip(theirs, yours, strict=True)):
            at = now - timedelta(weeks=len(theirs) - number)
            course = sarah.participation.course
            session, _ = record(course, Took(at, Session.Kept.HELD), made_id=uuid4(), by=people.alice, at=at)
            rate(session, sarah.participation, rated(clinician), by=people.alice, at=at)
            send(sarah, block("session-alliance", client), at=at + timedelta(days=1))
            made.append(session)
        return made

    return live


def test_a_session_and_its_rating_are_kept_together(alice: Browser, sarah: Person, now: datetime) -> None:
    sent = form(answers(4))
    for _ in range(2):
        response = alice.post(address(sarah, "session/"), sent)
        assert response["Location"] == address(sarah, "alliance/")
    session, rating = Session.objects.get(), CheckIn.objects.get()
    assert session.at.isoformat() == "2026-05-13T15:00:00+00:00"
    assert (rating.occurred_at, rating.rater) == (session.at, CheckIn.Rater.CLINICIAN)


def test_a_missed_session_takes_no_rating_and_questions_may_be_skipped(alice: Browser, sarah: Person) -> None:
    alice.post(address(sarah, "session/"), form(answers(4), kept="missed"))
    alice.post(address(sarah, "session/"), form(clock="18:00"))
    assert list(Session.objects.in_order().values_list("kept", flat=True)) == ["missed", "held"]
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2026-05-14"}, "This time has not come yet"),
        ({"day": "2020-01-01"}, "This is before the therapy began"),
        ({"day": ""}, "This field is required"),
        ({"day": "0001-01-01"}, "This is before the therapy began"),
        ({"day": "9999-12-31", "clock": "23:59"}, "This time has not come yet"),
        ({"day": "2026-03-29", "clock": "02:30"}, "The clocks went forward"),  # Berlin, 2:00 to 3:00
        ({"kept": "late"}, "Select a valid choice"),
        ({"made_id": "x"}, "valid UUID"),
        ({"clin_bond_1": "9"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    alice: Browser, sarah: Person, wrong: dict[str, str], said: str
) -> None:
    response = alice.post(address(sarah, "session/"), form({**answers(4), **wrong}))
    assert response.status_code == 422
    if "made_id" not in wrong:
        assert said in unescape(response.content.decode())
    assert not Session.objects.exists()
    assert not CheckIn.objects.exists()


def test_the_form_says_who_reads_it_and_that_the_client_does_not(alice: Browser, sarah: Person) -> None:
    page = text(alice, address(sarah, "session/"))
    assert "can read this: at present Alice" in page
    assert "Sarah does not see it here." in page
    assert "Frank" not in page
    assert page.count('type="radio"') == 3 + 6 * 6


def test_a_couples_second_half_is_rated_on_their_own_page(
    alice: Browser, sarah: Person, people: People, now: datetime
) -> None:
    other = Client.objects.create(clinic=sarah.client.clinic, code="C-D", name="Daniel L.", first_name="Daniel")
    theirs = Participation.objects.create(clinic=other.clinic, course=sarah.participation.course, client=other)
    CareRelation.objects.create(
        clinic=other.clinic, participation=theirs, clinician=people.alice, since=now - timedelta(days=9)
    )
    alice.post(address(sarah, "session/"), form(answers(4)))
    session = Session.objects.get()
    page = text(alice, f"/case/{theirs.pk}/alliance/")
    assert f"/case/{theirs.pk}/session/{session.pk}/rating/" in page
    alice.post(f"/case/{theirs.pk}/session/{session.pk}/rating/", answers(2))
    assert CheckIn.objects.filter(rater=CheckIn.Rater.CLINICIAN).count() == 2
    assert Session.objects.count() == 1
    assert f"/case/{theirs.pk}/session/{session.pk}/rating/" not in text(alice, f"/case/{theirs.pk}/alliance/")


def test_a_correction_from_the_list(alice: Browser, sarah: Person) -> None:
    alice.post(address(sarah, "session/"), form())
    session = Session.objects.get()
    page = text(alice, address(sarah, f"session/{session.pk}/"))
    assert 'value="17:00"' in page
    alice.post(address(sarah, f"session/{session.pk}/"), {"kept": "cancelled", "day": "2026-05-12", "clock": "17:00"})
    session.refresh_from_db()
    assert (session.kept, session.at.day) == ("cancelled", 12)
    assert "cancelled" in text(alice, address(sarah, "alliance/"))


def test_another_courses_session_is_not_found_here(alice: Browser, sarah: Person, john: Person) -> None:
    alice.post(address(john, "session/"), form())
    session = Session.objects.get()
    for page in (f"session/{session.pk}/", f"session/{session.pk}/rating/"):
        assert alice.get(address(sarah, page)).status_code == 404
        assert alice.post(address(sarah, page), {**HELD, **answers(4)}).status_code == 404


def test_the_chart_says_its_numbers_and_their_formula(
    alice: Browser, sarah: Person, weeks: Callable[..., list[Session]]
) -> None:
    """Nine ratings of 4: no moving range, so σ is the error of a rating: SEM .7 √.15 = .271 with the day's own
    wobble of .25 of .7 = .175, together .32."""
    weeks([4] * 9, [4] * 9)
    page = text(alice, address(sarah, "alliance/"))
    assert "Usual: 4.0, the mean of the 8 ratings before the latest" in page
    assert "One standard deviation (SD): 0.32 points, the error of one rating." in page
    assert "As Sarah rates it" in page
    assert "As Alice rates it" in page
    assert "The error is assumed" in page


def test_a_drop_names_its_rule_and_is_marked_with_one_press(
    alice: Browser, sarah: Person, weeks: Callable[..., list[Session]]
) -> None:
    sessions = weeks([4] * 9, [4] * 7 + [3, 4])
    page = text(alice, address(sarah, "alliance/"))
    assert "Alice rated 3.0, where 4.0 is usual: 3.1 standard deviations below." in page
    assert "Rule: at least two standard deviations below the usual." in page
    assert "that may be the repair" in page
    on = local_date(sessions[7].at, "Europe/Berlin")
    sent = {"made_id": str(uuid4()), "noticed_on": on.isoformat()}
    for _ in range(2):
        alice.post(address(sarah, "alliance/mark/"), sent)
    rupture = Rupture.objects.get()
    assert (rupture.noticed_on, rupture.session) == (on, sessions[7])
    assert "Marked</p>" in text(alice, address(sarah, "alliance/"))


def test_steps_of_a_rupture_by_hand(alice: Browser, sarah: Person) -> None:
    note = "Looked at the door."
    alice.post(address(sarah, "alliance/mark/"), {"made_id": str(uuid4()), "noticed_on": "2026-05-06", "note": note})
    rupture = Rupture.objects.get()
    step = address(sarah, f"alliance/{rupture.pk}/")
    assert "not yet talked about" in text(alice, address(sarah, "alliance/")).lower()
    assert note in text(alice, address(sarah, "alliance/"))
    alice.post(step, {"step": "named", "on": "2026-05-06"})
    alice.post(step, {"step": "repaired", "on": "2026-05-13"})
    page = text(alice, address(sarah, "alliance/"))
    assert "Talked about 6 May, the same day. Repaired 13 May, 7 days later." in page
    alice.post(step, {"step": "repaired", "on": "2026-05-05"})
    alice.post(step, {"step": "named", "on": ""})
    alice.post(step, {"step": "forgotten", "on": "2026-05-13"})
    rupture.refresh_from_db()
    assert (str(rupture.named_on), str(rupture.repaired_on)) == ("2026-05-06", "2026-05-13")
    alice.post(step, {"step": "withdraw"})
    assert "withdrawn today" in text(alice, address(sarah, "alliance/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"noticed_on": ""}, "This field is required"),
        ({"noticed_on": "2026-05-14"}, "This day has not come yet"),
        ({"noticed_on": "0001-01-01"}, "before the therapy began"),
        ({"note": "Looked at the door." + "x" * 1000}, "at most 1000 characters"),
    ],
)
def test_a_mark_that_cannot_stand_says_why_and_the_note_is_not_lost(
    alice: Browser, sarah: Person, wrong: dict[str, str], said: str
) -> None:
    sent = {"made_id": str(uuid4()), "noticed_on": "2026-05-06", "note": "Looked at the door.", **wrong}
    response = alice.post(address(sarah, "alliance/mark/"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was marked." in page
    assert said in page
    assert "Looked at the door." in page
    assert not Rupture.objects.exists()


def test_the_end_of_a_line_counts_once_in_a_note(alice: Browser, sarah: Person) -> None:
    """As a browser counts it against maxlength, though it sends two characters (HTML standard, 4.10.21)."""
    note = "x" * 989 + "\r\n" * 10 + "y"
    alice.post(address(sarah, "alliance/mark/"), {"made_id": str(uuid4()), "noticed_on": "2026-05-06", "note": note})
    assert Rupture.objects.get().note == note.replace("\r\n", "\n")


def test_another_persons_rupture_is_not_found_here(alice: Browser, sarah: Person, john: Person) -> None:
    alice.post(address(john, "alliance/mark/"), {"made_id": str(uuid4()), "noticed_on": "2026-05-06"})
    step = address(sarah, f"alliance/{Rupture.objects.get().pk}/")
    assert alice.post(step, {"step": "withdraw"}).status_code == 404
    assert Rupture.objects.standing().exists()


def test_agreement_is_said_from_seven_sessions_on(
    alice: Browser, sarah: Person, weeks: Callable[..., list[Session]]
) -> None:
    weeks([4, 4, 3], [3, 4, 3])
    assert "3 sessions have both ratings" in text(alice, address(sarah, "alliance/"))


def test_agreement_in_words(alice: Browser, sarah: Person, weeks: Callable[..., list[Session]]) -> None:
    """Differences 1 0 1 0 1 0 1 0: mean .5, sd .5345, t(.975, 7) 2.365, half-width .447: 0.1 to 0.9; limits ±1.05."""
    weeks([4, 3, 4, 3, 4, 3, 4, 3], [3, 3, 3, 3, 3, 3, 3, 3])
    page = text(alice, address(sarah, "alliance/"))
    assert (
        "Over 8 sessions that both rated, Sarah rated 0.5 points higher than the therapist (95 %: 0.1 to 0.9)." in page
    )
    assert "95 lie between −0.5 and 1.5" in page


def test_each_page_leaves_one_row_in_the_access_log(alice: Browser, sarah: Person) -> None:
    alice.post(address(sarah, "session/"), form())
    session = Session.objects.get()
    for page in ("session/", "alliance/", f"session/{session.pk}/", f"session/{session.pk}/rating/"):
        before = AccessEntry.objects.filter(action="read").count()
        text(alice, address(sarah, page))
        assert AccessEntry.objects.filter(action="read").count() == before + 1


def test_the_case_shows_what_there_is_and_nothing_of_what_is_not(
    alice: Browser, sarah: Person, weeks: Callable[..., list[Session]], now: datetime
) -> None:
    send(sarah, block("distress", 2), at=now - timedelta(days=30))
    before = text(alice, address(sarah, ""))
    assert "Sessions:" not in before
    assert "Rupture" not in before
    sessions = weeks([4] * 6, [4] * 6)
    on = local_date(sessions[3].at, "Europe/Berlin")
    alice.post(address(sarah, "alliance/mark/"), {"made_id": str(uuid4()), "noticed_on": on.isoformat()})
    page = text(alice, address(sarah, ""))
    assert "Sessions: 6 held, 0 missed, 0 cancelled." in page
    assert "as the therapist rates it" in page
    assert "not yet talked about or repaired." in page
    assert "is not yet talked about or repaired." in text(alice, address(sarah, "brief/"))
    alice.post(address(sarah, f"alliance/{Rupture.objects.get().pk}/"), {"step": "repaired", "on": "2026-05-13"})
    assert "is not yet" not in text(alice, address(sarah, "brief/"))


def queries(browser: Browser, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(page).status_code == 200
    return len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])


def test_the_alliance_costs_the_same_however_long_it_runs(
    alice: Browser, sarah: Person, weeks: Callable[..., list[Session]]
) -> None:
    weeks([4] * 3, [4] * 3)
    short = queries(alice, address(sarah, "alliance/"))
    Session.objects.all().delete()
    CheckIn.objects.all().delete()
    weeks([4, 3] * 8, [4, 3, 4, 4] * 4)
    assert queries(alice, address(sarah, "alliance/")) == short <= 14
