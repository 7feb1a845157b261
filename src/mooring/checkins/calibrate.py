"""Calibrate a measure from the answers of those who agreed, and let a clinic's scores rest on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np

from mooring.checkins.consented import consented, require_still
from mooring.checkins.models import Calibration
from mooring.checkins.put_in_force import keep, put_in_force
from mooring.checkins.recompute import Recomputed
from mooring.instruments.own import form_named
from mooring.instruments.publish import current
from mooring.kit.transactions import write
from mooring.people.founding import clinic_of, the_only_clinic
from mooring.people.models import Clinic
from mooring.research.calibrate import given_of
from mooring.research.calibrating import summary, write_reports
from mooring.research.commands import OfClinic
from mooring.research.study import Seen, Study, study


class NobodyConsented(ValueError):
    """There is nothing to calibrate from."""

    def __init__(self, key: str, clinic: Clinic) -> None:
        super().__init__(
            f"{key}: nobody of {clinic.name} whose answers are kept has agreed that they are used for quality or"
            " research. Clients agree on their page “What my answers are for”; answers of other clinics count with"
            " --also CLINIC where those people agreed to research."
        )


@dataclass(frozen=True)
class Calibrated:
    calibration: Calibration
    study: Study
    recomputed: Recomputed | None
    """None: it was written down, and nothing rests on it."""


def calibrate(
    key: str,
    clinic: Clinic,
    *,
    at: datetime,
    also: Sequence[Clinic] = (),
    publish: bool = False,
    simulated: bool = False,
    reports: Iterable[tuple[str, Path]] = (),
    seen: Seen | None = None,
    by: UUID | None = None,
) -> Calibrated:
    """Fit, write down under the next number, and put in force when asked to.

    ``reports``: --out, --html or --pdf, and where. Interrupted anywhere before its end nothing is put in force and the
    old calibration stays. Raises NobodyConsented, TakenBack when somebody withdrew while it ran, Refused when the
    answers do not allow a calibration, NotToBeUsed when one must not be published.
    """
    version = form_named(clinic, key) or current(key)
    found = consented(version, clinic, also, at)
    if not found.answers.size:
        raise NobodyConsented(key, clinic)
    names = ", ".join(one.name for one in (clinic, *also))
    groups = {name: np.array(labels) for name, labels in found.groups.items() if len(set(labels) - {""}) > 1}
    done = study(
        given_of(version.instrument, found.answers, found.codes, strata=groups, groups=groups),
        sample=f"{names}: answers up to {at:%Y-%m-%d} of those who agreed, one occasion a person",
        simulated=simulated,
        seen=seen,
    )
    with write():
        require_still(found, key, clinic, also)
        row = keep(done.calibration, version, clinic, at=at, by=by)
    write_reports(done, version.instrument, {code: code for code in found.codes}, reports)
    return Calibrated(row, done, put_in_force(row, version, clinic, at=at, by=by) if publish else None)


def run(asked: OfClinic, at: datetime, seen: Seen) -> list[str]:
    """The command: calibrate, and say what came of it. Raises what `calibrate` raises, and LookupError for a clinic
    that is not there or not named."""
    clinic = clinic_of(asked.clinic) if asked.clinic else the_only_clinic()
    done = calibrate(
        asked.instrument,
        clinic,
        at=at,
        also=[clinic_of(one) for one in asked.also],
        publish=asked.publish,
        simulated=asked.simulated,
        reports=asked.outputs(),
        seen=seen,
    )
    lines = summary(done.study, f"{clinic.name}, calibration {done.calibration.number}")
    if done.recomputed is None:
        return [*lines, "  Nothing rests on it yet: --publish lets the clinic's scores rest on it."]
    return [*lines, f"  In force. {done.recomputed.series} series were rebuilt; no signal was touched."]
