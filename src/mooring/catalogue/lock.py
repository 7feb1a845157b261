"""Guard of versions: content may change only together with its version number.

``python -m mooring.catalogue.lock`` compares every packaged measure with versions.lock.toml;
``--write`` adds the versions that are not in it yet, and never overwrites one.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.identity import digest
from mooring.catalogue.reader import BANKS, PUBLISHED, keys, load

LOCK = Path(__file__).with_name("versions.lock.toml")
HEADER = "# Digest of each version of each measure. Written by `python -m mooring.catalogue.lock --write`.\n"

Versions = dict[str, dict[int, str]]


def compare(locked: Mapping[str, Mapping[int, str]], packaged: Mapping[str, tuple[int, str]]) -> list[str]:
    """What is wrong, a sentence each, naming the file. ``packaged`` is key → (version, digest)."""
    problems = [
        f"{key}: locked, but no longer in the catalogue. Bring it back, or take its lines out of {LOCK.name}."
        for key in locked
        if key not in packaged
    ]
    for key, (version, content) in packaged.items():
        known = locked.get(key, {})
        file = file_of(key)
        if version not in known:
            problems.append(
                f"{file}: version {version} is not locked yet. Run python -m mooring.catalogue.lock --write."
            )
        elif known[version] != content:
            problems.append(
                f"{file}: the content changed, yet it is still version {version}. Set version = {max(known) + 1}."
            )
        if known and version < max(known):
            problems.append(f"{file}: version {version} is older than the locked {max(known)}. Versions only rise.")
    return problems


def file_of(key: str) -> str:
    """Where a measure's version stands; its wording lies beside it."""
    bank = f"{BANKS}/{key}/instrument.toml"
    return bank if LOCK.with_name(BANKS).joinpath(key).is_dir() else f"{PUBLISHED}/{key}.toml"


def packaged() -> dict[str, tuple[int, str]]:
    """Every measure's version and digest. Raises CatalogueError."""
    return {key: (load(key).version, digest(load(key))) for key in keys()}


def read(path: Path) -> Versions:
    """The locked digests; none when the file does not exist yet."""
    if not path.exists():
        return {}
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: {int(version): held for version, held in own.items()} for key, own in content.items()}


def written(versions: Mapping[str, Mapping[int, str]]) -> str:
    """The lock file's text."""
    tables = [
        f"\n[{key}]\n" + "".join(f'{version} = "{own[version]}"\n' for version in sorted(own))
        for key, own in sorted(versions.items())
    ]
    return HEADER + "".join(tables)


def main(argv: list[str] | None = None, path: Path = LOCK) -> int:
    """Returns 0 when every measure is as locked, else 1 with the problems on standard error."""
    parser = argparse.ArgumentParser(prog="python -m mooring.catalogue.lock", description=__doc__)
    parser.add_argument("--write", action="store_true", help="add versions that are not locked yet")
    arguments = parser.parse_args(argv)
    try:
        now, locked = packaged(), read(path)
    except CatalogueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if arguments.write:
        for key, (version, content) in now.items():
            locked.setdefault(key, {}).setdefault(version, content)
        path.write_text(written(locked), encoding="utf-8")
    problems = compare(locked, now)
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
