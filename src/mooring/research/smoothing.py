"""Long tables smoothed: where each person's level is at every occasion, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import cells, stream
from mooring.research.score import Scorer
from mooring.research.series import Columns, Whole, in_order, starts, weeks
from mooring.research.tables import Piece
from mooring.science import panel_interval, version
from mooring.science.dynamics import assumed_dynamics, assumed_prior
from mooring.science.panel import PanelFit, Parameters, fit
from mooring.science.trajectory import Panel, trajectories

Floats = npt.NDArray[np.float64]
PEOPLE = 5000
"""So many people, evenly chosen, teach the parameters; a million would move them in the third digit."""
MADE = ("score", "se", "level", "sd")
KIND = "mooring trajectory"


class Series(NamedTuple):
    """One scale's scores of some rows."""

    score: Floats
    error: Floats


class Source(Protocol):
    """Where scores come from."""

    @property
    def columns(self) -> list[str]:
        """Of the table, that are read beside person and time."""

    @property
    def scales(self) -> list[str]:
        """Names of the series; "" where there is one without a name."""

    def scores(self, piece: Piece) -> dict[str, Series]:
        """Raises Refused for a cell that cannot be."""


@dataclass(frozen=True)
class ByKey:
    """Answers, scored by a measure's key."""

    scorer: Scorer

    @property
    def columns(self) -> list[str]:
        return list(self.scorer.answers.bound.columns)

    @property
    def scales(self) -> list[str]:
        return [scale.code for scale in self.scorer.scales]

    def scores(self, piece: Piece) -> dict[str, Series]:
        frame = self.scorer.frame(self.scorer.answers.judged(piece))
        return {code: Series(_column(frame, f"{code}_score"), _column(frame, f"{code}_se")) for code in self.scales}


@dataclass(frozen=True)
class Scored:
    """A column of scores, with their standard errors in another one or all the same."""

    score: str
    error: str | float
    missing: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        return [self.score, *([self.error] if isinstance(self.error, str) else [])]

    @property
    def scales(self) -> list[str]:
        return [""]

    def scores(self, piece: Piece) -> dict[str, Series]:
        found = cells.numbers(piece, self.score, self.missing, "scores")
        if not isinstance(self.error, str):
            return {"": Series(found, np.full(found.size, self.error))}
        errors = cells.numbers(piece, self.error, (), "standard errors")
        wrong = ~np.isnan(found) & ~(np.isfinite(errors) & (errors >= 0))
        if wrong.any():
            place = cells.place(piece, int(np.argmax(wrong)), self.error)
            raise Refused(place, "a score without a standard error", "Give one, or one number for all: --se 0.4.")
        return {"": Series(found, errors)}


@dataclass(frozen=True)
class Smoother:
    """Smooths whole people; parameters by scale."""

    source: Source
    columns: Columns
    parameters: Mapping[str, Parameters]

    def frame(self, piece: Piece) -> pl.DataFrame:
        """Person and time as they stand, and of each scale score, se, level and sd; rows in the order of the file."""
        offsets, times, order = layout(piece, self.columns)
        made = [piece.frame[self.columns.person], piece.frame[self.columns.time]]
        for scale, series in self.source.scores(piece).items():
            level, sd = self._smoothed(scale, series, offsets, times, order)
            score, error = series
            named = zip(MADE, (score, np.where(np.isnan(score), np.nan, error), level, sd), strict=True)
            made += [pl.Series(called(scale, name), column) for name, column in named]
        return pl.DataFrame(made).with_columns(pl.col(pl.Float64).fill_nan(None))

    def _smoothed(
        self,
        scale: str,
        series: Series,
        offsets: npt.NDArray[np.int64],
        times: Floats,
        order: npt.NDArray[np.int64] | None,
    ) -> tuple[Floats, Floats]:
        found = self.parameters[scale]
        rows = slice(None) if order is None else order
        panel = Panel(offsets, times[rows], series.score[rows], _errors(series)[rows])
        smoothed = trajectories(panel, found.dynamics, found.prior).smoothed
        if order is None:
            return smoothed.level, smoothed.level_sd
        level, sd = np.empty(times.size), np.empty(times.size)
        level[order], sd[order] = smoothed.level, smoothed.level_sd
        return level, sd

    def schema(self, schema: pl.Schema) -> pl.Schema:
        names = [called(scale, name) for scale in self.source.scales for name in MADE]
        beside = {name: schema[name] for name in (self.columns.person, self.columns.time)}
        return pl.Schema({**beside, **dict.fromkeys(names, pl.Float64())})


def called(scale: str, name: str) -> str:
    return f"{scale}_{name}" if scale else name


def layout(piece: Piece, columns: Columns) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.int64] | None]:
    """Where people begin (and the end), weeks of each row, and the rows in order of time if they are not."""
    offsets = np.append(starts(piece.frame[columns.person]), piece.frame.height).astype(np.int64)
    times = weeks(piece, columns)
    return offsets, times, in_order(offsets, times)


def smooth_table(whole: Whole, smoother: Smoother, out: Path, seen: Callable[[int], None] = lambda rows: None) -> int:
    """Every row into ``out``; how many. Raises Refused as the pieces do: then nothing is written."""
    stream.require_table(out)
    rows = 0

    def frames() -> Iterator[pl.DataFrame]:
        nonlocal rows
        for _, frame in stream.ahead(whole.pieces(smoother.source.columns), smoother.frame):
            rows += frame.height
            seen(frame.height)
            yield frame

    stream.write(out, smoother.schema(whole.table.schema), frames())
    return rows


class Learnt(NamedTuple):
    fit: PanelFit
    panel: Panel


def learn(whole: Whole, source: Source, columns: Columns) -> dict[str, Learnt]:
    """Maximum likelihood of each scale's parameters from at most PEOPLE people, evenly chosen over the file."""
    piece = _some(whole, source, columns)
    offsets, times, order = layout(piece, columns)
    rows = np.arange(times.size) if order is None else order
    found = {}
    for scale, series in source.scores(piece).items():
        try:
            panel = Panel(offsets, times[rows], series.score[rows], _errors(series)[rows])
            found[scale] = Learnt(fit(panel), panel)
        except ValueError as error:
            raise Refused("--fit", f"{scale or 'the score'}: {error}", "Leave --fit out, or give --model.") from None
    return found


def assumed(sd: float, mean: float) -> Parameters:
    """What is assumed of a scale before anything was fitted; see :mod:`mooring.science.dynamics`."""
    moves, prior = assumed_dynamics(sd), assumed_prior(mean, sd)
    spread = prior.sd**2, prior.slope_sd**2
    return Parameters(moves[0], moves[1], moves.occasion_sd**2, *spread, prior.mean, prior.slope_mean)


def model_text(parameters: Mapping[str, Parameters], fits: Mapping[str, Learnt]) -> str:
    """What :func:`read_model` reads, and how sure the numbers are where they were fitted."""
    scales: dict[str, dict[str, object]] = {}
    for scale, numbers in parameters.items():
        scales[scale] = {"parameters": numbers._asdict()}
        if scale in fits:
            one, panel = fits[scale]
            sure = {name: _ends(panel_interval.interval(panel, one, name)) for name in Parameters._fields}
            scales[scale] |= {"intervals_95": sure, "log_likelihood": one.log_likelihood, "persons": one.persons}
    told = {"kind": KIND, "unit": "points and weeks", "science": version.of("panel", "trajectory"), "scales": scales}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _ends(one: panel_interval.ParameterInterval) -> dict[str, float | str | None]:
    low, high = (end if np.isfinite(end) else None for end in (one.low, one.high))
    return {"low": low, "high": high, "in_words": one.words}


def read_model(path: Path, scales: list[str]) -> dict[str, Parameters]:
    """Raises Refused for another file, and for a scale that it does not have."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["kind"] != KIND:
            raise ValueError(f"it is a {told['kind']}")
        found = {name: Parameters(**one["parameters"]) for name, one in told["scales"].items()}
    except (KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        raise Refused(str(path), f"it is no model of trajectories ({error})", "Write one with --model-out.") from None
    absent = [scale for scale in scales if scale not in found]
    if absent:
        raise Refused(str(path), f"it has no “{absent[0]}”", f"It has {', '.join(found)}.")
    return {scale: found[scale] for scale in scales}


def _some(whole: Whole, source: Source, columns: Columns) -> Piece:
    """All rows of at most PEOPLE people: every k-th is kept, and k grows whenever too many are."""
    every, first = 1, 0
    kept: list[tuple[npt.NDArray[np.int64], Piece]] = []
    for piece in whole.pieces(source.columns):
        edges = np.append(starts(piece.frame[columns.person]), piece.frame.height)
        owner = first + np.repeat(np.arange(edges.size - 1), np.diff(edges))
        first += edges.size - 1
        kept.append(_every(owner, piece, every))
        while first > 2 * every * PEOPLE:
            every *= 2
            kept = [_every(owner, piece, every) for owner, piece in kept]
    numbers = np.arange(0, first, every)
    chosen = numbers[np.linspace(0, numbers.size - 1, min(PEOPLE, numbers.size)).astype(np.int64)]
    parts = [_picked(np.isin(owner, chosen), owner, piece)[1] for owner, piece in kept]
    if not parts:
        raise Refused(str(whole.table.path), "there is no row", "Is it the right file?")
    frame, places = pl.concat([one.frame for one in parts]), pl.concat([one.places for one in parts])
    return Piece(frame, places, str(whole.table.path))


def _every(owner: npt.NDArray[np.int64], piece: Piece, every: int) -> tuple[npt.NDArray[np.int64], Piece]:
    return _picked(owner % every == 0, owner, piece)


def _picked(
    kept: npt.NDArray[np.bool_], owner: npt.NDArray[np.int64], piece: Piece
) -> tuple[npt.NDArray[np.int64], Piece]:
    mask = pl.Series(kept)
    return owner[kept], Piece(piece.frame.filter(mask), piece.places.filter(mask), piece.file)


def _errors(series: Series) -> Floats:
    """Of a scale whose error is not known: none of its own; the days' variance then holds both."""
    return np.where(np.isnan(series.error) & ~np.isnan(series.score), 0.0, series.error)


def _column(frame: pl.DataFrame, name: str) -> Floats:
    return np.asarray(frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=float)
