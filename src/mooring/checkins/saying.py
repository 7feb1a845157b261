"""How our sentences name days and times, the people a client is attached to, and who reads."""

from datetime import date, datetime

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from mooring.kit.dates import local_date, zone
from mooring.people.models import User
from mooring.privacy.sealed import is_readable
from mooring.relationships.models import Figure

Kind = Figure.Kind
WEEK = 7


def day(on: date, today: date) -> str:
    """Today, yesterday, tomorrow; the weekday within a week; else the date."""
    away = (on - today).days
    named = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if away in named:
        return named[away]
    if abs(away) < WEEK:
        return date_format(on, "l")
    return calendar_day(on, today)


def calendar_day(on: date, today: date) -> str:
    """14 May; with its year when that is another one."""
    return date_format(on, "j F" if on.year == today.year else "j F Y")


def on_day(on: date, today: date) -> str:
    """The same inside a sentence: “today”, “on Thursday”, “on 14 May”."""
    if abs((on - today).days) <= 1:
        return day(on, today)
    return _("on %(day)s") % {"day": day(on, today)}


def on_day_at(moment: datetime, at: datetime, zone_name: str) -> str:
    """“Today at 16:50”, “on Thursday at 16:50”, on a clock in the zone."""
    there = moment.astimezone(zone(zone_name))
    return _("%(on_day)s at %(clock)s") % {
        "on_day": on_day(there.date(), local_date(at, zone_name)),
        "clock": time_format(there.time(), "H:i"),
    }


def reader(user: User) -> str:
    """As a client thinks of their therapist: the first name, or the whole name after a title."""
    name: str = user.name
    first = name.split()[:1]
    if not first or not is_readable(name):
        return _("your therapist")
    return name if first[0].endswith(".") else first[0]


def first_person(figure: Figure) -> str:
    """As the client says it: “Daniel”, “my mother”; fills the slot of an item."""
    return (
        figure.name
        or {
            Kind.MOTHER: _("my mother"),
            Kind.FATHER: _("my father"),
            Kind.PARTNER: _("my partner"),
            Kind.FRIEND: _("my friend"),
            Kind.THERAPIST: _("my therapist"),
            Kind.SELF: _("myself"),
            Kind.GENERAL: _("people in general"),
            Kind.OTHER: _("this person"),
        }[Kind(figure.kind)]
    )


def second_person(figure: Figure) -> str:
    """As we say it to the client: “Daniel”, “your mother”."""
    return (
        figure.name
        or {
            Kind.MOTHER: _("your mother"),
            Kind.FATHER: _("your father"),
            Kind.PARTNER: _("your partner"),
            Kind.FRIEND: _("your friend"),
            Kind.THERAPIST: _("your therapist"),
            Kind.SELF: _("yourself"),
            Kind.GENERAL: _("people in general"),
            Kind.OTHER: _("this person"),
        }[Kind(figure.kind)]
    )


def label(figure: Figure) -> str:
    """Standing alone, as a name on a map: “Daniel”, “Mother”."""
    return (
        figure.name
        or {
            Kind.MOTHER: _("Mother"),
            Kind.FATHER: _("Father"),
            Kind.PARTNER: _("Partner"),
            Kind.FRIEND: _("Friend"),
            Kind.THERAPIST: _("Therapist"),
            Kind.SELF: _("Myself"),
            Kind.GENERAL: _("People in general"),
            Kind.OTHER: _("Someone"),
        }[Kind(figure.kind)]
    )
