"""An adaptive block of a check-in: which item comes next, chosen from a calibrated bank. Pure: no database.

What is chosen is written into the draft and, when sent, kept with the answers (all plain data):
calibration (digest), seed, error, among, ceiling; asked_before: item → share of the person's last check-ins
that asked it; scales: code, prior mean and sd (θ), least, most;
picked: item, scale, facet, information, theta, error, rank, candidates, in the order asked; ended: scale → why.
The prior is the client's last trajectory. It only chooses and stops: the score is made from the answers alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mooring.catalogue import Calibration, Instrument
from mooring.catalogue.calibrated import GRID, Ready, ready_scale
from mooring.science import adaptive
from mooring.science.graded_response.model import MISSING
from mooring.science.graded_response.scores import STANDARD, Normal

Choosing = dict[str, Any]

# Two answers at least, or a scale would rest on one sentence; of the four S's each, since one can feel safe and not
# seen. House rules.
LEAST = 2
WHOLE = frozenset({"security"})
# A reliability of .90 in the calibrated population.
ENOUGH = 0.32
# Drawn from the three that tell most; and what was asked in more than half of one's last check-ins waits while another
# of its facet can be asked: nobody is to answer the same sentences week after week. House rules.
AMONG = 3
CEILING = 0.5
LOOKED_BACK = 8


def opened(
    instrument: Instrument,
    calibration: Calibration,
    digest: str,
    form: Sequence[str],
    priors: Mapping[str, Normal],
    asked_before: Sequence[Sequence[str]],
    seed: int,
) -> Choosing:
    """An adaptive block in place of the fixed ``form``, of which it keeps the length; nothing is picked yet.

    ``asked_before``: the items of each of the person's last check-ins about the same.
    """
    lengths = {scale.code: sum(code in scale.items for code in form) for scale in instrument.scales}
    scales = [
        {"scale": code, "mean": mean, "sd": sd, "least": _least(instrument, code, most), "most": most}
        for code, most in lengths.items()
        if most and ready_scale(instrument, calibration, code) is not None
        for mean, sd in [priors.get(code, STANDARD)]
    ]
    return {
        "calibration": digest,
        "seed": seed,
        "error": ENOUGH,
        "among": AMONG,
        "ceiling": CEILING,
        "asked_before": {
            item: sum(item in items for items in asked_before) / len(asked_before)
            for item in sorted({item for items in asked_before for item in items})
        },
        "scales": scales,
        "picked": [],
        "ended": {},
    }


def most(choosing: Choosing) -> int:
    """How many items may be asked at most, given what has ended already."""
    asked = [pick["scale"] for pick in choosing["picked"]]
    return sum(
        asked.count(one["scale"]) if one["scale"] in choosing["ended"] else one["most"] for one in choosing["scales"]
    )


def extended(
    instrument: Instrument, calibration: Calibration, choosing: Choosing, answers: Mapping[str, float | None]
) -> Choosing:
    """The block with its next item, once everything asked so far was answered or skipped; scales take turns.

    ``answers`` item → value as given, or None for skipped. The same draft and answers give the same item.
    """
    if any(pick["item"] not in answers for pick in choosing["picked"]):
        return choosing
    picked, ended = list(choosing["picked"]), dict(choosing["ended"])
    asked = [pick["scale"] for pick in picked]
    turns = sorted(choosing["scales"], key=lambda one: asked.count(one["scale"]))
    for one in turns:
        if one["scale"] in ended:
            continue
        choice, item = _choice(instrument, calibration, choosing, one, answers)
        if item is None:
            ended[one["scale"]] = str(choice.why)
            continue
        picked.append(
            {
                "item": item,
                "scale": one["scale"],
                "facet": instrument.item(item).facet,
                "information": choice.information,
                "theta": choice.theta,
                "error": choice.error,
                "rank": choice.rank,
                "candidates": choice.candidates,
            }
        )
        break
    return {**choosing, "picked": picked, "ended": ended}


def prior_of(ready: Ready, level: float, sd: float) -> Normal:
    """A level in points with its sd as a prior of θ; never vaguer than the calibrated population."""
    theta = float(np.interp(level, ready.curve, GRID))
    slope = float(np.interp(theta, GRID, np.gradient(ready.curve, GRID)))
    if not abs(theta) < -GRID[0] or sd >= slope:
        return Normal(float(np.clip(theta, -3, 3)), STANDARD.sd)
    return Normal(theta, sd / slope)


def _least(instrument: Instrument, scale: str, most: int) -> int:
    if instrument.scale(scale).role not in WHOLE:
        return LEAST
    facets = {instrument.item(code).facet for code in instrument.scale(scale).items}
    return min(most, len(facets))


def _choice(
    instrument: Instrument,
    calibration: Calibration,
    choosing: Choosing,
    one: Mapping[str, Any],
    answers: Mapping[str, float | None],
) -> tuple[adaptive.Choice, str | None]:
    ready = ready_scale(instrument, calibration, one["scale"])
    assert ready is not None
    given = np.full(len(ready.codes), MISSING, dtype=np.int8)
    for place, code in enumerate(ready.codes):
        if code in answers:
            given[place] = _category(instrument, ready, code, answers[code])
    asked = int((given != MISSING).sum())
    rules = adaptive.Rules(one["most"], one["least"], choosing["error"], choosing["among"], ceiling=choosing["ceiling"])
    exposure = np.array([choosing["asked_before"].get(code, 0.0) for code in ready.codes])
    rng = np.random.default_rng([choosing["seed"], len(choosing["picked"]), asked])
    choice = adaptive.next_item(ready.bank, given, rules, Normal(one["mean"], one["sd"]), rng, exposure)
    return choice, None if choice.item is None else ready.codes[choice.item]


def _category(instrument: Instrument, ready: Ready, code: str, value: float | None) -> int:
    if value is None:
        return adaptive.SKIPPED
    keyed = instrument.item(code).turned(value)
    return int(ready.categories(np.array([[keyed]]), [code])[0].max())
