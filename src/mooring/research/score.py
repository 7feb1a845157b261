"""Scores of every row of a table: by the key, and by the item model where there is a calibration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.catalogue import Calibration, Instrument, Item, Precision, Scale, require_fitting
from mooring.catalogue.calibrated import Ready, ready_scale
from mooring.kit.refused import Refused
from mooring.research import stream
from mooring.research.answers import Answers, Floats, Judged, keyed
from mooring.science import scales
from mooring.science.graded_response import scores

ROW = "row"
"""Column of a result that tells its row in the file, where no other column came along."""
BY_KEY = ("score", "se", "answered", "missing")
BY_MODEL = ("wle", "wle_se", "eap", "eap_se", "points", "points_se")


@dataclass
class Told:
    """What a person reads when it is done."""

    rows: int = 0
    scored: dict[str, int] = field(default_factory=dict)
    """Scale → rows with a score by the key."""
    without_error: tuple[str, ...] = ()
    """Scales whose standard error is not known."""


@dataclass(frozen=True)
class Scorer:
    """Scores rows of answers; scales of which the form asks nothing are left out."""

    instrument: Instrument
    answers: Answers
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        if self.calibration is None:
            return
        require_fitting(self.calibration, self.instrument)
        require_range(self.calibration, self.answers.other_range)

    @property
    def scales(self) -> tuple[Scale, ...]:
        asked = {item.code for item in self.answers.bound.items}
        return tuple(scale for scale in self.instrument.scales if asked & set(scale.items))

    def precision(self, scale: Scale) -> Precision | None:
        """None where the key knows no standard deviation and reliability, or the answers' range is not the key's."""
        found = self.instrument.precision(scale.code, self.answers.bound.form)
        if self.answers.other_range is not None or found is None:
            return None
        return found if found.sd is not None and found.reliability is not None else None

    def model(self, scale: Scale) -> Ready | None:
        return None if self.calibration is None else ready_scale(self.instrument, self.calibration, scale.code)

    def names(self) -> list[str]:
        """The columns of a result."""
        return [
            f"{scale.code}_{name}"
            for scale in self.scales
            for name in (*BY_KEY, *(BY_MODEL if self.model(scale) is not None else ()))
        ]

    def frame(self, judged: Judged) -> pl.DataFrame:
        """One row for each row of answers."""
        bound = self.answers.bound
        values = keyed(
            judged.answers,
            bound.items,
            self.answers.low,
            self.answers.high,
            already=self.answers.declared.already_keyed,
        )
        columns: dict[str, npt.NDArray[np.generic]] = {}
        for scale in self.scales:
            own = [place for place, item in enumerate(bound.items) if item.code in set(scale.items)]
            columns |= self._by_key(scale, values[:, own], own)
            model = self.model(scale)
            if model is not None:
                columns |= _by_model(scale, model, values[:, own], [bound.items[place] for place in own])
        return pl.DataFrame(columns).fill_nan(None)

    def _by_key(self, scale: Scale, values: Floats, own: Sequence[int]) -> dict[str, npt.NDArray[np.generic]]:
        rule = scale.missing
        found = scales.score(
            values,
            self.answers.low[own],
            self.answers.high[own],
            method=scale.score,
            least_share=rule.share if rule.kind == "share" else scales.ALL_ITEMS,
        )
        error = np.full(found.score.size, np.nan)
        precision = self.precision(scale)
        if precision is not None and precision.sd is not None and precision.reliability is not None:
            answered = found.answered if rule.widen else np.full_like(found.answered, len(own))
            error = scales.standard_error(precision.sd, precision.reliability, len(own), answered)
            error[~np.isfinite(found.score)] = np.nan
        counts = found.answered.astype(np.int16), found.missing.astype(np.int16)
        held: tuple[npt.NDArray[np.generic], ...] = (found.score, error, *counts)
        return {f"{scale.code}_{name}": column for name, column in zip(BY_KEY, held, strict=True)}


def _by_model(scale: Scale, model: Ready, values: Floats, items: Sequence[Item]) -> dict[str, npt.NDArray[np.generic]]:
    categories = model.categories(values, [item.code for item in items])
    wle, eap, points = (
        scores.wle(model.items, categories),
        scores.eap(model.items, categories),
        model.points(categories),
    )
    held = (wle.theta, wle.standard_error, eap.theta, eap.standard_error, points.score, points.se)
    return {f"{scale.code}_{name}": column for name, column in zip(BY_MODEL, held, strict=True)}


def require_range(calibration: Calibration, given: tuple[float, float] | None) -> None:
    """Raises Refused unless these answers have the range that was calibrated; none: the key's own."""
    there = None
    if calibration.minimum is not None and calibration.maximum is not None:
        there = (calibration.minimum, calibration.maximum)
    if given != there:
        mend = "Leave --range out." if there is None else f"Give --range {there[0]:g} {there[1]:g}."
        raise Refused("--calibration", "its answers had another range than these", mend)


def score_table(
    scorer: Scorer,
    out: Path,
    kept: Sequence[str],
    seen: Callable[[int], None] = lambda rows: None,
) -> Told:
    """Every row of the table scored into ``out``, CSV or Parquet by its suffix, in pieces.

    The columns ``kept`` stand before the scores; the number of the row where there is none. ``seen`` is told how many
    rows each piece had. Raises Refused for another suffix, for a kept column that is called like a score, and for
    answers that cannot be: then nothing is written.
    """
    stream.require_table(out)
    same = set(kept) & set(scorer.names())
    if same:
        raise Refused("--keep", f"a score is called “{min(same)}” too", "Name the columns to keep with --keep.")
    told = Told(without_error=tuple(s.code for s in scorer.scales if scorer.precision(s) is None))
    told.scored = dict.fromkeys((scale.code for scale in scorer.scales), 0)

    def frames() -> Iterator[pl.DataFrame]:
        for judged, scored in stream.ahead(scorer.answers.pieces(kept), scorer.frame):
            told.rows += scored.height
            for code in told.scored:
                told.scored[code] += scored.height - scored[f"{code}_score"].null_count()
            beside = judged.others if kept else judged.places.alias(ROW).to_frame()
            seen(scored.height)
            yield beside.hstack(scored)

    stream.write(out, _schema(scorer, kept), frames())
    return told


def _schema(scorer: Scorer, kept: Sequence[str]) -> pl.Schema:
    own: dict[str, pl.DataType] = {
        name: pl.Int16() if name.endswith(("_answered", "_missing")) else pl.Float64() for name in scorer.names()
    }
    beside = {name: scorer.answers.table.schema[name] for name in kept} if kept else {ROW: pl.Int64()}
    return pl.Schema({**beside, **own})
