"""Where a series left the expected course on the worse side, as `Series.stretches` keeps it. Pure."""

from typing import Any

from mooring.alerts.models import Kind
from mooring.checkins.learned import read_growth, rule_of
from mooring.checkins.models import Series
from mooring.science import off_course as science


def off_course(series: Series) -> list[dict[str, Any]]:
    """One object a stretch, oldest first; none where no course is in force or the scale has no worse side.

    kind, since, spoke, ceased, checkin, grew as checkins.stretches says; score, expected, low, high (points, on the
    answer on which the rule spoke) and weeks (since the first answer); content, confidence, courses, band (from and
    to which intake, null without end), learned (its number) and simulated.
    """
    course = series.model.get("expected")
    given = [place for place, point in enumerate(series.points) if point["score"] is not None]
    if course is None or not given or series.direction not in {"worse", "better"}:
        return []
    if not all(series.minimum <= series.points[place]["score"] <= series.maximum for place in given):
        return []  # imported in another range than the last one: not to be compared
    # From the first answer on: that is where weeks are counted from.
    points = series.points[given[0] :]
    found = science.off_course(
        read_growth(course["growth"]),
        [point["t"] - points[0]["t"] for point in points],
        [float("nan") if point["score"] is None else point["score"] for point in points],
        worse=1 if series.direction == "worse" else -1,
        rule=rule_of(course),
    )
    return [
        {
            "kind": str(Kind.OFF_COURSE),
            "since": points[one.since]["on"],
            "spoke": points[one.spoke]["on"],
            "ceased": None if one.ceased is None else points[one.ceased]["on"],
            "checkin": points[one.spoke]["checkin"],
            "grew": [],
            "score": one.score,
            "expected": one.expected,
            "low": one.low,
            "high": one.high,
            "weeks": one.time,
            "content": course["content"],
            "confidence": course["confidence"],
            "courses": course["courses"],
            "band": [course["from"], course["to"]],
            "learned": course["number"],
            "simulated": course["simulated"],
        }
        for one in found
    ]
