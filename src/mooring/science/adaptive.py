"""An adaptive check-in: which item to ask next, when to stop, and what the answers alone say.

The forecast of the client's trajectory is the prior. It chooses the items and stops; it never enters the result,
which the trajectory gets as a likelihood, or history would count twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science._kernels import adaptive as kernels
from mooring.science.graded_response import simulate
from mooring.science.graded_response.information import item_information
from mooring.science.graded_response.model import MISSING, Answers, Floats, Items
from mooring.science.graded_response.scores import (
    STANDARD,
    WIDE,
    Normal,
    Scores,
    check_items,
    likelihood_alone,
)

Ints = npt.NDArray[np.int64]

SKIPPED = -2
"""Stands for an item that was asked and not answered; −1 for one that was not asked."""
NEVER = np.empty(0)
LOW, HIGH, STEP = -8.0, 8.0, 0.05
"""θ is looked for here; information is tabulated in these steps and interpolated."""


class Why(StrEnum):
    """Why this item, or why none."""

    INFORMATION = "information"
    """It tells most, or is one of those that tell most, in the facets asked least."""
    SHORT_FORM = "short form"
    """The bank is not calibrated: the next item of its balanced short form."""
    PRECISE = "precise"
    """Stop: θ is known as closely as asked."""
    LONG_ENOUGH = "long enough"
    """Stop: no more items may be asked."""
    NONE_LEFT = "none left"
    """Stop: all items were asked."""


class Bank(NamedTuple):
    """Items made ready by :func:`calibrated` or :func:`uncalibrated`."""

    facets: Ints
    """(J,) facet of each item, from 0."""
    form: tuple[int, ...]
    """The balanced short form, in the order asked; of an uncalibrated bank all there is to ask."""
    items: Items | None
    """None: not calibrated."""
    numbers: Floats
    """(J, K + 2) a, categories, facet, thresholds."""
    told: Floats
    """(G, J) information at LOW + g STEP."""


class Rules(NamedTuple):
    """When to stop, and among how many of the best to draw."""

    most: int
    """Items asked at most, skipped ones included."""
    least: int = 1
    """Items answered at least before precision may stop."""
    error: float = 0.32
    """Posterior standard deviation of θ that is enough: a reliability of 1 − .32² = .90 in the reference group."""
    among: int = 1
    """Draw among so many of the most informative (randomesque; Kingsbury & Zara 1989): keeps items from being asked
    of everybody every week. 1 asks the best and draws nothing."""
    ceiling: float = 1.0
    """An item asked in at least this share of check-ins so far is spared while another of its facets can be asked
    (restricted maximum information; Revuelta & Ponsoda 1998)."""


class Choice(NamedTuple):
    """What to ask next and why, to be kept with the answer."""

    item: int | None
    """None: stop."""
    why: Why
    facet: int | None
    information: float
    """Of the item at ``theta``, per unit of θ²; nan without parameters."""
    theta: float
    """Mode of the posterior, prior included: for choosing only. nan without parameters."""
    error: float
    """1 / √(I(θ) + 1/sd²) of prior and answers; nan without parameters."""
    answered: int
    rank: int
    """0 for the most informative of the candidates."""
    candidates: int
    """Drawn among so many."""


def calibrated(items: Items, facets: npt.ArrayLike | None = None) -> Bank:
    """A bank of items of one dimension with known parameters.

    facets (J,) whole numbers from 0; none: all one facet. Raises ValueError for parameters that are no graded response
    model, for several dimensions (prepare one bank each) and for facets of another length or below 0.
    """
    check_items(items)
    own = _facets(facets, items.a.size)
    thresholds = np.nan_to_num(items.b, nan=0.0)
    numbers = np.column_stack([items.a, items.categories, own, thresholds]).astype(float)
    told = np.ascontiguousarray(item_information(items, np.arange(LOW, HIGH + STEP / 2, STEP)).T)
    return Bank(own, balanced_form(own), items, np.ascontiguousarray(numbers), told)


def uncalibrated(facets: npt.ArrayLike, form: Sequence[int] | None = None) -> Bank:
    """A bank without parameters: its check-in is ``form``, item numbers in the order asked, or a balanced one.

    Errors as in :func:`calibrated`; also ValueError for a form with an item twice or outside the bank.
    """
    own = _facets(facets, np.size(facets))
    order = balanced_form(own) if form is None else tuple(int(i) for i in form)
    if len(set(order)) != len(order) or any(not 0 <= i < own.size for i in order):
        raise ValueError(f"a form names items from 0 to {own.size - 1}, each once: {order}")
    return Bank(own, order, None, np.empty((0, 0)), np.empty((0, 0)))


def balanced_form(facets: npt.ArrayLike) -> tuple[int, ...]:
    """All items in rounds: one of each facet, then the second of each, in the order of the bank."""
    own = np.asarray(facets, dtype=np.int64)
    turn = np.zeros(own.size, dtype=np.int64)
    for facet in np.unique(own):
        turn[own == facet] = np.arange((own == facet).sum())
    return tuple(int(i) for i in np.lexsort((own, turn)))


def next_item(
    bank: Bank,
    answers: Answers,
    rules: Rules,
    prior: Normal = STANDARD,
    rng: np.random.Generator | None = None,
    exposure: Floats | None = None,
) -> Choice:
    """The item that tells most about where the client is by now, or the reason to stop.

    θ̂ maximises l(θ) − (θ − μ)² / 2σ² over the answers so far (the posterior's mode; l is concave). Of the items not
    asked yet, those in the facets asked least compete (content balance, Kingsbury & Zara 1989), by I_j(θ̂) (Lord 1980);
    with ``rules.among`` above 1 one of so many best is drawn. Items whose ``exposure`` (J,), the share of check-ins so
    far that they were asked in, is at or above ``rules.ceiling`` wait until their facets have nothing else. Stops when
    1 / √(I(θ̂) + 1/σ²) ≤ ``rules.error`` after at least ``rules.least`` answers, at ``rules.most`` items, or when
    none is left.

    answers (J,): categories, −1 not asked, −2 asked and skipped (not asked again). A bank without parameters gives the
    next item of its short form, up to ``rules.most``, and says so. The same generator state gives the same choice.
    Raises ValueError for answers or exposure of another length, an answer that is no category (naming the item), a
    prior without a finite mean and positive spread (inf: flat), and drawing without a generator.
    """
    given = np.asarray(answers, dtype=np.int8)
    if given.shape != bank.facets.shape:
        raise ValueError(f"answers has shape {given.shape}, the bank {bank.facets.shape}")
    if bank.items is None:
        return _next_of_form(bank, given, rules)
    mean, sd = prior
    if not (sd > 0 and -1e6 < mean < 1e6):
        raise ValueError(f"a prior needs a finite mean and a spread above 0: {prior}")
    if rules.among > 1 and rng is None:
        raise ValueError("drawing among the best needs a generator")
    if exposure is not None and exposure.shape != given.shape:
        raise ValueError(f"exposure has shape {exposure.shape}, the bank {given.shape}")
    precision = 1 / (sd * sd)
    draw = rng.random() if rng is not None and rules.among > 1 else 0.0
    item, theta, known, own, rank, candidates, answered, asked = kernels.next_item(
        given,
        bank.numbers,
        bank.told,
        LOW,
        STEP,
        bank.facets.size,
        mean,
        precision,
        rules.among,
        draw,
        NEVER if exposure is None else exposure,
        rules.ceiling,
    )
    if item == kernels.WRONG:
        raise ValueError(f"item {asked}: {given[asked]} is no category of it")
    total = known + precision
    error = total**-0.5 if total > 0 else float("inf")
    if answered >= rules.least and error <= rules.error:
        return Choice(None, Why.PRECISE, None, np.nan, theta, error, answered, 0, 0)
    if asked >= rules.most:
        return Choice(None, Why.LONG_ENOUGH, None, np.nan, theta, error, answered, 0, 0)
    if item == kernels.NONE_LEFT:
        return Choice(None, Why.NONE_LEFT, None, np.nan, theta, error, answered, 0, 0)
    return Choice(item, Why.INFORMATION, int(bank.numbers[item, 2]), own, theta, error, answered, rank, candidates)


def outcome(bank: Bank, answers: npt.ArrayLike, wide: Normal = WIDE) -> Scores:
    """What the answers alone say of n check-ins (n, J), without the prior that chose the items; for the filter.

    Skipped is missing. See :func:`~mooring.science.graded_response.scores.likelihood_alone`. Raises ValueError for a
    bank without parameters.
    """
    if bank.items is None:
        raise ValueError("a bank that is not calibrated has no θ: score its short form in points")
    given = np.asarray(answers)
    return likelihood_alone(bank.items, np.where(given == SKIPPED, MISSING, given), wide)


class Trial(NamedTuple):
    """Check-ins of n simulated clients."""

    answers: Answers
    """(n, J)"""
    asked: Ints
    """(n,) items asked."""
    exposure: Floats
    """(J,) share of the clients each item was asked of."""
    found: Scores
    """The likelihood alone."""


def trial(
    bank: Bank,
    theta: npt.ArrayLike,
    rules: Rules,
    rng: np.random.Generator,
    priors: Sequence[Normal] | None = None,
    skipping: float = 0.0,
) -> Trial:
    """Clients at ``theta`` (n,) who answer as the bank's parameters say, and skip a share of what they are asked.

    priors: one a client; none: the reference group's. Raises ValueError for a bank without parameters.
    """
    if bank.items is None:
        raise ValueError("clients are simulated from parameters, and this bank has none")
    whole = simulate.answers(bank.items, theta, rng)
    whole[rng.random(whole.shape) < skipping] = SKIPPED
    given = np.full_like(whole, MISSING)
    times = np.zeros(whole.shape[1])
    for i, row in enumerate(given):
        prior, exposure = STANDARD if priors is None else priors[i], times / max(i, 1)
        while (choice := next_item(bank, row, rules, prior, rng, exposure)).item is not None:
            row[choice.item] = whole[i, choice.item]
        times += row != MISSING
    asked = given != MISSING
    return Trial(given, asked.sum(axis=1), asked.mean(axis=0), outcome(bank, given))


def _next_of_form(bank: Bank, answers: Answers, rules: Rules) -> Choice:
    asked = int((answers != MISSING).sum())
    answered = int((answers >= 0).sum())
    nan = float("nan")
    if asked < rules.most:
        for item in bank.form:
            if answers[item] == MISSING:
                return Choice(item, Why.SHORT_FORM, int(bank.facets[item]), nan, nan, nan, answered, 0, 1)
    why = Why.LONG_ENOUGH if asked >= rules.most else Why.NONE_LEFT
    return Choice(None, why, None, nan, nan, nan, answered, 0, 0)


def _facets(facets: npt.ArrayLike | None, size: int) -> Ints:
    own = np.zeros(size, dtype=np.int64) if facets is None else np.asarray(facets)
    if own.shape != (size,) or own.dtype.kind not in "iu" or (own < 0).any():
        raise ValueError(f"facets must be {size} whole numbers from 0, one an item")
    return own.astype(np.int64)
