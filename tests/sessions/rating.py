"""Answers of a clinician, for tests."""

from mooring.catalogue import load


def rated(value: float) -> dict[str, float | None]:
    """Every item so that the rating is this whole number."""
    items = load("session-alliance-clinician").items
    return {item.code: item.minimum + item.maximum - value if item.reversed else value for item in items}
