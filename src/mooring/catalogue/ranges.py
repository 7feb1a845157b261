"""A measure as it was asked with other answer stops than its key's."""

from __future__ import annotations

from dataclasses import replace

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import Instrument


def in_range(instrument: Instrument, minimum: int, maximum: int) -> Instrument:
    """The measure with every item running from ``minimum`` to ``maximum``; itself when it does already.

    What was found in the key's own range says nothing about another: norms, cut-offs, reliable change and
    precision are left out, and so is the wording, whose labels no longer fit. Raises CatalogueError when the
    range does not rise, or when the measure's items differ in range, so that no single one can stand for it.
    """
    ranges = {(item.minimum, item.maximum) for item in instrument.items}
    if ranges == {(minimum, maximum)}:
        return instrument
    if minimum >= maximum:
        raise CatalogueError(instrument.key, "range", f"{minimum} to {maximum}", "Let it rise")
    if len(ranges) != 1:
        raise CatalogueError(
            instrument.key,
            "range",
            "its items differ in range, or there are none",
            "Import the answers in the key's own ranges, or the totals as a declared measure",
        )
    return replace(
        instrument,
        items=tuple(replace(item, minimum=minimum, maximum=maximum) for item in instrument.items),
        scales=tuple(
            replace(
                scale,
                minimum=float(minimum * (len(scale.items) if scale.score == "sum" else 1)),
                maximum=float(maximum * (len(scale.items) if scale.score == "sum" else 1)),
                precision=None,
                norms=(),
                cutoffs=(),
                reliable_change=(),
            )
            for scale in instrument.scales
        ),
        forms={code: replace(form, precision={}) for code, form in instrument.forms.items()},
        golden=(),
        wording={},
    )
