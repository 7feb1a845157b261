"""docs/tutorial.md is run from top to bottom, and what it prints is compared with what it says."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(python|text)( drawn)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tutorial_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed, compared = "", 0
    for kind, drawn, content in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if kind == "text":
            assert printed.strip() == content.strip()
            compared += 1
        elif not drawn or importlib.util.find_spec("vl_convert") is not None:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                exec(compile(content, str(GUIDE), "exec"), names)  # our own guide
            printed = said.getvalue()
    assert compared == 6
    if importlib.util.find_spec("vl_convert") is not None:
        assert (tmp_path / "information.svg").read_text(encoding="utf-8").startswith("<svg")
