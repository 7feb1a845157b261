"""Derived rows: one series is one participation × figure × scale, rebuilt whole."""

from typing import Any
from uuid import UUID, uuid5

from django.db import models

from mooring.checkins.models.calibration import Calibration
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic, Participation
from mooring.relationships.models import Figure

# Fixed, so that a rebuilt series keeps its key and a recompute gives the same rows bit for bit.
_SERIES = UUID("6f0c1f0a-6d1c-4a6e-9d5b-4b8f0f6f5a11")


def series_id(participation: UUID, figure: UUID | None, instrument_key: str, scale: str, rater: str) -> UUID:
    """The key of a series, made from what it is."""
    return uuid5(_SERIES, f"{participation}/{figure}/{instrument_key}/{scale}/{rater}")


class Series(models.Model):
    """Scores, errors and the estimated level of one scale over time. No clock reading stands in it."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="series_id() of what it is.")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="series")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, null=True, blank=True, related_name="series")
    instrument_key = models.CharField(max_length=60)
    scale = models.CharField(max_length=60)
    rater = models.CharField(max_length=12)
    role = models.CharField(max_length=20, help_text="distress, security, anxiety, avoidance, alliance or other.")
    instrument_version = models.ForeignKey(
        InstrumentVersion, on_delete=models.PROTECT, help_text="Of the latest occasion."
    )
    science_version = models.CharField(max_length=200)
    calibration = models.ForeignKey(
        Calibration, on_delete=models.PROTECT, null=True, help_text="That the scores rest on; null for none."
    )
    precision = models.CharField(
        max_length=12, help_text="assumed, published, reference, calibrated; none: scores without error."
    )
    minimum = models.FloatField(help_text="Of the score's range.")
    maximum = models.FloatField()
    direction = models.CharField(max_length=8, help_text="What higher means: worse, better, none.")
    first_on = models.DateField()
    last_on = models.DateField()
    last_level = models.FloatField(null=True, help_text="Smoothed level at the last occasion.")
    last_sd = models.FloatField(null=True)
    model = models.JSONField(help_text="Parameters of the trajectory, by value.")
    points = models.JSONField(help_text="One object an occasion, oldest first; see checkins.rebuild.")
    stretches = models.JSONField(default=list, help_text="Where a rule spoke, from when until when.")

    class Meta:
        indexes = [models.Index(fields=["participation", "role"], name="series_participation_role")]

    def __str__(self) -> str:
        return f"{self.instrument_key} {self.scale}"

    @property
    def assumed(self) -> bool:
        """Its precision is an assumption, or it is neither calibrated nor tested by research. Costs a query where the
        version was not fetched."""
        if self.precision == "calibrated":
            return False
        return self.precision == "assumed" or not self.instrument_version.instrument.validated

    @property
    def calibrated_on(self) -> dict[str, Any] | None:
        """Number, persons, and whether they were made up; None when no calibration is in force."""
        found: dict[str, Any] | None = self.model.get("calibration")
        return found
