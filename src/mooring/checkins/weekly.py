"""Which questions a weekly check-in asks: at most sixteen, and every one is used.

The four S's with one figure, four items of distress, and either eight attachment items about one figure
or six about the alliance. At first attachment is asked every week until each figure has been asked once,
so that everyone's first month is on the map; after that it takes turns with the alliance, and the figure
changes every fourth week.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from mooring.checkins.models.calibration import Calibration, CalibrationInForce
from mooring.checkins.models.plan import CheckInPlan
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current_of
from mooring.relationships.models import Figure

SECURITY, DISTRESS, ATTACHMENT, ALLIANCE = "state-security", "distress", "attachment", "session-alliance"
SHORT = "short"
WEEKS_A_FIGURE = 4


@dataclass(frozen=True)
class BlockForm:
    """One measure as it will be shown: items in order."""

    instrument_version: str
    figure: str | None
    language: str
    items: tuple[str, ...]
    """The short form; where a calibration is in force, what stands in its place has at most its length."""
    calibration: str | None = None
    """In force: the items are chosen one by one."""

    def as_json(self) -> dict[str, Any]:
        """For a draft's row."""
        return asdict(self)


class RiskItemRefused(Exception):
    """A form would contain a risk item, and nobody is named who answers when it is endorsed."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"“{key}” contains a risk item. Until a clinic can name who answers an alarm,"
            " no form with one can be asked."
        )


def compose(plan: CheckInPlan, due_on: date) -> list[BlockForm]:
    """The blocks of the check-in due that day; raises RiskItemRefused."""
    figures = list(Figure.objects.filter(client_id=plan.participation.client_id, asked=True))
    measure, figure = turn(occasion(plan, due_on), figures)
    security_figure = next((f for f in figures if f.pk == plan.security_figure_id), None)
    chosen: list[tuple[str, Figure | None]] = [(DISTRESS, None), (measure, figure)]
    if security_figure is not None:
        chosen.insert(0, (SECURITY, security_figure))
    versions = current_of([key for key, _ in chosen])
    calibrations = CalibrationInForce.objects.at_present(plan.clinic_id, [one.pk for one in versions.values()])
    return [_block(versions[key], figure, plan.language, calibrations.get(versions[key].pk)) for key, figure in chosen]


def occasion(plan: CheckInPlan, due_on: date) -> int:
    """The how-manieth check-in of the plan it is, from 0."""
    return (due_on - plan.first_due_on).days // (7 * plan.every_weeks)


def turn(occasion: int, figures: Sequence[Figure]) -> tuple[str, Figure | None]:
    """Whose turn it is: attachment with a figure, or the alliance."""
    asked = [figure for figure in figures if figure.kind != Figure.Kind.SELF]
    if occasion < len(asked):
        return ATTACHMENT, asked[occasion]
    if not asked or (occasion - len(asked)) % 2 == 0:
        return ALLIANCE, None
    return ATTACHMENT, asked[(occasion // WEEKS_A_FIGURE) % len(asked)]


def _block(
    version: InstrumentVersion, figure: Figure | None, language: str, calibration: Calibration | None
) -> BlockForm:
    instrument = version.instrument
    refuse_risk_items(version)
    form = instrument.forms[SHORT]
    about: UUID | None = figure.pk if figure else None
    return BlockForm(
        str(version.pk),
        str(about) if about else None,
        language,
        form.items,
        str(calibration.pk) if calibration is not None else None,
    )


def refuse_risk_items(version: InstrumentVersion) -> None:
    """Raises RiskItemRefused when the measure contains a risk item."""
    if version.instrument.risk_items:
        raise RiskItemRefused(version.key)
