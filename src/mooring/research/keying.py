"""Whether the answers fit what was declared about reversed items."""

from __future__ import annotations

from collections.abc import Sequence

from mooring.catalogue import Item, Scale
from mooring.kit.refused import Refused
from mooring.research.answers import Floats
from mooring.science import scales

ROWS_LOOKED_AT = 20_000


def require_keyed(
    answers: Floats, items: Sequence[Item], scale: Scale, low: Floats, high: Floats, *, already: bool
) -> tuple[str, ...]:
    """What is only worth a look, as sentences; raises Refused naming the items that clearly run against the rest.

    answers (n, k): keyed, of this scale's items alone.
    """
    some = answers[:ROWS_LOOKED_AT]
    found = scales.item_rest_correlations(some)
    clear = scales.clearly_negative(found, some.shape[0])
    negative = [(item.code, float(r)) for item, r in zip(items, found, strict=True) if r < 0]
    if not negative:
        return ()
    told = ", ".join(f"{code} ({r:+.2f})" for code, r in negative)
    if not clear.any():
        return (f"{scale.code}: {told} runs against the other items; with {some.shape[0]} people that can be chance.",)
    other = answers[:ROWS_LOOKED_AT].copy()
    for place, item in enumerate(items):
        if item.reversed:
            other[:, place] = low[place] + high[place] - other[:, place]
    fits = not (scales.item_rest_correlations(other) < 0).any()
    declared = "already keyed" if already else "as they were ticked"
    mend = ("Leave --already-keyed out" if already else "Add --already-keyed") if fits else ""
    raise Refused(
        f"{scale.code}",
        f"{told} correlate negatively with its other items, declared {declared}",
        f"{mend}: then every item fits." if mend else "Is an item reversed, or in another column?",
    )
