"""Days and times beside the words of checkins.saying: long days, clocks, and how long until."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.checkins import saying
from mooring.kit.dates import local_date, zone


def long_day(day: date) -> str:
    """Thursday 14 May."""
    return date_format(day, "l j F")


def month(day: date) -> str:
    """March."""
    return date_format(day, "F")


def clock(moment: datetime, zone_name: str) -> str:
    """16:50, on a clock in the zone."""
    return time_format(moment.astimezone(zone(zone_name)).time(), "H:i")


def near(moment: datetime, at: datetime, zone_name: str) -> str:
    """Today 14:00, Friday 09:00, 22 April 16:50."""
    day = saying.day(local_date(moment, zone_name), local_date(at, zone_name))
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
