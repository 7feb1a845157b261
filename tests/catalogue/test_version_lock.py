"""Content changes only together with its version."""

from dataclasses import replace
from pathlib import Path

import pytest

from mooring.catalogue import digest, load
from mooring.catalogue.lock import LOCK, compare, main, packaged, read


def test_every_packaged_measure_is_as_locked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().err == ""


def test_one_changed_word_is_found_and_the_file_named() -> None:
    bank = load("distress")
    wording = replace(bank.wording["en"], timeframe="this last week")
    changed = {**packaged(), "distress": (1, digest(replace(bank, wording={"en": wording})))}
    (problem,) = compare(read(LOCK), changed)
    assert problem.startswith("banks/distress/instrument.toml: the content changed")
    assert problem.endswith("Set version = 2.")


def test_with_a_new_version_it_only_wants_to_be_locked() -> None:
    (problem,) = compare(read(LOCK), {**packaged(), "phq-9": (2, "new")})
    assert problem.startswith("published/phq-9.toml: version 2 is not locked yet")


def test_versions_only_rise_and_measures_do_not_vanish() -> None:
    locked = {"phq-9": {1: "a", 2: "b"}, "gone": {1: "c"}}
    vanished, older = compare(locked, {"phq-9": (1, "a")})
    assert "gone: locked, but no longer in the catalogue" in vanished
    assert "older than the locked 2" in older


def test_write_adds_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    assert main([], path) == 1
    assert main(["--write"], path) == 0
    assert read(path) == {key: {version: content} for key, (version, content) in packaged().items()}
    assert main([], path) == 0


def test_write_never_overwrites_a_locked_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lock.toml"
    path.write_text('[distress]\n1 = "what it was"\n', encoding="utf-8")
    assert main(["--write"], path) == 1
    assert read(path)["distress"] == {1: "what it was"}
    assert "banks/distress/instrument.toml" in capsys.readouterr().err
