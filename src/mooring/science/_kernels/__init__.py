"""Compiled loops, one module per model: the only package with ``njit``. Thin and pure.

The equations stand where the loops are called.
"""

from mooring.science._kernels.state_space import (
    NO_STEPS,
    back_again,
    compare,
    covariance_of,
    filter_one,
    look_back,
    plateaus,
    smooth,
    smooth_one,
)

__all__ = [
    "NO_STEPS",
    "back_again",
    "compare",
    "covariance_of",
    "filter_one",
    "look_back",
    "plateaus",
    "smooth",
    "smooth_one",
]
