"""A calibration whose parameters are known, for tests."""

from datetime import datetime

import numpy as np

from mooring import catalogue
from mooring.catalogue import CalibratedScale, Calibration, ItemParameters
from mooring.checkins.models import Calibration as Row
from mooring.checkins.put_in_force import keep, put_in_force
from mooring.instruments.publish import current
from mooring.people.models import Clinic
from mooring.science.graded_response.model import Items


def known(key: str, *, seed: int = 7, problems: tuple[str, ...] = (), persons: int = 2000) -> Calibration:
    """Of the newest version: thresholds evenly about the middle, each item easier or harder than the next."""
    instrument = catalogue.load(key)
    rng = np.random.default_rng(seed)
    scales = []
    for scale in instrument.scales:
        items = []
        for code in scale.items:
            item = instrument.item(code)
            steps = item.maximum - item.minimum
            b = np.linspace(-1.8, 1.8, steps) + rng.normal(0, 0.3)
            lowest = tuple(float(value) for value in range(item.minimum, item.maximum + 1))
            a = float(rng.uniform(1.4, 2.4))
            items.append(ItemParameters(code, a, 0.1, tuple(map(float, b)), (0.1,) * steps, lowest))
        scales.append(CalibratedScale(scale.code, tuple(items), 0.0, 1.0, 0.93))
    return Calibration(
        key=key,
        version=instrument.version,
        scales=tuple(scales),
        persons=persons,
        sample="2000 simulated people",
        science="graded_response 1",
        log_likelihood=-1.0,
        iterations=1,
        simulated=True,
        problems=problems,
    )


def parameters(scale: CalibratedScale) -> Items:
    """As the science wants them."""
    width = max(len(item.b) for item in scale.items)
    b = np.full((len(scale.items), width), np.nan)
    for row, item in enumerate(scale.items):
        b[row, : len(item.b)] = item.b
    return Items(np.array([item.a for item in scale.items]), b, np.zeros(len(scale.items), dtype=np.int64))


def in_force(clinic: Clinic, content: Calibration, at: datetime) -> Row:
    """Kept and put in force."""
    version = current(content.key)
    row = keep(content, version, clinic, at=at, by=None)
    put_in_force(row, version, clinic, at=at, by=None)
    return row
