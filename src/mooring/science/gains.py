"""Sudden gains: large, stable improvements from one session to the next; and their mirror, sudden losses.

With severity e the distance of a score from the healthy end of its scale, a gain lies between two sessions j and
j + 1 when (Tang & DeRubeis 1999, doi 10.1037/0022-006X.67.6.894)

    1  drop    e_j − e_(j+1) ≥ cut-off, 7 points on the BDI, or 1.96 S_diff (:func:`cut_off`),
    2  share   e_j − e_(j+1) ≥ 25 % of e_j,
    3  jump    mean(e_(j−2) … e_j) − mean(e_(j+1) … e_(j+3)) > t √(((n₁ − 1) s₁² + (n₂ − 1) s₂²) / (n₁ + n₂ − 2)),

at least two scores on each side of the third, t the two-sided quantile with n₁ + n₂ − 2 degrees of freedom: 2.776,
3.182 and 4.303 for 6, 5 and 4 scores. It bears no √(1/n₁ + 1/n₂): it is no t test, and the published decisions of the
R package suddengains (doi 10.1371/journal.pone.0230276) are reproduced without it and not with it. A gain is reversed
once a later score has lost half of it. A loss is the same with the sign turned.

Each criterion is met, not met or not assessable, by itself. One that is not met settles the step, whatever is missing
beside it. suddengains (at e964e74) multiplies its criteria, so that a missing one hides one that failed; it takes the
25 % of the raw score, which is ours where the scale ends at 0; its second criterion is true for every loss;
and after a step from session j to j + 1 it looks for a reversal from j + 3 on, so that a score which springs back at
once is passed over.
Equality is judged to 1e-9 points.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mooring.science._kernels.gains import MET, NOT_MET, UNKNOWN, criteria
from mooring.science.change import reliable_change

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]

__all__ = [
    "MET",
    "NOT_MET",
    "UNKNOWN",
    "Criteria",
    "Events",
    "Found",
    "Rule",
    "cut_off",
    "firsts",
    "largests",
    "sudden_gains",
    "sudden_losses",
]


class Rule(NamedTuple):
    cut_off: float
    """Least step, points: 7 on the BDI (Tang & DeRubeis 1999)."""
    healthy_end: float = 0.0
    """The end of the scale without any trouble: its minimum, or its maximum where higher is better."""
    higher_is_better: bool = False
    share: float = 0.25
    """Least step as a share of the severity before it."""
    alpha: float = 0.05
    """Two-sided, of the third criterion's t."""
    by_missing: bool = True
    """t rises where scores are missing (Lutz et al. 2013, as suddengains cites them); else that of six always."""

    def critical(self) -> Floats:
        """(7,) t for that many scores on both sides together; nan below 4."""
        values = np.full(7, np.nan)
        free = np.array([2.0, 3.0, 4.0]) if self.by_missing else np.full(3, 4.0)
        values[4:] = stats.t.ppf(1 - self.alpha / 2, free)
        return values


class Criteria(NamedTuple):
    """(p, n − 1) each, step j from session j to j + 1: MET 1, NOT_MET 0, UNKNOWN −1."""

    drop: Verdicts
    share: Verdicts
    jump: Verdicts
    all_three: Verdicts
    """NOT_MET as soon as one is not met; UNKNOWN only where none failed and one could not be assessed."""


class Events(NamedTuple):
    """(k,) each: the steps that meet all three criteria, by person, then session."""

    person: Ints
    """Row of the panel."""
    session: Ints
    """Index of the session before the step."""
    before: Floats
    after: Floats
    """Scores of the sessions on both sides."""
    magnitude: Floats
    """Points of severity, positive."""
    mean_before: Floats
    mean_after: Floats
    """Means of the up to three scores on each side."""
    pooled_sd: Floats
    critical: Floats
    """t of the third criterion."""
    of_whole: Floats
    """The step over the whole change of severity from first to last session; nan where one is missing, or no change."""
    reversal: Ints
    """MET, NOT_MET, or UNKNOWN where no later score exists."""
    reversed_at: Ints
    """Index of the first session at which half of it was lost; −1."""


class Found(NamedTuple):
    criteria: Criteria
    events: Events
    rule: Rule


def cut_off(sd: float, reliability: float) -> float:
    """1.96 S_diff, S_diff = √2 sd √(1 − reliability): the first criterion where no other is published, points.

    sd: before treatment. Errors as in :func:`mooring.science.change.reliable_change`.
    """
    return float(reliable_change(0.0, 0.0, sd, reliability).amount)


def sudden_gains(scores: npt.ArrayLike, rule: Rule) -> Found:
    """Every sudden gain of one person (n,) or of a panel (p, n), sessions in order, points, nan for a missed one.

    A column is a session: one that was missed stays as nan, so that neighbours are neighbours. Fewer than four
    sessions cannot hold a gain: no event, and what can be assessed is. Raises ValueError for a score on the wrong side
    of the healthy end, more than two dimensions, and a rule whose numbers cannot be.
    """
    return _found(scores, rule, 1)


def sudden_losses(scores: npt.ArrayLike, rule: Rule) -> Found:
    """The mirror: sudden worsening by the same criteria with the sign turned. Shapes and errors as above.

    The second criterion asks for a rise of at least the share of the severity before it.
    """
    return _found(scores, rule, -1)


def firsts(events: Events) -> Ints:
    """Index into the events of each person's first one."""
    return np.asarray(np.unique(events.person, return_index=True)[1], dtype=np.int64)


def largests(events: Events) -> Ints:
    """Index into the events of each person's largest one; of equals the first."""
    order = np.lexsort((np.arange(events.person.size), -events.magnitude, events.person))
    return np.asarray(order[np.unique(events.person[order], return_index=True)[1]], dtype=np.int64)


def _found(scores: npt.ArrayLike, rule: Rule, sign: int) -> Found:
    _require(rule)
    given = np.atleast_2d(np.asarray(scores, dtype=float))
    if given.ndim > 2:
        raise ValueError(f"scores have {given.ndim} dimensions; give (persons, sessions)")
    severity = (rule.healthy_end - given) if rule.higher_is_better else (given - rule.healthy_end)
    if (severity < 0).any() or np.isinf(severity).any():
        person, session = np.argwhere((severity < 0) | np.isinf(severity))[0]
        raise ValueError(
            f"person {person}, session {session}: {given[person, session]:g} lies beyond the healthy end"
            f" {rule.healthy_end:g} of the scale"
        )
    if severity.shape[1] < 2:
        severity = np.concatenate([severity, np.full((len(severity), 2 - severity.shape[1]), np.nan)], axis=1)
        given = np.concatenate([given, np.full((len(given), 2 - given.shape[1]), np.nan)], axis=1)
    verdicts, evidence, reversal = criteria(
        np.ascontiguousarray(severity), float(sign), rule.cut_off, rule.share, rule.critical()
    )
    events = _events(rule, given, severity, sign, verdicts[3], evidence, reversal)
    return Found(Criteria(*verdicts), events, rule)


def _events(
    rule: Rule, given: Floats, severity: Floats, sign: int, all_three: Verdicts, evidence: Floats, reversal: Ints
) -> Events:
    person, session = np.nonzero(all_three == MET)
    at, then = (person, session), (person, session + 1)
    whole = (severity[:, 0] - severity[:, -1])[person]
    step = severity[at] - severity[then]
    means = np.array(
        [rule.healthy_end - one if rule.higher_is_better else one + rule.healthy_end for one in evidence[:2]]
    )
    return Events(
        person=person.astype(np.int64),
        session=session.astype(np.int64),
        before=given[at],
        after=given[then],
        magnitude=sign * step,
        mean_before=means[0][at],
        mean_after=means[1][at],
        pooled_sd=evidence[2][at],
        critical=evidence[3][at],
        of_whole=np.divide(step, whole, out=np.full(step.shape, np.nan), where=np.nan_to_num(whole) != 0),
        reversal=reversal[0][at],
        reversed_at=reversal[1][at],
    )


def _require(rule: Rule) -> None:
    if not (np.isfinite(rule.cut_off) and rule.cut_off > 0):
        raise ValueError(f"cut_off must be positive and finite, not {rule.cut_off}")
    if not 0 <= rule.share <= 1:
        raise ValueError(f"share must lie in 0 to 1, not {rule.share}")
    if not 0 < rule.alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {rule.alpha}")
    if not np.isfinite(rule.healthy_end):
        raise ValueError(f"healthy_end must be finite, not {rule.healthy_end}")
