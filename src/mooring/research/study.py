"""A calibration with everything that a reader of it wants to know: fits, precision, norms, misfit, what speaks against.

Pure: arrays in, a Study out. Scales are fitted each by itself; where a measure has exactly anxiety and avoidance, the
correlation of the two comes from a model of both, which may be asked for the parameters as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mooring.catalogue import CalibratedScale, Calibration, Instrument, Item, ItemParameters, Scale
from mooring.catalogue.calibrated import Ready, ready
from mooring.kit.refused import Refused
from mooring.research.answers import Floats, keyed
from mooring.research.categories import FEWEST, Categories, categorised, coded, collapsed
from mooring.research.describe import Description, describe, value_of
from mooring.research.groups import Labels
from mooring.research.keying import require_keyed
from mooring.research.misfit import Misfit, misfit
from mooring.research.persons import Asked, InMemory, Persons
from mooring.science import version
from mooring.science.graded_response.fit import Fit
from mooring.science.graded_response.information import marginal_reliability
from mooring.science.graded_response.model import Items

Model = Literal["separate", "together"]
Seen = Callable[[str, int, float], None]
"""Told what is fitted, the round and the log-likelihood."""
PLANE = {"anxiety", "avoidance"}
LEAST_ITEMS = 3
"""One dimension is not identified with fewer."""
ALGORITHMS = ("graded_response", "scales")


@dataclass(frozen=True)
class Given:
    """Answers of people, one row a person, and what is known about them."""

    instrument: Instrument
    items: tuple[Item, ...]
    """(k,) of each column."""
    answers: Floats
    """(n, k) in the answers' own range, as they stand in the file; nan for missing."""
    low: Floats
    high: Floats
    """(k,)"""
    other_range: tuple[float, float] | None = None
    already_keyed: bool = False
    form: str = "full"
    strata: Mapping[str, Labels] | None = None
    """Column → label a person, for norms; an empty label belongs to no stratum."""
    groups: Mapping[str, Labels] | None = None
    """The same, for items that work differently."""


@dataclass(frozen=True)
class ScaleStudy:
    """One scale."""

    scale: Scale
    items: tuple[Item, ...]
    categories: tuple[Categories, ...]
    fitted: Fit
    """In one dimension, or this scale's part of the model of both."""
    calibrated: CalibratedScale
    ready: Ready
    description: Description
    misfit: Misfit


@dataclass(frozen=True)
class Study:
    calibration: Calibration
    scales: tuple[ScaleStudy, ...]
    model: Model
    plane: Fit | None
    """The model of both dimensions, where there is one."""


def study(
    given: Given,
    *,
    sample: str,
    simulated: bool = False,
    model: Model = "separate",
    persons: Persons | None = None,
    seen: Seen | None = None,
) -> Study:
    """Calibrate every scale that has enough items. ``persons`` are those whose answers are fitted, where they are
    more than the ``given`` ones: from these come reliability, norms and fit then.

    Raises Refused for items that run against their scale, for no scale that could be calibrated, and for answers that
    do not identify the parameters; the message names scale and items.
    """
    values = keyed(given.answers, given.items, given.low, given.high, already=given.already_keyed)
    most = int((given.high - given.low).max()) + 1
    whole = InMemory(coded(values, given.low), most) if persons is None else persons
    counts, told = whole.counts(), _Told()
    chosen = []
    for scale in given.instrument.scales:
        own = _usable(given, scale, values, counts, told)
        if own is not None:
            chosen.append((scale, *own))
    if not chosen:
        people = "one person" if len(values) == 1 else f"{len(values):,} people"
        raise Refused(
            given.instrument.key,
            f"no scale has {LEAST_ITEMS} items that people answered differently, among {people}",
            "Calibrate from more answers.",
        )
    plane = _plane(chosen, whole, model, seen)
    fits = [_slice(plane, place) if plane is not None and model == "together" else None for place in range(len(chosen))]
    studies = []
    for (scale, places, categories), known in zip(chosen, fits, strict=True):
        fitted = known or whole.fit(Asked(places, categories), _named(seen, scale.code))
        studies.append(_scale_study(given, scale, places, categories, fitted, values, told))
    everybody = max(one.fitted.n for one in studies)
    if persons is not None and everybody > len(values):
        told.cautions.append(
            f"reliability, norms and fit come from {len(values):,} of the {everybody:,} people, taken at even distances"
        )
    calibration = _calibration(given, studies, plane, model, sample, simulated, told)
    return Study(calibration, tuple(studies), model, plane)


@dataclass
class _Told:
    problems: list[str]
    cautions: list[str]

    def __init__(self) -> None:
        self.problems, self.cautions = [], []


def _usable(
    given: Given, scale: Scale, values: Floats, counts: np.ndarray, told: _Told
) -> tuple[list[int], list[Categories]] | None:
    """Columns and categories of a scale's items; None when too few are left."""
    own = [place for place, item in enumerate(given.items) if item.code in set(scale.items)]
    if not own:
        return None
    items = [given.items[place] for place in own]
    told.cautions += require_keyed(
        values[:, own], items, scale, given.low[own], given.high[own], already=given.already_keyed
    )
    places, categories = [], []
    for place, item in zip(own, items, strict=True):
        width = int(given.high[place] - given.low[place]) + 1
        one = collapsed(item.code, counts[place, :width].tolist(), float(given.low[place]))
        if len(one.lowest) < 2:
            told.problems.append(
                f"{scale.code}: {item.code} is left out: fewer than {FEWEST} people answered it differently"
            )
            continue
        for joined in one.joined:
            listed = " and ".join(f"{value:g}" for value in joined)
            told.cautions.append(
                f"{item.code}: the answers {listed} (keyed) count as one: fewer than {FEWEST} people chose one of them"
            )
        places.append(place)
        categories.append(one)
    if len(places) < LEAST_ITEMS:
        told.cautions.append(f"{scale.code} is not calibrated: {len(places)} items; a scale needs {LEAST_ITEMS}")
        return None
    return places, categories


Chosen = tuple[Scale, list[int], list[Categories]]


def _plane(chosen: Sequence[Chosen], whole: Persons, model: Model, seen: Seen | None) -> Fit | None:
    """Both dimensions in one model, where the measure has exactly these two."""
    if len(chosen) != 2 or {scale.role for scale, _, _ in chosen} != PLANE:
        if model == "together":
            raise Refused("--model together", "the measure has not exactly anxiety and avoidance", "Leave it out.")
        return None
    places = [place for _, own, _ in chosen for place in own]
    categories = [one for _, _, own in chosen for one in own]
    dimension = np.repeat([0, 1], [len(own) for _, own, _ in chosen])
    asked = Asked(places, categories, dimension, standard_errors=model == "together")
    return whole.fit(asked, _named(seen, "both dimensions"))


def _slice(plane: Fit, dimension: int) -> Fit:
    """One dimension's part; log-likelihood and iterations stay those of the whole model."""
    own = plane.items.dimension == dimension
    items = Items(plane.items.a[own], plane.items.b[own], np.zeros(int(own.sum()), dtype=np.int64))
    errors = plane.standard_errors._replace(a=plane.standard_errors.a[own], b=plane.standard_errors.b[own])
    return plane._replace(items=items, standard_errors=errors)


def _named(seen: Seen | None, what: str) -> Callable[[int, float], None] | None:
    return None if seen is None else lambda rounds, likelihood: seen(what, rounds, likelihood)


def _scale_study(
    given: Given,
    scale: Scale,
    places: Sequence[int],
    categories: Sequence[Categories],
    fitted: Fit,
    values: Floats,
    told: _Told,
) -> ScaleStudy:
    items = tuple(given.items[place] for place in places)
    parameters = _parameters(scale, items, categories, fitted)
    told.problems += [f"{scale.code}: {_by_code(text, items)}" for text in fitted.problems]
    ends = tuple((float(given.low[place]), float(given.high[place])) for place in places)
    draft = CalibratedScale(scale.code, parameters, 0.0, 1.0, float(marginal_reliability(fitted.items)[0]))
    model = ready(scale, draft, ends, tuple(item.facet or "" for item in items))
    all_places = [place for place, item in enumerate(given.items) if item.code in set(scale.items)]
    description = describe(
        scale,
        [given.items[place] for place in all_places],
        values[:, all_places],
        (given.low[all_places], given.high[all_places]),
        given.strata or {},
    )
    told.cautions += description.cautions
    steps = categorised(coded(values[:, list(places)], given.low[list(places)]), categories)
    poor = misfit(scale.code, [item.code for item in items], fitted.items, steps, given.groups or {})
    told.cautions += poor.cautions
    calibrated = replace(
        draft,
        mean=model.mean,
        sd=model.sd,
        alpha=value_of(description.alpha),
        omega=value_of(description.omega),
        norms=description.norms,
    )
    return ScaleStudy(scale, items, tuple(categories), fitted, calibrated, model, description, poor)


def _parameters(
    scale: Scale, items: Sequence[Item], categories: Sequence[Categories], fitted: Fit
) -> tuple[ItemParameters, ...]:
    found = []
    for place, (item, one) in enumerate(zip(items, categories, strict=True)):
        count = len(one.lowest) - 1
        a, b = float(fitted.items.a[place]), fitted.items.b[place, :count]
        errors = [float(fitted.standard_errors.a[place]), *fitted.standard_errors.b[place, :count].tolist()]
        if a <= 0:
            raise Refused(scale.code, f"{item.code} runs against its other items", "Is it keyed the right way?")
        if not np.isfinite(errors).all():
            raise Refused(
                scale.code,
                f"the answers do not identify the parameters of {item.code}: {'; '.join(fitted.problems)}",
                "Calibrate from more answers.",
            )
        found.append(ItemParameters(item.code, a, errors[0], tuple(float(x) for x in b), tuple(errors[1:]), one.lowest))
    return tuple(found)


def _by_code(text: str, items: Sequence[Item]) -> str:
    """ "item 3" of a fit by its code."""
    return re.sub(r"\bitem (\d+)\b", lambda found: items[int(found[1])].code, text)


def _calibration(
    given: Given,
    studies: Sequence[ScaleStudy],
    plane: Fit | None,
    model: Model,
    sample: str,
    simulated: bool,
    told: _Told,
) -> Calibration:
    against: tuple[str, ...] = ()
    if plane is not None and model == "together":
        likelihood, rounds = plane.log_likelihood, plane.iterations
    else:
        likelihood = sum(one.fitted.log_likelihood for one in studies)
        rounds = sum(one.fitted.iterations for one in studies)
        if plane is not None:
            against = tuple(problem for problem in plane.problems if "correlation" in problem)
    low, high = given.other_range or (None, None)
    return Calibration(
        key=given.instrument.key,
        version=given.instrument.version,
        scales=tuple(one.calibrated for one in studies),
        persons=max(one.fitted.n for one in studies),
        sample=sample,
        science=version.of(*ALGORITHMS),
        log_likelihood=likelihood,
        iterations=rounds,
        minimum=low,
        maximum=high,
        correlation=None if plane is None else plane.correlation,
        simulated=simulated,
        problems=tuple(dict.fromkeys([*told.problems, *against])),
        cautions=tuple(dict.fromkeys(told.cautions)),
    )
