"""Calibration beside girth: the same answers in one run, in turns, medians after compilation; and a million persons.

    python benchmarks/bench_graded_response.py

Asked: 50,000 persons × 18 items × 7 categories at least 60 times as fast as girth, with a log-likelihood no lower;
5,000 persons 40 times; two dimensions, 36 items, within 0.15 of girth's time for 5,000 persons; 1,000,000 persons
within 2 GiB, time linear in persons. girth gives no standard errors, so ours are left out of the race and timed apart.
Ours shares two threads, which a busy machine does not give: the ratio of processor times stands beside.
girth's log-likelihood is taken at its estimates by our own E-step.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from girth import grm_mml

from mooring.science.graded_response import simulate
from mooring.science.graded_response.expectation import expected_counts
from mooring.science.graded_response.fit import Fit, fit
from mooring.science.graded_response.model import Items
from mooring.science.graded_response.parameters import parameters_of
from timing import median_seconds, seconds

ITEMS, CATEGORIES, GIB = 18, 7, 2**30
BANK = simulate.bank(ITEMS, np.random.default_rng(0), categories=CATEGORIES)
TWO = simulate.bank(2 * ITEMS, np.random.default_rng(1), categories=CATEGORIES, dimensions=2)


def of_one(persons: int) -> np.ndarray:
    rng = np.random.default_rng(persons)
    return simulate.answers(BANK, rng.normal(size=persons), rng)


def ours(answers: np.ndarray, standard_errors: bool = False) -> Fit:
    return fit(answers, categories=CATEGORIES, standard_errors=standard_errors)


def theirs(answers: np.ndarray) -> Items:
    found = grm_mml(answers.T.astype(int) + 1)
    return Items(found["Discrimination"], found["Difficulty"], np.zeros(ITEMS, dtype=np.int64))


def processor_seconds(work: Callable[[], object]) -> float:
    """Of all threads: what is left of the ratio where the cores are busy."""
    start = time.process_time()
    work()
    return time.process_time() - start


def beside_girth(persons: int, asked: int, runs: int) -> float:
    answers = of_one(persons)
    found, peer = ours(answers), theirs(answers)
    worked = [processor_seconds(lambda: theirs(answers)), *(processor_seconds(lambda: ours(answers)) for _ in range(5))]
    pairs = [(seconds(lambda: theirs(answers), 1), seconds(lambda: ours(answers), 5)) for _ in range(runs)]
    slow, fast = (statistics.median([one for taken in column for one in taken]) for column in zip(*pairs, strict=True))
    whole = median_seconds(lambda: ours(answers, standard_errors=True), 3)
    at_peer = expected_counts(answers, parameters_of(peer)).log_likelihood
    print(f"graded response, {ITEMS} x {CATEGORIES}, N = {persons:,}")
    print(f"  girth       {slow * 1e3:9.1f} ms   (median of {runs})")
    print(f"  mooring     {fast * 1e3:9.1f} ms   (median of {5 * runs}, {found.iterations} iterations)")
    print(f"  ratio       {slow / fast:9.0f}      (asked: at least {asked})")
    print(f"  ratio of processor times {worked[0] / statistics.median(worked[1:]):.0f}")
    print(f"  with standard errors {whole * 1e3:.0f} ms (girth has none)")
    print(f"  log-likelihood {found.log_likelihood:.4f}, at girth's estimates {at_peer:.4f}: {_higher(found, at_peer)}")
    return slow


def _higher(found: Fit, at_peer: float) -> str:
    return f"ours is {found.log_likelihood - at_peer:+.4f}"


def two_dimensions(girth_seconds: float) -> None:
    rng = np.random.default_rng(2)
    theta = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 5_000)
    answers = simulate.answers(TWO, theta, rng)

    def work() -> Fit:
        return fit(answers, categories=CATEGORIES, dimension=TWO.dimension, standard_errors=False)

    found = work()
    taken = median_seconds(work, 11)
    print(f"two dimensions, {2 * ITEMS} x {CATEGORIES}, N = 5,000")
    print(f"  mooring     {taken * 1e3:9.1f} ms   (median of 11, {found.iterations} iterations)")
    print(f"  of one girth run of one dimension {taken / girth_seconds:.3f} (asked: at most 0.15)")
    print(f"  correlation {found.correlation:.3f}, true 0.4")


def growth() -> None:
    """Each size in a process of its own, answers drawn in pieces, so that the peak is the calibration's."""
    print(f"growth, {ITEMS} x {CATEGORIES}: each in a process of its own, median of 3")
    for persons in (250_000, 500_000, 1_000_000):
        done = subprocess.run([sys.executable, __file__, str(persons)], capture_output=True, check=True, text=True)
        took, peak, before, iterations = done.stdout.split()
        print(
            f"  N = {persons:>9,}  {float(took):6.2f} s  {float(took) / persons * 1e6:5.2f} µs a person"
            f"  peak {int(peak) / GIB:.2f} GiB ({int(before) / GIB:.2f} before the fit)  {iterations} iterations"
        )
    print("  asked: 1,000,000 within 2 GiB, linear")


def one_size(persons: int) -> None:
    import resource

    def peak() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    rng = np.random.default_rng(persons)
    answers = np.empty((persons, ITEMS), dtype=np.int8)
    for first in range(0, persons, 50_000):
        answers[first : first + 50_000] = simulate.answers(BANK, rng.normal(size=50_000), rng)
    ours(answers[:20_000])
    before = peak()
    print(median_seconds(lambda: ours(answers), 3), peak(), before, ours(answers).iterations)


def main() -> None:
    small = beside_girth(5_000, 40, 5)
    beside_girth(50_000, 60, 3)
    two_dimensions(small)
    growth()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one_size(int(sys.argv[1]))
    else:
        main()
