"""Signals are facts: raised once for a matter, never deleted, never touched by a recomputation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.forms.models import model_to_dict

from mooring.alerts.acknowledge import acknowledge
from mooring.alerts.models import Acknowledgement, Growth, Kind, Signal
from mooring.checkins.decline import decline
from mooring.checkins.judge import raise_all, raise_signals
from mooring.checkins.models import CheckIn, DueCheckIn, Series
from mooring.checkins.rebuild import rebuild
from mooring.checkins.recompute import recompute
from mooring.checkins.schedule import schedule
from mooring.checkins.silence import raise_silence
from mooring.kit.dates import local_date
from mooring.people.models import Clinic, Participation
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
    (signal,) = Signal.objects.needing_conversation()
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
    # The first good weeks came at once.
    kinds = list(Signal.objects.order_by("as_of").values_list("kind", flat=True))
    assert kinds == [Kind.GAIN, Kind.SETBACK, Kind.RECOVERY]
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


def talked_about(signal: Signal, person: Person, at: datetime) -> None:
    acknowledge(signal, Acknowledgement.Kind.TALKED, by=person.plan.reader, at=at)


def test_an_open_silence_grows_with_each_further_missed_one(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 3)
    raise_silence(now)
    for _ in range(2):
        assert raise_silence(now + timedelta(weeks=1)) == []
    signal, growth = Signal.objects.get(), Growth.objects.get()
    assert (signal.evidence["missed"], growth.evidence["missed"], growth.anew) == (3, 4, False)
    assert len(growth.evidence["missed_on"]) == 4


def test_a_new_silence_grows_an_open_one_and_is_a_matter_of_its_own_after_it_was_talked_about(
    sarah: Person, now: datetime
) -> None:
    missed(sarah, now, 3)
    (first,) = raise_silence(now)
    send(sarah, security(sarah, 6), at=now)
    assert raise_silence(now + timedelta(weeks=5)) == []
    assert Growth.objects.get().anew
    talked_about(first, sarah, now + timedelta(weeks=5, hours=1))
    assert raise_silence(now + timedelta(weeks=6)) == [], "the same silence is not told again"
    send(sarah, security(sarah, 6), at=now + timedelta(weeks=7))
    assert len(raise_silence(now + timedelta(weeks=12))) == 1


def test_after_not_this_week_a_silence_is_a_new_one(sarah: Person, now: datetime) -> None:
    missed(sarah, now, 3)
    (first,) = raise_silence(now)
    talked_about(first, sarah, now)
    assert decline(DueCheckIn.objects.open(now).get(plan=sarah.plan), by=sarah.user, at=now)
    schedule(sarah.plan, now + timedelta(weeks=5))
    (second,) = raise_silence(now + timedelta(weeks=5))
    assert second.since == local_date(now, sarah.plan.zone) > first.since


def test_an_open_matter_that_went_away_and_came_back_is_one_signal_that_grew(sarah: Person, now: datetime) -> None:
    weekly(sarah, [*[GOOD] * 6, BAD, BAD, *[GOOD] * 5, BAD, BAD], now)
    signal = Signal.objects.get(kind=Kind.DETERIORATION)
    growth = Growth.objects.get(signal=signal)
    assert growth.anew
    assert growth.as_of == CheckIn.objects.in_order().last().local_date
    assert growth.evidence["level"] < growth.evidence["reference_level"]


def test_once_it_was_talked_about_a_new_stretch_is_a_new_signal(sarah: Person, now: datetime) -> None:
    values = [*[GOOD] * 6, BAD, BAD, *[GOOD] * 5, BAD, BAD]
    for index, value in enumerate(values):
        at = now - timedelta(weeks=len(values) - 1 - index)
        send(sarah, security(sarah, value), at=at)
        if index == 8:
            talked_about(Signal.objects.get(kind=Kind.DETERIORATION), sarah, at)
    assert Signal.objects.filter(kind=Kind.DETERIORATION).count() == 2
    assert not Growth.objects.exists()


def test_a_change_that_goes_on_by_one_more_margin_grows_once(sarah: Person, now: datetime) -> None:
    weekly(sarah, [*[9] * 6, 6, 6, 6, 2, 2, 2], now)
    signal, growth = Signal.objects.get(kind=Kind.DETERIORATION), Growth.objects.get()
    assert growth.signal == signal
    assert not growth.anew
    step = abs(growth.evidence["change"]) - abs(signal.evidence["change"])
    assert step >= signal.evidence["margin"]


def test_what_goes_on_after_it_was_talked_about_is_a_signal_again_once(sarah: Person, now: datetime) -> None:
    values = [*[9] * 6, 6, 6, 6, 2, 2, 2, 2]
    for index, value in enumerate(values):
        at = now - timedelta(weeks=len(values) - 1 - index)
        send(sarah, security(sarah, value), at=at)
        if index == 8:
            talked_about(Signal.objects.get(kind=Kind.DETERIORATION), sarah, at)
    first, second = Signal.objects.filter(kind=Kind.DETERIORATION).order_by("as_of")
    assert not Growth.objects.exists()
    assert abs(second.evidence["change"]) - abs(first.evidence["change"]) >= first.evidence["margin"]
    assert (second.evidence["went_on"], second.evidence["began"]) == (True, first.since.isoformat())
    series = rebuild(sarah.participation)
    assert raise_signals(sarah.participation, series, at=now) == raise_all(sarah.participation, series, at=now) == []


def test_a_past_written_at_once_says_what_week_by_week_would_have(sarah: Person, john: Person, now: datetime) -> None:
    values = [*[9] * 6, 6, 6, 6, 2, 2, 2, 9, 9, 9, 9, 3, 3]
    weekly(sarah, values, now)
    told = [(s.kind, s.as_of, s.evidence) for s in Signal.objects.order_by("as_of", "kind")]
    grown = [(g.as_of, g.anew, g.evidence) for g in Growth.objects.order_by("as_of")]
    assert grown
    one = Series.objects.get()
    other = Participation.objects.create(
        clinic=sarah.client.clinic, course=john.participation.course, client=sarah.client
    )
    CheckIn.objects.update(participation=other)
    Series.objects.filter(pk=one.pk).delete()
    raise_all(other, rebuild(other), at=now)
    again = Signal.objects.filter(participation=other).order_by("as_of", "kind")
    assert [(s.kind, s.as_of, s.evidence) for s in again] == told
    growths = Growth.objects.filter(signal__participation=other).order_by("as_of")
    assert [(g.as_of, g.anew, g.evidence) for g in growths] == grown


def test_nothing_is_told_twice_when_it_is_judged_again(sarah: Person, now: datetime) -> None:
    weekly(sarah, [*[9] * 6, 6, 6, 6, 2, 2, 2, 9, 9, 9, 9, 3, 3], now)
    signals, growths = Signal.objects.count(), Growth.objects.count()
    for _ in range(2):
        series = rebuild(sarah.participation)
        assert raise_signals(sarah.participation, series, at=now) == []
        assert raise_all(sarah.participation, series, at=now) == []
    assert (Signal.objects.count(), Growth.objects.count()) == (signals, growths)


def test_evidence_stays_as_it_was_when_the_series_are_rebuilt_at_another_operating_point(
    sarah: Person, now: datetime
) -> None:
    weekly(sarah, [*[9] * 6, 6, 6, 6, 2, 2, 2], now)
    before = [s.evidence for s in Signal.objects.order_by("pk")] + [g.evidence for g in Growth.objects.order_by("pk")]
    Clinic.objects.update(operating_point="earlier")
    recompute()
    after = [s.evidence for s in Signal.objects.order_by("pk")] + [g.evidence for g in Growth.objects.order_by("pk")]
    assert after == before
    assert {given["operating_point"] for given in after} == {"usual"}


def test_a_clinics_operating_point_decides_when_its_rules_speak(sarah: Person, now: datetime) -> None:
    values = [8, 8, 8, 8, 8, 8, 5, 6]
    spoken = {}
    for name in ("earlier", "quieter"):
        Clinic.objects.update(operating_point=name)
        sarah.participation.refresh_from_db()
        weekly(sarah, values, now)
        spoken[name] = [s["kind"] for s in Series.objects.get().stretches if s["kind"] == Kind.DETERIORATION]
        Signal.objects.all().delete()
        CheckIn.objects.all().delete()
    assert spoken == {"earlier": [Kind.DETERIORATION], "quieter": []}


def test_a_sudden_gain_is_good_news_once_with_its_three_criteria(sarah: Person, now: datetime) -> None:
    weekly(sarah, [3, 4, 3, 7, 8, 7, 8, 7], now)
    (gain,) = Signal.objects.filter(kind=Kind.GAIN)
    given = gain.evidence
    # From 3 to 7: four points; the criteria of Tang & DeRubeis, with the severity 10 less the answer.
    assert (given["before"], given["after"], given["drop"]) == (3, 7, 4)
    assert given["drop"] >= given["cut_off"]
    assert given["share"] == pytest.approx(4 / 7)
    assert given["mean_after"] - given["mean_before"] > given["critical"] * given["pooled_sd"]
    assert not Signal.objects.needing_conversation().exists()


def test_a_gain_that_was_lost_again_says_when(sarah: Person, now: datetime) -> None:
    weekly(sarah, [3, 4, 3, 7, 8, 7, 3, 3], now)
    (stretch,) = [s for s in Series.objects.get().stretches if s["kind"] == Kind.GAIN]
    assert stretch["ceased"] == (now - timedelta(weeks=1)).date().isoformat()
    assert "ceased" not in Signal.objects.get(kind=Kind.GAIN).evidence


def test_a_plateau_is_an_event_and_no_signal(sarah: Person, now: datetime) -> None:
    weekly(sarah, [7] * 14, now)
    assert "plateau" in {s["kind"] for s in Series.objects.get().stretches}
    assert not Signal.objects.exists()


def test_a_mended_alliance_is_good_news(sarah: Person, now: datetime) -> None:
    for week, value in enumerate([5, 4, 5, 5, 4, 5, 1, 1, 5]):
        send(sarah, block("session-alliance", value), at=now - timedelta(weeks=8 - week))
    drop, repair = Signal.objects.order_by("as_of")
    assert (drop.kind, repair.kind) == (Kind.ALLIANCE_DROP, Kind.REPAIR)
    assert repair.evidence["weeks"] == pytest.approx(2)
    assert abs(repair.evidence["centre"] - repair.evidence["rating"]) < repair.evidence["sigma"]
