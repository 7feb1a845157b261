"""From a questionnaire and what was decided about it to a measure: the form's wording, a key's or its own scales."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from mooring.catalogue.consistency import check, check_wording
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.forms.questionnaire import FORMATS, Question, Questionnaire, turned
from mooring.catalogue.model import (
    FIGURE,
    FULL,
    Answer,
    Direction,
    Form,
    Golden,
    Instrument,
    Item,
    MissingRule,
    Scale,
    Source,
    Wording,
)

Scoring = Literal["key", "own", "none"]
OWN_ORDER = "own"
WORDS = 4
"""Of the short name that an item gets from its text."""


@dataclass(frozen=True)
class OwnScale:
    """A scale that the clinic defines."""

    title: str
    score: Literal["mean", "sum"]
    direction: Direction
    items: tuple[str, ...]
    """Codes of questions."""
    share: float = 1.0
    """Least answered share."""


@dataclass(frozen=True)
class Decided:
    """What a person decided about a questionnaire."""

    key: str
    title: str
    licence: str = ""
    scoring: Scoring = "none"
    of: str = ""
    """Key of the catalogue, with "key"; with "none" the key that it would be."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Question → the number of the key's item, from 1."""
    scales: tuple[OwnScale, ...] = ()
    out: tuple[str, ...] = ()
    """Questions that are not asked."""
    reversed: tuple[str, ...] = ()
    """Questions marked as worded the other way round, before the key was shown."""
    harm: tuple[str, ...] = ()
    """Questions marked as asking about harm to oneself or others."""
    before: str = ""
    """Said before the first question, where one asks about harm."""
    unscored: str = ""
    record: tuple[str, ...] = ()
    """How it was confirmed, for the measure's notes."""
    example: Golden | None = None
    """With scales of its own: a case that was worked by hand."""
    version: int = 1


def asked(found: Questionnaire, decided: Decided) -> tuple[Question, ...]:
    """The questions that stay, in their order."""
    return tuple(question for question in found.questions if question.code not in decided.out)


def proposed_places(found: Questionnaire, key: Instrument, order: str = OWN_ORDER) -> dict[str, int]:
    """Question → number of the key's item: by code where the codes are the key's, else by position in that order."""
    codes = {item.code: item.number for item in key.items}
    by_code = {
        question.code: codes[question.code.lower()] for question in found.questions if question.code.lower() in codes
    }
    if len(by_code) == len(key.items):
        return by_code
    positions = {item.number: item.number for item in key.items}
    for other in key.orders:
        if other.code == order:
            positions = dict(enumerate(other.positions, start=1))
    at = {position: number for number, position in positions.items()}
    return {question.code: at[i] for i, question in enumerate(found.questions, start=1) if i in at}


def misfits(found: Questionnaire, decided: Decided, key: Instrument) -> list[str]:
    """Why the questionnaire cannot be scored by the key as it was placed, a sentence each; none when it can."""
    questions = asked(found, decided)
    placed: dict[int, list[str]] = {}
    for question in questions:
        if question.code in decided.places:
            placed.setdefault(decided.places[question.code], []).append(question.code)
    wrong = [f"Item {item.number} of the key has no question." for item in key.items if item.number not in placed]
    wrong += [
        f"Item {n} of the key has more than one question: {', '.join(own)}."
        for n, own in placed.items()
        if len(own) > 1
    ]
    numbers = {item.number: item for item in key.items}
    wrong += [f"The key has no item {number}." for number in placed if number not in numbers]
    for question in questions:
        item = numbers.get(decided.places.get(question.code, 0))
        if item is not None and question.highest - question.lowest != item.maximum - item.minimum:
            wrong.append(
                f"{question.code} has answers from {question.lowest} to {question.highest}; "
                f"item {item.number} of the key goes from {item.minimum} to {item.maximum}."
            )
    return wrong


def translations(found: Questionnaire, decided: Decided, key: Instrument | None) -> dict[str, dict[int, int]]:
    """Question → the file's value of each answer → the value that the measure keeps.

    What the file has turned is turned back, so that the key turns it once; and answers counted from another number
    are moved to the key's. Without scoring the file's values stay.
    """
    against = turned(found) if decided.scoring != "none" else frozenset()
    numbers = {item.number: item for item in key.items} if key is not None and decided.scoring == "key" else {}
    made = {}
    for question in asked(found, decided):
        item = numbers.get(decided.places.get(question.code, 0))
        shift = item.minimum - question.lowest if item is not None else 0
        ends = question.lowest + question.highest
        made[question.code] = {
            answer.value: (ends - answer.value if question.code in against else answer.value) + shift
            for answer in question.answers
        }
    return made


def bind(found: Questionnaire, decided: Decided, key: Instrument | None, source: str) -> Instrument:
    """The measure, checked whole. Raises CatalogueError when the parts do not fit together."""
    name = decided.title or decided.key
    if decided.scoring == "key":
        wrong = misfits(found, decided, key) if key is not None else ["No key was chosen."]
        if wrong:
            raise CatalogueError(name, "key", wrong[0].rstrip("."), "Correct it, or publish the form unscored")
    codes = item_codes(found, decided, key)
    measure = _Binding(found, decided, key, codes, source).instrument()
    if key is not None and key.risk_items and not measure.risk_items:
        raise CatalogueError(name, "risk", "the key has an item about harm, and none is marked", "Mark it")
    check(measure, name)
    for wording in measure.wording.values():
        check_wording(measure, wording, name)
    return measure


def item_codes(found: Questionnaire, decided: Decided, key: Instrument | None) -> dict[str, str]:
    """Question → code of the measure's item: the key's own where it is placed."""
    numbers = {item.number: item.code for item in key.items} if key is not None and decided.scoring == "key" else {}
    made: dict[str, str] = {}
    taken = set(numbers.values())
    for question in asked(found, decided):
        code = numbers.get(decided.places.get(question.code, 0))
        if code is None:
            code = next(free for free in _spellings(question.code, decided.key) if free not in taken)
            taken.add(code)
        made[question.code] = code
    return made


def _spellings(code: str, key: str) -> Iterator[str]:
    plain = re.sub(r"[^a-z0-9]+", "_", code.lower()).strip("_")[:60]
    if not plain or plain[0].isdigit():
        plain = f"{key.replace('-', '_')}_{plain}".strip("_")
    yield plain
    for number in range(2, 1000):
        yield f"{plain}_{number}"


def short(question: Question) -> str:
    """Two to four words of the question."""
    if question.short:
        return question.short
    words = question.text.replace(FIGURE, "…").split()
    return " ".join(words[:WORDS]).strip(".,;:!?") + ("…" if len(words) > WORDS else "") or question.code


def said(question: Question) -> str:
    """The question with the heading it cannot be understood without."""
    if not question.group:
        return question.text
    return f"{question.group}{'' if question.group[-1] in '.:?!…' else ':'} {question.text}"


class _Binding:
    def __init__(
        self, found: Questionnaire, decided: Decided, key: Instrument | None, codes: Mapping[str, str], source: str
    ) -> None:
        self.found, self.decided, self.codes, self.source = found, decided, codes, source
        self.questions = asked(found, decided)
        self.key = key if decided.scoring == "key" else None
        self.named_key = key
        self.values = translations(found, decided, key)

    def instrument(self) -> Instrument:
        decided, key = self.decided, self.key
        # What has no place in the key follows it.
        items = tuple(sorted(map(self._item, self.questions), key=lambda item: item.number))
        scales = key.scales if key is not None else self._own_scales()
        own = tuple(self.codes[question.code] for question in self.questions)
        return Instrument(
            key=decided.key,
            version=decided.version,
            title=decided.title,
            kind="form",
            licence=decided.licence,
            validated=key.validated if key is not None else False,
            per_figure=all(FIGURE in question.text for question in self.questions),
            items=items,
            scales=scales,
            forms={FULL: Form(FULL, own)},
            wording={self.found.language: self._wording(items, scales)},
            codings=key.codings if key is not None else (),
            golden=self._golden(own),
            sources=(
                Source("wording, order and answers", f"{FORMATS[self.found.format]}, {self.source}", "declared"),
                *(key.sources if key is not None else ()),
            ),
            notes=(*decided.record, *(key.notes if key is not None else ())),
            not_found=key.not_found if key is not None else (),
            of=f"{key.key} v{key.version}" if key is not None else "",
            unscored=decided.unscored if decided.scoring == "none" else "",
        )

    def _item(self, question: Question) -> Item:
        at = self.questions.index(question) + 1
        risk = question.code in self.decided.harm or question.risk
        number = self.decided.places.get(question.code, 0)
        placed = [item for item in self.named_key.items if item.number == number] if self.named_key else []
        risk = risk or any(item.risk for item in placed)
        if self.key is not None and placed:
            return replace(placed[0], risk=risk)
        values = self.values[question.code].values()
        home = next((s for s in self.decided.scales if question.code in s.items), None)
        scored = self.decided.scoring == "own" and home is not None
        return Item(
            code=self.codes[question.code],
            number=at if self.key is None else len(self.key.items) + at,
            scale=scale_code(home.title) if scored and home else None,
            facet=None,
            reversed=scored and question.code in self.decided.reversed,
            minimum=min(values),
            maximum=max(values),
            risk=risk,
        )

    def _own_scales(self) -> tuple[Scale, ...]:
        if self.decided.scoring != "own":
            return ()
        made = []
        for scale in self.decided.scales:
            own = [question for question in self.questions if question.code in scale.items]
            if not own:
                raise CatalogueError(self.decided.title, scale.title, "has no question", "Give it one, or drop it")
            parts = 1 if scale.score == "sum" else len(own)
            rule = (
                MissingRule("all", "Chosen by the clinic: every question answered.")
                if scale.share == 1
                else MissingRule("share", "Chosen by the clinic; the rest is prorated.", scale.share)
            )
            made.append(
                Scale(
                    code=scale_code(scale.title),
                    title=scale.title,
                    score=scale.score,
                    items=tuple(self.codes[question.code] for question in own),
                    minimum=sum(question.lowest for question in own) / parts,
                    maximum=sum(question.highest for question in own) / parts,
                    direction=scale.direction,
                    missing=rule,
                )
            )
        return tuple(made)

    def _golden(self, own: tuple[str, ...]) -> tuple[Golden, ...]:
        if self.key is None:
            example = self.decided.example
            return (example,) if example is not None and self.decided.scoring == "own" else ()
        order = self.key.forms[FULL].items
        cases = []
        for case in self.key.golden:
            if case.form == FULL:
                given = dict(zip(order, case.answers, strict=True))
                cases.append(replace(case, answers=tuple(given.get(code) for code in own)))
        return tuple(cases)

    def _wording(self, items: tuple[Item, ...], scales: tuple[Scale, ...]) -> Wording:
        answers = {self.codes[question.code]: self._answers(question) for question in self.questions}
        sets = list(answers.values())
        common = max(sets, key=sets.count)
        facets = {item.facet for item in items if item.facet}
        return Wording(
            language=self.found.language,
            title=self.decided.title,
            instructions=self.found.instructions,
            timeframe="",
            items={self.codes[question.code]: said(question) for question in self.questions},
            short={self.codes[question.code]: short(question) for question in self.questions},
            scales={scale.code: scale.title for scale in scales},
            facets={facet: facet for facet in sorted(facets)},
            answers=common,
            item_answers={code: own for code, own in answers.items() if own != common},
            before=self.decided.before if any(item.risk for item in items) else "",
        )

    def _answers(self, question: Question) -> tuple[Answer, ...]:
        values = self.values[question.code]
        return tuple(Answer(values[answer.value], answer.label) for answer in question.answers)


def scale_code(title: str) -> str:
    """The code of a scale of that name."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:60] or "scale"
