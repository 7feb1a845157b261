"""The measures that a clinic brought itself."""

from collections.abc import Iterable

from mooring.catalogue import Instrument
from mooring.instruments.models import InstrumentVersion
from mooring.people.models import Clinic


def forms_of(clinic: Clinic) -> list[InstrumentVersion]:
    """The newest version of each questionnaire of the clinic's own, by title."""
    newest = {row.key: row for row in InstrumentVersion.objects.filter(clinic=clinic).order_by("version")}
    forms = (row for row in newest.values() if row.instrument.kind == "form")
    return sorted(forms, key=lambda row: row.instrument.title.casefold())


def form_named(clinic: Clinic, key: str) -> InstrumentVersion | None:
    """The newest version of one of them."""
    return next((row for row in forms_of(clinic) if row.key == key), None)


def own_measures(clinic: Clinic, keys: Iterable[str] | None = None) -> dict[str, Instrument]:
    """Key → measure, of these or of all."""
    wanted = None if keys is None else set(keys)
    return {row.key: row.instrument for row in forms_of(clinic) if wanted is None or row.key in wanted}
