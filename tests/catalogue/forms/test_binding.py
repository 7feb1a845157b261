"""A questionnaire bound to a key scores like the key; bound to scales of its own, like they say; unsure, not at all."""

from dataclasses import replace

import pytest

from mooring.catalogue import FULL, CatalogueError, Instrument, canonical, digest, from_json, keys, load
from mooring.catalogue.forms import checks
from mooring.catalogue.forms.bind import Decided, OwnScale, bind, misfits, proposed_places, short
from mooring.catalogue.forms.questionnaire import Question, Questionnaire
from mooring.catalogue.forms.read import Wanted, read
from mooring.catalogue.model import Answer
from tests.catalogue.forms import made_up

KEYS = [key for key in keys() if load(key).kind == "key"]


def form_of(key: Instrument, lowest: int | None = None) -> Questionnaire:
    """A form with as many questions and answers as the key has, in words of our own."""
    questions = tuple(
        Question(
            f"q{item.number}",
            f"Made up statement number {item.number}.",
            tuple(
                Answer(value + (0 if lowest is None else lowest - item.minimum), f"stop {value}")
                for value in range(item.minimum, item.maximum + 1)
            ),
        )
        for item in key.items
    )
    return Questionnaire("table", "Made up", "en", questions)


def decided_on(found: Questionnaire, key: Instrument) -> Decided:
    numbers = {item.number: item for item in key.items}
    places = proposed_places(found, key)
    return Decided(
        key="our-form",
        title="Our form",
        licence="Ours.",
        scoring="key",
        of=key.key,
        places=places,
        reversed=tuple(code for code, n in places.items() if numbers[n].reversed),
        harm=tuple(code for code, n in places.items() if numbers[n].risk),
        before="Nobody is watching.",
    )


@pytest.mark.parametrize("name", KEYS)
def test_every_key_gives_its_golden_scores_through_a_form(name: str) -> None:
    key = load(name)
    found = form_of(key)
    decided = decided_on(found, key)
    assert misfits(found, decided, key) == []
    assert checks.differences(found, decided, key) == ()
    measure = bind(found, decided, key, "made-up.csv")
    cases = checks.key_cases(found, decided, key, measure)
    assert cases
    assert all(case.agrees for case in cases)
    assert measure.kind == "form"
    assert measure.of == f"{name} v{key.version}"
    assert [item.code for item in measure.risk_items] == [item.code for item in key.risk_items]
    assert from_json(canonical(measure)) == measure


@pytest.mark.parametrize("name", ["gad-7", "core-10", "ecr-r"])
def test_answers_counted_from_another_number_are_moved_to_the_keys(name: str) -> None:
    key = load(name)
    found = form_of(key, lowest=5)
    decided = decided_on(found, key)
    measure = bind(found, decided, key, "x")
    assert {(item.minimum, item.maximum) for item in measure.items} == {
        (item.minimum, item.maximum) for item in key.items
    }
    assert all(case.agrees for case in checks.key_cases(found, decided, key, measure))


def test_what_a_file_has_turned_already_is_not_turned_twice() -> None:
    key = load("core-10")
    plain = form_of(key)
    for number in (2, 3):
        turned = tuple(Answer(4 - answer.value, answer.label) for answer in plain.questions[number - 1].answers)
        questions = list(plain.questions)
        questions[number - 1] = replace(questions[number - 1], answers=turned)
        plain = replace(plain, questions=tuple(questions))
    decided = decided_on(plain, key)
    measure = bind(plain, decided, key, "x")
    assert all(case.agrees for case in checks.key_cases(plain, decided, key, measure))
    wording = measure.wording["en"]
    assert [(a.value, a.label) for a in wording.answers_to("core10_2")] == [(v, f"stop {v}") for v in range(5)]


def test_a_combined_sheet_is_placed_by_its_own_order() -> None:
    key = load("phq-9")
    questions = tuple(replace(form_of(key).questions[0], code=f"s{i}") for i in range(1, 17))
    found = Questionnaire("table", "Sheet", "en", questions)
    places = proposed_places(found, key, "sheet_with_gad7")
    assert (places["s1"], places["s9"], places["s15"], places["s16"]) == (1, 5, 8, 9)
    assert "s2" not in places
    decided = replace(
        decided_on(found, key),
        places=places,
        out=tuple(q.code for q in questions if q.code not in places),
        harm=("s16",),
    )
    measure = bind(found, decided, key, "x")
    assert [item.code for item in measure.risk_items] == ["phq9_9"]


def test_codes_that_are_the_keys_own_place_themselves_whatever_the_order() -> None:
    key = load("gad-7")
    found = form_of(key)
    named = tuple(replace(q, code=item.code) for q, item in zip(found.questions, key.items, strict=True))
    backwards = replace(found, questions=tuple(reversed(named)))
    places = proposed_places(backwards, key)
    assert places["gad7_1"] == 1
    assert places["gad7_7"] == 7


def test_a_form_that_does_not_fit_says_where() -> None:
    key = load("gad-7")
    found = form_of(key)
    decided = decided_on(found, key)
    assert misfits(found, replace(decided, out=("q3",)), key) == ["Item 3 of the key has no question."]
    twice = replace(decided, places={**decided.places, "q3": 2})
    assert "Item 2 of the key has more than one question: q2, q3." in misfits(found, twice, key)
    wide = tuple(replace(q, answers=(*q.answers, Answer(4, "more"))) if q.code == "q1" else q for q in found.questions)
    assert "q1 has answers from 0 to 4; item 1 of the key goes from 0 to 3." in misfits(
        replace(found, questions=wide), decided, key
    )
    with pytest.raises(CatalogueError, match="publish the form unscored"):
        bind(found, replace(decided, out=("q3",)), key, "x")


def test_the_blind_check_tells_marks_that_differ_from_the_key() -> None:
    key = load("core-10")
    found = form_of(key)
    decided = replace(decided_on(found, key), reversed=("q2", "q5"), harm=())
    differing = {(one.code, one.about, one.marked) for one in checks.differences(found, decided, key)}
    assert differing == {("q3", "turned", False), ("q5", "turned", True), ("q6", "harm", False)}
    assert checks.differences(found, replace(decided, scoring="none"), key) == ()


def test_a_question_that_the_key_does_not_have_is_asked_and_not_scored() -> None:
    key = load("gad-7")
    found = form_of(key)
    extra = replace(found.questions[0], code="How hard?", text="How hard was that?")
    more = replace(found, questions=(*found.questions, extra))
    decided = replace(decided_on(found, key), harm=())
    measure = bind(more, decided, key, "x")
    assert measure.item("how_hard").scale is None
    assert measure.forms[FULL].items[-1] == "how_hard"
    assert all(case.agrees for case in checks.key_cases(more, decided, key, measure))


def test_an_unscored_form_says_why_and_still_knows_its_risk_item() -> None:
    key = load("phq-9")
    found = form_of(key)
    decided = replace(decided_on(found, key), scoring="none", unscored="Its order could not be confirmed.", harm=())
    measure = bind(found, decided, key, "x")
    assert measure.scales == ()
    assert measure.unscored
    assert len(measure.risk_items) == 1
    with pytest.raises(CatalogueError, match="an item about harm"):
        bind(found, replace(decided, places={}), key, "x")
    with pytest.raises(CatalogueError, match="says why it is not"):
        bind(found, replace(decided, unscored=""), key, "x")


def own(found: Questionnaire, marked: tuple[str, ...] = made_up.TURNED) -> Decided:
    scale = OwnScale("Calm", "mean", "better", made_up.CODES, 0.5)
    return Decided("harbour-calm", "Harbour calm", "Ours.", "own", scales=(scale,), reversed=marked)


@pytest.mark.parametrize("name", made_up.FILES)
def test_own_scales_score_as_worked_by_hand(name: str) -> None:
    file, data = made_up.FILES[name]
    found = read(data, file, Wanted())
    decided = own(found)
    assert checks.differences(found, decided, None) == ()
    measure = bind(found, decided, None, file)
    case = checks.example(found, decided, measure)
    # Sometimes, Never, Always, Often: 1 + (3 − 0) + 3 + (3 − 2) = 8, by 4.
    assert [one.answer for one in case.chosen] == ["Sometimes", "Never", "Always", "Often"]
    assert case.computed == {"calm": 2.0}
    assert checks.scored(measure, {"rest": 1, "wind": 0, "ropes": None, "knots": None}) == {"calm": 2.0}
    assert checks.scored(measure, {"rest": 1, "wind": None, "ropes": None, "knots": None}) == {"calm": None}
    kept = replace(decided, example=checks.as_golden(found, decided, measure, {"calm": 2.0}))
    assert bind(found, kept, None, file).golden[0].answers == (1, 0, 3, 2)


def test_marks_that_differ_from_what_the_file_says_are_told() -> None:
    file, data = made_up.FILES["fhir"]
    found = read(data, file, Wanted())
    (one,) = checks.differences(found, own(found, ("wind",)), None)
    assert (one.code, one.about, one.marked) == ("knots", "turned", False)


def test_a_file_that_turned_its_answers_is_scored_alike() -> None:
    resource = made_up.fhir()
    for i in (1, 3):
        resource["item"][0]["item"][i]["answerOption"] = [
            made_up.option(3 - v, w) for v, w in enumerate(made_up.LABELS)
        ]
    plain = " + ".join(f"%resource.item.where(linkId='{code}').answer.value.ordinal()" for code in made_up.CODES)
    resource["item"][2]["extension"][0]["valueExpression"]["expression"] = f"({plain}) / 4"
    found = read(made_up.as_bytes(resource), "calm.json", Wanted())
    decided = own(found)
    # Two against two: the first question's way counts as the plain one.
    assert checks.differences(found, decided, None) == ()
    assert checks.example(found, decided, bind(found, decided, None, "x")).computed == {"calm": 2.0}


def test_a_form_about_a_figure_is_asked_for_each() -> None:
    key = load("ecr-rs")
    found = form_of(key)
    slotted = tuple(replace(q, text=f"I lean on {{figure}} ({q.code}).") for q in found.questions)
    decided = decided_on(found, key)
    assert not bind(found, decided, key, "x").per_figure
    assert bind(replace(found, questions=slotted), decided, key, "x").per_figure
    mixed = (slotted[0], *found.questions[1:])
    with pytest.raises(CatalogueError, match="figure"):
        bind(replace(found, questions=mixed), decided, key, "x")


def test_short_names_and_digests_of_the_catalogue_stay() -> None:
    assert short(Question("a", "I slept through the storm.", ())) == "I slept through the…"
    assert digest(load("gad-7")) == digest(replace(load("gad-7"), of="", unscored=""))
