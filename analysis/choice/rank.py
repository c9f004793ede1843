"""What ranks highest: mean position, with the ranks each item may hold and the pairwise check."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.choice.pairwise import Pairwise, compare_pairs
from analysis.choice.rank_sets import DRAWS, simultaneous_rank_sets
from analysis.errors import TooFewAnswers
from analysis.summary import kish
from analysis.types import Proportion, Z, wilson

Floats = NDArray[np.float64]
FEWEST_BALLOTS = 2


@dataclass(frozen=True, slots=True)
class RankedItem:
    """One item in its place.

    Attributes
    ----------
    rank : int
        By mean position; 1 is the best. Equal means are ordered by key.
    best_rank, worst_rank : int
        The plausible ranks at 95 %, simultaneous over all items. A rank is never shown alone.
    mean_position, low, high : float
        The weighted mean position, 1 to m, with its 95 % interval.
    first : Proportion
        The share that places it first; a tie for first counts as placed first.
    n : int
        Ballots that place the item.
    """

    key: str
    rank: int
    best_rank: int
    worst_rank: int
    mean_position: float
    low: float
    high: float
    first: Proportion
    n: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order with its uncertainty.

    Attributes
    ----------
    items : tuple of RankedItem
        The best first.
    pairwise : Pairwise
        Rows and columns in the order of `items`.
    n : int
        Ballots.
    effective_n : float
        Kish's effective sample size of the weights.
    condorcet_winner : str or None
        The item that beats every other by a majority.
    rules_disagree : bool
        The first item by mean position is not the first by majorities won (Copeland).
    """

    items: tuple[RankedItem, ...]
    pairwise: Pairwise
    n: int
    effective_n: float
    condorcet_winner: str | None
    rules_disagree: bool


def rank_items(
    positions: ArrayLike,
    items: Sequence[str],
    *,
    seed: int,
    weights: ArrayLike | None = None,
    draws: int = DRAWS,
) -> Ranking:
    """Rank items by weighted mean position (Borda with mid-rank ties).

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        From `analysis.choice.positions`: 1 is best, NaN missing.
    items : sequence of str, length m
        Keys, each once.
    seed : int
        Of the simulation behind the plausible ranks.
    weights : array_like of float, shape (n,), optional
        At least 0.
    draws : int

    Returns
    -------
    Ranking

    Raises
    ------
    TooFewAnswers
        Fewer than two ballots, or an item that fewer than two ballots place.
    ValueError
        Shapes do not fit, a key stands twice, or a weight is negative.

    Notes
    -----
    The mean over those who place an item is a ratio of two weighted sums; its covariance is
    the linearised one, c/(c-1) Σ t tᵀ with t_i = w_i o_i (R_i - mean)/Σ w o, o marking what
    ballot i places. O(n m²).

    References
    ----------
    Borda 1781 in mean form; Särndal, Swensson & Wretman 1992, section 5.7 for the variance.

    Examples
    --------
    >>> found = rank_items([[1, 2], [1, 2], [2, 1]], ["a", "b"], seed=1)
    >>> [(item.key, item.rank, item.best_rank, item.worst_rank) for item in found.items]
    [('a', 1, 1, 2), ('b', 2, 1, 2)]
    """
    matrix, ballot_weights = _checked(positions, items, weights)
    placed = ~np.isnan(matrix)
    counts = placed.sum(axis=0)
    if len(matrix) < FEWEST_BALLOTS or counts.min() < FEWEST_BALLOTS:
        raise TooFewAnswers(n=int(min(len(matrix), counts.min())), needed=FEWEST_BALLOTS)
    known = np.where(placed, matrix, 0.0)
    mass = ballot_weights @ placed
    if np.any(mass <= 0):
        raise TooFewAnswers(n=0, needed=FEWEST_BALLOTS)
    means = (ballot_weights @ known) / mass
    covariance = _covariance(known - np.where(placed, means, 0.0), ballot_weights, mass)
    sets = simultaneous_rank_sets(-means, covariance, seed=seed, draws=draws)
    errors = np.sqrt(np.diag(covariance))
    order = sorted(
        range(len(items)), key=lambda index: (round(float(means[index]), 12), items[index])
    )
    first = np.where(placed, matrix, np.inf) <= np.nanmin(matrix, axis=1, keepdims=True)
    pairwise = compare_pairs(matrix[:, order], ballot_weights)
    rows = tuple(
        RankedItem(
            key=items[index],
            rank=place,
            best_rank=int(min(sets.best[index], place)),
            worst_rank=int(max(sets.worst[index], place)),
            mean_position=float(means[index]),
            low=float(max(1.0, means[index] - Z * errors[index])),
            high=float(min(len(items), means[index] + Z * errors[index])),
            first=_share_first(first[:, index], placed[:, index], ballot_weights),
            n=int(counts[index]),
        )
        for place, index in enumerate(order, start=1)
    )
    winner = pairwise.condorcet_winner()
    copeland = pairwise.copeland()
    return Ranking(
        items=rows,
        pairwise=pairwise,
        n=len(matrix),
        effective_n=kish(ballot_weights),
        condorcet_winner=None if winner is None else rows[winner].key,
        rules_disagree=bool(copeland[0] < copeland.max()),
    )


def _checked(
    positions: ArrayLike, items: Sequence[str], weights: ArrayLike | None
) -> tuple[Floats, Floats]:
    """The ballots that place anything, with their weights."""
    matrix = np.array(positions, dtype=np.float64, ndmin=2)
    if matrix.size == 0:
        raise TooFewAnswers(n=0, needed=FEWEST_BALLOTS)
    given = np.ones(len(matrix)) if weights is None else np.array(weights, dtype=np.float64)
    if matrix.shape[1] != len(items) or given.shape != (len(matrix),):
        raise ValueError("Positions need a column an item and a weight a ballot.")
    if len(set(items)) != len(items):
        raise ValueError("Each item needs a key of its own.")
    if np.any(given < 0) or not np.all(np.isfinite(given)):
        raise ValueError("Weights must be finite and at least 0.")
    ballots = ~np.isnan(matrix).all(axis=1)
    return matrix[ballots], given[ballots]


def _covariance(residuals: Floats, weights: Floats, mass: Floats) -> Floats:
    linearised = residuals * weights[:, None] / mass
    n = len(residuals)
    return np.asarray(linearised.T @ linearised * (n / (n - 1)))


def _share_first(
    is_first: NDArray[np.bool_], placed: NDArray[np.bool_], weights: Floats
) -> Proportion:
    inside = weights[placed]
    return wilson(float(weights[is_first & placed].sum()), float(inside.sum()), kish(inside))
