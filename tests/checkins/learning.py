"""People whose levels move as is known, for tests of what a clinic learns from them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np

from mooring.checkins import learners
from mooring.checkins.models import CheckIn, Series
from mooring.checkins.models.series import series_id
from mooring.instruments.publish import current
from mooring.people.models import Client, Clinic, Course, Participation
from mooring.privacy import consent
from mooring.relationships.models import Figure
from mooring.science.dynamics import Dynamics, Prior
from mooring.science.simulate import trend_path

MOVES = Dynamics(0.03, 0.0002, 0.25)
PRIOR = Prior(3.0, 0.6, 0.05, -0.04)
ERROR = 0.35


def person(clinic: Clinic, code: str, now: datetime, *, closed: bool = False, agreed: bool = True) -> Participation:
    client = Client.objects.create(clinic=clinic, code=code, name=code)
    course = Course.objects.create(
        clinic=clinic, since=now - timedelta(weeks=60), until=now - timedelta(weeks=1) if closed else None
    )
    if agreed:
        say(client, consent.Action.GIVEN, now - timedelta(weeks=50))
    return Participation.objects.create(clinic=clinic, course=course, client=client)


def say(client: Client, action: consent.Action, at: datetime, wording: str = learners.WORDING) -> None:
    consent.express(
        action,
        consent.Purpose.QUALITY,
        subject=client.pk,
        clinic=client.clinic_id,
        text_version=wording,
        actor=client.pk,
        at=at,
    )


def answered(
    participation: Participation, scores: Sequence[float], now: datetime, figure: Figure | None = None
) -> Series:
    """A weekly series of distress (or of security with a figure), the last answer now."""
    key, scale = ("state-security", "security") if figure else ("distress", "distress")
    days = [(now - timedelta(weeks=len(scores) - 1 - week)).date().isoformat() for week in range(len(scores))]
    return Series.objects.create(
        id=series_id(participation.pk, figure.pk if figure else None, key, scale, "client"),
        clinic=participation.clinic, participation=participation, figure=figure, instrument_key=key, scale=scale,
        rater=CheckIn.Rater.CLIENT, role=scale, instrument_version=current(key), science_version="test",
        precision="assumed", minimum=0 if figure else 1, maximum=10 if figure else 5,
        direction="better" if figure else "worse", first_on=days[0], last_on=days[-1], last_level=3.0, last_sd=0.2,
        model={"dynamics": MOVES._asdict(), "prior": PRIOR._asdict(), "sem": ERROR, "steps": []},
        points=[
            {"checkin": str(uuid4()), "on": day, "t": float(week), "score": score, "se": ERROR, "answered": 4, "of": 4}
            for week, (day, score) in enumerate(zip(days, scores, strict=True))
        ],
    )  # fmt: skip


def lived(weeks: int, rng: np.random.Generator, *, clipped: bool = True) -> list[float]:
    """Scores of somebody who moves as MOVES and PRIOR say; clipped to the range of distress."""
    times = np.arange(weeks, dtype=float)
    level = trend_path(times, MOVES, PRIOR, rng)
    scores = level + rng.normal(0, MOVES.occasion_sd, weeks) + rng.normal(0, ERROR, weeks)
    return [float(one) for one in (np.clip(scores, 1, 5) if clipped else scores)]
