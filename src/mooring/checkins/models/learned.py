"""What a clinic's own answers taught about how levels move and how courses go. Append-only."""

import json
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import models

from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic

Place = tuple[str, UUID, str, str]
"""What was learned, version of the measure, scale, kind of figure: of each the latest row counts."""


@lru_cache(maxsize=256)
def _parsed(content: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(content)
    return found


class LearnedQuerySet(models.QuerySet["Learned"]):
    def in_force(self, clinic: UUID, versions: Collection[UUID] | None = None) -> "dict[Place, Learned]":
        """What was written last of each place, unless that was a withdrawal."""
        rows = self.filter(clinic=clinic)
        if versions is not None:
            rows = rows.filter(instrument_version__in=versions)
        latest = {row.place: row for row in rows.order_by("number")}
        return {place: row for place, row in latest.items() if row.content}


class Learned(models.Model):
    """From this moment the series of one scale (with one kind of figure) are followed by what this says, or, with an
    empty content, by what is assumed again. Never changed: what was said from it stays explained by it."""

    class What(models.TextChoices):
        MOVEMENT = "movement", "movement"
        COURSE = "expected course", "expected course"

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    number = models.PositiveIntegerField(help_text="Within the clinic, from 1.")
    what = models.CharField(max_length=20, choices=What)
    instrument_version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT)
    scale = models.CharField(max_length=60)
    figure_kind = models.CharField(max_length=12, help_text="Empty for a scale that is about nobody.")
    content = models.TextField(help_text="Canonical JSON, see checkins.learned; empty: taken back.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content; empty with it.")
    persons = models.PositiveIntegerField()
    occasions = models.PositiveIntegerField(help_text="Answered ones of these persons.")
    science_version = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True, help_text="User by UUID; null is a command.")

    objects = LearnedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "number"], name="learned_number_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.number}"

    @property
    def place(self) -> Place:
        return self.what, self.instrument_version_id, self.scale, self.figure_kind

    @property
    def parsed(self) -> Mapping[str, Any]:
        """The content; parsed once a process, since rows never change."""
        return _parsed(self.content)
