"""What must agree before a questionnaire is scored: marks made without seeing the key, and cases worked by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mooring.catalogue.forms.bind import Decided, asked, item_codes, said, translations
from mooring.catalogue.forms.questionnaire import Questionnaire, turned
from mooring.catalogue.model import FULL, Golden, Instrument
from mooring.science import scales

TOLERANCE = 0.0051
"""Scores are compared as written with two decimals."""

About = Literal["turned", "harm", "answers"]


@dataclass(frozen=True)
class Difference:
    """A mark that differs from what the key or the file says."""

    code: str
    text: str
    about: About
    marked: bool
    """What the person said; the key or the file says the opposite."""


@dataclass(frozen=True)
class Chosen:
    """One answer of a worked case, as the form words it."""

    text: str
    answer: str
    """Empty when it was left out."""


@dataclass(frozen=True)
class Worked:
    """A case: what was answered, what the score should be, and what the form as it is bound gives."""

    name: str
    how: str
    chosen: tuple[Chosen, ...]
    expected: Mapping[str, float | None]
    """Scale to score; empty where nobody has worked it yet."""
    computed: Mapping[str, float | None]

    @property
    def agrees(self) -> bool:
        return all(same(self.expected.get(scale), score) for scale, score in self.computed.items())


def same(one: float | None, other: float | None) -> bool:
    """Whether two scores are the same as far as they are written."""
    if one is None or other is None:
        return one is other
    return math.isfinite(one) and abs(one - other) <= TOLERANCE


def differences(found: Questionnaire, decided: Decided, key: Instrument | None) -> tuple[Difference, ...]:
    """Where the person's marks and the key differ, or, with own scales, the file's own signs. None: they agree."""
    if decided.scoring == "none":
        return ()
    against = turned(found)
    wrong: list[Difference] = []
    for question in asked(found, decided):
        marked, text = question.code in decided.reversed, said(question)
        expected = _expected(found, decided, key, question.code)
        if expected is not None and expected != marked:
            wrong.append(Difference(question.code, text, "turned", marked))
        elif question.code in against and not marked:
            wrong.append(Difference(question.code, text, "answers", marked))
        if _asks_about_harm(decided, key, question.code) and question.code not in decided.harm:
            wrong.append(Difference(question.code, text, "harm", marked=False))
    return tuple(wrong)


def _expected(found: Questionnaire, decided: Decided, key: Instrument | None, code: str) -> bool | None:
    """Whether the question is worded the other way round, by the key or by the file; none where neither says."""
    if decided.scoring == "key":
        number = decided.places.get(code)
        return next((item.reversed for item in key.items if item.number == number), None) if key is not None else None
    if not any(code in scale.items for scale in decided.scales):
        return None
    own = found.question(code).reversed
    if own is None:
        holding = [one for one in found.calculations if code in one.items]
        own = any(code in one.reversed for one in holding) if holding else None
    # What the file turned in its answers it need not turn in its sum: both together say how it is worded.
    return None if own is None else own != (code in turned(found))


def _asks_about_harm(decided: Decided, key: Instrument | None, code: str) -> bool:
    number = decided.places.get(code)
    return key is not None and any(item.risk for item in key.items if item.number == number)


def scored(measure: Instrument, answers: Mapping[str, int | None]) -> dict[str, float | None]:
    """Each scale's score of one occasion by the program's own scoring; none with too few answers."""
    found: dict[str, float | None] = {}
    for scale in measure.scales:
        items = measure.scored_items(scale.code)
        given = [math.nan if (value := answers.get(item.code)) is None else float(value) for item in items]
        result = scales.score(
            [given],
            [item.minimum for item in items],
            [item.maximum for item in items],
            reversed_items=[i for i, item in enumerate(items) if item.reversed],
            method=scale.score,
            least_share=scale.missing.share if scale.missing.kind == "share" else scales.ALL_ITEMS,
        )
        points = float(result.score[0])
        found[scale.code] = None if math.isnan(points) else points
    return found


def key_cases(found: Questionnaire, decided: Decided, key: Instrument, measure: Instrument) -> tuple[Worked, ...]:
    """The key's own cases, answered on the form: chosen by the form's words, turned into its values, and scored."""
    order = key.forms[FULL].items
    return tuple(
        _worked(found, decided, key, measure, case, dict(zip(order, case.answers, strict=True)))
        for case in key.golden
        if case.form == FULL
    )


def _worked(
    found: Questionnaire,
    decided: Decided,
    key: Instrument,
    measure: Instrument,
    case: Golden,
    given: Mapping[str, int | None],
) -> Worked:
    codes, values = item_codes(found, decided, key), translations(found, decided, key)
    chosen, answers = [], {}
    for question in asked(found, decided):
        wanted = given.get(codes[question.code])
        ticked = next((a for a in question.answers if values[question.code][a.value] == wanted), None)
        label = "" if ticked is None else ticked.label or str(ticked.value)
        chosen.append(Chosen(said(question), label))
        answers[codes[question.code]] = None if ticked is None else values[question.code][ticked.value]
    return Worked(case.name, case.how, tuple(chosen), case.scores, scored(measure, answers))


def example(found: Questionnaire, decided: Decided, measure: Instrument) -> Worked:
    """A case for a person to work by hand: answers that differ from question to question."""
    codes, values = item_codes(found, decided, None), translations(found, decided, None)
    chosen, answers = [], {}
    for i, question in enumerate(asked(found, decided)):
        ticked = question.answers[_tick(i, len(question.answers))]
        chosen.append(Chosen(said(question), ticked.label or str(ticked.value)))
        answers[codes[question.code]] = values[question.code][ticked.value]
    return Worked("worked_by_hand", "", tuple(chosen), {}, scored(measure, answers))


def _tick(i: int, stops: int) -> int:
    """The answer that the example ticks at the i-th question: neighbours differ, and every stop has its turn."""
    step = next(step for step in (3, 2, 5, 7, 11, 13) if math.gcd(step, stops) == 1)
    return (step * i + 1) % stops


def as_golden(
    found: Questionnaire, decided: Decided, measure: Instrument, expected: Mapping[str, float | None]
) -> Golden:
    """The worked example as the measure keeps it."""
    codes, values = item_codes(found, decided, None), translations(found, decided, None)
    answers: list[int | None] = []
    for i, question in enumerate(asked(found, decided)):
        ticked = question.answers[_tick(i, len(question.answers))]
        answers.append(values[question.code][ticked.value])
    assert tuple(codes.values()) == measure.forms[FULL].items
    return Golden("worked_by_hand", FULL, tuple(answers), dict(expected), "Worked by hand by who published it.")
