"""From dates and numbers to moments. A bare day is its noon in the clinic's zone, and is known by the day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from mooring.checkins.imports import problems
from mooring.checkins.imports.columns import ColumnMap, TimeMap
from mooring.checkins.imports.names import AT, GIVEN_TIME, WHEN
from mooring.kit.dates import local_date
from mooring.kit.refused import Refused

EARLIEST = date(1900, 1, 1)
_UNITS = {"days": 1, "weeks": 7}
_DATE = {
    "iso": r"^(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})",
    "day-first": r"^(?<d>[0-9]{1,2})[./-](?<m>[0-9]{1,2})[./-](?<y>[0-9]{4})",
    "month-first": r"^(?<m>[0-9]{1,2})[./-](?<d>[0-9]{1,2})[./-](?<y>[0-9]{4})",
}
# No clock on earth is further from UTC than 14 hours.
_OFFSET = r"(?<z>Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?"
_CLOCK = rf"(?:[T ](?<h>[0-9]{{1,2}}):(?<min>[0-9]{{2}})(?::(?<s>[0-9]{{2}})(?:[.,][0-9]+)?)?{_OFFSET})?$"


@dataclass(frozen=True)
class Calendar:
    """What a moment is counted in: the clinic's zone, and the present, after which no answer can lie."""

    zone: str
    now: datetime


def moments(frame: pl.DataFrame, columns: ColumnMap, calendar: Calendar) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frame with AT (an instant) and WHEN (its name: a day, or an instant in UTC), and what is wrong.

    Rows without a usable moment keep null in both. Raises Refused for a wrong date in the map itself.
    """
    clock = columns.time
    if clock.reading == "undated":
        day = _declared(clock.on, "on")
        _require_past(day, calendar)
        return _with(frame, _noon(pl.lit(day), calendar.zone), pl.lit(day.isoformat())), problems.none()
    raw = pl.col(clock.column)
    if columns.occasions:
        known = {str(label): str(when) for label, when in columns.occasions.items()}
        frame = frame.with_columns(raw.replace_strict(known, default=raw).alias(GIVEN_TIME))
    else:
        frame = frame.with_columns(raw.alias(GIVEN_TIME))
    return _judged(_read(frame, clock, calendar.zone), clock, calendar)


def labelled(
    frame: pl.DataFrame, when: str | float, columns: ColumnMap, calendar: Calendar
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same for rows that all stand at one occasion of the map."""
    # Where every occasion has a date, nobody needs to say how numbers are read.
    clock = columns.time if columns.time.reading in _DATE.keys() | _UNITS else replace(columns.time, reading="iso")
    frame = frame.with_columns(pl.lit(str(when)).alias(GIVEN_TIME))
    return _judged(_read(frame, clock, calendar.zone), clock, calendar)


def _read(frame: pl.DataFrame, clock: TimeMap, zone: str) -> pl.DataFrame:
    """Dates as dates; where numbers are declared, numbers from the start and ISO dates among them."""
    if clock.reading not in _UNITS:
        return _dates(frame, clock.reading, zone)
    dated = _dates(frame, "iso", zone)
    number = pl.col(GIVEN_TIME).str.replace(r"^([+-]?\d+),(\d+)$", "$1.$2").cast(pl.Float64, strict=False)
    days = (number * _UNITS[clock.reading]).fill_nan(None)
    start = (
        pl.col(clock.start_column).str.to_date("%Y-%m-%d", strict=False)
        if clock.start_column
        else pl.lit(_declared(clock.start, "start"))
    )
    # Beyond a century from its start a number is a slip, and would overflow the calendar.
    days = pl.when(days.abs() < 36525).then(days)
    whole = start + pl.duration(days=days.floor().cast(pl.Int64))
    moved = _noon(whole, zone) + pl.duration(seconds=((days - days.floor()) * 86400).round().cast(pl.Int64))
    name = pl.when(days == days.floor()).then(whole.dt.to_string("%Y-%m-%d")).otherwise(_instant(moved))
    counted = frame.with_columns(moved.alias(AT), name.alias(WHEN))
    return frame.with_columns(
        pl.coalesce(dated[AT], counted[AT]).alias(AT), pl.coalesce(dated[WHEN], counted[WHEN]).alias(WHEN)
    )


def _dates(frame: pl.DataFrame, reading: str, zone: str) -> pl.DataFrame:
    parts = frame[GIVEN_TIME].str.extract_groups(_DATE[reading] + _CLOCK).struct.unnest()
    day = pl.concat_str(pl.col("y"), pl.col("m").str.zfill(2), pl.col("d").str.zfill(2), separator="-")
    clock = pl.concat_str(
        pl.col("h").str.zfill(2), pl.lit(":"), pl.col("min"), pl.lit(":"), pl.col("s").fill_null("00")
    )
    read = parts.select(
        day.str.to_date("%Y-%m-%d", strict=False).alias("day"),
        pl.concat_str(day, clock, separator=" ").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False).alias("wall"),
        _offset(pl.col("z")).alias("offset"),
        pl.col("h").is_not_null().alias("clocked"),
    )
    # Spreadsheets and data frames write a bare day as its midnight.
    midnight = (read["wall"].dt.time() == time(0)).all() and read["offset"].is_null().all()
    bare = ~pl.col("clocked") | pl.lit(bool(midnight))
    fixed = (pl.col("wall") - pl.col("offset")).dt.replace_time_zone("UTC")
    local = pl.col("wall").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    instant = pl.coalesce(fixed, local.dt.convert_time_zone("UTC"))
    at = pl.when(bare).then(_noon(pl.col("day"), zone)).otherwise(instant)
    when = pl.when(bare).then(pl.col("day").dt.to_string("%Y-%m-%d")).otherwise(_instant(instant))
    return frame.with_columns(read.select(at.alias(AT), when.alias(WHEN)))


def _judged(frame: pl.DataFrame, clock: TimeMap, calendar: Calendar) -> tuple[pl.DataFrame, pl.DataFrame]:
    column, value = clock.column or "occasion", pl.col(GIVEN_TIME)
    rows = frame
    today = (pl.col(AT) > calendar.now) & (pl.col(WHEN) == local_date(calendar.now, calendar.zone).isoformat())
    late, early = pl.col(AT) > calendar.now, pl.col(AT).dt.date() < EARLIEST
    mends = {
        "iso": "Write 2024-05-13, or declare how dates are written with --dates.",
        "day-first": "Write 13.05.2024; dates were declared to begin with the day.",
        "month-first": "Write 05/13/2024; dates were declared to begin with the month.",
        "days": "Give the number of days since the start.",
        "weeks": "Give the number of weeks since the start.",
    }
    empty = rows.filter(value.is_null())
    unknown = rows.filter(value.is_not_null() & pl.col(AT).is_null())
    found = [
        problems.of(empty, column, value, "no date", "Give the date, or leave out the row."),
        problems.of(unknown, column, value, f"not read as {_words(clock)}", mends[clock.reading]),
        problems.of(
            rows.filter(today),
            column,
            value,
            "is today, and a bare day stands for its noon, which is still to come",
            "Give the time of day, or import it after noon.",
        ),
        problems.of(rows.filter(late & ~today), column, value, "lies in the future", "Check the date or the start."),
        problems.of(rows.filter(early), column, value, "lies before 1900", "Check the date or the start."),
    ]
    usable = pl.when(~late & ~early)
    kept = frame.with_columns(usable.then(pl.col(AT)).alias(AT), usable.then(pl.col(WHEN)).alias(WHEN))
    return kept.drop(GIVEN_TIME), pl.concat(found)


def _words(clock: TimeMap) -> str:
    return {"iso": "an ISO date", "days": "a day number", "weeks": "a week number"}.get(
        clock.reading, f"a date, {clock.reading}"
    )


def _with(frame: pl.DataFrame, at: pl.Expr, when: pl.Expr) -> pl.DataFrame:
    return frame.with_columns(at.alias(AT), when.alias(WHEN))


def _noon(day: pl.Expr, zone: str) -> pl.Expr:
    wall = day.cast(pl.Datetime("us")) + timedelta(hours=12)
    return wall.dt.replace_time_zone(zone, ambiguous="earliest").dt.convert_time_zone("UTC")


def _instant(at: pl.Expr) -> pl.Expr:
    return at.dt.to_string("%Y-%m-%dT%H:%M:%SZ")


def _offset(text: pl.Expr) -> pl.Expr:
    """An offset from UTC such as Z, +01:00 or -0530 as a duration."""
    sign = pl.when(text.str.starts_with("-")).then(-1).otherwise(1)
    hours = text.str.slice(1, 2).cast(pl.Int64, strict=False)
    minutes = text.str.slice(-2).cast(pl.Int64, strict=False)
    counted = pl.duration(minutes=sign * (hours * 60 + minutes))
    return pl.when(text == "Z").then(pl.duration(minutes=0)).when(text.is_not_null()).then(counted)


def _declared(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"--{what} {text}", "this is no date", "Write it as 2024-05-13.") from None


def _require_past(day: date, calendar: Calendar) -> None:
    today = local_date(calendar.now, calendar.zone)
    if day > today:
        raise Refused(f"--on {day}", "lies in the future", "Check the date.")
    if day == today and noon(day, calendar.zone) > calendar.now:
        wrong = "is today, and a bare day stands for its noon, which is still to come"
        raise Refused(f"--on {day}", wrong, "Import it after noon.")
    if day < EARLIEST:
        raise Refused(f"--on {day}", "lies before 1900", "Check the date.")


def noon(day: date, zone: str) -> datetime:
    """The instant that stands for a bare day."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))
