"""Published measures: the key and its provenance, never the wording."""

import pytest

from mooring.catalogue import keys, load

PUBLISHED = [key for key in keys() if load(key).kind == "key"]


def numbers(key: str, scale: str) -> list[int]:
    return [item.number for item in load(key).scored_items(scale)]


def turned(key: str) -> list[int]:
    return [item.number for item in load(key).items if item.reversed]


def test_the_catalogue_holds_these() -> None:
    assert set(PUBLISHED) == {
        "ecr",
        "ecr-r",
        "ecr-rs",
        "ecr-s",
        "phq-9",
        "gad-7",
        "core-10",
        "wai-sr",
        "saam",
        "csi-16",
        "csi-4",
    }


@pytest.mark.parametrize("key", PUBLISHED)
def test_no_wording_but_sources_licence_and_what_was_not_found(key: str) -> None:
    measure = load(key)
    assert measure.wording == {}
    assert measure.sources
    assert measure.not_found
    assert "without wording" in measure.licence
    for scale in measure.scales:
        assert all(norm.source for norm in scale.norms)
        assert all(cut.source for cut in scale.cutoffs)
        assert all(change.source for change in scale.reliable_change)
        assert scale.missing.source
        assert scale.precision is None or scale.precision.source


# Item count and least and greatest score of each scale, from the sources named in the files.
@pytest.mark.parametrize(
    ("key", "count", "ranges"),
    [
        ("ecr", 36, {"anxiety": (1, 7), "avoidance": (1, 7)}),
        ("ecr-r", 36, {"anxiety": (1, 7), "avoidance": (1, 7)}),
        ("ecr-rs", 9, {"anxiety": (1, 7), "avoidance": (1, 7)}),
        ("ecr-s", 12, {"anxiety": (1, 7), "avoidance": (1, 7)}),
        ("phq-9", 9, {"total": (0, 27)}),
        ("gad-7", 7, {"total": (0, 21)}),
        ("core-10", 10, {"total": (0, 40)}),
        ("wai-sr", 12, {"alliance": (1, 5), "task": (1, 5), "goal": (1, 5), "bond": (1, 5)}),
        ("saam", 21, {"security": (1, 7), "anxiety": (1, 7), "avoidance": (1, 7)}),
        ("csi-16", 16, {"total": (0, 81)}),
        ("csi-4", 4, {"total": (0, 21)}),
    ],
)
def test_counts_and_ranges(key: str, count: int, ranges: dict[str, tuple[int, int]]) -> None:
    measure = load(key)
    assert len(measure.items) == count
    assert {scale.code: (scale.minimum, scale.maximum) for scale in measure.scales} == ranges
    assert [item.number for item in measure.items] == list(range(1, count + 1))


def test_scales_and_reversed_items() -> None:
    assert numbers("ecr", "avoidance") == list(range(1, 37, 2))
    assert turned("ecr") == [3, 15, 19, 22, 25, 27, 29, 31, 33, 35]
    assert numbers("ecr-r", "anxiety") == list(range(1, 19))
    assert turned("ecr-r") == [9, 11, 20, 22, 26, 27, 28, 29, 30, 31, 33, 34, 35, 36]
    assert numbers("ecr-rs", "avoidance") == [1, 2, 3, 4, 5, 6]
    assert turned("ecr-rs") == [1, 2, 3, 4]
    assert numbers("ecr-s", "avoidance") == [1, 3, 5, 7, 9, 11]
    assert turned("ecr-s") == [1, 5, 8, 9]
    assert turned("core-10") == [2, 3]
    assert numbers("wai-sr", "task") == [1, 2, 10, 12]
    assert numbers("wai-sr", "goal") == [4, 6, 8, 11]
    assert numbers("wai-sr", "bond") == [3, 5, 7, 9]
    assert numbers("saam", "security") == [4, 6, 7, 11, 13, 18, 20]
    assert numbers("saam", "anxiety") == [1, 5, 8, 12, 14, 17, 19]
    assert numbers("saam", "avoidance") == [2, 3, 9, 10, 15, 16, 21]
    for key in ("phq-9", "gad-7", "wai-sr", "saam", "csi-16", "csi-4"):
        assert turned(key) == []


def test_risk_items_are_marked() -> None:
    marked = {key: [item.number for item in load(key).risk_items] for key in PUBLISHED}
    assert {key: items for key, items in marked.items() if items} == {"phq-9": [9], "core-10": [6]}


def test_the_ecr_s_reverses_what_the_ecr_reverses() -> None:
    """Wei's twelve are these items of the ECR, so both keys must agree."""
    original = [33, 18, 11, 26, 35, 16, 17, 22, 27, 32, 13, 6]
    assert [n for n, old in enumerate(original, start=1) if old in turned("ecr")] == turned("ecr-s")
    assert [old % 2 for old in original] == [n % 2 for n in range(1, 13)]


def test_the_interleaved_ecr_r_is_not_confirmed_and_reverses_these_positions() -> None:
    measure = load("ecr-r")
    (order,) = measure.orders
    assert not order.confirmed
    at = dict(zip([item.number for item in measure.items], order.positions, strict=True))
    assert sorted(at.values()) == list(range(1, 37))
    assert sorted(at[n] for n in turned("ecr-r")) == [4, 8, 16, 17, 18, 20, 21, 22, 24, 26, 30, 32, 34, 36]


def test_the_combined_sheet_holds_both_measures_without_a_gap() -> None:
    phq, gad = load("phq-9").orders[0].positions, load("gad-7").orders[0].positions
    assert sorted(phq + gad) == list(range(1, 17))
    assert phq[8] == 16


def test_ways_in_which_files_differ_from_the_key() -> None:
    assert load("csi-16").codings[0].turned == tuple(f"csi16_{n}" for n in (2, 11, 13, 14, 16))
    assert load("core-10").codings[0].turned == ("core10_2", "core10_3")
    assert load("ecr").codings[0].turned == tuple(f"ecr_{n}" for n in turned("ecr"))


def test_missing_data_rules() -> None:
    for key in PUBLISHED:
        for scale in load(key).scales:
            expected = ("all", 1.0) if key.startswith("csi") else ("share", 0.8)
            assert (scale.missing.kind, scale.missing.share) == expected
            assert not scale.missing.widen


def test_thresholds_stand_once_with_their_source() -> None:
    cuts = {key: [cut.value for scale in load(key).scales for cut in scale.cutoffs] for key in PUBLISHED}
    assert {key: values for key, values in cuts.items() if values} == {
        "phq-9": [10],
        "gad-7": [8, 10],
        "core-10": [11, 13],
        "csi-16": [51.5],
    }
    assert [change.amount for change in load("phq-9").scale("total").reliable_change] == [6]
    assert [change.amount for change in load("gad-7").scale("total").reliable_change] == [4]
    core = load("core-10").scale("total")
    assert [(c.amount, c.confidence) for c in core.reliable_change] == [(6, 0.9), (6.75, 0.95)]
    assert core.precision
    assert core.precision.sd
    assert core.precision.reliability
    # Jacobson & Truax 1991: 1.96 √2 s √(1 − r)
    assert 1.96 * 2**0.5 * core.precision.sd * (1 - core.precision.reliability) ** 0.5 == pytest.approx(6.75, abs=0.005)


def test_what_no_source_confirms_is_not_shipped() -> None:
    assert not any(
        load(key).scale(code).norms for key in ("ecr", "ecr-r", "ecr-rs", "ecr-s") for code in ("anxiety", "avoidance")
    )
    assert load("csi-4").scale("total").cutoffs == ()
    assert any("13.5" in missing for missing in load("csi-4").not_found)
    assert any("3.56" in missing for missing in load("ecr-r").not_found)


def test_only_the_relationship_structures_are_asked_per_figure() -> None:
    assert [key for key in PUBLISHED if load(key).per_figure] == ["ecr-rs"]
