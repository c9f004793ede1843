"""Answers that stand for a topic: near its middle, unlike each other, from many groups."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

QUOTES_SHOWN = 5
_CANDIDATES = 60
#: What likeness to a chosen answer costs, and what a group heard before costs.
_LIKENESS = 0.4
_SAME_GROUP = 0.25
#: Words between which an answer is easiest to read and to understand alone.
_SHORT, _LONG = 5, 60
_LENGTH = 0.3


def exemplars(
    rows: NDArray[np.float32],
    nearness: NDArray[np.float64],
    lengths: Sequence[int],
    groups: Sequence[str | None],
    families: Sequence[int],
    *,
    n: int = QUOTES_SHOWN,
) -> list[int]:
    """Choose answers one by one.

    Parameters
    ----------
    rows : ndarray of float32, shape (m, d)
        Points of the topic's answers before they borrowed from neighbours.
    nearness : ndarray of float64, shape (m,)
        How surely each belongs to the topic, in [0, 1].
    lengths : sequence of int, length m
        Words of each; very short and very long ones count less.
    groups : sequence of str or None, length m
        Such as the region; a group heard before counts less.
    families : sequence of int, length m
        Copies share a number; only one of them is chosen.
    n : int

    Returns
    -------
    list of int
        Places in the input, the best first; fewer than n where fewer differ.

    References
    ----------
    Carbonell & Goldstein 1998, SIGIR, 335-336 (maximal marginal relevance).
    """
    value = np.array(
        [
            near - _LENGTH * (not _SHORT <= length <= _LONG)
            for near, length in zip(nearness.tolist(), lengths, strict=True)
        ]
    )
    order = np.lexsort((np.arange(len(value)), -np.round(value, 6)))
    pool = _one_of_each_family(order.tolist(), families)[:_CANDIDATES]
    chosen: list[int] = []
    while pool and len(chosen) < n:
        heard = {groups[row] for row in chosen}
        best = max(
            pool, key=lambda row: (round(_worth(row, value, rows, chosen, groups, heard), 6), -row)
        )
        chosen.append(best)
        pool.remove(best)
    return chosen


def _worth(
    row: int,
    value: NDArray[np.float64],
    rows: NDArray[np.float32],
    chosen: list[int],
    groups: Sequence[str | None],
    heard: set[str | None],
) -> float:
    likeness = float((rows[chosen] @ rows[row]).max()) if chosen else 0.0
    return float(value[row]) - _LIKENESS * likeness - _SAME_GROUP * (groups[row] in heard)


def _one_of_each_family(order: list[int], families: Sequence[int]) -> list[int]:
    seen: set[int] = set()
    kept = []
    for row in order:
        if families[row] not in seen:
            seen.add(families[row])
            kept.append(row)
    return kept
