"""Which rating of the client's belongs to which of the clinician's. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

AFTERWARDS = timedelta(weeks=1)
"""A client's rating is about the last session before it, when that was at most so long ago."""


class Given(NamedTuple):
    """One rating; score is nan where too few questions were answered."""

    at: datetime
    score: float


class Pair(NamedTuple):
    """One session as both saw it; nan where one of them did not rate it."""

    at: datetime
    client: float
    clinician: float


def pairs(client: Sequence[Given], clinician: Sequence[Given]) -> list[Pair]:
    """One a session that the clinician rated, each with the client's first rating after it, within a week and before
    the next session. Both in order of time; the client's stand at the moment of answering, the clinician's at the
    session's."""
    times = [one.at for one in client]
    following: list[Given | None] = [*clinician[1:], None]
    found = []
    for session, later in zip(clinician, following, strict=False):
        first = bisect_left(times, session.at)
        end = session.at + AFTERWARDS if later is None else min(session.at + AFTERWARDS, later.at)
        theirs = client[first].score if first < len(client) and client[first].at <= end else float("nan")
        found.append(Pair(session.at, theirs, session.score))
    return found
