"""What stands on a case's weeks besides answers: sessions, the therapist's ratings, and ruptures marked by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mooring.charts.timeline import Moment
from mooring.checkins import saying
from mooring.checkins.models import Series
from mooring.kit.dates import local_date
from mooring.people.models import Participation
from mooring.sessions.models import Rupture, Session


@dataclass(frozen=True)
class Meetings:
    """In order of time."""

    sessions: Sequence[tuple[date, str]]
    ruptures: Sequence[Rupture]
    """Those that stand."""
    rated: Series | None
    """The alliance as the therapist rated it last."""

    def kept(self, *kinds: Session.Kept) -> list[date]:
        """The days of these."""
        return [day for day, kept in self.sessions if kept in kinds]


def gather(participation: Participation, rated: Sequence[Series]) -> Meetings:
    """Fetch them, two queries; `rated` are the clinician's series of the alliance."""
    zone = participation.clinic.zone
    rows = Session.objects.of(participation).in_order().values_list("at", "kept")
    return Meetings(
        [(local_date(at, zone), kept) for at, kept in rows],
        standing(participation),
        max(rated, key=lambda one: (one.last_on, one.pk), default=None),
    )


def standing(participation: Participation) -> list[Rupture]:
    """Ruptures that were marked and not withdrawn, oldest first."""
    return list(Rupture.objects.filter(participation=participation).standing().in_order())


def moments(ruptures: Sequence[Rupture]) -> tuple[Moment, ...]:
    """A rupture is dashed where it was noticed, a repair solid."""
    marked = [Moment(one.noticed_on, dashed=True) for one in ruptures]
    mended = [Moment(one.repaired_on, dashed=False) for one in ruptures if one.repaired_on is not None]
    return (*marked, *mended)


def told(rupture: Rupture, today: date) -> str:
    """One rupture in a sentence, with the time until it was repaired."""
    words = {"noticed": saying.calendar_day(rupture.noticed_on, today)}
    if rupture.named_on is not None:
        words["named"] = saying.calendar_day(rupture.named_on, today)
    if rupture.repaired_on is None:
        if rupture.named_on is None:
            return _("Rupture noticed on %(noticed)s, not yet talked about or repaired.") % words
        return _("Rupture noticed on %(noticed)s, talked about on %(named)s, not yet repaired.") % words
    days = (rupture.repaired_on - rupture.noticed_on).days
    words["repaired"] = saying.calendar_day(rupture.repaired_on, today)
    later = ngettext("%(n)s day later", "%(n)s days later", days) % {"n": days}
    words["time"] = later if days else _("the same day")
    if rupture.named_on is None:
        return _("Rupture noticed on %(noticed)s, repaired on %(repaired)s, %(time)s.") % words
    return _("Rupture noticed on %(noticed)s, talked about on %(named)s, repaired on %(repaired)s, %(time)s.") % words


def counted(met: Meetings) -> str:
    """How many sessions were held, missed and cancelled; empty without one."""
    if not met.sessions:
        return ""
    words = {kept.value: len(met.kept(kept)) for kept in Session.Kept}
    return _("Sessions: %(held)s held, %(missed)s missed, %(cancelled)s cancelled.") % words


def waiting(rupture: Rupture, today: date) -> str:
    """What the brief says of a rupture that is still open; empty for one that is repaired."""
    words = {"day": saying.calendar_day(rupture.noticed_on, today)}
    if not rupture.open:
        return ""
    if rupture.named_on is None:
        return _("A rupture was marked on %(day)s and is not yet talked about or repaired.") % words
    return _("A rupture was marked on %(day)s and is not yet repaired.") % words
