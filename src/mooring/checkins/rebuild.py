"""Rebuild series whole from the raw answers. Submit, import and recompute all call this, so they cannot differ."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import UUIDField, Value
from django.db.models.functions import Coalesce

from mooring.catalogue import Calibration as Content
from mooring.catalogue import Precision, Scale
from mooring.checkins.estimate import estimate
from mooring.checkins.follow_learned import follow_learned
from mooring.checkins.models import Block, Calibration, CalibrationInForce, Series
from mooring.checkins.models.series import series_id
from mooring.checkins.operating_point import point_of
from mooring.checkins.scored import Occasion, model_of
from mooring.checkins.watch import TOGETHER, watch
from mooring.instruments.models import InstrumentVersion, Reference
from mooring.people.models import Participation

Key = tuple[UUID | None, str, str]
"""Figure, instrument key, rater."""


_NOBODY = UUID(int=0)


class _Given(NamedTuple):
    """One block as it was answered. A person has as many as they ever answered, so only these columns are read."""

    figure_id: UUID | None
    version_id: UUID
    minimum: float | None
    maximum: float | None
    already_keyed: bool
    items: list[str]
    answers: dict[str, float | None]
    totals: dict[str, float] | None
    checkin_id: UUID
    occurred_at: datetime
    local_date: date
    rater: str
    version: InstrumentVersion


_COLUMNS = (
    *("figure_id", "instrument_version_id", "minimum", "maximum", "already_keyed", "items", "answers", "totals"),
    *("checkin_id", "checkin__occurred_at", "checkin__local_date", "checkin__rater"),
)


# Everything but the identity is written anew.
_DERIVED = [field.name for field in Series._meta.fields if field.name != "id"]


def rebuild(
    participation: Participation,
    instrument_keys: Collection[str] | None = None,
    about: Collection[UUID | None] | None = None,
) -> list[Series]:
    """Write the series of these measures (of all when None), about these figures (None among them: about nobody), anew
    and return them, with those that are judged together with one of them; call inside a transaction.

    The same raw answers give the same rows, bit for bit, in whatever order they came in.
    """
    grouped: dict[Key, list[_Given]] = defaultdict(list)
    for block in _given(participation, instrument_keys, about):
        grouped[block.figure_id, block.version.key, block.rater].append(block)
    references = _references(participation, grouped)
    calibrations = CalibrationInForce.objects.at_present(
        participation.clinic_id, {block.version_id for found in grouped.values() for block in found}
    )
    series = [
        _series(participation, key, scale, found, references, calibrations)
        for key, found in grouped.items()
        for scale in found[-1].version.instrument.scales
        if any(_touches(block, scale) for block in found)
    ]
    follow_learned(series)
    series += _others_judged_with(participation, series)
    watch(series, point_of(participation.clinic))
    Series.objects.bulk_create(
        series, update_conflicts=True, unique_fields=["id"], update_fields=_DERIVED, batch_size=100
    )
    return series


def _given(
    participation: Participation, instrument_keys: Collection[str] | None, about: Collection[UUID | None] | None
) -> list[_Given]:
    """The raw answers in the order of time; each version of a measure is fetched once."""
    blocks = Block.objects.filter(checkin__participation=participation)
    if instrument_keys is not None:
        blocks = blocks.filter(instrument_version__key__in=set(instrument_keys))
    if about is not None:
        # An expression, so that no index over everybody's figures is taken for the one over this person's check-ins.
        whom = Coalesce("figure", Value(_NOBODY), output_field=UUIDField())
        blocks = blocks.alias(whom=whom).filter(whom__in={_NOBODY if one is None else one for one in about})
    rows = list(blocks.order_by("checkin__occurred_at", "checkin_id", "position").values_list(*_COLUMNS))
    versions = InstrumentVersion.objects.read_once({row[1] for row in rows})
    return [_Given(*(*row, versions[row[1]])) for row in rows]


def _others_judged_with(participation: Participation, series: list[Series]) -> list[Series]:
    """Distress and security speak together, so whoever rebuilds one of them judges all of them."""
    if not any(one.role in TOGETHER for one in series):
        return []
    others = Series.objects.filter(participation=participation, role__in=TOGETHER)
    found = list(others.exclude(pk__in=[one.pk for one in series]))
    versions = InstrumentVersion.objects.read_once({one.instrument_version_id for one in found})
    for one in found:
        one.instrument_version, one.participation = versions[one.instrument_version_id], participation
    return found


def _touches(block: _Given, scale: Scale) -> bool:
    if block.totals is not None:
        return scale.code in block.totals
    return bool(set(block.items) & set(scale.items))


def _series(
    participation: Participation,
    key: Key,
    scale: Scale,
    blocks: list[_Given],
    references: dict[str, Precision],
    calibrations: dict[UUID, Calibration],
) -> Series:
    figure, instrument_key, rater = key
    touching = [block for block in blocks if _touches(block, scale)]
    occasions = [_occasion(block, scale.code, calibrations.get(block.version_id)) for block in touching]
    columns = estimate(scale, occasions, references.get(_reference_key(touching[-1], scale.code)))
    rests_on = calibrations[touching[-1].version_id] if model_of(scale, occasions[-1]) else None
    if columns["model"] and rests_on is not None:
        # By value, so that evidence keeps it.
        columns["model"]["calibration"] = {
            "number": rests_on.number,
            "digest": rests_on.digest,
            "persons": rests_on.parsed.persons,
            "simulated": rests_on.parsed.simulated,
        }
    return Series(
        id=series_id(participation.pk, figure, instrument_key, scale.code, rater),
        clinic_id=participation.clinic_id,
        participation=participation,
        figure_id=figure,
        instrument_key=instrument_key,
        scale=scale.code,
        rater=rater,
        role=scale.role or "other",
        instrument_version=touching[-1].version,
        calibration=rests_on,
        **columns,
    )


def _occasion(block: _Given, scale: str, calibration: Calibration | None) -> Occasion:
    declared = None if block.minimum is None or block.maximum is None else (block.minimum, block.maximum)
    return Occasion(
        checkin=block.checkin_id,
        occurred_at=block.occurred_at,
        local_date=block.local_date,
        instrument=block.version.instrument,
        items=block.items,
        answers=block.answers,
        total=None if block.totals is None else block.totals.get(scale),
        answer_range=declared,
        already_keyed=block.already_keyed,
        calibration=_of_this_range(calibration, declared),
    )


def _of_this_range(calibration: Calibration | None, declared: tuple[float, float] | None) -> Content | None:
    """A calibration holds for answers in the range it was made from."""
    if calibration is None:
        return None
    content = calibration.parsed
    made_from = None if content.minimum is None or content.maximum is None else (content.minimum, content.maximum)
    return content if made_from == declared else None


def _references(participation: Participation, grouped: dict[Key, list[_Given]]) -> dict[str, Precision]:
    """The clinic's own precision where an import measured one; no query when everything has its own."""
    versions = {block.version_id for blocks in grouped.values() for block in blocks if _needs_reference(block)}
    if not versions:
        return {}
    rows = Reference.objects.filter(clinic=participation.clinic_id, instrument_version__in=versions)
    return {
        f"{row.instrument_version_id}/{row.scale}/{row.minimum:g}/{row.maximum:g}": Precision(
            row.mean, row.sd, row.reliability, "calibrated", row.source
        )
        for row in rows
    }


def _needs_reference(block: _Given) -> bool:
    """Whether a scale of this block has no confirmed precision of its own."""
    scales = block.version.instrument.scales
    return block.minimum is not None or any(
        scale.precision is None or scale.precision.sd is None or scale.precision.reliability is None for scale in scales
    )


def _reference_key(block: _Given, scale: str) -> str:
    found = block.version.instrument.scale(scale)
    low = found.minimum if block.minimum is None else block.minimum
    high = found.maximum if block.maximum is None else block.maximum
    return f"{block.version_id}/{scale}/{low:g}/{high:g}"
