"""“What we do not know”: weeks that are missing, what was skipped, whom nobody asked about, what is only assumed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from mooring.caseload import calling, moments
from mooring.checkins import saying
from mooring.checkins.models import CheckIn, DueCheckIn, Series
from mooring.relationships.models import Figure

# As far back as a brief looks for check-ins that are missing, and for figures that were asked about.
WEEKS_BACK = timedelta(weeks=8)
# Precision that nobody has measured.
ASSUMED = "assumed"


def closed_unanswered(dues: Iterable[DueCheckIn], answered: Iterable[CheckIn]) -> list[DueCheckIn]:
    """Check-ins that were asked for and closed without an answer, latest first."""
    given = {checkin.due_id for checkin in answered}
    missing = [due for due in dues if due.pk not in given]
    return sorted(missing, key=lambda due: due.due_on, reverse=True)


def missing_weeks(dues: Sequence[DueCheckIn], today: date) -> list[str]:
    """Weeks without an answer; “Not this week” is an answer of its own."""
    silent = sorted(due.due_on for due in dues if due.declined_at is None)
    declined = sorted(due.due_on for due in dues if due.declined_at is not None)
    said = []
    if len(silent) == 1:
        said.append(_("The check-in of %(day)s is missing.") % {"day": saying.calendar_day(silent[0], today)})
    elif silent:
        days = calling.together([saying.calendar_day(day, today) for day in silent])
        said.append(_("The check-ins of %(days)s are missing.") % {"days": days})
    if declined:
        days = calling.together([saying.calendar_day(day, today) for day in declined])
        said.append(_("“Not this week” was chosen on %(days)s.") % {"days": days})
    return said


def skipped(names: Sequence[str]) -> list[str]:
    """What was shown and not answered this time."""
    if not names:
        return []
    return [_("Skipped this time: %(names)s.") % {"names": ", ".join(names)}]


def last_asked(series: Iterable[Series]) -> dict[UUID, date]:
    """Figure → the latest day on which anything was asked about it."""
    last: dict[UUID, date] = {}
    for one in series:
        if one.figure_id is not None:
            last[one.figure_id] = max(one.last_on, last.get(one.figure_id, one.last_on))
    return last


def long_ago(figures: Iterable[Figure], last: Mapping[UUID, date], today: date) -> list[Figure]:
    """Figures whom check-ins may ask about, and have not for two months; the longest first."""
    old = [f for f in figures if f.asked and f.pk in last and today - last[f.pk] > WEEKS_BACK]
    return sorted(old, key=lambda figure: last[figure.pk])


def hardly_asked(
    figures: Sequence[Figure], last: Mapping[UUID, date], names: Mapping[Any, str], today: date
) -> list[str]:
    """Who was asked about long ago, by month, and who never was."""
    months: dict[str, list[str]] = {}
    for figure in long_ago(figures, last, today):
        months.setdefault(moments.month(last[figure.pk]), []).append(names[figure.pk])
    whom = [_("%(figures)s in %(month)s") % {"figures": ", ".join(called), "month": m} for m, called in months.items()]
    said = [_("Last asked about: %(whom)s.") % {"whom": ", ".join(whom)}] if whom else []
    never = [f for f in figures if f.asked and f.kind != Figure.Kind.SELF and f.pk not in last]
    if never:
        listed = calling.together([names[figure.pk] for figure in never])
        said.append(_("Not asked about yet: %(figures)s.") % {"figures": listed})
    return said


def calibrated(on: Mapping[str, Any]) -> str:
    """On how many people, and whether there are such people."""
    numbers = {"n": number_format(on["persons"])}
    if on["simulated"]:
        return _("Precision comes from a calibration on %(n)s made-up people.") % numbers
    return _("Precision comes from a calibration on %(n)s people.") % numbers


def precision(series: Sequence[Series]) -> list[str]:
    """What all numbers on the page rest on."""
    kinds = {one.precision for one in series}
    said = []
    if ASSUMED in kinds:
        said.append(_("The measures are not yet validated: precision is assumed."))
    said += sorted({calibrated(one.calibrated_on) for one in series if one.calibrated_on})
    if "reference" in kinds:
        said.append(_("Some precision comes from this clinic’s own answers, which is not a norm."))
    if "none" in kinds:
        said.append(_("For some measures the error is unknown, so no change is judged."))
    return said
