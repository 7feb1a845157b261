"""Which questions a weekly check-in asks: at most sixteen, and every one is used.

The four S's with one figure, four items of distress, and either eight attachment items about one figure
or six about the alliance. At first attachment is asked every week until each figure has been asked once,
so that everyone's first month is on the map; after that it takes turns with the alliance, and the figure
changes every fourth week.

Where it is agreed, every so-manieth check-in asks a questionnaire of the clinic's own instead of the third block, and
instead of more when it is long.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from mooring.catalogue import FULL
from mooring.checkins.models.calibration import Calibration, CalibrationInForce
from mooring.checkins.models.plan import CheckInPlan
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current_of
from mooring.relationships.models import Figure

SECURITY, DISTRESS, ATTACHMENT, ALLIANCE = "state-security", "distress", "attachment", "session-alliance"
SHORT = "short"
WEEKS_A_FIGURE = 4
MOST = 16
"""Questions of one check-in: two minutes."""


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
    number = occasion(plan, due_on)
    measure, figure = turn(number, figures)
    security_figure = next((f for f in figures if f.pk == plan.security_figure_id), None)
    chosen: list[tuple[str, Figure | None]] = [(DISTRESS, None), (measure, figure)]
    if security_figure is not None:
        chosen.insert(0, (SECURITY, security_figure))
    own = _own(plan, number, figures)
    if own is not None:
        chosen = chosen[:-1]
    versions = current_of([key for key, _ in chosen])
    calibrations = CalibrationInForce.objects.at_present(plan.clinic_id, [one.pk for one in versions.values()])
    blocks = [
        _block(versions[key], figure, plan.language, calibrations.get(versions[key].pk)) for key, figure in chosen
    ]
    return blocks if own is None else with_own(blocks, own)


def _own(plan: CheckInPlan, number: int, figures: Sequence[Figure]) -> BlockForm | None:
    """The clinic's own questionnaire, where it is its turn and, if it is about somebody, there is somebody."""
    if plan.own_measure is None or number % plan.own_every:
        return None
    instrument = plan.own_measure.instrument
    asked = [figure for figure in figures if figure.kind != Figure.Kind.SELF]
    if instrument.per_figure and not asked:
        return None
    refuse_risk_items(plan.own_measure)
    about = str(asked[number // plan.own_every % len(asked)].pk) if instrument.per_figure else None
    language = plan.language if plan.language in instrument.wording else next(iter(instrument.wording))
    return BlockForm(str(plan.own_measure.pk), about, language, instrument.forms[FULL].items)


def with_own(blocks: list[BlockForm], own: BlockForm) -> list[BlockForm]:
    """As many of the others before it as leave room."""
    room = MOST - len(own.items)
    kept: list[BlockForm] = []
    for block in blocks:
        if len(block.items) <= room:
            kept.append(block)
            room -= len(block.items)
    return [*kept, own]


def may_be_asked(version: InstrumentVersion) -> bool:
    """Whether a clinic's own questionnaire fits into a check-in: worded, short enough, and without a risk item."""
    instrument = version.instrument
    short_enough = FULL in instrument.forms and 0 < len(instrument.forms[FULL].items) <= MOST
    return short_enough and bool(instrument.wording) and not instrument.risk_items


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
