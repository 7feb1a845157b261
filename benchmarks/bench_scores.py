"""EAP scores of 50,000 persons on 18 items of 7 categories, beside girth and beside brute force in numpy.

    python benchmarks/bench_scores.py

Medians of several runs after compilation, checking of the answers and building of the tables included. Asked: at least
60 million answers scored a second. girth scores dichotomous answers only, so it is given 18 such items; numpy does the
same work as ours.
"""

from __future__ import annotations

import numpy as np
from girth import ability_eap

from mooring.science.graded_response import scores, simulate
from mooring.science.graded_response.model import Answers, Items, probabilities
from timing import median_seconds

PERSONS, ITEMS, CATEGORIES, ASKED = 50_000, 18, 7, 60


def by_numpy(items: Items, answers: Answers) -> np.ndarray:
    """Σ log P over the items, node by node; then the mean."""
    nodes = np.linspace(-6, 6, 61)
    log = np.log(probabilities(items, nodes))
    total = np.tile(-(nodes**2) / 2, (answers.shape[0], 1))
    for j in range(items.a.size):
        total += log[j].T[answers[:, j]]
    mass = np.exp(total - total.max(axis=1, keepdims=True))
    return mass @ nodes / mass.sum(axis=1)


def main() -> None:
    rng = np.random.default_rng(0)
    items = simulate.bank(ITEMS, rng, categories=CATEGORIES)
    theta = rng.normal(size=PERSONS)
    given = simulate.answers(items, theta, rng)
    two = simulate.bank(ITEMS, rng, categories=2)
    yes = simulate.answers(two, theta, rng)
    difference = np.abs(scores.eap(items, given).theta - by_numpy(items, given)).max()
    apart = np.abs(scores.eap(two, yes[:2000]).theta - girth_eap(two, yes[:2000])).max()
    ours = median_seconds(lambda: scores.eap(items, given), 51)
    dense = median_seconds(lambda: by_numpy(items, given), 3)
    peer = median_seconds(lambda: girth_eap(two, yes), 3)
    dichotomous = median_seconds(lambda: scores.eap(two, yes), 51)
    millions = PERSONS * ITEMS / 1e6
    print(f"EAP, {PERSONS:,} persons x {ITEMS} items of {CATEGORIES} categories")
    print(f"  numpy       {dense * 1e3:9.1f} ms   (median of 3)")
    print(f"  mooring     {ours * 1e3:9.2f} ms   (median of 51)")
    print(f"  ratio       {dense / ours:9.0f}")
    print(f"  answers     {millions / ours:9.0f} million a second      (asked: at least {ASKED})")
    print(f"  largest difference of a score: {difference:.1e}")
    print("the same of 2 categories")
    print(f"  girth       {peer * 1e3:9.1f} ms   (median of 3)")
    print(f"  mooring     {dichotomous * 1e3:9.2f} ms   (median of 51)")
    print(f"  ratio       {peer / dichotomous:9.0f}")
    print(f"  largest difference of a score: {apart:.1e}")
    for name, estimator in (("ML", scores.ml), ("WLE", scores.wle)):
        taken = median_seconds(lambda estimator=estimator: estimator(items, given), 5)  # type: ignore[misc]
        print(
            f"{name + ' of 7 categories':20} {taken * 1e3:9.0f} ms   ({millions / taken:.1f} million answers a second)"
        )


def girth_eap(items: Items, answers: Answers) -> np.ndarray:
    options = {"quadrature_bounds": (-6, 6), "quadrature_n": 61}
    return ability_eap(answers.T.astype(int), items.b[:, 0], items.a, options=options)


if __name__ == "__main__":
    main()
