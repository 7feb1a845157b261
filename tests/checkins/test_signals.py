"""Signals are facts: raised once for a matter, never deleted, never touched by a recomputation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.forms.models import model_to_dict

from mooring.alerts.models import Kind, Signal
from mooring.checkins.models import CheckIn, DueCheckIn, Series
from mooring.checkins.recompute import recompute
from mooring.checkins.silence import raise_silence
from tests.cast import Person
from tests.checkins.answering import block, security, send

GOOD, LOW, BAD = 8, 4, 4


def weekly(person: Person, values: Sequence[int], now: datetime) -> None:
    """Security with the first figure, a week apart, the last one now."""
    for index, value in enumerate(values):
        at = now - timedelta(weeks=len(values) - 1 - index)
        send(person, security(person, value), at=at)


def test_a_held_level_that_is_lost_for_two_weeks_is_one_setback(sarah: Person, now: datetime) -> None:
    weekly(sarah, [LOW, LOW, *[GOOD] * 6, BAD, BAD], now)
    (signal,) = Signal.objects.all()
    assert signal.kind == Kind.SETBACK
    assert signal.figure == sarah.figures["Daniel"]
    assert signal.as_of == CheckIn.objects.in_order().last().local_date
    assert signal.since == signal.as_of - timedelta(weeks=1)
    assert signal.evidence["change"] < 0
    assert signal.evidence["probability"] >= signal.evidence["asked"]
    assert signal.evidence["precision"] == "assumed"
    assert signal.evidence["instrument"]["key"] == "state-security"


def test_one_bad_week_is_a_dip_and_raises_nothing(sarah: Person, now: datetime) -> None:
    weekly(sarah, [*[GOOD] * 8, BAD, GOOD, GOOD], now)
    assert not Signal.objects.exists()


def test_a_setback_that_lasts_is_not_raised_again(sarah: Person, now: datetime) -> None:
    weekly(sarah, [LOW, LOW, *[GOOD] * 6, BAD, BAD, BAD, BAD, BAD], now)
    assert Signal.objects.filter(kind=Kind.SETBACK).count() == 1


def test_coming_back_is_good_news(sarah: Person, now: datetime) -> None:
    weekly(sarah, [LOW, LOW, *[GOOD] * 6, BAD, BAD, *[GOOD] * 5], now)
    kinds = list(Signal.objects.order_by("as_of").values_list("kind", flat=True))
    assert kinds == [Kind.SETBACK, Kind.RECOVERY]
    assert not Signal.objects.needing_conversation().filter(kind=Kind.RECOVERY).exists()
    back = Signal.objects.get(kind=Kind.RECOVERY)
    assert 1 <= back.evidence["weeks"] <= 5


def test_worse_than_at_the_start_is_deterioration_not_also_a_setback(sarah: Person, now: datetime) -> None:
    weekly(sarah, [*[GOOD] * 6, BAD, BAD, BAD], now)
    assert [signal.kind for signal in Signal.objects.all()] == [Kind.DETERIORATION]


def test_more_worry_is_a_shift_and_never_a_setback(sarah: Person, now: datetime) -> None:
    mum = sarah.figures["Mum"]
    for week, value in enumerate([2, 2, 2, 2, 6, 6, 6]):
        send(sarah, block("attachment", value, mum), at=now - timedelta(weeks=6 - week))
    assert set(Signal.objects.values_list("kind", flat=True)) == {Kind.SHIFT}


def test_a_fall_of_the_alliance_is_judged_against_ones_own_usual(sarah: Person, now: datetime) -> None:
    for week, value in enumerate([5, 4, 5, 5, 4, 5, 1]):
        send(sarah, block("session-alliance", value), at=now - timedelta(weeks=6 - week))
    (signal,) = Signal.objects.all()
    assert signal.kind == Kind.ALLIANCE_DROP
    assert signal.evidence["drop"] >= signal.evidence["asked"] >= 2


def test_recompute_gives_the_same_rows_and_touches_no_signal(sarah: Person, john: Person, now: datetime) -> None:
    weekly(sarah, [LOW, LOW, *[GOOD] * 6, BAD, BAD], now)
    send(john, block("attachment", 3, john.figures["Claire"]), block("distress", 2), at=now)
    series = [model_to_dict(row) for row in Series.objects.order_by("pk")]
    signals = [model_to_dict(row) for row in Signal.objects.order_by("pk")]
    done = recompute()
    assert [model_to_dict(row) for row in Series.objects.order_by("pk")] == series
    assert [model_to_dict(row) for row in Signal.objects.order_by("pk")] == signals
    assert (done.participations, done.changed) == (2, 0)


def test_recompute_mends_a_damaged_series_and_says_so(sarah: Person, now: datetime) -> None:
    weekly(sarah, [5, 6], now)
    Series.objects.update(points=[], last_level=None)
    assert recompute().changed == 1
    assert [point["score"] for point in Series.objects.get().points] == [5, 6]


def missed(person: Person, until: datetime, count: int) -> None:
    """Answer every due check-in that closed by then, except the last `count`."""
    closed = list(DueCheckIn.objects.filter(plan=person.plan, closes_at__lte=until).order_by("due_on"))
    for due in closed[: len(closed) - count]:
        at = due.opens_at + timedelta(hours=1)
        send(person, security(person, 6), at=at, due=due)


def test_three_missed_in_a_row_are_a_silence_once(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 3)
    assert len(raise_silence(now)) == 1
    assert raise_silence(now + timedelta(hours=1)) == []
    assert raise_silence(now + timedelta(weeks=1)) == []
    signal = Signal.objects.get(kind=Kind.SILENCE)
    assert signal.since == CheckIn.objects.in_order().last().local_date


def test_two_missed_are_not(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 2)
    assert raise_silence(now) == []


def test_not_this_week_is_an_answer(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 3)
    last = DueCheckIn.objects.filter(plan=sarah.plan, closes_at__lte=now).latest("due_on")
    last.declined_at = now
    last.save()
    assert raise_silence(now) == []


def test_a_new_silence_after_an_answer_is_a_new_matter(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 3)
    raise_silence(now)
    send(sarah, security(sarah, 6), at=now)
    later = now + timedelta(weeks=5)
    assert len(raise_silence(later)) == 1
    assert Signal.objects.filter(kind=Kind.SILENCE).count() == 2
