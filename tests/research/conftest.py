"""The commands as a person runs them, and data with known results where somebody has them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

Run = Callable[..., str]


@pytest.fixture
def mooring() -> Run:
    """Runs a command; gives what it prints, or the sentence of its refusal."""
    from mooring.cli import app

    def run(*words: object) -> str:
        result = CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            if not isinstance(result.exception, ValueError):
                raise result.exception
            return f"refused: {result.exception}"
        return result.output

    return run


@pytest.fixture(scope="session")
def ecr() -> Path:
    """Answers to the ECR and what mirt 1.47 makes of them, in a folder that is no part of the project."""
    folder = Path(os.environ.get("MOORING_REFERENCE_DATA", "reference-data")) / "ecr"
    if not (folder / "expected_graded_response.json").is_file():
        pytest.skip("MOORING_REFERENCE_DATA does not name a folder with ecr/expected_graded_response.json")
    return folder
