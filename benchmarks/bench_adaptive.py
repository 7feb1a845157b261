"""A step of an adaptive check-in beside catsim: the same answers, the same estimator, the same selector, in one run.

    python benchmarks/bench_adaptive.py

A step finds the maximum of the likelihood of the answers so far and the item that tells most there: ours by the public
next_item, under a flat prior, theirs by NumericalSearchEstimator (its default, bounded) and MaxInfoSelector.
Dichotomous banks, 20 steps a client, medians over all steps after compilation. Asked: at least 100 times as fast on 36
items, 20 times on 500.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank
from catsim.selection import MaxInfoSelector

from mooring.science import adaptive
from mooring.science.graded_response import simulate
from mooring.science.graded_response.model import Answers, Items
from mooring.science.graded_response.scores import Normal

CLIENTS, STEPS = 40, 20
FLAT = Normal(0.0, float("inf"))
RULES = adaptive.Rules(most=STEPS + 1, error=1e-9)


def check_ins(items: Items, bank: adaptive.Bank) -> list[tuple[Answers, list[int], list[bool]]]:
    """Every state in which a step is taken: answers, items asked in order, their answers; none one-sided."""
    rng = np.random.default_rng(0)
    states = []
    for whole in simulate.answers(items, rng.normal(size=CLIENTS), rng):
        given, asked = np.full(whole.size, -1, dtype=np.int8), []
        for _ in range(STEPS):
            item = adaptive.next_item(bank, given, RULES, Normal()).item
            assert item is not None
            given[item] = whole[item]
            asked.append(item)
            said = [bool(whole[i]) for i in asked]
            if len(set(said)) == 2:  # with all answers alike there is no maximum: each program has its own way out
                states.append((given.copy(), list(asked), said))
    return states


def measure(size: int, asked_for: int) -> None:
    items = simulate.bank(size, np.random.default_rng(1), categories=2, centre_sd=1.0)
    bank = adaptive.calibrated(items)
    columns = np.column_stack([items.a, items.b[:, 0], np.zeros(size), np.ones(size)])
    peer_bank, estimator, selector = ItemBank(columns), NumericalSearchEstimator(), MaxInfoSelector()
    ours, theirs, same, apart = [], [], [], []
    for given, asked, said in check_ins(items, bank):
        start = time.perf_counter()
        theta = estimator.estimate(item_bank=peer_bank, administered_items=asked, response_vector=said, est_theta=0.0)
        item = selector.select(item_bank=peer_bank, administered_items=asked, est_theta=theta)
        theirs.append(time.perf_counter() - start)
        repeated = []
        for _ in range(5):
            start = time.perf_counter()
            choice = adaptive.next_item(bank, given, RULES, FLAT)
            repeated.append(time.perf_counter() - start)
        ours.append(statistics.median(repeated))
        same.append(choice.item == item)
        apart.append(abs(choice.theta - theta))
    slow, fast = statistics.median(theirs), statistics.median(ours)
    print(f"adaptive step, bank of {size} dichotomous items ({len(ours)} steps of {CLIENTS} clients)")
    print(f"  catsim      {slow * 1e6:9.1f} us   (median)")
    print(f"  mooring     {fast * 1e6:9.2f} us   (median)")
    print(f"  ratio       {slow / fast:9.0f}      (asked: at least {asked_for})")
    print(f"  same item chosen in {sum(same) / len(same):.1%}; largest difference of an estimate {max(apart):.1e}")


def main() -> None:
    measure(36, 100)
    measure(500, 20)


if __name__ == "__main__":
    main()
