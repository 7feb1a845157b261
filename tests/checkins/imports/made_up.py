"""Answers of people who do not exist, seeded: one latent level a scale, so that items go together."""

import numpy as np
import polars as pl

from mooring import catalogue


def answers(key: str, people: int, seed: int, span: tuple[int, int] | None = None) -> pl.DataFrame:
    """One row a person, one column an item, raw as a person ticks them."""
    instrument = catalogue.load(key)
    rng = np.random.default_rng(seed)
    level = {scale.code: rng.normal(size=people) for scale in instrument.scales}
    columns = {"id": [f"P{n:04}" for n in range(people)]}
    for item in instrument.items:
        low, high = span or (item.minimum, item.maximum)
        drawn = level[str(item.scale)] + rng.normal(0, 0.8, people)
        value = np.clip(np.rint((low + high) / 2 + drawn * (high - low) / 4), low, high)
        columns[item.code] = (low + high - value if item.reversed else value).astype(int)
    return pl.DataFrame(columns)


def turned(frame: pl.DataFrame, key: str, span: tuple[int, int]) -> pl.DataFrame:
    """The same file after its reversed items were turned."""
    reversed_items = [item.code for item in catalogue.load(key).items if item.reversed]
    return frame.with_columns([(sum(span) - pl.col(code)).alias(code) for code in reversed_items])
