"""Reads a plain table: a row a question, with the columns number, text, min, max, labels, reversed, scale."""

from __future__ import annotations

import re
from pathlib import PurePath

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.questionnaire import Calculation, Question, Questionnaire, sound
from mooring.catalogue.forms.rows import Row, rows
from mooring.catalogue.model import Answer

NEEDED = ("number", "text", "min", "max")
KNOWN = (*NEEDED, "labels", "reversed", "scale", "code", "short", "risk")
WHOLE = re.compile(r"-?\d{1,6}")
YES, NO = {"yes", "y", "1", "true", "x"}, {"no", "n", "0", "false", ""}


def read_table(data: bytes, file: str, language: str = "") -> Questionnaire:
    """The questionnaire of a table. Raises CatalogueError with line and column."""
    given = rows(data, file)
    for name in NEEDED:
        if name not in given[0]:
            raise CatalogueError(file, "line 1", f"the column “{name}” is missing", f"It needs {', '.join(NEEDED)}")
    for name in given[0]:
        if name not in KNOWN:
            raise CatalogueError(file, "line 1", f"the column “{name[:40]}” is not known", f"Known: {', '.join(KNOWN)}")
    questions = tuple(_question(row, file) for row in given)
    numbers = [int(row["number"]) for row in given]
    if numbers != sorted(numbers):
        raise CatalogueError(file, "number", "the rows do not stand in the order of their numbers", "Sort them")
    title = " ".join(re.split(r"[\s_-]+", PurePath(file).stem)).strip().capitalize()
    return sound(
        Questionnaire(
            format="table",
            title=limits.tidy(title, file, "name", limits.LABEL) or "Questionnaire",
            language=language or "en",
            questions=questions,
            calculations=tuple(_scales(given, questions, file)),
        ),
        file,
    )


def _question(row: Row, file: str) -> Question:
    number = _whole(row, "number", file)
    low, high = _whole(row, "min", file), _whole(row, "max", file)
    if not 0 < high - low < limits.STOPS:
        raise CatalogueError(file, row.at("max"), f"answers from {low} to {high}", "Let it rise, by at most 100")
    return Question(
        code=limits.tidy(row.get("code", ""), file, row.at("code"), limits.CODE) or str(number),
        text=limits.tidy(row["text"], file, row.at("text")),
        answers=_answers(row, low, high, file),
        short=limits.tidy(row.get("short", ""), file, row.at("short"), 60),
        reversed=_yes(row, "reversed", file) if "reversed" in row else None,
        risk=_yes(row, "risk", file) if "risk" in row else False,
    )


def _answers(row: Row, low: int, high: int, file: str) -> tuple[Answer, ...]:
    written = row.get("labels", "")
    labels = [limits.tidy(one, file, row.at("labels"), limits.LABEL) for one in written.split("|")] if written else []
    stops = high - low + 1
    if len(labels) == 2 and stops > 2:
        labels = [labels[0], *[""] * (stops - 2), labels[1]]
    if labels and len(labels) != stops:
        raise CatalogueError(
            file, row.at("labels"), f"{len(labels)} labels for {stops} answers ({low} to {high})",
            "Part them by |, lowest first: one an answer, or the two ends",
        )  # fmt: skip
    return tuple(Answer(low + i, labels[i] if labels else "") for i in range(stops))


def _whole(row: Row, column: str, file: str) -> int:
    if not WHOLE.fullmatch(row[column]):
        raise CatalogueError(file, row.at(column), f"{row[column][:20]!r} is not a whole number", "Write one")
    return limits.whole(int(row[column]), file, row.at(column))


def _yes(row: Row, column: str, file: str) -> bool:
    text = row[column].lower()
    if text not in YES | NO:
        raise CatalogueError(file, row.at(column), f"{text[:20]!r} is neither yes nor no", "Write yes or no")
    return text in YES


def _scales(given: list[Row], questions: tuple[Question, ...], file: str) -> list[Calculation]:
    """The scales that the table names: each the mean of its questions, since a table does not say otherwise."""
    scales: dict[str, list[Question]] = {}
    for row, question in zip(given, questions, strict=True):
        if name := limits.tidy(row.get("scale", ""), file, row.at("scale"), 80):
            scales.setdefault(name, []).append(question)
    return [
        Calculation(
            name,
            name,
            "mean",
            tuple(question.code for question in own),
            tuple(question.code for question in own if question.reversed),
        )
        for name, own in scales.items()
    ]
