"""A worked case's scores, scale by scale."""

from typing import Any, NamedTuple

from django import template

from mooring.catalogue import Scale
from mooring.catalogue.forms.checks import Worked, same

register = template.Library()


class Pair(NamedTuple):
    """What a score should be, what it is, and whether they are the same."""

    expected: float | None
    computed: float | None
    agrees: bool


@register.simple_tag
def scores_of(case: Worked, scale: Scale) -> Any:
    """The two scores of one scale in a case."""
    expected, computed = case.expected.get(scale.code), case.computed.get(scale.code)
    return Pair(expected, computed, same(expected, computed))
