"""What took place: sessions, which are raw data, and ruptures, which a person marked."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from mooring.people.models import Clinic, Course, Participation, User
from mooring.privacy.sealed import SealedQuerySet, SealedTextField


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, participation: Participation) -> Self:
        """Sessions of the course this participation belongs to; a couple has them together."""
        return self.filter(course=participation.course_id)

    def in_order(self) -> Self:
        """Oldest first."""
        return self.order_by("at", "id")


class Session(models.Model):
    """One appointment of a course, and whether it took place. A wrong entry is corrected in place, with audit."""

    class Kept(models.TextChoices):
        HELD = "held", "held"
        MISSED = "missed", "missed"
        # By whom is not asked: it would be read as blame.
        CANCELLED = "cancelled", "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    client_made_id = models.UUIDField(help_text="Made with the form, so that a form sent twice is one session.")
    at = models.DateTimeField(help_text="When it began, or would have.")
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions", help_text="Who held it.")
    kept = models.CharField(max_length=10, choices=Kept)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    corrected_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField(null=True, help_text="Last time; the audit has what stood here before.")

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "client_made_id"], name="session_once_per_client_made_id"),
            models.UniqueConstraint(fields=["course", "at"], name="session_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True, corrected_by__isnull=True)
                | Q(corrected_at__isnull=False, corrected_by__isnull=False),
                name="session_correction_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kept}"

    def rating_id(self, participation: uuid.UUID, rater: uuid.UUID) -> uuid.UUID:
        """What a clinician's rating of this session with this client is known by: one of each, however often sent."""
        return uuid.uuid5(self.pk, f"{participation}/{rater}")


class RuptureQuerySet(SealedQuerySet):
    def standing(self) -> Self:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def in_order(self) -> Self:
        """Oldest first."""
        return self.order_by("noticed_on", "id")


class Rupture(models.Model):
    """A strain in the alliance that a clinician marked by hand: noticed, talked about, repaired, each on its day.

    Days are the clinic's calendar days. A mark made in error is withdrawn and stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="ruptures")
    client_id = models.UUIDField(editable=False, help_text="Whose key seals the note.")
    client_made_id = models.UUIDField(help_text="Made with the form, so that a form sent twice is one mark.")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True, related_name="ruptures")
    note = SealedTextField(person="client_id", default="", blank=True)
    noticed_on = models.DateField()
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    named_on = models.DateField(null=True, help_text="The day it was talked about.")
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who says so.")
    named_at = models.DateTimeField(null=True, help_text="When they wrote it down.")
    repaired_on = models.DateField(null=True)
    repaired_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who says so."
    )
    repaired_at = models.DateTimeField(null=True, help_text="When they wrote it down.")
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = RuptureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "client_made_id"], name="rupture_once_per_client_made_id"),
            models.UniqueConstraint(
                fields=["participation", "noticed_on"],
                condition=Q(withdrawn_at__isnull=True),
                name="rupture_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(named_on__isnull=True) | Q(named_on__gte=F("noticed_on")),
                name="rupture_named_after_noticed",
            ),
            models.CheckConstraint(
                condition=Q(repaired_on__isnull=True) | Q(repaired_on__gte=F("noticed_on")),
                name="rupture_repaired_after_noticed",
            ),
            models.CheckConstraint(
                condition=Q(named_on__isnull=True, named_by__isnull=True, named_at__isnull=True)
                | Q(named_on__isnull=False, named_by__isnull=False, named_at__isnull=False),
                name="rupture_named_whole",
            ),
            models.CheckConstraint(
                condition=Q(repaired_on__isnull=True, repaired_by__isnull=True, repaired_at__isnull=True)
                | Q(repaired_on__isnull=False, repaired_by__isnull=False, repaired_at__isnull=False),
                name="rupture_repaired_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="rupture_withdrawn_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.noticed_on}"

    @property
    def open(self) -> bool:
        """Marked, not withdrawn and not yet repaired."""
        return self.withdrawn_at is None and self.repaired_on is None
