"""Days and times as people say them, in the clinic's zone."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.kit.dates import zone

WEEK = 7


def long_day(day: date) -> str:
    """Thursday 14 May."""
    return date_format(day, "l j F")


def short_day(day: date, today: date) -> str:
    """14 May; with its year when that is another one."""
    return date_format(day, "j F" if day.year == today.year else "j F Y")


def near_day(day: date, today: date) -> str:
    """Today, yesterday, tomorrow; the weekday within a week to come; else the date."""
    named = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    away = (day - today).days
    if away in named:
        return named[away]
    return date_format(day, "l") if 0 < away < WEEK else short_day(day, today)


def clock(moment: datetime, zone_name: str) -> str:
    """16:50, on a clock in the zone."""
    return time_format(moment.astimezone(zone(zone_name)).time(), "H:i")


def near(moment: datetime, at: datetime, zone_name: str) -> str:
    """Today 14:00, Friday 09:00, 22 April 16:50."""
    there = zone(zone_name)
    day = near_day(moment.astimezone(there).date(), at.astimezone(there).date())
    return f"{day} {clock(moment, zone_name)}"


def until(moment: datetime, at: datetime) -> str:
    """In 8 minutes, in 3 hours."""
    minutes = max(0, round((moment - at) / timedelta(minutes=1)))
    if minutes == 0:
        return _("now")
    if minutes < 60:
        return ngettext("in %(n)s minute", "in %(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("in %(n)s hour", "in %(n)s hours", hours) % {"n": hours}


def month(day: date) -> str:
    """March."""
    return date_format(day, "F")
