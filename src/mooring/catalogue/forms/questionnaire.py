"""A questionnaire as a file holds it, whichever format that is: questions in order, their answers, what the file
says about scoring. Nobody has decided anything about it yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from mooring.catalogue.consistency import SLOT
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.model import FIGURE, Answer

Format = Literal["fhir", "reproschema", "redcap", "table"]
FORMATS: dict[Format, str] = {
    "fhir": "FHIR R4 Questionnaire",
    "reproschema": "ReproSchema activity",
    "redcap": "REDCap data dictionary",
    "table": "table",
}


LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


@dataclass(frozen=True)
class Question:
    """Something asked that is answered by one of several values."""

    code: str
    """As the file calls it."""
    text: str
    answers: tuple[Answer, ...]
    """In the order shown, each with the file's own value; an unworded stop has an empty label."""
    group: str = ""
    """The heading it stands under."""
    short: str = ""
    reversed: bool | None = None
    """Whether the file says that it is turned before scoring; none: the file says nothing."""
    risk: bool = False
    """Whether the file says that it asks about harm."""

    @property
    def lowest(self) -> int:
        return min(answer.value for answer in self.answers)

    @property
    def highest(self) -> int:
        return max(answer.value for answer in self.answers)


@dataclass(frozen=True)
class LeftOut:
    """Something in the file that has no values to score: free text, a date, a remark."""

    code: str
    text: str
    why: str


@dataclass(frozen=True)
class Calculation:
    """A score that the file itself describes: a plain sum or mean of some questions."""

    code: str
    title: str
    score: Literal["mean", "sum"]
    items: tuple[str, ...]
    """Codes of questions."""
    reversed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """What a file holds."""

    format: Format
    title: str
    language: str
    questions: tuple[Question, ...]
    instructions: str = ""
    licence: str = ""
    """What the file says of rights; not an attestation."""
    left_out: tuple[LeftOut, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    notices: tuple[str, ...] = ()
    """What was read otherwise than written: a sentence each, naming the place."""

    def question(self, code: str) -> Question:
        """Raises KeyError when there is no such question."""
        for question in self.questions:
            if question.code == code:
                return question
        raise KeyError(code)


def sound(found: Questionnaire, file: str) -> Questionnaire:
    """The questionnaire itself, a lone heading moved to the instructions. Raises CatalogueError for what no
    questionnaire may be."""
    if not found.questions:
        raise CatalogueError(
            file, "", "no question has answers with values", "Give the answers of at least one question whole numbers"
        )
    if len(found.questions) + len(found.left_out) > limits.QUESTIONS:
        raise CatalogueError(file, "", f"more than {limits.QUESTIONS} questions", "Split it into its measures")
    seen: set[str] = set()
    for code in (*(one.code for one in found.questions), *(one.code for one in found.left_out)):
        if code in seen:
            raise CatalogueError(file, code, "this code stands there twice", "Give each question its own")
        seen.add(code)
    for question in found.questions:
        _question(question, file)
    if not found.title:
        raise CatalogueError(file, "title", "missing", "Give the questionnaire a title")
    if not LANGUAGE.fullmatch(found.language):
        raise CatalogueError(
            file, "language", f"{found.language[:20]!r} is no language", "Write a code such as en or pt-BR"
        )
    return _heading_said_once(found)


def _question(question: Question, file: str) -> None:
    place = question.code
    if not question.text:
        raise CatalogueError(file, place, "the question has no words", "Write what is asked")
    if any(slot != FIGURE for slot in SLOT.findall(question.text)) or question.text.startswith(FIGURE):
        raise CatalogueError(
            file, place, "has curly brackets", f"Leave them out; only {FIGURE} is filled, and never at the beginning"
        )
    values = [answer.value for answer in question.answers]
    if len(values) < 2:
        raise CatalogueError(file, place, f"{len(values)} answers to choose from", "Give at least two")
    if len(values) > limits.STOPS:
        raise CatalogueError(file, place, f"{len(values)} answers", f"Give at most {limits.STOPS}")
    for answer in question.answers:
        if values.count(answer.value) > 1:
            raise CatalogueError(file, place, f"two answers have the value {answer.value}", "Give each its own")


def _heading_said_once(found: Questionnaire) -> Questionnaire:
    """A heading over every question is an instruction; over some of them it belongs to these."""
    headings = {question.group for question in found.questions}
    if len(headings) != 1 or headings == {""}:
        return found
    said = " ".join(part for part in (found.instructions, headings.pop()) if part)
    bare = tuple(replace(question, group="") for question in found.questions)
    return replace(found, instructions=said, questions=bare)


def turned(found: Questionnaire) -> frozenset[str]:
    """Questions whose answers carry the same words as the others' with the values the other way round: the file
    has turned them already, and a key that turns them again would undo it."""
    patterns: dict[frozenset[str], dict[tuple[tuple[str, int], ...], list[str]]] = {}
    for question in found.questions:
        labels = frozenset(answer.label.casefold() for answer in question.answers)
        if len(labels) == len(question.answers) and "" not in labels:
            pattern = tuple(sorted((answer.label.casefold(), answer.value) for answer in question.answers))
            patterns.setdefault(labels, {}).setdefault(pattern, []).append(question.code)
    against: set[str] = set()
    for own in patterns.values():
        # The first of equally common ones counts as the plain way.
        plain = max(own, key=lambda pattern: len(own[pattern]))
        ends = min(value for _, value in plain) + max(value for _, value in plain)
        mirrored = tuple((label, ends - value) for label, value in plain)
        against.update(own.get(mirrored, []) if mirrored != plain else [])
    return frozenset(against)
