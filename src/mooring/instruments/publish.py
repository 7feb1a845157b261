"""Write versions: from the catalogue, or a clinic's own measure. What is written is never changed."""

from collections.abc import Collection

from mooring import catalogue
from mooring.catalogue import Instrument
from mooring.instruments.models import InstrumentVersion
from mooring.kit.transactions import write
from mooring.people.models import Clinic


class VersionChanged(Exception):
    """A measure's content differs from what was published under the same version number."""

    def __init__(self, key: str, version: int) -> None:
        super().__init__(
            f"{key}: its content changed, but version {version} is published already. Raise its version number."
        )


def publish_catalogue() -> int:
    """Write every version of the catalogue that is not written yet; returns how many were new."""
    return sum(publish(catalogue.load(key))[1] for key in catalogue.keys())  # noqa: SIM118 - a function, not a dictionary


def publish(instrument: Instrument, clinic: Clinic | None = None) -> tuple[InstrumentVersion, bool]:
    """The version row of this measure and whether it is new; raises VersionChanged."""
    digest = catalogue.digest(instrument)
    with write():
        row = InstrumentVersion.objects.filter(clinic=clinic, key=instrument.key, version=instrument.version).first()
        if row is None:
            content = catalogue.canonical(instrument).decode()
            return InstrumentVersion.objects.create(
                clinic=clinic,
                key=instrument.key,
                version=instrument.version,
                digest=digest,
                content=content,
            ), True
    if row.digest != digest:
        raise VersionChanged(instrument.key, instrument.version)
    return row, False


def current_of(keys: Collection[str]) -> dict[str, InstrumentVersion]:
    """The newest published version of each of these measures of the catalogue, in one query; raises
    InstrumentVersion.DoesNotExist."""
    rows = InstrumentVersion.objects.filter(clinic=None, key__in=set(keys)).order_by("version")
    found = {row.key: row for row in rows}
    for key in keys:
        if key not in found:
            raise InstrumentVersion.DoesNotExist(f"No version of “{key}” is published.")
    return found


def current(key: str) -> InstrumentVersion:
    """The newest published version of one measure; raises InstrumentVersion.DoesNotExist."""
    return current_of([key])[key]
