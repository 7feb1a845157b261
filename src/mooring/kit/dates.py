"""Dates and instants. Instants are aware and in UTC; a local date belongs to an IANA zone."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEK = timedelta(weeks=1)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; ValueError names it when it does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"“{name}” is not an IANA time zone; write one such as Europe/Berlin.") from error


def local_date(instant: datetime, zone_name: str) -> date:
    """The calendar day of an instant where the person was."""
    return instant.astimezone(zone(zone_name)).date()


def instant_of(day: date, at: time, zone_name: str) -> datetime:
    """The instant at which a wall clock in the zone shows that day and time."""
    return datetime.combine(day, at, tzinfo=zone(zone_name))


def weeks_between(start: datetime, end: datetime) -> float:
    """Elapsed time in weeks, the unit of every trajectory."""
    return (end - start) / WEEK


def next_weekday(after: date, weekday: int) -> date:
    """The first day on or after `after` that falls on `weekday` (Monday is 0)."""
    return after + timedelta(days=(weekday - after.weekday()) % 7)
