"""Learn from a clinic's own answers how levels move and how finished courses went, and follow its series by it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np

from mooring.checkins import learned
from mooring.checkins.consented import EVER, TakenBack
from mooring.checkins.learners import ANSWERS, learners
from mooring.checkins.models import CalibrationInForce, CheckIn, Learned, Series
from mooring.checkins.recompute import Recomputed, recompute
from mooring.checkins.watch import TOGETHER
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.own import form_named
from mooring.instruments.publish import current
from mooring.kit.transactions import write
from mooring.people.founding import clinic_of
from mooring.people.models import Clinic
from mooring.privacy import audit
from mooring.science import growth, off_course, pooling, version
from mooring.science.panel import PanelFit
from mooring.science.trajectory import Panel

PERSONS, OF_A_KIND = 50, 10
"""Persons of a scale, all kinds of figures together, and of the one kind, below which no movement is kept. House
rules: simulated panels of a few dozen tell τ² and the first level but hardly the diffusions; and below ten persons of
its own a kind's first level would err by more than 1/√10 = 0.3 standard deviations between people."""
BANDS = 3
"""Most bands of intake, of equally many courses; fewer where a band would have less than growth.LEAST."""
What = Learned.What


class Answers(NamedTuple):
    """One person's answers of one scale, with one kind of figure."""

    person: UUID
    closed: bool
    times: Sequence[float]
    """Weeks since the first answer."""
    scores: Sequence[float]
    errors: Sequence[float]


class Subject(NamedTuple):
    """A scale as one clinic asks it."""

    version: UUID
    key: str
    scale: str
    measured: str
    """As learned.measured says, in canonical JSON."""
    judged: bool
    """Whether its worse side is a matter: distress and state security."""


@dataclass(frozen=True)
class Found:
    """What was found out of one place, or why nothing is kept."""

    place: tuple[str, UUID, str, str]
    key: str
    content: str
    """Empty: see `why`."""
    persons: int
    occasions: int
    why: str = ""

    @property
    def name(self) -> str:
        what, _, scale, kind = self.place
        return f"{what} of {self.key} {scale}{f' with {kind}' if kind else ''}"


@dataclass
class Learnt:
    found: list[Found]
    kept: list[Learned] = field(default_factory=list)
    """Written now: where the same was in force already, nothing is."""
    recomputed: Recomputed = field(default_factory=Recomputed)


def learn(clinic: Clinic, *, at: datetime, simulated: bool = False, by: UUID | None = None) -> Learnt:
    """Fit, write down what can be kept, and rebuild the series that it is about.

    Of each scale: the movement with each kind of figure (panel maximum likelihood, leaning on the other kinds), and,
    of distress and state security, the expected course from finished courses. What cannot be kept is said; what was
    learned before stays in force then. The same answers give the same rows, so a second run writes nothing.
    Interrupted before the rebuilding ends, `mooring recompute` ends it. Raises TakenBack when somebody counted
    withdrew while it ran; then nothing is written.
    """
    people = learners(clinic, at)
    found: list[Found] = []
    for subject, kinds in sorted(_gathered(clinic, people, at).items()):
        found += movements(subject, kinds, simulated=simulated)
        found += courses(subject, kinds, simulated=simulated)
    done = Learnt(found)
    with write():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        if not people <= learners(clinic, EVER):
            raise TakenBack("learn")
        done.kept = _kept(clinic, [one for one in found if one.content], at=at, by=by)
    keys = {one.key for one in found if one.content}
    if keys:
        done.recomputed = recompute(str(clinic.pk), keys)
    return done


def unlearn(key: str, clinic: str, at: datetime, by: UUID | None = None) -> Recomputed:
    """Take back what is in force of a measure: its series are followed by what is assumed. What was learned is kept.

    Raises LookupError for a clinic or a measure that is not there.
    """
    where = clinic_of(clinic)
    try:
        measure = form_named(where, key) or current(key)
    except InstrumentVersion.DoesNotExist as error:
        raise LookupError(str(error)) from error
    with write():
        Clinic.objects.select_for_update().get(pk=where.pk)
        present = Learned.objects.in_force(where.pk, [measure.pk])
        _kept(where, [Found(place, key, "", 0, 0) for place in sorted(present)], at=at, by=by)
    return recompute(str(where.pk), [key])


def told(done: Learnt) -> list[str]:
    """The command's words: what is in force now, and what is not, and why."""
    new = {row.place: row.number for row in done.kept}
    lines = []
    for one in done.found:
        if one.place in new:
            lines.append(
                f"  {one.name}: learned from {one.persons} people, {one.occasions} answers (number {new[one.place]})"
            )
        elif one.content:
            lines.append(f"  {one.name}: nothing changed, {one.persons} people")
        else:
            lines.append(f"  {one.name}: not learned: {one.why}")
    if not lines:
        lines.append("  Nobody who agreed has answered often enough.")
    if done.kept or done.recomputed.changed:
        return [*lines, f"{done.recomputed.series} series were rebuilt; no signal was touched."]
    return [*lines, "Nothing changed."]


def movements(subject: Subject, kinds: Mapping[str, Sequence[Answers]], *, simulated: bool) -> list[Found]:
    """How a scale's level moves with each kind of figure; not kept where too few answered, where the climb did not
    end, where a parameter cannot be told, and where the answers show no movement at all."""
    everybody = {one.person for answers in kinds.values() for one in answers}
    fits: dict[str, PanelFit] = {}
    if len(everybody) >= PERSONS:
        enough = {kind: _panel(answers) for kind, answers in kinds.items() if len(answers) >= OF_A_KIND}
        try:
            fits = pooling.fit_pooled(enough)
        except ValueError:
            fits = {}  # everybody gave one number: there is nothing to fit
    return [_movement(subject, kind, kinds, len(everybody), fits.get(kind), simulated) for kind in sorted(kinds)]


def courses(subject: Subject, kinds: Mapping[str, Sequence[Answers]], *, simulated: bool) -> list[Found]:
    """How the finished courses of a scale with a worse side went, by bands of intake."""
    if not subject.judged:
        return []
    return [
        _course(subject, kind, [one for one in kinds[kind] if one.closed], simulated=simulated)
        for kind in sorted(kinds)
    ]


def _movement(
    subject: Subject,
    kind: str,
    kinds: Mapping[str, Sequence[Answers]],
    everybody: int,
    fit: PanelFit | None,
    simulated: bool,
) -> Found:
    mine = kinds[kind]
    place = (str(What.MOVEMENT), subject.version, subject.scale, kind)
    counts = len(mine), _occasions(mine)
    why = ""
    if everybody < PERSONS or len(mine) < OF_A_KIND:
        of_all = f" of {everybody} with anybody" if len(kinds) > 1 else ""
        why = (
            f"{len(mine)} people{of_all} answered {ANSWERS} times or more; it needs {PERSONS} in all, {OF_A_KIND} here"
        )
    elif fit is None:
        why = "all answers are one number"
    elif not fit.converged:
        why = "the maximum of the likelihood was not reached"
    elif fit.undetermined:
        why = f"these answers cannot tell {', '.join(fit.undetermined)}"
    elif fit.parameters.level_diffusion + fit.parameters.slope_diffusion <= 0 or fit.parameters.prior_variance <= 0:
        why = "these answers show no movement, or no difference between people"
    if fit is None or why:
        return Found(place, subject.key, "", *counts, why)
    content = learned.canonical(
        {
            "measured": json.loads(subject.measured),
            "parameters": fit.parameters._asdict(),
            "standard_errors": fit.standard_errors._asdict(),
            "log_likelihood": fit.log_likelihood,
            "at_zero": fit.at_zero,
            "persons": counts[0],
            "occasions": counts[1],
            "leaning_on": fit.persons - counts[0],
            "as_many_as": pooling.PERSONS,
            "simulated": simulated,
        }
    )
    return Found(place, subject.key, content, *counts)


def _course(subject: Subject, kind: str, closed: Sequence[Answers], *, simulated: bool) -> Found:
    place = (str(What.COURSE), subject.version, subject.scale, kind)
    counts = len(closed), _occasions(closed)
    if len(closed) < growth.LEAST:
        why = f"{len(closed)} finished courses with {ANSWERS} answers or more; it needs {growth.LEAST}"
        return Found(place, subject.key, "", *counts, why)
    told = _learned_courses(closed)
    if told is None:
        return Found(place, subject.key, "", *counts, "no line with its limits can be laid through these answers")
    rule = off_course.RULE
    content = learned.canonical(
        {
            "measured": json.loads(subject.measured),
            "edges": told.edges,
            "bands": [band._asdict() for band in told.bands if band is not None],
            "content": rule.content,
            "confidence": rule.confidence,
            "courses": counts[0],
            "simulated": simulated,
        }
    )
    return Found(place, subject.key, content, *counts)


def _learned_courses(closed: Sequence[Answers]) -> growth.Courses | None:
    """In as many bands as each can have enough courses, and sure limits."""
    panel = _panel(closed)
    intakes = np.array([one.scores[0] for one in closed])
    for bands in range(min(BANDS, len(closed) // growth.LEAST), 0, -1):
        edges = np.unique(np.quantile(intakes, np.arange(1, bands) / bands))
        found = growth.learn(panel, edges)
        if all(band is not None and np.isfinite(band.variance_covariance).all() for band in found.bands):
            return found
    return None


def _gathered(clinic: Clinic, people: Iterable[UUID], at: datetime) -> dict[Subject, dict[str, list[Answers]]]:
    """Of each person, scale and kind of figure the series with most answers, where it has enough of them.

    Answers of one scale that were measured in several ways are not mixed: the way of most people counts, among those
    that rest on the calibration in force.
    """
    rows = (
        Series.objects.filter(clinic=clinic, rater=CheckIn.Rater.CLIENT, participation__client__in=people)
        .exclude(precision="none")
        .select_related("instrument_version", "calibration", "figure", "participation__course")
        .order_by("first_on", "participation__client", "id")
    )
    in_force = CalibrationInForce.objects.at_present(clinic.pk, {row.instrument_version_id for row in rows})
    best: dict[Subject, dict[tuple[str, UUID], Answers]] = {}
    for row in rows:
        present = in_force.get(row.instrument_version_id)
        given = _answers(row, at)
        inside = all(row.minimum <= score <= row.maximum for score in given.scores)  # else imported in another range
        if len(given.times) < ANSWERS or not inside or (present and present.pk) != row.calibration_id:
            continue
        mine = best.setdefault(_subject(row), {})
        key = (row.figure.kind if row.figure is not None else "", given.person)
        if key not in mine or len(given.times) > len(mine[key].times):
            mine[key] = given
    chosen: dict[tuple[UUID, str], Subject] = {}
    for subject in sorted(best, key=lambda one: (-len(best[one]), one)):
        chosen.setdefault((subject.version, subject.scale), subject)
    return {subject: _by_kind(best[subject]) for subject in chosen.values()}


def _by_kind(best: Mapping[tuple[str, UUID], Answers]) -> dict[str, list[Answers]]:
    found: dict[str, list[Answers]] = {}
    for kind, person in sorted(best):
        found.setdefault(kind, []).append(best[kind, person])
    return found


def _subject(row: Series) -> Subject:
    columns = {name: getattr(row, name) for name in ("minimum", "maximum", "precision")}
    measured = learned.canonical(learned.measured(columns, row.calibration.digest if row.calibration else None))
    judged = row.role in TOGETHER and row.direction in {"worse", "better"}
    return Subject(row.instrument_version_id, row.instrument_key, row.scale, measured, judged)


def _answers(row: Series, at: datetime) -> Answers:
    given = [point for point in row.points if point["score"] is not None]  # a model needs at least one
    course = row.participation.course
    return Answers(
        row.participation.client_id,
        course.until is not None and course.until <= at,
        [point["t"] - given[0]["t"] for point in given],
        [point["score"] for point in given],
        [point["se"] for point in given],
    )


def _panel(people: Sequence[Answers]) -> Panel:
    offsets = np.append(0, np.cumsum([len(one.times) for one in people])).astype(np.int64)
    times, scores, errors = (
        np.concatenate([np.asarray(one[place], dtype=float) for one in people]) for place in (2, 3, 4)
    )
    return Panel(offsets, times, scores, errors)


def _occasions(people: Iterable[Answers]) -> int:
    return sum(len(one.times) for one in people)


def _kept(clinic: Clinic, found: Sequence[Found], *, at: datetime, by: UUID | None) -> list[Learned]:
    """Written under the next numbers, inside a transaction that holds the clinic; what is in force already is not."""
    present = Learned.objects.in_force(clinic.pk)
    number = Learned.objects.filter(clinic=clinic).count()
    new: list[Learned] = []
    for one in found:
        what, measure, scale, kind = one.place
        digest = learned.digest(one.content) if one.content else ""
        before = present.get(one.place)
        if digest == (before.digest if before is not None else ""):
            continue
        algorithms = ("panel", "pooling") if what == What.MOVEMENT else ("growth", "off_course")
        new.append(
            Learned(
                clinic=clinic,
                number=number + len(new) + 1,
                what=what,
                instrument_version_id=measure,
                scale=scale,
                figure_kind=kind,
                content=one.content,
                digest=digest,
                persons=one.persons,
                occasions=one.occasions,
                science_version=version.of(*algorithms),
                made_at=at,
                made_by=by,
            )
        )
    if new:
        Learned.objects.bulk_create(new)
        detail = {"numbers": [row.number for row in new], "taken back": not all(row.content for row in new)}
        audit.record("learn", "learn", actor=by, subjects=[], at=at, clinic=clinic.pk, detail=detail)
    return new
