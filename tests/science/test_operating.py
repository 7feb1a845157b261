"""The typical client, those who change, and the figures that pages quote: in step with the points measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mooring.science import changing, measured, operating, stories
from mooring.science.changing import BOTH_WORSE, DETECTED, Change
from mooring.science.operating import CONDITIONS, GOOD_NEWS, OFF_COURSE, WORTH_A_CONVERSATION
from mooring.science.operating_point import ASSUMED, POINTS

DOCS = Path(__file__).parents[2] / "docs"
USUAL = CONDITIONS[0]


def test_the_measured_points_are_those_in_use() -> None:
    assert measured.POINTS == POINTS, "run make operating-points"
    assert POINTS["usual"] == ASSUMED


def test_at_most_one_false_flag_a_client_year_in_every_condition_at_the_usual_point() -> None:
    for years in measured.FALSE_FLAGS_A_YEAR.values():
        assert set(years) == {condition.name for condition in CONDITIONS}
    assert max(measured.FALSE_FLAGS_A_YEAR["usual"].values()) <= 1.0
    assert measured.CLIENTS >= 1000


def test_the_points_are_what_they_are_called() -> None:
    earlier, usual, quieter = (measured.FALSE_FLAGS_A_YEAR[name] for name in ("earlier", "usual", "quieter"))
    assert usual[measured.USUAL] < earlier[measured.USUAL] <= 2.0
    assert 0.3 * usual[measured.USUAL] <= quieter[measured.USUAL] <= 0.7 * usual[measured.USUAL]
    for name in usual:
        assert quieter[name] < usual[name] < earlier[name]
    for kind in ("deterioration", "setback", "distress", "alliance drop"):
        noticed = [measured.noticed_of_100(kind, 4, point) for point in ("quieter", "usual", "earlier")]
        assert noticed == sorted(noticed), f"{kind}: who asks for less hears sooner"


def test_the_docs_print_what_was_measured() -> None:
    if not DOCS.exists():
        pytest.skip("the docs are not installed beside the tests")
    text = (DOCS / "operating-points.md").read_text(encoding="utf-8")
    for name, year in measured.FALSE_FLAGS_A_YEAR["usual"].items():
        any_ = measured.FALSE_OF_100_HALF_YEARS["usual"][name]["any"]
        assert f"| {name} | {any_:.1f} %" in text
        assert f"| {year:.2f} ±" in text
    for name, value in ASSUMED._asdict().items():
        others = " | ".join(f"{POINTS[point]._asdict()[name]:g}" for point in ("earlier", "quieter"))
        assert f"| {name} | {value:g} | {others} |" in text
    for name in ("false", "points", "delays", "point-delays"):
        for look in ("light", "dark"):
            drawn = DOCS / f"pictures/operating-{name}-{look}.svg"
            assert f"pictures/{drawn.name}" in text
            assert drawn.stat().st_size < 200_000


def test_every_kind_has_its_figure() -> None:
    for kind in (*WORTH_A_CONVERSATION, OFF_COURSE, *GOOD_NEWS):
        for point in POINTS:
            assert 0 <= measured.false_of_100(kind, point) <= measured.worst_of_100(kind, point) < 60
        assert 0 < measured.false_of_100(kind) < 20, kind
    for kind in DETECTED:
        assert set(measured.NOTICED_OF_100["usual"][kind].values()) <= set(range(101))


def test_the_measured_shares_come_again() -> None:
    """120 clients from seeds of their own lie within four binomial errors of the thousand."""
    said = operating.false_flags(120, USUAL, seed=6_000_000)
    for kinds, name in ((WORTH_A_CONVERSATION, "any"), (("gain",), "gain")):
        share = sum(any(flag.kind in kinds for flag in client) for client in said) / 120
        expected = measured.FALSE_OF_100_HALF_YEARS["usual"][measured.USUAL][name] / 100
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
    story = changing.changed(7, Change("both", BOTH_WORSE, 2), 1.0, USUAL)
    levels = dict(story.series["distress"])
    assert levels[15.0] - levels[14.0] == pytest.approx(0.9996, abs=1e-3)  # 1.96 √2 · 0.85 √.18
    assert (levels[1.0], levels[16.0], levels[19.0]) == pytest.approx((levels[14.0], levels[15.0], levels[14.0]))
    assert len(operating.steady(7, USUAL).series["distress"]) == 1


def test_a_slow_change_takes_its_weeks_and_may_start_elsewhere() -> None:
    stops = dict(changing.changed(7, DETECTED["plateau"].change, 1.0, USUAL).series["distress"])
    assert (stops[1.0], stops[14.0], stops[26.0]) == pytest.approx((3.6, 3.6 - 0.9996, 3.6 - 0.9996), abs=1e-3)
    assert stops[7.5 // 1] == pytest.approx(3.6 - 0.9996 * 6 / 13, abs=1e-3)


def test_a_large_change_is_found_within_weeks() -> None:
    row = DETECTED["deterioration"]
    for weeks in changing.delays(30, row, 1.5, USUAL, 7_000_000, POINTS).values():
        assert np.median(weeks) <= 2


def test_a_sudden_gain_is_found_or_never() -> None:
    weeks = changing.delays(60, DETECTED["gain"], 1.5, USUAL, 7_000_000, {"usual": ASSUMED})["usual"]
    assert changing.by_week(weeks, 4) > 0.5
    assert changing.by_week(weeks, 12) == pytest.approx(changing.by_week(weeks, 4), abs=0.1)


def test_who_mends_and_then_drifts_off_is_found_off_course_and_who_goes_along_rarely() -> None:
    along = [operating.watched(stories.live(operating.on_course(8_000_000 + i, USUAL))) for i in range(60)]
    said = [operating.said(one, ASSUMED, operating.courses()) for one in along]
    assert sum(any(flag.kind == OFF_COURSE for flag in client) for client in said) <= 15
    assert not any(flag.kind == OFF_COURSE for flag in operating.said(along[0], ASSUMED)), "no course, no word"
    weeks = changing.delays(60, DETECTED["off course"], 1.5, USUAL, 8_000_000, {"usual": ASSUMED})["usual"]
    assert changing.by_week(weeks, 12) > 0.4


def test_a_plateau_is_said_of_who_stopped_and_no_flag_of_a_steady_client() -> None:
    row = DETECTED["plateau"]
    weeks = changing.delays(40, row, 1.5, USUAL, 9_000_000, {"usual": ASSUMED})["usual"]
    assert np.median(weeks) + 1 <= ASSUMED.plateau_weeks
    assert weeks.min() >= 0, "while distress fell by 1.5 units it did not stand still"
    kinds = {flag.kind for client in operating.false_flags(20, USUAL, seed=9_000_000) for flag in client}
    assert operating.PLATEAU not in kinds


def test_the_told_time_of_a_recovery_holds_the_true_one() -> None:
    """120 setbacks; nominally nine in ten, within four binomial errors (the thousand stand in the docs)."""
    told = changing.recovery_coverage(1.5, 4, 4, 120, 9_500_000)
    least = 0.9 - 4 * np.sqrt(0.9 * 0.1 / told.recovered)
    assert told.recovered >= 0.95 * told.flagged >= 100
    assert min(told.held, told.held_later) / told.recovered >= least


@pytest.mark.parametrize(("hits", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634)])
def test_wilsons_interval(hits: int, of: int, low: float, high: float) -> None:
    """Figures of statsmodels 0.14: proportion_confint(hits, of, method="wilson")."""
    assert operating.wilson(hits, of) == pytest.approx((low, high), abs=1e-4)
