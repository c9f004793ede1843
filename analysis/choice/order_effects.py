"""Whether the order in which items were shown moved the order in which they were ranked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]
FEWEST = 10


@dataclass(frozen=True, slots=True)
class PlaceEffect:
    """What a place in the list is worth.

    Attributes
    ----------
    slope : float
        Places lost in the ranking for each place further down in the list; 0 is no effect.
    low, high : float
        Its 95 % interval.
    p : float
        Of "the order shown has no effect".
    by_place : tuple of (int, float)
        For each place in the list: how many items were ranked there, and their mean position
        less what the same items have on average.
    n : int
        Respondents.
    """

    slope: float
    low: float
    high: float
    p: float
    by_place: tuple[tuple[int, float], ...]
    n: int


def place_effect(positions: ArrayLike, shown: ArrayLike) -> PlaceEffect:
    """Regress positions on the places in which items were shown, within items.

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        1 is best, NaN missing.
    shown : array_like of float, shape (n, m)
        The place of each item in the respondent's list, 1 the first; NaN not shown.

    Returns
    -------
    PlaceEffect

    Raises
    ------
    TooFewAnswers
        Fewer than 10 respondents, or nobody saw another order than the others.

    Notes
    -----
    Each item has a level of its own, so that only the shuffling speaks. A respondent's items
    vary together: the variance is summed over respondents.

    References
    ----------
    Liang & Zeger 1986, Biometrika 73, 13-22 for the variance; Klein & Arzheimer 1999 on order
    effects in rankings.

    Examples
    --------
    >>> lists = [[1, 2, 3], [3, 1, 2], [2, 3, 1]] * 8
    >>> found = place_effect(lists, lists)
    >>> round(found.slope, 6), found.n
    (1.0, 24)
    """
    ranked, place = np.asarray(positions, float), np.asarray(shown, float)
    if ranked.shape != place.shape:
        raise ValueError("Every position needs the place where the item was shown.")
    known = ~np.isnan(ranked) & ~np.isnan(place)
    rows = known.any(axis=1)
    n = int(rows.sum())
    if n < FEWEST:
        raise TooFewAnswers(n=n, needed=FEWEST)
    x, y = _within(place, known), _within(ranked, known)
    total = float((x * x).sum())
    if total <= 1e-9:
        raise TooFewAnswers(n=1, needed=2)
    slope = float((x * y).sum()) / total
    scores = (x * (y - slope * x)).sum(axis=1)
    error = float(np.sqrt((scores**2).sum() * n / (n - 1))) / total
    reach = float(student.ppf(0.975, n - 1))
    places = range(1, int(np.nanmax(place)) + 1)
    at = [known & (place == number) for number in places]
    # A perfect fit leaves no error to compare with.
    p = float(2 * student.sf(abs(slope) / error, n - 1)) if error > 0 else float(slope == 0)
    return PlaceEffect(
        slope=slope,
        low=slope - reach * error,
        high=slope + reach * error,
        p=p,
        by_place=tuple(
            (int(here.sum()), float(y[here].mean()) if here.any() else 0.0) for here in at
        ),
        n=n,
    )


def _within(values: Floats, known: NDArray[np.bool_]) -> Floats:
    """Values less the mean of their item, 0 where unknown."""
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    return np.where(known, values - mean, 0.0)
