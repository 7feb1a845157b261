"""The people a client is attached to."""

import uuid

from django.db import models

from mooring.people.models import Client, Clinic, Participation
from mooring.privacy.sealed import SealedQuerySet, SealedTextField


class Figure(models.Model):
    """A person the client is attached to. Belongs to the client, so that courses share it."""

    class Kind(models.TextChoices):
        MOTHER = "mother", "mother"
        FATHER = "father", "father"
        PARTNER = "partner", "partner"
        FRIEND = "friend", "friend"
        THERAPIST = "therapist", "therapist"
        SELF = "self", "myself"
        GENERAL = "general", "people in general"
        OTHER = "other", "someone else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="figures")
    kind = models.CharField(max_length=12, choices=Kind)
    name = SealedTextField(person="client_id", default="", help_text="As the client calls them: Daniel, Mum.")
    asked = models.BooleanField(
        default=True,
        help_text="Whether check-ins ask about them. Estranged, dead or abusive: only if wished.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Order of asking.")

    objects = SealedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Fit(models.Model):
    """The client's answer to “Your answers suggest…; does this fit?” Each is kept; the latest counts."""

    class Answer(models.TextChoices):
        FITS = "fits", "It fits"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(
        Participation,
        on_delete=models.CASCADE,
        related_name="fits",
        help_text="Whose answers suggested it: a figure is shared between courses, this is not.",
    )
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="fits")
    answer = models.CharField(max_length=8, choices=Answer)
    suggested = models.JSONField(help_text="What the sentence claimed, as codes: {anxiety: less, avoidance: same}.")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.answer} {self.at:%Y-%m-%d}"
