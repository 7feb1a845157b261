import re
from xml.etree import ElementTree as ET

import pytest

from mooring.charts.constellation import constellation
from mooring.charts.marks import Word, picture, words
from mooring.charts.points import Figure, Place, Quotation
from mooring.charts.render import png, svg, warm
from mooring.charts.river import Told, river
from mooring.charts.tokens import STYLESHEET, colour, fonts, size, sizes, theme
from tests.charts import gallery
from tests.charts import made_up as m

ALL = {name: draw() for name, draw in gallery.pictures().items()}
HOSTILE = '<script>alert("1")</script>&\x00\x1b"\'\ud800'


@pytest.mark.parametrize("name", ALL)
def test_the_pages_picture_has_no_colour_no_style_and_no_script(name: str):
    drawn = svg(ALL[name], name="A picture.")
    root = ET.fromstring(drawn)
    for element in root.iter():
        assert element.tag.split("}")[1] in {
            "svg", "g", "path", "line", "text", "tspan", "defs", "radialGradient", "stop", "rect"
        }  # fmt: skip
        assert "style" not in element.attrib
        assert not [key for key in element.attrib if key.startswith("on") or "href" in key]
        for paint in ("fill", "stroke", "stop-color"):
            assert re.fullmatch(r"none|var\(--[\w-]+\)|url\(#[\w-]+\)", element.get(paint, "none"))
        assert element.get("font-family", "var(--sans)") in ("var(--sans)", "var(--voice)")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?!-)", re.sub(r"url\(#[\w-]+\)", "", drawn))
    tokens = set(re.findall(r"var\(--([\w-]+)\)", drawn)) - {"sans", "voice"}
    assert tokens <= set(theme("light"))
    assert not tokens & {"crisis", "crisis-ink", "on-crisis"}


@pytest.mark.parametrize("name", ALL)
def test_every_colour_of_a_spec_is_a_token(name: str):
    def strings(value: object) -> list[str]:
        if isinstance(value, dict):
            return [s for inner in value.values() for s in strings(inner)]
        if isinstance(value, list):
            return [s for inner in value for s in strings(inner)]
        return [value] if isinstance(value, str) else []

    hexes = {s for s in strings(ALL[name]) if re.fullmatch(r"#[0-9a-f]{3,8}", s)}
    assert hexes <= set(theme("light").values())


@pytest.mark.parametrize("name", ALL)
def test_the_same_points_give_the_same_picture(name: str):
    assert svg(ALL[name]) == svg(gallery.pictures()[name]())


def test_it_has_one_name_and_hides_its_parts_from_screen_readers():
    root = ET.fromstring(svg(ALL["river"], name='Security with "Dan" & Co rose.', css="river wide"))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Security with "Dan" & Co rose.'
    assert root.get("class") == "river wide"
    assert [child.get("aria-hidden") for child in root] == ["true"]
    assert root.get("viewBox").startswith("0 0 360 ")
    assert root.get("width") is None
    assert "aria-label" not in "".join(ET.tostring(child, "unicode") for child in root)


def test_what_others_enter_in_the_register_of_prefixes_changes_no_picture(monkeypatch: pytest.MonkeyPatch):
    before = svg(ALL["people"])
    # Importing the library that draws the second factor's QR code does this, for the whole process.
    monkeypatch.setattr(ET, "_namespace_map", {**ET._namespace_map, "http://www.w3.org/2000/svg": "svg"})
    assert svg(ALL["people"]) == before
    assert "<svg:" not in before
    assert "<ns0:" not in before


def test_a_nameless_picture_is_hidden():
    assert ET.fromstring(svg(ALL["moved"])).get("aria-hidden") == "true"


def test_ids_differ_between_the_pictures_of_a_page():
    pages = [svg(ALL[name]) for name in ("people", "people-eight", "plane")]
    ids = [found for page in pages for found in re.findall(r' id="([^"]+)"', page)]
    assert len(ids) == len(set(ids)) == 5 + 8 + 1
    used = [found for page in pages for found in re.findall(r"url\(#([^)]+)\)", page)]
    assert sorted(used) == sorted(ids)


def test_hostile_words_are_only_words():
    people = (Figure("friend", HOSTILE, Place(3, 3, 0.3, 0.3), note=HOSTILE),)
    said = Told(HOSTILE, ((m.START, HOSTILE),), (), (Quotation(m.week(10), HOSTILE),))
    for spec in (
        constellation(people, m.PLANE),
        river(m.sarah(), m.SECURITY, said),
        picture(100, 40, words([Word(0, 20, HOSTILE)])),
    ):
        drawn = svg(spec, name=HOSTILE, css='"><script>')
        root = ET.fromstring(drawn)
        assert "<script" not in drawn
        assert 'alert("1")' in "".join(root.itertext())
        assert "script" not in {element.tag.split("}")[1] for element in root.iter()}


def test_words_that_look_like_a_colour_stay_words():
    drawn = svg(picture(100, 40, words([Word(0, 20, "#3d515d")])))
    assert ">#3d515d</text>" in drawn


def test_dark_and_light_are_the_same_drawing():
    light, dark = svg(ALL["people"], "light"), svg(ALL["people"], "dark")
    swapped = light
    for token, hexadecimal in theme("light").items():
        swapped = swapped.replace(f'"{hexadecimal}"', f'"{theme("dark")[token]}"')
    without_ids = re.compile(r"p[0-9a-f]{8}-")
    assert without_ids.sub("", swapped) == without_ids.sub("", dark)
    assert fonts()["sans"].split(",")[0] in light


def test_a_png_is_drawn_on_its_ground():
    assert png(ALL["moved"], "dark")[:8] == b"\x89PNG\r\n\x1a\n"


def test_warming_up_draws_something():
    warm()


def test_colours_and_sizes_are_read_from_the_stylesheet():
    sheet = STYLESHEET.read_text("utf-8")
    for token in ("paper", "slate", "talk-wash"):
        assert f"--{token}:" in sheet
        assert theme("light")[token] in sheet
        assert theme("dark")[token] in sheet
    assert colour("slate") == theme("light")["slate"]
    assert (size("text-1"), size("dot"), size("cloud"), size("stroke-level")) == (13, 2.5, 0.62, 2)
    assert sizes()["space-1"] == 4


def test_an_unknown_colour_is_refused():
    with pytest.raises(KeyError, match="red"):
        colour("red")
