"""A check-in is kept once, whole, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from mooring.checkins.models import CheckIn, DueCheckIn, Series
from mooring.checkins.submit import BadAnswers
from mooring.checkins.weekly import RiskItemRefused
from mooring.instruments.publish import current
from mooring.privacy.models import AccessEntry
from tests.cast import Person
from tests.checkins.answering import block, security, send


def series(person: Person, role: str) -> Series:
    found: Series = Series.objects.get(participation=person.participation, role=role)
    return found


def test_the_raw_answers_are_kept_as_given(sarah: Person, now: datetime) -> None:
    given = {"dis_worry_1": 4, "dis_mood_1": None, "dis_sleep_1": 2, "dis_coping_1": 5}
    checkin = send(sarah, block("distress", given), at=now, topic="The wedding.").checkin
    (kept,) = CheckIn.objects.get(pk=checkin.pk).blocks.all()
    assert kept.answers == given
    assert kept.items == list(given)
    assert CheckIn.objects.get(pk=checkin.pk).topic == "The wedding."


def test_the_score_follows_the_key(sarah: Person, now: datetime) -> None:
    # By hand: coping is reversed on 1–5, so 5 counts 1; the skipped item is left out: (4 + 2 + 1) / 3.
    send(
        sarah,
        block("distress", {"dis_worry_1": 4, "dis_mood_1": None, "dis_sleep_1": 2, "dis_coping_1": 5}),
        at=now,
    )
    (point,) = series(sarah, "distress").points
    assert point["score"] == pytest.approx(7 / 3)
    # Short form sd 0.85, reliability .82; one of four items missing widens by √(4/3).
    assert point["se"] == pytest.approx(0.85 * 0.18**0.5 * (4 / 3) ** 0.5)
    assert (point["answered"], point["of"]) == (3, 4)


def test_too_few_answers_give_no_score_and_never_zero(sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", {"dis_worry_1": 4}), at=now)
    (point,) = series(sarah, "distress").points
    assert point["score"] is None
    assert point["answered"] == 1
    assert series(sarah, "distress").last_level is None


def test_the_same_device_identifier_is_one_checkin(sarah: Person, now: datetime) -> None:
    made = uuid4()
    first = send(sarah, security(sarah, 6), at=now, made=made)
    again = send(sarah, security(sarah, 1), at=now + timedelta(seconds=1), made=made)
    assert (first.fresh, again.fresh) == (True, False)
    assert again.checkin == first.checkin
    assert len(series(sarah, "security").points) == 1
    assert series(sarah, "security").points[0]["score"] == 6


def test_a_due_checkin_takes_one_submission(sarah: Person, now: datetime) -> None:
    due = DueCheckIn.objects.open(now).get(participation=sarah.participation)
    first = send(sarah, security(sarah, 6), at=now, due=due)
    other_tab = send(sarah, security(sarah, 2), at=now, due=due)
    assert other_tab.checkin == first.checkin
    assert CheckIn.objects.count() == 1


def test_a_late_offline_answer_gives_the_same_series(sarah: Person, john: Person, now: datetime) -> None:
    weeks = [now - timedelta(weeks=w) for w in (4, 3, 2, 1)]
    values = [5, 6, 3, 4]
    for at, value in zip(weeks, values, strict=True):
        send(sarah, security(sarah, value), at=at)
    for index in (0, 1, 3, 2):  # the third was given offline and arrives last, dated when it was given
        send(john, security(john, values[index]), at=now, answered_at=weeks[index])

    def bare(person: Person) -> list[dict[str, Any]]:
        return [{k: v for k, v in point.items() if k != "checkin"} for point in series(person, "security").points]

    assert bare(john) == bare(sarah)
    assert series(john, "security").last_level == series(sarah, "security").last_level


def test_a_clock_that_runs_ahead_puts_nothing_into_the_future(sarah: Person, now: datetime) -> None:
    checkin = send(sarah, security(sarah, 6), at=now, answered_at=now + timedelta(days=400)).checkin
    assert checkin.occurred_at == now
    assert checkin.answered_at == now + timedelta(days=400)


def test_a_clock_that_fell_back_to_1970_stays_in_the_course(sarah: Person, now: datetime) -> None:
    checkin = send(sarah, security(sarah, 6), at=now, answered_at=datetime(1970, 1, 1, tzinfo=UTC)).checkin
    assert checkin.occurred_at == sarah.participation.course.since


@pytest.mark.parametrize("value", [0, 6, 2.5, True, float("nan"), float("inf"), "3"])
def test_an_impossible_answer_is_named_and_nothing_is_stored(sarah: Person, now: datetime, value: Any) -> None:
    with pytest.raises(BadAnswers, match=r"distress dis_worry_1: .*1 to 5"):
        send(sarah, security(sarah, 5), block("distress", {"dis_worry_1": value}), at=now)
    assert not CheckIn.objects.exists()
    assert not Series.objects.exists()


def test_an_unknown_item_is_named(sarah: Person, now: datetime) -> None:
    wrong = replace(block("distress", 3), answers={"dis_nothing_9": 3})
    with pytest.raises(BadAnswers, match="dis_nothing_9"):
        send(sarah, wrong, at=now)


def test_somebody_elses_figure_is_refused(sarah: Person, john: Person, now: datetime) -> None:
    with pytest.raises(BadAnswers, match="not on this client's map"):
        send(sarah, block("state-security", 5, john.figures["Claire"]), at=now)
    assert not CheckIn.objects.exists()


def test_a_measure_twice_in_one_checkin_is_refused(sarah: Person, now: datetime) -> None:
    with pytest.raises(BadAnswers, match="twice"):
        send(sarah, block("distress", 3), block("distress", 4), at=now)


def test_a_form_with_a_risk_item_cannot_be_sent_before_somebody_answers_alarms(sarah: Person, now: datetime) -> None:
    version = current("distress-risk")
    risky = replace(block("distress", 3), instrument_version=version, items=("risk_suicide_1",), answers={})
    with pytest.raises(RiskItemRefused, match="who answers an alarm"):
        send(sarah, risky, at=now)


def test_a_time_without_a_zone_is_refused(sarah: Person, now: datetime) -> None:
    with pytest.raises(BadAnswers, match="zone"):
        send(sarah, security(sarah, 5), at=now, answered_at=now.replace(tzinfo=None))


def test_submitting_writes_one_audit_row_without_answers(sarah: Person, now: datetime) -> None:
    send(sarah, security(sarah, 5), at=now, topic="A secret")
    entry = AccessEntry.objects.get(action="submit")
    assert entry.subjects == [str(sarah.client.pk)]
    assert "secret" not in str(entry.__dict__).lower()


def test_individual_and_couple_courses_never_mix(sarah: Person, john: Person, now: datetime) -> None:
    send(sarah, security(sarah, 5), at=now)
    send(john, security(john, 7), at=now)
    assert [p["score"] for p in series(sarah, "security").points] == [5]
    assert [p["score"] for p in series(john, "security").points] == [7]


def test_all_skipped_is_kept_and_scores_nothing(sarah: Person, now: datetime) -> None:
    send(sarah, block("distress", None), at=now)
    assert series(sarah, "distress").points[0]["score"] is None


def test_submitting_takes_few_queries(sarah: Person, now: datetime, django_assert_max_num_queries: Any) -> None:
    figure = sarah.figures["Mum"]
    blocks = (security(sarah, 5), block("distress", 2), block("attachment", 3, figure))
    with django_assert_max_num_queries(14):
        send(sarah, *blocks, at=now)
