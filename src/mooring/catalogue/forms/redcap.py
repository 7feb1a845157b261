"""Reads a REDCap data dictionary: radio, dropdown, slider and yes/no fields, and fields that are plain sums."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms import limits
from mooring.catalogue.forms.questionnaire import Calculation, LeftOut, Question, Questionnaire, sound
from mooring.catalogue.forms.rows import Row, rows
from mooring.catalogue.forms.sums import NotPlain, read_score
from mooring.catalogue.model import Answer

NAME = ("variable / field name", "field_name")
FORM = ("form name", "form_name")
HEADER = ("section header", "section_header")
TYPE = ("field type", "field_type")
LABEL = ("field label", "field_label")
CHOICES = ("choices, calculations, or slider labels", "select_choices_or_calculations")
LOWEST = ("text validation min", "text_validation_min")
HIGHEST = ("text validation max", "text_validation_max")
CONDITION = ("branching logic (show field only if...)", "branching_logic")
WITHOUT_VALUES = {
    "text": "free text", "notes": "free text", "checkbox": "several answers at once", "file": "a file",
    "descriptive": "it is only shown", "sql": "a list from a database",
}  # fmt: skip
BOTH = {"yesno": ("No", "Yes"), "truefalse": ("False", "True")}
WHOLE = re.compile(r"-?\d{1,6}")


def is_dictionary(data_row: Row) -> bool:
    """Whether the headings are those of a data dictionary."""
    return any(name in data_row for name in NAME) and any(name in data_row for name in TYPE)


def read_redcap(data: bytes, file: str, part: str = "", language: str = "") -> Questionnaire:
    """The questionnaire of a dictionary; ``part`` names one of several forms. Raises CatalogueError with the line."""
    given = rows(data, file)
    if not is_dictionary(given[0]):
        raise CatalogueError(
            file, "line 1", "these are not the headings of a data dictionary", "Download it from REDCap anew"
        )
    return _Dictionary(_of_form(given, file, part), file).whole(language)


def _of_form(given: list[Row], file: str, part: str) -> list[Row]:
    forms = list(dict.fromkeys(row.first(*FORM) for row in given))
    if part:
        if part not in forms:
            raise CatalogueError(file, part[:60], "there is no such form", f"It has {', '.join(forms[:8])}")
        return [row for row in given if row.first(*FORM) == part]
    if len(forms) > 1:
        raise CatalogueError(file, "Form Name", f"holds {len(forms)} forms: {', '.join(forms[:8])}", "Name one of them")
    return given


class _Dictionary:
    def __init__(self, given: list[Row], file: str) -> None:
        self.given, self.file = given, file
        self.questions: list[Question] = []
        self.left_out: list[LeftOut] = []
        self.notices: list[str] = []
        self.sums: list[tuple[str, str, Row]] = []

    def whole(self, language: str) -> Questionnaire:
        heading = ""
        for row in self.given:
            heading = self._plain(row, HEADER) or heading
            self._field(row, heading)
        title = self.given[0].first(*FORM).replace("_", " ").strip()
        return sound(
            Questionnaire(
                format="redcap",
                title=limits.tidy(title, self.file, "Form Name", limits.LABEL)[:1].upper() + title[1:],
                language=language or "en",
                questions=tuple(self.questions),
                left_out=tuple(self.left_out),
                calculations=tuple(self._calculations()),
                notices=tuple(self.notices),
            ),
            self.file,
        )

    def _plain(self, row: Row, columns: tuple[str, ...]) -> str:
        """A label without the markup that REDCap allows in it."""
        text = row.first(*columns)
        return limits.tidy(_without_markup(text), self.file, row.at(columns[0]))

    def _field(self, row: Row, heading: str) -> None:
        code, kind = row.first(*NAME), row.first(*TYPE).lower()
        if not code:
            raise CatalogueError(self.file, row.at(NAME[0]), "empty", "Give each field its name")
        code, text = limits.tidy(code, self.file, row.at(NAME[0]), limits.CODE), self._plain(row, LABEL)
        if kind == "calc":
            self.sums.append((code, text or code, row))
        elif kind in WITHOUT_VALUES:
            self.left_out.append(LeftOut(code, text, WITHOUT_VALUES[kind]))
        elif found := self._answers(row, kind):
            if row.first(*CONDITION):
                self.notices.append(f"{code}: the file shows it only under a condition; here it is always asked.")
            self.questions.append(Question(code, text, found, group=heading))
        else:
            self.left_out.append(LeftOut(code, text, "its answers have no values"))

    def _answers(self, row: Row, kind: str) -> tuple[Answer, ...]:
        written = row.first(*CHOICES)
        if kind in BOTH:
            no, yes = BOTH[kind]
            return Answer(1, yes), Answer(0, no)
        if kind == "slider":
            return self._line(row, written)
        if kind not in {"radio", "dropdown"}:
            raise CatalogueError(
                self.file, row.at(TYPE[0]), f"{kind[:30]!r} is not known", "REDCap knows radio, dropdown, slider …"
            )
        if not written.strip():
            raise CatalogueError(
                self.file, row.at(CHOICES[0]), "there is no answer to choose", "Write 0, Never | 1, Always"
            )
        found = []
        for one in written.split("|"):
            value, comma, words = (part.strip() for part in one.partition(","))
            if not comma:
                raise CatalogueError(
                    self.file, row.at(CHOICES[0]), f"{one.strip()[:40]!r} is no answer", "Write 0, Never | 1, Always"
                )
            if not WHOLE.fullmatch(value):
                return ()
            label = limits.tidy(_without_markup(words), self.file, row.at(CHOICES[0]), limits.LABEL)
            found.append(Answer(limits.whole(int(value), self.file, row.at(CHOICES[0])), label))
        return tuple(found)

    def _line(self, row: Row, written: str) -> tuple[Answer, ...]:
        """A slider's stops: 0 to 100, or as its limits say, with words at both ends."""
        ends = []
        for columns, usual in ((LOWEST, 0), (HIGHEST, 100)):
            text = row.first(*columns)
            if text and not WHOLE.fullmatch(text):
                raise CatalogueError(self.file, row.at(columns[0]), f"{text[:20]!r} is not a whole number", "Write one")
            ends.append(int(text) if text else usual)
        low, high = ends
        if not 0 < high - low < limits.STOPS:
            raise CatalogueError(
                self.file, row.at(LOWEST[0]), f"a line from {low} to {high}", f"Keep to {limits.STOPS} stops"
            )
        labels = [
            limits.tidy(_without_markup(one), self.file, row.at(CHOICES[0]), limits.LABEL) for one in written.split("|")
        ]
        words = {low: labels[0], high: labels[-1]} if len(labels) > 1 else {}
        if len(labels) == 3:
            words[(low + high) // 2] = labels[1]
        return tuple(Answer(value, words.get(value, "")) for value in range(low, high + 1))

    def _calculations(self) -> list[Calculation]:
        ranges = {question.code: (question.lowest, question.highest) for question in self.questions}
        found = []
        for code, title, row in self.sums:
            try:
                score = read_score(row.first(*CHOICES), ranges)
            except NotPlain as reason:
                self.notices.append(
                    f"line {row.line} ({code}): it is not a plain sum or mean, so it is not taken: {reason}."
                )
            else:
                found.append(Calculation(code, title, score.score, score.items, score.reversed))
        return found


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words.append(" " if tag in {"br", "p", "div", "li", "tr"} else "")


MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")


def _without_markup(text: str) -> str:
    if not MARKUP.search(text):
        return text
    reader = _Words()
    reader.feed(text)
    reader.close()
    return "".join(reader.words)
