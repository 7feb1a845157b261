"""How long something takes, for every benchmark alike."""

import statistics
import time
from collections.abc import Callable


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median of so many runs, by the wall clock."""
    return statistics.median(seconds(work, runs))


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Each of so many runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken
