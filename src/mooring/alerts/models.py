"""Signals are facts: decided at a moment, their evidence frozen by value, never deleted, never sent again."""

import uuid
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from mooring.people.models import Clinic, Participation, User
from mooring.privacy.sealed import SealedQuerySet, SealedTextField
from mooring.relationships.models import Figure


class Kind(models.TextChoices):
    """What a signal is about, in the order a clinician meets them: never by severity."""

    RISK = "risk", "safety"
    DETERIORATION = "deterioration", "deterioration"
    ALLIANCE_DROP = "alliance-drop", "alliance"
    SILENCE = "silence", "silence"
    SETBACK = "setback", "setback"
    OFF_COURSE = "off-course", "expected course"
    SHIFT = "shift", "shift"
    RECOVERY = "recovery", "recovery"
    GAIN = "gain", "gain"
    REPAIR = "repair", "repair"


GOOD_NEWS = (Kind.RECOVERY, Kind.GAIN, Kind.REPAIR)


class SignalQuerySet(models.QuerySet["Signal"]):
    def open(self) -> Self:
        """Signals nobody has talked about or set aside yet. Historical ones were never open."""
        settled = Acknowledgement.objects.filter(signal=OuterRef("pk"), kind__in=Acknowledgement.SETTLES)
        return self.filter(~Exists(settled), historical=False)

    def needing_conversation(self) -> Self:
        """Open signals that are not good news."""
        return self.open().exclude(kind__in=GOOD_NEWS)

    def good_news(self) -> Self:
        """Open signals that are."""
        return self.open().filter(kind__in=GOOD_NEWS)


class Signal(models.Model):
    """Something worth a conversation about one participation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="signals")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    kind = models.CharField(max_length=20, choices=Kind)
    instrument_key = models.CharField(max_length=60, blank=True, default="")
    scale = models.CharField(max_length=60, blank=True, default="")
    since = models.DateField(help_text="Local date on which the matter began, e.g. of the fall.")
    as_of = models.DateField(help_text="Local date of the latest answer it was decided on.")
    raised_at = models.DateTimeField()
    historical = models.BooleanField(
        default=False, help_text="Found in imported answers: nobody was alerted, nobody is asked to act."
    )
    evidence = models.JSONField(help_text="Rule, inputs, change with error, probability, versions: by value.")

    objects = SignalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["participation", "kind", "as_of"], name="signal_participation_kind")]
        constraints = [
            # Two submits at once, or a second run of the same verb, cannot raise the same matter twice.
            models.UniqueConstraint(
                fields=["participation", "kind", "instrument_key", "scale", "figure", "since"],
                condition=Q(figure__isnull=False),
                name="signal_once_with_figure",
            ),
            models.UniqueConstraint(
                fields=["participation", "kind", "instrument_key", "scale", "since"],
                condition=Q(figure__isnull=True),
                name="signal_once_without_figure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of}"

    def open_at(self, at: datetime) -> bool:
        """Whether somebody is still asked to talk about it at that moment; uses what was prefetched."""
        if self.historical or self.kind in GOOD_NEWS:
            return False
        return not any(act.at <= at for act in self.acknowledgements.all() if act.kind in Acknowledgement.SETTLES)

    @property
    def latest_as_of(self) -> date:
        """When it was last raised or last grew; uses what was prefetched."""
        return max([self.as_of, *(growth.as_of for growth in self.growths.all())])


class Growth(models.Model):
    """An open signal whose matter went on: it grew, or its rule ceased and spoke anew. Append-only.

    Instead of a second signal of the same matter, so that nobody is told weekly what they know.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="growths")
    anew = models.BooleanField(help_text="The rule had ceased in between.")
    as_of = models.DateField(help_text="Local date of the latest answer it was decided on.")
    at = models.DateTimeField()
    checkin = models.UUIDField(null=True, help_text="The answer it was decided on; null for a silence.")
    evidence = models.JSONField(help_text="As of the signal: by value.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "as_of"], name="growth_once_a_day")]

    def __str__(self) -> str:
        return f"{self.signal_id} {self.as_of}"


class Acknowledgement(models.Model):
    """What a clinician did with a signal. Append-only: each act is its own row."""

    class Kind(models.TextChoices):
        TALKED = "talked", "We talked about it"
        NOT_USEFUL = "not-useful", "Dismissed, with a reason"

    SETTLES = (Kind.TALKED, Kind.NOT_USEFUL)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    # Whose key seals the reason: the client's, since it is about them.
    client_id = models.UUIDField(editable=False)
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="acknowledgements")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=Kind)
    reason = SealedTextField(person="client_id", default="", blank=True)
    at = models.DateTimeField()

    objects = SealedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signal", "kind"], name="acknowledged_once_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
