"""The version of each algorithm, kept with every derived row.

Raise it by hand whenever the same answers may give other results; the golden test fails until that is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCIENCE_VERSION: Mapping[str, int] = MappingProxyType(
    {
        "adaptive": 1,
        "agreement": 1,
        "alliance": 1,
        "change": 1,
        "change_methods": 1,
        "change_slopes": 1,
        "coupled": 1,
        "dif": 1,
        "dyads": 1,
        "dynamics": 1,
        "gains": 1,
        "graded_response": 1,
        "growth": 1,
        "item_fit": 1,
        "joint_trajectory": 1,
        "off_course": 1,
        "panel": 1,
        "panel_interval": 1,
        "plateau": 1,
        "pooling": 1,
        "regions": 1,
        "reliability": 1,
        "scales": 1,
        "signals": 2,
        "silence": 1,
        "sudden": 1,
        "trajectory": 1,
        "transfer": 1,
    }
)


def of(*algorithms: str) -> str:
    """The versions that a result rests on, as one short text such as ``scales 1, trajectory 1``; all if none named.

    Raises ValueError naming an algorithm that does not exist.
    """
    unknown = set(algorithms) - set(SCIENCE_VERSION)
    if unknown:
        raise ValueError(f"no such algorithm: {', '.join(sorted(unknown))}")
    return ", ".join(f"{name} {SCIENCE_VERSION[name]}" for name in sorted(algorithms or SCIENCE_VERSION))
