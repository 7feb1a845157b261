"""What docs/measures.md shows can be done."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mooring import cli
from mooring.instruments.own import form_named
from mooring.people.models import Clinic
from tests.cast import People

GUIDE = (Path(__file__).parents[2] / "docs/measures.md").read_text()


def test_the_guide_is_followed(clinic: Clinic, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people.alice.email = "ines@example.org"
    people.alice.save()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mooring.web.serving.prepare_database", lambda say: None)
    for name, content in re.findall(r"```csv (\S+)\n(.*?)```", GUIDE, re.DOTALL):
        (tmp_path / name).write_text(content)
    (tmp_path / "calm.json").unlink(missing_ok=True)
    for command in re.findall(r"^\$ mooring (.*)$", GUIDE, re.MULTILINE):
        done = CliRunner().invoke(cli.app, shlex.split(command.replace("$CLINIC", str(clinic.pk))))
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception}"
    assert form_named(clinic, "harbour-calm") is not None
    assert {"gad-7.json", "calm.json"} <= {path.name for path in tmp_path.iterdir()}
