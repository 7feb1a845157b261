"""Silence: due check-ins that nobody answered, one after the other. It is told to the clinician, never reminded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mooring.science.operating_point import ASSUMED, OperatingPoint


class Silence(NamedTuple):
    """Indices into the due check-ins."""

    since: int
    """The first one missed."""
    spoke: int
    ceased: int | None
    """The next one answered; None while silent."""


def silences(answered: Sequence[bool], point: OperatingPoint = ASSUMED) -> tuple[Silence, ...]:
    """Runs of at least ``missed_checkins`` due check-ins without an answer.

    answered (n,): of each due check-in whose time is over, in order. Free check-ins between them count as an
    answer of the due one they precede: that is the caller's to say.
    """
    found: list[Silence] = []
    run = 0
    for i, came in enumerate(answered):
        if came and run >= point.missed_checkins:
            found[-1] = found[-1]._replace(ceased=i)
        run = 0 if came else run + 1
        if run == point.missed_checkins:
            found.append(Silence(i - run + 1, i, None))
    return tuple(found)
