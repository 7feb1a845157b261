"""docs/commands/*.md are run: their files are written, their commands executed, and what they print compared."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mooring.cli import app

GUIDES = Path(__file__).parents[2] / "docs" / "commands"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = {"calibrate": 2, "change": 1, "couples": 3, "gains": 1, "growth": 1, "score": 2, "trajectory": 2, "transfer": 1}


def printed(command: str) -> str:
    """What a command of the guide prints, its refusal included."""
    result = CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(app, shlex.split(command)[1:])
    if result.exception is not None and not isinstance(result.exception, SystemExit | ValueError):
        raise result.exception
    refusal = f"{result.exception}\n" if isinstance(result.exception, ValueError) else ""
    return tidy(result.output + refusal)


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@pytest.mark.parametrize("name", sorted(RUN))
def test_every_example_prints_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = 0
    for kind, file, content in BLOCK.findall((GUIDES / f"{name}.md").read_text(encoding="utf-8")):
        if kind == "python":
            exec(compile(content, f"{name}.md", "exec"), {})  # our own guide
        elif kind == "console":
            command, _, expected = content.removeprefix("$ ").partition("\n")
            assert printed(command) == tidy(expected), command
            run += 1
        elif file.startswith("="):
            assert Path(file.removeprefix("=")).read_text(encoding="utf-8") == content
        elif file:
            Path(file).write_text(content, encoding="utf-8")
    assert run == RUN[name]
