"""Publish a clinic's own questionnaire: its version and the attestation of its licence, together and once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mooring.catalogue import Instrument
from mooring.instruments.deciding import PUBLISH, NotDecided, state
from mooring.instruments.models import InstrumentVersion, LicenceAttestation, MeasureDraft
from mooring.instruments.publish import publish
from mooring.kit.transactions import write
from mooring.people.models import Clinic, User
from mooring.privacy import audit


@dataclass(frozen=True)
class Attested:
    """What somebody said about the right to use it."""

    words: str
    terms: str
    at: datetime


class StillDiffers(ValueError):
    """The marks and the key still differ, or a worked case does: nothing is published as scored."""


def publish_draft(draft: MeasureDraft, *, by: User, at: datetime) -> InstrumentVersion:
    """The version of a draft that is decided to the end; the draft is gone then. Asked twice, the same version.

    Raises NotDecided, StillDiffers, or CatalogueError, and then nothing is published.
    """
    with write():
        fresh = MeasureDraft.objects.select_for_update().select_related("clinic").filter(pk=draft.pk).first()
        if fresh is None:
            return published_from(draft.pk)
        # Two measures of one name become two versions, one after the other.
        Clinic.objects.select_for_update().get(pk=fresh.clinic_id)
        now = state(fresh)
        now.require(PUBLISH)
        if now.differences or now.misfits:
            raise StillDiffers("The form and the key differ. Correct the marks, or publish it unscored.")
        given = now.given["licence"]
        attested = Attested(given["words"], given["terms"], datetime.fromisoformat(given["at"]))
        version = keep(fresh.clinic, now.measure(), attested, fresh.pk, by=by, at=at)
        fresh.delete()
    return version


def published_from(draft: UUID) -> InstrumentVersion:
    """What a draft became; raises NotDecided when it became nothing."""
    found = LicenceAttestation.objects.select_related("instrument_version").filter(pk=draft).first()
    if found is None:
        raise NotDecided(PUBLISH)
    version: InstrumentVersion = found.instrument_version
    return version


def keep(
    clinic: Clinic, measure: Instrument, attested: Attested, identity: UUID, *, by: User, at: datetime
) -> InstrumentVersion:
    """Write the version and its attestation, in one transaction."""
    with write():
        version, _ = publish(measure, clinic)
        LicenceAttestation.objects.create(
            id=identity,
            clinic=clinic,
            instrument_version=version,
            by=by,
            at=attested.at,
            words=attested.words,
            terms=attested.terms,
        )
        audit.record(
            "publish-measure",
            "instruments:publish",
            actor=by.pk,
            subjects=[],
            at=at,
            clinic=clinic.pk,
            detail={
                "key": version.key,
                "version": version.version,
                "of": measure.of,
                "scored": bool(measure.scales),
                "risk": bool(measure.risk_items),
            },
        )
    return version
