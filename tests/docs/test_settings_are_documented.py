"""Each setting that the program reads stands in docs/configuration.md, and nothing else does."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_documented_settings_are_the_settings_read() -> None:
    read = set()
    for path in (ROOT / "src").rglob("*.py"):
        read |= set(re.findall(r"""environ(?:\.get|\.pop)?[\[(]["'](MOORING_[A-Z]+(?:_[A-Z]+)*)""", path.read_text()))
    documented = set(re.findall(r"^\| `(MOORING_[A-Z_]+)`", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE))
    assert documented == read
