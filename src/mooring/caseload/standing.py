"""Weeks over which a level stood where it was: an event of a course, never a signal, and no failure."""

from datetime import date

from django.utils.translation import gettext as _

from mooring.caseload.pictures import plus_minus
from mooring.checkins import saying
from mooring.checkins.models import Series
from mooring.checkins.stretches import PLATEAU


def stood(series: Series, since: date, today: date) -> list[str]:
    """“stood at 3.0 ± 0.4 for at least 12 weeks from 8 July”, oldest first, of the weeks from `since` on.

    The weeks are those after which it could first be said. A plateau ceases late: the level may have drifted by most of
    a reliable change, or fallen and come back, so that the day it ceased is no day until which it stood.
    """
    found = []
    for stretch in series.stretches:
        if stretch["kind"] != PLATEAU or (stretch["ceased"] or today.isoformat()) < since.isoformat():
            continue
        words = {
            "level": plus_minus(stretch["level"], stretch["level_sd"]),
            "weeks": int(stretch["weeks"]),
            "day": saying.calendar_day(date.fromisoformat(stretch["since"]), today),
        }
        found.append(_("stood at %(level)s for at least %(weeks)s weeks from %(day)s") % words)
    return found
