"""Expected courses out of a long table, and as a table or a document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from mooring.kit.refused import Refused
from mooring.research import cells
from mooring.research.series import Whole, in_order, starts, weeks
from mooring.research.smoothing import Source
from mooring.research.stream import ahead
from mooring.research.tables import Piece
from mooring.research.whole import written_whole
from mooring.science import growth, version
from mooring.science.growth import Courses, Growth, Method
from mooring.science.trajectory import Panel

Floats = npt.NDArray[np.float64]
SUFFIXES = (".json", ".csv")
POINTS = 27
"""Of a drawn course, evenly spread in log time from the start to the end."""


class Gathered(NamedTuple):
    panel: Panel
    """Times count from each person's first answer."""
    closed: npt.NDArray[np.bool_]


class Asked(NamedTuple):
    """How courses are fitted and told."""

    edges: tuple[float, ...] | None
    bands: int
    """Of equally many people, where no edges are given."""
    method: Method
    content: float
    confidence: float
    least: int


def gather(whole: Whole, source: Source, closed: str = "") -> Gathered:
    """Every person's scores in memory, 24 bytes an occasion. Raises Refused as the pieces do."""
    columns = [*source.columns, *([closed] if closed else [])]

    def read(piece: Piece) -> tuple[npt.NDArray[np.int64], Floats, Floats, npt.NDArray[np.bool_]]:
        edges = np.append(starts(piece.frame[whole.columns.person]), piece.frame.height).astype(np.int64)
        times, (series,) = weeks(piece, whole.columns), source.scores(piece).values()
        order = in_order(edges, times)
        score = series.score
        if order is not None:
            times, score = times[order], score[order]
        done = np.ones(edges.size - 1, dtype=bool)
        if closed:
            done = np.minimum.reduceat(_yes(piece, closed).astype(np.int8), edges[:-1]) > 0
        return np.diff(edges), _since_first(edges, times, score), score, done

    parts = [made for _, made in ahead(whole.pieces(columns), read)]
    sizes, times, scores, done = (np.concatenate([part[place] for part in parts]) for place in range(4))
    panel = Panel(np.append(0, np.cumsum(sizes)), times, scores, np.zeros(times.size))
    return Gathered(panel, done)


def learn(gathered: Gathered, asked: Asked) -> Courses:
    """Raises Refused where no band has enough people."""
    panel, closed = gathered
    if asked.edges is not None:
        edges: Sequence[float] = asked.edges
    else:
        first = growth.intakes(panel)[closed]
        first = first[~np.isnan(first)]
        edges = np.unique(np.quantile(first, np.arange(1, asked.bands) / asked.bands)).tolist() if first.size else []
    courses = growth.learn(panel, edges, closed=closed, method=asked.method, least=asked.least)
    if not any(courses.bands):
        raise Refused("the bands", f"none has {asked.least} people whose course can be told", "Take fewer bands.")
    return courses


def table(courses: Courses, asked: Asked) -> pl.DataFrame:
    """One row a band and time: expected score, its error, tolerance and prediction limits."""
    frames = []
    for band, course in enumerate(courses.bands):
        if course is None:
            continue
        times = np.expm1(np.linspace(0, np.log1p(course.until), POINTS))
        times[-1] = course.until
        low, high = _ends(courses, band)
        sure = growth.tolerance_limits(course, times, asked.content, asked.confidence)
        single = growth.prediction_limits(course, times)
        columns = {
            "time": times,
            "expected": sure.expected,
            "se": sure.error,
            "low": sure.low,
            "high": sure.high,
            "low_95": single.low,
            "high_95": single.high,
        }
        head = [
            pl.lit(band + 1).alias("band"),
            _lit(low, "from"),
            _lit(high, "to"),
            pl.lit(course.clients).alias("clients"),
        ]
        frames.append(pl.DataFrame(columns).select(*head, pl.all()))
    return pl.concat(frames)


def write(courses: Courses, asked: Asked, unit: str, out: Path) -> None:
    with written_whole(out) as part:
        if out.suffix.lower() == ".csv":
            table(courses, asked).write_csv(part)
        else:
            part.write_text(json.dumps(_document(courses, asked, unit), indent=1) + "\n", encoding="utf-8")


def _document(courses: Courses, asked: Asked, unit: str) -> dict[str, object]:
    curves = table(courses, asked)
    bands = []
    for band, course in enumerate(courses.bands):
        low, high = _ends(courses, band)
        told: dict[str, object] = {"band": band + 1, "from": low, "to": high}
        if course is not None:
            curve = curves.filter(pl.col("band") == band + 1).drop("band", "from", "to", "clients")
            told |= {**_numbers(course), "curve": curve.to_dicts()}
        bands.append(told)
    return {
        "kind": "mooring growth",
        "model": "score = b0 + b1 log(1 + time) + person's own intercept and slope + error",
        "method": asked.method,
        "unit": unit,
        "limits": {"content": asked.content, "confidence": asked.confidence},
        "science": version.of("growth"),
        "bands": bands,
    }


def _numbers(course: Growth) -> dict[str, object]:
    d = course.covariance
    return {
        "clients": course.clients,
        "answers": course.answers,
        "until": course.until,
        "intercept": course.intercept,
        "slope": course.slope,
        "intercept_se": float(course.fixed_covariance[0, 0] ** 0.5),
        "slope_se": float(course.fixed_covariance[1, 1] ** 0.5),
        "intercept_variance": float(d[0, 0]),
        "covariance": float(d[0, 1]),
        "slope_variance": float(d[1, 1]),
        "residual_variance": course.residual_variance,
        "deviance": course.deviance,
    }


def _ends(courses: Courses, band: int) -> tuple[float | None, float | None]:
    """From which score at intake, up to which; None where there is no end."""
    edges = [None, *courses.edges.tolist(), None]
    return edges[band], edges[band + 1]


def _lit(value: float | None, name: str) -> pl.Expr:
    return pl.lit(value, dtype=pl.Float64).alias(name)


def _since_first(edges: npt.NDArray[np.int64], times: Floats, scores: Floats) -> Floats:
    """Times from each person's first answer; rows before it, which hold no answer, count from there too: 0."""
    first = np.minimum.reduceat(np.where(np.isnan(scores), np.inf, times), edges[:-1])
    since = times - np.repeat(np.where(np.isfinite(first), first, times[edges[:-1]]), np.diff(edges))
    return np.asarray(np.maximum(since, 0.0), dtype=float)


def _yes(piece: Piece, name: str) -> npt.NDArray[np.bool_]:
    cell = piece.frame[name]
    if cell.dtype == pl.Boolean:
        return np.asarray(cell.fill_null(False).to_numpy(), dtype=bool)
    found = cells.numbers(piece, name, (), "1 for closed, 0 for open")
    return np.asarray(np.nan_to_num(found) > 0, dtype=bool)


def require_document(out: Path) -> None:
    """Raises Refused for a suffix that is neither."""
    if out.suffix.lower() not in SUFFIXES:
        raise Refused("--out", f"“{out.suffix}” is not what courses are written in", "Name it with .json or .csv.")
