"""Invite someone, and let them in: the only way an account comes to be."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress

from mooring.kit.transactions import write
from mooring.people.models import Client, Clinic, Invitation, Membership, User
from mooring.privacy import audit, consent
from mooring.privacy.keyring import KeyUnavailable

# A link handed over in a session is used that week; a longer-lived one waits in mailboxes for strangers.
VALID_FOR = timedelta(days=14)
CARE_TEXT_VERSION = "care-2026-11"


class InvitationUnusable(Exception):
    """The link is unknown, used or too old; the message tells the visitor what to do."""


@dataclass(frozen=True)
class Invited:
    """A fresh invitation and its secret, which is shown once and stored nowhere."""

    invitation: Invitation
    secret: str


def invite(
    clinic: Clinic,
    email: str,
    *,
    at: datetime,
    role: Membership.Role | None = None,
    client: Client | None = None,
    by: User | None = None,
) -> Invited:
    """Invite staff (`role`) or a client (`client`); raises ValueError when it is neither or both."""
    if (role is None) == (client is None):
        raise ValueError("An invitation is either for a role in the clinic or for one client's record.")
    if client is not None and client.clinic_id != clinic.pk:
        raise ValueError("The client's record belongs to another clinic.")
    secret = secrets.token_urlsafe(24)
    with write():
        invitation = Invitation.objects.create(
            clinic=clinic,
            email=email.strip().lower(),
            role=role,
            client=client,
            secret_hash=_hash(secret),
            made_at=at,
            made_by=by,
            expires_at=at + VALID_FOR,
        )
        audit.record(
            "invite",
            "invite",
            actor=by.pk if by else None,
            subjects=[client.pk] if client else [],
            at=at,
            clinic=clinic.pk,
        )
    return Invited(invitation, secret)


@dataclass(frozen=True)
class Joined:
    """Who came in by an invitation, and whether their account is new."""

    user: User
    fresh: bool


def find(secret: str, at: datetime) -> Invitation:
    """The usable invitation behind a link; raises InvitationUnusable."""
    invitation = Invitation.objects.select_related("clinic", "client").filter(secret_hash=_hash(secret)).first()
    if invitation is None:
        raise InvitationUnusable("This link is not one of ours. Please check that it is complete.")
    _require_usable(invitation, at)
    return invitation


def account_of(email: str) -> User | None:
    """Who signs in with this address: it is their own, or one that they added and confirmed."""
    user = User.objects.filter(email=email).first()
    if user is None:
        added = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
        user = added.user if added is not None else None
    found: User | None = user
    return found


def _require_usable(invitation: Invitation, at: datetime) -> None:
    if invitation.accepted_at is not None:
        raise InvitationUnusable("This link has been used. You can sign in with the password you chose then.")
    if invitation.expires_at <= at:
        raise InvitationUnusable("This link is too old. Please ask for a new one.")


def accept(secret: str, *, name: str, password: str, zone: str, at: datetime) -> Joined:
    """Turn an invitation into an account, once; raises InvitationUnusable.

    The link reached the person by mail or by hand, so the address counts as verified. Somebody who has an
    account already keeps it, and gains the membership or the record; their password must be the right one.
    """
    with write():
        invitation = Invitation.objects.select_for_update().get(pk=find(secret, at).pk)
        _require_usable(invitation, at)
        user = account_of(invitation.email)
        fresh = user is None
        if user is None:
            user = User.objects.create_user(invitation.email, password, name=name, zone=zone)
        elif not (user.is_active and user.check_password(password)):
            raise InvitationUnusable(
                "You already have an account with this address. Enter its password to add this clinic to it."
            )
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        _admit(invitation, user, name, at)
        invitation.accepted_at = at
        invitation.save(update_fields=["accepted_at"])
        subjects = [invitation.client_id] if invitation.client_id else []
        audit.record("join", "join", actor=user.pk, subjects=subjects, at=at, clinic=invitation.clinic_id)
    return Joined(user, fresh)


def _admit(invitation: Invitation, user: User, name: str, at: datetime) -> None:
    if invitation.role is not None:
        held = Membership.objects.in_force(at).filter(clinic=invitation.clinic, user=user, role=invitation.role)
        if not held.exists():
            Membership.objects.create(clinic=invitation.clinic, user=user, role=invitation.role, since=at)
        return
    client = Client.objects.select_for_update().get(pk=invitation.client_id)
    if client.user_id not in {None, user.pk}:
        raise InvitationUnusable("This link belongs to a record that is already open. Please ask for a new one.")
    if Client.objects.filter(clinic=invitation.clinic_id, user=user).exclude(pk=client.pk).exists():
        raise InvitationUnusable("Your account opens another record of this clinic already. Please tell your clinic.")
    client.user = user
    client.first_name = client.first_name or name
    try:
        client.save(update_fields=["user", "first_name"])
    except KeyUnavailable as error:
        raise InvitationUnusable("This record cannot be opened any more. Please ask your clinic.") from error
    consent.express(
        consent.Action.GIVEN,
        consent.Purpose.CARE,
        subject=client.pk,
        clinic=invitation.clinic_id,
        text_version=CARE_TEXT_VERSION,
        actor=user.pk,
        at=at,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
