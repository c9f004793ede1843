"""One internal form of every ballot: a matrix of positions, 1 the best, ties at mid-ranks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.choice.ballots import Unranked, ballots_from_ranks

__all__ = [
    "Unranked",
    "positions_from_approvals",
    "positions_from_best_worst",
    "positions_from_points",
    "positions_from_rankings",
    "positions_from_ranks",
    "positions_from_ratings",
]
Floats = NDArray[np.float64]


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
    given: Floats = np.array(ranks, dtype=np.float64, ndmin=2)
    return given if given.size == 0 else ballots_from_ranks(given, unranked=unranked).positions()


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


def positions_from_approvals(approved: ArrayLike, shown: ArrayLike | None = None) -> Floats:
    """Positions of approvals: what is approved shares the first places, the rest the last.

    Parameters
    ----------
    approved : array_like of bool, shape (n, m)
    shown : array_like of bool, shape (n, m), optional
        What each respondent saw; an item that was not shown is missing. Without, all were.

    Returns
    -------
    ndarray of float64, shape (n, m)
        Who approves everything shown, or nothing, puts all at one place: that is a ballot too.

    Raises
    ------
    ValueError
        An item is approved that was not shown.

    Examples
    --------
    >>> positions_from_approvals([[True, False, True]])
    array([[1.5, 3. , 1.5]])
    """
    chosen = np.array(approved, dtype=bool, ndmin=2)
    seen = np.ones_like(chosen) if shown is None else np.array(shown, dtype=bool, ndmin=2)
    if np.any(chosen & ~seen):
        raise ValueError("Only what was shown can be approved.")
    return positions_from_ranks(
        np.where(seen, np.where(chosen, 1.0, 2.0), np.nan), unranked=Unranked.MISSING
    )


def positions_from_points(points: ArrayLike, *, budget: float | None = None) -> Floats:
    """Positions within each respondent's own points, most points first.

    Parameters
    ----------
    points : array_like of float, shape (n, m)
        At least 0; NaN counts as no points in a row that gives any. A row of NaN has no ballot.
    budget : float, optional
        What each ballot must add up to.

    Returns
    -------
    ndarray of float64, shape (n, m)

    Raises
    ------
    ValueError
        Negative points, or a ballot that does not add up to the budget.

    Examples
    --------
    >>> positions_from_points([[60, 40, 0]], budget=100)
    array([[1., 2., 3.]])
    """
    given: Floats = np.array(points, dtype=np.float64, ndmin=2)
    if given.size == 0:
        return given
    if np.any(given < 0):
        raise ValueError("Points are 0 or more.")
    has_ballot: NDArray[np.bool_] = np.asarray(~np.isnan(given).all(axis=1))
    given[np.isnan(given) & has_ballot[:, None]] = 0.0
    if budget is not None and np.any(np.abs(given[has_ballot].sum(axis=1) - budget) > 1e-6):
        raise ValueError(f"Every ballot must add up to {budget:g} points.")
    return positions_from_ranks(-given, unranked=Unranked.MISSING)


def positions_from_best_worst(best: ArrayLike, worst: ArrayLike, shown: ArrayLike) -> Floats:
    """Positions by best-worst score: times chosen best less times chosen worst, per showing.

    Parameters
    ----------
    best, worst, shown : array_like of int, shape (n, m)
        How often each respondent saw an item and chose it. What was never shown is missing.

    Returns
    -------
    ndarray of float64, shape (n, m)

    Raises
    ------
    ValueError
        Something was chosen more often than it was shown.

    References
    ----------
    Louviere, Flynn & Marley 2015, "Best-Worst Scaling", chapter 2.

    Examples
    --------
    >>> positions_from_best_worst([[2, 0, 0]], [[0, 0, 1]], [[2, 2, 2]])
    array([[1., 2., 3.]])
    """
    chosen = np.array(best, dtype=np.float64, ndmin=2)
    refused = np.array(worst, dtype=np.float64, ndmin=2)
    seen = np.array(shown, dtype=np.float64, ndmin=2)
    if np.any(chosen < 0) or np.any(refused < 0) or np.any(chosen + refused > seen):
        raise ValueError("Nothing can be chosen more often than it was shown.")
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = (chosen - refused) / seen
    return positions_from_ratings(scores)
