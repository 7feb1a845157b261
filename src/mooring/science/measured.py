"""What the simulation measured. Written by benchmarks/operating_points.py --write."""

from __future__ import annotations

from collections.abc import Mapping

from mooring.science.operating_point import OperatingPoint

POINT = OperatingPoint(
    margin=1.0,
    alone=0.98,
    together=0.93,
    together_weeks=1.0,
    shift=0.97,
    nearest=1.0,
    spread=1.0,
    event=2.77,
    release=0.5,
    alliance_sd=2.5,
    alliance_baseline=4,
    missed_checkins=3,
    gain=1.96,
    plateau=0.99,
    plateau_weeks=12.0,
    plateau_occasions=6,
)
CLIENTS = 1000
"""Steady clients simulated in each condition, half a year each."""
FALSE_OF_100_HALF_YEARS: Mapping[str, Mapping[str, float]] = {
    "independent days": {
        "any": 11.3,
        "deterioration": 1.9,
        "setback": 2.6,
        "alliance drop": 4.9,
        "silence": 1.1,
        "shift": 1.5,
    },
    "lingering moods": {
        "any": 28.0,
        "deterioration": 9.5,
        "setback": 9.1,
        "alliance drop": 9.1,
        "silence": 1.1,
        "shift": 3.2,
    },
    "heavy tails": {
        "any": 8.0,
        "deterioration": 0.8,
        "setback": 0.8,
        "alliance drop": 5.3,
        "silence": 1.1,
        "shift": 0.7,
    },
    "skipping when distressed": {
        "any": 14.9,
        "deterioration": 1.5,
        "setback": 2.0,
        "alliance drop": 4.6,
        "silence": 6.6,
        "shift": 1.0,
    },
    "movement assumed half as large": {
        "any": 14.8,
        "deterioration": 3.3,
        "setback": 2.3,
        "alliance drop": 7.0,
        "silence": 1.1,
        "shift": 2.2,
    },
    "movement assumed twice as large": {
        "any": 5.4,
        "deterioration": 0.4,
        "setback": 2.0,
        "alliance drop": 1.8,
        "silence": 1.1,
        "shift": 0.3,
    },
}
"""Condition → kind → how many of 100 steady clients it was said of within half a year."""
FALSE_FLAGS_A_YEAR: Mapping[str, float] = {
    "independent days": 0.24,
    "lingering moods": 0.69,
    "heavy tails": 0.18,
    "skipping when distressed": 0.32,
    "movement assumed half as large": 0.33,
    "movement assumed twice as large": 0.11,
}
USUAL = "independent days"
"""The condition whose figures are printed with a flag."""


def false_of_100(kind: str) -> float:
    """In a steady person this rule is wrong in so many of 100 half-years (simulated)."""
    return FALSE_OF_100_HALF_YEARS[USUAL][kind]
