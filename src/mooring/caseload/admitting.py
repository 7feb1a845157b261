"""Take a client in with their figures and their plan, and hand out the way in."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from mooring.checkins.agree import Agreement, agree
from mooring.kit.transactions import write
from mooring.people.admit import Newcomer, admit
from mooring.people.joining import invite
from mooring.people.models import Client, Clinic, Invitation, Participation, User
from mooring.relationships.models import Figure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewFigure:
    """Somebody the newcomer is attached to."""

    kind: str
    name: str


@dataclass(frozen=True)
class Rhythm:
    """What was agreed. The figure with whom security is asked is a place in the list of figures, or none."""

    weekday: int
    reading_weekday: int
    reading_time: time
    security: int | None


@dataclass(frozen=True)
class WayIn:
    """A fresh invitation: its link is shown once and stored nowhere."""

    link: str
    email: str
    expires_at: datetime
    mailed: bool


def take_in(
    clinic: Clinic, newcomer: Newcomer, figures: Sequence[NewFigure], rhythm: Rhythm, *, by: User, at: datetime
) -> Participation:
    """The newcomer with figures and plan; the same form sent twice takes one in. Raises CodeTaken or FormSpent."""
    with write():
        participation, fresh = admit(clinic, newcomer, by=by, at=at)
        if not fresh:
            return participation
        known = [
            Figure.objects.create(
                clinic=clinic, client=participation.client, kind=one.kind, name=one.name, position=position
            )
            for position, one in enumerate(figures)
        ]
        about = known[rhythm.security].pk if rhythm.security is not None else None
        agreed = Agreement(rhythm.weekday, 1, about, rhythm.reading_weekday, rhythm.reading_time)
        agree(participation, agreed, by=by, at=at)
    return participation


def open_door(client: Client, email: str, *, by: User, at: datetime) -> WayIn:
    """A fresh way in for a client; links handed out before and not used stop working."""
    with write():
        waiting = Invitation.objects.filter(client=client, accepted_at__isnull=True, expires_at__gt=at)
        waiting.update(expires_at=at)
        invited = invite(client.clinic, email, at=at, client=client, by=by)
    link = f"{settings.MOORING_ORIGIN}{reverse('join', args=[invited.secret])}"
    return WayIn(link, invited.invitation.email, invited.invitation.expires_at, _mailed(link, client.clinic, email))


def _mailed(link: str, clinic: Clinic, email: str) -> bool:
    """Send the link where mail leaves this installation. The mail says nothing about therapy or answers."""
    if "dummy" in settings.EMAIL_BACKEND:
        return False
    body = _("You are invited to %(clinic)s. This link opens your account, once:") % {"clinic": clinic.name}
    try:
        send_mail(_("Your invitation"), f"{body}\n\n{link}\n", None, [email])
    except (SMTPException, OSError, UnicodeError) as error:
        # The link is on the screen all the same; the log must not hold it, nor the address that the error quotes.
        log.warning("An invitation could not be mailed: %s.", type(error).__name__)
        return False
    return True
