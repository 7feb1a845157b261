"""People whose parameters are known, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from mooring.catalogue import Instrument, load
from mooring.science.graded_response.model import Answers, Items
from mooring.science.graded_response.simulate import answers, bank


def people(key: str, n: int, seed: int = 7, missing: float = 0.0) -> tuple[Instrument, Items, Answers, np.ndarray]:
    """A measure, the true parameters of its items, its answers from 0 (−1 missing), and the true θ (n, 2)."""
    measure, rng = load(key), np.random.default_rng(seed)
    widths = {item.maximum - item.minimum + 1 for item in measure.items}
    items = bank(len(measure.items), rng, categories=max(widths), centre_sd=0.4)
    dimension = np.array([0 if item.scale == measure.scales[0].code else 1 for item in measure.items])
    items = items._replace(dimension=dimension)
    theta = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], size=n)
    return measure, items, answers(items, theta, rng, missing=missing), theta


def ticked(measure: Instrument, given: Answers) -> pl.DataFrame:
    """Answers as people tick them: in the key's range, reversed items not turned; null for missing."""
    columns = {}
    for place, item in enumerate(measure.items):
        steps = given[:, place].astype(float)
        value = item.maximum - steps if item.reversed else item.minimum + steps
        columns[f"Q{item.number}"] = pl.Series([None if s < 0 else int(v) for s, v in zip(steps, value, strict=True)])
    return pl.DataFrame(columns)


def written(frame: pl.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)
    return path
