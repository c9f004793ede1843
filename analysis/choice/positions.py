"""One internal form of every ballot: a matrix of positions, 1 the best, ties at mid-ranks."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]


class Unranked(StrEnum):
    """What an item that was shown and not ranked means. It is declared, never guessed.

    LAST: tied at the bottom, below all ranked items. MISSING: nothing is known about it.
    The choice can change the winner (Debian project leader election of 2006).
    """

    LAST = "last"
    MISSING = "missing"


def positions_from_rankings(
    rankings: Sequence[Sequence[str] | None], items: Sequence[str], *, unranked: Unranked
) -> Floats:
    """Positions of full or partial orders of item codes.

    Parameters
    ----------
    rankings : sequence of sequence of str or None, length n
        Codes, the best first; equals stand in one entry, joined by "=". None or empty: the
        respondent ranked nothing and has no ballot.
    items : sequence of str, length m
    unranked : Unranked
        How items that were left out count.

    Returns
    -------
    ndarray of float64, shape (n, m)
        NaN where nothing is known.

    Raises
    ------
    ValueError
        A ranking names an unknown item, or an item twice.

    Examples
    --------
    >>> positions_from_rankings([["b"]], ["a", "b", "c"], unranked=Unranked.LAST)
    array([[2.5, 1. , 2.5]])
    """
    column = {item: index for index, item in enumerate(items)}
    ranks = np.full((len(rankings), len(items)), np.nan)
    for row, ranking in enumerate(rankings):
        for place, entry in enumerate(ranking or (), start=1):
            for item in (entry,) if entry in column else entry.split("="):
                if item not in column:
                    raise ValueError(f"Not an item: {item}")
                if not np.isnan(ranks[row, column[item]]):
                    raise ValueError(f"Ranked twice: {item}")
                ranks[row, column[item]] = place
    return positions_from_ranks(ranks, unranked=unranked)


def positions_from_ranks(ranks: ArrayLike, *, unranked: Unranked) -> Floats:
    """Positions of ranks as typed, where equal numbers are ties.

    Parameters
    ----------
    ranks : array_like of float, shape (n, m)
        A lower number is better; NaN is not ranked. A row of NaN has no ballot.
    unranked : Unranked

    Returns
    -------
    ndarray of float64, shape (n, m)
        Mid-ranks.

    Examples
    --------
    >>> positions_from_ranks([[1, 1, 7]], unranked=Unranked.LAST)
    array([[1.5, 1.5, 3. ]])
    """
    given = np.array(ranks, dtype=np.float64, ndmin=2)
    if given.size == 0:
        return given
    has_ballot = np.asarray(~np.isnan(given).all(axis=1), dtype=bool)
    if unranked is Unranked.LAST:
        given[np.isnan(given) & has_ballot[:, None]] = np.inf
    positions = np.full_like(given, np.nan)
    if has_ballot.any():
        positions[has_ballot] = rankdata(given[has_ballot], axis=1, nan_policy="omit")
    return positions


def positions_from_ratings(ratings: ArrayLike) -> Floats:
    """Positions within each respondent's own ratings, the highest rating first.

    Comparing within a person removes the habit of rating everything high or low, which
    differs between regions. Items without a rating are missing.

    Parameters
    ----------
    ratings : array_like of float, shape (n, m)
        NaN is no rating or no opinion. Who rated fewer than two items has no ballot.

    Returns
    -------
    ndarray of float64, shape (n, m)

    Examples
    --------
    >>> positions_from_ratings([[5, 3, 5]])
    array([[1.5, 3. , 1.5]])
    """
    given: Floats = np.array(ratings, dtype=np.float64, ndmin=2)
    if given.size == 0:
        return given
    rated = np.asarray(~np.isnan(given)).sum(axis=1)
    given[rated < 2] = np.nan
    return positions_from_ranks(-given, unranked=Unranked.MISSING)
