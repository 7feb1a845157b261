"""What answers taught about a measure, and which of it a clinic's scores rest on. Both append-only."""

import uuid
from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from django.db import models

from mooring.catalogue import Calibration as Content
from mooring.catalogue import read_calibration
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic


@lru_cache(maxsize=64)
def _parsed(content: str) -> Content:
    return read_calibration(content.encode())


class Calibration(models.Model):
    """One calibration of one version of a measure, made for a clinic. Never changed: what was said from it stays
    explained by it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="calibrations")
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    number = models.PositiveIntegerField(help_text="Within the clinic and the version, from 1.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content.")
    content = models.TextField(help_text="Canonical JSON: parameters, precision, norms, fit.")
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True, help_text="User by UUID; null is a command.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "instrument_version", "number"], name="calibration_number_once"),
            models.UniqueConstraint(fields=["clinic", "instrument_version", "digest"], name="calibration_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_version_id} calibration {self.number}"

    @property
    def parsed(self) -> Content:
        """The content as the catalogue's own type; parsed once a process, since rows never change."""
        return _parsed(self.content)


class InForceQuerySet(models.QuerySet["CalibrationInForce"]):
    def at_present(self, clinic: UUID, versions: Collection[UUID]) -> dict[UUID, Calibration]:
        """The calibration in force of each of these versions that has one: what was written last counts. A long
        calculation names the moment at which it began."""
        rows = self.filter(clinic=clinic, instrument_version__in=versions).select_related("calibration")
        latest = {row.instrument_version_id: row.calibration for row in rows.order_by("pk")}
        return {version: found for version, found in latest.items() if found is not None}


class CalibrationInForce(models.Model):
    """From this moment the clinic's scores of a measure rest on this calibration, or on none."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    calibration = models.ForeignKey(Calibration, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True, help_text="User by UUID; null is a command.")

    objects = InForceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["clinic", "instrument_version", "at"], name="in_force_clinic_version_at")]

    def __str__(self) -> str:
        return f"{self.instrument_version_id} {self.at:%Y-%m-%d %H:%M}"
