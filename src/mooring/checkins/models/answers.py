"""Raw answers, which are the truth: everything else is derived from them and can be rebuilt."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from mooring.checkins.models.plan import DueCheckIn
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic, Participation, User
from mooring.privacy.sealed import SealedQuerySet, SealedTextField
from mooring.relationships.models import Figure


class CheckInQuerySet(SealedQuerySet):
    def of_the_client(self) -> Self:
        """What the client answered: a clinician's rating or a partner's report is no check-in of theirs."""
        return self.filter(rater=CheckIn.Rater.CLIENT)

    def unread(self) -> Self:
        """Check-ins that a client sent and nobody has marked as read. An import asks nobody to read."""
        return self.of_the_client().exclude(source=CheckIn.Source.IMPORT).filter(readings__isnull=True)

    def in_order(self) -> Self:
        """Oldest first; equal moments in a fixed order, so that a series is the same however it came in."""
        return self.order_by("occurred_at", "id")


class CheckIn(models.Model):
    """One occasion of answering."""

    class Rater(models.TextChoices):
        CLIENT = "client", "client"
        CLINICIAN = "clinician", "clinician"
        PARTNER = "partner", "partner"

    class Source(models.TextChoices):
        PHONE = "phone", "phone"
        KIOSK = "kiosk", "kiosk"
        IMPORT = "import", "import"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="checkins")
    client_id = models.UUIDField(editable=False, help_text="Whose key seals the text.")
    due = models.OneToOneField(DueCheckIn, on_delete=models.PROTECT, null=True, blank=True, related_name="checkin")
    client_made_id = models.UUIDField(help_text="Made by the answering device, or from an import's identity.")
    rater = models.CharField(max_length=12, choices=Rater, default=Rater.CLIENT)
    rater_user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source)
    answered_at = models.DateTimeField(help_text="As claimed by the device or the file.")
    received_at = models.DateTimeField(help_text="By this server's clock.")
    occurred_at = models.DateTimeField(
        help_text="Where it stands in time: as claimed, but neither in the future nor before it was asked."
    )
    zone = models.CharField(max_length=64, help_text="IANA time zone of the person then.")
    local_date = models.DateField(help_text="Calendar day of occurred_at in that zone.")
    topic = SealedTextField(person="client_id", default="", blank=True, help_text="“What do you want to talk about?”")

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "client_made_id"], name="checkin_once_per_client_made_id")
        ]
        indexes = [models.Index(fields=["participation", "occurred_at"], name="checkin_participation_time")]

    def __str__(self) -> str:
        return f"{self.local_date} {self.source}"


class Block(models.Model):
    """One measure on one occasion, about one figure or none: what was shown, and what was answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="blocks")
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, null=True, blank=True)
    language = models.CharField(max_length=12, help_text="Language the items were shown in.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order within the check-in.")
    minimum = models.FloatField(null=True, help_text="Declared range where it is not the key's own; else null.")
    maximum = models.FloatField(null=True)
    already_keyed = models.BooleanField(
        default=False, help_text="Reversed items were turned before the answers came to us."
    )
    items = models.JSONField(default=list, help_text="Item codes in the order shown.")
    answers = models.JSONField(default=dict, help_text="Item code → value as given, or null for skipped.")
    chosen = models.JSONField(
        null=True, help_text="Where the items were chosen one by one: how, from what, and why each; else null."
    )
    totals = models.JSONField(null=True, help_text="Scale → reported total, where no items were given.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkin", "instrument_version", "figure"],
                condition=Q(figure__isnull=False),
                name="block_once_with_figure",
            ),
            models.UniqueConstraint(
                fields=["checkin", "instrument_version"],
                condition=Q(figure__isnull=True),
                name="block_once_without_figure",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True, maximum__isnull=True) | Q(minimum__lt=models.F("maximum")),
                name="block_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_version_id}"


class Reading(models.Model):
    """A clinician read a check-in. Until there is one, the client's screen says that it is unread."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    checkin = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="readings")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["checkin", "by"], name="read_once_by_each")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Conversation(models.Model):
    """“We talked about it”: what a client had written came up in a session. It comes back to the client."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    checkin = models.OneToOneField(CheckIn, on_delete=models.CASCADE, related_name="conversation")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


def occurred_at(claimed: datetime, received: datetime, not_before: datetime) -> datetime:
    """The claimed moment, held between the moment it was asked and the moment it came in.

    A phone's clock can be wrong in both directions; a wrong clock must neither reorder a series nor
    put an answer into the future.
    """
    return min(max(claimed, not_before), received)
