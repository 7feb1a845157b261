"""Any measure goes out as a FHIR Questionnaire that R4 allows, and what has wording comes back as it was."""

import json

import pytest

from mooring.catalogue import Instrument, keys, load
from mooring.catalogue.forms import r4
from mooring.catalogue.forms.bind import Decided, OwnScale, bind
from mooring.catalogue.forms.export_fhir import as_json, as_questionnaire
from mooring.catalogue.forms.read import Wanted, read
from tests.catalogue.forms import made_up


@pytest.mark.parametrize("key", keys())
def test_every_measure_goes_out_as_r4_allows(key: str) -> None:
    assert r4.problems(as_questionnaire(load(key))) == []


def came_back(measure: Instrument) -> None:
    found = read(as_json(measure).encode(), "out.json", Wanted())
    (wording,) = measure.wording.values()
    assert found.title == wording.title
    assert found.language == wording.language
    assert found.licence == measure.licence
    assert found.notices == ()
    assert [question.code for question in found.questions] == list(measure.forms["full"].items)
    for question in found.questions:
        assert question.text == wording.items[question.code]
        assert question.answers == wording.answers_to(question.code)
    scores = {one.code: one for one in found.calculations}
    for scale in measure.scales:
        score = scores[f"score-{scale.code}"]
        assert set(score.items) == set(scale.items)
        assert score.score == scale.score or len(scale.items) == 1
        assert set(score.reversed) == {code for code in scale.items if measure.item(code).reversed}


@pytest.mark.parametrize("key", [key for key in keys() if load(key).kind == "bank" and not load(key).per_figure])
def test_a_bank_comes_back(key: str) -> None:
    came_back(load(key))


@pytest.mark.parametrize("name", made_up.FILES)
def test_a_form_from_any_format_comes_back(name: str) -> None:
    file, data = made_up.FILES[name]
    found = read(data, file, Wanted())
    scales = (OwnScale("Calm", "mean", "better", made_up.CODES), OwnScale("Sum", "sum", "worse", made_up.CODES[1:]))
    decided = Decided("harbour", "Harbour calm", "Ours.", "own", scales=scales, reversed=made_up.TURNED)
    measure = bind(found, decided, None, file)
    assert r4.problems(as_questionnaire(measure)) == []
    came_back(measure)


def test_an_export_is_the_same_bytes_each_time() -> None:
    assert as_json(load("gad-7")) == as_json(load("gad-7"))
    assert json.loads(as_json(load("gad-7")))["copyright"] == load("gad-7").licence


BROKEN = {
    "status": {"status": "final"},
    "que-0": {"name": "no name"},
    "resourceType": {"resourceType": "Patient"},
    "no element": {"colour": "red"},
    "empty": {"title": ""},
    "language": {"language": "English"},
}
BROKEN_ITEMS = {
    "que-1": {"type": "group"},
    "que-2": {"linkId": "rest"},
    "que-4": {"answerValueSet": "#x"},
    "que-5": {"type": "boolean"},
    "que-8": {"type": "display", "initial": [{"valueInteger": 1}]},
    "que-9": {"type": "display", "readOnly": True},
    "que-10": {"maxLength": 3},
    "que-11": {"initial": [{"valueInteger": 1}]},
    "que-12": {"enableWhen": [{"question": "rest"}, {"question": "rest"}]},
    "que-13": {"initial": [{"valueInteger": 1}, {"valueInteger": 2}]},
    "not of the value set": {"type": "radio"},
    "linkId: missing": {"linkId": ""},
    "exactly one value": {"answerOption": [{}]},
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_the_resource_is_told(rule: str) -> None:
    assert any(rule in found for found in r4.problems({**made_up.fhir(), **BROKEN[rule]}))


@pytest.mark.parametrize("rule", BROKEN_ITEMS)
def test_a_broken_rule_of_an_item_is_told(rule: str) -> None:
    resource = made_up.fhir()
    resource["item"][0]["item"][1].update(BROKEN_ITEMS[rule])
    assert any(rule in found for found in r4.problems(resource))


def test_the_made_up_file_breaks_none() -> None:
    assert r4.problems(made_up.fhir()) == []
