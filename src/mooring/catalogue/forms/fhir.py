"""Reads a FHIR R4 Questionnaire. Nothing is fetched: a value set has to be contained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import fhirpath, limits
from mooring.catalogue.forms.fhir_values import (
    MAXIMUM,
    MINIMUM,
    STRUCTURE,
    Values,
    answers,
    extension,
    listed,
    named,
    number_limit,
)
from mooring.catalogue.forms.questionnaire import Calculation, LeftOut, Question, Questionnaire, sound
from mooring.catalogue.forms.sums import NotPlain
from mooring.catalogue.model import Answer

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
VARIABLE = STRUCTURE + "variable"
HIDDEN = STRUCTURE + "questionnaire-hidden"
TYPES = {
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url",
    "choice", "open-choice", "attachment", "reference", "quantity",
}  # fmt: skip
LATER = {"question", "coding"}
"""Types of R5."""


def read_fhir(data: bytes, file: str) -> Questionnaire:
    """The questionnaire of a JSON file. Raises CatalogueError with the JSON path."""
    limits.require_size(data, file)
    return of_resource(limits.parse_json(data, file), file)


def of_resource(given: object, file: str) -> Questionnaire:
    """The questionnaire of a parsed resource."""
    resource = named(given, file, "")
    kind = resource.get("resourceType")
    if kind != "Questionnaire":
        raise CatalogueError(file, "resourceType", f"{kind!r} is no Questionnaire", "Export the Questionnaire itself")
    return _Walk(resource, file).whole()


class _Walk:
    def __init__(self, resource: Mapping[str, Any], file: str) -> None:
        self.resource, self.file = resource, file
        self.values = Values(listed(resource.get("contained"), file, "contained"), file)
        self.questions: list[Question] = []
        self.left_out: list[LeftOut] = []
        self.notices: list[str] = []
        self.instructions: list[str] = []
        self.variables: dict[str, str] = {}
        self.calculated: list[tuple[str, str, str, str]] = []
        self.count = 0

    def whole(self) -> Questionnaire:
        self._variables(self.resource, "")
        self._items(self.resource, "item", "", 0)
        return sound(
            Questionnaire(
                format="fhir",
                title=self._text("title") or self._text("name"),
                language=self._text("language") or "en",
                instructions=" ".join(self.instructions),
                licence=self._text("copyright"),
                questions=tuple(self.questions),
                left_out=tuple(self.left_out),
                calculations=tuple(self._calculations()),
                notices=tuple(self.notices),
            ),
            self.file,
        )

    def _text(self, name: str) -> str:
        return limits.tidy(self.resource[name], self.file, name) if name in self.resource else ""

    def _variables(self, holder: Mapping[str, Any], place: str) -> None:
        for i, one in enumerate(listed(holder.get("extension"), self.file, f"{place}.extension".lstrip("."))):
            found = named(one, self.file, f"{place}.extension[{i}]".lstrip("."))
            expression = found.get("valueExpression")
            if found.get("url") == VARIABLE and isinstance(expression, dict):
                name, written = expression.get("name"), expression.get("expression")
                if isinstance(name, str) and isinstance(written, str):
                    self.variables[name] = written

    def _items(self, holder: Mapping[str, Any], place: str, heading: str, depth: int) -> None:
        if depth > limits.GROUPS:
            raise CatalogueError(self.file, place, f"groups are nested more than {limits.GROUPS} deep", "Flatten them")
        for i, one in enumerate(listed(holder.get("item"), self.file, place)):
            self.count += 1
            if self.count > 2 * limits.QUESTIONS:
                raise CatalogueError(self.file, place, f"more than {2 * limits.QUESTIONS} items", "Split the file")
            self._item(named(one, self.file, f"{place}[{i}]"), f"{place}[{i}]", heading, depth)

    def _item(self, item: Mapping[str, Any], place: str, heading: str, depth: int) -> None:
        code = limits.tidy(item.get("linkId"), self.file, f"{place}.linkId", limits.CODE)
        kind = limits.tidy(item.get("type"), self.file, f"{place}.type", limits.CODE)
        text = limits.tidy(item.get("text", ""), self.file, f"{place}.text")
        if not code:
            raise CatalogueError(self.file, f"{place}.linkId", "empty", "Give each item a linkId")
        if kind not in TYPES:
            mend = "It is of FHIR R5: export as R4" if kind in LATER else f"R4 knows {', '.join(sorted(TYPES))}"
            raise CatalogueError(self.file, f"{place}.type", f"{kind!r} is not known", mend)
        self._variables(item, place)
        if kind == "group":
            if not listed(item.get("item"), self.file, f"{place}.item"):
                raise CatalogueError(self.file, place, "the group is empty", "Leave it out")
            self._items(item, f"{place}.item", " ".join(part for part in (heading, text) if part), depth + 1)
            return
        if kind == "display":
            if not self.questions and not self.left_out and text:
                self.instructions.append(text)
            else:
                self.left_out.append(LeftOut(code, text, "it is only shown"))
        elif not self._calculation(item, code, text, place):
            self._question(item, code, text, heading, place)
        if "item" in item:
            self._items(item, f"{place}.item", heading, depth + 1)

    def _calculation(self, item: Mapping[str, Any], code: str, text: str, place: str) -> bool:
        found = extension(item, (CALCULATED,), self.file, place)
        if found is None:
            return False
        expression = found.get("valueExpression")
        written = expression.get("expression") if isinstance(expression, dict) else None
        if not isinstance(written, str):
            raise CatalogueError(self.file, place, "its calculation has no expression", "Add valueExpression")
        self.calculated.append((code, text or code, written, place))
        return True

    def _question(self, item: Mapping[str, Any], code: str, text: str, heading: str, place: str) -> None:
        found, why = self._answers(item, place)
        if item.get("repeats") is True:
            found, why = (), "several answers at once"
        if extension(item, (HIDDEN,), self.file, place):
            found, why = (), "it is hidden"
        if not found:
            self.left_out.append(LeftOut(code, text, why))
            return
        if item.get("type") == "open-choice":
            self.notices.append(f"{code}: words of one's own are not taken, the answers to choose from are.")
        if item.get("enableWhen"):
            self.notices.append(f"{code}: the file shows it only under a condition; here it is always asked.")
        self.questions.append(Question(code, text, found, group=heading))

    def _answers(self, item: Mapping[str, Any], place: str) -> tuple[tuple[Answer, ...], str]:
        """The answers with values, or why there are none."""
        kind = item["type"]
        if "answerOption" in item or "answerValueSet" in item:
            options = self.values.options(item, place)
            if not options:
                raise CatalogueError(self.file, place, "there is no answer to choose", "Add answerOption")
            return answers(options, self.file), "its answers have no values"
        if kind in {"choice", "open-choice"}:
            raise CatalogueError(
                self.file, place, "it is a choice without answers", "Add answerOption or a contained value set"
            )
        if kind in {"integer", "decimal"}:
            low, high = (number_limit(item, url, self.file, place) for url in (MINIMUM, MAXIMUM))
            if low is None or high is None:
                return (), "a number without a lowest and a highest value"
            if not 0 < high - low < limits.STOPS:
                return (), f"a number from {low} to {high}: too many stops"
            return tuple(Answer(value, "") for value in range(low, high + 1)), ""
        return (), f"an answer of the type {kind} has no values"

    def _calculations(self) -> list[Calculation]:
        ranges = {question.code: (question.lowest, question.highest) for question in self.questions}
        found = []
        for code, title, written, place in self.calculated:
            try:
                score = fhirpath.read(written, self.variables, ranges)
            except NotPlain as reason:
                self.notices.append(
                    f"{place} ({title}): its calculation is not a plain sum or mean, so it is not taken: {reason}."
                )
            else:
                found.append(Calculation(code, title, score.score, score.items, score.reversed))
        return found
