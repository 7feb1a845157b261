"""The stories are data fixed before any rule was tuned; these tests hold them to what they promise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

import mooring.science
from mooring.science import simulate, stories

STORIES = tomllib.loads(
    (Path(mooring.science.__file__).parents[1] / "demo" / "stories.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", sorted(STORIES["people"]))
def test_no_event_of_a_told_story_exceeds_one_reliable_change(name: str) -> None:
    story = stories.told(STORIES["people"][name], STORIES["weeks"])
    for series, knots in story.series.items():
        form = stories.FORMS[series.partition(":")[0]]
        steps = np.abs(np.diff([level for _, level in knots]))
        assert steps.max() <= form.reliable_change, series
        assert all(form.minimum < level < form.maximum for _, level in knots), series


@pytest.mark.parametrize(("name", "figure"), [("sarah", "daniel"), ("john", "claire")])
def test_the_setback_of_week_15_is_at_most_one_reliable_change(name: str, figure: str) -> None:
    lived = stories.live(stories.told(STORIES["people"][name], STORIES["weeks"]))
    for series, sign in ((f"security:{figure}", -1), ("distress", 1)):
        level = lived[series].level
        form = stories.FORMS[series.partition(":")[0]]
        change = sign * (level[14] - level[13])
        assert 0.8 * form.reliable_change < change <= form.reliable_change
        assert sign * (level[18] - level[13]) < 0.1 * form.sd, "recovered by week 19"


def test_forty_simulated_clients_live_and_answer_in_range() -> None:
    assert len(STORIES["simulated"]) == 40
    for entry in STORIES["simulated"]:
        story = stories.drawn(entry, STORIES["archetypes"][entry["archetype"]])
        for name, series in stories.live(story).items():
            form = stories.FORMS[name.partition(":")[0]]
            assert form.minimum < series.level.min()
            assert series.level.max() < form.maximum
            given = series.answers[np.isfinite(series.answers)]
            assert np.isin(given, np.arange(form.minimum, form.maximum + 1)).all()


def test_no_event_of_an_archetype_exceeds_one_reliable_change() -> None:
    for name, archetype in STORIES["archetypes"].items():
        for scale, form in stories.FORMS.items():
            steps = np.abs(np.diff([change for _, change in archetype.get(scale, [(0, 0.0), (1, 0.0)])]))
            assert steps.max() * form.sd <= form.reliable_change, (name, scale)


def test_asking_another_series_changes_no_answer() -> None:
    entry = STORIES["people"]["sarah"]
    whole = stories.live(stories.told(entry, 26))
    fewer = stories.live(stories.told({**entry, "series": {"distress": entry["series"]["distress"]}}, 26))
    np.testing.assert_array_equal(whole["distress"].answers, fewer["distress"].answers)


def test_missed_weeks_have_no_answers_and_leave_the_others_alone() -> None:
    entry = STORIES["people"]["john"]
    with_gaps = stories.live(stories.told(entry, 26))["distress"].answers
    without = stories.live(stories.told({**entry, "missed": []}, 26))["distress"].answers
    gaps = [week - 1 for week in entry["missed"]]
    assert np.isnan(with_gaps[gaps]).all()
    np.testing.assert_array_equal(np.delete(with_gaps, gaps, 0), np.delete(without, gaps, 0))


def test_a_bad_day_colours_every_series() -> None:
    """Half of the day's variance is common: states correlate by ±0.5 around their levels."""
    story = stories.Story(5, 20_000, (), {"distress": [(1, 2.5)], "security:x": [(1, 5.0)], "anxiety:x": [(1, 3)]})
    lived = stories.live(story)
    away = {name: series.state - series.level for name, series in lived.items()}
    assert np.corrcoef(away["distress"], away["security:x"])[0, 1] == pytest.approx(-0.5, abs=0.02)
    assert np.corrcoef(away["distress"], away["anxiety:x"])[0, 1] == pytest.approx(0.5, abs=0.02)
    assert away["security:x"].std() == pytest.approx(0.25 * simulate.SECURITY.sd, rel=0.02)


def test_a_series_without_a_form_is_named() -> None:
    story = stories.Story(1, 4, (), {"humour:cat": [(1, 2.0)]})
    with pytest.raises(ValueError, match="humour:cat"):
        stories.live(story)


def test_a_missed_week_outside_the_story_is_named() -> None:
    with pytest.raises(ValueError, match="27"):
        stories.live(stories.Story(1, 26, (27,), {}))
