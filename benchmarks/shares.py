"""How often the intervals of theme shares hold the truth, simulated, beside the textbook's.

    python -m benchmarks.shares [--answers 1000] [--audits 400] [--sizes 50 100 200]

For each size of audit and each share of answers that raise a theme, six machines code the answers:
one that knows little, one that knows much, one that doubts, one that misses half, one that cries
wolf, and one that hardly errs. Reported are the share of audits whose 95 % interval holds the truth
(mean over machines, and the least), for the audit alone, for PPI++ with its normal interval and for
ours, and the widths as parts of the audit's own.
"""

import argparse
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.selection import audit_sample
from analysis.text.shares import theme_shares
from analysis.types import Z
from benchmarks.reporting import peak_mb, print_report

Floats = NDArray[np.float64]
SHARES = (0.02, 0.05, 0.1, 0.3, 0.5)


def main() -> None:
    """Run every cell and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--audits", type=int, default=400)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    started = time.process_time()
    generator = np.random.default_rng(arguments.seed)
    cells = [
        _cell(generator, arguments.answers, size, share, arguments.audits)
        for size in arguments.sizes
        for share in SHARES
    ]
    print_report(
        "shares",
        {
            "answers": arguments.answers,
            "audits": arguments.audits,
            "cells": cells,
            "coverage": round(float(np.mean([cell["coverage"] for cell in cells])), 4),
            "least": min(cell["least"] for cell in cells),
            "cpu_s": round(time.process_time() - started, 1),
            "peak_mb": peak_mb(),
        },
    )


def _machines(generator: np.random.Generator, truth: Floats) -> dict[str, Floats]:
    noise = generator.normal(size=len(truth))
    chance = generator.random(len(truth))

    def graded(skill: float, bias: float) -> Floats:
        odds = skill * (noise + skill * truth) - skill**2 / 2
        share = truth.mean()
        return np.asarray(1 / (1 + np.exp(-odds - np.log(bias * share / (1 - share)))))

    return {
        "knows little": graded(1.0, 1.5),
        "knows much": graded(2.5, 1.0),
        "doubts": 0.5 * graded(2.0, 1.0),
        "misses half": truth * (chance < 0.5),
        "cries wolf": np.where(chance < 0.05, 1.0, truth),
        "hardly errs": np.where(chance < 0.02, 1 - truth, truth),
    }


def _cell(
    generator: np.random.Generator, n: int, m: int, share: float, audits: int
) -> dict[str, Any]:
    truth = np.zeros(n)
    truth[: round(n * share)] = 1.0
    said = np.column_stack(list(_machines(generator, truth).values()))
    goal = truth.mean()
    held, held_alone, held_normal = (np.zeros(said.shape[1]) for _ in range(3))
    width, width_alone, width_normal = (np.zeros(said.shape[1]) for _ in range(3))
    for _ in range(audits):
        rows = np.array(audit_sample(n, m, seed=int(generator.integers(2**31))))
        codes = np.repeat(truth[rows, None], said.shape[1], axis=1)
        for place, found in enumerate(theme_shares(said, rows, codes)):
            if found.estimate is None or found.audit_alone is None:
                raise SystemExit("An audit of ten answers at least is needed.")
            ours, alone = found.estimate, found.audit_alone
            held[place] += ours.low <= goal <= ours.high
            width[place] += ours.high - ours.low
            held_alone[place] += alone.low <= goal <= alone.high
            width_alone[place] += alone.high - alone.low
            middle, half = _normal(said[:, place], rows, truth[rows])
            held_normal[place] += abs(middle - goal) <= half
            width_normal[place] += 2 * half
    return {
        "audit": m,
        "share": share,
        "audit_only": round(float(held_alone.mean() / audits), 3),
        "normal": round(float(held_normal.mean() / audits), 3),
        "normal_least": round(float(held_normal.min() / audits), 3),
        "normal_width": round(float((width_normal / width_alone).mean()), 2),
        "coverage": round(float(held.mean() / audits), 3),
        "least": round(float(held.min() / audits), 3),
        "width": round(float((width / width_alone).mean()), 2),
    }


def _normal(f: Floats, rows: NDArray[np.intp], y: Floats) -> tuple[float, float]:
    """PPI++ as published: the slope as it is, and a normal interval around the estimate."""
    m, n = len(y), len(f)
    seen = f[rows]
    spread = float(np.var(seen))
    slope = float(np.clip(np.cov(y, seen, bias=True)[0, 1] / spread, 0, 1)) if spread else 0.0
    rest = y - slope * seen
    variance = float(np.var(rest, ddof=1)) * (1 - m / n) / m
    return slope * float(f.mean()) + float(rest.mean()), Z * variance**0.5


if __name__ == "__main__":
    main()
