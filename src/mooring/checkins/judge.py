"""From stretches in which a rule spoke to signals: each matter once, with its evidence frozen by value."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mooring.alerts.models import Kind, Signal
from mooring.checkins.models import CheckIn, Series
from mooring.people.models import Participation
from mooring.science import measured

Matter = tuple[str, str, str, UUID | None]
"""Kind, instrument key, scale, figure: what a signal is about."""

# These are moments, not states: there is nothing that could still be going on.
MOMENTS = (Kind.RECOVERY, Kind.GAIN)


def raise_signals(participation: Participation, series: Iterable[Series], *, at: datetime) -> list[Signal]:
    """Raise what speaks at the latest occasion of each series and has not been raised; returns the new ones."""
    current = [(one, stretch) for one in series for stretch in one.stretches if _speaks_now(one, stretch)]
    return _raise(participation, current, lambda _: at, historical=False)


def raise_all(
    participation: Participation, series: Iterable[Series], *, at: datetime, historical: bool = False
) -> list[Signal]:
    """Raise every stretch of a past that is written at once, each at the moment its answer came in.

    The rules use only what was known then, so this equals submitting the check-ins one after another.
    Historical ones (an import) alert nobody.
    """
    every = [(one, stretch) for one in series for stretch in one.stretches]
    moments = dict(CheckIn.objects.filter(participation=participation).values_list("pk", "received_at"))

    def moment(stretch: dict[str, Any]) -> datetime:
        return at if historical else moments[UUID(stretch["checkin"])]

    return _raise(participation, every, moment, historical=historical)


def _speaks_now(series: Series, stretch: dict[str, Any]) -> bool:
    if stretch["kind"] in MOMENTS:
        return bool(stretch["spoke"] == series.points[-1]["on"])
    return stretch["ceased"] is None


def _raise(
    participation: Participation,
    found: list[tuple[Series, dict[str, Any]]],
    moment: Any,
    *,
    historical: bool,
) -> list[Signal]:
    if not found:
        return []
    raised: dict[Matter, list[date]] = {}
    for signal in Signal.objects.filter(participation=participation):
        matter = (signal.kind, signal.instrument_key, signal.scale, signal.figure_id)
        raised.setdefault(matter, []).append(signal.as_of)
    new = []
    for series, stretch in sorted(found, key=lambda pair: pair[1]["spoke"]):
        matter = (stretch["kind"], series.instrument_key, series.scale, series.figure_id)
        since, spoke = date.fromisoformat(stretch["since"]), date.fromisoformat(stretch["spoke"])
        ceased = date.max if stretch["ceased"] is None else date.fromisoformat(stretch["ceased"])
        if any(since <= day <= ceased for day in raised.get(matter, [])):
            continue
        raised.setdefault(matter, []).append(spoke)
        new.append(
            Signal(
                clinic_id=participation.clinic_id,
                participation=participation,
                figure_id=series.figure_id,
                kind=stretch["kind"],
                instrument_key=series.instrument_key,
                scale=series.scale,
                since=since,
                as_of=spoke,
                raised_at=moment(stretch),
                historical=historical,
                evidence=evidence(series, stretch),
            )
        )
    return Signal.objects.bulk_create(new)


def false_of_100(kind: str) -> list[float] | None:
    """Of 100 half-years of steady people (simulated), in how many the rule is wrong: usually, and at most."""
    name = kind.replace("-", " ")
    shares = [shares[name] for shares in measured.FALSE_OF_100_HALF_YEARS.values() if name in shares]
    return [measured.FALSE_OF_100_HALF_YEARS[measured.USUAL][name], max(shares)] if shares else None


def evidence(series: Series, stretch: dict[str, Any]) -> dict[str, Any]:
    """What a signal rests on, by value: it reads the same however the series is rebuilt later."""
    return {
        **{key: value for key, value in stretch.items() if key != "hindsight"},
        "false_of_100": false_of_100(stretch["kind"]),
        "role": series.role,
        "direction": series.direction,
        "minimum": series.minimum,
        "maximum": series.maximum,
        "precision": series.precision,
        "model": series.model,
        "instrument": {
            "key": series.instrument_key,
            "version": series.instrument_version.version,
            "digest": series.instrument_version.digest,
        },
        "science_version": series.science_version,
    }
