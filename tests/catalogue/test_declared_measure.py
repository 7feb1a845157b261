"""A measure declared for an import of totals."""

from pathlib import Path

import pytest

from mooring.catalogue import CatalogueError, canonical, from_json, read_declared

# Figures made up for the test.
DECLARED = """
key = "mood-total"
name = "Mood total"
minimum = 0
maximum = 63
direction = "worse"
reliability = 0.9
sd = 9.5
role = "distress"
source = "Manual, 2nd edition, table 3"

[[cutoffs]]
value = 20
relation = "at least"
meaning = "screening cut-off"
source = "Manual, page 11"
"""


def declared(folder: Path, content: str) -> Path:
    path = folder / "mood.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_declared_measure_has_one_scale_of_totals(tmp_path: Path) -> None:
    measure = read_declared(declared(tmp_path, DECLARED))
    (scale,) = measure.scales
    assert (measure.kind, measure.key, measure.items, measure.wording) == ("declared", "mood-total", (), {})
    assert (scale.code, scale.minimum, scale.maximum, scale.direction) == ("total", 0, 63, "worse")
    assert scale.cutoffs[0].evidence == "declared"
    precision = measure.precision("total")
    assert precision
    assert (precision.reliability, precision.sd, precision.status) == (0.9, 9.5, "published")
    assert from_json(canonical(measure)) == measure


def test_precision_may_be_unknown_or_assumed(tmp_path: Path) -> None:
    bare = DECLARED.replace("reliability = 0.9", "").replace("sd = 9.5", "")
    assert read_declared(declared(tmp_path, bare)).precision("total") is None
    assumed = read_declared(declared(tmp_path, 'precision = "assumed"\n' + DECLARED))
    assert not assumed.validated


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('key = "mood-total"', 'key = "Mood Total"', "key: 'Mood Total' is no key"),
        ('key = "mood-total"', 'key = "phq-9"', "key: 'phq-9' is in the catalogue already"),
        ('name = "Mood total"', 'name = ""', "name: empty"),
        ("maximum = 63", "maximum = 0", "maximum: 0 is not above the minimum"),
        ("maximum = 63", 'maximum = "63"', "maximum: '63' is not a number"),
        ("maximum = 63", "", "maximum: missing. Add 'maximum'"),
        ('direction = "worse"', 'direction = "high"', "direction: 'high' is not known"),
        ('direction = "worse"', "", "direction: missing"),
        ("reliability = 0.9", "reliability = 90", "reliability: 90 is not between 0 and 1"),
        ("reliability = 0.9", "relaibility = 0.9", "unknown field 'relaibility'. Did you mean 'reliability'"),
        ("sd = 9.5", "sd = 95", "sd: 95 does not fit a range of 63"),
        ("sd = 9.5", "sd = nan", "sd: nan is not a number"),
        ("maximum = 63", "maximum = inf", "maximum: inf is not a number"),
        ("sd = 9.5", "sd = 9.5\nmean = 70", "mean: 70 is out of range"),
        ("value = 20", "value = 200", "200.0 is out of range"),
        ('relation = "at least"', 'relation = ">="', r"cutoffs\[1\].relation: '>=' is not known"),
        ('source = "Manual, 2nd edition, table 3"', "", "source: missing"),
        ('source = "Manual, 2nd edition, table 3"', 'source = " "', "source: empty"),
        ("minimum = 0", "minimum", "is not TOML"),
    ],
)
def test_a_wrong_declaration(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in DECLARED
    with pytest.raises(CatalogueError, match=complaint) as caught:
        read_declared(declared(tmp_path, DECLARED.replace(old, new, 1)))
    assert caught.value.file == str(tmp_path / "mood.toml")
    assert caught.value.mend


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_declared(tmp_path / "nowhere.toml")
