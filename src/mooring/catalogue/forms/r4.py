"""The rules of a FHIR R4 Questionnaire that this program's own exports are held to: value sets, cardinalities, and
the invariants que-1 to que-13 of the resource (hl7.org/fhir/R4/questionnaire.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mooring.catalogue.forms.fhir import TYPES

STATUS = {"draft", "active", "retired", "unknown"}
RESOURCE = {
    "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "url", "identifier",
    "version", "name", "title", "derivedFrom", "status", "experimental", "subjectType", "date", "publisher",
    "contact", "description", "useContext", "jurisdiction", "purpose", "copyright", "approvalDate", "lastReviewDate",
    "effectivePeriod", "code", "item",
}  # fmt: skip
ITEM = {
    "id", "extension", "modifierExtension", "linkId", "definition", "code", "prefix", "text", "type", "enableWhen",
    "enableBehavior", "required", "repeats", "readOnly", "maxLength", "answerValueSet", "answerOption", "initial",
    "item",
}  # fmt: skip
WITH_OPTIONS = {"choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"}
WITH_LENGTH = {"boolean", "decimal", "integer", "string", "text", "url", "open-choice"}
NAME = re.compile(r"[A-Z]([A-Za-z0-9_]){0,254}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
CODE = re.compile(r"[^\s]+(\s[^\s]+)*")


def problems(resource: Mapping[str, Any]) -> list[str]:
    """What R4 does not allow, with its JSON path; empty when all is well."""
    found = [f"{name}: no element of a Questionnaire" for name in resource if name not in RESOURCE]
    if resource.get("resourceType") != "Questionnaire":
        found.append("resourceType: is not Questionnaire")
    if resource.get("status") not in STATUS:
        found.append(f"status: is not one of {', '.join(sorted(STATUS))}")
    if "name" in resource and not NAME.fullmatch(str(resource["name"])):
        found.append("name: que-0, no name that a program can use")
    if "language" in resource and not LANGUAGE.fullmatch(str(resource["language"])):
        found.append("language: is no language code")
    seen: set[str] = set()
    for i, item in enumerate(resource.get("item", [])):
        found.extend(_item(item, f"item[{i}]", seen))
    found.extend(_empty(resource, ""))
    return found


def _item(item: Mapping[str, Any], place: str, seen: set[str]) -> Iterator[str]:
    kind, code = item.get("type"), item.get("linkId")
    yield from (f"{place}.{name}: no element of an item" for name in item if name not in ITEM)
    if kind not in TYPES:
        yield f"{place}.type: {kind!r} is not of the value set"
    if not isinstance(code, str) or not code.strip():
        yield f"{place}.linkId: missing"
    elif code in seen:
        yield f"{place}.linkId: que-2, {code!r} stands there twice"
    else:
        seen.add(code)
    yield from (f"{place}: {rule}" for rule in _broken(item, str(kind)))
    for i, option in enumerate(item.get("answerOption", [])):
        yield from _option(option, f"{place}.answerOption[{i}]")
    for i, inner in enumerate(item.get("item", [])):
        yield from _item(inner, f"{place}.item[{i}]", seen)


def _broken(item: Mapping[str, Any], kind: str) -> Iterator[str]:
    has = set(item)
    rules = (
        ("que-1, a group has items", kind == "group" and "item" not in has),
        ("que-1, a display has none", kind == "display" and "item" in has),
        ("que-3, a display has no code", kind == "display" and "code" in has),
        ("que-4, both answerOption and answerValueSet", {"answerOption", "answerValueSet"} <= has),
        ("que-5, answers to choose from", bool({"answerOption", "answerValueSet"} & has) and kind not in WITH_OPTIONS),
        (
            "que-6, a display is neither required nor repeated",
            kind == "display" and bool({"required", "repeats"} & has),
        ),
        ("que-8, initial", kind in {"group", "display"} and "initial" in has),
        ("que-9, a display is not readOnly", kind == "display" and "readOnly" in has),
        ("que-10, maxLength", "maxLength" in has and kind not in WITH_LENGTH),
        ("que-11, both answerOption and initial", {"answerOption", "initial"} <= has),
        ("que-12, enableBehavior is missing", len(item.get("enableWhen", [])) > 1 and "enableBehavior" not in has),
        ("que-13, several initial values", len(item.get("initial", [])) > 1 and item.get("repeats") is not True),
    )
    yield from (rule for rule, broken in rules if broken)


def _option(option: Mapping[str, Any], place: str) -> Iterator[str]:
    kinds = {"valueInteger", "valueDate", "valueTime", "valueString", "valueCoding", "valueReference"}
    given = kinds & set(option)
    if len(given) != 1:
        yield f"{place}: exactly one value is needed"
    coding = option.get("valueCoding", {})
    if "code" in coding and not CODE.fullmatch(str(coding["code"])):
        yield f"{place}.valueCoding.code: no code"
    for extension in (*option.get("extension", []), *coding.get("extension", [])):
        if "url" not in extension or len([name for name in extension if name.startswith("value")]) != 1:
            yield f"{place}: an extension has an address and one value"


def _empty(held: object, place: str) -> Iterator[str]:
    """Nothing empty stands in FHIR's JSON."""
    if held is None or held in ("", [], {}):
        yield f"{place}: empty"
    inside = held.items() if isinstance(held, Mapping) else enumerate(held) if isinstance(held, list) else ()
    for name, inner in inside:
        yield from _empty(inner, f"{place}.{name}".lstrip("."))
