"""Say what became of a signal: we talked about it, or it is dismissed. The signal itself stays as it was."""

from datetime import datetime

from django.utils.translation import gettext as _

from mooring.alerts.models import GOOD_NEWS, Acknowledgement, Signal
from mooring.kit.transactions import write
from mooring.people.models import User
from mooring.privacy import audit

MAX_REASON = 500


class CannotAcknowledge(ValueError):
    """The act makes no sense for this signal, or its reason is too long; nothing was stored."""


class ReasonMissing(CannotAcknowledge):
    """A dismissal without a reason; nothing was stored."""


def acknowledge(
    signal: Signal, kind: Acknowledgement.Kind, *, by: User, at: datetime, reason: str = ""
) -> Acknowledgement:
    """Keep what a clinician did with a signal; a second call with the same kind gives the first one's row.

    A dismissal needs its reason: it is how a rule that is wrong too often comes to be seen. Raises CannotAcknowledge,
    or ReasonMissing. Good news leaves the strip by itself, and historical signals asked nobody.
    """
    if signal.historical or signal.kind in GOOD_NEWS:
        raise CannotAcknowledge(_("This signal asks nobody to act."))
    text = reason.strip()
    if len(text) > MAX_REASON:
        sentence = _("The reason is %(n)s characters long. Please keep it under %(most)s.")
        raise CannotAcknowledge(sentence % {"n": len(text), "most": MAX_REASON})
    if kind == Acknowledgement.Kind.NOT_USEFUL and not any(sign.isprintable() and not sign.isspace() for sign in text):
        raise ReasonMissing(_("Nothing was dismissed: please write the reason in a few words."))
    with write():
        kept: Acknowledgement
        kept, fresh = Acknowledgement.objects.get_or_create(
            signal=signal,
            kind=kind,
            defaults={
                "clinic_id": signal.clinic_id,
                "client_id": signal.participation.client_id,
                "by": by,
                "reason": text,
                "at": at,
            },
        )
        if fresh:
            audit.record(
                "acknowledge",
                "acknowledge",
                actor=by.pk,
                subjects=[signal.participation.client_id],
                at=at,
                clinic=signal.clinic_id,
                detail={"signal": str(signal.pk), "kind": str(kind)},
            )
    return kept
