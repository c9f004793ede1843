"""Ballots counted, ordered by every rule, with plausible ranks, by region and sector, weighted.

    python -m benchmarks.rank --ballots 1000000 --items 12
    python -m benchmarks.rank --file BALLOTS.soi [--unranked missing]
    python -m benchmarks.rank --ballots 10000 --items 12 --peers PYTHON

Ballots are made up (synthetic): partial orders with ties, from six regions and eight sectors
drawn at random. FILE is a PrefLib order (soc, soi, toc, toi) or a table of ranks (csv, tsv); its regions,
sectors and weights are made up. PYTHON is the interpreter of an environment with choix and
pref_voting, which are timed beside.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.choice.ballots import Ballots, Unranked, ballots_from_ranks
from analysis.choice.bradley_terry import bradley_terry
from analysis.choice.formats import read_ballots
from analysis.choice.proportional import (
    bloc_shares,
    equal_shares,
    most_approved,
    pav_score,
    profiles_from_ballots,
    sequential_phragmen,
)
from analysis.choice.rank import Ranking, rank_tally
from analysis.choice.rank_sets import decided, marginal_rank_sets
from analysis.choice.reversals import leave_one_out, reversals
from analysis.choice.rules import Rules, all_rules, disagreements
from analysis.choice.tally import Tallies, tally
from analysis.errors import TooFewAnswers
from benchmarks.reporting import peak_mb, print_report

Floats = NDArray[np.float64]
T = TypeVar("T")
REGIONS, SECTORS, PLACES = 6, 8, 5
#: Draws for the plausible ranks of groups; the headline takes all of them.
GROUP_DRAWS = 2_000


@dataclass(slots=True)
class Clock:
    """Seconds by stage, on the wall and of the processor."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def time(self, stage: str, work: Callable[[], T]) -> T:
        wall, cpu = time.perf_counter(), time.process_time()
        found = work()
        self.wall[stage] = round(time.perf_counter() - wall, 4)
        self.cpu[stage] = round(time.process_time() - cpu, 4)
        return found


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=12)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--unranked", choices=[rule.value for rule in Unranked], default="last")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peers", metavar="PYTHON")
    arguments = parser.parse_args()
    generator = np.random.default_rng(arguments.seed)
    ranks: NDArray[Any]
    if arguments.file:
        ranks, names = _from_file(arguments.file)
    else:
        ranks = made_up(generator, arguments.ballots, arguments.items)
        names = [f"item {number + 1}" for number in range(arguments.items)]
    before = peak_mb()
    clock = Clock()
    figures = run(ranks, names, Unranked(arguments.unranked), generator, clock)
    peak = peak_mb()
    print_report(
        "rank",
        {
            "ballots": len(ranks),
            "items": len(names),
            "unranked": arguments.unranked,
            "seconds": round(sum(clock.wall.values()), 3),
            "cpu_seconds": round(sum(clock.cpu.values()), 3),
            "peak_mb": peak,
            "peak_mb_before": before,
            "stages": clock.wall,
            **figures,
            **({"peers": _peers(arguments.peers, ranks)} if arguments.peers else {}),
        },
    )


def made_up(generator: np.random.Generator, n: int, m: int) -> NDArray[np.float32]:
    """Orders from noisy worths: four in ten stop after five, one in five ties neighbours."""
    worth = np.linspace(0, 1.5, m, dtype=np.float32)[generator.permutation(m)]
    found = np.empty((n, m), np.float32)
    for start in range(0, n, 65_536):
        size = min(65_536, n - start)
        noise = generator.gumbel(size=(size, m)).astype(np.float32)
        order = np.argsort(-(noise + worth), axis=1)
        ranks = np.empty((size, m), np.float32)
        np.put_along_axis(ranks, order, np.arange(1, m + 1, dtype=np.float32)[None, :], axis=1)
        ties = generator.random(size) < 0.2
        ranks[ties] = np.ceil(ranks[ties] / 2)
        short = generator.random(size) < 0.4
        ranks[short[:, None] & (ranks > PLACES)] = np.nan
        found[start : start + size] = ranks
    return found


def _from_file(path: Path) -> tuple[Floats, list[str]]:
    table = read_ballots(path.read_text("utf-8"), path.suffix)
    counts = np.maximum(table.counts, 0)
    whole = bool(np.all(counts == np.rint(counts)))
    rows = np.repeat(table.ranks, counts.astype(int), axis=0) if whole else table.ranks
    return rows, list(table.items)


def run(
    ranks: NDArray[Any],
    names: list[str],
    unranked: Unranked,
    generator: np.random.Generator,
    clock: Clock,
) -> dict[str, Any]:
    """Everything a run of the product computes from ballots, stage by stage."""
    n = len(ranks)
    cells = generator.integers(0, REGIONS * SECTORS, n)
    weights = np.stack([np.ones(n), generator.uniform(0.3, 3.0, REGIONS * SECTORS)[cells]])
    ballots = clock.time("encode", lambda: ballots_from_ranks(ranks, unranked=unranked))
    counted = clock.time(
        "pairwise_and_sums", lambda: tally(ballots, weights, cells, n_cells=REGIONS * SECTORS)
    )
    headline = clock.time(
        "simultaneous_rank_sets",
        lambda: [rank_tally(counted.of(q), names, seed=1) for q in (0, 1)],
    )
    weighted = headline[1]
    clock.time(
        "marginal_rank_sets",
        lambda: marginal_rank_sets(weighted.scores(), weighted.covariance, seed=1),
    )
    rules = clock.time("rules", lambda: _rules(weighted))
    chosen = clock.time("proportional", lambda: _proportional(ballots, weights[1], cells))
    groups = clock.time("breakdown", lambda: _breakdown(counted, names))
    guard = clock.time("guard", lambda: _guard(counted, names))
    return {
        "order": list(weighted.keys),
        "plausible": [[i.best_rank, i.worst_rank] for i in weighted.items],
        "settled_top": len(decided(weighted.sets, min(PLACES, len(names))).inside),
        "rules_disagree": len(disagreements(rules, range(1, len(names)))),
        "kemeny": rules.kemeny.reason or "proven",
        "proportional": chosen,
        "groups_ranked": groups,
        "guard_changes": guard,
    }


def _rules(ranking: Ranking) -> Rules:
    bradley_terry(ranking.pairwise)
    return all_rules(ranking.pairwise, ranking.scores())


def _proportional(ballots: Ballots, weights: Floats, cells: NDArray[Any]) -> dict[str, Any]:
    places = min(PLACES, ballots.m)
    profiles = profiles_from_ballots(ballots, places, weights, cells // SECTORS, n_cells=REGIONS)
    found = {}
    for rule in (most_approved, sequential_phragmen, equal_shares):
        selection = rule(profiles, places)
        found[selection.rule] = {
            "items": list(selection.items),
            "pav": round(pav_score(profiles, selection.items), 1),
            "least_served": min(
                (share.mean for share in bloc_shares(profiles, selection.items) if share.mean),
                default=None,
            ),
        }
    return found


def _groups(*, crossed: bool) -> list[list[int]]:
    cells = np.arange(REGIONS * SECTORS).reshape(REGIONS, SECTORS)
    found = [row.tolist() for row in cells] + [column.tolist() for column in cells.T]
    return found + ([[cell] for cell in cells.ravel().tolist()] if crossed else [])


def _breakdown(counted: Tallies, names: list[str]) -> int:
    """Regions, sectors and every crossing, weighted and not."""
    done = 0
    for group in _groups(crossed=True):
        for weighting in (0, 1):
            try:
                rank_tally(counted.of(weighting, group), names, seed=1, draws=GROUP_DRAWS)
            except TooFewAnswers:
                continue
            done += 1
    return done


def _guard(counted: Tallies, names: list[str]) -> int:
    left = leave_one_out(counted, _groups(crossed=False), min(PLACES, len(names)), weighting=1)
    parts = [counted.of(1, group) for group in _groups(crossed=False)[:REGIONS]]
    spoken = [part for part in parts if np.all(part.mass > 0)]
    return sum(bool(one.entering) for one in left) + len(reversals(counted.of(1), spoken))


def _peers(python: str, ranks: NDArray[Any]) -> dict[str, Any]:
    """The same orders by other libraries, in the environment that holds them."""
    script = Path(__file__).with_name("rank_peers.py")
    with tempfile.TemporaryDirectory(prefix="polylogue-bench-") as folder:
        file = Path(folder) / "ranks.npy"
        np.save(file, ranks)
        done = subprocess.run(
            [python, str(script), str(file)], capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
