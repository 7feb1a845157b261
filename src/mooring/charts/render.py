"""From a Vega-Lite dict to SVG for a page, or to SVG and PNG in one theme.

The page's SVG carries no colour, no font, no style attribute, no script and no link: its colours are
`var(--token)` in presentation attributes, so that it follows dark mode, print and a strict content policy.
"""

import hashlib
import re
from typing import Any, Literal
from xml.etree import ElementTree as ET

import vl_convert as vl

from mooring.charts.marks import Spec, Word, picture, words
from mooring.charts.tokens import GENERIC, Theme, fonts, theme

Look = Literal["page", "light", "dark"]

VEGA_LITE = "6.4"
SVG = "{http://www.w3.org/2000/svg}"

_KEPT = re.compile(
    "d|[xy][12]?|c[xy]|r|f[xyr]|width|height|d[xy]|offset|transform|viewBox|opacity|id|text-anchor"
    "|(fill|stroke|stop)(-opacity|-color)?|stroke-(width|dasharray|linecap|linejoin)"
    "|font-(family|size|weight)"
)
_COLOURED = ("fill", "stroke", "stop-color")
_LONG = re.compile(r"-?\d+\.\d{2,}")
_UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_RGBA = re.compile(r"rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)")
_REFERENCE = re.compile(r"url\(#(?:p_)?([\w-]+)\)")


def svg(spec: Spec, theme: Look = "page", *, name: str = "", css: str = "picture") -> str:
    """One picture as SVG.

    `name` is its one-sentence name, read aloud in place of everything inside; without one the whole picture
    is hidden from screen readers. `css` is its class: the page decides how large it is, the viewBox keeps
    its proportions.
    """
    root = _tidied(vl.vegalite_to_svg(_writable({**spec, "background": None}), vl_version=VEGA_LITE))
    _colour(root, theme)
    _unqualify(root)
    _own_ids(root)
    inner = "".join(_written(child) for child in root)
    label = f'role="img" aria-label="{_escaped(name)}"' if name else 'aria-hidden="true"'
    start = f'<svg xmlns="{SVG.strip("{}")}" class="{_escaped(css)}" viewBox="{root.get("viewBox")}" {label}'
    return f'{start} fill="none" stroke-miterlimit="10"><g aria-hidden="true">{inner}</g></svg>'


def png(spec: Spec, theme: Theme = "light", *, scale: float = 2) -> bytes:
    """One picture as PNG on its ground, `scale` px to a unit."""
    drawn = svg(spec, theme)
    _, _, across, down = re.search(r'viewBox="([^"]+)"', drawn)[1].split()  # type: ignore[index]
    ground = f'<rect width="{across}" height="{down}" fill="{_paper(theme)}"/><g aria-hidden="true">'
    return vl.svg_to_png(drawn.replace('<g aria-hidden="true">', ground, 1), scale=scale)


def warm() -> None:
    """Pay for Vega's first rendering now (about half a second), not in somebody's page."""
    svg(picture(1, 1, words([Word(0, 0, ".")])))


def _paper(name: Theme) -> str:
    return theme(name)["paper"]


def _writable(value: Any) -> Any:
    """Without the characters that XML cannot hold: people paste anything."""
    if isinstance(value, str):
        return _UNWRITABLE.sub("", value)
    if isinstance(value, dict):
        return {key: _writable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(inner) for inner in value]
    return value


def _tidied(drawn: str) -> ET.Element:
    """Only what is seen: no empty groups, no names of Vega's own, short numbers."""
    root = ET.fromstring(drawn)  # noqa: S314  our own renderer's output, entities escaped by it
    _prune(root)
    return root


def _prune(parent: ET.Element) -> None:
    for child in list(parent):
        _prune(child)
        classes = child.get("class", "").split()
        band = any(name.startswith("band") for name in classes)
        child.attrib = {key: _short(value) for key, value in child.attrib.items() if _KEPT.fullmatch(key)}
        if child.get("transform") in ("translate(0,0)", "translate(0 0)"):
            del child.attrib["transform"]
        unseen = "background" in classes or "foreground" in classes or child.tag == f"{SVG}pattern"
        empty = child.tag in (f"{SVG}g", f"{SVG}defs") and not len(child)
        if unseen or empty:
            parent.remove(child)
        elif band:
            child.set("class", "band")
        elif child.tag == f"{SVG}g" and (not child.attrib or parent.tag == f"{SVG}svg"):
            _unwrap(parent, child)


def _unwrap(parent: ET.Element, child: ET.Element) -> None:
    place = list(parent).index(child)
    parent.remove(child)
    for offset, inner in enumerate(child):
        parent.insert(place + offset, inner)


def _short(value: str) -> str:
    return _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), value)


def _colour(root: ET.Element, look: Look) -> None:
    """Light hexes become the page's variables, or the other theme's hexes."""
    light = theme("light")
    paint = {
        hexadecimal: f"var(--{token})" if look == "page" else theme(look)[token]
        for token, hexadecimal in reversed(light.items())
    }
    faces = {GENERIC[voice]: f"var(--{voice})" if look == "page" else fonts()[voice] for voice in GENERIC}
    for element in root.iter():
        for attribute in _COLOURED:
            if (value := element.get(attribute)) is not None:
                _paint(element, attribute, value, paint)
        if (face := element.get("font-family")) is not None:
            element.set("font-family", faces[face])


def _paint(element: ET.Element, attribute: str, value: str, paint: dict[str, str]) -> None:
    if value in ("none", "transparent"):
        element.set(attribute, "none")
    elif reference := _REFERENCE.fullmatch(value):
        # Vega wraps a radial gradient in a square pattern, which would keep it round inside an ellipse
        element.set(attribute, f"url(#{reference[1]})")
    elif mixed := _RGBA.fullmatch(value):
        red, green, blue = (int(part) for part in mixed.groups()[:3])
        element.set(attribute, paint[f"#{red:02x}{green:02x}{blue:02x}"])
        element.set(f"{attribute.removesuffix('-color')}-opacity", mixed[4])
    else:
        element.set(attribute, paint[value])


def _own_ids(root: ET.Element) -> None:
    """Ids made of the picture's own content: stable, and different in different pictures of one page."""
    holders = [element for element in root.iter() if element.get("id")]
    if not holders:
        return
    for number, element in enumerate(holders):
        old, new = element.get("id"), f"n{number}"
        element.set("id", new)
        for user in root.iter():
            if user.get("fill") == f"url(#{old})":
                user.set("fill", f"url(#{new})")
    digest = hashlib.blake2s(ET.tostring(root), digest_size=4).hexdigest()
    for element in root.iter():
        for attribute in ("id", "fill"):
            if (value := element.get(attribute)) is not None:
                element.set(attribute, re.sub(r"^(url\(#)?n(\d+)", rf"\1p{digest}-\2", value))


def _unqualify(root: ET.Element) -> None:
    """Names without their namespace, which the outermost element declares.

    ElementTree's prefixes are one register for the whole process, and the library that draws the second
    factor's square enters its own: a page ignores `<svg:path>`, so every picture after it would be blank.
    """
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)


def _written(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode")


def _escaped(text: str) -> str:
    writable = _UNWRITABLE.sub("", text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        writable = writable.replace(character, entity)
    return writable
