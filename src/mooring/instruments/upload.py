"""Bring a questionnaire's file: it is read whole or refused, and nothing of a refused file is kept."""

import hashlib
from datetime import datetime

from mooring.catalogue.decode import encode
from mooring.catalogue.forms.read import Wanted, read
from mooring.instruments.models import MeasureDraft
from mooring.kit.transactions import write
from mooring.people.models import Clinic, User
from mooring.privacy import audit


def upload(clinic: Clinic, data: bytes, name: str, wanted: Wanted, *, by: User, at: datetime) -> MeasureDraft:
    """A draft of what the file holds; raises CatalogueError that names the place, and then nothing is stored.

    The file's name is used in that sentence alone: names of files can name people.
    """
    found = read(data, name, wanted)
    digest = hashlib.sha256(data).hexdigest()
    with write():
        draft: MeasureDraft = MeasureDraft.objects.create(
            clinic=clinic, by=by, made_at=at, digest=digest, form=encode(found)
        )
        audit.record(
            "upload-measure",
            "instruments:add",
            actor=by.pk,
            subjects=[],
            at=at,
            clinic=clinic.pk,
            detail={"format": found.format, "digest": digest},
        )
    return draft


def give_up(draft: MeasureDraft, *, by: User, at: datetime) -> None:
    """Forget a draft."""
    with write():
        deleted, _ = MeasureDraft.objects.filter(pk=draft.pk).delete()
        if deleted:
            audit.record(
                "give-up-measure", "instruments:give_up", actor=by.pk, subjects=[], at=at, clinic=draft.clinic_id
            )
