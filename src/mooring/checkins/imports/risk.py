"""Endorsed answers to risk items. They are old when they come in: nobody was alerted, and the report says so."""

import polars as pl

from mooring.checkins.imports.keying import Blocks
from mooring.checkins.imports.names import PERSON, ROW, WHEN

SCHEMA = {
    "person": pl.String,
    "when": pl.String,
    "measure": pl.String,
    "item": pl.String,
    "answer": pl.Float64,
    "row": pl.UInt32,
}


def endorsed(blocks: Blocks) -> pl.DataFrame:
    """Every answer above the lowest to a risk item, the latest first."""
    found = [pl.DataFrame(schema=SCHEMA)]
    for part, block in blocks:
        risky = {item.code for item in part.instrument.risk_items}
        for slot in part.slots:
            if slot.code in risky and not part.totals:
                rows = block.filter(pl.col(slot.code) > slot.minimum)
                found.append(
                    rows.select(
                        pl.col(PERSON).alias("person"),
                        pl.col(WHEN).alias("when"),
                        pl.lit(part.key).alias("measure"),
                        pl.lit(slot.code).alias("item"),
                        pl.col(slot.code).alias("answer"),
                        pl.col(ROW).alias("row"),
                    )
                )
    return pl.concat(found).sort("when", "row", descending=[True, False])


def unseen(blocks: Blocks) -> list[str]:
    """Measures whose risk item is hidden in a total."""
    keys = [part.key for part, _ in blocks if part.totals and part.instrument.risk_items]
    return list(dict.fromkeys(keys))
