"""About whom answers are: a kind of figure, with a number where a person has two of that kind. Never a name."""

import re
from collections.abc import Mapping

from mooring.kit.refused import Refused

KINDS = ("mother", "father", "partner", "friend", "therapist", "self", "general", "other")
_FIGURE = re.compile(rf"({'|'.join(KINDS)})( [1-9]\d?)?")


def is_figure(text: str) -> bool:
    """Whether it is a kind, alone or with a number: "mother", "friend 2"."""
    return _FIGURE.fullmatch(text) is not None


def require(name: str, known: Mapping[str, str], where: str) -> str:
    """The figure that a name of the map stands for, "" for none; raises Refused."""
    figure = known.get(name, name)
    if figure and not is_figure(figure):
        raise Refused(
            where,
            f"“{figure}” is no kind of figure",
            f"Write one of {', '.join(KINDS)}; two of a kind as “friend 1” and “friend 2”.",
        )
    return figure


def kind_of(figure: str) -> str:
    """ "friend" of "friend 2"."""
    return figure.split(" ")[0]
