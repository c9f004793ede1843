"""What ranks highest: mean position, with the ranks each item may hold and every other rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from analysis.choice.ballots import Ballots, ballots_from_positions
from analysis.choice.pairwise import Pairwise
from analysis.choice.rank_sets import DRAWS, STILL, RankSets, simultaneous_rank_sets, tiers
from analysis.choice.tally import Tally, tally
from analysis.errors import TooFewAnswers
from analysis.types import LEVEL, Proportion, wilson

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
    tier : int
        All items of a tier are shown to stand above all of the next; 1 is the best.
    mean_position, low, high : float
        The weighted mean position, 1 to m, with its 95 % interval: Student's t, and where all
        place the item alike, what so many may miss.
    first, last : Proportion
        The share of those who place it that place it first, or last of all they place; ties
        count in full.
    n : int
        Ballots that place the item.
    """

    key: str
    rank: int
    best_rank: int
    worst_rank: int
    tier: int
    mean_position: float
    low: float
    high: float
    first: Proportion
    last: Proportion
    n: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order with its uncertainty.

    Attributes
    ----------
    items : tuple of RankedItem
        The best first.
    pairwise : Pairwise
    sets : RankSets
    covariance : ndarray of float64, shape (m, m)
        Of the mean positions. Rows of all three in the order of `items`.
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
    sets: RankSets
    covariance: Floats
    n: int
    effective_n: float
    condorcet_winner: str | None
    rules_disagree: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the items, the best first."""
        return tuple(item.key for item in self.items)

    def scores(self) -> Floats:
        """Minus the mean positions, in the order of `items`."""
        return -np.array([item.mean_position for item in self.items])


def rank_items(
    positions: ArrayLike | Ballots,
    items: Sequence[str],
    *,
    seed: int,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    draws: int = DRAWS,
) -> Ranking:
    """Rank items by weighted mean position (Borda with mid-rank ties).

    Parameters
    ----------
    positions : array_like of float, shape (n, m), or Ballots
        From `analysis.choice.positions`: 1 is best, NaN missing.
    items : sequence of str, length m
        Keys, each once.
    seed : int
        Of the simulation behind the plausible ranks.
    weights : array_like of float, shape (n,), optional
        At least 0.
    clusters : array_like of int, shape (n,), optional
        Ballots of one number (an organisation's) count as one independent voice in the
        uncertainty, and each by its weight in the order.
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
    the linearised one of `Tally.covariance`. O(n m²).

    References
    ----------
    Borda 1781 in mean form.

    Examples
    --------
    >>> found = rank_items([[1, 2], [1, 2], [2, 1]], ["a", "b"], seed=1)
    >>> [(item.key, item.rank, item.best_rank, item.worst_rank) for item in found.items]
    [('a', 1, 1, 2), ('b', 2, 1, 2)]
    """
    if isinstance(positions, Ballots):
        ballots = positions
    else:
        given = np.asarray(positions, dtype=np.float64)
        if given.size == 0:
            raise TooFewAnswers(n=0, needed=FEWEST_BALLOTS)
        ballots = ballots_from_positions(np.atleast_2d(given))
    if ballots.m != len(items):
        raise ValueError("Positions need a column an item.")
    counted = tally(ballots, weights, clusters=clusters)
    return rank_tally(counted.of(), items, seed=seed, draws=draws)


def rank_tally(counted: Tally, items: Sequence[str], *, seed: int, draws: int = DRAWS) -> Ranking:
    """Rank items from sums that were counted before.

    Parameters
    ----------
    counted : Tally
    items : sequence of str, length m
    seed, draws : int

    Returns
    -------
    Ranking

    Raises
    ------
    TooFewAnswers
        As for `rank_items`; also where fewer than two clusters answered.
    ValueError
        A key stands twice.
    """
    if len(set(items)) != len(items) or counted.m != len(items):
        raise ValueError("Each item needs a key of its own.")
    fewest = min(counted.n, counted.units, *(int(count) for count in counted.placing))
    if fewest < FEWEST_BALLOTS:
        raise TooFewAnswers(n=fewest, needed=FEWEST_BALLOTS)
    means = counted.means()
    order = sorted(
        range(len(items)), key=lambda index: (round(float(means[index]), 12), items[index])
    )
    covariance = counted.covariance()[np.ix_(order, order)]
    # In the order of rank, so that neither the numbering of items nor of ballots has a say.
    sets = simultaneous_rank_sets(
        -means[order], covariance, seed=seed, draws=draws, degrees=counted.degrees()[order]
    )
    pairwise = counted.pairwise.ordered(order)
    copeland = pairwise.copeland()
    winner = pairwise.condorcet_winner()
    return Ranking(
        items=_rows(counted, items, order, sets, covariance),
        pairwise=pairwise,
        sets=sets,
        covariance=covariance,
        n=counted.n,
        effective_n=counted.effective_n,
        condorcet_winner=None if winner is None else items[order[winner]],
        rules_disagree=bool(copeland[0] < copeland.max()),
    )


def _rows(
    counted: Tally, items: Sequence[str], order: list[int], sets: RankSets, covariance: Floats
) -> tuple[RankedItem, ...]:
    means = counted.means()
    reach = _reach(means[order], covariance, counted.degrees()[order])
    tier = tiers(sets.better, range(len(order)))
    masses = np.diag(counted.spread[2])
    found = []
    for place, index in enumerate(order):
        mean = float(means[index])
        mass = float(counted.mass[index])
        # Of those who place it: Kish's effective number, of clusters where there are any.
        size = mass * mass / float(masses[index])
        first, last = (min(float(one[index]), mass) for one in (counted.first, counted.last))
        squares = counted.ends[:, index]
        found.append(
            RankedItem(
                key=items[index],
                rank=place + 1,
                best_rank=int(min(sets.best[place], place + 1)),
                worst_rank=int(max(sets.worst[place], place + 1)),
                tier=tier[place],
                mean_position=mean,
                low=max(1.0, mean - float(reach[0, place])),
                high=min(float(len(order)), mean + float(reach[1, place])),
                first=wilson(first, mass, min(size, _worth(first / mass, mass, squares[[0, 2]]))),
                last=wilson(last, mass, min(size, _worth(last / mass, mass, squares[[1, 2]]))),
                n=int(counted.counts[index]),
            )
        )
    return tuple(found)


def _reach(means: Floats, covariance: Floats, degrees: NDArray[np.int64]) -> Floats:
    """How far the interval of each mean reaches down and up, shape (2, m)."""
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    half = student.ppf((1 + LEVEL) / 2, np.maximum(degrees, 1)) * errors
    # Where n people agree, up to 1 - 0.025^(1/n) of all may still not, at whichever end.
    missed = 1 - ((1 - LEVEL) / 2) ** (1 / (degrees + 1))
    ends = np.stack([means - 1, len(means) - means])
    return np.where(errors > STILL, half, missed * ends)


def _worth(share: float, mass: float, squares: Floats) -> float:
    """The size of a simple sample with a share's linearised variance (`analysis.effective`).

    `squares` are the sums of squared weights of those who count for the share and of all.
    """
    spread = (1 - 2 * share) * float(squares[0]) + share * share * float(squares[1])
    told = share * (1 - share)
    return mass * mass * told / spread if told > STILL and spread > 0 else np.inf
