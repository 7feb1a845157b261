"""Colours and sizes of the pictures, read from `tokens/tokens.css`: the only place where they stand."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]

STYLESHEET = Path(__file__).with_name("tokens") / "tokens.css"
ROOT_PX = 16  # what 1rem is in a picture's own units; the page scales the whole picture

_COLOUR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
_SIZE = re.compile(r"--([\w-]+):\s*(\d*\.?\d+)(px|rem)?;")
_FONTS = re.compile(r"--(sans|voice):\s*([^;]+);")


@cache
def theme(name: Theme) -> dict[str, str]:
    """Token → hex. Raises ValueError when the stylesheet holds no colours."""
    pairs = _COLOUR.findall(STYLESHEET.read_text("utf-8"))
    if not pairs:
        raise ValueError(f"{STYLESHEET.name}: no colour of the form light-dark(#light, #dark)")
    return {token: (light if name == "light" else dark) for token, light, dark in pairs}


@cache
def sizes() -> dict[str, float]:
    """Token → px for lengths, the bare number for the others."""
    found = _SIZE.findall(STYLESHEET.read_text("utf-8").split("@media")[0])
    return {token: float(number) * (ROOT_PX if unit == "rem" else 1) for token, number, unit in found}


# A spec names only the generic families, which Vega measures three times faster; rendering puts in the real ones.
GENERIC = {"sans": "sans-serif", "voice": "serif"}


@cache
def fonts() -> dict[str, str]:
    """`sans` is what Mooring says, `voice` what a person said or is called."""
    return dict(_FONTS.findall(STYLESHEET.read_text("utf-8")))


def colour(token: str) -> str:
    """A token's light hex. Specs carry light values; rendering turns them into the asked theme."""
    return theme("light")[token]


def size(token: str) -> float:
    return sizes()[token]
