"""The packaged measures, read from TOML and checked."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from mooring.catalogue.consistency import check_identity, check_structure, check_wording
from mooring.catalogue.decode import decode
from mooring.catalogue.errors import CatalogueError
from mooring.catalogue.layout import Assembly, InstrumentFile, WordingFile, worded
from mooring.catalogue.model import Instrument, Wording

DATA = files("mooring.catalogue")
BANKS, PUBLISHED = "banks", "published"
SUFFIX = ".toml"


def keys() -> tuple[str, ...]:
    """The keys of all packaged measures, our own banks first."""
    banks = sorted(entry.name for entry in (DATA / BANKS).iterdir() if (entry / "instrument.toml").is_file())
    published = sorted(
        entry.name.removesuffix(SUFFIX) for entry in (DATA / PUBLISHED).iterdir() if entry.name.endswith(SUFFIX)
    )
    return (*banks, *published)


@cache
def load(key: str) -> Instrument:
    """The newest version of a packaged measure.

    Raises CatalogueError when there is none of that key, or when its file is wrong.
    """
    if key not in keys():
        near = difflib.get_close_matches(key, keys(), n=1)
        mend = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(keys())}"
        raise CatalogueError("catalogue", "", f"no measure {key!r}", mend)
    if (DATA / PUBLISHED / f"{key}{SUFFIX}").is_file():
        return read(DATA / PUBLISHED / f"{key}{SUFFIX}", {})
    folder = DATA / BANKS / key
    languages = {
        entry.name.removesuffix(SUFFIX): entry
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(SUFFIX) and entry.name != "instrument.toml"
    }
    return read(folder / "instrument.toml", languages)


def read(source: Traversable, languages: dict[str, Traversable]) -> Instrument:
    """One measure from its TOML and that of each language. Raises CatalogueError."""
    file = place_of(source)
    content = decode(InstrumentFile, parse(source), file)
    expected = source.name.removesuffix(SUFFIX) if content.kind == "key" else file.split("/")[-2]
    if content.key != expected:
        raise CatalogueError(file, "key", f"{content.key!r} in a place named {expected!r}", "Let them agree")
    instrument = Assembly(content, file).instrument({})
    check_structure(instrument, file)
    wording = {code: _wording(instrument, code, entry) for code, entry in languages.items()}
    instrument = replace(instrument, wording=wording)
    check_identity(instrument, file)
    return instrument


def _wording(instrument: Instrument, language: str, source: Traversable) -> Wording:
    file = place_of(source)
    content = decode(WordingFile, parse(source), file)
    if content.language != language:
        raise CatalogueError(file, "language", f"{content.language!r}", f"Write {language!r}, as the file is named")
    wording = worded(content, instrument.items, file)
    check_wording(instrument, wording, file)
    return wording


def parse(source: Traversable) -> dict[str, object]:
    """The TOML of a file. Raises CatalogueError when it cannot be read."""
    file = place_of(source)
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(file, "", f"cannot be read ({error.strerror})", "Check the path") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(file, "", "is not UTF-8 text", "Save it as UTF-8") from error
    except RecursionError as error:
        raise CatalogueError(file, "", "is nested too deeply", "Is it the right file") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(file, "", f"is not TOML: {error}", "Mend it there") from error


def place_of(source: Traversable) -> str:
    """A packaged file as banks/distress/en.toml, any other as its path."""
    return str(source).removeprefix(f"{DATA}/")
