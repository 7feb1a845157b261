"""Calibrate a measure from the answers of those who agreed, and let a clinic's scores rest on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np

from mooring.checkins.consented import consented
from mooring.checkins.models import Calibration
from mooring.checkins.put_in_force import keep, put_in_force
from mooring.checkins.recompute import Recomputed
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current
from mooring.people.models import Clinic
from mooring.research.calibrate import given_of
from mooring.research.page import page
from mooring.research.paper import paper
from mooring.research.report import report
from mooring.research.study import Study, study
from mooring.research.whole import written_whole

Seen = Callable[[str, int, float], None]


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
    reports: Sequence[Path] = (),
    seen: Seen | None = None,
    by: UUID | None = None,
) -> Calibrated:
    """Fit, write down under the next number, and put in force when asked to.

    Interrupted anywhere before its end nothing is written and the old calibration stays in force. Raises
    NobodyConsented, Refused when the answers do not allow a calibration, NotToBeUsed when one must not be published.
    """
    version = current(key)
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
    row = keep(done.calibration, version, clinic, at=at, by=by)
    _report(done, version, reports)
    return Calibrated(row, done, put_in_force(row, version, clinic, at=at, by=by) if publish else None)


def _report(done: Study, version: InstrumentVersion, places: Sequence[Path]) -> None:
    """HTML, or PDF where the name ends so; each written whole."""
    told = report(done, version.instrument, {item.code: item.code for item in version.instrument.items})
    for place in places:
        with written_whole(place) as part:
            if place.suffix == ".pdf":
                part.write_bytes(paper(told))
            else:
                part.write_text(page(told), encoding="utf-8")
