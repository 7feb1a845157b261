"""Results do not move without their version: derived rows carry it, and recomputing them must be explained."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mooring.science import version
from mooring.science.version import SCIENCE_VERSION
from tests.science import golden

KEPT = json.loads(golden.FILE.read_text(encoding="utf-8"))
ADVICE = "raise it in science/version.py, then run python -m tests.science.golden --write"


def test_every_algorithm_is_kept() -> None:
    assert set(KEPT) == set(SCIENCE_VERSION) == set(golden.results())


@pytest.mark.parametrize("name", sorted(SCIENCE_VERSION))
def test_results_move_only_with_their_version(name: str) -> None:
    assert KEPT[name]["version"] == SCIENCE_VERSION[name], f"{name} has a new version: {ADVICE}"
    now = golden.results()[name]
    assert len(now) == len(KEPT[name]["results"]), f"{name} moved: {ADVICE}"
    np.testing.assert_allclose(now, KEPT[name]["results"], rtol=1e-9, atol=1e-12, err_msg=f"{name} moved: {ADVICE}")


def test_versions_as_one_text() -> None:
    scales, trajectory = SCIENCE_VERSION["scales"], SCIENCE_VERSION["trajectory"]
    assert version.of("trajectory", "scales") == f"scales {scales}, trajectory {trajectory}"
    with pytest.raises(ValueError, match="astrology"):
        version.of("astrology")
