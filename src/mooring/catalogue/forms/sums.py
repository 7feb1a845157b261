"""Recognises a plain sum or mean in what a file calculates. Anything else is left to the person.

An expression is read as a linear combination of questions: a sum has every coefficient 1 (or −1 for a turned
question), a mean of n has 1/n, and the constant is what turning adds. So (a + b)/2, mean(a, b) and mean(a, 8 − c)
are read without a list of spellings, and 2·a + b, a·b or round(a) are not sums.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|\[(?P<quoted>[^\[\]]+)\]|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>[-+*/(),]))"
)
SUMS, MEANS = {"sum"}, {"mean", "average", "avg"}
LONGEST, DEEPEST = 20_000, 40
TINY = 1e-9


@dataclass(frozen=True)
class Linear:
    """constant + Σ coefficient · question."""

    constant: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)

    def plus(self, other: Linear, sign: float = 1.0) -> Linear:
        names = {*self.parts, *other.parts}
        parts = {name: self.parts.get(name, 0.0) + sign * other.parts.get(name, 0.0) for name in names}
        return Linear(self.constant + sign * other.constant, parts)

    def times(self, factor: float) -> Linear:
        return Linear(self.constant * factor, {name: part * factor for name, part in self.parts.items()})


@dataclass(frozen=True)
class Score:
    """A sum or mean of questions, some of them turned."""

    score: Literal["mean", "sum"]
    items: tuple[str, ...]
    reversed: tuple[str, ...]


class NotPlain(ValueError):
    """The expression is not a plain sum or mean."""


def read_score(expression: str, ranges: Mapping[str, tuple[int, int]]) -> Score:
    """The sum or mean an expression is; ``ranges`` are the known questions, code → lowest and highest answer.

    Raises NotPlain, which says why.
    """
    found = _Parser(expression).whole()
    named = {name: part for name, part in found.parts.items() if abs(part) > TINY}
    if not named:
        raise NotPlain("it names no question")
    for name in named:
        if name not in ranges:
            raise NotPlain(f"“{name}” is no question with values")
    sizes = {round(abs(part), 6) for part in named.values()}
    mean = round(1 / len(named), 6)
    if sizes == {1.0}:
        score, unit = "sum", 1.0
    elif sizes == {mean}:
        score, unit = "mean", 1 / len(named)
    else:
        raise NotPlain("its questions do not all count alike")
    turned = tuple(name for name in ranges if named.get(name, 0.0) < 0)
    expected = unit * sum(ranges[name][0] + ranges[name][1] for name in turned)
    if abs(found.constant - expected) > 1e-6:
        raise NotPlain("a number is added that turning a question does not explain")
    items = tuple(name for name in ranges if name in named)
    return Score("sum" if score == "sum" else "mean", items, turned)


class _Parser:
    """Plus, minus, times and divided by a number, brackets, sum(…) and mean(…)."""

    def __init__(self, expression: str) -> None:
        if len(expression) > LONGEST:
            raise NotPlain("it is too long")
        self.tokens: list[tuple[str, str]] = []
        text, at = expression.strip(), 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise NotPlain(f"“{text[at : at + 12].strip()}” is not understood")
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            at = found.end()
        self.next, self.depth = 0, 0

    def whole(self) -> Linear:
        found = self._sum()
        if self.next < len(self.tokens):
            raise NotPlain(f"“{self.tokens[self.next][1]}” is not understood")
        return found

    def _peek(self, signs: str) -> str:
        if self.next < len(self.tokens):
            kind, text = self.tokens[self.next]
            if kind == "sign" and text in signs:
                return text
        return ""

    def _sum(self) -> Linear:
        sign = -1.0 if self._peek("-") else 1.0
        if self._peek("+-"):
            self.next += 1
        found = self._product().times(sign)
        while operator := self._peek("+-"):
            self.next += 1
            found = found.plus(self._product(), 1.0 if operator == "+" else -1.0)
        return found

    def _product(self) -> Linear:
        found = self._one()
        while operator := self._peek("*/"):
            self.next += 1
            other = self._one()
            if operator == "*" and found.parts and not other.parts:
                found = found.times(other.constant)
            elif operator == "*" and not found.parts:
                found = other.times(found.constant)
            elif operator == "/" and not other.parts and abs(other.constant) > TINY:
                found = found.times(1 / other.constant)
            else:
                raise NotPlain("questions are multiplied or divided by each other")
        return found

    def _one(self) -> Linear:
        if self.next >= len(self.tokens):
            raise NotPlain("it breaks off")
        kind, text = self.tokens[self.next]
        self.next += 1
        if kind == "number":
            return Linear(float(text))
        if kind == "quoted" or (kind == "name" and not self._peek("(")):
            return Linear(0.0, {text: 1.0})
        if kind == "name":
            return self._function(text)
        if text == "(":
            given = self._bracket()
            if len(given) == 1:
                return given[0]
        raise NotPlain(f"“{text}” is not understood")

    def _function(self, name: str) -> Linear:
        self.next += 1
        given = self._bracket()
        total = Linear()
        for one in given:
            total = total.plus(one)
        if name.lower() in SUMS:
            return total
        if name.lower() in MEANS:
            return total.times(1 / len(given))
        raise NotPlain(f"“{name}” is neither a sum nor a mean")

    def _bracket(self) -> list[Linear]:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotPlain("its brackets are too deep")
        given = [self._sum()]
        while self._peek(","):
            self.next += 1
            given.append(self._sum())
        if not self._peek(")"):
            raise NotPlain("a bracket is not closed")
        self.next += 1
        self.depth -= 1
        return given
