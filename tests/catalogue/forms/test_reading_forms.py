"""The same questionnaire comes out of every format."""

import pytest

from mooring.catalogue.forms.questionnaire import Questionnaire, turned
from mooring.catalogue.forms.read import Wanted, read, read_path
from mooring.catalogue.forms.sums import NotPlain, read_score
from tests.catalogue.forms import made_up


def given(name: str) -> Questionnaire:
    file, data = made_up.FILES[name]
    return read(data, file, Wanted())


@pytest.mark.parametrize("name", made_up.FILES)
def test_questions_answers_and_score(name: str) -> None:
    found = given(name)
    assert found.format == name
    assert found.title == "Harbour calm"
    assert tuple(question.code for question in found.questions) == made_up.CODES
    assert tuple(question.text for question in found.questions) == made_up.TEXTS
    for question in found.questions:
        assert [(answer.value, answer.label) for answer in question.answers] == list(enumerate(made_up.LABELS))
    (score,) = found.calculations
    assert score.items == made_up.CODES
    assert score.reversed == made_up.TURNED
    assert score.score == "mean"
    assert found.notices == ()


@pytest.mark.parametrize("name", ["fhir", "reproschema", "redcap"])
def test_free_text_is_listed_as_left_out_and_a_lone_heading_is_an_instruction(name: str) -> None:
    found = given(name)
    assert [one.code for one in found.left_out] == ["more"]
    assert found.instructions == made_up.FIRST
    assert {question.group for question in found.questions} == {""}


def test_a_table_says_what_is_turned() -> None:
    assert [question.reversed for question in given("table").questions] == [False, True, False, True]


def test_a_folder_is_read_like_its_zip(tmp_path) -> None:
    for name, content in made_up.activity().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else made_up.as_bytes(content))
    assert read_path(tmp_path, Wanted()).questions == given("reproschema").questions


def test_another_language_is_read_where_it_is_there() -> None:
    file, data = made_up.FILES["reproschema"]
    assert read(data, file, Wanted(language="de")).title == "Ruhe im Hafen"


def test_a_contained_value_set_may_take_from_another_and_from_a_code_system() -> None:
    resource = made_up.fhir()
    resource["contained"] = [
        {
            "resourceType": "ValueSet",
            "id": "all",
            "compose": {"include": [{"valueSet": ["#low"]}, {"system": "urn:x"}]},
        },
        {
            "resourceType": "ValueSet",
            "id": "low",
            "compose": {"include": [{"concept": [{"code": "n", "display": "Never", **weight(0)}]}]},
        },
        {
            "resourceType": "CodeSystem",
            "id": "cs",
            "url": "urn:x",
            "concept": [{"code": "a", "display": "Always", **weight(3)}],
        },
    ]
    for question in resource["item"][0]["item"]:
        del question["answerOption"]
        question["answerValueSet"] = "#all"
    found = read(made_up.as_bytes(resource), "calm.json", Wanted())
    assert [(a.value, a.label) for a in found.questions[0].answers] == [(0, "Never"), (3, "Always")]


def weight(value: int) -> dict[str, object]:
    url = "http://hl7.org/fhir/StructureDefinition/itemWeight"
    return {"extension": [{"url": url, "valueDecimal": value}]}


def test_a_score_through_variables_is_read_and_a_missing_answer_is_not_zero() -> None:
    resource = made_up.fhir()
    lookup = (
        "%questionnaire.item.where(linkId = '{0}').answerOption.where(valueCoding.code=%resource.item"
        ".where(linkId = '{0}').answer.valueCoding.code).extension.where(url='" + made_up.ORDINAL + "').valueDecimal"
    )
    resource["extension"] = [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/variable",
            "valueExpression": {"name": name, "language": "text/fhirpath", "expression": lookup.replace("{0}", code)},
        }
        for name, code in zip("abcd", made_up.CODES, strict=True)
    ]
    terms = " + ".join(f"iif(%{name}.exists(), %{name}, 0)" for name in "abcd")
    score = resource["item"][2]["extension"][0]["valueExpression"]
    score["expression"] = f"iif(%any, {terms}, {{}})"
    (found,) = read(made_up.as_bytes(resource), "calm.json", Wanted()).calculations
    assert (found.score, found.items, found.reversed) == ("sum", made_up.CODES, ())
    score["expression"] = "%resource.item.where(linkId!='calm').answer.value.weight().sum()"
    (found,) = read(made_up.as_bytes(resource), "calm.json", Wanted()).calculations
    assert (found.score, found.items) == ("sum", made_up.CODES)


def test_a_variable_that_needs_itself_is_no_sum() -> None:
    resource = made_up.fhir()
    resource["extension"] = [
        {"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": {"name": n, "expression": e}}
        for n, e in (("a", "%b + 1"), ("b", "%a + 1"))
    ]
    resource["item"][2]["extension"][0]["valueExpression"]["expression"] = "%a"
    found = read(made_up.as_bytes(resource), "calm.json", Wanted())
    assert found.calculations == ()
    assert "%a is defined by itself" in found.notices[0]


def test_answers_that_a_file_has_turned_already_are_noticed() -> None:
    resource = made_up.fhir()
    resource["item"][0]["item"][1]["answerOption"] = [made_up.option(3 - v, w) for v, w in enumerate(made_up.LABELS)]
    assert turned(read(made_up.as_bytes(resource), "calm.json", Wanted())) == {"wind"}
    assert turned(given("fhir")) == frozenset()


def test_headings_over_some_questions_stay_with_them() -> None:
    text = made_up.redcap().replace('"ropes","harbour_calm",""', '"ropes","harbour_calm","And the ropes?"')
    found = read(text.encode(), "calm.csv", Wanted())
    assert [question.group for question in found.questions] == [made_up.FIRST, made_up.FIRST, *["And the ropes?"] * 2]


def test_a_dictionary_slider_and_yes_no() -> None:
    text = made_up.REDCAP_HEAD + made_up.redcap_row("a", "slider", "How <b>calm</b>?", "none | half | full")
    text += made_up.redcap_row("b", "yesno", "Sail set?")
    line, both = read(text.encode(), "d.csv", Wanted()).questions
    assert line.text == "How calm ?" or line.text == "How calm?"
    assert (len(line.answers), line.answers[0].label, line.answers[50].label, line.answers[100].label) == (
        101, "none", "half", "full",
    )  # fmt: skip
    assert {(answer.value, answer.label) for answer in both.answers} == {(1, "Yes"), (0, "No")}


def test_one_form_of_a_dictionary_is_chosen_by_name() -> None:
    text = made_up.redcap() + made_up.redcap_row("other", "yesno", "Other?", form="second")
    assert len(read(text.encode(), "d.csv", Wanted(part="second")).questions) == 1


RANGES = {"a": (0, 3), "b": (0, 3), "c": (1, 5)}


@pytest.mark.parametrize(
    ("written", "score", "items", "reversed_items"),
    [
        ("a + b + c", "sum", ("a", "b", "c"), ()),
        ("sum([a], [b])", "sum", ("a", "b"), ()),
        ("mean(a, 3 - b)", "mean", ("a", "b"), ("b",)),
        ("(a + b + (6 - c)) / 3", "mean", ("a", "b", "c"), ("c",)),
        ("0.5 * a + b * 0.5", "mean", ("a", "b"), ()),
        ("9 - a - c - b + 3", "sum", ("a", "b", "c"), ("a", "b", "c")),
    ],
)
def test_plain_sums_and_means(
    written: str, score: str, items: tuple[str, ...], reversed_items: tuple[str, ...]
) -> None:
    found = read_score(written, RANGES)
    assert (found.score, found.items, found.reversed) == (score, items, reversed_items)


NOT_PLAIN = (
    "a * b", "2*a + b", "round(a + b)", "a + 1", "a - b", "d + a", "5", "", "a +", "(a", "a b", "a ** 2", "a / 0",
    "if(a > 2, 1, 0)", "(" * 500 + "a", "(a, b)", "mean(a, 4 - b)", "a - a", "__import__('os')", "a;b",
)  # fmt: skip


@pytest.mark.parametrize("written", NOT_PLAIN)
def test_anything_else_is_no_score(written: str) -> None:
    with pytest.raises(NotPlain):
        read_score(written, RANGES)
