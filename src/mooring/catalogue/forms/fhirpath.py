"""Scores that a FHIR questionnaire calculates, as far as they are plain sums or means of its questions.

Only what scoring forms in circulation write is known: the sum of named answers, one variable a question, and the
``iif(… .exists(), …, 0)`` around each. A missing answer is never zero here, whatever the expression makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mooring.catalogue.forms.sums import LONGEST, NotPlain, Score, read_score

DEEPEST = 20
"""Variables that need each other."""
WHERE = r"%resource(?:\.(?:item|descendants\(\)|repeat\(item\)))+\.where\((?P<where>[^()]*)\)"
VALUE = r"(?:\.answer(?:\.first\(\))?)(?:\.(?:value(?:\.(?:ordinal|weight)\(\))?|valueInteger|valueDecimal))?"
MANY = re.compile(WHERE + VALUE + r"\.(?P<how>sum|avg)\(\)")
ONE = re.compile(WHERE + VALUE + r"(?![\w.(])")
ITEM = re.compile(r"linkId\s*(?P<is>!?=)\s*'(?P<code>[^']*)'")
VARIABLE = re.compile(r"%(?P<name>[A-Za-z_]\w*)")
IF_THERE = re.compile(r"iif\(\s*(?P<test>%\w+)(?:\.exists\(\))\s*,\s*(?P=test)\s*,\s*(?:0|\{\s*\})\s*\)")
IF_ANY = re.compile(r"iif\(\s*%\w+\s*,\s*(?P<then>[^{}]*),\s*\{\s*\}\s*\)")


def read(expression: str, variables: Mapping[str, str], ranges: Mapping[str, tuple[int, int]]) -> Score:
    """The sum or mean an expression is. Raises NotPlain."""
    return read_score(_plain(expression, variables, ranges, ()), ranges)


def _plain(
    expression: str, variables: Mapping[str, str], ranges: Mapping[str, tuple[int, int]], within: tuple[str, ...]
) -> str:
    """The expression with questions as [code]."""
    if len(expression) > LONGEST or len(within) > DEEPEST:
        raise NotPlain("it is too long")
    text = IF_THERE.sub(lambda found: found["test"], expression.strip())
    if (whole := IF_ANY.fullmatch(text)) is not None:
        text = whole["then"]
    text = MANY.sub(lambda found: _many(found, ranges), text)
    text = ONE.sub(lambda found: _one(found["where"]), text)

    def meant(found: re.Match[str]) -> str:
        name = found["name"]
        if name in within or name not in variables:
            raise NotPlain(f"%{name} is {'defined by itself' if name in within else 'not defined'}")
        written = variables[name]
        codes = {one["code"] for one in ITEM.finditer(written)}
        if len(codes) == 1 and "%" + name not in written and not re.search(r"[+*]| / | - ", written):
            return f"[{codes.pop()}]"
        inner = _plain(written, variables, ranges, (*within, name))
        return f"({inner})"

    made = VARIABLE.sub(meant, text)
    if len(made) > LONGEST:
        raise NotPlain("it is too long")
    return made


def _many(found: re.Match[str], ranges: Mapping[str, tuple[int, int]]) -> str:
    where = [(one["is"], one["code"]) for one in ITEM.finditer(found["where"])]
    if {sign for sign, _ in where} == {"!="}:
        codes = [code for code in ranges if code not in {left for _, left in where}]
    else:
        codes = [code for _, code in where]
    if not codes:
        raise NotPlain("it does not say which questions")
    named = ", ".join(f"[{code}]" for code in codes)
    return f"{'sum' if found['how'] == 'sum' else 'mean'}({named})"


def _one(where: str) -> str:
    found = ITEM.fullmatch(where.strip())
    if found is None or found["is"] != "=":
        raise NotPlain("it does not say which question")
    return f"[{found['code']}]"
