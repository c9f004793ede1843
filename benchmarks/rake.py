"""Raking at the size of a country: capped weights over several margins.

    python -m benchmarks.rake --rows 1000000 --margins 3
    python -m benchmarks.rake --file FILE.csv --by region --by sector

With a file, its named columns are the margins (an empty cell is "unknown") and every group is to
have an equal share. One JSON line: seconds to lay the shares beside the rows, to rake, in all.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from analysis.weighting.margins import margin
from analysis.weighting.raking import CAPS, rake
from benchmarks.reporting import peak_mb, print_report

SIZES = (6, 9, 2, 22, 4, 12)


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--margins", type=int, default=3, choices=range(1, len(SIZES) + 1))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--by", action="append", default=[])
    arguments = parser.parse_args()
    columns = (
        _read(arguments.file, arguments.by)
        if arguments.file
        else _invent(arguments.rows, arguments.margins, arguments.seed)
    )
    started, cpu = time.perf_counter(), time.process_time()
    margins = [
        margin(name, values, dict.fromkeys(sorted({v for v in values if v is not None}), 1.0))
        for name, values in columns.items()
    ]
    laid = time.perf_counter() - started
    found = rake(margins, caps=CAPS)
    print_report(
        "rake",
        {
            "rows": len(found.values),
            "margins": len(margins),
            "groups": [len(row.keys) for row in margins],
            "caps": CAPS,
            "cells": len(found.factors),
            "seconds": round(time.perf_counter() - started, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
            "stages": {
                "lay_shares": round(laid, 3),
                "rake": round(time.perf_counter() - started - laid, 3),
            },
            "effective_n": round(found.effective_n, 1),
            "trimmed": round(found.trimmed, 4),
            "residual": found.residual,
            "shortfalls": len(found.shortfalls),
            "peak_mb": peak_mb(),
        },
    )


def _invent(rows: int, count: int, seed: int) -> dict[str, list[str | None]]:
    """Synthetic respondents: uneven groups, a twentieth of each dimension unknown."""
    random = np.random.default_rng(seed)
    found: dict[str, list[str | None]] = {}
    for place, size in enumerate(SIZES[:count]):
        shares = random.dirichlet(np.full(size, 3.0)) * 0.95
        names = np.array([f"g{group}" for group in range(size)] + [None], dtype=object)
        codes = random.choice(size + 1, rows, p=[*shares, 1 - shares.sum()])
        found[f"m{place + 1}"] = names[codes].tolist()
    return found


def _read(file: Path, by: list[str]) -> dict[str, list[str | None]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {name: [row[name] or None for row in rows] for name in by}


if __name__ == "__main__":
    main()
