"""A clinician's rating is nowhere counted as one of the client's check-ins."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from mooring.caseload.rows import latest_checkins
from mooring.caseload.strip import strip
from mooring.checkins.models import CheckIn, Reading
from mooring.checkins.read import mark_read
from mooring.sessions.models import Session
from mooring.sessions.rate import rate
from mooring.sessions.record import Took, record
from tests.cast import People, Person
from tests.checkins.answering import block, send
from tests.sessions.rating import rated

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def rating(sarah: Person, people: People, now: datetime) -> CheckIn:
    at = now - timedelta(days=1)
    session, _ = record(
        sarah.participation.course, Took(at, Session.Kept.HELD), made_id=uuid4(), by=people.alice, at=at
    )
    return rate(session, sarah.participation, rated(2), by=people.alice, at=at).checkin


def test_it_is_never_unread_nor_marked_as_read(rating: CheckIn, sarah: Person, people: People, now: datetime) -> None:
    assert not CheckIn.objects.unread().exists()
    assert mark_read(sarah.participation, by=people.alice, at=now) == 0
    assert not Reading.objects.exists()


def test_who_was_rated_and_never_answered_has_not_begun(
    rating: CheckIn, sarah: Person, people: People, now: datetime
) -> None:
    found = strip(people.alice, now)
    assert (found.others_checked_in, found.others_not, found.not_begun) == (0, 0, 1)


def test_the_latest_check_in_is_the_clients(rating: CheckIn, sarah: Person, now: datetime) -> None:
    sent = send(sarah, block("distress", 2), at=now - timedelta(days=9)).checkin
    assert list(latest_checkins([sarah.participation.pk])) == [sent]


@pytest.mark.parametrize("address", ["/today/", "/river/", "/river/how-i-have-been/"])
def test_no_page_of_the_client_knows_it(rating: CheckIn, sarah: Person, sign_in: Any, address: str) -> None:
    """Whether there is a rating or not, her pages are the same."""
    browser = sign_in(sarah.user)
    with_it = browser.get(address).content
    rating.blocks.all().delete()
    sarah.participation.series.all().delete()
    rating.delete()
    assert _without_tokens(browser.get(address).content) == _without_tokens(with_it)


def test_the_case_and_the_brief_count_the_clients_alone(
    rating: CheckIn, sarah: Person, people: People, sign_in: Any
) -> None:
    browser = sign_in(people.alice)
    for page in ("", "brief/"):
        text = browser.get(f"/case/{sarah.participation.pk}/{page}").content.decode()
        assert "There is no check-in yet." in text, page


def test_nobody_says_that_it_was_talked_about(rating: CheckIn, sarah: Person, people: People, sign_in: Any) -> None:
    address = f"/case/{sarah.participation.pk}/talked/{rating.pk}/"
    assert sign_in(people.alice).post(address).status_code == 404


def _without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line.lower() and b"nonce" not in line.lower()]
