"""A wrong file is refused with the file, the place and the way to mend it."""

from pathlib import Path

import pytest

from mooring.catalogue import CatalogueError, Instrument, load
from mooring.catalogue.reader import read

MEASURE = """
key = "tiny"
version = 1
title = "Tiny"
kind = "bank"
licence = "ours"
validated = false
per_figure = true
minimum = 1
maximum = 3
items = ["a_1", "a_2", "b_1"]

[missing]
kind = "share"
share = 0.5
source = "house rule"

[[scales]]
code = "calm"
title = "Calm"
score = "mean"
direction = "better"
reversed = ["b_1"]

[scales.facets]
a = ["a_1", "a_2"]
b = ["b_1"]

[[forms]]
code = "short"
items = ["a_1", "b_1"]
reason = "one a facet"

[[golden]]
name = "all_ones"
answers = "1 1 1"
scores = { calm = 1.6666666667 }
how = "(1 + 1 + 3) / 3"
"""

WORDING = """
language = "en"
title = "Tiny"
instructions = "Say how it is with {figure}."
timeframe = "today"
answers = ["No", "Partly", "Yes"]

[scales]
calm = "Calm"

[facets]
a = "A"
b = "B"

[items]
a_1 = { text = "I was calm with {figure}.", short = "was calm" }
a_2 = { text = "I sat still with {figure}.", short = "sat still" }
b_1 = { text = "I shook around {figure}.", short = "shook" }
"""


def tiny(folder: Path, measure: str = MEASURE, wording: str = WORDING) -> Instrument:
    place = folder / "tiny"
    place.mkdir()
    (place / "instrument.toml").write_text(measure, encoding="utf-8")
    (place / "en.toml").write_text(wording, encoding="utf-8")
    return read(place / "instrument.toml", {"en": place / "en.toml"})


def test_the_example_itself_is_right(tmp_path: Path) -> None:
    measure = tiny(tmp_path)
    assert [item.reversed for item in measure.items] == [False, False, True]
    assert measure.wording["en"].statement("b_1", "Daniel") == "I shook around Daniel."


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("version = 1", "verison = 1", r"unknown field 'verison'. Did you mean 'version'"),
        ("version = 1", 'version = "1"', "version: '1' is not a whole number"),
        ("version = 1", "version = true", "version: True is not a whole number"),
        ("version = 1", "version = 0", "version: 0 is too small"),
        ("version = 1", "", "version: missing. Add 'version'"),
        ("version = 1", "version = ", "is not TOML"),
        ('key = "tiny"', 'key = "other"', "'other' in a place named 'tiny'"),
        ('licence = "ours"', 'licence = " "', "licence: empty"),
        ('["a_1", "a_2", "b_1"]\n\n', '["a_1", "a_2", "b_1", "a_1"]\n\n', "a_1 stands there twice"),
        ('["a_1", "a_2", "b_1"]\n\n', '"a_1"\n\n', "items: a list is expected"),
        ("maximum = 3", "maximum = 1", "range 1 to 1"),
        ('reversed = ["b_1"]', 'reversed = ["c_1"]', r"scales.calm.reversed: unknown item 'c_1'"),
        ('a = ["a_1", "a_2"]', 'a = ["a_1", "a_9"]', r"scales.calm: unknown item 'a_9'"),
        ('a = ["a_1", "a_2"]', 'a = ["a_1", "a_1"]', "a_1 is listed twice"),
        ('b = ["b_1"]', "", r"scales.calm.reversed: b_1 is not on this scale"),
        (
            'direction = "better"',
            'direction = "up"',
            r"scales\[1\].direction: 'up' is not known. Use 'worse'",
        ),
        ("share = 0.5", "share = 1.5", r"scales.calm.missing.share: 1.5"),
        ('items = ["a_1", "b_1"]', 'items = ["a_1", "a_1"]', "forms.short: a_1 stands there twice"),
        ('code = "short"', 'code = "full"', "forms.full: this form is given twice"),
        ('answers = "1 1 1"', 'answers = "1 1"', r"golden.all_ones: 2 answers for 3 items"),
        ('answers = "1 1 1"', 'answers = "1 1 9"', "9 is out of the range of b_1"),
        ('answers = "1 1 1"', 'answers = "1 1 x"', "is no row of answers"),
        ("{ calm =", "{ clam =", "golden.all_ones: unknown 'clam'"),
    ],
)
def test_a_wrong_measure(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in MEASURE
    with pytest.raises(CatalogueError, match=complaint) as caught:
        tiny(tmp_path, measure=MEASURE.replace(old, new, 1))
    assert caught.value.file.endswith("instrument.toml")
    assert caught.value.mend


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('language = "en"', 'language = "de"', "language: 'de'. Write 'en'"),
        ('"No", "Partly", "Yes"', '"No", "Yes"', r"2 labels for 3 stops \(1 to 3\)"),
        ('answers = ["No", "Partly", "Yes"]', 'ends = ["No"]', "ends: 1 labels"),
        (
            'a_2 = { text = "I sat still with {figure}.", short = "sat still" }',
            "",
            "items: a_2 has no wording",
        ),
        ('b_1 = { text = "I', 'c_1 = { text = "I', "b_1 has no wording"),
        (
            "[items]",
            '[items]\nc_1 = { text = "I {figure}.", short = "c" }',
            "items.c_1: the measure has no such",
        ),
        ("I shook around {figure}.", "I shook.", "items.b_1: {figure} is missing"),
        ("I shook around {figure}.", "I shook around {person}.", "items.b_1: unknown slot"),
        ("I shook around {figure}.", "{figure} made me shake.", "items.b_1: begins with"),
        ('short = "shook"', 'short = " "', "items.b_1.short: empty"),
        ('short = "shook"', 'shrot = "shook"', "unknown field 'shrot'. Did you mean 'short'"),
        ('calm = "Calm"', "", "scales: calm has no wording"),
        ('b = "B"', "", "facets: b has no wording"),
    ],
)
def test_a_wrong_wording(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in WORDING
    with pytest.raises(CatalogueError, match=complaint) as caught:
        tiny(tmp_path, wording=WORDING.replace(old, new, 1))
    assert caught.value.file.endswith("en.toml")
    assert caught.value.mend


def test_a_slot_where_no_figure_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"items.a_1: unexpected \{figure\}"):
        tiny(tmp_path, measure=MEASURE.replace("per_figure = true", ""))


def test_a_risk_item_without_words_before_it(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="before: missing, yet there is a risk item"):
        tiny(tmp_path, measure=MEASURE.replace("[missing]", 'risk = ["b_1"]\n[missing]'))


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "instrument.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogueError, match="not UTF-8"):
        read(path, {})


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(CatalogueError, match=r"no measure 'phq9'. Did you mean 'phq-9'"):
        load("phq9")
    with pytest.raises(CatalogueError, match="Known: attachment"):
        load("../secrets")
