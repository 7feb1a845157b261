"""Which rating of the client's belongs to which session."""

from datetime import UTC, datetime, timedelta
from math import isnan, nan

from mooring.sessions.pairing import Given, pairs

MONDAY = datetime(2026, 5, 4, 17, tzinfo=UTC)


def at(days: float, score: float) -> Given:
    return Given(MONDAY + timedelta(days=days), score)


def test_a_rating_belongs_to_the_last_session_before_it() -> None:
    found = pairs([at(6, 4.0), at(8, 3.0)], [at(0, 4.5), at(7, 4.2)])
    assert [(pair.client, pair.clinician) for pair in found] == [(4.0, 4.5), (3.0, 4.2)]


def test_answered_on_the_day_of_the_session_but_before_it_is_about_the_one_before() -> None:
    (first, second) = pairs([at(6.9, 4.0)], [at(0, 4.5), at(7, 4.2)])
    assert first.client == 4.0
    assert isnan(second.client)


def test_after_a_week_it_belongs_to_none() -> None:
    (pair,) = pairs([at(7.1, 4.0)], [at(0, 4.5)])
    assert isnan(pair.client)


def test_of_two_ratings_about_one_session_the_first_counts() -> None:
    (pair,) = pairs([at(1, 4.0), at(3, 2.0)], [at(0, 4.5)])
    assert pair.client == 4.0


def test_what_was_not_scored_stays_missing_and_nobody_is_nobody() -> None:
    (pair,) = pairs([at(1, nan)], [at(0, 4.5)])
    assert isnan(pair.client)
    assert pairs([at(1, 4.0)], []) == []
    assert [isnan(pair.client) for pair in pairs([], [at(0, 4.5)])] == [True]
