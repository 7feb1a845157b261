"""Double taps and two tabs, for real: threads with connections of their own, on transactions that commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from mooring.checkins.draft import begin, steps
from mooring.checkins.models import Block, CheckIn, Draft, DueCheckIn, Series
from mooring.people.models import Clinic
from tests.cast import Person
from tests.checkins.answering import block, security, send
from tests.checkins.calibrating import in_force, known
from tests.clock import Clock, clock

__all__ = ["clock"]
pytestmark = pytest.mark.usefixtures("real_transactions")
AT_ONCE = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    start = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        try:
            start.wait()
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_six_taps_on_send_are_one_checkin(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    made = uuid4()
    results = at_once(lambda n: send(sarah, security(sarah, n), block("distress", 3), at=now, due=due, made=made))
    assert sum(result.fresh for result in results) == 1
    assert len({result.checkin.pk for result in results}) == 1
    assert (CheckIn.objects.count(), Block.objects.count()) == (1, 2)
    (point,) = Series.objects.get(role="security").points
    assert point["checkin"] == str(results[0].checkin.pk)


def test_two_tabs_with_identifiers_of_their_own_are_one_checkin(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    results = at_once(lambda n: send(sarah, security(sarah, n), at=now, due=due, made=uuid4()))
    assert len({result.checkin.pk for result in results}) == 1
    assert CheckIn.objects.count() == 1


def test_six_tabs_begin_one_draft(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    at_once(lambda _: begin(DueCheckIn.objects.get(pk=due.pk), now))
    assert Draft.objects.count() == 1


def test_six_different_answers_all_count(sarah: Person, now: datetime) -> None:
    at_once(lambda n: send(sarah, security(sarah, n), at=now))
    series = Series.objects.get(role="security")
    assert sorted(point["score"] for point in series.points) == list(range(AT_ONCE))


def test_a_tap_beside_the_sending_is_kept_or_told(sarah: Person, clock: Clock, sign_in: Any) -> None:
    due = DueCheckIn.objects.open(clock.at).get(participation=sarah.participation)
    draft = begin(due, clock.at)
    asked = steps(draft)
    browsers = [sign_in(sarah.user) for _ in range(AT_ONCE)]
    base = f"/check-in/{due.pk}/"

    def act(number: int) -> str:
        if number == 0:
            return str(browsers[0].post(f"{base}to-talk-about/", {"topic": ""}).status_code)
        return str(browsers[number].post(f"{base}{number}/", {"answer": "3"}).headers["Location"])

    answers = at_once(act)
    kept = {f"{block.position}.{item}": v for block in Block.objects.all() for item, v in block.answers.items()}
    for number, told in enumerate(answers[1:], start=1):
        if told == f"{base}{number + 1}/":
            assert kept[asked[number - 1].key] == 3
        else:
            assert told == base


def test_tabs_that_answer_at_once_bring_each_question_once(
    sarah: Person, clinic: Clinic, clock: Clock, sign_in: Any
) -> None:
    """Items are chosen one by one: the same answer from six tabs brings one next question, and no answer is lost."""
    for key in ("state-security", "distress", "attachment", "session-alliance"):
        in_force(clinic, known(key), clock.at)
    draft = begin(DueCheckIn.objects.open(clock.at).get(participation=sarah.participation), clock.at)
    base = f"/check-in/{draft.due_id}/"
    browsers = [sign_in(sarah.user) for _ in range(AT_ONCE)]
    first = steps(draft)[0]
    at_once(lambda n: browsers[n].post(f"{base}1/", {"asked": first.key, "answer": str(n + 1)}).status_code)
    draft.refresh_from_db()
    assert [len(one["items"]) for one in draft.form] == [2, 1, 1]
    assert draft.answers[first.key] in range(1, AT_ONCE + 1)
    asked = steps(draft)
    at_once(lambda n: browsers[n].post(f"{base}{n % 4 + 1}/", {"asked": asked[n % 4].key, "answer": "3"}).status_code)
    draft.refresh_from_db()
    assert [len(one["items"]) for one in draft.form] == [3, 2, 2]
    assert {draft.answers[step.key] for step in asked} == {3}
    assert len({step.key for step in steps(draft)}) == 7
