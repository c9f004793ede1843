"""The order by group: each group's own, where they differ, and what it would be without one."""

import numpy as np
from numpy.typing import NDArray

from analysis.agreement.bridging import bridge
from analysis.breakdown import UNKNOWN
from analysis.choice.ballots import Ballots
from analysis.choice.differences import group_differences
from analysis.choice.rank import rank_tally
from analysis.choice.reversals import leave_one_out, reversals
from analysis.choice.tally import Tallies, tally
from analysis.errors import TooFewAnswers
from results.computing.counting import Counts
from results.computing.ranked import Grouping, Ranked
from results.rankings import tables as documents
from results.tables import Document, Texts, rounded

#: Draws for the plausible ranks of one group; the headline takes more.
DRAWS = 2_000
PERMUTATIONS = 1_999
#: Ballots that name the very same order of at least this many items, and how many of them make
#: a family that the guard leaves out.
SAME_ITEMS = 4
SMALLEST_FAMILY = 10
SHARE_OF_FAMILY = 0.05
FAMILY_TEXTS: Texts = {
    "en": "Ballots with one and the same order",
    "fr": "Bulletins portant un seul et même ordre",
    "ar": "أوراق تحمل الترتيب نفسه تماما",
    "es": "Papeletas con un mismo orden exacto",
    "ru": "Бюллетени с одним и тем же порядком",
    "zh": "排序完全相同的选票",
}


def by_group(ranked: Ranked, group: Grouping, counted: Counts) -> list[Document]:
    """The order in each group, weighted as the headline is; few ballots say so."""
    own, places = counted.by(group)
    found = []
    for head, cells in zip(group.heads(), places, strict=True):
        n = int(own.n[cells].sum())
        if n:
            found.append({**head, "n": n, **_order_of(ranked, own, cells, n)})
    return found


def _order_of(ranked: Ranked, counted: Tallies, cells: list[int], n: int) -> Document:
    orders: list[Document] = []
    effective = 0.0
    for weighting in dict.fromkeys((ranked.leading, 0)):
        try:
            found = rank_tally(
                counted.of(weighting, cells), ranked.items, seed=ranked.inputs.seed, draws=DRAWS
            )
        except TooFewAnswers:
            return {"too_few": True, "ranks": {}}
        effective = effective or found.effective_n
        orders.append(documents.ranks(found))
    return {
        "is_small": n < ranked.inputs.small,
        "effective_n": rounded(effective),
        "ranks": orders[0],
        "raw": orders[-1],
    }


def crossing(ranked: Ranked, counted: Counts) -> Document:
    """Every region by every sector: an order where enough ballots are, else their number."""
    region, sector, crossed = counted.region, counted.sector, counted.crossed
    rows, columns = (
        [
            place
            for place in range(len(group.keys))
            if crossed.n[counted.cells_of(group, place)].sum()
        ]
        for group in (region, sector)
    )
    width = len(sector.keys)
    cells = []
    for row in rows:
        line: list[Document] = []
        for column in columns:
            n = int(crossed.n[row * width + column])
            entry: Document = {"n": n}
            if n >= ranked.inputs.small:
                entry |= _order_of(ranked, crossed, [row * width + column], n)
            line.append(entry)
        cells.append(line)
    return {
        "rows": [region.heads()[row] for row in rows],
        "columns": [sector.heads()[column] for column in columns],
        "cells": cells,
    }


def differing(ranked: Ranked, region: Grouping, sector: Grouping, counted: Counts) -> Document:
    """Regions compared within sectors, sectors within regions; pairs that the pool turns round."""
    found: Document = {"differences": {}, "reversals": {}}
    for group, other in ((region, sector), (sector, region)):
        tested = group_differences(
            ranked.ballots,
            group.codes,
            other.codes,
            ranked.clusters,
            seed=ranked.inputs.seed,
            permutations=PERMUTATIONS,
        )
        found["differences"][group.name] = documents.differences(
            tested, ranked.items, group.heads()
        )
        found["reversals"][group.name] = _reversals(ranked, group, counted)
    return found


def _reversals(ranked: Ranked, group: Grouping, counted: Counts) -> list[Document]:
    """Among groups that are large enough to speak, "unknown" left out."""
    parts = []
    own, places = counted.by(group)
    for head, cells in zip(group.heads(), places, strict=True):
        part = own.of(ranked.leading, cells)
        if head["key"] != UNKNOWN and part.n >= ranked.inputs.small and np.all(part.mass > 0):
            parts.append((head, part))
    pairs = reversals(counted.whole(ranked.leading), [part for _head, part in parts])
    return documents.reversed_pairs(pairs, ranked.items, [head for head, _part in parts])


def guarded(ranked: Ranked, groups: list[Grouping], counted: Counts) -> list[Document]:
    """Leave out each group in turn, and the largest family of equal ballots."""
    found: list[Document] = []
    for group in groups:
        own, cells = counted.by(group)
        found += documents.guard(
            leave_one_out(own, cells, ranked.k, weighting=ranked.leading, keys=ranked.items),
            group.name,
            ranked.items,
            group.heads(),
        )
    return found + _family(ranked)


def _family(ranked: Ranked) -> list[Document]:
    """Many ballots with one and the same order of several items may be one voice."""
    members = largest_family(ranked.ballots)
    n = int(members.sum())
    has = int(ranked.ballots.has_any().sum())
    if n < SMALLEST_FAMILY or n < SHARE_OF_FAMILY * has or n == has:
        return []
    own = tally(ranked.ballots, ranked.weights(), members.astype(np.int64), n_cells=2)
    left = leave_one_out(own, [[1]], ranked.k, weighting=ranked.leading, keys=ranked.items)
    head: Document = {"key": "same_order", "label": FAMILY_TEXTS}
    found = documents.guard(left, "same_order", ranked.items, [head])
    return [{**one, "expected": rounded(_by_chance(ranked.ballots))} for one in found]


def largest_family(ballots: Ballots) -> NDArray[np.bool_]:
    """The ballots of the most frequent order that sets at least four items apart, shape (n,)."""
    placed = ballots.codes != ballots.missing
    ordered = np.sort(np.where(placed, ballots.codes, 0), axis=0)
    distinct = (np.diff(ordered.astype(np.int64), axis=0) > 0).sum(axis=0) + 1
    candidates = np.flatnonzero(distinct >= SAME_ITEMS)
    members = np.zeros(ballots.n, dtype=bool)
    if len(candidates):
        rows = np.ascontiguousarray(ballots.codes[:, candidates].T)
        keys = rows.view([("", rows.dtype)] * rows.shape[1]).ravel()
        _values, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        members[candidates[inverse.ravel() == int(counts.argmax())]] = True
    return members


def _by_chance(ballots: Ballots) -> float:
    """Ballots of the next most frequent order: what is usual here."""
    first = largest_family(ballots)
    return float(largest_family(ballots.take(~first)).sum()) if not first.all() else 0.0


def bridged(ranked: Ranked, group: Grouping) -> Document | None:
    """What every group can live with; None where fewer than two groups are large enough."""
    names = [group.keys[code] for code in group.codes.tolist()]
    own = ranked.used[ranked.leading]
    try:
        found = bridge(
            ranked.source.positions,
            ranked.items,
            [None if name == UNKNOWN else name for name in names],
            k=ranked.k,
            weights=None if own.cells is None else own.values,
            clusters=ranked.clusters,
        )
    except TooFewAnswers:
        return None
    return documents.bridging(found, group.labels)
