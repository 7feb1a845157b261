"""From stretches in which a rule spoke to signals: one open signal a matter, with its evidence frozen by value.

While a signal of a matter is open no second one is raised: it grows, when the rule speaks anew or the change went on.
Once somebody has talked about it or dismissed it, a new stretch is a new signal, and so is more of the same: a change
that went on by one more margin is worth another conversation.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from mooring.alerts.models import GOOD_NEWS, Acknowledgement, Growth, Signal
from mooring.checkins.frozen import evidence
from mooring.checkins.models import CheckIn, Series
from mooring.checkins.stretches import PLATEAU, Stretch
from mooring.people.models import Participation

Matter = tuple[str, str, str, UUID | None]
"""Kind, instrument key, scale, figure: what a signal is about."""


class Spoken(NamedTuple):
    """A rule spoke on a day: it began to, or what it spoke of had grown."""

    series: Series
    stretch: Stretch
    on: date
    grew: Stretch | None
    beside: Series | None
    """The series that was judged together with this one."""

    @property
    def matter(self) -> Matter:
        return self.stretch["kind"], self.series.instrument_key, self.series.scale, self.series.figure_id

    @property
    def since(self) -> date:
        return date.fromisoformat(self.stretch["since"])

    @property
    def until(self) -> date:
        ceased = self.stretch["ceased"]
        return date.max if ceased is None else date.fromisoformat(ceased)

    @property
    def checkin(self) -> str:
        found: str = (self.grew or self.stretch)["checkin"]
        return found


@dataclass
class Known:
    """A signal of a matter, and the days on which it was told."""

    signal: Signal
    days: list[date]
    settled: datetime | None

    def open_at(self, at: datetime) -> bool:
        """Whether somebody is still asked to talk about it."""
        return not self.signal.historical and (self.settled is None or self.settled > at)


@dataclass
class Raised:
    """What is new: signals, and growths of open ones."""

    signals: list[Signal]
    growths: list[Growth]


def raise_signals(participation: Participation, series: Iterable[Series], *, at: datetime) -> list[Signal]:
    """Raise, or let grow, what speaks at the latest answer of each series and was not told; returns the new signals."""
    current = [spoken for spoken in _spoken(series) if _speaks_now(spoken)]
    return _raise(participation, current, lambda _: at, lambda _: None, historical=False).signals


def raise_all(
    participation: Participation,
    series: Iterable[Series],
    *,
    at: datetime,
    historical: bool = False,
    talked: Callable[[Signal], datetime | None] = lambda _: None,
) -> list[Signal]:
    """Raise everything of a past that is written at once, each at the moment its answer came in.

    The rules use only what was known then, so this equals submitting the check-ins one after another, where `talked`
    says when a signal is talked about. Historical ones (an import) alert nobody, and none of them grows.
    """
    every = list(_spoken(series))
    if not every:
        return []
    received = dict(CheckIn.objects.filter(participation=participation).values_list("pk", "received_at"))

    def moment(spoken: Spoken) -> datetime:
        return at if historical else received[UUID(spoken.checkin)]

    return _raise(participation, every, moment, talked, historical=historical).signals


def _spoken(series: Iterable[Series]) -> Iterator[Spoken]:
    by_id = {str(one.pk): one for one in series}
    for one in by_id.values():
        for stretch in one.stretches:
            if stretch["kind"] == PLATEAU:
                continue
            beside = by_id.get(stretch.get("beside") or "")
            yield Spoken(one, stretch, date.fromisoformat(stretch["spoke"]), None, beside)
            for grew in stretch.get("grew", []):
                yield Spoken(one, stretch, date.fromisoformat(grew["on"]), grew, beside)


def _speaks_now(spoken: Spoken) -> bool:
    latest = spoken.series.points[-1]["on"] == spoken.on.isoformat()
    if spoken.stretch["kind"] in GOOD_NEWS or spoken.grew is not None:
        return bool(latest)
    return spoken.stretch["ceased"] is None


def _raise(
    participation: Participation,
    found: list[Spoken],
    moment: Callable[[Spoken], datetime],
    talked: Callable[[Signal], datetime | None],
    *,
    historical: bool,
) -> Raised:
    new = Raised([], [])
    if not found:
        return new
    known = _known(participation)
    for spoken in sorted(found, key=lambda one: (one.on, one.grew is not None)):
        told, at = known.setdefault(spoken.matter, []), moment(spoken)
        open_ = None
        if spoken.stretch["kind"] not in GOOD_NEWS:
            open_ = next((one for one in reversed(told) if one.open_at(at)), None)
        went_on = open_ is None and _went_on(spoken, told)
        if not (went_on or (_is_new(spoken, told) if open_ is None else _is_more(spoken, open_, told))):
            continue
        frozen = evidence(participation, spoken.series, spoken.stretch, spoken.grew, spoken.beside)
        if went_on:
            frozen |= {"went_on": True, "began": spoken.stretch["since"]}
        if open_ is not None:
            open_.days.append(spoken.on)
            new.growths.append(_growth(open_.signal, spoken, at, frozen))
        else:
            signal = _signal(participation, spoken, at, frozen, historical=historical)
            told.append(Known(signal, [spoken.on], talked(signal)))
            new.signals.append(signal)
    Signal.objects.bulk_create(new.signals)
    Growth.objects.bulk_create(new.growths)
    return new


def _known(participation: Participation) -> dict[Matter, list[Known]]:
    """The signals of a participation by matter, oldest first."""
    found: dict[Matter, list[Known]] = {}
    by_id: dict[UUID, Known] = {}
    for signal in Signal.objects.filter(participation=participation).defer("evidence").order_by("as_of", "raised_at"):
        one = by_id[signal.pk] = Known(signal, [signal.as_of], None)
        matter = (signal.kind, signal.instrument_key, signal.scale, signal.figure_id)
        found.setdefault(matter, []).append(one)
    if by_id:
        about = {"signal__participation": participation}
        for pk, day in Growth.objects.filter(**about).values_list("signal", "as_of"):
            by_id[pk].days.append(day)
        settling = Acknowledgement.objects.filter(**about, kind__in=Acknowledgement.SETTLES).order_by("-at")
        for pk, at in settling.values_list("signal", "at"):
            by_id[pk].settled = at
    return found


def _covered(spoken: Spoken, told: Iterable[Known]) -> bool:
    """Whether this stretch was told: also when a late answer has moved the day on which the rule began to speak."""
    return any(
        one.signal.since == spoken.since or spoken.since <= day <= spoken.until for one in told for day in one.days
    )


def _is_new(spoken: Spoken, told: Iterable[Known]) -> bool:
    """Whether a signal is raised by this: a stretch that was not told."""
    return spoken.grew is None and not _covered(spoken, told)


def _went_on(spoken: Spoken, told: Sequence[Known]) -> bool:
    """Whether there is more of what was told and settled. What an import found was never settled: nobody was asked."""
    if spoken.grew is None or not told or told[-1].signal.historical:
        return False
    return _covered(spoken, told) and spoken.on > max(day for one in told for day in one.days)


def _is_more(spoken: Spoken, open_: Known, told: Iterable[Known]) -> bool:
    """Whether an open signal grows by this: a stretch that was not told, or more of one than was told last."""
    if spoken.grew is None:
        return spoken.on not in open_.days and not _covered(spoken, told)
    return spoken.on > max(open_.days)


def _signal(
    participation: Participation, spoken: Spoken, at: datetime, frozen: dict[str, Any], *, historical: bool
) -> Signal:
    return Signal(
        clinic_id=participation.clinic_id,
        participation=participation,
        figure_id=spoken.series.figure_id,
        kind=spoken.stretch["kind"],
        instrument_key=spoken.series.instrument_key,
        scale=spoken.series.scale,
        # What went on after it was settled begins there: its first signal keeps the day of the fall.
        since=spoken.on if frozen.get("went_on") else spoken.since,
        as_of=spoken.on,
        raised_at=at,
        historical=historical,
        evidence=frozen,
    )


def _growth(signal: Signal, spoken: Spoken, at: datetime, frozen: dict[str, Any]) -> Growth:
    return Growth(
        clinic_id=signal.clinic_id,
        signal=signal,
        anew=spoken.grew is None,
        as_of=spoken.on,
        at=at,
        checkin=UUID(spoken.checkin),
        evidence=frozen,
    )
