"""Sudden gains as a clinic can tell them: at each check-in, from the answers up to it.

The criteria of Tang & DeRubeis 1999 (:mod:`mooring.science.gains` has them) look at up to three sessions on either
side of a step. Here a step is judged when two scores after it are known, and again when the third session is over;
the later scores tell whether half was lost again. So what is said equals what the whole panel, cut off at that
check-in, would give, and once said it stays said.

A session is a week. A gap of one and a half weeks or more between two scores holds a missed session, and a gap of two
and a half holds two, so that neighbours are neighbours: a step over a missed week is none. Of scores less than
half a week apart the first is the session's; later ones say nothing here, doubled times included.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mooring.science._kernels.gains import MET, NEAR, criteria
from mooring.science.gains import Rule
from mooring.science.operating_point import ASSUMED, OperatingPoint
from mooring.science.signals import Series
from mooring.science.trajectory import series_arrays

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SESSION_WEEKS = 1.0
"""From one session to the next; see above for shorter and longer gaps."""
ASIDE = 3
"""Sessions on either side of a step that the third criterion looks at."""


CRITICAL = Rule(1.0).critical()
"""t of the third criterion by the number of scores around; computed once, since it costs more than all the rest."""


class Gain(NamedTuple):
    """One sudden gain. Occasions are indices into the given series; scores and amounts in points."""

    before: int
    """The session before the step."""
    after: int
    """The session after it."""
    spoke: int
    """Occasion at which it could first be said."""
    ceased: int | None
    """First later session at which half of it was lost again (Tang & DeRubeis' reversal); None while it holds."""
    drop: float
    """Fall of the severity from `before` to `after`."""
    cut_off: float
    """Least drop: 1.96 √2 SEM."""
    share: float
    """The drop as a share of the severity before it."""
    share_asked: float
    mean_before: float
    """Mean score of the up to three sessions before the step, known at `spoke`."""
    mean_after: float
    pooled_sd: float
    critical: float
    """The means differ by more than this many pooled standard deviations."""
    n_before: int
    n_after: int


def rule(series: Series, worse: int, healthy_end: float, point: OperatingPoint = ASSUMED) -> Rule:
    """The criteria for one scale, the first one's cut-off being 1.96 S_diff = 1.96 √2 SEM. As in :func:`gains`."""
    if not (np.isfinite(series.sem) and series.sem > 0):
        raise ValueError(f"sem must be positive and finite, not {series.sem}")
    return Rule(max(point.gain, 1.96) * math.sqrt(2) * series.sem, healthy_end, higher_is_better=worse < 0)


def gains(series: Series, worse: int, healthy_end: float, point: OperatingPoint = ASSUMED) -> tuple[Gain, ...]:
    """The sudden gains of one series, in order. One already reversed when it could be said is not said.

    worse: +1 where higher is worse, −1 where lower is; healthy_end: the end of the scale without any trouble, points.
    Fewer than four answered weeks, or a constant series, give none. Raises ValueError as
    :func:`mooring.science.signals.compared` does, and for a score beyond the healthy end.
    """
    asked = rule(series, worse, healthy_end, point)
    times, scores, _ = series_arrays(series.times, series.scores, series.standard_errors)
    occasions, sessions = _sessions(times, scores)
    if occasions.size < 4:
        return ()
    severity = np.full(int(sessions[-1]) + 1, np.nan)
    severity[sessions] = worse * (scores[occasions] - healthy_end)
    if np.nanmin(severity) < 0:
        wrong = occasions[np.argmin(severity[sessions])]
        raise ValueError(f"occasion {wrong}: {scores[wrong]:g} lies beyond the healthy end {healthy_end:g}")
    occasion = np.full(severity.size, -1, dtype=np.int64)
    occasion[sessions] = occasions
    return tuple(_judged(severity, occasion, asked, worse))


def _sessions(times: Floats, scores: Floats) -> tuple[Ints, Ints]:
    """Answered occasions that are a session's first, and the number of each session (from 0)."""
    occasions = np.flatnonzero(np.isfinite(scores))
    gaps = np.diff(times[occasions]) / SESSION_WEEKS
    while gaps.size and gaps.min() < 0.5:
        occasions = np.delete(occasions, int(np.argmax(gaps < 0.5)) + 1)
        gaps = np.diff(times[occasions]) / SESSION_WEEKS
    # Beyond the sessions that a criterion sees, how many were missed makes no difference.
    after = np.floor(np.minimum(gaps, 2 * ASIDE) + 0.5).astype(np.int64)
    return occasions, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(after)])


def _judged(severity: Floats, occasion: Ints, asked: Rule, worse: int) -> list[Gain]:
    """Each step as it looked with two, then three sessions after it: a panel of windows, one kernel call."""
    steps = severity.size - 1
    padded = np.concatenate([np.full(ASIDE - 1, np.nan), severity, np.full(ASIDE, np.nan)])
    windows = padded[np.arange(steps)[:, None] + np.arange(2 * ASIDE)]
    early = windows.copy()
    early[:, -1] = np.nan
    both = np.concatenate([early, windows])
    verdicts, evidence, reversal = criteria(both, 1.0, asked.cut_off, asked.share, CRITICAL)
    said = (verdicts[3, :, ASIDE - 1] == MET) & (reversal[0, :, ASIDE - 1] != MET)
    found = []
    for j in np.flatnonzero(said[:steps] | said[steps:]):
        row = j if said[j] else j + steps
        window = both[row]
        # The last session that this window knows is the one at which the rule could speak.
        spoke = j - ASIDE + 1 + int(np.flatnonzero(np.isfinite(window))[-1])
        half = (severity[j] + severity[j + 1]) / 2
        lost = spoke + 1 + np.flatnonzero(severity[spoke + 1 :] >= half - NEAR)
        mean_before, mean_after, pooled_sd, critical = (float(x) for x in evidence[:, row, ASIDE - 1])
        drop = float(severity[j] - severity[j + 1])
        found.append(
            Gain(
                before=int(occasion[j]),
                after=int(occasion[j + 1]),
                spoke=int(occasion[spoke]),
                ceased=int(occasion[lost[0]]) if lost.size else None,
                drop=drop,
                cut_off=asked.cut_off,
                share=drop / float(severity[j]),
                share_asked=asked.share,
                mean_before=asked.healthy_end + worse * mean_before,
                mean_after=asked.healthy_end + worse * mean_after,
                pooled_sd=pooled_sd,
                critical=critical,
                n_before=int(np.isfinite(window[:ASIDE]).sum()),
                n_after=int(np.isfinite(window[ASIDE:]).sum()),
            )
        )
    return found
