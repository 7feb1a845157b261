"""What the simulation measured. Written by benchmarks/operating_points.py --write."""

from __future__ import annotations

from collections.abc import Mapping

from mooring.science.operating_point import OperatingPoint

CLIENTS = 1000
"""Steady clients simulated in each condition, half a year each."""
CHANGED_CLIENTS = 400
"""Of each change and size."""
USUAL = "independent days"
"""The condition whose figures are printed with a flag."""

POINTS: Mapping[str, OperatingPoint] = {
    "earlier": OperatingPoint(
        margin=1.0,
        alone=0.93,
        together=0.83,
        together_weeks=1.0,
        shift=0.92,
        nearest=1.0,
        spread=1.0,
        event=2.77,
        release=0.5,
        alliance_sd=2.0,
        alliance_baseline=4,
        missed_checkins=2,
        gain=1.96,
        plateau=0.99,
        plateau_weeks=12.0,
        plateau_occasions=6,
    ),
    "usual": OperatingPoint(
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
    ),
    "quieter": OperatingPoint(
        margin=1.0,
        alone=0.99,
        together=0.96,
        together_weeks=1.0,
        shift=0.985,
        nearest=1.0,
        spread=1.0,
        event=2.77,
        release=0.5,
        alliance_sd=2.75,
        alliance_baseline=4,
        missed_checkins=4,
        gain=2.5,
        plateau=0.99,
        plateau_weeks=12.0,
        plateau_occasions=6,
    ),
}
"""The points that were simulated."""
FALSE_OF_100_HALF_YEARS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "earlier": {
        "independent days": {
            "any": 45.4,
            "deterioration": 9.2,
            "alliance drop": 13.7,
            "silence": 14.4,
            "setback": 10.8,
            "shift": 6.9,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 13.0,
            "repair": 11.2,
        },
        "lingering moods": {
            "any": 69.3,
            "deterioration": 24.3,
            "alliance drop": 20.1,
            "silence": 14.4,
            "setback": 26.9,
            "shift": 14.8,
            "off course": 13.7,
            "gain": 23.3,
            "recovery": 31.1,
            "repair": 15.9,
        },
        "heavy tails": {
            "any": 33.1,
            "deterioration": 5.1,
            "alliance drop": 11.8,
            "silence": 14.4,
            "setback": 5.0,
            "shift": 3.1,
            "off course": 7.7,
            "gain": 7.3,
            "recovery": 6.8,
            "repair": 9.8,
        },
        "skipping when distressed": {
            "any": 56.3,
            "deterioration": 7.9,
            "alliance drop": 11.7,
            "silence": 37.9,
            "setback": 9.1,
            "shift": 5.8,
            "off course": 9.5,
            "gain": 14.1,
            "recovery": 10.2,
            "repair": 9.0,
        },
        "movement assumed half as large": {
            "any": 52.2,
            "deterioration": 11.8,
            "alliance drop": 18.5,
            "silence": 14.4,
            "setback": 11.0,
            "shift": 9.0,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 15.8,
            "repair": 15.3,
        },
        "movement assumed twice as large": {
            "any": 36.0,
            "deterioration": 6.2,
            "alliance drop": 7.9,
            "silence": 14.4,
            "setback": 8.4,
            "shift": 4.6,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 9.3,
            "repair": 6.8,
        },
    },
    "usual": {
        "independent days": {
            "any": 11.3,
            "deterioration": 1.9,
            "alliance drop": 4.9,
            "silence": 1.1,
            "setback": 2.6,
            "shift": 1.5,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 2.5,
            "repair": 3.8,
        },
        "lingering moods": {
            "any": 28.0,
            "deterioration": 9.5,
            "alliance drop": 9.1,
            "silence": 1.1,
            "setback": 9.1,
            "shift": 3.2,
            "off course": 13.7,
            "gain": 23.3,
            "recovery": 11.2,
            "repair": 7.4,
        },
        "heavy tails": {
            "any": 8.0,
            "deterioration": 0.8,
            "alliance drop": 5.3,
            "silence": 1.1,
            "setback": 0.8,
            "shift": 0.7,
            "off course": 7.7,
            "gain": 7.3,
            "recovery": 0.7,
            "repair": 4.4,
        },
        "skipping when distressed": {
            "any": 14.9,
            "deterioration": 1.5,
            "alliance drop": 4.6,
            "silence": 6.6,
            "setback": 2.0,
            "shift": 1.0,
            "off course": 9.5,
            "gain": 14.1,
            "recovery": 1.7,
            "repair": 3.4,
        },
        "movement assumed half as large": {
            "any": 14.8,
            "deterioration": 3.3,
            "alliance drop": 7.0,
            "silence": 1.1,
            "setback": 2.3,
            "shift": 2.2,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 3.3,
            "repair": 5.9,
        },
        "movement assumed twice as large": {
            "any": 5.4,
            "deterioration": 0.4,
            "alliance drop": 1.8,
            "silence": 1.1,
            "setback": 2.0,
            "shift": 0.3,
            "off course": 9.7,
            "gain": 15.4,
            "recovery": 1.0,
            "repair": 1.5,
        },
    },
    "quieter": {
        "independent days": {
            "any": 4.2,
            "deterioration": 0.5,
            "alliance drop": 2.5,
            "silence": 0.1,
            "setback": 1.0,
            "shift": 0.2,
            "off course": 9.7,
            "gain": 3.2,
            "recovery": 0.7,
            "repair": 1.9,
        },
        "lingering moods": {
            "any": 16.8,
            "deterioration": 5.6,
            "alliance drop": 6.3,
            "silence": 0.1,
            "setback": 4.8,
            "shift": 1.1,
            "off course": 13.7,
            "gain": 6.8,
            "recovery": 5.8,
            "repair": 4.9,
        },
        "heavy tails": {
            "any": 4.4,
            "deterioration": 0.5,
            "alliance drop": 3.4,
            "silence": 0.1,
            "setback": 0.1,
            "shift": 0.5,
            "off course": 7.7,
            "gain": 1.0,
            "recovery": 0.4,
            "repair": 2.9,
        },
        "skipping when distressed": {
            "any": 4.1,
            "deterioration": 0.5,
            "alliance drop": 2.0,
            "silence": 0.6,
            "setback": 0.9,
            "shift": 0.1,
            "off course": 9.5,
            "gain": 2.5,
            "recovery": 0.5,
            "repair": 1.3,
        },
        "movement assumed half as large": {
            "any": 7.5,
            "deterioration": 1.1,
            "alliance drop": 4.8,
            "silence": 0.1,
            "setback": 1.1,
            "shift": 0.8,
            "off course": 9.7,
            "gain": 3.2,
            "recovery": 1.0,
            "repair": 3.7,
        },
        "movement assumed twice as large": {
            "any": 1.9,
            "deterioration": 0.1,
            "alliance drop": 1.2,
            "silence": 0.1,
            "setback": 0.5,
            "shift": 0.0,
            "off course": 9.7,
            "gain": 3.2,
            "recovery": 0.2,
            "repair": 1.1,
        },
    },
}
"""Point → condition → kind → of how many of 100 steady clients it was said within half a year; "any" is all
that are worth a conversation, "off course" of clients who go as the closed courses went."""
FALSE_FLAGS_A_YEAR: Mapping[str, Mapping[str, float]] = {
    "earlier": {
        "independent days": 1.18,
        "lingering moods": 2.35,
        "heavy tails": 0.84,
        "skipping when distressed": 1.64,
        "movement assumed half as large": 1.43,
        "movement assumed twice as large": 0.88,
    },
    "usual": {
        "independent days": 0.24,
        "lingering moods": 0.69,
        "heavy tails": 0.18,
        "skipping when distressed": 0.32,
        "movement assumed half as large": 0.33,
        "movement assumed twice as large": 0.11,
    },
    "quieter": {
        "independent days": 0.09,
        "lingering moods": 0.37,
        "heavy tails": 0.09,
        "skipping when distressed": 0.08,
        "movement assumed half as large": 0.16,
        "movement assumed twice as large": 0.04,
    },
}
"""Point → condition → flags worth a conversation of a steady client."""
GOOD_NEWS_A_YEAR: Mapping[str, Mapping[str, float]] = {
    "earlier": {
        "independent days": 0.86,
        "lingering moods": 1.64,
        "heavy tails": 0.5,
        "skipping when distressed": 0.7,
        "movement assumed half as large": 1.02,
        "movement assumed twice as large": 0.67,
    },
    "usual": {
        "independent days": 0.46,
        "lingering moods": 0.91,
        "heavy tails": 0.25,
        "skipping when distressed": 0.4,
        "movement assumed half as large": 0.52,
        "movement assumed twice as large": 0.38,
    },
    "quieter": {
        "independent days": 0.12,
        "lingering moods": 0.36,
        "heavy tails": 0.09,
        "skipping when distressed": 0.09,
        "movement assumed half as large": 0.16,
        "movement assumed twice as large": 0.09,
    },
}
"""Point → condition → gains, recoveries and repairs said of a steady client."""
NOTICED_OF_100: Mapping[str, Mapping[str, Mapping[int, int]]] = {
    "earlier": {
        "deterioration": {
            2: 82,
            4: 98,
            8: 100,
        },
        "setback": {
            2: 82,
            4: 92,
            8: 92,
        },
        "distress": {
            2: 55,
            4: 83,
            8: 97,
        },
        "security": {
            2: 50,
            4: 79,
            8: 96,
        },
        "dip": {
            2: 23,
            4: 26,
            8: 27,
        },
        "alliance drop": {
            2: 42,
            4: 57,
            8: 73,
        },
        "shift": {
            4: 1,
            8: 2,
            12: 22,
        },
        "off course": {
            4: 6,
            8: 22,
            12: 35,
        },
        "gain": {
            2: 38,
            4: 50,
            8: 52,
        },
        "recovery": {
            2: 70,
            4: 93,
            8: 98,
        },
        "repair": {
            2: 81,
            4: 93,
            8: 99,
        },
        "plateau": {
            8: 48,
            12: 88,
            16: 99,
        },
    },
    "usual": {
        "deterioration": {
            2: 70,
            4: 94,
            8: 100,
        },
        "setback": {
            2: 70,
            4: 81,
            8: 81,
        },
        "distress": {
            2: 32,
            4: 62,
            8: 84,
        },
        "security": {
            2: 30,
            4: 56,
            8: 86,
        },
        "dip": {
            2: 10,
            4: 11,
            8: 11,
        },
        "alliance drop": {
            2: 27,
            4: 43,
            8: 60,
        },
        "shift": {
            4: 0,
            8: 0,
            12: 10,
        },
        "off course": {
            4: 6,
            8: 22,
            12: 35,
        },
        "gain": {
            2: 38,
            4: 50,
            8: 52,
        },
        "recovery": {
            2: 61,
            4: 88,
            8: 98,
        },
        "repair": {
            2: 80,
            4: 93,
            8: 100,
        },
        "plateau": {
            8: 48,
            12: 88,
            16: 99,
        },
    },
    "quieter": {
        "deterioration": {
            2: 63,
            4: 91,
            8: 100,
        },
        "setback": {
            2: 63,
            4: 72,
            8: 72,
        },
        "distress": {
            2: 21,
            4: 44,
            8: 73,
        },
        "security": {
            2: 21,
            4: 44,
            8: 72,
        },
        "dip": {
            2: 7,
            4: 8,
            8: 8,
        },
        "alliance drop": {
            2: 22,
            4: 34,
            8: 50,
        },
        "shift": {
            4: 0,
            8: 0,
            12: 4,
        },
        "off course": {
            4: 6,
            8: 22,
            12: 35,
        },
        "gain": {
            2: 24,
            4: 31,
            8: 32,
        },
        "recovery": {
            2: 57,
            4: 85,
            8: 98,
        },
        "repair": {
            2: 79,
            4: 92,
            8: 99,
        },
        "plateau": {
            8: 48,
            12: 88,
            16: 99,
        },
    },
}
"""Point → kind → week since a change of one reliable-change unit → of how many of 100 it was noticed by then."""


def false_of_100(kind: str, point: str = "usual") -> float:
    """In a steady person this rule is wrong in so many of 100 half-years (simulated)."""
    return FALSE_OF_100_HALF_YEARS[point][USUAL][kind]


def worst_of_100(kind: str, point: str = "usual") -> float:
    """The same where it is wrong most often: lingering moods, say, or movement assumed wrongly."""
    return max(shares[kind] for shares in FALSE_OF_100_HALF_YEARS[point].values())


def noticed_of_100(kind: str, week: int, point: str = "usual") -> int:
    """Of 100 who changed by one reliable-change unit, so many were noticed by the end of that week (simulated).

    Raises KeyError for a kind or a week that was not simulated. A silence is said by construction.
    """
    return NOTICED_OF_100[point][kind][week]
