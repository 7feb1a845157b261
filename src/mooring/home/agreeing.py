"""What a client's answers are used for beyond their own therapy: what they agreed to, and a change of mind."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mooring.checkins import learners
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Client, User
from mooring.privacy import audit, consent
from mooring.privacy.models import ConsentEvent

Purpose = ConsentEvent.Purpose
# The wording below under its version: raise it when the wording changes.
ASKED = {Purpose.QUALITY: learners.WORDING, Purpose.RESEARCH: "research-2026-11"}


@dataclass(frozen=True)
class Wish:
    """What the client chose on the page."""

    purpose: str
    given: bool
    gender: str
    birth_year: str


@dataclass(frozen=True)
class Agreement:
    purpose: str
    title: str
    meaning: str
    given: bool
    state: str
    asked_again: bool
    """The yes was to an earlier wording: it stands for that, and this wording waits for one of its own."""


def agreements(client: Client, at: datetime) -> list[Agreement]:
    """Each purpose that is asked, and how it stands."""
    latest = _latest(client, at)
    return [_agreement(purpose, latest.get(purpose), client) for purpose in ASKED]


def agree(client: Client, wish: Wish, *, by: User, at: datetime) -> str:
    """Write down a yes or a no, and return what to say. The same word twice is one event."""
    with write():
        locked = Client.objects.select_for_update().get(pk=client.pk)
        in_force = consent.in_force(Purpose(wish.purpose), client.pk, at)
        before = _latest(client, at).get(wish.purpose)
        if wish.given:
            locked.gender, locked.birth_year = wish.gender, wish.birth_year
        elif not any(consent.in_force(other, client.pk, at) for other in ASKED if other != wish.purpose):
            # Told for this alone, so it goes with it.
            locked.gender = locked.birth_year = ""
        locked.save(update_fields=["gender", "birth_year"])
        if in_force != wish.given or (wish.given and _asked_again(before)):
            consent.express(
                consent.Action.GIVEN if wish.given else consent.Action.WITHDRAWN,
                Purpose(wish.purpose),
                subject=client.pk,
                clinic=client.clinic_id,
                text_version=ASKED[Purpose(wish.purpose)],
                actor=by.pk,
                at=at,
            )
            audit.record("agree", "home:agreements", actor=by.pk, subjects=[client.pk], at=at, clinic=client.clinic_id)
    if wish.given:
        return _("Thank you. You can take this back here at any time.")
    if any(consent.in_force(other, client.pk, at) for other in ASKED):
        return _("Taken back. What else you agreed to stands as it is below.")
    return _("Taken back. From now on your answers are used for your therapy alone.")


def _latest(client: Client, at: datetime) -> dict[str, ConsentEvent]:
    events = ConsentEvent.objects.filter(subject=client.pk, purpose__in=ASKED, at__lte=at)
    return {event.purpose: event for event in events.order_by("at", "pk")}


def _asked_again(event: ConsentEvent | None) -> bool:
    if event is None or event.action != ConsentEvent.Action.GIVEN:
        return False
    return event.text_version != ASKED[Purpose(event.purpose)]


def _agreement(purpose: str, event: ConsentEvent | None, client: Client) -> Agreement:
    given = event is not None and event.action == ConsentEvent.Action.GIVEN
    if event is None:
        state = _("Not agreed. Nothing changes for you if it stays so.")
    else:
        day = date_format(local_date(event.at, client.clinic.zone), "j F Y")
        if _asked_again(event):
            said = _("On %(day)s you agreed to less than this says now. That stands; the rest only if you agree again.")
            return Agreement(
                purpose, _title(purpose), _meaning(purpose, client.clinic.name), True, said % {"day": day}, True
            )
        state = (_("Agreed on %(day)s.") if given else _("Taken back on %(day)s.")) % {"day": day}
    return Agreement(purpose, _title(purpose), _meaning(purpose, client.clinic.name), given, state, False)


def _title(purpose: str) -> str:
    return {
        Purpose.QUALITY: _("Making the questions better"),
        Purpose.RESEARCH: _("Research"),
    }[Purpose(purpose)]


def _meaning(purpose: str, clinic: str) -> str:
    return {
        Purpose.QUALITY: _(
            "%(clinic)s may count your answers together with those of others, to learn how well each question works "
            "and how answers usually change in the weeks of a therapy. "
            "No name and no words of yours are looked at. "
            "What was already counted when you take this back stays counted."
        ),
        Purpose.RESEARCH: _(
            "Your answers may be given to researchers under a code instead of your name, never your words. "
            "What was already counted when you take this back stays counted."
        ),
    }[Purpose(purpose)] % {"clinic": clinic}
