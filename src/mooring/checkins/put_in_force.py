"""Let a clinic's scores rest on a calibration, or on none again."""

from datetime import datetime
from uuid import UUID

from mooring import catalogue
from mooring.catalogue import Calibration as Content
from mooring.checkins.models import Calibration, CalibrationInForce
from mooring.checkins.recompute import Recomputed, recompute
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.own import form_named
from mooring.instruments.publish import current
from mooring.kit.transactions import write
from mooring.people.founding import clinic_of
from mooring.people.models import Clinic
from mooring.privacy import audit


class NotToBeUsed(ValueError):
    """A calibration that says of itself why nothing may rest on it."""

    def __init__(self, key: str, problems: tuple[str, ...]) -> None:
        super().__init__(
            f"The calibration of {key} is not to be used: {' '.join(problems)} The one before stays in force."
        )


def keep(content: Content, version: InstrumentVersion, clinic: Clinic, *, at: datetime, by: UUID | None) -> Calibration:
    """Write a calibration down under the next number of the clinic; the same content is the same row.

    Nothing rests on it yet. Raises CatalogueError when it is not one of this version.
    """
    catalogue.require_fitting(content, version.instrument)
    digest = catalogue.calibration_digest(content)
    with write():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        mine = Calibration.objects.filter(clinic=clinic, instrument_version=version)
        found = mine.filter(digest=digest).first()
        if found is not None:
            return found
        return Calibration.objects.create(
            clinic=clinic,
            instrument_version=version,
            number=mine.count() + 1,
            digest=digest,
            content=catalogue.canonical_calibration(content).decode(),
            made_at=at,
            made_by=by,
        )


def put_in_force(
    calibration: Calibration | None, version: InstrumentVersion, clinic: Clinic, *, at: datetime, by: UUID | None
) -> Recomputed:
    """From now on the clinic's scores of this version rest on the calibration, or on none: its series are rebuilt.
    Whoever writes last decides, whenever they began.

    Signals are facts: none is raised, changed or sent. Interrupted in between, some series are rebuilt already and
    the rest are by `mooring recompute`. Raises NotToBeUsed; then nothing changes.
    """
    if calibration is not None and calibration.parsed.problems:
        raise NotToBeUsed(version.key, calibration.parsed.problems)
    with write():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        present = CalibrationInForce.objects.at_present(clinic.pk, [version.pk]).get(version.pk)
        if present != calibration:
            CalibrationInForce.objects.create(
                clinic=clinic, instrument_version=version, calibration=calibration, at=at, by=by
            )
            audit.record(
                "calibrate",
                "calibrate",
                actor=by,
                subjects=[],
                at=at,
                clinic=clinic.pk,
                detail={"measure": version.key, "calibration": calibration.number if calibration else None},
            )
    return recompute(str(clinic.pk), [version.key])


def take_out_of_force(key: str, clinic: str, at: datetime) -> Recomputed:
    """The command's way to `put_in_force` none; raises LookupError for a clinic or a measure that is not there."""
    where = clinic_of(clinic)
    try:
        version = form_named(where, key) or current(key)
    except InstrumentVersion.DoesNotExist as error:
        raise LookupError(str(error)) from error
    return put_in_force(None, version, where, at=at, by=None)
