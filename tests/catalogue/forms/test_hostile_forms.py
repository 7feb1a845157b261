"""A file that is malformed or means harm is refused with its place; whatever the bytes, nothing else happens."""

import contextlib
import copy
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mooring.catalogue import CatalogueError
from mooring.catalogue.forms import archive, limits
from mooring.catalogue.forms.questionnaire import Questionnaire
from mooring.catalogue.forms.read import Wanted, read, read_path
from tests.catalogue.forms import made_up


def refused(data: bytes | str, file: str = "calm.json") -> str:
    with pytest.raises(CatalogueError) as caught:
        read(data.encode() if isinstance(data, str) else data, file, Wanted())
    return str(caught.value)


def fhir_with(change: Callable[[dict[str, Any]], object]) -> str:
    resource = copy.deepcopy(made_up.fhir())
    change(resource)
    return refused(made_up.as_bytes(resource))


def first(resource: dict[str, Any]) -> dict[str, Any]:
    question: dict[str, Any] = resource["item"][0]["item"][0]
    return question


def weigh(resource: dict[str, Any], value: Any) -> None:
    first(resource)["answerOption"][1]["valueCoding"]["extension"][0]["valueDecimal"] = value


FHIR: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another resource": (lambda r: r.update(resourceType="Patient"), "resourceType: 'Patient' is no Questionnaire"),
    "a code twice": (lambda r: r["item"][0]["item"][1].update(linkId="rest"), "rest: this code stands there twice"),
    "a code missing": (lambda r: first(r).pop("linkId"), "item[0].item[0].linkId: None is not text"),
    "an unknown type": (lambda r: first(r).update(type="radio"), "item[0].item[0].type: 'radio' is not known"),
    "a type of R5": (lambda r: first(r).update(type="coding"), "It is of FHIR R5"),
    "no answers": (lambda r: first(r).pop("answerOption"), "item[0].item[0]: it is a choice without answers"),
    "an empty list of answers": (lambda r: first(r).update(answerOption=[]), "item[0].item[0]: there is no answer"),
    "one answer": (lambda r: first(r).update(answerOption=first(r)["answerOption"][:1]), "rest: 1 answers"),
    "half of the values": (
        lambda r: first(r)["answerOption"][1]["valueCoding"].pop("extension"),
        "item[0].item[0].answerOption[1]: “Sometimes” has no value",
    ),
    "half a point": (lambda r: weigh(r, 1.5), "item[0].item[0].answerOption[1].valueCoding: 1.5 is not a whole"),
    "a value in words": (lambda r: weigh(r, "high"), "'high' is not a whole number"),
    "a value that is true": (lambda r: weigh(r, True), "True is not a whole number"),
    "a huge value": (lambda r: weigh(r, 10**9), "1000000000 is out of range"),
    "a value twice": (lambda r: weigh(r, 0), "rest: two answers have the value 0"),
    "options and a value set": (lambda r: first(r).update(answerValueSet="#x"), "has both answerOption and"),
    "a value set elsewhere": (
        lambda r: (first(r).pop("answerOption"), first(r).update(answerValueSet="http://example.org/vs")),
        "the value set http://example.org/vs is not in the file. Contain it: nothing is fetched",
    ),
    "a group without items": (lambda r: r["item"][0].update(item=[]), "item[0]: the group is empty"),
    "items that are no list": (lambda r: r.update(item={"a": 1}), "item: a list is expected"),
    "an item that is no object": (lambda r: r["item"].append(7), "item[3]: an object is expected"),
    "brackets": (lambda r: first(r).update(text="I slept {when}."), "rest: has curly brackets"),
    "half a letter": (lambda r: first(r).update(text="\ud83d"), "item[0].item[0].text: holds half of a letter"),
    "no language": (lambda r: r.update(language="the old one"), "language: 'the old one' is no language"),
    "a long text": (lambda r: first(r).update(text="a" * 3000), "item[0].item[0].text: has 3000 letters"),
    "no words": (lambda r: first(r).update(text="\u200b\u0007 "), ""),
    "nothing scored": (lambda r: r.update(item=r["item"][1:2]), "no question has answers with values"),
    "too many": (
        lambda r: r.update(item=[dict(first(r), linkId=f"q{i}") for i in range(301)]),
        "more than 300 questions",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in FHIR if name != "no words"])
def test_a_fhir_file_is_refused_with_its_place(name: str) -> None:
    change, said = FHIR[name]
    assert said in fhir_with(change)


def test_letters_that_cannot_be_seen_are_left_out() -> None:
    resource = made_up.fhir()
    first(resource)["text"] = "I\u202e slept\x07\n\tthrough."
    assert read(made_up.as_bytes(resource), "a.json", Wanted()).questions[0].text == "I slept through."


def nested(depth: int) -> dict[str, Any]:
    item: dict[str, Any] = dict(first(made_up.fhir()))
    for level in range(depth):
        item = {"linkId": f"g{level}", "type": "group", "item": [item]}
    return {"resourceType": "Questionnaire", "title": "Deep", "item": [item]}


def test_groups_may_be_nested_but_not_endlessly() -> None:
    assert len(read(made_up.as_bytes(nested(10)), "a.json", Wanted()).questions) == 1
    assert "nested more than 12 deep" in refused(made_up.as_bytes(nested(20)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "line 1, column 65: is nested more than 64 deep"),
        ('{"a":' * 100_000, "is nested more than 64 deep"),
        ('{"resourceType": "Questionnaire", "title": NaN}', "line 1, column 44: is not a number"),
        ('{"a": [1,\n -Infinity]}', "line 2, column 2: is not a number"),
        ('{"a": 1e999}', "1e999 is too large"),
        ('{"a": ' + "9" * 6000 + "}", "a number that cannot be used"),
        ('{"title": "a", "title": "b"}', "title: stands twice in the same object"),
        ('{"a": "b",}', "line 1, column"),
        ('{"a": "NaN [[[", ', "is not JSON"),
        ("{'a': 1}", "line 1, column 2: is not JSON"),
        ("[]", "an object is expected"),
        ('{"@type": "reproschema:Activity"}', "Pack the whole folder as a zip"),
        ("<Questionnaire/>", "XML is not read"),
        ("", "is empty"),
    ],
)
def test_json_is_read_strictly(text: str, said: str) -> None:
    assert said in refused(text)


def test_other_encodings_yaml_and_huge_files_are_refused() -> None:
    assert "line 2: is not UTF-8 text (byte 24)" in refused(
        "number,text,min,max\n1,Grün,0,3\n".encode("latin-1"), "a.csv"
    )
    assert "zero byte" in refused("number,text\n".encode("utf-16-le"), "a.csv")
    assert "YAML is not read" in refused("a: &a [*a]", "a.yaml")
    assert "Save it as CSV" in refused("%PDF-1.7", "a")
    assert "Save it as CSV" in refused("PK anything", "a.xlsx")
    assert "900,000" in refused(b" " * (limits.FILE + 1))


@pytest.mark.parametrize(("file", "data"), [("a.pdf", b"%PDF-1.7"), ("a", b"%PDF-1.7"), ("A.XLSX", b"PK\x03\x04")])
def test_a_document_or_spreadsheet_is_told_what_to_be_saved_as(file: str, data: bytes) -> None:
    assert "is not read. Save it as CSV" in refused(data, file)


def test_value_sets_that_lead_in_a_circle_are_refused() -> None:
    def circle(resource: dict[str, Any]) -> None:
        resource["contained"] = [
            {"resourceType": "ValueSet", "id": a, "compose": {"include": [{"valueSet": [f"#{b}"]}]}}
            for a, b in (("a", "b"), ("b", "a"))
        ]
        del first(resource)["answerOption"]
        first(resource)["answerValueSet"] = "#a"

    assert "contained[1].compose.include[0]: the value set #a includes itself" in fhir_with(circle)


def test_value_sets_that_multiply_are_refused_before_they_do() -> None:
    def laughs(resource: dict[str, Any]) -> None:
        resource["contained"] = [
            {"resourceType": "ValueSet", "id": f"s{i}", "compose": {"include": [{"valueSet": [f"#s{i + 1}"] * 2}]}}
            for i in range(40)
        ] + [{"resourceType": "ValueSet", "id": "s40", "compose": {"include": []}}]
        del first(resource)["answerOption"]
        first(resource)["answerValueSet"] = "#s0"

    assert "include too many others" in fhir_with(laughs)


@pytest.mark.parametrize("many", [2, 1])
def test_variables_that_multiply_or_go_deep_are_no_sum(many: int) -> None:
    resource = made_up.fhir()
    resource["extension"] = [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/variable",
            "valueExpression": {"name": f"v{i}", "expression": " + ".join([f"%v{i + 1}"] * many) + " + 0"},
        }
        for i in range(900)
    ]
    resource["item"][2]["extension"][0]["valueExpression"]["expression"] = "%v0"
    found = read(made_up.as_bytes(resource), "a.json", Wanted())
    assert found.calculations == ()
    assert "it is too long" in found.notices[0]


def test_a_long_cell_is_read_in_time() -> None:
    text = made_up.REDCAP_HEAD + made_up.redcap_row("a", "radio", "A?", "0" + " " * 100_000 + "x | 1, Yes")
    assert "is no answer" in refused(text, "d.csv")


# ReproSchema


def activity_with(change: Callable[[dict[str, Any]], object], links: tuple[str, ...] = ()) -> str:
    members = copy.deepcopy(made_up.activity())
    change(members)
    return refused(made_up.zipped(members, links), "calm.zip")


def order(members: dict[str, Any]) -> list[Any]:
    found: list[Any] = members["calm/calm_schema"]["ui"]["order"]
    return found


def choices(members: dict[str, Any]) -> list[Any]:
    found: list[Any] = members["calm/options"]["choices"]
    return found


REPROSCHEMA: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a path out of the folder": (
        lambda m: order(m).append("../../etc/passwd"), "calm/calm_schema: ui.order[5]: '../../etc/passwd' leads out",
    ),
    "an absolute path": (lambda m: order(m).append("/etc/passwd"), "ui.order[5]: '/etc/passwd' is not in the folder"),
    "an address": (lambda m: order(m).append("https://example.org/i"), "nothing is fetched"),
    "a drive": (lambda m: order(m).append("C:\\items\\a"), "is not in the folder"),
    "a file that is not there": (lambda m: order(m).append("items/none"), "calm/items/none is not there"),
    "no order": (lambda m: m["calm/calm_schema"]["ui"].pop("order"), "calm/calm_schema: ui.order: missing"),
    "an item twice": (lambda m: order(m).append("items/rest"), "rest: this code stands there twice"),
    "the schema itself as an item": (lambda m: order(m).append("calm_schema"), "is an activity within the activity"),
    "options in a circle": (
        lambda m: m.update(
            {"calm/o2": {"responseOptions": "options"}, "calm/options": {"responseOptions": "o2"}}
        ),
        "calm/o2: responseOptions: calm/options leads back to itself",
    ),
    "no choices": (lambda m: m["calm/options"].update(choices=[]), "calm/options: choices: there is no answer"),
    "a value of 1.5": (lambda m: choices(m)[1].update(value=1.5), "calm/options: choices[1]: 1.5 is not a whole"),
    "choices that are no list": (lambda m: m["calm/options"].update(choices="x"), "choices: a list is expected"),
    "no activity": (lambda m: m["calm/calm_schema"].update({"@type": "reproschema:Protocol"}), "holds no activity"),
    "two activities": (lambda m: m.update({"b_schema": m["calm/calm_schema"]}), "holds 2 activities"),
    "a broken member": (lambda m: m.update({"calm/items/rest": "{"}), "calm.zip: calm/items/rest: line 1"),
    "a member that leads out": (lambda m: m.update({"../evil": "x"}), "../evil: leads out of the zip"),
    "an absolute member": (lambda m: m.update({"/evil": "x"}), "/evil: leads out of the zip"),
    "a member on a drive": (lambda m: m.update({"C:evil": "x"}), "C:evil: leads out of the zip"),
    "a backslash": (lambda m: m.update({"..\\evil": "x"}), "leads out of the zip"),
    "too many members": (lambda m: m.update({f"x{i}": "x" for i in range(700)}), "at most 600"),
    "a bomb": (lambda m: m.update({"zeros": b"0" * 3_000_000}), "zeros: unpacks to more"),
    "many small bombs": (
        lambda m: m.update({f"z{i}": b"0" * 800_000 for i in range(8)}), "unpacks to more than a questionnaire needs",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPROSCHEMA)
def test_an_activity_is_refused_with_the_member(name: str) -> None:
    change, said = REPROSCHEMA[name]
    assert said in activity_with(change)


def test_a_link_in_a_zip_is_refused() -> None:
    members = made_up.activity() | {"calm/link": "/etc/passwd"}
    assert "calm/link: is a link" in refused(made_up.zipped(members, ("calm/link",)), "calm.zip")


def test_a_member_that_lies_about_its_size_is_not_unpacked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(made_up.zipped({"calm_schema": b"0" * 2_000_000}))
    real = (2_000_000).to_bytes(4, "little")
    assert real in data
    lying = bytes(data).replace(real, (10).to_bytes(4, "little"))
    with pytest.raises(CatalogueError):
        archive.of_zip(lying, "calm.zip")


def test_a_damaged_or_locked_zip_is_refused() -> None:
    whole = made_up.zipped(made_up.activity())
    assert "calm.zip" in refused(whole[: len(whole) // 2], "calm.zip")
    assert "calm.zip" in refused(b"PK\x03\x04" + b"\x00" * 50, "calm.zip")
    locked = bytearray(whole)
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "locked with a password" in refused(bytes(locked), "calm.zip")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as rare:
        rare.writestr("calm_schema", "{}")
    assert "rare way" in refused(out.getvalue(), "calm.zip")


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calm_schema").symlink_to("/etc/passwd")
    with pytest.raises(CatalogueError, match="calm_schema: is a link"):
        read_path(tmp_path, Wanted())


# REDCap and tables

ROW = made_up.redcap_row
DICTIONARY: dict[str, tuple[str, str]] = {
    "two forms": (ROW("a", "yesno", "A?") + ROW("b", "yesno", "B?", form="other"), "Form Name: holds 2 forms"),
    "an unknown type": (ROW("a", "wheel", "A?"), "line 2, field type: 'wheel' is not known"),
    "no choices": (ROW("a", "radio", "A?"), "line 2, choices, calculations, or slider labels: there is no answer"),
    "a choice without a comma": (ROW("a", "radio", "A?", "0, No | Yes"), "'Yes' is no answer"),
    "no name": (ROW("", "yesno", "A?"), "line 2, variable / field name: empty"),
    "a name twice": (ROW("a", "yesno", "A?") + ROW("a", "yesno", "B?"), "a: this code stands there twice"),
    "letters for values": (ROW("a", "radio", "A?", "m, Man | w, Woman"), "no question has answers with values"),
    "an open quote": ('"a,harbour\n', "line 2: cannot be read as CSV"),
    "too many cells": ("a," * 40 + "\n", "line 2: 41 cells under 18 headings"),
}


@pytest.mark.parametrize("name", DICTIONARY)
def test_a_dictionary_is_refused_with_its_line(name: str) -> None:
    text, said = DICTIONARY[name]
    assert said in refused(made_up.REDCAP_HEAD + text, "d.csv")


TABLES: dict[str, tuple[str, str]] = {
    "a column missing": ("number,text,min\n1,A,0\n", "line 1: the column “max” is missing"),
    "a column unknown": ("number,text,min,max,colour\n1,A,0,3,x\n", "the column “colour” is not known"),
    "a column twice": ("number,text,text,min,max\n1,A,A,0,3\n", "stands there twice"),
    "a number in words": ("number,text,min,max\none,A,0,3\n", "line 2, number: 'one' is not a whole number"),
    "a half": ("number,text,min,max\n1,A,0.5,3\n", "line 2, min: '0.5' is not a whole number"),
    "not a number": ("number,text,min,max\n1,A,0,NaN\n", "line 2, max: 'NaN' is not a whole number"),
    "falling": ("number,text,min,max\n1,A,3,0\n", "line 2, max: answers from 3 to 0"),
    "endless": ("number,text,min,max\n1,A,0,999\n", "line 2, max: answers from 0 to 999"),
    "labels": ("number,text,min,max,labels\n1,A,0,3,a|b|c\n", "line 2, labels: 3 labels for 4 answers"),
    "reversed": ("number,text,min,max,reversed\n1,A,0,3,perhaps\n", "line 2, reversed: 'perhaps' is neither"),
    "a number twice": ("number,text,min,max\n1,A,0,3\n1,B,0,3\n", "1: this code stands there twice"),
    "out of order": ("number,text,min,max\n2,A,0,3\n1,B,0,3\n", "do not stand in the order"),
    "only headings": ("number,text,min,max\n", "holds no row"),
    "no headings": ("hello\nworld\n", "the column “number” is missing"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_refused_with_its_line(name: str) -> None:
    text, said = TABLES[name]
    assert said in refused(text, "t.csv")


# Any bytes at all

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SETTINGS = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def harmless(data: bytes, file: str) -> None:
    with contextlib.suppress(CatalogueError):
        assert isinstance(read(data, file, Wanted()), Questionnaire)


@SETTINGS
@given(st.sampled_from(sorted(made_up.FILES)), st.integers(0, 10**6), st.binary(max_size=4), st.integers(0, 3))
def test_any_change_of_bytes_is_read_or_refused(name: str, at: int, new: bytes, cut: int) -> None:
    file, data = made_up.FILES[name]
    at %= len(data)
    harmless(data[:at] + new + data[at + cut :], file)


@SETTINGS
@given(st.integers(0, 10**9), ANY_JSON)
def test_any_value_anywhere_in_a_fhir_file_is_read_or_refused(seed: int, value: Any) -> None:
    harmless(put(made_up.fhir(), value, random.Random(seed)), "a.json")


@SETTINGS
@given(st.integers(0, 10**9), ANY_JSON, st.sampled_from([n for n in made_up.activity() if "/" in n]))
def test_any_value_anywhere_in_an_activity_is_read_or_refused(seed: int, value: Any, member: str) -> None:
    members = made_up.activity()
    members[member] = put(members[member], value, random.Random(seed))
    harmless(made_up.zipped(members), "a.zip")


def put(thing: Any, value: Any, rng: random.Random) -> bytes:
    """The thing with some part of it replaced."""
    thing = copy.deepcopy(thing)
    at = thing
    while True:
        key = rng.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.8:
            at = at[key]
            continue
        at[key] = value
        return json.dumps(thing).encode()
