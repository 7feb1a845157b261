"""One small questionnaire of our own words in each format: four questions, the second and the fourth turned."""

import io
import json
import stat
import zipfile
from typing import Any

TEXTS = (
    "I slept through the storm.",
    "The wind kept me awake.",
    "I trusted the ropes.",
    "I checked the knots again and again.",
)
LABELS = ("Never", "Sometimes", "Often", "Always")
CODES = ("rest", "wind", "ropes", "knots")
TURNED = ("wind", "knots")
FIRST = "Think of the last storm."
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def option(value: Any, label: str) -> dict[str, Any]:
    return {
        "valueCoding": {
            "code": label.lower(),
            "display": label,
            "extension": [{"url": ORDINAL, "valueDecimal": value}],
        }
    }


def fhir() -> dict[str, Any]:
    terms = " + ".join(
        f"%resource.repeat(item).where(linkId='{code}').answer.value.ordinal()"
        if code not in TURNED
        else f"(3 - %resource.repeat(item).where(linkId='{code}').answer.value.ordinal())"
        for code in CODES
    )
    questions = [
        {
            "linkId": code,
            "text": text,
            "type": "choice",
            "answerOption": [option(value, label) for value, label in enumerate(LABELS)],
        }
        for code, text in zip(CODES, TEXTS, strict=True)
    ]
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": "Harbour calm",
        "language": "en",
        "copyright": "Made up for a test.",
        "item": [
            {"linkId": "all", "type": "group", "text": FIRST, "item": questions},
            {"linkId": "more", "type": "text", "text": "Anything else?"},
            {
                "linkId": "calm",
                "type": "decimal",
                "text": "Calm",
                "readOnly": True,
                "extension": [
                    {
                        "url": CALCULATED,
                        "valueExpression": {"language": "text/fhirpath", "expression": f"({terms}) / 4"},
                    }
                ],
            },
        ],
    }


def as_bytes(thing: Any) -> bytes:
    return json.dumps(thing).encode()


def activity() -> dict[str, Any]:
    """Member → content of a ReproSchema activity."""
    members: dict[str, Any] = {
        "calm/calm_schema": {
            "@type": "reproschema:Activity",
            "@id": "calm_schema",
            "prefLabel": {"en": "Harbour calm", "de": "Ruhe im Hafen"},
            "preamble": {"en": FIRST},
            "compute": [{"variableName": "calm", "jsExpression": "(rest + (3 - wind) + ropes + (3 - knots)) / 4"}],
            "ui": {
                "order": [*(f"items/{code}" for code in CODES), "items/more"],
                "addProperties": [{"isAbout": f"items/{code}", "variableName": code} for code in CODES],
                "shuffle": False,
            },
        },
        "calm/options": {
            "@type": "reproschema:ResponseOption",
            "valueType": "xsd:integer",
            "choices": [{"name": {"en": label}, "value": value} for value, label in enumerate(LABELS)],
        },
        "calm/items/more": {
            "@type": "reproschema:Field",
            "question": {"en": "Anything else?"},
            "ui": {"inputType": "text"},
            "responseOptions": {"valueType": "xsd:string"},
        },
        "README.md": "not JSON",
    }
    for code, text in zip(CODES, TEXTS, strict=True):
        members[f"calm/items/{code}"] = {
            "@type": "reproschema:Field",
            "question": {"en": text},
            "ui": {"inputType": "radio"},
            "responseOptions": "../options",
        }
    return members


def zipped(members: dict[str, Any], links: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFLNK | 0o777 if name in links else stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content if isinstance(content, str | bytes) else json.dumps(content))
    return out.getvalue()


REDCAP_HEAD = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max",Identifier?,"Branching Logic (Show field only if...)",'
    '"Required Field?","Custom Alignment","Question Number (surveys only)","Matrix Group Name","Matrix Ranking?",'
    '"Field Annotation"\n'
)


def redcap_row(
    name: str, kind: str, label: str, choices: str = "", header: str = "", form: str = "harbour_calm"
) -> str:
    cells = [name, form, header, kind, label, choices, *[""] * 12]
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def redcap() -> str:
    choices = " | ".join(f"{value}, {label}" for value, label in enumerate(LABELS))
    rows = [
        redcap_row(code, "radio", text, choices, FIRST if code == "rest" else "")
        for code, text in zip(CODES, TEXTS, strict=True)
    ]
    rows.append(redcap_row("more", "notes", "Anything else?"))
    rows.append(redcap_row("calm", "calc", "Calm", "mean([rest], 3 - [wind], [ropes], 3-[knots])"))
    return REDCAP_HEAD + "".join(rows)


def table() -> str:
    lines = ["number,code,text,min,max,labels,reversed,scale"]
    lines += [
        f'{number},{code},"{text}",0,3,{"|".join(LABELS)},{"yes" if code in TURNED else "no"},Calm'
        for number, (code, text) in enumerate(zip(CODES, TEXTS, strict=True), start=1)
    ]
    return "\n".join(lines) + "\n"


FILES = {
    "fhir": ("calm.json", as_bytes(fhir())),
    "reproschema": ("calm.zip", zipped(activity())),
    "redcap": ("calm_dictionary.csv", redcap().encode()),
    "table": ("harbour-calm.csv", table().encode()),
}
