"""How often the intervals hold what is true: plausible ranks and bootstrap scores, simulated.

    python -m benchmarks.coverage [--runs 1000] [--ballots 400] [--items 6]

Every design draws a population's orders many times: equal, nearly equal and spread items; all
alike, or in two groups weighted to equal shares, or in organisations that vote alike. Reported
are the share of runs in which ALL true ranks lie within their sets (at least 0.93 is asked for),
the mean width of the sets, and both for the naive percentile bootstrap of ranks, which fails;
and the share of true mean positions within bootstrap intervals (0.93 to 0.97), weighted anew in
every replicate.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.choice.ballots import ballots_from_positions
from analysis.choice.bootstrap import bootstrap_scores
from analysis.choice.rank_sets import simultaneous_rank_sets
from analysis.choice.tally import tally
from benchmarks.reporting import peak_mb, print_report

Floats = NDArray[np.float64]
WORTHS: dict[str, Callable[[int], Floats]] = {
    "equal": np.zeros,
    "near_equal": lambda m: np.where(np.arange(m) < m // 2, 0.1, 0.0),
    "spread": lambda m: np.linspace(1.0, 0.0, m),
}
SHAPES = ("plain", "weighted", "clustered")
#: Group 0 holds four of five ballots and counts half; it also likes the last item more.
SHARE_OF_LARGE = 0.8
SIZE_OF_CLUSTER = 4
#: Items closer than this, in places, count as equal: any order of them is true.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Sample:
    """Ballots with what the estimate needs."""

    positions: Floats
    weights: Floats
    clusters: NDArray[np.int64] | None
    group: NDArray[np.int64]


def main() -> None:
    """Run every design and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--ballots", type=int, default=400)
    parser.add_argument("--items", type=int, default=6)
    parser.add_argument("--replicates", type=int, default=300)
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args()
    started = time.process_time()
    designs = {
        f"{worth}/{shape}": _design(worth, shape, arguments) for worth in WORTHS for shape in SHAPES
    }
    print_report(
        "coverage",
        {
            **vars(arguments),
            "designs": designs,
            "least_simultaneous": min(d["rank_sets"]["coverage"] for d in designs.values()),
            "bootstrap_scores": [
                min(d["bootstrap_scores"] for d in designs.values()),
                max(d["bootstrap_scores"] for d in designs.values()),
            ],
            "cpu_seconds": round(time.process_time() - started, 1),
            "peak_mb": peak_mb(),
        },
    )


def _draw(generator: np.random.Generator, n: int, worth: Floats, shape: str) -> Sample:
    """Orders of noisy worths. Group 1 holds the opposite liking for the last two items."""
    group = (generator.random(n) >= SHARE_OF_LARGE).astype(np.int64)
    liking = np.tile(worth, (n, 1))
    clusters = None
    if shape == "weighted":
        # Both groups differ by as much from the middle, so that equal shares bring it back.
        side = np.where(group == 0, 0.4, -0.4)
        liking[:, 0] += side
        liking[:, 1] -= side
    if shape == "clustered":
        clusters = np.arange(n) // SIZE_OF_CLUSTER
        liking += generator.normal(scale=0.8, size=(clusters[-1] + 1, len(worth)))[clusters]
    noise = generator.gumbel(size=liking.shape)
    places = np.argsort(np.argsort(-(liking + noise), axis=1), axis=1)
    positions: Floats = places.astype(np.float64) + 1.0
    return Sample(positions, _weights(group, np.ones(n), shape), clusters, group)


def _weights(group: NDArray[np.int64], counts: Floats, shape: str) -> Floats:
    if shape != "weighted":
        return counts
    sums = np.bincount(group, counts, 2)
    return np.asarray(counts * (0.5 / np.maximum(sums, 1e-12))[group])


def _truth(worth: Floats, shape: str, seed: int) -> Floats:
    """Mean positions in the population; items alike by construction get exactly one value."""
    generator = np.random.default_rng(seed)
    sample = _draw(generator, 400_000, worth, shape)
    means = np.average(sample.positions, axis=0, weights=sample.weights)
    # What the weighted design shifts is alike again only within the pair that it shifts.
    kinds = np.round(worth, 9) * 10
    if shape == "weighted":
        kinds = kinds + np.where(np.arange(len(worth)) < 2, 0.5, 0.0)
    for kind in np.unique(kinds):
        means[kinds == kind] = means[kinds == kind].mean()
    return np.asarray(means)


def _design(worth_name: str, shape: str, arguments: argparse.Namespace) -> dict[str, Any]:
    worth = WORTHS[worth_name](arguments.items)
    truth = _truth(worth, shape, arguments.seed)
    lowest = 1 + (truth[:, None] > truth[None, :] + EQUAL).sum(axis=1)
    highest = len(truth) - (truth[:, None] < truth[None, :] - EQUAL).sum(axis=1)
    generator = np.random.default_rng(arguments.seed + 1)
    kept = {"sets": 0, "naive": 0, "inside": 0}
    widths = {"sets": 0.0, "naive": 0.0}
    for run in range(arguments.runs):
        sample = _draw(generator, arguments.ballots, worth, shape)
        counted = tally(
            ballots_from_positions(sample.positions), sample.weights, clusters=sample.clusters
        ).of()
        sets = simultaneous_rank_sets(
            -counted.means(),
            counted.covariance(),
            seed=run,
            draws=arguments.draws,
            degrees=counted.degrees(),
        )
        kept["sets"] += int(np.all((sets.best <= lowest) & (sets.worst >= highest)))
        widths["sets"] += float((sets.worst - sets.best + 1).mean())
        low, high = _naive(sample, shape, run, arguments.replicates)
        kept["naive"] += int(np.all((low <= lowest) & (high >= highest)))
        widths["naive"] += float((high - low + 1).mean())
        found = bootstrap_scores(
            sample.positions,
            k=1,
            seed=run,
            clusters=sample.clusters,
            replicates=arguments.replicates,
            reweight=lambda counts, own=sample: _weights(own.group, counts, shape),  # type: ignore[misc]  # mypy reads no type from a default
        )
        kept["inside"] += int(((found.low <= truth) & (truth <= found.high)).sum())
    runs = arguments.runs
    return {
        "rank_sets": {
            "coverage": round(kept["sets"] / runs, 4),
            "width": round(widths["sets"] / runs, 2),
        },
        "naive_bootstrap": {
            "coverage": round(kept["naive"] / runs, 4),
            "width": round(widths["naive"] / runs, 2),
        },
        "bootstrap_scores": round(kept["inside"] / (runs * len(truth)), 4),
    }


def _naive(
    sample: Sample, shape: str, seed: int, replicates: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Percentiles of ranks over replicates: what must not be done, for comparison."""
    generator = np.random.default_rng(seed)
    n = len(sample.positions)
    unit = np.arange(n) if sample.clusters is None else sample.clusters
    c = int(unit[-1]) + 1
    counts = generator.multinomial(c, np.full(c, 1.0 / c), size=replicates)[:, unit]
    weights = np.array([_weights(sample.group, row.astype(float), shape) for row in counts])
    means = (weights @ sample.positions) / weights.sum(axis=1)[:, None]
    ranks = 1 + (means[:, None, :] < means[:, :, None]).sum(axis=2)
    return (
        np.quantile(ranks, 0.025, axis=0, method="lower"),
        np.quantile(ranks, 0.975, axis=0, method="higher"),
    )


if __name__ == "__main__":
    main()
