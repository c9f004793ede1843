"""How often intervals of theme shares hold the truth where the audit drew people, simulated.

    python -m benchmarks.shares_of_people [--people 500] [--audits 200] [--drawn 15 30 60 120]

People give one answer or several, and who raises a theme once tends to raise it again: not at all,
somewhat, or always (the intra-class correlation). Some crowds are even, in some a few people give
very many. Three machines code the answers: one knows little, one much, one hardly errs. For each
number of people drawn are reported the share of audits whose 95 % interval holds the truth (mean
over cells, and the least) and the mean width: counting people, as the product does, and as if each
answer had been drawn by itself.
"""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.shares import theme_shares
from benchmarks.reporting import peak_mb, print_report

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
SHARES = (0.03, 0.1, 0.35)
LIKENESS = (0.0, 0.3, 0.6, 0.999)
CROWDS = ("even", "one to five", "a few give many")


def main() -> None:
    """Run every cell and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--audits", type=int, default=200)
    parser.add_argument("--drawn", type=int, nargs="+", default=[15, 30, 60, 120])
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    started = time.process_time()
    generator = np.random.default_rng(arguments.seed)
    cells: dict[int, list[dict[str, float]]] = {k: [] for k in arguments.drawn}
    for owners, truth, said in _consultations(generator, arguments.people):
        for k, found in cells.items():
            found.append(_cell(generator, owners, truth, said, k, arguments.audits))
    print_report(
        "shares_of_people",
        {
            "people": arguments.people,
            "audits": arguments.audits,
            "drawn": {k: _summary(found) for k, found in cells.items()},
            "cpu_s": round(time.process_time() - started, 1),
            "peak_mb": peak_mb(),
        },
    )


def _consultations(generator: np.random.Generator, n: int) -> Iterator[tuple[Rows, Floats, Floats]]:
    for crowd in CROWDS:
        many = np.where(generator.random(n) < 0.05, generator.integers(5, 20, n), 0)
        counts = {
            "even": np.full(n, 3),
            "one to five": generator.integers(1, 6, n),
            "a few give many": generator.geometric(0.35, n) + many,
        }[crowd]
        owners = np.repeat(np.arange(n), counts)
        for likeness in LIKENESS:
            for share in SHARES:
                leaning = np.full(n, share)
                if likeness:
                    rest = (1 - likeness) / likeness
                    leaning = generator.beta(share * rest, (1 - share) * rest, n)
                truth = (generator.random(len(owners)) < leaning[owners]).astype(np.float64)
                yield owners, truth, _machines(generator, truth, share)


def _machines(generator: np.random.Generator, truth: Floats, share: float) -> Floats:
    noise = generator.normal(size=len(truth))

    def graded(skill: float, bias: float) -> Floats:
        odds = skill * (noise + skill * truth) - skill**2 / 2
        return np.asarray(1 / (1 + np.exp(-odds - np.log(bias * share / (1 - share)))))

    slips = np.where(generator.random(len(truth)) < 0.02, 1 - truth, truth)
    return np.column_stack([graded(1.0, 1.5), graded(2.5, 1.0), slips])


def _cell(
    generator: np.random.Generator, owners: Rows, truth: Floats, said: Floats, k: int, audits: int
) -> dict[str, float]:
    goal, people = truth.mean(), int(owners.max()) + 1
    sums = dict.fromkeys(("people", "people_width", "alone", "answers", "answers_width"), 0.0)
    for _ in range(audits):
        rows = np.flatnonzero(np.isin(owners, generator.permutation(people)[:k]))
        codes = np.repeat(truth[rows, None], said.shape[1], axis=1)
        for name, clusters in (("people", owners), ("answers", None)):
            for found in theme_shares(said, rows, codes, clusters=clusters):
                if found.estimate is None or found.audit_alone is None:
                    raise SystemExit("Draw ten people at least: --drawn 15 30 60 120")
                ours, alone = found.estimate, found.audit_alone
                sums[name] += ours.low <= goal <= ours.high
                sums[f"{name}_width"] += ours.high - ours.low
                if clusters is not None:
                    sums["alone"] += alone.low <= goal <= alone.high
    return {name: value / audits / said.shape[1] for name, value in sums.items()}


def _summary(cells: list[dict[str, float]]) -> dict[str, Any]:
    table = {name: np.array([cell[name] for cell in cells]) for name in cells[0]}
    return {
        "coverage": round(float(table["people"].mean()), 3),
        "least": round(float(table["people"].min()), 3),
        "width": round(float(table["people_width"].mean()), 3),
        "audit_only": round(float(table["alone"].mean()), 3),
        "by_answer": round(float(table["answers"].mean()), 3),
        "by_answer_least": round(float(table["answers"].min()), 3),
        "by_answer_width": round(float(table["answers_width"].mean()), 3),
    }


if __name__ == "__main__":
    main()
