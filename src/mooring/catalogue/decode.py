"""Plain data (from TOML or JSON) into a dataclass, strictly, and back.

A field nobody declared is an error and names those that exist: a misspelt threshold must not pass in silence.
"""

from __future__ import annotations

import difflib
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from mooring.catalogue.errors import CatalogueError

T = TypeVar("T")
WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def decode(kind: type[T], value: object, file: str) -> T:
    """``value`` as an instance of the dataclass ``kind``. Raises CatalogueError naming the place."""
    decoded: T = _value(kind, value, "", file)
    return decoded


def encode(value: object) -> Any:
    """A dataclass as plain data. Fields that hold their default are left out, so that a field added later
    leaves the digest of older content as it was."""
    if is_dataclass(value) and not isinstance(value, type):
        own = {f.name: getattr(value, f.name) for f in fields(value)}
        return {f.name: encode(own[f.name]) for f in fields(value) if own[f.name] != _default(f)}
    if isinstance(value, Mapping):
        return {str(name): encode(held) for name, held in value.items()}
    if isinstance(value, tuple | list):
        return [encode(held) for held in value]
    return value


def _default(f: Field[Any]) -> object:
    return f.default_factory() if f.default_factory is not MISSING else f.default


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, value: object, place: str, file: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union(get_args(kind), value, place, file)
    if origin is Literal:
        if value not in get_args(kind):
            raise CatalogueError(file, place, f"{value!r} is not known", f"Use {_choices(get_args(kind))}")
        return value
    if origin is tuple:
        return _sequence(get_args(kind)[0], value, place, file)
    if origin is Mapping:
        if not isinstance(value, Mapping):
            raise CatalogueError(file, place, "a table is expected", "Write it as a TOML table")
        held = get_args(kind)[1]
        return {name: _value(held, inner, f"{place}.{name}".lstrip("."), file) for name, inner in value.items()}
    if is_dataclass(kind):
        return _record(kind, value, place, file)
    return _plain(kind, value, place, file)


def _union(kinds: tuple[Any, ...], value: object, place: str, file: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    for kind in kinds:
        if isinstance(kind, type) and not is_dataclass(kind) and type(value) is kind:
            return _plain(kind, value, place, file)
    return _value(kinds[0], value, place, file)


def _sequence(kind: Any, value: object, place: str, file: str) -> tuple[Any, ...]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise CatalogueError(file, place, "a list is expected", "Write it in [square brackets]")
    return tuple(_value(kind, inner, f"{place}[{i}]", file) for i, inner in enumerate(value, start=1))


def _record(kind: Any, value: object, place: str, file: str) -> Any:
    if not isinstance(value, Mapping):
        raise CatalogueError(file, place, "a table is expected", "Write it as a TOML table")
    known = {f.name: f for f in fields(kind)}
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            mend = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}"
            raise CatalogueError(file, place, f"unknown field {name!r}", mend)
    hints = _hints(kind)
    given = {}
    for name, f in known.items():
        at = f"{place}.{name}".lstrip(".")
        if name in value:
            given[name] = _value(hints[name], value[name], at, file)
        elif type(None) in get_args(hints[name]):
            given[name] = None
        elif f.default is MISSING and f.default_factory is MISSING:
            raise CatalogueError(file, at, "missing", f"Add {name!r}")
    return kind(**given)


def _plain(kind: Any, value: object, place: str, file: str) -> Any:
    if kind is float and type(value) is int and abs(value) < 10**300:
        return float(value)
    if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
        raise CatalogueError(file, place, f"{value!r} is not {WORDS[kind]}", f"Give {WORDS[kind]}")
    return value


def _choices(values: tuple[object, ...]) -> str:
    return " or ".join(repr(value) for value in values)
