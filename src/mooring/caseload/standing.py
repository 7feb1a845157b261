"""Weeks over which a level stood where it was: an event of a course, never a signal, and no failure."""

from datetime import date

from django.utils.translation import gettext as _

from mooring.caseload.pictures import plus_minus
from mooring.checkins import saying
from mooring.checkins.models import Series
from mooring.checkins.stretches import PLATEAU


def stood(series: Series, since: date, today: date) -> list[str]:
    """“stood at 3.0 ± 0.4 from 8 July to 14 October”, oldest first, of the weeks from `since` on."""
    found = []
    for stretch in series.stretches:
        if stretch["kind"] != PLATEAU or (stretch["ceased"] or today.isoformat()) < since.isoformat():
            continue
        words = {
            "level": plus_minus(stretch["level"], stretch["level_sd"]),
            "day": saying.calendar_day(date.fromisoformat(stretch["since"]), today),
        }
        if stretch["ceased"] is None:
            found.append(_("stands at %(level)s since %(day)s") % words)
        else:
            words["until"] = saying.calendar_day(date.fromisoformat(stretch["ceased"]), today)
            found.append(_("stood at %(level)s from %(day)s to %(until)s") % words)
    return found
