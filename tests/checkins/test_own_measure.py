"""A clinic's own questionnaire in the check-in: in its turn, within sixteen questions, scored, never a risk item."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from mooring.checkins import draft as drafts
from mooring.checkins.agree import Agreement, agree
from mooring.checkins.models import Block, CheckInPlan, DueCheckIn, Series
from mooring.checkins.submit import BadAnswers, BlockAnswers
from mooring.checkins.weekly import BlockForm, compose, may_be_asked, with_own
from mooring.instruments.deciding import BLIND
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic
from tests.cast import People, Person
from tests.checkins.answering import send
from tests.clock import Clock, clock
from tests.instruments.bringing import published

__all__ = ["clock"]


@pytest.fixture
def own(people: People, clinic: Clinic) -> InstrumentVersion:
    return published(people.alice, clinic)


@pytest.fixture
def plan(sarah: Person, people: People, own: InstrumentVersion, now: datetime) -> CheckInPlan:
    agreed = Agreement(3, 1, sarah.plan.security_figure_id, 3, time(16, 50), own.pk, 2)
    return agree(sarah.participation, agreed, by=people.alice, at=now)


def asked(plan: CheckInPlan, week: int) -> list[BlockForm]:
    return compose(plan, plan.first_due_on + timedelta(weeks=week))


def test_in_its_turn_it_stands_in_the_place_of_the_third_block(plan: CheckInPlan, own: InstrumentVersion) -> None:
    for week in range(12):
        forms = asked(plan, week)
        mine = [one for one in forms if one.instrument_version == str(own.pk)]
        assert len(mine) == (1 if week % 2 == 0 else 0)
        assert len(forms) == 3
        assert sum(len(one.items) for one in forms) <= 16


def test_a_long_one_leaves_others_out(plan: CheckInPlan) -> None:
    whole = asked(plan, 0)
    long = BlockForm("x", None, "en", tuple(f"i{n}" for n in range(12)))
    assert [len(one.items) for one in with_own(whole[:2], long)] == [4, 12]
    longer = BlockForm("x", None, "en", tuple(f"i{n}" for n in range(14)))
    assert [len(one.items) for one in with_own(whole[:2], longer)] == [14]


def test_answered_on_the_phone_it_is_scored(
    sarah: Person, plan: CheckInPlan, own: InstrumentVersion, clock: Clock
) -> None:
    due = DueCheckIn.objects.open(clock.at).get(participation=sarah.participation)
    turn = compose(plan, due.due_on)
    if str(own.pk) not in [one.instrument_version for one in turn]:
        due = DueCheckIn.objects.filter(plan=plan, due_on__gt=due.due_on).order_by("due_on").first()
        assert due is not None
        clock.at = due.opens_at + timedelta(hours=1)
    draft = drafts.begin(due, clock.at)
    for step in drafts.steps(draft):
        item = own.instrument.item(step.item) if step.block == len(draft.form) - 1 else None
        drafts.answer(draft, step, item.maximum if item else 3)
    send(sarah, *drafts.blocks(draft), at=clock.at, due=due)
    assert Block.objects.filter(instrument_version=own).count() == 1
    series = Series.objects.filter(participation=sarah.participation, instrument_key=own.key)
    assert {one.scale for one in series} == {scale.code for scale in own.instrument.scales}


def test_an_answer_between_its_stops_is_refused(sarah: Person, own: InstrumentVersion, now: datetime) -> None:
    item = own.instrument.items[0]
    stops = {answer.value for answer in next(iter(own.instrument.wording.values())).answers_to(item.code)}
    between = next((value for value in range(item.minimum, item.maximum) if value not in stops), item.maximum + 1)
    with pytest.raises(BadAnswers, match="not one of the answers"):
        send(sarah, BlockAnswers(own, None, "en", (item.code,), {item.code: between}), at=now)


def test_the_therapist_agrees_on_it_on_the_plans_page(
    sarah: Person, people: People, own: InstrumentVersion, sign_in: Any, clock: Clock
) -> None:
    desk = sign_in(people.alice)
    page = reverse("caseload:plan", args=[sarah.participation.pk])
    assert own.instrument.title in desk.get(page).content.decode()
    posted = {"every_weeks": 1, "weekday": 3, "reading_weekday": 3, "reading_time": "16:50"}
    posted |= {"security_figure": str(sarah.plan.security_figure_id), "own_measure": str(own.pk), "own_every": 2}
    assert desk.post(page, posted).status_code == 302
    kept = CheckInPlan.objects.get(participation=sarah.participation, until__isnull=True)
    assert (kept.own_measure, kept.own_every) == (own, 2)


def test_another_clinics_questionnaire_is_not_to_be_had(
    sarah: Person, people: People, other_clinic: Clinic, sign_in: Any, clock: Clock
) -> None:
    foreign = published(people.dana, other_clinic)
    desk = sign_in(people.alice)
    page = reverse("caseload:plan", args=[sarah.participation.pk])
    posted = {"every_weeks": 1, "weekday": 3, "reading_weekday": 3, "reading_time": "16:50"}
    desk.post(page, {**posted, "own_measure": str(foreign.pk)})
    assert CheckInPlan.objects.get(participation=sarah.participation, until__isnull=True).own_measure is None


def test_one_about_harm_cannot_be_agreed_on(people: People, clinic: Clinic) -> None:
    blind = {"harm": ["wind"], "before": "Nobody is watching."}
    assert not may_be_asked(published(people.alice, clinic, **{BLIND: blind}))
