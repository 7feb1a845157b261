"""Rebuild derived rows from the raw answers. Signals and documents are facts: they are not touched."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms.models import model_to_dict

from mooring.checkins.models import Series
from mooring.checkins.rebuild import rebuild
from mooring.kit.transactions import breathe, write
from mooring.people.models import Participation


@dataclass
class Recomputed:
    """How much was rebuilt, and how much of it differs from what stood there."""

    participations: int = 0
    series: int = 0
    changed: int = 0


def recompute(clinic: str | None = None, measures: Collection[str] | None = None) -> Recomputed:
    """Rebuild every series (of one clinic, of these measures), a person a transaction; raises ValueError for a bad
    UUID."""
    people = Participation.objects.select_related("clinic").order_by("pk")
    if clinic is not None:
        people = people.filter(clinic=UUID(clinic))
    done = Recomputed()
    for participation in people.iterator(chunk_size=200):
        with write():
            began = time.monotonic()
            # As a submit does: an answer that comes in meanwhile waits, or its point would be written over.
            if not Participation.objects.select_for_update().filter(pk=participation.pk).exists():
                continue
            before = _rows(participation, measures)
            rebuild(participation, measures)
            after = _rows(participation, measures)
        breathe(time.monotonic() - began)
        done.participations += 1
        done.series += len(after)
        done.changed += sum(before.get(key) != row for key, row in after.items())
    return done


def _rows(participation: Participation, measures: Collection[str] | None) -> dict[UUID, dict[str, Any]]:
    found = Series.objects.filter(participation=participation)
    if measures is not None:
        found = found.filter(instrument_key__in=measures)
    return {row.pk: model_to_dict(row) for row in found}
