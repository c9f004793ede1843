"""What ranks highest in a round: the order, under every weighting and rule, by every group.

One pass counts the ballots of every region and sector under every weighting; all else is sums
of that. Weighted and unweighted always stand side by side.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.choice.ballots import Ballots, ballots_from_positions
from analysis.choice.bootstrap import BootstrapScores, bootstrap_scores
from analysis.choice.proportional import (
    equal_shares,
    most_approved,
    profiles_from_ballots,
    sequential_phragmen,
)
from analysis.choice.rank import Ranking, rank_tally
from analysis.choice.rules import all_rules
from analysis.choice.tally import compare_pairs, tally
from analysis.errors import TooFewAnswers
from analysis.weighting.raking import cell_factors
from results import tables
from results.computing import ranking_groups
from results.computing.copies import without_copies
from results.computing.counting import Counts, count
from results.computing.inputs import Dimension, Inputs, Result
from results.computing.organisations import voices, without_one
from results.computing.ranked import Grouping, Ranked, grouping
from results.computing.shown_order import shown_order
from results.computing.weights import Weighting
from results.measures import Source
from results.rankings import tables as documents
from results.snapshots import CAMPAIGN
from results.tables import Document

#: The size of the top that pages speak of, where there are enough items.
TOP = 5
#: Beyond these many respondents the bootstrap adds nothing to the linearised intervals.
LARGEST_RESAMPLED = 5_000
REPLICATES = 400


def top_size(items: int) -> int:
    """Five, or half of the items where there are fewer than ten; of three items two."""
    return max(min(2, items - 1), min(TOP, items // 2), 1)


def add_ranking(
    result: Result,
    number: int,
    source: Source,
    dimensions: list[Dimension],
    weighed: list[Weighting],
    inputs: Inputs,
) -> None:
    """One source of a round as a document."""
    name = f"ranking/{number}/{source.name}"
    items = list(source.labels)
    frame = inputs.frozen.answers[number]
    ranked = Ranked(
        source,
        items,
        ballots_from_positions(source.positions.reshape(-1, len(items))),
        weighed,
        inputs,
        top_size(len(items)),
        voices(frame),
    )
    groups = [grouping(dimension) for dimension in dimensions]
    try:
        document = _document(ranked, groups)
        document["guard"] += without_copies(ranked, frame, inputs.documents.get(number))
        result.documents[name] = {
            **document,
            "organisations": without_one(ranked, frame),
            "looked_for_copies": CAMPAIGN in frame.columns,
        }
    except TooFewAnswers as error:
        result.documents[name] = tables.too_few(source.title, error.n, error.needed)


def _document(ranked: Ranked, groups: list[Grouping]) -> Document:
    source, items, seed = ranked.source, ranked.items, ranked.inputs.seed
    region, sector = groups[0], groups[1]
    counted = count(ranked, region, sector)
    leading = rank_tally(counted.whole(ranked.leading), items, seed=seed)
    keys = list(leading.keys)
    found = all_rules(leading.pairwise, leading.scores())
    document: Document = {
        "title": source.title,
        "method": source.method,
        "unranked": source.unranked,
        "k": ranked.k,
        "weighting": ranked.used[ranked.leading].name,
        **documents.order(leading, source.labels, _resampled(ranked)),
        "dimensions": {group.name: group.title for group in groups},
        "weightings": _weightings(ranked, counted),
        "rules": documents.rules(found, keys, ranked.k),
        "unranked_matters": _unranked_matters(ranked, keys),
        "is_clustered": ranked.clusters is not None,
        "shown_order": shown_order(ranked),
        "settled": documents.settled(leading, ranked.k),
        "agreement": documents.agreement(source.positions, ranked.used[ranked.leading].values),
        "selections": _selections(ranked, region, keys),
        "by": {group.name: ranking_groups.by_group(ranked, group, counted) for group in groups},
        "crossing": ranking_groups.crossing(ranked, counted),
        **ranking_groups.differing(ranked, region, sector, counted),
        "guard": ranking_groups.guarded(ranked, groups, counted),
        "bridging": {group.name: ranking_groups.bridged(ranked, group) for group in groups[:2]},
    }
    return document


def _weightings(ranked: Ranked, counted: Counts) -> list[Document]:
    """The order under each weighting; one that was refused says why."""
    found = []
    place = 0
    for one in ranked.weightings:
        entry: Document = {
            "name": one.name,
            "title": one.title,
            "is_headline": one.is_headline,
            "trimmed": tables.rounded(one.trimmed),
            "absent": list(one.absent),
            "shortfalls": [
                {
                    "key": s.key,
                    "target": tables.rounded(s.target),
                    "reached": tables.rounded(s.reached),
                }
                for s in one.shortfalls
            ],
            "refused": None
            if one.refused is None
            else {
                "reason": one.refused.reason.value,
                "dimension": one.refused.dimension,
                "keys": list(one.refused.keys),
            },
            "effective_n": 0.0,
            "ranks": {},
            "means": {},
        }
        if one.values is not None:
            order = rank_tally(counted.whole(place), ranked.items, seed=ranked.inputs.seed)
            place += 1
            entry |= {
                "effective_n": tables.rounded(order.effective_n),
                "ranks": documents.ranks(order),
                "means": {i.key: tables.rounded(i.mean_position) for i in order.items},
            }
        found.append(entry)
    return found


def _resampled(ranked: Ranked) -> BootstrapScores | None:
    """Intervals of a weighted headline, weighted anew in every replicate, where that can be had."""
    one = ranked.used[ranked.leading]
    n = ranked.ballots.n
    if one.cells is None or n > LARGEST_RESAMPLED:
        return None
    cells, caps = one.cells, one.caps
    size = len(cells.codes)

    def anew(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        masses = np.bincount(cells.of, counts, minlength=size).astype(np.float64)
        return np.asarray(counts * cell_factors(cells, masses, caps)[cells.of])

    try:
        return bootstrap_scores(
            ranked.source.positions,
            k=ranked.k,
            seed=ranked.inputs.seed,
            reweight=anew,
            clusters=ranked.clusters,
            replicates=REPLICATES,
        )
    except TooFewAnswers:
        # Items that few place are missing from many replicates; the page says how it was done.
        return None


def _unranked_matters(ranked: Ranked, keys: list[str]) -> Document | None:
    """Whether another rule for what was left unranked would change the first place or the top."""
    other = ranked.source.otherwise
    if other is None or np.array_equal(other, ranked.source.positions, equal_nan=True):
        return None
    own = ranked.used[ranked.leading].values
    changed = tally(ballots_from_positions(other), own, clusters=ranked.clusters).of()
    try:
        found: Ranking = rank_tally(changed, ranked.items, seed=ranked.inputs.seed)
    except TooFewAnswers:
        return None
    duels = [
        [ranked.items[i] for i in _unbeaten(positions, own)]
        for positions in (ranked.source.positions, other)
    ]
    top = set(found.keys[: ranked.k])
    return {
        "first": found.keys[0],
        "changes_first": found.keys[0] != keys[0],
        "changes_duels": duels[0] != duels[1],
        "duels": duels,
        "entering": [key for key in found.keys[: ranked.k] if key not in keys[: ranked.k]],
        "leaving": [key for key in keys[: ranked.k] if key not in top],
    }


def _unbeaten(positions: NDArray[np.float64], weights: NDArray[np.float64] | None) -> list[int]:
    """First by strongest paths."""
    rules = all_rules(compare_pairs(positions, weights))
    return [int(item) for item in np.flatnonzero(rules.schulze_margins == 1)]


def _selections(ranked: Ranked, region: Grouping, keys: list[str]) -> list[Document]:
    """K places by top-k and by proportional rules, and what each region gets."""
    order = [ranked.items.index(key) for key in keys]
    profiles = profiles_from_ballots(
        Ballots(ranked.ballots.codes[order]),
        ranked.k,
        ranked.used[ranked.leading].values,
        region.codes,
        n_cells=len(region.keys),
    )
    chosen = [
        rule(profiles, ranked.k) for rule in (most_approved, sequential_phragmen, equal_shares)
    ]
    return documents.selections(profiles, chosen, keys, region.keys)
