"""A signal as it is opened: its reason, the rule, how sure, what moved, and its picture."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mooring.alerts.models import GOOD_NEWS, Kind, Signal
from mooring.caseload import calling, circumstances, evidence, growing, pictures
from mooring.caseload.moved import most_moved
from mooring.caseload.pronouns import Pronouns
from mooring.caseload.workings import Workings, workings
from mooring.checkins.models import Block, CheckIn, Series
from mooring.checkins.models.series import series_id
from mooring.kit.dates import local_date
from mooring.people.models import Participation

DISTRESS = "distress"
MOST_MOVED = 3


@dataclass(frozen=True)
class Matter:
    """One signal, ready to be shown."""

    signal: Signal
    word: str
    reason: str
    grown: str
    """How it grew since it was raised."""
    rule: list[str]
    cautions: list[str]
    moved: list[str]
    facts: list[str]
    """What else was so in these weeks."""
    workings: Workings
    picture: SafeString
    settles: bool
    """Whether buttons stand below: good news and historical signals ask nobody to act."""


@dataclass(frozen=True)
class Beside:
    """What all opened signals of one course stand beside."""

    circumstances: circumstances.Circumstances
    zone: str
    today: date


def beside(participation: Participation, at: datetime) -> Beside:
    """Fetch it; three queries."""
    zone = participation.clinic.zone
    return Beside(circumstances.gather(participation, at), zone, local_date(at, zone))


@dataclass(frozen=True)
class Followed:
    """The series that some signals are about."""

    by_key: Mapping[UUID, Series]
    distress: Mapping[UUID, Series]
    """Participation → distress: what was last known of somebody who fell silent, or is unread."""

    def of(self, signal: Signal) -> Series | None:
        """The series a signal is about."""
        if not signal.instrument_key:
            return self.distress.get(signal.participation_id)
        return self.by_key.get(_identity(signal))


def followed(signals: Iterable[Signal], others: Iterable[UUID] = ()) -> Followed:
    """The series of these signals, and the distress of other participations; one query, only these rows."""
    wanted = list(signals)
    keys = {_identity(signal) for signal in wanted if signal.instrument_key}
    alone = {signal.participation_id for signal in wanted if not signal.instrument_key} | set(others)
    rows = Series.objects.filter(
        Q(pk__in=keys) | Q(participation__in=alone, role=DISTRESS, rater=CheckIn.Rater.CLIENT)
    ).order_by("last_on")
    found = list(rows)
    return Followed(
        {row.pk: row for row in found}, {row.participation_id: row for row in found if row.role == DISTRESS}
    )


def ceased(signal: Signal, series: Series | None) -> date | None:
    """When the rule ceased to speak of this matter; None while it still does, or where nothing tells."""
    if series is None:
        return None
    told = (signal.as_of if signal.kind in GOOD_NEWS else signal.latest_as_of).isoformat()
    same = (
        stretch["ceased"]
        for stretch in series.stretches
        if stretch["kind"] == signal.kind
        and stretch["since"] <= told
        and (stretch["ceased"] is None or stretch["ceased"] > told)
    )
    found = next(same, None)
    return None if found is None else date.fromisoformat(found)


def chosen(signal: Signal, series: Mapping[UUID, Series]) -> Series | None:
    """The series a signal is about, among a participation's own."""
    if signal.instrument_key:
        return series.get(_identity(signal))
    return next((one for one in series.values() if one.role == DISTRESS), None)


def _identity(signal: Signal) -> UUID:
    return series_id(
        signal.participation_id, signal.figure_id, signal.instrument_key, signal.scale, CheckIn.Rater.CLIENT
    )


def matter(signal: Signal, series: Series | None, said: Pronouns, beside: Beside, *, settled: bool = False) -> Matter:
    """One signal opened; costs a query for the answers that moved."""
    today = beside.today
    about = calling.figure(signal.figure, said) if signal.figure is not None else ""
    given: Mapping[str, Any] = signal.evidence
    picture = SafeString("")
    if series is not None:
        name = _("The last half-year of %(measure)s.") % {
            "measure": calling.measure(series.role, series.instrument_key, series.scale, about)
        }
        picture = pictures.opened(series, name, today, reference(given, series, today))
    return Matter(
        signal,
        evidence.kind_word(signal.kind),
        evidence.reason(signal, said, about, today),
        growing.grown(signal, today),
        evidence.rule(given, said),
        evidence.cautions(given, validated=validated(series), since=series.calibrated_on if series else None),
        moved(signal),
        circumstances.facts(signal, beside.circumstances, series, today),
        workings(signal, beside.zone, today),
        picture,
        settles=not settled and not signal.historical and signal.kind not in GOOD_NEWS,
    )


def validated(series: Series | None) -> bool:
    """Whether research has tested the measure."""
    return series is None or series.instrument_version.instrument.validated


def reference(given: Mapping[str, Any], series: Series, today: date) -> tuple[float, str] | None:
    """The level the rule compared with, and the words beside it: `start 2.4 ± 0.3`."""
    level = given.get("reference_level")
    if level is None:
        return None
    sd = given.get("reference_sd")
    if sd is None:
        on = given.get("reference_on")
        sd = next((p.get("sd") for p in series.points if p["on"] == on), None)
    word = _("held") if given.get("reference") == "best held" else _("start")
    number = f"{word} {pictures.plus_minus(level, sd)}" if sd is not None else word
    return float(level), number


def moved(signal: Signal) -> list[str]:
    """Short names of the answers that moved most between the reference and the signal."""
    checkin, on = signal.evidence.get("checkin"), signal.evidence.get("reference_on")
    # Back at a level, nothing has moved from it.
    if signal.kind in {Kind.SILENCE, Kind.RECOVERY} or not checkin or not on:
        return []
    blocks = (
        Block.objects.filter(
            Q(checkin=checkin) | Q(checkin__local_date=on),
            checkin__participation=signal.participation_id,
            instrument_version__key=signal.instrument_key,
            figure=signal.figure_id,
        )
        .select_related("checkin", "instrument_version")
        .order_by("-checkin__occurred_at")
    )
    now = [block for block in blocks if str(block.checkin_id) == checkin]
    earlier = [block for block in blocks if str(block.checkin_id) != checkin]
    if not now:
        return []
    scored = set(now[0].instrument_version.instrument.scale(signal.scale).items)
    found = most_moved(now, earlier, most=len(now[0].items))
    return [one.name for one in found if one.code in scored][:MOST_MOVED]
