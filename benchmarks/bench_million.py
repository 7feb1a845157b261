"""A million clients from answers to smoothed levels: Parquet in, Parquet out, by the command that anybody runs.

    python benchmarks/bench_million.py [--fit]

`mooring trajectory` on made-up answers to the eight questions of the short attachment check-in (two scales), 20
irregular occasions a client, in three sizes; each once, in a process of its own whose memory is asked of the system.
Asked: the million under 20 s and 2 GiB on two cores, time and rows in proportion.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from mooring.catalogue import load

SIZES, OCCASIONS, AT_ONCE = (100_000, 300_000, 1_000_000), 20, 50_000
ASKED_SECONDS, ASKED_GIB = 20, 2


def frames(clients: int) -> Iterator[pl.DataFrame]:
    rng, measure = np.random.default_rng(0), load("attachment")
    items = [item for item in measure.items if item.code in measure.forms["short"].items]
    for first in range(0, clients, AT_ONCE):
        n = min(AT_ONCE, clients - first)
        weeks = np.sort(rng.uniform(0, 26, (n, OCCASIONS)).astype(np.float32), axis=1)
        levels = rng.normal(4, 1, (n, 1, 2)) + np.cumsum(rng.normal(0, 0.15, (n, OCCASIONS, 2)), axis=1)
        columns = {
            "person": np.repeat(np.arange(first, first + n, dtype=np.int32), OCCASIONS),
            "week": weeks.ravel(),
        }
        for item in items:
            state = levels[:, :, 0 if item.scale == "anxiety" else 1].ravel()
            given = np.clip(np.round(state + rng.normal(0, 0.8, state.size)), item.minimum, item.maximum)
            turned = item.minimum + item.maximum - given if item.reversed else given
            columns[item.code] = turned.astype(np.int8)
        yield pl.DataFrame(columns)


def write(clients: int, path: Path) -> None:
    schema = next(frames(1)).schema
    register_io_source(lambda *_: frames(clients), schema=schema).sink_parquet(path)


def run(source: Path, target: Path, *more: str) -> tuple[float, float]:
    """Seconds and the largest memory (GiB) of the command, its start included."""
    command = [sys.executable, "-c", "from mooring.cli import main; main()", "trajectory", str(source)]
    command += ["--instrument", "attachment", "--form", "short", "--time", "week", "--out", str(target), *more]
    probe = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", probe, *command], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, int(done.stdout) / 1024**2


def main() -> None:
    more = [word for word in sys.argv[1:] if word == "--fit"]
    per_client = []
    print(f"from answers to smoothed levels, {OCCASIONS} occasions x 8 answers, two scales, Parquet to Parquet")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "answers.parquet", Path(folder) / "levels.parquet"
        write(1000, source)
        run(source, target)  # compiles
        for clients in SIZES:
            write(clients, source)
            target.unlink(missing_ok=True)
            seconds, gib = run(source, target, *more)
            rows = pl.scan_parquet(target).select(pl.len()).collect().item()
            per_client.append(seconds / clients * 1e6)
            read, wrote = (path.stat().st_size / 1e6 for path in (source, target))
            print(
                f"  {clients:9,} clients  {seconds:7.1f} s  {gib:5.2f} GiB  {rows:,} rows"
                f"  ({read:.0f} MB in, {wrote:.0f} MB out)"
            )
    print(f"  asked for the million: under {ASKED_SECONDS} s and {ASKED_GIB} GiB")
    print(f"  microseconds a client, in that order: {', '.join(f'{one:.1f}' for one in per_client)}")
    print(f"  this process itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")


if __name__ == "__main__":
    main()
