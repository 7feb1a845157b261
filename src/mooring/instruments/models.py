"""What was asked, exactly as it was when it was asked."""

import uuid
from collections.abc import Collection
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from mooring.catalogue import Instrument, from_json
from mooring.people.models import Clinic, User


@lru_cache(maxsize=256)
def _parsed(content: str) -> Instrument:
    return from_json(content.encode())


# Rows never change, so a process reads each of them once.
_read: dict[UUID, "InstrumentVersion"] = {}
_MOST_READ = 512


class InstrumentVersionQuerySet(models.QuerySet["InstrumentVersion"]):
    def read_once(self, keys: Collection[UUID]) -> dict[UUID, "InstrumentVersion"]:
        """These versions by key; only those that this process has not read yet cost a query."""
        found = {key: version for key in set(keys) if (version := _read.get(key)) is not None}
        if fresh := set(keys) - found.keys():
            fetched = self.in_bulk(fresh)
            if len(_read) + len(fetched) > _MOST_READ:
                _read.clear()
            _read.update(fetched)
            found |= fetched
        return found


class InstrumentVersion(models.Model):
    """One version of a measure, wording included, as canonical JSON under its hash. Never changed: triggers
    refuse it. A clinic's own measures carry the clinic; the catalogue's carry none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True)
    key = models.CharField(max_length=60, help_text="The measure, e.g. state-security.")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content.")
    content = models.TextField(help_text="Canonical JSON: items, scales, key, wording, licence, sources.")

    objects = InstrumentVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "version"], condition=Q(clinic__isnull=True), name="catalogue_version_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "key", "version"],
                condition=Q(clinic__isnull=False),
                name="clinic_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only."""
        super().save(*args, **{**kwargs, "force_insert": True})

    @property
    def instrument(self) -> Instrument:
        """The measure as the catalogue's own type; parsed once a process, since rows never change."""
        return _parsed(self.content)


class Reference(models.Model):
    """A clinic reference: mean, standard deviation and reliability of a scale in the clinic's own data.
    Never a functional norm. Used for the error of a score where the key itself has no confirmed precision,
    and always for answers in a range other than the key's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="references")
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    scale = models.CharField(max_length=60)
    minimum = models.FloatField(help_text="Of the answers, as declared.")
    maximum = models.FloatField()
    mean = models.FloatField()
    sd = models.FloatField()
    reliability = models.FloatField(null=True, help_text="Cronbach's alpha; null when only totals were given.")
    persons = models.PositiveIntegerField()
    source = models.CharField(max_length=200, help_text="Which data, e.g. import of 2026-05-13.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "instrument_version", "scale", "minimum", "maximum"], name="reference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scale} {self.mean:.2f} ({self.sd:.2f})"


class MeasureDraft(models.Model):
    """A clinic's own questionnaire on its way to being published: what the file holds, and what was decided so far.
    Deleted when it is published or given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    by = models.ForeignKey(User, on_delete=models.PROTECT, help_text="Who brought it; nobody else sees it.")
    made_at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    form = models.JSONField(help_text="The questionnaire as it was read.")
    decisions = models.JSONField(default=dict, help_text="Step → what was decided there.")

    def __str__(self) -> str:
        return str(self.id)


class LicenceAttestation(models.Model):
    """Who said that the clinic may use a questionnaire, when, and in which words. A fact: never changed."""

    id = models.UUIDField(
        primary_key=True, editable=False, help_text="The draft's: sending the last page twice publishes once."
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    instrument_version = models.OneToOneField(InstrumentVersion, on_delete=models.PROTECT, related_name="attestation")
    by = models.ForeignKey(User, on_delete=models.PROTECT)
    at = models.DateTimeField(help_text="When it was attested, which is before it was published.")
    words = models.TextField(help_text="The sentence that was agreed to, as it was shown.")
    terms = models.TextField(help_text="Whose questionnaire it is and under which terms, as that person wrote.")

    def __str__(self) -> str:
        return str(self.id)
