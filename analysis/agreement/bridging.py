"""What every group can live with, beside what the largest group wants."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.breakdown import UNKNOWN
from analysis.effective import effective_size
from analysis.errors import TooFewAnswers
from analysis.types import Proportion, wilson

FEWEST_IN_GROUP = 10


@dataclass(frozen=True, slots=True)
class BridgingItem:
    """One item across the groups.

    Attributes
    ----------
    key : str
    score : float
        The geometric mean over groups of the lower bound of the share who place it in the top k;
        in [0, 1].
    lowest : float
        The smallest of those bounds.
    lowest_group : str
        Where it is; the first of equals.
    rank : int
        By score, 1 the best; equals (to 1e-12) share the better rank.
    shares : dict of str to Proportion
        The share of each group who place it in the top k, with its interval.
    """

    key: str
    score: float
    lowest: float
    lowest_group: str
    rank: int
    shares: dict[str, Proportion]


@dataclass(frozen=True, slots=True)
class Bridging:
    """Items by how far every group can live with them.

    Attributes
    ----------
    items : tuple of BridgingItem
        The best first; equals in the order given.
    groups : tuple of str
        Groups that count, in the order in which they first appear by name.
    too_small : tuple of str
        Groups with fewer than the stated number of ballots: they have no say in the scores,
        and the page names them.
    n : int
        Ballots in the groups that count.
    k : int
    """

    items: tuple[BridgingItem, ...]
    groups: tuple[str, ...]
    too_small: tuple[str, ...]
    n: int
    k: int


def bridge(
    positions: ArrayLike,
    items: Sequence[str],
    groups: Sequence[str | None],
    *,
    k: int = 3,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    fewest: int = FEWEST_IN_GROUP,
) -> Bridging:
    """Score items by the group that likes them least, not by the group that is largest.

    Parameters
    ----------
    positions : array of float, shape (n, m)
        The place of each item on each ballot, 1 the best, ties at mid-ranks, NaN where unknown.
        An item is in the top k where its place is k or better.
    items : sequence of str, length m
    groups : sequence of str or None, length n
        A declared group (region, sector) or a found one. People of unknown group have no say
        here: a region that may be any region bridges nothing.
    k : int
        At least 1.
    weights : array of float, shape (n,), optional
        0 or more; intervals then rest on `analysis.effective.effective_size`.
    clusters : array of int, shape (n,), optional
        Ballots of one number (an organisation's) are one voice to the intervals.
    fewest : int
        Groups with fewer ballots are named and left out.

    Returns
    -------
    Bridging

    Raises
    ------
    TooFewAnswers
        Fewer than 2 groups have enough ballots; `n` and `needed` count groups.
    ValueError
        The shapes do not fit, or k is below 1.

    Notes
    -----
    The lower end of Wilson's 95 % interval keeps a small group that happens to agree from
    carrying an item. The geometric mean is the group-informed consensus of Polis made
    comparable between few groups and many.

    Examples
    --------
    >>> positions = [[1, 2, 3]] * 30 + [[3, 2, 1]] * 12
    >>> found = bridge(positions, ["a", "b", "c"], ["x"] * 30 + ["y"] * 12, k=2)
    >>> [(item.key, round(item.score, 2)) for item in found.items]
    [('b', 0.82), ('a', 0.0), ('c', 0.0)]
    """
    given = np.asarray(positions, dtype=np.float64)
    keys = np.array([UNKNOWN if group is None else group for group in groups], dtype=object)
    if given.ndim != 2 or given.shape != (len(keys), len(items)):
        raise ValueError("One row a person and one column an item are needed.")
    if k < 1:
        raise ValueError("k must be 1 or more.")
    heavy = np.ones(len(keys)) if weights is None else np.asarray(weights, dtype=np.float64)
    voices = np.arange(len(keys)) if clusters is None else np.asarray(clusters)
    if heavy.shape != keys.shape or voices.shape != keys.shape:
        raise ValueError("Weights and clusters are one a person.")
    has_ballot = ~np.isnan(given).all(axis=1)
    sizes = {
        str(key): int((has_ballot & (keys == key)).sum())
        for key in sorted(set(keys.tolist()) - {UNKNOWN})
    }
    counting = tuple(key for key, size in sizes.items() if size >= fewest)
    if len(counting) < 2:
        raise TooFewAnswers(len(counting), 2)
    shares = {
        key: _shares(given[keys == key], heavy[keys == key], voices[keys == key], k)
        for key in counting
    }
    return Bridging(
        items=_scored(items, counting, shares),
        groups=counting,
        too_small=tuple(key for key, size in sizes.items() if 0 < size < fewest),
        n=sum(sizes[key] for key in counting),
        k=k,
    )


def _shares(
    positions: NDArray[np.float64],
    weights: NDArray[np.float64],
    voices: NDArray[np.int64],
    k: int,
) -> list[Proportion]:
    found = []
    for column in positions.T:
        placed = ~np.isnan(column)
        inside = placed & (np.nan_to_num(column, nan=np.inf) <= k)
        base, count = float(weights[placed].sum()), float(weights[inside].sum())
        size = _size(weights[placed], inside[placed], voices[placed])
        found.append(wilson(min(count, base), base, size))
    return found


def _size(
    weights: NDArray[np.float64], inside: NDArray[np.bool_], voices: NDArray[np.int64]
) -> float:
    """The effective number of voices behind a share."""
    _names, member = np.unique(voices, return_inverse=True)
    sums = np.bincount(member, weights).astype(np.float64)
    hits = np.bincount(member, weights * inside)
    return effective_size(sums, np.divide(hits, sums, out=np.zeros_like(sums), where=sums > 0))


def _scored(
    items: Sequence[str], groups: tuple[str, ...], shares: dict[str, list[Proportion]]
) -> tuple[BridgingItem, ...]:
    lows = np.array([[row.low or 0.0 for row in shares[group]] for group in groups])
    with np.errstate(divide="ignore"):
        # Rounded, so that the order in which groups are multiplied makes no rank.
        scores = np.exp(np.log(lows).mean(axis=0)).round(12)
    order = sorted(range(len(items)), key=lambda place: (-scores[place], place))
    return tuple(
        BridgingItem(
            key=items[place],
            score=float(scores[place]),
            lowest=float(lows[:, place].min()),
            lowest_group=groups[int(lows[:, place].argmin())],
            rank=1 + int((scores > scores[place]).sum()),
            shares={group: shares[group][place] for group in groups},
        )
        for place in order
    )
