"""Items and figures of mirt 1.47 on the public attachment answers, in a folder that is no part of the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mooring.science.graded_response.model import Items


def folder() -> Path:
    """Skips the test without it."""
    named = os.environ.get("MOORING_REFERENCE_DATA")
    if not named:
        pytest.skip("set MOORING_REFERENCE_DATA to a folder with ecr/expected_graded_response.json")
    return Path(named) / "ecr"


def facts() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder() / "expected_graded_response.json").read_text())
    return found


def items(name: str) -> Items:
    rows = facts()[name]["items"]
    a = np.array([row["a"] for row in rows])
    b = np.array([[row[f"b{k}"] for k in range(1, 5)] for row in rows])
    return Items(a, b, np.zeros(a.size, dtype=np.int64))
