"""Every item against every other: from orders, from sets, from duels, from votes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Differences of sums below this part of the sum are rounding and count as equal.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Weighted counts of comparisons.

    Attributes
    ----------
    wins : ndarray of float64, shape (m, m)
        wins[a, b]: how many place a strictly before b.
    ties : ndarray of float64, shape (m, m)
        ties[a, b]: how many hold both and place them equal; symmetric, 0 on the diagonal.
    """

    wins: Floats
    ties: Floats

    def __len__(self) -> int:
        return len(self.wins)

    def majority(self) -> NDArray[np.int64]:
        """1 where the row beats the column, -1 where it loses, 0 where neither; shape (m, m)."""
        margin = self.wins - self.wins.T
        close = TOLERANCE * np.maximum(self.wins + self.wins.T, 1.0)
        return np.asarray(np.where(np.abs(margin) <= close, 0, np.sign(margin)), np.int64)

    def copeland(self) -> NDArray[np.int64]:
        """Majorities won less majorities lost, shape (m,)."""
        return np.asarray(self.majority().sum(axis=1), np.int64)

    def borda(self) -> Floats:
        """Items beaten, ties counting half, summed over ballots; shape (m,).

        On complete ballots this is the Borda count, Σ w (m - position).
        """
        return np.asarray((self.wins + self.ties / 2).sum(axis=1))

    def condorcet_winner(self) -> int | None:
        """The item that beats every other by a majority, if there is one."""
        scores = self.copeland()
        if not len(scores):
            return None
        best = int(np.argmax(scores))
        return best if scores[best] == len(scores) - 1 and len(scores) > 1 else None

    def ordered(self, order: Sequence[int] | NDArray[np.intp]) -> "Pairwise":
        """The same comparisons with rows and columns in another order."""
        index = np.ix_(np.asarray(order), np.asarray(order))
        return Pairwise(self.wins[index], self.ties[index])


def pairs_from_sets(
    sets: Iterable[tuple[Sequence[str], str | None, str | None]],
    items: Sequence[str],
    *,
    weights: Sequence[float] | None = None,
) -> Pairwise:
    """Comparisons that best-worst sets imply.

    The best stands before every other item of its set, and every other before the worst.

    Parameters
    ----------
    sets : iterable of (shown, best, worst)
        Codes shown, the one chosen as best and the one chosen as worst; None where left open.
    items : sequence of str, length m
    weights : sequence of float, optional
        One a set.

    Returns
    -------
    Pairwise

    Raises
    ------
    ValueError
        A choice was not shown, or best and worst are the same.

    Examples
    --------
    >>> pairs_from_sets([(["a", "b", "c"], "a", "c")], ["a", "b", "c"]).wins.tolist()
    [[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    """
    column = {item: index for index, item in enumerate(items)}
    wins = np.zeros((len(items), len(items)))
    for number, (shown, best, worst) in enumerate(sets):
        weight = 1.0 if weights is None else weights[number]
        if (best is not None and best == worst) or not {best, worst} - {None} <= set(shown):
            raise ValueError("Best and worst are two different items of the set.")
        for item in shown:
            if best is not None and item != best:
                wins[column[best], column[item]] += weight
            if worst is not None and item not in {worst, best}:
                wins[column[item], column[worst]] += weight
    return Pairwise(wins, np.zeros_like(wins))


def pairs_from_duels(
    duels: Iterable[tuple[str, str, float]],
    items: Sequence[str],
    *,
    weights: Sequence[float] | None = None,
) -> Pairwise:
    """Comparisons that were asked for one by one.

    Parameters
    ----------
    duels : iterable of (a, b, share)
        `share` is 1 where a was preferred, 0 where b was, 0.5 where both were called equal.
    items : sequence of str, length m
    weights : sequence of float, optional
        One a duel.

    Returns
    -------
    Pairwise

    Examples
    --------
    >>> pairs_from_duels([("a", "b", 1), ("b", "a", 0.5)], ["a", "b"]).ties.tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    column = {item: index for index, item in enumerate(items)}
    wins = np.zeros((len(items), len(items)))
    ties = np.zeros_like(wins)
    for number, (a, b, share) in enumerate(duels):
        weight = 1.0 if weights is None else weights[number]
        left, right = column[a], column[b]
        if left == right or share not in {0, 0.5, 1}:
            raise ValueError("A duel is between two items, and its share is 0, 0.5 or 1.")
        if share == 0.5:
            ties[left, right] += weight
            ties[right, left] += weight
        elif share == 1:
            wins[left, right] += weight
        else:
            wins[right, left] += weight
    return Pairwise(wins, ties)


@dataclass(frozen=True, slots=True)
class Voted:
    """One statement by its votes.

    Attributes
    ----------
    agree, disagree, passed, unseen : int
        People by what they did; four different things.
    """

    agree: int
    disagree: int
    passed: int
    unseen: int


#: A forum vote as a number within a person: agreeing is more than passing, passing more than
#: disagreeing. A statement that was not seen has none.
VOTE_VALUES: Mapping[str | None, float] = {"agree": 1.0, "pass": 0.0, "disagree": -1.0}
UNSEEN = "unseen"


def values_of_votes(votes: Sequence[Sequence[str | None]]) -> tuple[Floats, tuple[Voted, ...]]:
    """Forum votes as numbers to be ordered within each person, and counted by statement.

    Parameters
    ----------
    votes : sequence of sequence of str or None, shape (n, m)
        "agree", "disagree" or "pass"; None or "unseen" where the statement was not voted on.

    Returns
    -------
    values : ndarray of float64, shape (n, m)
        1, 0, -1, NaN: ready for `positions_from_ratings`.
    counted : tuple of Voted, length m

    Raises
    ------
    ValueError
        Any other word.

    Examples
    --------
    >>> values, counted = values_of_votes([["agree", "pass", None]])
    >>> values.tolist(), counted[2].unseen
    ([[1.0, 0.0, nan]], 1)
    """
    known = {**VOTE_VALUES, UNSEEN: np.nan, None: np.nan}
    try:
        values = np.array([[known[vote] for vote in row] for row in votes], dtype=np.float64)
    except KeyError as error:
        raise ValueError(f"Not a vote: {error.args[0]}") from None
    values = np.atleast_2d(values)
    counted = tuple(
        Voted(
            agree=int((column == 1).sum()),
            disagree=int((column == -1).sum()),
            passed=int((column == 0).sum()),
            unseen=int(np.isnan(column).sum()),
        )
        for column in values.T
    )
    return values, counted


def borda_shares(pairwise: Pairwise) -> Floats:
    """The share of its comparisons that each item wins, ties half; shape (m,), NaN without any.

    It orders items also where not everybody compared the same ones.

    Examples
    --------
    >>> borda_shares(Pairwise(np.array([[0.0, 3], [1, 0]]), np.zeros((2, 2)))).tolist()
    [0.75, 0.25]
    """
    compared = (pairwise.wins + pairwise.wins.T + pairwise.ties).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(compared > 0, pairwise.borda() / compared, np.nan))
