"""The answers of a FHIR R4 question: its answerOption, or a value set contained in the same file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.model import Answer

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
ORDINALS = tuple(
    STRUCTURE + name
    for name in (
        "ordinalValue",
        "itemWeight",
        "questionnaire-ordinalValue",
        "codesystem-ordinalValue",
        "valueset-ordinalValue",
    )
)
OPENED = 3000
"""Value sets opened for one questionnaire: sets that include each other twice over would never end."""
MINIMUM, MAXIMUM = STRUCTURE + "minValue", STRUCTURE + "maxValue"


@dataclass(frozen=True)
class Option:
    """An answer as written: its words and its value, where it has one."""

    label: str
    value: int | None
    place: str


def listed(value: object, file: str, place: str) -> list[Any]:
    """A JSON array, empty where nothing is given. Raises CatalogueError for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise CatalogueError(file, place, "a list is expected", "Write it in [square brackets]")
    return value


def named(value: object, file: str, place: str) -> Mapping[str, Any]:
    """A JSON object. Raises CatalogueError for anything else."""
    if not isinstance(value, dict):
        raise CatalogueError(file, place, "an object is expected", "Write it in {curly brackets}")
    return value


def extension(holder: Mapping[str, Any], urls: Sequence[str], file: str, place: str) -> Mapping[str, Any] | None:
    """The first of these extensions that an element carries."""
    for i, one in enumerate(listed(holder.get("extension"), file, f"{place}.extension")):
        found = named(one, file, f"{place}.extension[{i}]")
        if found.get("url") in urls:
            return found
    return None


def ordinal(holder: Mapping[str, Any], file: str, place: str) -> int | None:
    """The value that an answer counts for; none where none is stated. Raises CatalogueError for 1.5 or "high"."""
    found = extension(holder, ORDINALS, file, place)
    if found is None:
        return None
    given = next((found[name] for name in ("valueDecimal", "valueInteger") if name in found), None)
    if given is None:
        raise CatalogueError(file, place, "its ordinal value has no number", "Add valueDecimal")
    return limits.whole(given, file, place)


def number_limit(item: Mapping[str, Any], url: str, file: str, place: str) -> int | None:
    """The lowest or highest number an integer question takes; none where none is stated."""
    found = extension(item, (url,), file, place)
    if found is None:
        return None
    given = next((found[name] for name in ("valueInteger", "valueDecimal") if name in found), None)
    return None if given is None else limits.whole(given, file, place)


class Values:
    """The contained value sets of one questionnaire."""

    def __init__(self, contained: list[Any], file: str) -> None:
        self.file, self.opened = file, 0
        self.sets: dict[str, tuple[Mapping[str, Any], str]] = {}
        self.systems: dict[str, tuple[Mapping[str, Any], str]] = {}
        for i, one in enumerate(contained):
            place = f"contained[{i}]"
            found = named(one, file, place)
            kind = found.get("resourceType")
            if kind == "ValueSet":
                for name in self._names(found, place):
                    self.sets[name] = (found, place)
            elif kind == "CodeSystem" and isinstance(found.get("url"), str):
                self.systems[found["url"]] = (found, place)

    def _names(self, found: Mapping[str, Any], place: str) -> Iterator[str]:
        if not isinstance(found.get("id"), str):
            raise CatalogueError(self.file, place, "the contained resource has no id", "Give it one")
        yield f"#{found['id']}"
        if isinstance(found.get("url"), str):
            yield found["url"].split("|")[0]

    def options(self, item: Mapping[str, Any], place: str) -> list[Option]:
        """What can be chosen, in the order written. Raises CatalogueError."""
        own, reference = item.get("answerOption"), item.get("answerValueSet")
        if own is not None and reference is not None:
            raise CatalogueError(self.file, place, "has both answerOption and answerValueSet", "Keep one of them")
        if reference is not None:
            return list(self._of_set(reference, place, ()))
        given = listed(own, self.file, f"{place}.answerOption")
        return [self._option(one, f"{place}.answerOption[{i}]") for i, one in enumerate(given)]

    def _option(self, given: object, place: str) -> Option:
        option = named(given, self.file, place)
        value = ordinal(option, self.file, place)
        if "valueInteger" in option:
            number = limits.whole(option["valueInteger"], self.file, place)
            return Option("" if value in {None, number} else str(number), number if value is None else value, place)
        if "valueString" in option:
            return Option(limits.tidy(option["valueString"], self.file, place, limits.LABEL), value, place)
        if "valueCoding" in option:
            coding = named(option["valueCoding"], self.file, f"{place}.valueCoding")
            inner = ordinal(coding, self.file, f"{place}.valueCoding")
            value = inner if value is None else value
            # A code that says the value again is no word: an unworded stop.
            unworded = "display" not in coding and value is not None and coding.get("code") == str(value)
            return Option("" if unworded else self._label(coding, place), value, place)
        kinds = [name for name in option if name.startswith("value")]
        if kinds:
            return Option(kinds[0], value, place)
        raise CatalogueError(self.file, place, "has no value", "Give it valueCoding, valueString or valueInteger")

    def _label(self, coding: Mapping[str, Any], place: str) -> str:
        shown = coding.get("display", coding.get("code"))
        if shown is None:
            raise CatalogueError(self.file, place, "has neither display nor code", "Give it the words that are shown")
        return limits.tidy(shown, self.file, place, limits.LABEL)

    def _of_set(self, reference: object, place: str, within: tuple[str, ...]) -> Iterator[Option]:
        name = limits.tidy(reference, self.file, place, limits.TEXT).split("|")[0]
        self.opened += 1
        if self.opened > OPENED:
            raise CatalogueError(self.file, place, "value sets include too many others", "Write the answers out")
        if name in within:
            raise CatalogueError(self.file, place, f"the value set {name} includes itself", "Write its answers out")
        if name not in self.sets:
            raise CatalogueError(
                self.file, place, f"the value set {name} is not in the file", "Contain it: nothing is fetched"
            )
        found, at = self.sets[name]
        expansion = found.get("expansion")
        if expansion is not None:
            inside = named(expansion, self.file, f"{at}.expansion")
            yield from self._concepts(inside.get("contains"), f"{at}.expansion.contains")
            return
        compose = named(found.get("compose", {}), self.file, f"{at}.compose")
        for i, one in enumerate(listed(compose.get("include"), self.file, f"{at}.compose.include")):
            where = f"{at}.compose.include[{i}]"
            include = named(one, self.file, where)
            if include.get("filter"):
                raise CatalogueError(self.file, where, "filters a code system", "Write its answers out")
            if "concept" in include:
                yield from self._concepts(include["concept"], f"{where}.concept")
            elif isinstance(include.get("system"), str) and include["system"] in self.systems:
                system, there = self.systems[include["system"]]
                yield from self._concepts(system.get("concept"), f"{there}.concept")
            for inner in listed(include.get("valueSet"), self.file, f"{where}.valueSet"):
                yield from self._of_set(inner, where, (*within, name))

    def _concepts(self, given: object, place: str) -> Iterator[Option]:
        for i, one in enumerate(listed(given, self.file, place)):
            where = f"{place}[{i}]"
            concept = named(one, self.file, where)
            if concept.get("concept") or concept.get("contains"):
                raise CatalogueError(self.file, where, "has answers within an answer", "Write them in one list")
            yield Option(self._label(concept, where), ordinal(concept, self.file, where), where)


def answers(options: list[Option], file: str) -> tuple[Answer, ...]:
    """The answers with their values; none when not one of them has a value. Raises CatalogueError when only some
    have one."""
    valued = [option for option in options if option.value is not None]
    if not valued:
        return ()
    for option in options:
        if option.value is None:
            raise CatalogueError(file, option.place, f"“{option.label}” has no value", "Add ordinalValue to it")
    return tuple(Answer(option.value, option.label) for option in valued if option.value is not None)
