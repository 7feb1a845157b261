"""A check-in whose items are chosen one by one from a calibrated bank."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from mooring import catalogue
from mooring.catalogue.calibrated import ready_scale
from mooring.checkins import choosing
from mooring.checkins import draft as drafts
from mooring.checkins.models import Block, CheckIn, Draft, DueCheckIn
from mooring.checkins.put_in_force import put_in_force
from mooring.instruments.publish import current
from mooring.people.models import Clinic
from mooring.science.graded_response.scores import Normal
from tests.cast import Person
from tests.checkins.answering import block, send
from tests.checkins.calibrating import in_force, known
from tests.clock import Clock, clock

__all__ = ["clock"]

KEYS = ("state-security", "distress", "attachment", "session-alliance")


@pytest.fixture
def calibrated(clinic: Clinic, now: datetime) -> None:
    for key in KEYS:
        in_force(clinic, known(key), now - timedelta(days=1))


@pytest.fixture
def begun(sarah: Person, calibrated: None, now: datetime) -> Draft:
    return drafts.begin(DueCheckIn.objects.open(now).get(participation=sarah.participation), now)


def through(draft: Draft, value: Any = 3) -> list[drafts.Step]:
    """Answer every question as it comes; `value` is an answer, None for skipping, or made from the step."""
    number = 0
    while number < len(steps := drafts.steps(draft)):
        step = steps[number]
        drafts.answer(draft, step, value(step) if callable(value) else value)
        number += 1
    return steps


def test_questions_come_one_by_one_and_stay_within_the_two_minutes(begun: Draft) -> None:
    assert [len(one["items"]) for one in begun.form] == [1, 1, 1]
    assert drafts.most(begun) == 16
    steps = through(begun)
    assert len(steps) == drafts.most(begun) <= 16
    assert [len(one["items"]) for one in begun.form] == [4, 4, 8]


def test_each_scale_asks_of_every_facet_once(begun: Draft) -> None:
    through(begun)
    for one in begun.form:
        picked = one["choosing"]["picked"]
        for scale in {pick["scale"] for pick in picked}:
            facets = [pick["facet"] for pick in picked if pick["scale"] == scale]
            assert len(facets) == len(set(facets)) == 4


def test_why_each_item_came_is_kept_with_the_answers(sarah: Person, begun: Draft, now: datetime) -> None:
    through(begun)
    send(sarah, *drafts.blocks(begun), at=now, due=begun.due)
    for kept in Block.objects.select_related("instrument_version"):
        assert [pick["item"] for pick in kept.chosen["picked"]] == kept.items
        assert set(kept.items) == set(kept.answers)
        # Played again from what is kept, every choice comes out the same.
        bare = {**kept.chosen, "picked": [], "ended": {}}
        content = known(kept.instrument_version.key)
        for _ in range(len(kept.items) + 2):
            given = {pick["item"]: kept.answers[pick["item"]] for pick in bare["picked"]}
            bare = choosing.extended(kept.instrument_version.instrument, content, bare, given)
        assert bare == kept.chosen


def test_it_resumes_where_it_was_left(sarah: Person, begun: Draft, now: datetime) -> None:
    drafts.answer(begun, drafts.steps(begun)[0], 7)
    again = drafts.begin(begun.due, now + timedelta(hours=2))
    assert again.form == begun.form
    assert len(again.form[0]["items"]) == 2


def test_an_answer_given_again_asks_nothing_twice(begun: Draft) -> None:
    first = drafts.steps(begun)[0]
    drafts.answer(begun, first, 7)
    asked = list(begun.form[0]["items"])
    drafts.answer(begun, first, 2)
    assert begun.form[0]["items"] == asked
    assert begun.answers[first.key] == 2


def test_skipping_everything_does_not_lengthen_it(sarah: Person, begun: Draft, now: datetime) -> None:
    steps = through(begun, None)
    assert len(steps) == 16
    send(sarah, *drafts.blocks(begun), at=now, due=begun.due)
    assert all(point["score"] is None for one in sarah.participation.series.all() for point in one.points)


def test_a_calibration_taken_back_meanwhile_leaves_the_draft_as_it_is(
    clinic: Clinic, begun: Draft, now: datetime
) -> None:
    for key in KEYS:
        put_in_force(None, current(key), clinic, at=now, by=None)
    assert len(through(begun)) == 16


def test_without_a_calibration_it_is_the_short_form(sarah: Person, now: datetime) -> None:
    draft = drafts.begin(DueCheckIn.objects.open(now).get(participation=sarah.participation), now)
    assert all("choosing" not in one for one in draft.form)
    through(draft)
    send(sarah, *drafts.blocks(draft), at=now, due=draft.due)
    assert set(Block.objects.values_list("chosen", flat=True)) == {None}


def test_the_last_trajectory_chooses_and_the_answers_alone_score(
    sarah: Person, calibrated: None, now: datetime
) -> None:
    high = {"dis_worry_1": 4, "dis_mood_1": 4, "dis_sleep_1": 4, "dis_coping_1": 2}
    for week in (3, 2, 1):
        send(sarah, block("distress", high), at=now - timedelta(weeks=week))
    draft = drafts.begin(DueCheckIn.objects.open(now).get(participation=sarah.participation), now)
    (distress,) = [one for one in draft.form if one["choosing"]["scales"][0]["scale"] == "distress"]
    (scale,) = distress["choosing"]["scales"]
    assert scale["mean"] > 0.4
    assert scale["sd"] < 1
    through(draft, lambda step: 3 if step.item.startswith("dis") else None)
    send(sarah, *drafts.blocks(draft), at=now, due=draft.due)
    series = sarah.participation.series.get(role="distress")
    kept = Block.objects.filter(checkin=CheckIn.objects.in_order().last(), instrument_version__key="distress").get()
    version = current("distress")
    ready = ready_scale(version.instrument, known("distress"), "distress")
    assert ready is not None
    turned = [6 - value if version.instrument.item(code).reversed else value for code, value in kept.answers.items()]
    alone = ready.points(ready.categories(np.array([turned], dtype=float), list(kept.answers)))
    assert series.points[-1]["score"] == pytest.approx(float(alone.score[0]))
    assert series.points[-1]["se"] == pytest.approx(float(alone.se[0]))


def test_a_forecast_that_knows_enough_ends_sooner() -> None:
    instrument, content = catalogue.load("distress"), known("distress")
    form = instrument.forms["short"].items
    sure = choosing.opened(instrument, content, "d", form, {"distress": Normal(0.0, 0.3)}, [], seed=1)
    for _ in range(6):
        given = {pick["item"]: 3.0 for pick in sure["picked"]}
        sure = choosing.extended(instrument, content, sure, given)
    assert len(sure["picked"]) == choosing.LEAST
    assert sure["ended"] == {"distress": "precise"}
    assert choosing.most(sure) == choosing.LEAST


def test_each_of_the_four_s_is_asked_however_sure_the_forecast() -> None:
    instrument, content = catalogue.load("state-security"), known("state-security")
    sure = choosing.opened(
        instrument, content, "d", instrument.forms["short"].items, {"security": Normal(0.0, 0.2)}, [], seed=1
    )
    for _ in range(6):
        sure = choosing.extended(instrument, content, sure, {pick["item"]: 6.0 for pick in sure["picked"]})
    assert {pick["facet"] for pick in sure["picked"]} == {"safe", "seen", "soothed", "secure"}


def test_a_prior_is_never_vaguer_than_the_population() -> None:
    instrument, content = catalogue.load("distress"), known("distress")
    ready = ready_scale(instrument, content, "distress")
    assert ready is not None
    assert choosing.prior_of(ready, ready.mean, 50.0).sd == 1
    at_an_end = choosing.prior_of(ready, 5.0, 0.1)
    assert at_an_end.sd == 1
    assert np.isfinite(at_an_end.mean)
    middle = choosing.prior_of(ready, ready.mean, 0.2)
    assert 0.1 < middle.sd < 0.5


def test_nobody_is_asked_the_same_sentences_week_after_week() -> None:
    instrument, content = catalogue.load("attachment"), known("attachment")
    rng = np.random.default_rng(5)
    form = instrument.forms["short"].items
    weeks: list[list[str]] = []
    for seed in range(52):
        block = choosing.opened(instrument, content, "d", form, {}, weeks[-8:], seed)
        for _ in range(10):
            given = {pick["item"]: float(rng.integers(1, 8)) for pick in block["picked"]}
            block = choosing.extended(instrument, content, block, given)
        weeks.append([pick["item"] for pick in block["picked"]])
    often = {item: sum(item in week for week in weeks) / 52 for week in weeks for item in week}
    assert max(often.values()) < 0.6
    assert len(often) > 16


def test_an_answer_goes_to_the_statement_that_was_read(sarah: Person, begun: Draft, sign_in: Any, clock: Clock) -> None:
    """A tab that looked ahead shows the next measure's first statement, until the first tap brings one before it."""
    phone = sign_in(sarah.user)
    base = f"/check-in/{begun.due_id}/"
    ahead = drafts.steps(begun)[1]
    assert f'name="asked" value="{ahead.key}"' in phone.get(f"{base}2/").content.decode()
    phone.post(f"{base}1/", {"asked": drafts.steps(begun)[0].key, "answer": "7"})
    told = phone.post(f"{base}2/", {"asked": ahead.key, "answer": "4"})
    begun.refresh_from_db()
    assert begun.answers[ahead.key] == 4
    assert len(begun.answers) == 2
    moved = next(step.number for step in drafts.steps(begun) if step.key == ahead.key)
    assert told.headers["Location"] == f"{base}{moved + 1}/"
