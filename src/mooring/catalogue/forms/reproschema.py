"""Reads a ReproSchema activity: a schema with its order, items by relative path, response options, calculations."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.archive import Files
from mooring.catalogue.forms.fhir_values import listed, named
from mooring.catalogue.forms.questionnaire import Calculation, LeftOut, Question, Questionnaire, sound
from mooring.catalogue.forms.sums import NotPlain, read_score
from mooring.catalogue.model import Answer

ENDINGS = ("", ".jsonld", ".json")
SCHEMA = re.compile(r"schema(\.jsonld|\.json)?$", re.IGNORECASE)
URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
WHOLE = re.compile(r"-?\d{1,6}")
CHOSEN = {"radio", "select", "slider", "number", ""}
HOPS = 8


def read_reproschema(files: Files, file: str, language: str = "", part: str = "") -> Questionnaire:
    """The questionnaire of an activity's files. ``part`` names one of several schemas. Raises CatalogueError that
    names the member."""
    return _Activity(files, file, language).whole(part)


class _Activity:
    def __init__(self, files: Files, file: str, language: str) -> None:
        self.files, self.file, self.language = files, file, language
        self.parsed: dict[str, Mapping[str, Any]] = {}
        self.notices: list[str] = []
        self.questions: list[Question] = []
        self.left_out: list[LeftOut] = []

    def whole(self, part: str) -> Questionnaire:
        at = self._schema(part)
        schema = self.json(at)
        self.language = self.language or self._languages(schema, at)
        ui = named(schema.get("ui", {}), self.file, f"{at}: ui")
        about = self._about(ui, at)
        for i, one in enumerate(self._ordered(ui, at)):
            self._item(at, one, about, f"{at}: ui.order[{i}]")
        title = self.said(schema.get("prefLabel", schema.get("skos:prefLabel", "")), f"{at}: prefLabel")
        return sound(
            Questionnaire(
                format="reproschema",
                title=title or posixpath.basename(at).removesuffix("_schema"),
                language=self.language,
                instructions=self.said(schema.get("preamble", ""), f"{at}: preamble"),
                licence=self.said(schema.get("license", schema.get("citation", "")), f"{at}: license"),
                questions=tuple(self.questions),
                left_out=tuple(self.left_out),
                calculations=tuple(self._calculations(schema, at, about)),
                notices=tuple(self.notices),
            ),
            self.file,
        )

    def json(self, name: str) -> Mapping[str, Any]:
        """A member as an object. Raises CatalogueError."""
        if name not in self.parsed:
            self.parsed[name] = named(limits.parse_json(self.files[name], f"{self.file}: {name}"), self.file, name)
        return self.parsed[name]

    def _schema(self, part: str) -> str:
        wanted = [name for name in self.files if SCHEMA.search(name) and part in name]
        activities = [name for name in wanted if _kind(self.json(name)) == "Activity"]
        if len(activities) == 1:
            return activities[0]
        if not activities:
            raise CatalogueError(
                self.file, part, "holds no activity", "One file named …_schema has to be a reproschema:Activity"
            )
        names = ", ".join(sorted(activities)[:8])
        raise CatalogueError(self.file, "", f"holds {len(activities)} activities: {names}", "Name one of them")

    def _languages(self, schema: Mapping[str, Any], at: str) -> str:
        texts = (schema.get("prefLabel"), schema.get("preamble"))
        found = [code for text in texts if isinstance(text, dict) for code in text if not code.startswith("@")]
        return "en" if "en" in found or not found else limits.tidy(found[0], self.file, f"{at}: prefLabel", 12)

    def said(self, given: object, place: str) -> str:
        """A text in the language that is read; a text without a language as it is."""
        if isinstance(given, dict):
            given = given.get(self.language, given.get("@value", next(iter(given.values()), "")))
        return limits.tidy(given, self.file, place)

    def _ordered(self, ui: Mapping[str, Any], at: str) -> list[Any]:
        order = ui.get("order")
        if isinstance(order, dict):
            order = order.get("@list")
        found = listed(order, self.file, f"{at}: ui.order")
        if not found:
            raise CatalogueError(self.file, f"{at}: ui.order", "missing", "List the items in the order they are shown")
        if len(found) > 2 * limits.QUESTIONS:
            raise CatalogueError(self.file, f"{at}: ui.order", f"{len(found)} items", "Split it into its measures")
        if ui.get("shuffle") is True:
            self.notices.append(f"{at}: the file shuffles its items; here they keep the order they are listed in.")
        return found

    def _about(self, ui: Mapping[str, Any], at: str) -> dict[str, Mapping[str, Any]]:
        """Member → what the activity says of it: its variable, whether it is seen."""
        found = {}
        for i, one in enumerate(listed(ui.get("addProperties"), self.file, f"{at}: ui.addProperties")):
            place = f"{at}: ui.addProperties[{i}]"
            entry = named(one, self.file, place)
            if isinstance(entry.get("isAbout"), str):
                found[self._spelled(at, entry["isAbout"], place)] = entry
        return found

    def _spelled(self, at: str, reference: object, place: str) -> str:
        """A relative path as the name of a member, there or not. Raises CatalogueError when it leads outside."""
        path = limits.tidy(reference, self.file, place, 300)
        if URL.match(path) or path.startswith(("/", "\\")) or "\\" in path:
            raise CatalogueError(self.file, place, f"{path!r} is not in the folder", "Put it there: nothing is fetched")
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(at), path))
        if joined.startswith(("..", "/")):
            raise CatalogueError(self.file, place, f"{path!r} leads out of the folder", "Put it inside")
        return joined

    def _member(self, at: str, reference: object, place: str) -> str:
        joined = self._spelled(at, reference, place)
        for ending in ENDINGS:
            if joined + ending in self.files:
                return joined + ending
        raise CatalogueError(self.file, place, f"{joined} is not there", "Add that file, or take the line out")

    def _item(self, at: str, reference: object, about: Mapping[str, Mapping[str, Any]], place: str) -> None:
        name = self._member(at, reference, place)
        entry = about.get(self._spelled(at, reference, place), {})
        item = self.json(name)
        if _kind(item) in {"Activity", "Protocol"}:
            raise CatalogueError(self.file, place, f"{name} is an activity within the activity", "List items alone")
        code = limits.tidy(
            entry.get("variableName") or item.get("@id", item.get("id")) or posixpath.basename(name),
            self.file, name, limits.CODE,
        ).removesuffix(".jsonld")  # fmt: skip
        text = self.said(item.get("question", item.get("prefLabel", "")), f"{name}: question")
        found, why = self._answers(name, item)
        if entry.get("isVis") is False:
            found, why = (), "it is hidden"
        if not found:
            self.left_out.append(LeftOut(code, text, why))
            return
        if isinstance(entry.get("isVis"), str):
            self.notices.append(f"{code}: the file shows it only under a condition; here it is always asked.")
        self.questions.append(Question(code, text, found))

    def _answers(self, name: str, item: Mapping[str, Any]) -> tuple[tuple[Answer, ...], str]:
        ui = named(item.get("ui", {}), self.file, f"{name}: ui")
        kind = limits.tidy(ui.get("inputType", item.get("inputType", "")), self.file, f"{name}: ui.inputType", 60)
        if kind not in CHOSEN:
            return (), f"an answer of the kind {kind} has no values"
        options, at = self._options(name, item.get("responseOptions", {}))
        if options.get("multipleChoice") is True:
            return (), "several answers at once"
        choices = options.get("choices")
        if choices is None:
            return self._stops(options, at)
        return self._choices(listed(choices, self.file, f"{at}: choices"), at)

    def _options(self, at: str, given: object) -> tuple[Mapping[str, Any], str]:
        """The response options themselves, followed from file to file."""
        seen = [at]
        while isinstance(given, str):
            at = self._member(at, given, f"{at}: responseOptions")
            if at in seen or len(seen) > HOPS:
                raise CatalogueError(
                    self.file, f"{seen[-1]}: responseOptions", f"{at} leads back to itself", "Write the answers out"
                )
            seen.append(at)
            inner = self.json(at)
            given = inner.get("responseOptions", inner)
        return named(given, self.file, f"{at}: responseOptions"), at

    def _stops(self, options: Mapping[str, Any], at: str) -> tuple[tuple[Answer, ...], str]:
        low, high = (options.get(name, options.get(f"schema:{name}")) for name in ("minValue", "maxValue"))
        if low is None or high is None:
            return (), "a number without a lowest and a highest value"
        first, last = limits.whole(low, self.file, f"{at}: minValue"), limits.whole(high, self.file, f"{at}: maxValue")
        if not 0 < last - first < limits.STOPS:
            return (), f"a number from {first} to {last}: too many stops"
        return tuple(Answer(value, "") for value in range(first, last + 1)), ""

    def _choices(self, choices: list[Any], at: str) -> tuple[tuple[Answer, ...], str]:
        found = []
        for i, one in enumerate(choices):
            place = f"{at}: choices[{i}]"
            choice = named(one, self.file, place)
            value = choice.get("value", choice.get("schema:value"))
            if isinstance(value, str) and WHOLE.fullmatch(value):
                value = int(value)
            if isinstance(value, str | dict | None):
                return (), "its answers have no values"
            label = choice.get("name", choice.get("schema:name", choice.get("prefLabel", "")))
            found.append(Answer(limits.whole(value, self.file, place), self.said(label, place)[: limits.LABEL]))
        if not found:
            raise CatalogueError(self.file, f"{at}: choices", "there is no answer to choose", "Add its choices")
        return tuple(found), ""

    def _calculations(
        self, schema: Mapping[str, Any], at: str, about: Mapping[str, Mapping[str, Any]]
    ) -> list[Calculation]:
        ranges = {question.code: (question.lowest, question.highest) for question in self.questions}
        found = []
        for i, one in enumerate(listed(schema.get("compute"), self.file, f"{at}: compute")):
            place = f"{at}: compute[{i}]"
            entry = named(one, self.file, place)
            code = limits.tidy(entry.get("variableName"), self.file, place, limits.CODE)
            written = limits.tidy(entry.get("jsExpression"), self.file, place, 20_000)
            try:
                score = read_score(written, ranges)
            except NotPlain as reason:
                self.notices.append(f"{place} ({code}): it is not a plain sum or mean, so it is not taken: {reason}.")
            else:
                found.append(Calculation(code, code, score.score, score.items, score.reversed))
        return found


def _kind(thing: Mapping[str, Any]) -> str:
    given = thing.get("@type", thing.get("category", ""))
    kinds = given if isinstance(given, list) else [given]
    return next((str(kind).rsplit(":", 1)[-1].rsplit("/", 1)[-1] for kind in kinds), "")
