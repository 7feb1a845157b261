"""The growth model beside lme4: 100,000 clients, 20 irregular occasions each, the same model on the same data.

    python benchmarks/bench_growth.py

y ~ x + (x | client), x = log(1 + week), REML. Ours: median of several runs after compilation; lme4: one run, the
reading of its file not counted. Asked: at least 20 times as fast, deviance within 1e-6 relative. Without R or lme4
the peer is left out with the reason, and what it took elsewhere is quoted.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from mooring.science.growth import Growth, fit
from mooring.science.trajectory import Panel

CLIENTS, OCCASIONS, ASKED = 100_000, 20, 20
QUOTED = "lme4 1.1-31 on R 4.2.2, two cores of a virtual machine, took {} in one run"
QUOTED_SECONDS = 121.6
SCRIPT = """
suppressMessages(library(lme4))
raw <- file(commandArgs(TRUE)[1], "rb")
n <- as.integer(commandArgs(TRUE)[2])
d <- data.frame(person = readBin(raw, "integer", n), x = readBin(raw, "double", n), y = readBin(raw, "double", n))
took <- system.time(m <- lmer(y ~ x + (x | person), d, REML = TRUE, control = lmerControl(calc.derivs = FALSE)))
vc <- as.data.frame(VarCorr(m))$vcov
cat(sprintf('{"seconds": %.3f, "deviance": %.10f, "beta": [%.12f, %.12f], "variances": [%.10f, %.10f, %.10f, %.10f]}',
    took[["elapsed"]], REMLcrit(m), fixef(m)[1], fixef(m)[2], vc[1], vc[3], vc[2], vc[4]))
"""


def a_panel(clients: int = CLIENTS) -> Panel:
    rng = np.random.default_rng(0)
    times = np.sort(rng.uniform(0, 26, (clients, OCCASIONS)), axis=1)
    times[:, 0] = 0
    people = rng.multivariate_normal([0, 0], [[4, -0.5], [-0.5, 0.5]], clients)
    x = np.log1p(times)
    scores = 6 - x + people[:, :1] + people[:, 1:] * x + rng.normal(0, 1, x.shape)
    return Panel(np.arange(clients + 1) * OCCASIONS, times.ravel(), scores.ravel(), np.zeros(x.size))


def median_seconds(panel: Panel, runs: int) -> tuple[float, Growth]:
    taken, found = [], fit(panel)
    for _ in range(runs):
        start = time.perf_counter()
        found = fit(panel)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), found


def why_not() -> str:
    if shutil.which("Rscript") is None:
        return "there is no Rscript"
    there = subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False)
    return "" if there.returncode == 0 else "R has no lme4"


def theirs(panel: Panel) -> dict[str, object]:
    n = panel.scores.size
    with tempfile.TemporaryDirectory() as folder:
        raw, script = Path(folder) / "panel.bin", Path(folder) / "fit.R"
        people = np.repeat(np.arange(panel.offsets.size - 1, dtype=np.int32), np.diff(panel.offsets))
        raw.write_bytes(people.tobytes() + np.log1p(panel.times).tobytes() + panel.scores.tobytes())
        script.write_text(SCRIPT, encoding="utf-8")
        done = subprocess.run(["Rscript", script, raw, str(n)], capture_output=True, check=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    panel = a_panel()
    fast, ours = median_seconds(panel, 11)
    print(f"growth model, {CLIENTS:,} clients x {OCCASIONS} irregular occasions, REML")
    print(f"  mooring     {fast:9.3f} s   (median of 11, standard errors included)")
    reason = why_not()
    if reason:
        print(f"  lme4        left out: {reason}")
        print(f"  quoted: {QUOTED.format(f'{QUOTED_SECONDS:.0f} s')}; that would be {QUOTED_SECONDS / fast:.0f} times")
        return
    peer = theirs(panel)
    slow = float(str(peer["seconds"]))
    d = ours.covariance
    mine = np.array([ours.intercept, ours.slope, d[0, 0], d[0, 1], d[1, 1], ours.residual_variance])
    other = np.array([*peer["beta"], *peer["variances"]])  # type: ignore[misc]
    apart = ours.deviance - float(str(peer["deviance"]))
    print(f"  lme4        {slow:9.1f} s   (one run)")
    print(f"  ratio       {slow / fast:9.0f}     (asked: at least {ASKED})")
    print(f"  deviance: ours {apart:+.1e} of {ours.deviance:.1f}")
    print(f"  largest relative difference of an estimate: {np.abs(mine / other - 1).max():.1e}")


if __name__ == "__main__":
    main()
