"""Files that are written whole or not at all: beside their place first, then moved there in one step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mooring.kit.refused import Refused


def require_free(path: Path, *, overwrite: bool, option: str = "--out") -> None:
    """Raises Refused where something would be overwritten unasked, or there is no such folder."""
    if path.is_dir():
        raise Refused(option, f"{path} is a folder", "Name a file.")
    if path.exists() and not path.is_file():
        raise Refused(option, f"{path} is no ordinary file", "Name one.")
    if path.exists() and not overwrite:
        raise Refused(option, f"{path} exists", "Choose another name, or replace it with --overwrite.")
    if not path.parent.is_dir():
        raise Refused(option, f"there is no folder {path.parent}", "Make it, or choose another place.")


def require_apart(path: Path, read: Path, *, option: str = "--out") -> None:
    """Raises Refused where the result would take the place of what is read, under whatever name, or a place in it."""
    place, source = path.resolve(), read.resolve()
    same = path.exists() and read.exists() and path.samefile(read)
    if place == source or (source.is_dir() and source in place.parents) or same:
        raise Refused(option, f"{path} would take the place of {read}, which is read", "Choose another place.")


def require_places(outputs: Iterable[tuple[str, Path]], *, overwrite: bool) -> None:
    """:func:`require_free` for each option, and no two of them in one place."""
    taken: dict[Path, str] = {}
    for option, path in outputs:
        require_free(path, overwrite=overwrite, option=option)
        other = taken.setdefault(path.resolve(), option)
        if other != option:
            raise Refused(option, f"{path} is the place of {other} too", "Give each its own.")


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A place to write to; it becomes ``path`` when everything went well. Until then the old file stands untouched."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        # mkstemp gives it to its owner alone; the finished file is as private as any other of theirs.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o666 & ~mask)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
