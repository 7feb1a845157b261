"""What answers have taught about a measure: item parameters, precision and norms of its scales, as data.

Made by `mooring calibrate`; never edited. A result that rests on one names its number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from mooring.catalogue.decode import decode, encode
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.model import Instrument

STEEPEST, FARTHEST = 1_000.0, 1_000_000.0
"""Of a slope and of a threshold: no answers give more, and beyond them the arithmetic ends."""


@dataclass(frozen=True)
class ItemParameters:
    """Of one item, keyed so that more is more of what the scale measures: P(X ≥ k | θ) = 1/(1 + exp(−a(θ − b_k)))."""

    code: str
    a: float
    a_se: float
    b: tuple[float, ...]
    b_se: tuple[float, ...]
    lowest: tuple[float, ...]
    """Lowest answer (keyed, in the answers' own range) of each category; neighbours nobody told apart are one."""


@dataclass(frozen=True)
class Percentile:
    percent: float
    score: float


@dataclass(frozen=True)
class StratumNorm:
    """How a group of the calibrated people scored. A clinic reference, never a functional norm."""

    stratum: str
    """Such as "all", "gender: woman", "age: 30 to 44"."""
    n: int
    mean: float | None = None
    """None where the stratum has too few people to be a reference; then `n` says how many there are."""
    sd: float | None = None
    percentiles: tuple[Percentile, ...] = ()


@dataclass(frozen=True)
class CalibratedScale:
    code: str
    items: tuple[ItemParameters, ...]
    mean: float
    """Of the true score, points, among those calibrated: θ is 0 there and 1 is one standard deviation."""
    sd: float
    reliability: float
    """Of a score from all items: the share of true variance (marginal, from the information)."""
    alpha: float | None = None
    omega: float | None = None
    norms: tuple[StratumNorm, ...] = ()


@dataclass(frozen=True)
class Calibration:
    key: str
    """The measure."""
    version: int
    """Of the measure: another wording is another calibration."""
    scales: tuple[CalibratedScale, ...]
    persons: int
    sample: str
    """Whose answers, in words: "Quayside Practice, answers to 2026-05-13, consent to quality"."""
    science: str
    """Versions of the algorithms."""
    log_likelihood: float
    iterations: int
    minimum: float | None = None
    """Where the answers' range is not the key's."""
    maximum: float | None = None
    correlation: float | None = None
    """Between the two scales, where two were fitted together."""
    simulated: bool = False
    """Made from simulated people; every result says so."""
    problems: tuple[str, ...] = ()
    """Why it must not be published, in words; empty when it may."""
    cautions: tuple[str, ...] = ()
    """What a reader should know: items that fit badly or work differently in a group."""

    def scale(self, code: str) -> CalibratedScale | None:
        """None when the measure's scale was not calibrated."""
        return next((scale for scale in self.scales if scale.code == code), None)


def canonical_calibration(calibration: Calibration) -> bytes:
    """UTF-8 JSON with sorted keys and without spaces: the same calibration gives the same bytes."""
    plain = encode(calibration)
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def calibration_digest(calibration: Calibration) -> str:
    """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_calibration(calibration)).hexdigest()


def read_calibration(content: bytes, name: str = "calibration") -> Calibration:
    """The calibration that stands in a file or a row. Raises CatalogueError naming the place."""
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CatalogueError(name, "", f"is not JSON: {error}", "Give the file that mooring calibrate wrote") from error
    calibration = decode(Calibration, plain, name)
    _require(bool(calibration.scales), name, "scales", "there are none")
    _require(not _twice([scale.code for scale in calibration.scales]), name, "scales", "a scale stands there twice")
    low, high = calibration.minimum, calibration.maximum
    rises = (low is None and high is None) or (low is not None and high is not None and low < high)
    _require(rises, name, "minimum", "the answers' range must rise and have both ends")
    _require(calibration.persons > 0, name, "persons", "there must be some")
    for scale in calibration.scales:
        place = f"scales.{scale.code}"
        _require(bool(scale.items), name, place, "it has no items")
        _require(not _twice([item.code for item in scale.items]), name, place, "an item stands there twice")
        _require(scale.sd > 0 and 0 <= scale.reliability <= 1, name, place, "its sd or its reliability cannot be")
        for item in scale.items:
            _require_possible(item, name, f"{place}.{item.code}")
    return calibration


def _require_possible(item: ItemParameters, name: str, place: str) -> None:
    rising = bool(item.b) and list(item.b) == sorted(set(item.b)) and max(map(abs, item.b)) <= FARTHEST
    _require(
        0 < item.a <= STEEPEST and rising, name, place, "thresholds must rise and a be positive, neither beyond use"
    )
    matching = len(item.b) == len(item.b_se) == len(item.lowest) - 1 and list(item.lowest) == sorted(set(item.lowest))
    _require(matching, name, place, "categories and thresholds do not match")


def _twice(codes: Sequence[str]) -> bool:
    return len(set(codes)) < len(codes)


def _require(sound: bool, name: str, place: str, wrong: str) -> None:
    if not sound:
        raise CatalogueError(name, place, wrong, "Calibrate again")


def require_fitting(calibration: Calibration, instrument: Instrument) -> None:
    """Raises CatalogueError unless the calibration is one of this very measure and version."""
    name = f"calibration of {calibration.key} v{calibration.version}"
    if (calibration.key, calibration.version) != (instrument.key, instrument.version):
        raise CatalogueError(
            name, "key", f"it is not one of {instrument.key} v{instrument.version}", "Calibrate this version"
        )
    for scale in calibration.scales:
        known = {one.code for one in instrument.scales}
        if scale.code not in known:
            raise CatalogueError(name, f"scales.{scale.code}", "no such scale", f"Scales are {', '.join(known)}")
        strangers = {item.code for item in scale.items} - set(instrument.scale(scale.code).items)
        if strangers:
            raise CatalogueError(
                name,
                f"scales.{scale.code}",
                f"items of another scale: {', '.join(sorted(strangers))}",
                "Calibrate again",
            )
        for item in scale.items:
            known_item = instrument.item(item.code)
            low = known_item.minimum if calibration.minimum is None else calibration.minimum
            high = known_item.maximum if calibration.maximum is None else calibration.maximum
            if item.lowest[0] != low or item.lowest[-1] > high:
                raise CatalogueError(
                    name,
                    f"scales.{scale.code}.{item.code}",
                    f"its answers do not go from {low:g} to {high:g}",
                    "Calibrate again",
                )
