"""Answers in many files: each is read, encoded and held where it is; only sums of counts come together.

Embedded, the parts are read one after the other. On Dask, each worker holds a run of neighbouring parts; sums are
added in the order of the parts, so that the same parts give the same result. A worker that dies loses what it held:
Dask gives its parts to another one, which reads them anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mooring.kit.refused import Refused
from mooring.research.answers import Answers, keyed
from mooring.research.categories import categorised, coded, counted
from mooring.research.persons import Asked, Ints, Progress
from mooring.science.graded_response.acceleration import EStep
from mooring.science.graded_response.answers import patterns
from mooring.science.graded_response.expectation import Counts, Encoded, add, count, encode, threads
from mooring.science.graded_response.fit import Fit, fit_from_counts
from mooring.science.graded_response.model import MISSING
from mooring.science.graded_response.model import Answers as Steps
from mooring.science.graded_response.parameters import Parameters, start_from

if TYPE_CHECKING:
    from distributed import Client

ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": 268435456, "MALLOC_MMAP_THRESHOLD_": 268435456}
"""Of our own workers: with glibc's defaults each round gives memory back and asks for it anew: three times slower."""


def steps_of(answers: Answers) -> Iterator[Steps]:
    """Keyed answers in pieces, as steps above the lowest one, −1 for missing."""
    for judged in answers.pieces():
        values = keyed(
            judged.answers, answers.bound.items, answers.low, answers.high, already=answers.declared.already_keyed
        )
        yield coded(values, answers.low)


def part_counts(answers: Answers, most: int) -> Ints:
    """(k, most) how many chose each step, over all parts of these answers."""
    total = np.zeros((len(answers.bound.items), most), dtype=np.int64)
    for steps in steps_of(answers):
        total += counted(steps, most)
    return total


def held(answers: Answers, asked: Asked) -> list[Encoded]:
    """What the E-step needs of these answers, a piece each."""
    dimension = np.zeros(len(asked.places), dtype=np.int64) if asked.dimension is None else asked.dimension
    found = []
    for steps in steps_of(answers):
        given = categorised(steps[:, list(asked.places)], asked.categories)
        given = given[(given != MISSING).any(axis=1)]
        rows = patterns(given, np.zeros(given.shape[0], dtype=np.int64), asked.sizes)
        if given.shape[0]:
            found.append(encode(rows, asked.sizes, dimension))
    return found


def held_counts(pieces: Sequence[Encoded], parameters: Parameters) -> Counts | None:
    """Their E-step, summed in order; None where nobody answered."""
    if not pieces:
        return None
    with ThreadPoolExecutor(threads()) as pool:
        return add(count(piece, parameters, pool) for piece in pieces)


def parts_of(answers: Answers) -> list[Answers]:
    """The answers of each file by itself."""
    table = answers.table
    return [replace(answers, table=replace(table, path=part, parts=(part,))) for part in table.parts]


@dataclass(frozen=True)
class InParts:
    """Parts read here, one after the other."""

    answers: Answers
    most: int

    def counts(self) -> Ints:
        return part_counts(self.answers, self.most)

    def fit(self, asked: Asked, progress: Progress | None) -> Fit:
        pieces = [piece for part in parts_of(self.answers) for piece in held(part, asked)]

        def e_step(parameters: Parameters) -> Counts:
            return _together([held_counts(pieces, parameters)])

        return _fitted(e_step, self.counts(), asked, progress)


@dataclass(frozen=True)
class OnCluster:
    """Parts held by the workers of a Dask cluster, which must all see the files under the same path."""

    answers: Answers
    most: int
    client: Client

    def counts(self) -> Ints:
        runs = self._runs()
        futures = self.client.map(part_counts, runs, [self.most] * len(runs), pure=False)
        return np.asarray(sum(self.client.gather(futures)))  # type: ignore[no-untyped-call]

    def fit(self, asked: Asked, progress: Progress | None) -> Fit:
        runs = self._runs()
        everywhere = self.client.map(held, runs, [asked] * len(runs), pure=False)

        def e_step(parameters: Parameters) -> Counts:
            futures = [self.client.submit(held_counts, pieces, parameters, pure=False) for pieces in everywhere]
            return _together(self.client.gather(futures))  # type: ignore[no-untyped-call]

        return _fitted(e_step, self.counts(), asked, progress)

    def _runs(self) -> list[Answers]:
        """Neighbouring parts together, one run for each worker."""
        workers = max(len(self.client.scheduler_info(n_workers=-1)["workers"]), 1)
        table = self.answers.table
        runs = [list(run) for run in np.array_split(np.array(table.parts, dtype=object), workers) if len(run)]
        return [replace(self.answers, table=replace(table, path=run[0], parts=tuple(run))) for run in runs]


@contextmanager
def cluster(address: str = "", workers: int = 0) -> Iterator[Client]:
    """The cluster at an address, or that many processes of this machine on loopback.

    Raises Refused where Dask is not installed or nobody answers at the address.
    """
    option = "--cluster" if address else "--workers"
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise Refused(option, "it needs Dask", "pip install 'mooring[cluster]'.") from None
    if address:
        try:
            client = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise Refused(
                "--cluster", f"nobody answers at {address} ({error})", "Is it the scheduler's address, tcp://HOST:PORT?"
            ) from error
        with client:
            yield client
        return
    with (
        dask.config.set({f"distributed.nanny.pre-spawn-environ.{name}": value for name, value in ALLOCATOR.items()}),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as local,
        Client(local) as client,  # type: ignore[no-untyped-call]
    ):
        yield client


def spread(answers: Answers, rows: int) -> Answers:
    """Parts at even distances that hold about so many rows together; all of them if they are few."""
    table = answers.table
    total = table.rows or 0
    wanted = max(1, int(len(table.parts) * rows / max(total, 1)))
    if wanted >= len(table.parts):
        return answers
    places = np.unique(np.linspace(0, len(table.parts) - 1, wanted).astype(int))
    return replace(answers, table=replace(table, parts=tuple(table.parts[place] for place in places)))


def _fitted(e_step: EStep, counts: Ints, asked: Asked, progress: Progress | None) -> Fit:
    chosen = np.full((len(asked.places), int(asked.sizes.max())), np.nan)
    for row, (place, one) in enumerate(zip(asked.places, asked.categories, strict=True)):
        starts = [one.values.index(low) for low in one.lowest]
        width = len(one.values)
        chosen[row, : len(starts)] = np.add.reduceat(counts[place, :width], starts)
    start = start_from(chosen, dimension=asked.dimension)
    return fit_from_counts(e_step, start, progress=progress, standard_errors=asked.standard_errors)


def _together(found: Sequence[Counts | None]) -> Counts:
    some = [one for one in found if one is not None]
    if not some:
        raise Refused("the parts", "nobody answered anything", "Is it the right folder?")
    return add(some)
