"""Any measure as a FHIR R4 Questionnaire: its wording where it has one, its answers with their values, its scores."""

from __future__ import annotations

import json
import re
from typing import Any

from mooring.catalogue.forms.fhir import CALCULATED
from mooring.catalogue.forms.fhir_values import ORDINALS
from mooring.catalogue.model import FULL, Answer, Instrument, Item, Scale, Wording

ORDINAL = ORDINALS[0]
SCORE = "score-"
"""Before a scale's code: the linkId of its score."""
LONGEST_NAME = 120


def as_questionnaire(measure: Instrument, language: str = "") -> dict[str, Any]:
    """The resource. A key of the catalogue has no wording: its items then say only their numbers."""
    wording = measure.wording.get(language) or next(iter(measure.wording.values()), None)
    items: list[dict[str, Any]] = []
    for said, code in ((wording.before, "before"), (wording.instructions, "instructions")) if wording else ():
        if said:
            items.append({"linkId": code, "text": said, "type": "display"})
    asked = measure.forms[FULL].items if FULL in measure.forms else ()
    items += [_question(measure.item(code), wording) for code in asked]
    items += [_score(measure, scale, wording) for scale in measure.scales if asked]
    resource = {
        "resourceType": "Questionnaire",
        "language": wording.language if wording else "en",
        "version": str(measure.version),
        "name": _name(measure.key),
        "title": wording.title if wording else measure.title,
        "status": "active",
        "subjectType": ["Patient"],
        "copyright": measure.licence,
        "item": items,
    }
    return {name: held for name, held in resource.items() if held}


def as_json(measure: Instrument, language: str = "") -> str:
    """The same as text, indented."""
    return json.dumps(as_questionnaire(measure, language), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _name(key: str) -> str:
    words = "".join(word.capitalize() for word in re.split(r"[^A-Za-z0-9]+", key))
    return (words if words[:1].isalpha() else f"Measure{words}")[:LONGEST_NAME]


def _question(item: Item, wording: Wording | None) -> dict[str, Any]:
    answers = wording.answers_to(item.code) if wording else ()
    if not answers:
        answers = tuple(Answer(value, "") for value in range(item.minimum, item.maximum + 1))
    return {
        "linkId": item.code,
        "prefix": str(item.number),
        "text": wording.items[item.code] if wording else f"Item {item.number}",
        "type": "choice",
        "answerOption": [_option(answer) for answer in answers],
    }


def _option(answer: Answer) -> dict[str, Any]:
    coding: dict[str, Any] = {
        "extension": [{"url": ORDINAL, "valueDecimal": answer.value}],
        "code": str(answer.value),
    }
    if answer.label:
        coding["display"] = answer.label
    return {"valueCoding": coding}


def _score(measure: Instrument, scale: Scale, wording: Wording | None) -> dict[str, Any]:
    """A field that calculates itself. It stays empty when an answer is missing: never a zero for it."""
    items = measure.scored_items(scale.code)
    terms = [_term(item) for item in items]
    total = " + ".join(terms)
    return {
        "extension": [
            {
                "url": CALCULATED,
                "valueExpression": {
                    "language": "text/fhirpath",
                    "expression": total if scale.score == "sum" else f"({total}) / {len(items)}",
                },
            }
        ],
        "linkId": f"{SCORE}{scale.code}",
        "text": wording.scales.get(scale.code, scale.title) if wording else scale.title,
        "type": "decimal",
        "readOnly": True,
    }


def _term(item: Item) -> str:
    value = f"%resource.repeat(item).where(linkId='{item.code}').answer.value.ordinal()"
    return f"({item.minimum + item.maximum} - {value})" if item.reversed else value
