"""Every route × every role. A stranger, another clinic's clinician, a former clinician, a colleague who does not
care for her, the administrator, another client and a signed-out visitor get nothing of Sarah's, and change nothing.

A route that is added without its row here fails the first test.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from mooring.checkins.models import CheckIn, DueCheckIn
from mooring.sessions.models import Session
from mooring.sessions.record import Took, record
from mooring.sessions.rupture import Noticed, mark
from tests.cast import People, Person
from tests.checkins.answering import block, security, send
from tests.instruments.bringing import begun, published

HERS, THEIRS, OPEN = {"sarah"}, {"alice"}, set[str]()
# Clinicians and the administrator of Alice's clinic.
MEASURERS = {"alice", "bob", "frank", "olga"}
EVERYBODY = (
    "nobody", "sarah", "john", "alice", "bob", "charlie", "dana", "frank", "gil", "olga",
)  # fmt: skip

# Route → (who may reach Sarah's by it, what of hers its address names). Of a page without an address part
# everybody may have their own: there the test is that nothing of Sarah's stands on it.
ROUTES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "root": (HERS | THEIRS, ()),
    "front": (HERS | THEIRS, ()),
    "leave": (OPEN, ()),
    "crisis": (OPEN, ()),
    "join": (OPEN, ("secret",)),
    "home:today": (HERS, ()),
    "home:turn_to": (HERS, ()),
    "home:river": (HERS, ("figure",)),
    "home:how_i_have_been": (HERS, ()),
    "home:people": (HERS, ("figure",)),
    "home:fit": (HERS, ("figure",)),
    "home:agreements": (HERS, ()),
    "checkins:checkin": (HERS, ("due",)),
    "checkins:question": (HERS, ("due", "number")),
    "checkins:topic": (HERS, ("due",)),
    "checkins:decline": (HERS, ("due",)),
    "checkins:after_all": (HERS, ("due",)),
    "caseload:caseload": (THEIRS, ()),
    "caseload:everyone": (THEIRS, ()),
    "caseload:admit": (THEIRS, ()),
    "caseload:case": (THEIRS, ("participation",)),
    "caseload:brief": (THEIRS, ("participation",)),
    "caseload:read": (THEIRS, ("participation",)),
    "caseload:talked": (THEIRS, ("participation", "checkin")),
    "caseload:plan": (THEIRS, ("participation",)),
    "caseload:end": (THEIRS, ("participation",)),
    "caseload:figures": (THEIRS, ("participation",)),
    "caseload:figure": (THEIRS, ("participation",)),
    "caseload:invite": (THEIRS, ("participation",)),
    "caseload:acknowledge": (THEIRS, ("signal",)),
    # The clinic's, and about nobody.
    "caseload:signals": (THEIRS | {"bob", "frank"}, ()),
    "sessions:after": (THEIRS, ("participation",)),
    "sessions:correct": (THEIRS, ("participation", "session")),
    "sessions:rating": (THEIRS, ("participation", "session")),
    "sessions:alliance": (THEIRS, ("participation",)),
    "sessions:mark": (THEIRS, ("participation",)),
    "sessions:step": (THEIRS, ("participation", "rupture")),
    # Of these nothing is about Sarah: a draft is Alice's own, a measure is the clinic's.
    "instruments:measures": (MEASURERS, ()),
    "instruments:add": (MEASURERS, ()),
    "instruments:version": (MEASURERS, ("version",)),
    "instruments:export": (MEASURERS, ("version",)),
    "instruments:measure": (THEIRS, ("draft",)),
    "instruments:items": (THEIRS, ("draft",)),
    "instruments:licence": (THEIRS, ("draft",)),
    "instruments:wording": (THEIRS, ("draft",)),
    "instruments:examples": (THEIRS, ("draft",)),
    "instruments:publish": (THEIRS, ("draft",)),
    "instruments:give_up": (THEIRS, ("draft",)),
}
# Pages of django-allauth: about the signed-in account alone.
ACCOUNT = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_email", "account_email_verification_sent", "account_change_password", "account_set_password",
    "account_reset_password", "account_confirm_login_code", "account_confirm_email",
    "account_reset_password_from_key_done", "account_reset_password_from_key", "account_reset_password_done",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "mfa_login_webauthn",
}  # fmt: skip
TRIED = {"value": "3", "answer": "no", "kind": "talked", "topic": "x"}
# A post that makes a later one of this list pointless; each is tested where its page is.
ONCE = {"checkins:after_all", "checkins:topic", "checkins:question"}
SECRETS = ("Zarah Quist", "Zarah", "Danilo", "The letter I burned")


def routes(resolver: Any = None, space: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_route_has_its_row() -> None:
    assert set(routes()) == set(ROUTES) | ACCOUNT


@pytest.fixture
def hers(sarah: Person, john: Person, people: People, now: datetime) -> dict[str, Any]:
    """Sarah with everything that an address can name, as of the present moment."""
    sarah.client.name, sarah.client.first_name = SECRETS[:2]
    sarah.client.save()
    daniel = sarah.figures["Daniel"]
    daniel.name = SECRETS[2]
    daniel.save()
    start = timezone.now() - timedelta(weeks=12)
    for week, value in enumerate([4, 4, 8, 8, 8, 8, 8, 8, 4, 4]):
        at = start + timedelta(weeks=week)
        send(sarah, security(sarah, value), block("attachment", 3, daniel), at=at, topic=SECRETS[3])
    present = timezone.now()
    due = DueCheckIn.objects.create(
        clinic=sarah.client.clinic,
        plan=sarah.plan,
        participation=sarah.participation,
        due_on=present.date() + timedelta(days=700),
        opens_at=present - timedelta(hours=1),
        closes_at=present + timedelta(days=5),
    )
    held = Took(present - timedelta(days=3), Session.Kept.HELD)
    session, _ = record(sarah.participation.course, held, made_id=uuid4(), by=people.alice, at=present)
    noticed = Noticed(present.date() - timedelta(days=3), session, SECRETS[3])
    rupture, _ = mark(sarah.participation, noticed, made_id=uuid4(), by=people.alice, at=present)
    return {
        "session": session.pk,
        "rupture": rupture.pk,
        "figure": daniel.pk,
        "due": due.pk,
        "number": 1,
        "participation": sarah.participation.pk,
        "checkin": CheckIn.objects.in_order().last().pk,
        "signal": sarah.participation.signals.order_by("raised_at", "pk").first().pk,
        "secret": "not-a-link-of-ours",
        "draft": begun(people.alice, sarah.client.clinic).pk,
        "version": published(people.alice, sarah.client.clinic).pk,
    }


@pytest.fixture
def as_role(sarah: Person, john: Person, people: People, sign_in: Any) -> Callable[[str], Any]:
    users = {**vars(people), "sarah": sarah.user, "john": john.user, "nobody": None}
    return lambda role: sign_in(users[role])


def rows() -> dict[str, int]:
    """How much of everything there is, except what a refused request may leave behind."""
    passing = {"privacy.AccessEntry", "sessions.Session", "mfa.Authenticator"}
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in passing
    }


def shown(response: Any) -> str:
    return response.content.decode() + str(response.headers)


def holds_nothing_of_hers(response: Any, parts: dict[str, Any]) -> bool:
    """Neither her words nor, where the address did not bring it, a key of anything of hers."""
    text = shown(response)
    keys = [str(part) for part in parts.values() if isinstance(part, UUID)]
    return not any(secret in text for secret in (*SECRETS, *keys))


def refused(response: Any) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return to_sign_in or response.status_code in {403, 404, 405, 410}


@pytest.mark.parametrize("role", EVERYBODY)
def test_nobody_gets_what_is_not_theirs(role: str, hers: dict[str, Any], as_role: Callable[[str], Any]) -> None:
    before = rows()
    for route, (allowed, parts) in ROUTES.items():
        if role in allowed:
            continue
        address = reverse(route, kwargs={part: hers[part] for part in parts})
        browser = as_role(role)
        for response in (browser.get(address), browser.post(address, TRIED)):
            if parts:
                assert refused(response), f"{role} got {response.status_code} from {route}"
            assert holds_nothing_of_hers(response, {} if parts else hers), f"{role} at {route}"
    assert rows() == before


def test_those_who_may_do_reach_it(hers: dict[str, Any], as_role: Callable[[str], Any]) -> None:
    # Reading comes first: ending a plan or declining a check-in is one of the posts.
    for method in ("get", "post"):
        for route, (allowed, parts) in ROUTES.items():
            for role in allowed:
                address = reverse(route, kwargs={part: hers[part] for part in parts})
                response = getattr(as_role(role), method)(address, TRIED)
                turned_away = refused(response) and response.status_code != 405
                assert not turned_away or route in ONCE, f"{method} {route}: {role} got {response.status_code}"


def test_a_made_up_address_is_nobodys(hers: dict[str, Any], as_role: Callable[[str], Any]) -> None:
    for route, (_, parts) in ROUTES.items():
        made_up = {part: uuid4() if isinstance(hers[part], UUID) else hers[part] for part in parts}
        for role in ("sarah", "alice") if parts else ():
            assert refused(as_role(role).get(reverse(route, kwargs=made_up))), f"{role} at {route}"


@pytest.mark.parametrize("role", [role for role in EVERYBODY if role != "sarah"])
def test_account_pages_hold_nothing_of_hers(role: str, hers: dict[str, Any], as_role: Callable[[str], Any]) -> None:
    parts = {
        "account_confirm_email": {"key": "x"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "x"},
        "mfa_remove_webauthn": {"pk": 1},
        "mfa_edit_webauthn": {"pk": 1},
    }
    for route in sorted(ACCOUNT):
        response = as_role(role).get(reverse(route, kwargs=parts.get(route, {})))
        assert holds_nothing_of_hers(response, hers), f"{role} at {route}"


def test_the_addresses_carry_no_names(hers: dict[str, Any], as_role: Callable[[str], Any]) -> None:
    for route, (_, parts) in ROUTES.items():
        assert set(parts) <= {
            "figure",
            "due",
            "number",
            "participation",
            "checkin",
            "signal",
            "session",
            "rupture",
            "secret",
            "draft",
            "version",
        }, route
