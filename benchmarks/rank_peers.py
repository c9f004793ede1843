"""Orders by other libraries, in an environment of their own; started by `benchmarks.rank`.

    PYTHON benchmarks/rank_peers.py RANKS.npy

Needs numpy, choix and pref_voting, and nothing of ours.
"""

import importlib
import importlib.util
import json
import sys
import time
from typing import Any

import numpy as np


def main() -> None:
    """Print seconds and the first item by library, or why there is none."""
    ranks = np.load(sys.argv[1])
    found: dict[str, Any] = {}
    for name, work in (("choix", _choix), ("pref_voting", _pref_voting)):
        if importlib.util.find_spec(name) is None:
            found[name] = "not installed"
            continue
        started = time.perf_counter(), time.process_time()
        try:
            first = work(ranks)
        except (MemoryError, RecursionError, ValueError, RuntimeError) as error:
            found[name] = f"did not finish: {type(error).__name__}"
            continue
        found[name] = {
            "seconds": round(time.perf_counter() - started[0], 2),
            "cpu_seconds": round(time.process_time() - started[1], 2),
            "first": first,
        }
    print(json.dumps(found))


def _choix(ranks: Any) -> int:
    """Plackett-Luce; it knows no ties, so that equal ranks stand in the order of items."""
    choix = importlib.import_module("choix")
    orders = [
        [int(item) for item in np.argsort(row, kind="stable") if not np.isnan(row[item])]
        for row in ranks
    ]
    kept = [order for order in orders if len(order) > 1]
    return int(np.argmax(choix.ilsr_rankings(ranks.shape[1], kept, alpha=0.01)))


def _pref_voting(ranks: Any) -> int:
    """Schulze's rule on a profile with ties."""
    profiles = importlib.import_module("pref_voting.profiles_with_ties")
    methods = importlib.import_module("pref_voting.margin_based_methods")
    rows = [
        {item: int(rank) for item, rank in enumerate(row) if not np.isnan(rank)} for row in ranks
    ]
    profile = profiles.ProfileWithTies(
        [row for row in rows if row], candidates=list(range(ranks.shape[1]))
    )
    profile.use_extended_strict_preference()
    return int(methods.beat_path(profile)[0])


if __name__ == "__main__":
    main()
