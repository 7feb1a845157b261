"""Rooms look down: imports are held by import-linter, foreign keys by this."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

apps = pytest.importorskip("django.apps", reason="needs the web system: pip install 'mooring[clinic]'").apps

ROOT = Path(__file__).parents[1]


def layers() -> dict[str, int]:
    """Room → height, from the one list in pyproject.toml."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    order = next(contract["layers"] for contract in config if contract["type"] == "layers")
    return {room.strip(" ()"): len(order) - height for height, layer in enumerate(order) for room in layer.split("|")}


def room(model: Any) -> str:
    """By the module, since a label may differ: the plain word “sessions” is Django's own."""
    return str(model.__module__.split(".")[1])


def test_every_foreign_key_points_down() -> None:
    height = layers()
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("mooring.")
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not model
        and field.related_model.__module__.startswith("mooring.")
        and room(field.related_model) != room(model)
        and height[room(field.related_model)] >= height[room(model)]
    ]
    assert wrong == []


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {path.name for path in (ROOT / "src/mooring").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms <= set(layers())


def test_no_room_is_empty() -> None:
    for room in (ROOT / "src/mooring").iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert any(path.suffix == ".py" and path.name != "__init__.py" for path in room.rglob("*"))


def test_every_tenant_owned_row_carries_its_clinic() -> None:
    # The account itself and the clinic are what tenancy is made of.
    without = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("mooring.") and "clinic" not in {f.name for f in model._meta.get_fields()}
    }
    assert without == {"people.User", "people.Clinic"}
