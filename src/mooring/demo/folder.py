"""The demonstration's folder. It is emptied without asking, so it must be the demonstration's own."""

import shutil
from pathlib import Path

MARK = "this-is-a-demonstration"
# What the demonstration puts there, and all that it ever takes away.
OURS = ("data", "data-keyring", "filled")


class NotADemonstration(ValueError):
    """MOORING_DEMO names a folder that holds something else; nothing in it was touched."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"MOORING_DEMO: {home} holds something that is not a demonstration. Name a folder of its own, "
            "or delete that one yourself if it is an old demonstration."
        )


def claim(home: Path) -> None:
    """Make a new or empty folder the demonstration's own; raises NotADemonstration for any other."""
    if (home / MARK).is_file():
        return
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise NotADemonstration(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / MARK).touch()


def empty(home: Path) -> None:
    """Take away what the demonstration put there; raises NotADemonstration."""
    claim(home)
    for name in OURS:
        if (home / name).is_dir():
            shutil.rmtree(home / name)
        else:
            (home / name).unlink(missing_ok=True)
    (home / "data").mkdir(mode=0o700)
