"""docs/import.md is run: its files are written, its commands executed, and what they print compared."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mooring.cli import app
from mooring.people.models import Clinic, Membership, User

GUIDE = Path(__file__).parents[3] / "docs" / "import.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """Each fenced block: its kind, its file name, its content."""
    for match in BLOCK.finditer(GUIDE.read_text(encoding="utf-8")):
        yield match[1], match[2], match[3]


def printed(command: str, clinic: Clinic) -> str:
    """What a command of the guide prints, errors included, as on a terminal of 80 columns."""
    words = shlex.split(command.replace("$CLINIC", str(clinic.pk)))
    result = CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(app, words[1:])
    said = result.output
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        said += f"{result.exception}\n"
    return tidy(said.replace(str(clinic.pk), "$CLINIC"))


def tidy(text: str) -> str:
    """Without what differs from run to run and from editor to editor: seconds, blank lines, ends of lines."""
    text = re.sub(r"in \d+\.\d s", "in 0.1 s", text)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@pytest.mark.django_db
def test_every_example_of_the_guide_prints_what_it_says(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines = User.objects.create_user("ines@example.org", None)
    since = datetime(2024, 1, 1, tzinfo=UTC)
    Membership.objects.create(clinic=clinic, user=ines, role="clinician", since=since)
    monkeypatch.chdir(tmp_path)
    run = 0
    for kind, name, content in blocks():
        if name:
            Path(name).write_text(content, encoding="utf-8")
        if kind == "console":
            command, _, expected = content.removeprefix("$ ").partition("\n")
            assert printed(command, clinic) == tidy(expected), command
            run += 1
    assert run == 8
