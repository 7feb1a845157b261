"""A clinic, who belongs to it in which role from when until when, and the invitations that let people in."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from mooring.people.models.user import User


class Clinic(models.Model):
    """A tenant: one clinic or one solo practice."""

    class OperatingPoint(models.TextChoices):
        """How readily the rules speak; the keys of mooring.science.operating_point.POINTS."""

        EARLIER = "earlier", "earlier"
        USUAL = "usual", "usual"
        QUIETER = "quieter", "quieter"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC", help_text="IANA time zone of its days and hours.")
    language = models.CharField(max_length=12, default="en")
    minimum_age = models.PositiveSmallIntegerField(default=16)
    crisis_lines = models.JSONField(
        default=list,
        help_text="Local crisis lines as the clinic checked them: name, number, hours, checked_on, source.",
    )
    operating_point = models.CharField(max_length=12, choices=OperatingPoint, default=OperatingPoint.USUAL)
    operating_point_since = models.DateTimeField(null=True, blank=True, help_text="Null: since the beginning.")

    def __str__(self) -> str:
        return self.name


class TermQuerySet(models.QuerySet[Any]):
    """Rows that hold from a moment until a moment; until is null while it lasts."""

    def in_force(self, at: datetime) -> Self:
        """Rows that hold at that moment."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)


class Membership(models.Model):
    """A user's role in a clinic from a moment until a moment."""

    class Role(models.TextChoices):
        CLINICIAN = "clinician", "clinician"
        SUPERVISOR = "supervisor", "supervisor"
        ADMIN = "admin", "clinic administrator (non-clinical)"
        RESPONDER = "responder", "answers when an answer alarms"
        RESEARCHER = "researcher", "researcher"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="membership_until_after_since",
            ),
            models.UniqueConstraint(
                fields=["clinic", "user", "role"],
                condition=Q(until__isnull=True),
                name="membership_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"


class Invitation(models.Model):
    """The only way in: a secret link for one e-mail address, used once.

    For staff it carries a role, for a client the record it will open.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Membership.Role, null=True, blank=True)
    client = models.ForeignKey(
        "people.Client", on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    secret_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's secret.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, help_text="Null: made at the console.")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__isnull=False, client__isnull=True) | Q(role__isnull=True, client__isnull=False),
                name="invitation_for_staff_or_client",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
