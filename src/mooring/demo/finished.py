"""Made-up finished courses of the demonstration clinic, so that an expected course can be seen (`--calibrated`)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np

from mooring.checkins import learners
from mooring.checkins.learn import learn, told
from mooring.checkins.models import Block, CheckIn
from mooring.checkins.rebuild import rebuild
from mooring.checkins.weekly import DISTRESS, SECURITY, SHORT
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current_of
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Client, Clinic, Course, Participation
from mooring.privacy import consent
from mooring.relationships.models import Figure
from mooring.science import stories
from mooring.science.dynamics import Prior, assumed_dynamics
from mooring.science.simulate import Floats, Skipping, path, trend_path

PEOPLE, WEEKS = 200, 30
SEED = 20261122
CODE = "F-"
ZONE = "Europe/Berlin"
# Start and what half a year changes, between people: mean and standard deviation, points. Beside that levels wander as
# is assumed before anything is learned, so that what is learned lets the stories' setbacks stand.
COURSES: Mapping[str, tuple[float, float, float, float]] = {
    "distress": (3.0, 0.55, -0.6, 0.45),
    "security": (5.0, 1.3, 1.0, 1.0),
}
KNOTS = ((1.0, 0.0), (3.0, 0.35), (8.0, 0.65), (26.0, 1.0))
"""Week, and the share of the change that is there by then: most of it comes early."""
STILL = Prior(0.0, 0.0, 0.0)


def learned(clinic: Clinic, at: datetime, tell: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """Write the finished courses unless they are there, and learn from them: a line of what came of it each."""
    if not Client.objects.filter(clinic=clinic, code__startswith=CODE).exists():
        versions = current_of((DISTRESS, SECURITY))
        for number in range(PEOPLE):
            with write():
                _finished(clinic, number, versions, at)
            if (number + 1) % 100 == 0:
                tell(f"{number + 1} of {PEOPLE} finished courses")
    yield from told(learn(clinic, at=at, simulated=True))


def _finished(clinic: Clinic, number: int, versions: Mapping[str, InstrumentVersion], at: datetime) -> None:
    """One person who came weekly for some seven months, and agreed."""
    code = f"{CODE}{number + 1:03}"
    end = at - timedelta(weeks=2 + number % 40)
    since = end - timedelta(weeks=WEEKS + 1)
    client = Client.objects.create(clinic=clinic, code=code, name=code)
    course = Course.objects.create(clinic=clinic, since=since, until=end)
    participation = Participation.objects.create(clinic=clinic, course=course, client=client)
    partner = Figure.objects.create(clinic=clinic, client=client, kind=Figure.Kind.PARTNER, name="", position=0)
    consent.express(
        consent.Action.GIVEN,
        consent.Purpose.QUALITY,
        subject=client.pk,
        clinic=clinic.pk,
        text_version=learners.WORDING,
        actor=client.pk,
        at=since,
    )
    lived = stories.live(_story(number))
    came = [week for week in range(WEEKS) if not np.isnan(lived["distress"].answers[week]).all()]
    checkins = [_checkin(participation, since + timedelta(weeks=week, days=1)) for week in came]
    CheckIn.objects.bulk_create(checkins)
    Block.objects.bulk_create(
        Block(
            clinic=clinic,
            checkin=checkin,
            instrument_version=versions[key],
            figure=partner if key == SECURITY else None,
            language="en",
            position=position,
            **_given(versions[key], scale, lived[scale].answers[week]),
        )
        for week, checkin in zip(came, checkins, strict=True)
        for position, (key, scale) in enumerate(((SECURITY, "security"), (DISTRESS, "distress")))
    )
    rebuild(participation)


def _story(number: int) -> stories.Story:
    rng = np.random.default_rng([SEED, number])
    series = {}
    for scale, (mean, spread, change, changes) in COURSES.items():
        form = stories.FORMS[scale]
        room = 0.3 * form.sd  # from the ends of the scale
        start = float(np.clip(rng.normal(mean, spread), form.minimum + room, form.maximum - room))
        moved = float(rng.normal(change, changes))
        weeks = np.arange(1.0, WEEKS + 1)
        level = start + moved * path(KNOTS, weeks) + trend_path(weeks, assumed_dynamics(form.sd), STILL, rng)
        series[scale] = list(zip(weeks.tolist(), np.clip(level, form.minimum, form.maximum).tolist(), strict=True))
    return stories.Story(SEED + number, WEEKS, (), series, Skipping(0.08, 0.0, 0.01))


def _checkin(participation: Participation, moment: datetime) -> CheckIn:
    return CheckIn(
        clinic_id=participation.clinic_id,
        participation=participation,
        client_id=participation.client_id,
        client_made_id=uuid4(),
        source=CheckIn.Source.IMPORT,
        answered_at=moment,
        received_at=moment,
        occurred_at=moment,
        zone=ZONE,
        local_date=local_date(moment, ZONE),
    )


def _given(version: InstrumentVersion, scale: str, answers: Floats) -> dict[str, object]:
    """The answers to the short form, each turned to the way the bank asks it."""
    form, found = stories.FORMS[scale], {}
    for place, item in enumerate(version.instrument.scored_items(scale, SHORT)):
        value = float(answers[place])
        if (place in form.reversed) != item.reversed:
            value = form.minimum + form.maximum - value
        found[item.code] = None if np.isnan(value) else value
    return {"items": list(found), "answers": found}
