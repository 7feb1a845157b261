"""The typical client, and the figures that pages quote: in step with the point that was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mooring.science import measured, operating
from mooring.science.operating_point import ASSUMED

DOCS = Path(__file__).parents[2] / "docs" / "operating-points.md"


def test_the_measured_point_is_the_one_in_use() -> None:
    assert measured.POINT == ASSUMED, "run make operating-points"


def test_at_most_one_false_flag_a_client_year_in_every_condition() -> None:
    assert set(measured.FALSE_FLAGS_A_YEAR) == {condition.name for condition in operating.CONDITIONS}
    assert max(measured.FALSE_FLAGS_A_YEAR.values()) <= 1.0
    assert measured.CLIENTS >= 1000


def test_the_docs_print_what_was_measured() -> None:
    if not DOCS.exists():
        pytest.skip("the docs are not installed beside the tests")
    text = DOCS.read_text(encoding="utf-8")
    for name, year in measured.FALSE_FLAGS_A_YEAR.items():
        any_ = measured.FALSE_OF_100_HALF_YEARS[name]["any"]
        assert f"| {name} | {any_:.1f} %" in text
        assert f"| {year:.2f} ±" in text
    for name, value in ASSUMED._asdict().items():
        assert f"| {name} | {value:g} |" in text


def test_every_kind_has_its_figure() -> None:
    for kind in ("deterioration", "setback", "alliance drop", "silence", "shift"):
        assert 0 < measured.false_of_100(kind) < 20


def test_the_measured_shares_come_again() -> None:
    """120 clients from the same seeds as the first of the thousand lie within four binomial errors."""
    said = operating.false_flags(120, operating.CONDITIONS[0], seed=6_000_000)
    share = sum(bool(client) for client in said) / 120
    expected = measured.FALSE_OF_100_HALF_YEARS[measured.USUAL]["any"] / 100
    assert share == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 120))


def test_each_figure_is_asked_once_then_by_turns() -> None:
    weeks = {name: [week for week in range(1, 27) if name in operating.asked(week)] for name in _names()}
    assert [weeks[f"anxiety:{figure}"][0] for figure in operating.FIGURES] == [1, 2, 3, 4, 5]
    assert all(len(weeks[f"avoidance:{figure}"]) == 3 for figure in operating.FIGURES)
    assert len(weeks["distress"]) == len(weeks["security:partner"]) == 26
    assert weeks["alliance"][:3] == [6, 8, 10]
    assert all(4 + 4 + (8 if "alliance" not in operating.asked(w) else 6) <= 16 for w in range(1, 27))


def _names() -> list[str]:
    return list(operating.steady(1, operating.CONDITIONS[0]).series)


def test_a_steady_client_stands_still_and_a_changed_one_moves_by_so_much() -> None:
    change = operating.Change("both", {"distress": 1, "security:partner": -1}, 2)
    story = operating.changed(7, change, 1.0, operating.CONDITIONS[0])
    levels = dict(story.series["distress"])
    assert levels[15.0] - levels[14.0] == pytest.approx(0.9996, abs=1e-3)  # 1.96 √2 · 0.85 √.18
    assert len(operating.steady(7, operating.CONDITIONS[0]).series["distress"]) == 1


def test_a_large_change_is_found_within_weeks() -> None:
    change = operating.Change("both", {"distress": 1, "security:partner": -1}, None)
    weeks = operating.delays(30, change, 1.5, operating.CONDITIONS[0], seed=7_000_000)
    assert np.median(weeks) <= 2


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    """Figures of statsmodels 0.14: proportion_confint(hits, of, method="wilson")."""
    assert operating.wilson(hits, of) == pytest.approx((low, high), abs=1e-4)
