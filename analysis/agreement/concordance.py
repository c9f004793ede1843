"""How far people who ordered the same items agree on the order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, rankdata

from analysis.errors import TooFewAnswers


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W.

    Attributes
    ----------
    w : float or None
        In [0, 1]: 0 where the mean ranks are all alike, 1 where everybody gives the same order.
        None where everybody ties every item.
    n : int
        People who ordered all items.
    n_left_out : int
        People who ordered only some; their orders are not comparable and are left out.
    items : int
    statistic, p : float or None
        Chi-squared on items - 1 degrees of freedom (Friedman's test) and its probability; None
        where weights were given. With hundreds of people p is near 0 whatever W is: read W.
    """

    w: float | None
    n: int
    n_left_out: int
    items: int
    statistic: float | None
    p: float | None


def kendall_w(positions: ArrayLike, weights: ArrayLike | None = None) -> Concordance:
    """Concordance of orders, with ties, and weighted where weights are given.

    Parameters
    ----------
    positions : array of float, shape (n, m)
        The place that each person gave to each item, 1 the best; equal numbers are ties; NaN
        where an item was not ordered.
    weights : array of float, shape (n,), optional
        0 or more.

    Returns
    -------
    Concordance

    Raises
    ------
    TooFewAnswers
        Fewer than 2 people of any weight ordered all items.
    ValueError
        There are fewer than 2 items, or weights of another length.

    Notes
    -----
    W is the spread of the mean ranks over the mean spread of each person's ranks. With ranks
    free of ties and equal weights this is 12 S / (n^2 (m^3 - m)); with ties it is the form
    corrected for them, because ties are what makes a person's ranks spread less.

    References
    ----------
    Kendall & Babington Smith 1939, Annals of Mathematical Statistics 10, 275-287; Kendall 1948,
    Rank Correlation Methods, chapter 6 (ties).

    Examples
    --------
    >>> kendall_w([[1, 3, 2], [1, 2, 3], [2, 3, 1], [3, 1, 2]]).w
    0.0625
    """
    given = np.asarray(positions, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] < 2:
        raise ValueError("At least two items are needed, a column each.")
    complete = np.asarray(~np.isnan(given).any(axis=1), dtype=bool)
    n, items = int(complete.sum()), given.shape[1]
    if n < 2:
        raise TooFewAnswers(n, 2)
    parts = _parts(weights, complete)
    ranks = rankdata(given[complete], axis=1)
    middle = (items + 1) / 2
    between = float(np.square(parts @ ranks - middle).sum())
    within = float(parts @ np.square(ranks - middle).sum(axis=1))
    left_out = len(complete) - n
    if within <= 0:
        return Concordance(None, n, left_out, items, None, None)
    w = min(between / within, 1.0)
    if weights is not None:
        return Concordance(w, n, left_out, items, None, None)
    statistic = n * (items - 1) * w
    return Concordance(w, n, left_out, items, statistic, float(chi2.sf(statistic, items - 1)))


def _parts(weights: ArrayLike | None, complete: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The part that each complete order has in the means, summing to 1."""
    given = np.ones(len(complete)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != complete.shape or (given < 0).any():
        raise ValueError("Weights must be 0 or more, one a person.")
    kept = given[complete]
    # One voice alone always agrees with itself.
    if (kept > 0).sum() < 2:
        raise TooFewAnswers(int((kept > 0).sum()), 2)
    return np.asarray(kept / kept.sum(), dtype=np.float64)
