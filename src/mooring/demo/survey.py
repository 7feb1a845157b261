"""The demonstration, calibrated: a second, made-up clinic whose people answered every question once.

Their answers come about exactly as those of the first clinic's people (science.simulate), so that the parameters are
known beforehand; they agreed to research, and what they teach is put in force at the first clinic.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from mooring.catalogue import Instrument, Scale
from mooring.checkins.calibrate import calibrate
from mooring.checkins.models import Block, Calibration, CheckIn
from mooring.checkins.rebuild import rebuild
from mooring.checkins.weekly import ALLIANCE, ATTACHMENT, DISTRESS, SECURITY, SHORT
from mooring.demo import finished
from mooring.instruments.models import InstrumentVersion
from mooring.instruments.publish import current_of
from mooring.kit.dates import local_date
from mooring.kit.transactions import write
from mooring.people.models import Client, Clinic, Course, Participation
from mooring.privacy import consent
from mooring.relationships.models import Figure
from mooring.science import stories
from mooring.science.simulate import Form, item_answers

NAME = "Harbour Survey (made up)"
PEOPLE = 600
SEED = 20261121
MEASURES = (SECURITY, DISTRESS, ATTACHMENT, ALLIANCE)
ZONE = "Europe/Berlin"
# Of the items outside the short form; as those inside it have (simulate.FORMS), points.
OFFSET_SD = 0.2
LOGISTIC = 1.702
"""A normal ogive of slope 1 and a logistic curve of this slope differ by less than .01 (Camilli 1994)."""


class Known(NamedTuple):
    """Parameters that the simulated answers were made from."""

    a: float
    b: tuple[float, ...]


def calibrated(at: datetime, tell: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """Answer the survey unless it was, and put what it teaches in force at the first clinic: a line a measure."""
    clinic = Clinic.objects.exclude(name=NAME).get()
    survey = Clinic.objects.filter(name=NAME).first()
    if survey is None:
        with write():
            survey = answer_the_survey(at, tell)
    for row in put_to_use(clinic, survey, at):
        yield f"{row.parsed.key}: calibrated on {row.parsed.persons} made-up people"
    yield from finished.learned(clinic, at, tell)


def answer_the_survey(at: datetime, tell: Callable[[str], None] = lambda _: None) -> Clinic:
    """Write the survey's clinic with all its answers; there must be none yet."""
    clinic = Clinic.objects.create(name=NAME, zone=ZONE)
    versions = current_of(MEASURES)
    rng = np.random.default_rng(SEED)
    answers = {key: _answers(versions[key].instrument, rng) for key in MEASURES}
    for number in range(PEOPLE):
        given = {key: {code: float(all_of[number]) for code, all_of in answers[key].items()} for key in MEASURES}
        _answered(clinic, number, versions, given, at)
        if (number + 1) % 100 == 0:
            tell(f"{number + 1} of {PEOPLE} people of the survey")
    return clinic


def _answered(
    clinic: Clinic,
    number: int,
    versions: Mapping[str, InstrumentVersion],
    given: Mapping[str, Mapping[str, float]],
    at: datetime,
) -> None:
    participation, figure = _person(clinic, number, at)
    moment = at - timedelta(days=60, minutes=number)
    checkin = CheckIn.objects.create(
        clinic=clinic,
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
    Block.objects.bulk_create(
        Block(
            clinic=clinic,
            checkin=checkin,
            instrument_version=versions[key],
            figure=figure if versions[key].instrument.per_figure else None,
            language="en",
            position=position,
            items=list(answers),
            answers=answers,
        )
        for position, (key, answers) in enumerate(given.items())
    )
    rebuild(participation)


def put_to_use(clinic: Clinic, survey: Clinic, at: datetime) -> list[Calibration]:
    """Calibrate every bank from the survey and let the clinic's scores rest on it."""
    return [calibrate(key, clinic, at=at, also=[survey], publish=True, simulated=True).calibration for key in MEASURES]


def known(instrument: Instrument) -> dict[str, Known]:
    """Of each item: P(answer ≥ v) = Φ((state + offset − v + ½) / noise), with θ = (state − middle) / true sd."""
    found = {}
    for scale in instrument.scales:
        form = _form(instrument, scale)
        for place, code in enumerate(scale.items):
            values = np.arange(form.minimum + 1, form.maximum + 1)
            b = (values - 0.5 - form.offsets[place] - form.middle) / form.true_sd
            found[code] = Known(LOGISTIC * form.true_sd / form.noise_sd, tuple(float(one) for one in b))
    return found


def _form(instrument: Instrument, scale: Scale) -> Form:
    """The whole bank as the simulator sees it; items of the short form keep their offsets."""
    short = stories.FORMS[scale.code]
    asked = [item.code for item in instrument.scored_items(scale.code, SHORT)]
    rng = np.random.default_rng([SEED, *scale.code.encode()])
    drawn = dict(zip(scale.items, rng.normal(0, OFFSET_SD, len(scale.items)), strict=True))
    drawn |= dict(zip(asked, short.offsets, strict=True))
    turned = [place for place, code in enumerate(scale.items) if instrument.item(code).reversed]
    return short.of_bank([float(drawn[code]) for code in scale.items], turned)


def _answers(instrument: Instrument, rng: np.random.Generator) -> Mapping[str, npt.NDArray[np.float64]]:
    """Item → answer of each person."""
    found: dict[str, npt.NDArray[np.float64]] = {}
    for scale in instrument.scales:
        form = _form(instrument, scale)
        state = form.middle + form.true_sd * rng.standard_normal(PEOPLE)
        given = item_answers(state, form, rng)
        found |= {code: given[:, place] for place, code in enumerate(scale.items)}
    return found


def _person(clinic: Clinic, number: int, at: datetime) -> tuple[Participation, Figure]:
    code = f"H-{number + 1:03}"
    client = Client.objects.create(clinic=clinic, code=code, name=code)
    course = Course.objects.create(clinic=clinic, since=at - timedelta(days=90), until=at - timedelta(days=30))
    participation = Participation.objects.create(clinic=clinic, course=course, client=client)
    figure = Figure.objects.create(clinic=clinic, client=client, kind=Figure.Kind.GENERAL, name="", position=0)
    consent.express(
        consent.Action.GIVEN,
        consent.Purpose.RESEARCH,
        subject=client.pk,
        clinic=clinic.pk,
        text_version="research-2026-11",
        actor=client.pk,
        at=at - timedelta(days=61),
    )
    return participation, figure
