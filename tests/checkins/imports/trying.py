"""What the tests of the import share: write a file, run the command's own function, read what it said."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from mooring.checkins.imports.options import Options
from mooring.checkins.imports.run import run
from mooring.kit.refused import Refused
from mooring.people.models import Clinic

NOW = datetime(2026, 5, 13, 18, 51, tzinfo=UTC)


@dataclass
class Tried:
    """What came of one run."""

    loaded: Any
    said: str
    refused: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)

    def at(self, row: int | None, column: str) -> str:
        """What was said to be wrong with a cell; empty when nothing was."""
        found = [one["wrong"] for one in self.problems if (one["row"], one["column"]) == (row, column)]
        return "; ".join(found)


@dataclass
class Trier:
    clinic: Clinic
    room: Path
    clinician: str = "alice@example.org"

    def file(self, text: str, name: str = "answers.csv") -> Path:
        path = self.room / name
        path.write_text(text, encoding="utf-8")
        return path

    def __call__(self, file: Path | str, *, ask: Any = None, at: datetime = NOW, **said: Any) -> Tried:
        """Import; a refusal is part of the answer."""
        path = self.file(file) if isinstance(file, str) else file
        listed = self.room / "problems.csv"
        listed.unlink(missing_ok=True)
        said = {"clinic": str(self.clinic.pk), "clinician": self.clinician, "problems": listed, "yes": True, **said}
        console = Console(file=StringIO(), width=200)
        loaded, refused = None, ""
        try:
            loaded = run(Options(file=path, **said), console, at, ask)
        except Refused as error:
            refused = str(error)
        found = pl.read_csv(listed, schema_overrides=TYPES).to_dicts() if listed.exists() else []
        return Tried(loaded, console.file.getvalue(), refused, found)  # type: ignore[attr-defined]


TYPES = {"row": pl.Int64, "column": pl.String, "value": pl.String, "wrong": pl.String, "mend": pl.String}


@pytest.fixture
def attempt(clinic: Clinic, people: Any, tmp_path: Path) -> Trier:
    """Alice imports a file into her clinic."""
    return Trier(clinic, tmp_path)
